#include "output_set.h"

#include <filesystem>
#include <system_error>
#include <utility>

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
  OutputSet set(dir, compress);
  for (const std::string_view name : kFileNames) {
    std::string path = (fs::path(dir) / name).string();
    if (compress) path += kCompressed;
    COPYDESK_ASSIGN_OR_RETURN(OutputFile file, OutputFile::create(std::move(path)));
    set.files_.push_back(std::move(file));
  }
  return set;
}

Result<void> OutputSet::write(OutputName name, std::string_view bytes) {
  return files_[static_cast<std::size_t>(name)].write(bytes);
}

Result<void> OutputSet::commit(std::string_view run_json) {
  const fs::path dir(dir_);
  COPYDESK_ASSIGN_OR_RETURN(OutputFile run, OutputFile::create((dir / kRunFile).string()));
  COPYDESK_RETURN_IF_ERROR(run.write(run_json));
  COPYDESK_RETURN_IF_ERROR(run.finish());
  for (OutputFile& file : files_) COPYDESK_RETURN_IF_ERROR(file.finish());

  // From here on only renames are left. run.json goes first and comes back last: while it is not
  // there, the folder is not the result of a finished run.
  std::error_code ignored;
  fs::remove(dir / kRunFile, ignored);
  for (const std::string_view name : kFileNames) {
    const std::string other = compress_ ? std::string(name) : std::string(name) + ".zst";
    fs::remove(dir / other, ignored);
  }
  for (OutputFile& file : files_) COPYDESK_RETURN_IF_ERROR(file.commit());
  return run.commit();
}

}  // namespace copydesk
