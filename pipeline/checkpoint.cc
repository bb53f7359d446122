#include "checkpoint.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <type_traits>
#include <utility>

#include "copydesk/read_file.h"
#include "copydesk/varint.h"
#include "io/sync.h"
#include "io/write_all.h"
#include "source_id.h"

namespace copydesk {
namespace {

// Another number for another layout of what lies in the work folder.
constexpr std::string_view kMagic = "copydesk work 4\n";
constexpr std::size_t kHeadBytes = kMagic.size() + 2 * sizeof(std::uint64_t);

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

// --- Files that replace each other in one step ---

Result<void> replace_file(const std::string& path, std::string_view payload) {
  std::string bytes(kMagic);
  for (const std::uint64_t number :
       {std::uint64_t{payload.size()}, XXH3_64bits(payload.data(), payload.size())}) {
    bytes.append(reinterpret_cast<const char*>(&number), sizeof(number));
  }
  bytes += payload;

  const std::string partial = partial_path(path);
  {
    const File file(::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.fd() < 0) return system_error(partial, "create", errno);
    int code = write_all(file.fd(), bytes);
    if (code != 0) return system_error(partial, "write", code);
    code = sync_file(file.fd());
    if (code != 0) return system_error(partial, "sync", code);
  }
  if (::rename(partial.c_str(), path.c_str()) != 0) return system_error(path, "rename", errno);
  return sync_folder(folder_of(path));
}

// Nothing if there is no such file.
Result<std::optional<std::string>> read_whole(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() < 0) {
    if (errno == ENOENT) return std::optional<std::string>();
    return system_error(path, "open", errno);
  }
  struct stat status {};
  if (::fstat(file.fd(), &status) != 0) return system_error(path, "look at", errno);
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::read(file.fd(), bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error(path, "read", errno);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  bytes.resize(done);
  return std::optional<std::string>(std::move(bytes));
}

Error damaged(const std::string& path) { return {ErrorCode::kCorrupt, path + ": is damaged"}; }

// The payload of replace_file().
Result<std::optional<std::string>> read_payload(const std::string& path) {
  COPYDESK_ASSIGN_OR_RETURN(std::optional<std::string> bytes, read_whole(path));
  if (!bytes) return bytes;
  if (!bytes->starts_with(kMagic)) {
    return Error{ErrorCode::kCorrupt,
                 path + ": is damaged, or was written by another version of copydesk"};
  }
  if (bytes->size() < kHeadBytes) return damaged(path);
  std::array<std::uint64_t, 2> numbers{};
  std::memcpy(numbers.data(), bytes->data() + kMagic.size(), sizeof(numbers));
  bytes->erase(0, kHeadBytes);
  if (bytes->size() != numbers[0] || XXH3_64bits(bytes->data(), bytes->size()) != numbers[1]) {
    return damaged(path);
  }
  return bytes;
}

// --- What they hold: one description for both directions ---

// Strings and lists come after their size.
class Packer {
 public:
  template <class T>
  requires std::is_unsigned_v<T>
  void number(const T& value) { append_varint(value, out_); }
  void text(const std::string& value) {
    number(value.size());
    out_ += value;
  }
  template <class T, class Each>
  void list(const std::vector<T>& values, Each each) {
    number(values.size());
    for (const T& value : values) each(value);
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// Past the end it gives zeros, and ok() turns false.
class Unpacker {
 public:
  explicit Unpacker(std::string_view in) : in_(in) {}

  template <class T>
  requires std::is_unsigned_v<T>
  void number(T& value) {
    const std::optional<std::uint64_t> v = take_varint(in_);
    if (v) {
      value = static_cast<T>(*v);
    } else {
      ok_ = false;
    }
  }
  void text(std::string& value) {
    const std::size_t size = count();
    value = in_.substr(0, size);
    in_.remove_prefix(size);
  }
  template <class T, class Each>
  void list(std::vector<T>& values, Each each) {
    values.resize(count());
    for (T& value : values) each(value);
  }
  [[nodiscard]] bool all_read() const { return ok_ && in_.empty(); }

 private:
  // A number of things of at least a byte each.
  std::size_t count() {
    std::size_t n = 0;
    number(n);
    if (n <= in_.size()) return n;
    ok_ = false;
    return 0;
  }

  std::string_view in_;
  bool ok_ = true;
};

template <class Archive, class Array>
void numbers(Archive& archive, Array& values) {
  for (auto& value : values) archive.number(value);
}

void real(Packer& out, double value) { out.number(std::bit_cast<std::uint64_t>(value)); }
void real(Unpacker& in, double& value) {
  std::uint64_t bits = 0;
  in.number(bits);
  value = std::bit_cast<double>(bits);
}

void flag(Packer& out, bool value) { out.number(std::uint8_t{value}); }
void flag(Unpacker& in, bool& value) {
  std::uint8_t v = 0;
  in.number(v);
  value = v != 0;
}

void signed_number(Packer& out, std::int64_t value) {
  out.number(std::bit_cast<std::uint64_t>(value));
}
void signed_number(Unpacker& in, std::int64_t& value) {
  std::uint64_t bits = 0;
  in.number(bits);
  value = std::bit_cast<std::int64_t>(bits);
}

template <class Archive, class Count>
void archive_stage(Archive& a, Count& count) {
  a.text(count.stage);
  a.number(count.in);
  a.number(count.kept);
  numbers(a, count.dropped);
  numbers(a, count.spans);
  numbers(a, count.bytes);
  numbers(a, count.lifted);
}

template <class Archive, class Summary>
void archive_summary(Archive& a, Summary& s) {
  for (auto* number : {&s.documents, &s.kept, &s.dropped, &s.rejected, &s.bytes_in, &s.record_bytes,
                       &s.text_bytes_in, &s.text_bytes_kept, &s.lone_surrogates, &s.clusters,
                       &s.clustered_documents, &s.largest_cluster, &s.stories,
                       &s.stories_of_several, &s.templates}) {
    a.number(*number);
  }
  numbers(a, s.rejected_by);
  numbers(a, s.pairs);
  a.list(s.stages, [&](auto& count) { archive_stage(a, count); });
  a.list(s.notes, [&](auto& note) {
    a.text(note.stage);
    a.text(note.name);
    a.text(note.text);
    real(a, note.value);
  });
  a.list(s.warnings, [&](auto& warning) { a.text(warning); });
  real(a, s.seconds);
  a.list(s.phase_seconds, [&](auto& phase) {
    a.text(phase.first);
    real(a, phase.second);
  });
  a.list(s.work_files, [&](auto& use) {
    a.text(use.part);
    a.number(use.bytes);
    a.number(use.on_disk);
  });
}

template <class Archive, class Extent>
void archive_extent(Archive& a, Extent& extent) {
  a.number(extent.records);
  a.number(extent.bytes);
}

template <class Archive, class Point>
void archive_checkpoint(Archive& a, Point& point) {
  a.number(point.phase);
  a.number(point.records);
  flag(a, point.input_read);
  archive_extent(a, point.raw);
  archive_extent(a, point.decisions);
  archive_extent(a, point.decisions_before);
  a.list(point.state.sections, [&](auto& section) {
    a.text(section.name);
    a.number(section.bytes);
  });
  a.number(point.state.checksum);
  numbers(a, point.output_bytes);
  a.number(point.run_checksum);
  archive_summary(a, point.summary);
}

template <class Archive, class Identity>
void archive_identity(Archive& a, Identity& identity) {
  a.text(identity.version);
  a.text(identity.sources);
  a.text(identity.config);
  a.list(identity.files, [&](auto& file) {
    a.text(file.option);
    a.text(file.path);
    a.number(file.checksum);
    a.text(file.fault);
  });
  a.list(identity.inputs, [&](auto& input) {
    a.text(input.path);
    a.text(input.name);
    a.text(input.text_id);
    flag(a, input.is_text);
    a.number(input.size);
    signed_number(a, input.modified_ns);
    a.text(input.folder);
    a.text(input.fault);
    flag(a, input.may_wait);
  });
  a.text(identity.working_folder);
}

// Nothing if there is no such file.
template <class T, class Archive>
Result<std::optional<T>> read_archived(const std::string& path, Archive archive) {
  COPYDESK_ASSIGN_OR_RETURN(const std::optional<std::string> payload, read_payload(path));
  if (!payload) return std::optional<T>();
  Unpacker unpacker(*payload);
  T value;
  archive(unpacker, value);
  if (!unpacker.all_read()) return damaged(path);
  return std::optional<T>(std::move(value));
}

std::string identity_path(const std::string& folder) { return folder + "/run"; }
std::string checkpoint_path(const std::string& folder) { return folder + "/checkpoint"; }

// --- Differences ---

Error differs(std::string what) {
  return {ErrorCode::kInvalidArgument,
          std::move(what) + "; --force starts anew, without what that run has done"};
}

// Standard input is in no folder.
bool is_relative(std::string_view path) { return path != "-" && !path.starts_with('/'); }

std::string program(const RunIdentity& run) {
  if (run.sources.empty()) return run.version;
  return fmt::format("{} (sources {})", run.version, run.sources);
}

// The first lines that differ, with the table they stand in: "[run] threads = 2".
Error config_difference(std::string_view begun, std::string_view wanted, std::string_view which) {
  const auto next_line = [](std::string_view& text) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
  };
  std::string table;
  while (true) {
    const std::string_view was = next_line(begun);
    const std::string_view is = next_line(wanted);
    if (was == is && !(begun.empty() && wanted.empty())) {
      if (is.starts_with('[')) table = std::string(is) + " ";
      continue;
    }
    return differs(fmt::format("the config differs from that of {}: {}{}; it was {}", which, table,
                               is.empty() ? "nothing" : is, was.empty() ? "nothing" : was));
  }
}

std::string input_difference(const InputFile& begun, const InputFile& wanted,
                             std::string_view which) {
  if (begun.path != wanted.path || begun.name != wanted.name || begun.folder != wanted.folder ||
      begun.text_id != wanted.text_id) {
    return fmt::format("the inputs differ from those of {}: {}; it was {}", which, wanted.name,
                       begun.name);
  }
  if (begun.size != wanted.size) {
    return fmt::format("{}: has changed since {} began: {} bytes; it had {}", wanted.name, which,
                       wanted.size, begun.size);
  }
  if (begun.modified_ns != wanted.modified_ns) {
    return fmt::format("{}: has changed since {} began: it was written to, as its time says",
                       wanted.name, which);
  }
  return fmt::format("{}: {}; when {} began: {}", wanted.name,
                     wanted.fault.empty() ? "can be read" : wanted.fault, which,
                     begun.fault.empty() ? "it could be read" : begun.fault);
}

bool same_input(const InputFile& a, const InputFile& b) {
  return a.path == b.path && a.name == b.name && a.text_id == b.text_id && a.is_text == b.is_text &&
         a.size == b.size && a.modified_ns == b.modified_ns && a.folder == b.folder &&
         a.fault == b.fault && a.may_wait == b.may_wait;
}

// --- Files that options name ---

// Whether an option takes words of a list: they are no paths.
bool is_closed(std::span<const StageSpec> stages, std::string_view stage, std::string_view name) {
  for (const StageSpec& spec : stages) {
    const OptionSpec* option = spec.name == stage ? spec.option(name) : nullptr;
    if (option != nullptr) return !option->choices.empty();
  }
  return false;
}

// Of a string that names a file, what matters is what is in it. The stage has read it, within its
// limits, and has said so if it could not.
// It may be no path at all, and by chance the name of what may not be read or is too long. What
// fails for a moment fails: a fault that is noted would keep the run from ever being gone on with.
Result<void> add_file(const std::string& option, const std::string& path,
                      std::vector<ReferredFile>& files) {
  struct stat status {};
  if (path.empty() || ::stat(path.c_str(), &status) != 0 || S_ISDIR(status.st_mode)) return {};
  ReferredFile file{option, path};
  if (!S_ISREG(status.st_mode)) {
    file.fault = "is not a regular file";
  } else if (::access(path.c_str(), R_OK) != 0 && errno == EACCES) {
    file.fault = "may not be read";
  } else {
    Result<std::string> bytes = read_file(path, "the file", kMaxTemplateBytes);
    if (bytes.ok()) {
      file.checksum = XXH3_64bits(bytes->data(), bytes->size());
    } else if (bytes.error().code == ErrorCode::kInvalidArgument) {
      file.fault = bytes.error().message;
    } else {
      return Error{ErrorCode::kIo, fmt::format("{} ({})", bytes.error().message, option)};
    }
  }
  files.push_back(std::move(file));
  return {};
}

Error file_difference(const ReferredFile& file, std::string_view which, std::string_view place) {
  return differs(fmt::format("{}: has changed since {} began ({}){}", file.path, which, file.option,
                             is_relative(file.path) ? place : ""));
}

// Of the files that two runs with the same config name.
Result<void> check_same_files(const RunIdentity& begun, const RunIdentity& wanted,
                              std::string_view which) {
  for (const RunIdentity* run : {&begun, &wanted}) {
    for (const ReferredFile& file : run->files) {
      if (file.fault.empty()) continue;
      return differs(fmt::format(
          "{}: {}{}, so that nobody can tell whether it is still what {} read ({})", file.path,
          run == &begun ? "when that run began: " : "", file.fault, which, file.option));
    }
  }
  if (begun.files == wanted.files) return {};
  const auto [was, is] = std::mismatch(begun.files.begin(), begun.files.end(), wanted.files.begin(),
                                       wanted.files.end());
  return file_difference(is != wanted.files.end() ? *is : *was, which,
                         other_place(begun.working_folder, wanted.working_folder, which));
}

}  // namespace

std::string working_folder() {
  std::error_code error;
  return std::filesystem::current_path(error).string();
}

std::string other_place(std::string_view there, std::string_view here, std::string_view which) {
  if (there.empty() || here.empty() || there == here) return "";
  return fmt::format(
      "; {} was begun in the folder {}, and this is {}, where relative paths mean other files",
      which, there, here);
}

std::string outcome_config(Config config, std::span<const StageSpec> stages) {
  config.run = RunOptions();
  return config_to_toml(config, stages);
}

Result<RunIdentity> identify(const Config& config, std::span<const StageSpec> stages,
                             std::span<const InputFile> inputs) {
  RunIdentity identity;
  identity.version = version();
  identity.sources = source_id();
  identity.config = outcome_config(config, stages);
  for (const StageConfig& stage : config.stages) {
    for (const auto& [name, value] : stage.options) {
      if (is_closed(stages, stage.name, name)) continue;
      const std::string option = stage.name + "." + name;
      if (const auto* path = std::get_if<std::string>(&value)) {
        COPYDESK_RETURN_IF_ERROR(add_file(option, *path, identity.files));
      } else if (const auto* paths = std::get_if<std::vector<std::string>>(&value)) {
        for (const std::string& each : *paths) {
          COPYDESK_RETURN_IF_ERROR(add_file(option, each, identity.files));
        }
      }
    }
  }
  identity.inputs.assign(inputs.begin(), inputs.end());
  identity.working_folder = working_folder();
  return identity;
}

Result<void> check_same_run(const RunIdentity& begun, const RunIdentity& wanted,
                            std::string_view which) {
  // Of a complete run the sources are not known.
  const bool other_sources = !begun.sources.empty() && begun.sources != wanted.sources;
  if (begun.version != wanted.version || other_sources) {
    return differs(
        fmt::format("{} was begun by {}; this is {}", which, program(begun), program(wanted)));
  }
  if (begun.config != wanted.config) return config_difference(begun.config, wanted.config, which);
  const std::string place = other_place(begun.working_folder, wanted.working_folder, which);
  for (std::size_t i = 0; i < std::min(begun.inputs.size(), wanted.inputs.size()); ++i) {
    const InputFile& was = begun.inputs[i];
    const InputFile& is = wanted.inputs[i];
    if (same_input(was, is)) continue;
    const bool may_be_others = is_relative(was.path) || is_relative(is.path);
    return differs(input_difference(was, is, which) + (may_be_others ? place : ""));
  }
  if (begun.inputs.size() != wanted.inputs.size()) {
    const bool more = wanted.inputs.size() > begun.inputs.size();
    const InputFile& first =
        more ? wanted.inputs[begun.inputs.size()] : begun.inputs[wanted.inputs.size()];
    return differs(fmt::format("the inputs differ from those of {}: {} is {}{}", which, first.name,
                               more ? "new" : "missing", is_relative(first.path) ? place : ""));
  }
  return check_same_files(begun, wanted, which);
}

std::string records_path(const std::string& folder) { return folder + "/records"; }
std::string decisions_path(const std::string& folder, std::size_t phase) {
  return fmt::format("{}/decisions-{}", folder, phase + 1);
}
std::string state_path(const std::string& folder, std::size_t phase) {
  return fmt::format("{}/state-{}", folder, phase + 1);
}

Result<void> write_identity(const std::string& folder, const RunIdentity& identity) {
  Packer packer;
  archive_identity(packer, identity);
  return replace_file(identity_path(folder), packer.take());
}

Result<void> write_checkpoint(const std::string& folder, const Checkpoint& checkpoint) {
  Packer packer;
  archive_checkpoint(packer, checkpoint);
  return replace_file(checkpoint_path(folder), packer.take());
}

Result<void> remove_checkpoint(const std::string& folder) {
  const std::string path = checkpoint_path(folder);
  if (::unlink(path.c_str()) == 0) return sync_folder(folder);
  if (errno != ENOENT) return system_error(path, "remove", errno);
  return {};
}

Result<bool> has_identity(const std::string& folder) {
  const std::string path = identity_path(folder);
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) return true;
  if (errno == ENOENT) return false;
  return system_error(path, "look at", errno);
}

Result<std::optional<RunIdentity>> read_identity_of_run(const std::string& folder) {
  return read_archived<RunIdentity>(
      identity_path(folder), [](Unpacker& in, RunIdentity& it) { archive_identity(in, it); });
}

Result<std::optional<Checkpoint>> read_checkpoint(const std::string& folder) {
  return read_archived<Checkpoint>(
      checkpoint_path(folder), [](Unpacker& in, Checkpoint& it) { archive_checkpoint(in, it); });
}

}  // namespace copydesk
