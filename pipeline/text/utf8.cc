#include "copydesk/text/utf8.h"

#include <simdjson.h>

#include <algorithm>

#include "decode.h"

namespace copydesk::text {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool is_continuation(unsigned char c) { return (c & 0xC0) == 0x80; }

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view s) {
  if (simdjson::validate_utf8(s.data(), s.size())) return std::nullopt;
  for (std::size_t at = 0; at < s.size();) {
    char32_t value = 0;
    const std::uint32_t length = decode_sequence(s, at, value);
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

CodePoint detail::decode_beyond_ascii(std::string_view s, std::size_t at) {
  char32_t value = 0;
  const std::uint32_t length = decode_sequence(s, at, value);
  if (length == 0) return {kReplacement, 1};
  return {value, length};
}

void append_utf8(std::string& out, char32_t value) {
  if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) value = kReplacement;
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (value < 0x80) {
    put(value);
  } else if (value < 0x800) {
    put(0xC0 | value >> 6);
    put(0x80 | (value & 0x3F));
  } else if (value < 0x10000) {
    put(0xE0 | value >> 12);
    put(0x80 | (value >> 6 & 0x3F));
    put(0x80 | (value & 0x3F));
  } else {
    put(0xF0 | value >> 18);
    put(0x80 | (value >> 12 & 0x3F));
    put(0x80 | (value >> 6 & 0x3F));
    put(0x80 | (value & 0x3F));
  }
}

bool is_utf8_boundary(std::string_view s, std::size_t at) {
  if (at >= s.size()) return at == s.size();
  if (!is_continuation(static_cast<unsigned char>(s[at]))) return true;
  // A continuation byte is inside a code point only if a sequence that covers it begins before.
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, at); ++back) {
    char32_t value = 0;
    const std::uint32_t length = decode_sequence(s, at - back, value);
    if (length > back) return false;
    if (length != 0) return true;
  }
  return true;
}

}  // namespace copydesk::text
