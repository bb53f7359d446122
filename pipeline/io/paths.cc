#include "io/paths.h"

#include <dirent.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "copydesk/text/utf8.h"
#include "io/sync.h"

namespace copydesk {

std::string shown_path(std::string_view path) {
  std::string shown;
  shown.reserve(path.size());
  for (std::size_t at = 0; at < path.size();) {
    const text::CodePoint point = text::decode_utf8(path, at);
    text::append_utf8(shown, point.value);
    at += point.length;
  }
  return shown;
}

int list_folder(const std::filesystem::path& folder, std::vector<std::string>& names) {
  struct Close {
    void operator()(DIR* dir) const { ::closedir(dir); }
  };
  const std::unique_ptr<DIR, Close> dir(::opendir(folder.c_str()));
  if (dir == nullptr) return errno;
  while (true) {
    errno = 0;
    const dirent* const entry = ::readdir(dir.get());
    if (entry == nullptr) return errno;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
}

Result<std::vector<std::string>> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  if (const int code = list_folder(folder, names); code != 0) {
    return system_error(folder, "look at", code);
  }
  return names;
}

Result<std::filesystem::file_type> type_of(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_type type = std::filesystem::status(path, error).type();
  if (type == std::filesystem::file_type::none) {
    return system_error(path, "look at", error.value());
  }
  return type;
}

}  // namespace copydesk
