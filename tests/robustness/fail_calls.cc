// A library to preload: counts what a program asks of the system and lets one such call fail, or
// all from one on, or kills the program there. Only between the begin of main() and its return: the
// loader and the start of the C library are left alone. Needs glibc.
//
//   FAIL_CALLS_KINDS  what counts, with commas between: write read open sync rename truncate map
//                     remove mkdir lock thread memory. Calls on standard error never count.
//   FAIL_CALLS_UNDER  only calls on paths that begin so; of no meaning for map, thread and memory.
//   FAIL_CALLS_AT     the number of the call that fails, from 1; 0 or absent: none does.
//   FAIL_CALLS_ERROR  EIO, ENOSPC, … as listed below; SHORT: half of a write or read is
//                     done, or one byte; KILL: SIGKILL before the call is made.
//   FAIL_CALLS_ON     if set: all calls from that one on.
//   FAIL_CALLS_REPORT a file to which is appended: "failed <call> <path>" for each of the first
//                     hundred calls that fail, and "count <number>" when main() returns.
//   FAIL_CALLS_TRACE  a file to which every call on a path is appended that changes what a
//                     disk holds, before it is made: `call TAB path TAB detail`. Detail of a write:
//                     offset and size; of a rename: the new path; of a truncate: the size.
//   FAIL_CALLS_STACKS a file to which the number of each allocation is appended, a line each, whose
//                     innermost callers were not those of one before.
//   FAIL_CALLS_SAVE   a folder: what a rename replaces and a remove takes away gets one more link
//                     there, named by the number of its line in the trace.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <unwind.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

// What malloc() and its like are in glibc, so that nothing has to be looked up.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
}

namespace {

enum Kind : unsigned {
  kWrite,
  kRead,
  kOpen,
  kSync,
  kRename,
  kTruncate,
  kMap,
  kRemove,
  kMkdir,
  kLock,
  kThread,
  kMemory,
  kKinds,
};
constexpr std::array<std::string_view, kKinds> kKindNames = {
    "write", "read",   "open",  "sync", "rename", "truncate",
    "map",   "remove", "mkdir", "lock", "thread", "memory"};

constexpr unsigned kMostTold = 100;
constexpr int kShort = -1;
constexpr int kKill = -2;
struct ErrorName {
  std::string_view name;
  int code;
};
constexpr ErrorName kErrors[] = {{"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EINTR", EINTR},
                                 {"EMFILE", EMFILE}, {"EACCES", EACCES}, {"ENOMEM", ENOMEM},
                                 {"EAGAIN", EAGAIN}, {"ENOLCK", ENOLCK}, {"EDQUOT", EDQUOT},
                                 {"EROFS", EROFS},   {"SHORT", kShort},  {"KILL", kKill}};

// Set before main() begins, when there is one thread.
struct Settings {
  bool counts[kKinds] = {};
  unsigned long at = 0;
  bool on = false;
  int error = EIO;
  const char* under = "";
  int report = -1;
  int trace = -1;
  int stacks = -1;
  const char* save = nullptr;
} settings;

std::atomic<bool> armed = false;
std::atomic<unsigned long> calls = 0;
std::atomic<unsigned long> traced = 0;
std::atomic<unsigned> told = 0;

[[noreturn]] void give_up(const char* what, std::string_view value) {
  dprintf(STDERR_FILENO, "fail_calls: %s: %.*s\n", what, static_cast<int>(value.size()),
          value.data());
  _exit(99);
}

void read_kinds(std::string_view names) {
  while (!names.empty()) {
    const std::string_view name = names.substr(0, names.find(','));
    names.remove_prefix(name.size() + (name.size() < names.size() ? 1 : 0));
    unsigned kind = 0;
    while (kind < kKinds && kKindNames[kind] != name) ++kind;
    if (kind == kKinds) give_up("no such kind", name);
    settings.counts[kind] = true;
  }
}

int open_log(const char* variable) {
  const char* path = std::getenv(variable);
  if (path == nullptr) return -1;
  const long fd =
      syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) give_up("cannot open", path);
  // Out of the way of the program's own numbers.
  const int high = fcntl(static_cast<int>(fd), F_DUPFD_CLOEXEC, 900);
  syscall(SYS_close, fd);
  return high;
}

void read_settings() {
  const auto value = [](const char* name) {
    const char* found = std::getenv(name);
    return found == nullptr ? "" : found;
  };
  read_kinds(value("FAIL_CALLS_KINDS"));
  settings.at = std::strtoul(value("FAIL_CALLS_AT"), nullptr, 10);
  settings.on = std::getenv("FAIL_CALLS_ON") != nullptr;
  settings.under = value("FAIL_CALLS_UNDER");
  settings.save = std::getenv("FAIL_CALLS_SAVE");
  settings.report = open_log("FAIL_CALLS_REPORT");
  settings.trace = open_log("FAIL_CALLS_TRACE");
  settings.stacks = open_log("FAIL_CALLS_STACKS");
  const std::string_view error = value("FAIL_CALLS_ERROR");
  if (error.empty()) return;
  for (const ErrorName& known : kErrors) {
    if (known.name == error) {
      settings.error = known.code;
      return;
    }
  }
  give_up("no such error", error);
}

void log_line(int fd, const char* line, int size) {
  if (fd < 0 || size <= 0) return;
  syscall(SYS_write, fd, line, static_cast<std::size_t>(size));
}

// The path of a descriptor, or of what is relative to a folder; no allocation.
struct Path {
  explicit Path(int fd) { set_to(fd); }
  Path(int folder, const char* name) {
    if (name[0] == '/' || folder == AT_FDCWD) {
      std::snprintf(text, sizeof(text), "%s", name);
      return;
    }
    set_to(folder);
    const std::size_t size = std::strlen(text);
    std::snprintf(text + size, sizeof(text) - size, "/%s", name);
  }
  void set_to(int fd) {
    char link[32];
    std::snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    const long size = syscall(SYS_readlink, link, text, sizeof(text) - 1);
    text[size < 0 ? 0 : size] = '\0';
  }
  [[nodiscard]] bool counts() const {
    return std::strncmp(text, settings.under, std::strlen(settings.under)) == 0;
  }
  char text[PATH_MAX];
};

bool is_armed() { return armed.load(std::memory_order_relaxed); }

// The innermost callers that are not of this library. So many tell what a library does where we
// call it, and so few that recursion is one.
struct Callers {
  static constexpr int kMost = 10;
  std::uint64_t hash = 14695981039346656037U;
  int count = 0;
};

_Unwind_Reason_Code add_caller(_Unwind_Context* context, void* out) {
  static const auto kThisLibrary = [] {
    dl_find_object found{};
    _dl_find_object(reinterpret_cast<void*>(add_caller), &found);
    return found;
  }();
  const _Unwind_Ptr at = _Unwind_GetIP(context);
  if (at >= reinterpret_cast<_Unwind_Ptr>(kThisLibrary.dlfo_map_start) &&
      at < reinterpret_cast<_Unwind_Ptr>(kThisLibrary.dlfo_map_end)) {
    return _URC_NO_REASON;
  }
  auto& callers = *static_cast<Callers*>(out);
  callers.hash = (callers.hash ^ at) * 1099511628211U;
  return ++callers.count < Callers::kMost ? _URC_NO_REASON : _URC_END_OF_STACK;
}

// Whether no allocation before had these callers. If the table is full: no.
bool is_new_stack() {
  constexpr std::size_t kMostStacks = std::size_t{1} << 16;
  static std::atomic<std::uint64_t> seen[kMostStacks];
  Callers callers;
  _Unwind_Backtrace(add_caller, &callers);  // allocates nothing
  for (std::size_t tried = 0; tried < kMostStacks; ++tried) {
    std::uint64_t found = 0;
    std::atomic<std::uint64_t>& place = seen[(callers.hash + tried) % kMostStacks];
    if (place.compare_exchange_strong(found, callers.hash)) return true;
    if (found == callers.hash) return false;
  }
  return false;
}

// Whether this call is to fail: 0, or how.
int verdict(Kind kind, const char* call, const char* path) {
  if (!settings.counts[kind]) return 0;
  const unsigned long number = calls.fetch_add(1) + 1;
  if (settings.stacks >= 0 && kind == kMemory && is_new_stack()) {
    char line[32];
    log_line(settings.stacks, line, std::snprintf(line, sizeof(line), "%lu\n", number));
  }
  if (settings.at == 0 || number < settings.at || (number > settings.at && !settings.on)) return 0;
  if (told.fetch_add(1) < kMostTold) {
    char line[PATH_MAX + 64];
    log_line(settings.report, line,
             std::snprintf(line, sizeof(line), "failed %s %s\n", call, path));
  }
  if (settings.error == kKill) {
    syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    pause();
  }
  return settings.error;
}

// The same for a call on a path. Short counts as no failure where it means nothing.
int verdict_on(Kind kind, const char* call, const Path& path) {
  if (!is_armed() || !path.counts()) return 0;
  const int how = verdict(kind, call, path.text);
  return how == kShort && kind != kWrite && kind != kRead ? 0 : how;
}

unsigned long trace(const char* call, const Path& path, const char* detail) {
  if (settings.trace < 0 || !is_armed() || !path.counts()) return 0;
  char line[3 * PATH_MAX];
  // The number must be that of the line: one at a time.
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&mutex);
  const unsigned long number = ++traced;
  log_line(settings.trace, line,
           std::snprintf(line, sizeof(line), "%s\t%s\t%s\n", call, path.text, detail));
  pthread_mutex_unlock(&mutex);
  return number;
}

// One more link to what is about to lose its name.
void save(unsigned long number, const char* path) {
  if (number == 0 || settings.save == nullptr) return;
  char copy[PATH_MAX];
  std::snprintf(copy, sizeof(copy), "%s/%lu", settings.save, number);
  syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, copy, 0);
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

int fail(int error) {
  errno = error;
  return -1;
}

std::size_t half(std::size_t size) { return size > 1 ? size / 2 : size; }

// ----- writes -----

template <class Write>
ssize_t write_call(const char* call, int fd, off_t offset, std::size_t size, Write write) {
  if (!is_armed() || fd == STDERR_FILENO) return write(size);
  const Path path(fd);
  const int how = verdict_on(kWrite, call, path);
  if (how > 0) return fail(how);
  if (how == kShort) size = half(size);
  if (settings.trace >= 0) {
    const long at = offset >= 0 ? offset : syscall(SYS_lseek, fd, 0L, SEEK_CUR);
    char detail[64];
    std::snprintf(detail, sizeof(detail), "%ld %zu", at, size);
    trace("write", path, detail);
  }
  return write(size);
}

template <class Read>
ssize_t read_call(const char* call, int fd, std::size_t size, Read read) {
  if (!is_armed()) return read(size);
  const int how = verdict_on(kRead, call, Path(fd));
  if (how > 0) return fail(how);
  return read(how == kShort ? half(size) : size);
}

// Whether a call on a stream is to fail. The C library hides short counts and interruptions.
bool stream_call(Kind kind, const char* call, FILE* file) {
  if (!is_armed()) return false;
  const int how = verdict_on(kind, call, Path(fileno(file)));
  if (how <= 0 || how == EINTR) return false;
  file->_flags |= 0x20;  // what ferror() looks at in glibc
  errno = how;
  return true;
}

int open_call(const char* call, int folder, const char* name, int flags, mode_t mode) {
  if (is_armed()) {
    const Path path(folder, name);
    if (const int how = verdict_on(kOpen, call, path); how > 0) return fail(how);
    if ((flags & O_CREAT) != 0) trace("create", path, (flags & O_TRUNC) != 0 ? "truncate" : "");
  }
  return static_cast<int>(syscall(SYS_openat, folder, name, flags, mode));
}

// Of open(): it is there if a file may be made.
mode_t mode_behind(int flags, std::va_list& rest) {
  const bool makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
  return makes ? va_arg(rest, mode_t) : 0;
}

int remove_call(const char* call, int folder, const char* name, int flags) {
  if (is_armed()) {
    const Path path(folder, name);
    if (const int how = verdict_on(kRemove, call, path); how > 0) return fail(how);
    save(trace("remove", path, ""), path.text);
  }
  return static_cast<int>(syscall(SYS_unlinkat, folder, name, flags));
}

int rename_call(const char* call, const char* from, const char* to) {
  if (is_armed()) {
    const Path path(AT_FDCWD, from);
    if (const int how = verdict_on(kRename, call, path); how > 0) return fail(how);
    save(trace("rename", path, to), to);
  }
  return static_cast<int>(syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to));
}

int sync_call(const char* call, int fd, long number) {
  if (is_armed()) {
    const Path path(fd);
    if (const int how = verdict_on(kSync, call, path); how > 0) return fail(how);
    const long result = syscall(number, fd);
    // Only what was done counts: this line comes behind.
    if (result == 0) trace("sync", path, "");
    return static_cast<int>(result);
  }
  return static_cast<int>(syscall(number, fd));
}

int truncate_call(const char* call, const Path& path, off_t size) {
  if (const int how = verdict_on(kTruncate, call, path); how > 0) return how;
  char detail[32];
  std::snprintf(detail, sizeof(detail), "%ld", static_cast<long>(size));
  trace("truncate", path, detail);
  return 0;
}

// Whether an allocation is to fail.
bool out_of_memory() {
  if (!is_armed() || !settings.counts[kMemory]) return false;
  if (verdict(kMemory, "malloc", "") == 0) return false;
  errno = ENOMEM;
  return true;
}

// ----- main() -----

using Main = int(int, char**, char**);
Main* program_main = nullptr;

int main_of(int argc, char** argv, char** environment) {
  read_settings();
  armed = true;
  const int code = program_main(argc, argv, environment);
  armed = false;
  char line[32];
  log_line(settings.report, line, std::snprintf(line, sizeof(line), "count %lu\n", calls.load()));
  return code;
}

}  // namespace

extern "C" {

int __libc_start_main(Main* main, int argc, char** argv, void (*init)(), void (*fini)(),
                      void (*rtld_fini)(), void* stack_end) {
  using Start = int(Main*, int, char**, void (*)(), void (*)(), void (*)(), void*);
  program_main = main;
  return next<Start>("__libc_start_main")(main_of, argc, argv, init, fini, rtld_fini, stack_end);
}

ssize_t write(int fd, const void* data, std::size_t size) {
  return write_call("write", fd, -1, size,
                    [&](std::size_t some) { return syscall(SYS_write, fd, data, some); });
}

ssize_t pwrite(int fd, const void* data, std::size_t size, off_t offset) {
  return write_call("pwrite", fd, offset, size, [&](std::size_t some) {
    return syscall(SYS_pwrite64, fd, data, some, offset);
  });
}
ssize_t pwrite64(int fd, const void* data, std::size_t size, off64_t offset) {
  return pwrite(fd, data, size, offset);
}

ssize_t writev(int fd, const iovec* parts, int count) {
  std::size_t size = 0;
  for (int i = 0; i < count; ++i) size += parts[i].iov_len;
  return write_call("writev", fd, -1, size, [&](std::size_t some) {
    return some == size ? syscall(SYS_writev, fd, parts, count)
                        : syscall(SYS_write, fd, parts[0].iov_base, half(parts[0].iov_len));
  });
}

std::size_t fwrite(const void* data, std::size_t size, std::size_t count, FILE* file) {
  static auto* const kNext =
      next<std::size_t(const void*, std::size_t, std::size_t, FILE*)>("fwrite");
  if (file != stderr && stream_call(kWrite, "fwrite", file)) return 0;
  return kNext(data, size, count, file);
}

ssize_t read(int fd, void* data, std::size_t size) {
  return read_call("read", fd, size,
                   [&](std::size_t some) { return syscall(SYS_read, fd, data, some); });
}

ssize_t pread(int fd, void* data, std::size_t size, off_t offset) {
  return read_call("pread", fd, size,
                   [&](std::size_t some) { return syscall(SYS_pread64, fd, data, some, offset); });
}
ssize_t pread64(int fd, void* data, std::size_t size, off64_t offset) {
  return pread(fd, data, size, offset);
}

std::size_t fread(void* data, std::size_t size, std::size_t count, FILE* file) {
  static auto* const kNext = next<std::size_t(void*, std::size_t, std::size_t, FILE*)>("fread");
  if (stream_call(kRead, "fread", file)) return 0;
  return kNext(data, size, count, file);
}

int open(const char* name, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_behind(flags, rest);
  va_end(rest);
  return open_call("open", AT_FDCWD, name, flags, mode);
}
int open64(const char* name, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_behind(flags, rest);
  va_end(rest);
  return open_call("open", AT_FDCWD, name, flags, mode);
}
int openat(int folder, const char* name, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_behind(flags, rest);
  va_end(rest);
  return open_call("openat", folder, name, flags, mode);
}
int openat64(int folder, const char* name, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_behind(flags, rest);
  va_end(rest);
  return open_call("openat", folder, name, flags, mode);
}
int mkostemp(char* name, int flags) {
  static auto* const kNext = next<int(char*, int)>("mkostemp");
  if (is_armed()) {
    if (const int how = verdict_on(kOpen, "mkostemp", Path(AT_FDCWD, name)); how > 0) {
      return fail(how);
    }
  }
  return kNext(name, flags);
}
FILE* fopen(const char* name, const char* mode) {
  static auto* const kNext = next<FILE*(const char*, const char*)>("fopen");
  if (is_armed()) {
    if (const int how = verdict_on(kOpen, "fopen", Path(AT_FDCWD, name)); how > 0) {
      errno = how;
      return nullptr;
    }
  }
  return kNext(name, mode);
}
FILE* fopen64(const char* name, const char* mode) { return fopen(name, mode); }
FILE* tmpfile() {
  static auto* const kNext = next<FILE*()>("tmpfile");
  if (is_armed()) {
    if (const int how = verdict_on(kOpen, "tmpfile", Path(AT_FDCWD, "/tmp")); how > 0) {
      errno = how;
      return nullptr;
    }
  }
  return kNext();
}
DIR* opendir(const char* name) {
  static auto* const kNext = next<DIR*(const char*)>("opendir");
  if (is_armed()) {
    if (const int how = verdict_on(kOpen, "opendir", Path(AT_FDCWD, name)); how > 0) {
      errno = how;
      return nullptr;
    }
  }
  return kNext(name);
}

int fsync(int fd) { return sync_call("fsync", fd, SYS_fsync); }
int fdatasync(int fd) { return sync_call("fdatasync", fd, SYS_fdatasync); }

int rename(const char* from, const char* to) { return rename_call("rename", from, to); }

int truncate(const char* name, off_t size) {
  if (is_armed()) {
    if (const int how = truncate_call("truncate", Path(AT_FDCWD, name), size)) return fail(how);
  }
  return static_cast<int>(syscall(SYS_truncate, name, size));
}
int ftruncate(int fd, off_t size) {
  if (is_armed()) {
    if (const int how = truncate_call("ftruncate", Path(fd), size)) return fail(how);
  }
  return static_cast<int>(syscall(SYS_ftruncate, fd, size));
}
int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }
int posix_fallocate(int fd, off_t offset, off_t size) {
  if (is_armed()) {
    if (const int how = verdict_on(kTruncate, "posix_fallocate", Path(fd)); how > 0) return how;
  }
  return syscall(SYS_fallocate, fd, 0, offset, size) == 0 ? 0 : errno;
}

void* mmap(void* address, std::size_t size, int protection, int flags, int fd, off_t offset) {
  if (is_armed()) {
    if (const int how = verdict(kMap, "mmap", ""); how > 0) {
      errno = how;
      return MAP_FAILED;
    }
  }
  return reinterpret_cast<void*>(syscall(SYS_mmap, address, size, protection, flags, fd, offset));
}
void* mmap64(void* address, std::size_t size, int protection, int flags, int fd, off64_t offset) {
  return mmap(address, size, protection, flags, fd, offset);
}

int unlink(const char* name) { return remove_call("unlink", AT_FDCWD, name, 0); }
int unlinkat(int folder, const char* name, int flags) {
  return remove_call("unlinkat", folder, name, flags);
}
int rmdir(const char* name) { return remove_call("rmdir", AT_FDCWD, name, AT_REMOVEDIR); }
int remove(const char* name) {
  struct stat status {};
  const bool folder = lstat(name, &status) == 0 && S_ISDIR(status.st_mode);
  return remove_call("remove", AT_FDCWD, name, folder ? AT_REMOVEDIR : 0);
}

int mkdir(const char* name, mode_t mode) {
  if (is_armed()) {
    const Path path(AT_FDCWD, name);
    if (const int how = verdict_on(kMkdir, "mkdir", path); how > 0) return fail(how);
    struct stat status {};
    if (lstat(name, &status) != 0) trace("mkdir", path, "");
  }
  return static_cast<int>(syscall(SYS_mkdirat, AT_FDCWD, name, mode));
}

int flock(int fd, int operation) {
  if (is_armed()) {
    if (const int how = verdict_on(kLock, "flock", Path(fd)); how > 0) return fail(how);
  }
  return static_cast<int>(syscall(SYS_flock, fd, operation));
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                   void* argument) {
  static auto* const kNext =
      next<int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>("pthread_create");
  if (is_armed()) {
    if (const int how = verdict(kThread, "pthread_create", ""); how > 0) return how;
  }
  return kNext(thread, attributes, start, argument);
}

void* malloc(std::size_t size) { return out_of_memory() ? nullptr : __libc_malloc(size); }
void* calloc(std::size_t count, std::size_t size) {
  return out_of_memory() ? nullptr : __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
  return out_of_memory() ? nullptr : __libc_realloc(memory, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
  return out_of_memory() ? nullptr : __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  void* const found = memalign(alignment, size);
  if (found == nullptr) return ENOMEM;
  *memory = found;
  return 0;
}

}  // extern "C"
