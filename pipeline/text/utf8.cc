#include "copydesk/text/utf8.h"

#include <simdjson.h>

#include <algorithm>

namespace copydesk::text {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool is_continuation(unsigned char c) { return (c & 0xC0) == 0x80; }

// Length of the valid sequence at s[at], or 0. The table of well-formed sequences is in the
// Unicode Standard, chapter 3, table 3-7.
std::uint32_t sequence_length(std::string_view s, std::size_t at, char32_t& value) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[at + i]); };
  const std::size_t left = s.size() - at;
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    value = lead;
    return 1;
  }
  if (lead >= 0xC2 && lead <= 0xDF) {
    if (left < 2 || !is_continuation(byte(1))) return 0;
    value = (lead & 0x1FU) << 6 | (byte(1) & 0x3FU);
    return 2;
  }
  if ((lead & 0xF0) == 0xE0) {
    if (left < 3 || !is_continuation(byte(1)) || !is_continuation(byte(2))) return 0;
    value = (lead & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU);
    const bool overlong = value < 0x800;
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    return overlong || surrogate ? 0 : 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (left < 4 || !is_continuation(byte(1)) || !is_continuation(byte(2)) ||
        !is_continuation(byte(3))) {
      return 0;
    }
    value =
        (lead & 0x07U) << 18 | (byte(1) & 0x3FU) << 12 | (byte(2) & 0x3FU) << 6 | (byte(3) & 0x3FU);
    return value < 0x10000 || value > 0x10FFFF ? 0 : 4;
  }
  return 0;
}

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view s) {
  if (simdjson::validate_utf8(s.data(), s.size())) return std::nullopt;
  for (std::size_t at = 0; at < s.size();) {
    char32_t value = 0;
    const std::uint32_t length = sequence_length(s, at, value);
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

CodePoint decode_utf8(std::string_view s, std::size_t at) {
  char32_t value = 0;
  const std::uint32_t length = sequence_length(s, at, value);
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
    const std::uint32_t length = sequence_length(s, at - back, value);
    if (length > back) return false;
    if (length != 0) return true;
  }
  return true;
}

}  // namespace copydesk::text
