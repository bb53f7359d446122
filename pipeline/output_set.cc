#include "output_set.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "io/sync.h"

namespace copydesk {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, kOutputCount> kFileNames = {
    "clean.jsonl", "pairs.jsonl",   "clusters.jsonl", "stories.jsonl",
    "audit.jsonl", "dropped.jsonl", "rejected.jsonl", "templates.jsonl"};
constexpr std::string_view kRunFile = "run.json";
constexpr std::string_view kCompressed = ".zst";

// Whether `inner` is `outer` or lies below it. Both absolute, symbolic links resolved.
bool lies_within(const fs::path& inner, const fs::path& outer) {
  auto it = inner.begin();
  for (const fs::path& part : outer) {
    if (part.empty()) continue;  // a trailing separator
    if (it == inner.end() || *it != part) return false;
    ++it;
  }
  return true;
}

fs::path resolved(const std::string& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  const fs::path canonical = fs::weakly_canonical(absolute, error);
  return error ? absolute.lexically_normal() : canonical;
}

std::string path_of(const std::string& dir, std::string_view name, bool compress) {
  std::string path = (fs::path(dir) / name).string();
  if (compress) path += kCompressed;
  return path;
}

Error system_error(const std::string& path, std::string_view what, int code) {
  return {ErrorCode::kIo,
          path + ": cannot " + std::string(what) + ": " + std::generic_category().message(code)};
}

// Removes a file, if it is there.
Result<void> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return system_error(path, "remove", errno);
  return {};
}

// Gives a file its final name. False if there is no partial file.
Result<bool> rename_partial(const std::string& path) {
  if (std::rename(partial_path(path).c_str(), path.c_str()) == 0) return true;
  if (errno != ENOENT) return system_error(path, "rename", errno);
  return false;
}

// Output and inputs must not touch: neither may lie inside the other, nor be the same file under
// another name.
Result<void> check_apart(const std::string& output, std::span<const InputFile> inputs) {
  const fs::path out = resolved(output);
  for (const InputFile& input : inputs) {
    if (input.path == "-") continue;
    std::error_code error;
    if (!input.folder.empty() && lies_within(out, resolved(input.folder))) {
      return Error{ErrorCode::kInvalidArgument,
                   output + ": the output lies inside the input folder " + input.folder};
    }
    if (lies_within(resolved(input.path), out) || fs::equivalent(input.path, output, error)) {
      return Error{ErrorCode::kInvalidArgument,
                   input.path + ": the input would be overwritten by the output " + output};
    }
  }
  return {};
}

}  // namespace

std::string_view file_name(OutputName name) { return kFileNames[static_cast<std::size_t>(name)]; }

Result<void> check_output_dir(const std::string& dir, bool force,
                              std::span<const InputFile> inputs) {
  if (dir.empty()) return Error{ErrorCode::kInvalidArgument, "no output folder is given"};
  std::error_code error;
  const fs::file_status status = fs::status(dir, error);
  if (fs::exists(status)) {
    if (!fs::is_directory(status)) {
      return Error{ErrorCode::kExists, dir + ": exists and is not a folder"};
    }
    if (!force) {
      return Error{ErrorCode::kExists,
                   dir + ": the output folder exists; --force lets its files be replaced"};
    }
  }
  return check_apart(dir, inputs);
}

Result<void> check_output_path(const std::string& path, bool force,
                               std::span<const InputFile> inputs) {
  if (path.empty()) return Error{ErrorCode::kInvalidArgument, "no output file is given"};
  std::error_code error;
  if (!force && fs::exists(path, error)) {
    return Error{ErrorCode::kExists, path + ": the file exists; --force lets it be replaced"};
  }
  return check_apart(path, inputs);
}

Result<OutputSet> OutputSet::create(const std::string& dir, bool compress) {
  std::error_code error;
  fs::create_directories(dir, error);
  if (error) {
    return Error{ErrorCode::kIo, dir + ": cannot create the folder: " + error.message()};
  }
  for (const std::string_view name : kFileNames) {
    COPYDESK_RETURN_IF_ERROR(remove_file(partial_path(path_of(dir, name, !compress))));
  }
  COPYDESK_RETURN_IF_ERROR(remove_file(partial_path(path_of(dir, kRunFile, false))));
  return resume(dir, compress, {});
}

Result<OutputSet> OutputSet::resume(const std::string& dir, bool compress, const Sizes& sizes) {
  OutputSet set(dir, compress);
  for (std::size_t i = 0; i < kOutputCount; ++i) {
    COPYDESK_ASSIGN_OR_RETURN(OutputFile file,
                              OutputFile::resume(path_of(dir, kFileNames[i], compress), sizes[i]));
    set.files_.push_back(std::move(file));
  }
  return set;
}

Result<void> OutputSet::write(OutputName name, std::string_view bytes) {
  return files_[static_cast<std::size_t>(name)].write(bytes);
}

Result<OutputSet::Sizes> OutputSet::sync() {
  Sizes sizes{};
  for (std::size_t i = 0; i < kOutputCount; ++i) {
    COPYDESK_ASSIGN_OR_RETURN(sizes[i], files_[i].sync());
  }
  COPYDESK_RETURN_IF_ERROR(sync_folder(dir_));
  return sizes;
}

Result<void> OutputSet::finish(std::string_view run_json) {
  COPYDESK_ASSIGN_OR_RETURN(OutputFile run, OutputFile::create(path_of(dir_, kRunFile, false)));
  COPYDESK_RETURN_IF_ERROR(run.write(run_json));
  COPYDESK_RETURN_IF_ERROR(run.finish());
  for (OutputFile& file : files_) COPYDESK_RETURN_IF_ERROR(file.finish());
  files_.push_back(std::move(run));
  return sync_folder(dir_);
}

void OutputSet::keep() {
  for (OutputFile& file : files_) file.keep_partial();
}

Result<void> give_final_names(const std::string& dir, bool compress) {
  // run.json goes first and comes back last: while it is not there, the folder is not the result of
  // a finished run. Each step is on the disk before the next.
  const std::string run_path = path_of(dir, kRunFile, false);
  std::error_code error;
  if (fs::exists(partial_path(run_path), error)) {
    COPYDESK_RETURN_IF_ERROR(remove_file(run_path));
    COPYDESK_RETURN_IF_ERROR(sync_folder(dir));
    for (const std::string_view name : kFileNames) {
      COPYDESK_RETURN_IF_ERROR(remove_file(path_of(dir, name, !compress)));
      const std::string path = path_of(dir, name, compress);
      COPYDESK_ASSIGN_OR_RETURN(const bool renamed, rename_partial(path));
      if (!renamed && !fs::exists(path, error)) {
        return Error{ErrorCode::kCorrupt, partial_path(path) + ": is missing"};
      }
    }
    COPYDESK_RETURN_IF_ERROR(sync_folder(dir));
    COPYDESK_ASSIGN_OR_RETURN(const bool renamed, rename_partial(run_path));
    if (renamed) return sync_folder(dir);
  }
  if (!fs::exists(run_path, error)) {
    return Error{ErrorCode::kCorrupt, partial_path(run_path) + ": is missing"};
  }
  return sync_folder(dir);
}

}  // namespace copydesk
