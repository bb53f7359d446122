// A whole small file as a string.
#ifndef COPYDESK_PIPELINE_IO_READ_FILE_H_
#define COPYDESK_PIPELINE_IO_READ_FILE_H_

#include <string>

#include "copydesk/result.h"

namespace copydesk {

// The bytes of a file, or an error that names it. Throws std::bad_alloc.
[[nodiscard]] Result<std::string> read_file(const std::string& path);

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_IO_READ_FILE_H_
