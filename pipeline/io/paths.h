// Small things that all who touch input files need. Internal to pipeline/io.
#ifndef COPYDESK_PIPELINE_IO_PATHS_H_
#define COPYDESK_PIPELINE_IO_PATHS_H_

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace copydesk {

// A path as text for ids and messages: bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string shown_path(std::string_view path);

// When a file was last modified, nanoseconds since 1970.
[[nodiscard]] inline std::int64_t modified_ns(const struct stat& status) {
  return static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec;
}

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_IO_PATHS_H_
