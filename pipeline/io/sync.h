// Bringing files to the disk, so that they are there after a loss of power. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_IO_SYNC_H_
#define COPYDESK_PIPELINE_IO_SYNC_H_

#include <string>
#include <string_view>

#include "copydesk/result.h"

namespace copydesk {

// fsync() of a file, or fdatasync(), which leaves out times. 0 or an errno; what cannot be synced
// (pipes, some network folders) counts as done.
[[nodiscard]] int sync_file(int fd);
[[nodiscard]] int sync_data(int fd);

// Brings the names in a folder to the disk: what was created, renamed or removed in it.
Result<void> sync_folder(const std::string& folder);
// Brings the name of a folder that stands already to the disk, wherever a link has led to it: who
// made it, maybe a moment ago, need not have. A parent that we may not read is left out: it cannot
// be synced.
Result<void> sync_name_of_folder(const std::string& folder);

// kIo: "<path>: cannot <doing>: <what the errno `code` means>".
[[nodiscard]] Error system_error(const std::string& path, std::string_view doing, int code);

// The folder a path stands in, as it can be opened.
[[nodiscard]] std::string folder_of(std::string_view path);

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_IO_SYNC_H_
