// Reading a file whole that somebody else may have written: a config, a rule pack, a table.
#ifndef COPYDESK_READ_FILE_H_
#define COPYDESK_READ_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "copydesk/result.h"

namespace copydesk {

// The longest file of each kind that is read. TOML takes some thirty times its size in memory.
inline constexpr std::size_t kMaxTomlBytes = std::size_t{4} << 20;
inline constexpr std::size_t kMaxTableBytes = std::size_t{64} << 20;
inline constexpr std::size_t kMaxTemplateBytes = std::size_t{1} << 30;

// The bytes of a file. `what` names it in messages, e.g. "the rule pack". A pipe is read until its
// writer closes it; nobody is waited for who has not opened it yet. Errors: kNotFound if it cannot
// be opened, kIo if it cannot be read (a folder) or is a pipe that nobody writes to,
// kInvalidArgument if it is longer than max_bytes.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::string_view what,
                                            std::size_t max_bytes);

// Why a TOML text should not be parsed, or "": a key of very many parts makes tables in tables,
// which are freed one inside the other until the stack is full. Cost: one pass.
[[nodiscard]] std::string toml_depth_fault(std::string_view toml);

}  // namespace copydesk

#endif  // COPYDESK_READ_FILE_H_
