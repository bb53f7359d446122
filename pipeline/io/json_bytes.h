// The loops over the bytes of JSON strings, with SIMD. Each has a scalar twin that gives the same
// for every input; the fast ones choose the instructions of the machine when they are first called.
// All are pure. Internal to pipeline/io.
#ifndef COPYDESK_PIPELINE_IO_JSON_BYTES_H_
#define COPYDESK_PIPELINE_IO_JSON_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace copydesk {

// Bytes that these functions may write, and only write, behind what they gave.
inline constexpr std::size_t kSpareJsonBytes = 64;

// Most bytes that one byte becomes: "\u0001".
inline constexpr std::size_t kMostEscaped = 6;

// Writes the inside of the JSON string that stands for `s`, and gives its length: what
// append_json_string() escapes is escaped. Room: kMostEscaped * s.size() + kSpareJsonBytes.
std::size_t escape_json(std::string_view s, char* out);
std::size_t escape_json_scalar(std::string_view s, char* out);

struct Unescaped {
  std::size_t read = 0;
  std::size_t written = 0;
};

// Writes what the inside of a JSON string stands for, up to its first \uXXXX. Room: inside.size() +
// kSpareJsonBytes. Precondition: has_valid_escapes(inside).
Unescaped unescape_json(std::string_view inside, char* out);
Unescaped unescape_json_scalar(std::string_view inside, char* out);

// Sets bit i % 64 of masks[i / 64] if s[i] is a backslash: s.size() / 64 + 1 masks.
void find_backslashes(std::string_view s, std::uint64_t* masks);
void find_backslashes_scalar(std::string_view s, std::uint64_t* masks);

// Whether there is a control character of ASCII other than tab and line breaks (DEL is one).
bool has_control_bytes(std::string_view s);
bool has_control_bytes_scalar(std::string_view s);

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_IO_JSON_BYTES_H_
