#include "work_dir.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <exception>
#include <string_view>
#include <system_error>
#include <utility>

#include "io/paths.h"
#include "io/sync.h"
#include "io/write_all.h"

namespace copydesk {
namespace {

namespace fs = std::filesystem;

// The first words of a lock file of ours.
constexpr std::string_view kOurs = "copydesk run";
constexpr std::string_view kComplete = "copydesk run, complete\n";
constexpr const char* kLock = "lock";

Error not_ours(const fs::path& path) {
  return {ErrorCode::kExists, path.string() + ": exists and was not made by copydesk"};
}

// The begin of a lock file: all of one of ours.
Result<std::string> read_head(const fs::path& lock, int fd) {
  std::array<char, 512> bytes{};
  ssize_t n = 0;
  do {
    n = ::pread(fd, bytes.data(), bytes.size(), 0);
  } while (n < 0 && errno == EINTR);
  if (n < 0 && errno == ESPIPE) return std::string();  // a FIFO: it says nothing
  if (n < 0) return system_error(lock, "read", errno);
  return std::string(bytes.data(), static_cast<std::size_t>(n));
}

// What the lock file of this process says.
std::string begun_text() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  std::tm now{};
  const std::time_t seconds = std::time(nullptr);
  ::gmtime_r(&seconds, &now);
  return fmt::format("{}\nprocess {} on host {} since {:%Y-%m-%d %H:%M:%S} UTC\n", kOurs,
                     ::getpid(), host.data(), now);
}

Error another_run(const fs::path& path, std::string_view lock_text) {
  std::string who;
  const std::size_t begin = lock_text.find('\n');
  if (lock_text.starts_with(kOurs) && begin != std::string_view::npos) {
    const std::string_view line = lock_text.substr(begin + 1);
    who = fmt::format(" ({})", line.substr(0, line.find('\n')));
  }
  return {ErrorCode::kExists, fmt::format("{}: another run is writing here{}", path.string(), who)};
}

// What opening a lock file has failed with: ours is a regular file.
Error cannot_open_lock(const fs::path& path, int code) {
  if (code == ELOOP || code == EISDIR || code == ENXIO) return not_ours(path);
  return system_error(path / kLock, "open", code);
}

// Takes the lock of an open lock file. kExists if another run has it.
Result<void> take_lock(const fs::path& path, int fd) {
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return system_error(path / kLock, "lock", errno);
    const Result<std::string> text = read_head(path / kLock, fd);
    return another_run(path, text.ok() ? *text : "");
  }
  return {};
}

// Whether a run of ours gives a file of the work folder such a name: checkpoint.cc has them.
bool is_our_name(std::string_view name) {
  for (const std::string_view whole :
       {std::string_view(kLock), std::string_view("records"), std::string_view("run"),
        std::string_view("run.partial"), std::string_view("checkpoint"),
        std::string_view("checkpoint.partial")}) {
    if (name == whole) return true;
  }
  for (const std::string_view prefix :
       {std::string_view("decisions-"), std::string_view("state-")}) {
    if (!name.starts_with(prefix)) continue;
    name.remove_prefix(prefix.size());
    return !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
  }
  return false;
}

// Whether a folder without a lock is ours: it was made, and then the run was killed.
Result<bool> holds_nothing(const fs::path& path) {
  COPYDESK_ASSIGN_OR_RETURN(const std::vector<std::string> names, names_in(path));
  return names.empty();
}

// Whether what lies beside a lock file is ours to deal with: the lock says so, or a loss of power
// may have kept it from saying so (nothing, a part of it, or zeros), and all are files with names
// of ours.
Result<bool> is_ours(const fs::path& path, std::string_view lock_text) {
  if (lock_text.starts_with(kOurs)) return true;
  const std::size_t zeros = lock_text.find('\0');
  if (lock_text.find_first_not_of('\0', zeros) != std::string_view::npos) return false;
  if (!kOurs.starts_with(lock_text.substr(0, zeros))) return false;
  COPYDESK_ASSIGN_OR_RETURN(const std::vector<std::string> names, names_in(path));
  for (const std::string& name : names) {
    struct stat status {};
    if (::lstat((path / name).c_str(), &status) != 0) return system_error(path, "look at", errno);
    if (!S_ISREG(status.st_mode) || !is_our_name(name)) return false;
  }
  return true;
}

// Whether `fd` is the file that has the name `path`.
Result<bool> has_name(int fd, const fs::path& path) {
  struct stat open {};
  struct stat named {};
  if (::fstat(fd, &open) != 0) return system_error(path, "look at", errno);
  if (::lstat(path.c_str(), &named) != 0) {
    if (errno != ENOENT) return system_error(path, "look at", errno);
    return false;
  }
  return open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

// Gives 0, or errno: of what lies beside the lock all are files.
int remove_all_but_lock(const fs::path& path) {
  std::vector<std::string> names;
  if (const int code = list_folder(path, names); code != 0) return code;
  for (const std::string& name : names) {
    if (name != kLock && ::unlink((path / name).c_str()) != 0 && errno != ENOENT) return errno;
  }
  return 0;
}

}  // namespace

Result<OutputFolder> OutputFolder::create(const fs::path& path) {
  OutputFolder folder;
  fs::path at = path;
  for (; !at.empty(); at = at.parent_path()) {
    COPYDESK_ASSIGN_OR_RETURN(const fs::file_type type, type_of(at));
    if (type != fs::file_type::not_found) break;
    folder.made_.push_back(at);
  }
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return system_error(path, "create the folder", error.value());
  for (const fs::path& made : folder.made_) {
    COPYDESK_RETURN_IF_ERROR(sync_folder(folder_of(made.string())));
  }
  COPYDESK_RETURN_IF_ERROR(sync_name_of_folder(at.empty() ? "." : at.string()));
  return folder;
}

OutputFolder::OutputFolder(OutputFolder&& other) noexcept : made_(std::exchange(other.made_, {})) {}

OutputFolder::~OutputFolder() {
  for (const fs::path& path : made_) ::rmdir(path.c_str());
}

Result<WorkDir> WorkDir::create(const fs::path& path) {
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) {
    return system_error(path, "create the folder", errno);
  }
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return system_error(path, "look at", errno);
  if (!S_ISDIR(status.st_mode)) return not_ours(path);
  const fs::path lock = path / kLock;
  // Nothing is made in a folder that is not ours.
  if (::lstat(lock.c_str(), &status) != 0) {
    if (errno != ENOENT) return system_error(lock, "look at", errno);
    COPYDESK_ASSIGN_OR_RETURN(const bool empty, holds_nothing(path));
    if (!empty) return not_ours(path);
  }
  const int fd = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return cannot_open_lock(path, errno);
  WorkDir work({}, fd);  // without a path nothing is removed
  COPYDESK_RETURN_IF_ERROR(take_lock(path, fd));
  // The run that had the lock until now may have removed it.
  COPYDESK_ASSIGN_OR_RETURN(const bool is_there, has_name(fd, lock));
  if (!is_there) return another_run(path, "");
  COPYDESK_ASSIGN_OR_RETURN(const std::string text, read_head(lock, fd));
  COPYDESK_ASSIGN_OR_RETURN(const bool ours, is_ours(path, text));
  if (!ours) return not_ours(path);
  work.path_ = path;
  work.was_complete_ = text.starts_with(kComplete);
  // A crash must never leave work files whose lock is not durable: they would be nobody's.
  if (!work.was_complete_) COPYDESK_RETURN_IF_ERROR(work.write_lock(begun_text()));
  COPYDESK_RETURN_IF_ERROR(sync_folder(path.string()));
  COPYDESK_RETURN_IF_ERROR(sync_folder(folder_of(path.string())));
  return work;
}

Result<bool> WorkDir::stands(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno != ENOENT) return system_error(path, "look at", errno);
    return false;
  }
  if (!S_ISDIR(status.st_mode)) return not_ours(path);
  // To write: network file systems give a lock of its own to nobody who only reads.
  const int fd = ::open((path / kLock).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) {
    if (errno != ENOENT) return cannot_open_lock(path, errno);
    COPYDESK_ASSIGN_OR_RETURN(const bool empty, holds_nothing(path));
    if (!empty) return not_ours(path);
    return true;
  }
  Result<void> free = take_lock(path, fd);
  const Result<std::string> text = read_head(path / kLock, fd);
  ::close(fd);
  COPYDESK_RETURN_IF_ERROR(std::move(free));
  if (!text.ok()) return text.error();
  COPYDESK_ASSIGN_OR_RETURN(const bool ours, is_ours(path, *text));
  if (!ours) return not_ours(path);
  return true;
}

WorkDir::WorkDir(WorkDir&& other) noexcept
    : path_(std::exchange(other.path_, fs::path())),
      lock_(std::exchange(other.lock_, -1)),
      was_complete_(other.was_complete_),
      keep_(other.keep_) {}

WorkDir::~WorkDir() {
  try {
    if (!path_.empty() && !keep_) remove();
  } catch (const std::exception&) {  // out of memory: as if it had been killed
  }
  if (lock_ >= 0) ::close(lock_);
}

Result<void> WorkDir::write_lock(const std::string& text) const {
  const fs::path lock = path_ / kLock;
  // First over what is there, then cut: at no time does the file not say that it is ours.
  if (::lseek(lock_, 0, SEEK_SET) < 0) return system_error(lock, "write", errno);
  if (const int code = write_all(lock_, text); code != 0) return system_error(lock, "write", code);
  if (::ftruncate(lock_, static_cast<off_t>(text.size())) != 0) {
    return system_error(lock, "cut", errno);
  }
  if (const int code = sync_file(lock_); code != 0) return system_error(lock, "sync", code);
  return {};
}

Result<void> WorkDir::clear() {
  if (const int code = remove_all_but_lock(path_); code != 0) {
    return system_error(path_, "empty the folder", code);
  }
  if (std::exchange(was_complete_, false)) COPYDESK_RETURN_IF_ERROR(write_lock(begun_text()));
  return sync_folder(path_.string());
}

void WorkDir::finish() {
  // If it cannot be noted, a later run goes on from the last checkpoint, and comes here again.
  if (write_lock(std::string(kComplete)).ok()) keep_ = false;
}

void WorkDir::remove() const {
  // The lock goes last, and only if nothing else is left, which without it would be nobody's.
  if (remove_all_but_lock(path_) != 0 || !sync_folder(path_.string()).ok()) return;
  ::unlink((path_ / kLock).c_str());
  ::rmdir(path_.c_str());
}

}  // namespace copydesk
