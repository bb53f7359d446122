// Writing all of a buffer to a file descriptor. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_IO_WRITE_ALL_H_
#define COPYDESK_PIPELINE_IO_WRITE_ALL_H_

#include <string_view>

namespace copydesk {

// Writes every byte, through short writes and signals. 0, or the errno of the write that failed;
// then an unknown part of `bytes` was written.
[[nodiscard]] int write_all(int fd, std::string_view bytes);

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_IO_WRITE_ALL_H_
