// UTF-8: validation, decoding, boundaries.
#ifndef COPYDESK_TEXT_UTF8_H_
#define COPYDESK_TEXT_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace copydesk::text {

// The offset of the first byte that is not valid UTF-8 (overlong forms, surrogates and values
// above U+10FFFF are invalid), or nothing. Cost: SIMD for valid text.
[[nodiscard]] std::optional<std::size_t> find_invalid_utf8(std::string_view s);

// One decoded code point and its length in bytes. For an invalid sequence: U+FFFD and length 1.
struct CodePoint {
  char32_t value = 0;
  std::uint32_t length = 0;
};

namespace detail {
[[nodiscard]] CodePoint decode_beyond_ascii(std::string_view s, std::size_t at);
}  // namespace detail

// Decodes at s[at]. Precondition: at < s.size().
[[nodiscard]] inline CodePoint decode_utf8(std::string_view s, std::size_t at) {
  const auto lead = static_cast<unsigned char>(s[at]);
  if (lead < 0x80) return {lead, 1};
  return detail::decode_beyond_ascii(s, at);
}

// Appends the UTF-8 form of a code point; U+FFFD for a surrogate or a value out of range.
void append_utf8(std::string& out, char32_t value);

// Whether `at` is a place where a code point begins, or the end of `s`. True for invalid bytes
// that stand alone.
[[nodiscard]] bool is_utf8_boundary(std::string_view s, std::size_t at);

}  // namespace copydesk::text

#endif  // COPYDESK_TEXT_UTF8_H_
