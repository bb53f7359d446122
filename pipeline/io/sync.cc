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

}  // namespace

int sync_file(int fd) { return sync_with(::fsync, fd); }
int sync_data(int fd) { return sync_with(::fdatasync, fd); }

Result<void> sync_folder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return system_error(folder, "open", errno);
  const int code = sync_file(fd);
  ::close(fd);
  if (code != 0) return system_error(folder, "sync", code);
  return {};
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
