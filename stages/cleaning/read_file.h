// Reads a small file that a stage needs: a rule pack, a model.
#ifndef COPYDESK_CLEANING_READ_FILE_H_
#define COPYDESK_CLEANING_READ_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "copydesk/result.h"

namespace copydesk::cleaning {

// Files that stages read are no longer than this.
inline constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20;

// The bytes of a file. `what` names it in messages, e.g. "the rule pack". Errors: kNotFound if it
// cannot be opened, kIo if it cannot be read (a folder), kInvalidArgument if it is longer than
// kMaxFileBytes.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::string_view what);

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_READ_FILE_H_
