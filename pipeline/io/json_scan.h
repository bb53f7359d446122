// JSON at the level of tokens: what simdjson does not say or is too strict about. Internal to
// pipeline/io.
#ifndef COPYDESK_PIPELINE_IO_JSON_SCAN_H_
#define COPYDESK_PIPELINE_IO_JSON_SCAN_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace copydesk {

// Deepest nesting of objects and arrays that is read.
inline constexpr int kMaxJsonDepth = 500;

struct JsonFault {
  std::size_t offset = 0;    // of the byte that does not fit
  const char* message = "";  // "unexpected character"
};

// The first reason why `json` is not exactly one JSON value (RFC 8259) with white space around it,
// or nothing. Escaped lone surrogates are allowed, numbers may have any size; bytes above 0x7F are
// not looked at. Slow and plain: it explains records that were refused.
[[nodiscard]] std::optional<JsonFault> find_json_fault(std::string_view json);

// Whether `token` is a JSON number and nothing else. Any size, any precision.
[[nodiscard]] bool is_json_number(std::string_view token);

// Whether every backslash in the inside of a JSON string begins an escape that JSON knows.
[[nodiscard]] bool has_valid_escapes(std::string_view inside);

// Appends what the inside of a JSON string stands for. A lone surrogate becomes U+FFFD; gives how
// many there were. Precondition: has_valid_escapes(inside).
std::size_t append_unescaped(std::string& out, std::string_view inside);

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_IO_JSON_SCAN_H_
