#include "io/json.h"

#include <cassert>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstring>

namespace copydesk {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

bool needs_escape(unsigned char c) { return c < 0x20 || c == '"' || c == '\\' || c == 0x7F; }

// Whether any of eight bytes needs an escape. Each term sets the top bit of a byte that is the one
// looked for; a borrow can only spoil bytes above a true hit, so "any" is exact.
bool any_needs_escape(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  constexpr std::uint64_t kTops = 0x8080808080808080ULL;
  const auto has_zero = [](std::uint64_t v) { return (v - kOnes) & ~v; };
  const std::uint64_t control = (word - kOnes * 0x20) & ~word;
  return ((control | has_zero(word ^ (kOnes * '"')) | has_zero(word ^ (kOnes * '\\')) |
           has_zero(word ^ (kOnes * 0x7F))) &
          kTops) != 0;
}

// Length of the prefix of `s` that stands in a JSON string as it is.
std::size_t plain_prefix(std::string_view s) {
  std::size_t at = 0;
  for (; at + 8 <= s.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, s.data() + at, 8);
    if (any_needs_escape(word)) break;
  }
  while (at < s.size() && !needs_escape(static_cast<unsigned char>(s[at]))) ++at;
  return at;
}

void append_escape(std::string& out, unsigned char c) {
  out += '\\';
  switch (c) {
    case '"':
    case '\\':
      out += static_cast<char>(c);
      return;
    case '\b':
      out += 'b';
      return;
    case '\f':
      out += 'f';
      return;
    case '\n':
      out += 'n';
      return;
    case '\r':
      out += 'r';
      return;
    case '\t':
      out += 't';
      return;
    default:
      out += "u00";
      out += kHexDigits[c >> 4];
      out += kHexDigits[c & 15];
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view s) {
  out += '"';
  while (true) {
    const std::size_t plain = plain_prefix(s);
    out.append(s.substr(0, plain));
    if (plain == s.size()) break;
    append_escape(out, static_cast<unsigned char>(s[plain]));
    s.remove_prefix(plain + 1);
  }
  out += '"';
}

void append_json_number(std::string& out, std::uint64_t value) {
  char digits[20];
  const auto result = std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, result.ptr);
}

void append_json_number(std::string& out, double value) {
  assert(std::isfinite(value));
  char digits[32];
  if (std::fabs(value) >= 1e15) {  // beyond it, fixed notation only adds digits that mean nothing
    const auto result = std::to_chars(digits, digits + sizeof digits, value);
    out.append(digits, result.ptr);
    return;
  }
  const auto result =
      std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed, 6);
  std::string_view shown(digits, static_cast<std::size_t>(result.ptr - digits));
  shown = shown.substr(0, shown.find_last_not_of('0') + 1);
  if (shown.back() == '.') shown.remove_suffix(1);
  out += shown == "-0" ? std::string_view("0") : shown;
}

void append_json_base64(std::string& out, std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4 + 2);
  out += '"';
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out += i <= group.size() ? kAlphabet[bits >> (18 - 6 * i) & 63] : '=';
    }
  }
  out += '"';
}

}  // namespace copydesk
