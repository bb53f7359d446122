#include "io/json.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "io/json_bytes.h"

namespace copydesk {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

void append_json_string(std::string& out, std::string_view s) {
  // Piece by piece, so that there is room on the stack if every byte needs the longest escape.
  constexpr std::size_t kPiece = 640;
  std::array<char, kPiece * kMostEscaped + kSpareJsonBytes> room;
  out += '"';
  for (; !s.empty(); s.remove_prefix(std::min(s.size(), kPiece))) {
    out.append(room.data(), escape_json(s.substr(0, kPiece), room.data()));
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

std::string base64_decoded(std::string_view digits) {
  std::string out;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t value = kAlphabet.find(digits[i]);
    if (value == std::string_view::npos) break;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    if (i % 4 != 0) out += static_cast<char>(bits >> (6 - 2 * (i % 4)) & 0xFF);
  }
  return out;
}

}  // namespace copydesk
