// Small things that all who touch files need. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_IO_PATHS_H_
#define COPYDESK_PIPELINE_IO_PATHS_H_

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/result.h"

namespace copydesk {

// A path as text for ids and messages: bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string shown_path(std::string_view path);

// What a path leads to, through symbolic links; not_found if nothing is there. kIo if that cannot
// be told: what must not be looked at is not taken for missing.
[[nodiscard]] Result<std::filesystem::file_type> type_of(const std::filesystem::path& path);

// Appends the names in a folder, but "." and "..", in no order. Gives 0, or errno if it could not
// be listed to its end. In the place of the iterators of std::filesystem, which end the process if
// memory runs out.
[[nodiscard]] int list_folder(const std::filesystem::path& folder, std::vector<std::string>& names);
// The same as a result. kIo if the folder cannot be listed to its end.
[[nodiscard]] Result<std::vector<std::string>> names_in(const std::filesystem::path& folder);

// When a file was last modified, nanoseconds since 1970.
[[nodiscard]] inline std::int64_t modified_ns(const struct stat& status) {
  return static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec;
}

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_IO_PATHS_H_
