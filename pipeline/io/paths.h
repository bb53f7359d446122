// Small things that all who touch files need. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_IO_PATHS_H_
#define COPYDESK_PIPELINE_IO_PATHS_H_

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "copydesk/result.h"

namespace copydesk {

// A path as text for ids and messages: bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string shown_path(std::string_view path);

// What a path leads to, through symbolic links; not_found if nothing is there. kIo if that cannot
// be told: what must not be looked at is not taken for missing.
[[nodiscard]] Result<std::filesystem::file_type> type_of(const std::filesystem::path& path);

// When a file was last modified, nanoseconds since 1970.
[[nodiscard]] inline std::int64_t modified_ns(const struct stat& status) {
  return static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec;
}

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_IO_PATHS_H_
