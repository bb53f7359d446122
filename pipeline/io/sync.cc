#include "io/sync.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace copydesk {
namespace {

int sync_with(int (*sync)(int), int fd) {
  while (sync(fd) != 0) {
    if (errno == EINTR) continue;
    return errno == EINVAL || errno == ENOTSUP ? 0 : errno;
  }
  return 0;
}

// `fd`: what opening `folder` has given; it is closed.
Result<void> sync_opened(const std::string& folder, int fd) {
  if (fd < 0) return system_error(folder, "open", errno);
  const int code = sync_file(fd);
  ::close(fd);
  if (code != 0) return system_error(folder, "sync", code);
  return {};
}

}  // namespace

int sync_file(int fd) { return sync_with(::fsync, fd); }
int sync_data(int fd) { return sync_with(::fdatasync, fd); }

Result<void> sync_folder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return sync_opened(folder, fd);
}

Result<void> sync_name_of_folder(const std::string& folder) {
  const std::string parent = folder + "/..";
  const int fd = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 && errno == EACCES) return {};
  return sync_opened(parent, fd);
}

Error system_error(const std::string& path, std::string_view doing, int code) {
  return {ErrorCode::kIo,
          path + ": cannot " + std::string(doing) + ": " + std::generic_category().message(code)};
}

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

}  // namespace copydesk
