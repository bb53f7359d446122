#include "output_set.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "io/paths.h"
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

// Removes a file, if it is there.
Result<void> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return system_error(path, "remove", errno);
  return {};
}

// Gives a file its final name, unless it has it already.
Result<void> rename_partial(const std::string& path) {
  if (std::rename(partial_path(path).c_str(), path.c_str()) != 0 && errno != ENOENT) {
    return system_error(path, "rename", errno);
  }
  return {};
}

// Bytes of a file; nothing if there is none.
Result<std::optional<std::uint64_t>> size_of(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    return std::optional<std::uint64_t>(static_cast<std::uint64_t>(status.st_size));
  }
  if (errno != ENOENT) return system_error(path, "look at", errno);
  return std::optional<std::uint64_t>();
}

// XXH3 of a file; nothing if there is none.
Result<std::optional<std::uint64_t>> checksum_of(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    if (errno != ENOENT) return system_error(path, "open", errno);
    return std::optional<std::uint64_t>();
  }
  std::string bytes;
  std::array<char, 1U << 16> some{};
  ssize_t n = 0;
  while ((n = ::read(fd, some.data(), some.size())) != 0) {
    if (n < 0 && errno != EINTR) break;
    if (n > 0) bytes.append(some.data(), static_cast<std::size_t>(n));
  }
  const int code = n < 0 ? errno : 0;
  ::close(fd);
  if (code != 0) return system_error(path, "read", code);
  return std::optional<std::uint64_t>(XXH3_64bits(bytes.data(), bytes.size()));
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
  COPYDESK_ASSIGN_OR_RETURN(const fs::file_type type, type_of(dir));
  if (type != fs::file_type::not_found) {
    if (type != fs::file_type::directory) {
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
  COPYDESK_ASSIGN_OR_RETURN(const fs::file_type type, type_of(path));
  if (!force && type != fs::file_type::not_found) {
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

Result<OutputSet::Finished> OutputSet::finish(std::string_view run_json) {
  Finished finished;
  COPYDESK_ASSIGN_OR_RETURN(OutputFile run, OutputFile::create(path_of(dir_, kRunFile, false)));
  COPYDESK_RETURN_IF_ERROR(run.write(run_json));
  COPYDESK_RETURN_IF_ERROR(run.finish());
  finished.run_checksum = XXH3_64bits(run_json.data(), run_json.size());
  for (std::size_t i = 0; i < kOutputCount; ++i) {
    COPYDESK_RETURN_IF_ERROR(files_[i].finish());
    finished.sizes[i] = files_[i].file_bytes();
  }
  files_.push_back(std::move(run));
  COPYDESK_RETURN_IF_ERROR(sync_folder(dir_));
  return finished;
}

void OutputSet::keep() {
  for (OutputFile& file : files_) file.keep_partial();
}

std::string run_file_path(const std::string& dir) { return path_of(dir, kRunFile, false); }

Result<std::string> missing_output(const std::string& dir, bool compress) {
  for (const std::string_view name : kFileNames) {
    std::string path = path_of(dir, name, compress);
    COPYDESK_ASSIGN_OR_RETURN(const std::optional<std::uint64_t> size, size_of(path));
    if (!size) return path;
  }
  return std::string();
}

Result<void> give_final_names(const std::string& dir, bool compress,
                              const OutputSet::Finished& finished) {
  // run.json goes first and comes back last: while it is not there, the folder is not the result of
  // a finished run. Each step is on the disk before the next.
  const std::string run_path = run_file_path(dir);
  const std::string run_partial = partial_path(run_path);
  COPYDESK_ASSIGN_OR_RETURN(const std::optional<std::uint64_t> waiting, checksum_of(run_partial));
  COPYDESK_ASSIGN_OR_RETURN(const std::optional<std::uint64_t> standing, checksum_of(run_path));
  const bool is_named = !waiting && standing == finished.run_checksum;
  if (!is_named && waiting != finished.run_checksum) {
    return Error{ErrorCode::kCorrupt,
                 run_partial + (waiting ? ": is not what was written" : ": is missing")};
  }
  // While a run.json stands, all files have their final names, or none has.
  for (std::size_t i = 0; i < kOutputCount; ++i) {
    const std::string path = path_of(dir, kFileNames[i], compress);
    const std::string partial = partial_path(path);
    std::optional<std::uint64_t> size;
    if (!is_named) {
      COPYDESK_ASSIGN_OR_RETURN(size, size_of(partial));
    }
    if (!size && (is_named || !standing)) {
      COPYDESK_ASSIGN_OR_RETURN(size, size_of(path));
    }
    if (size == finished.sizes[i]) continue;
    return Error{ErrorCode::kCorrupt, (is_named ? path : partial) +
                                          (size ? ": is not what was written" : ": is missing")};
  }
  if (is_named) return sync_folder(dir);

  COPYDESK_RETURN_IF_ERROR(remove_file(run_path));
  COPYDESK_RETURN_IF_ERROR(sync_folder(dir));
  for (const std::string_view name : kFileNames) {
    COPYDESK_RETURN_IF_ERROR(remove_file(path_of(dir, name, !compress)));
    COPYDESK_RETURN_IF_ERROR(rename_partial(path_of(dir, name, compress)));
  }
  COPYDESK_RETURN_IF_ERROR(sync_folder(dir));
  COPYDESK_RETURN_IF_ERROR(rename_partial(run_path));
  return sync_folder(dir);
}

}  // namespace copydesk
