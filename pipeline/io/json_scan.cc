#include "io/json_scan.h"

#include <array>
#include <bit>
#include <cassert>
#include <cstdint>

#include "copydesk/text/utf8.h"
#include "io/json_bytes.h"

namespace copydesk {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The value of a hexadecimal digit, or -1.
int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The length of the escape that `s` begins with, its backslash included; 0 if there is none.
std::size_t escape_length(std::string_view s) {
  constexpr std::string_view kSimple = "\"\\/bfnrt";
  if (s.size() < 2 || s[0] != '\\') return 0;
  if (kSimple.find(s[1]) != std::string_view::npos) return 2;
  if (s[1] != 'u' || s.size() < 6) return 0;
  for (std::size_t i = 2; i < 6; ++i) {
    if (hex_value(s[i]) < 0) return 0;
  }
  return 6;
}

// The code unit of a \uXXXX escape. Precondition: escape_length(s) == 6.
char32_t code_unit(std::string_view s) {
  char32_t unit = 0;
  for (std::size_t i = 2; i < 6; ++i) unit = unit << 4 | static_cast<char32_t>(hex_value(s[i]));
  return unit;
}

bool is_high_surrogate(char32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low_surrogate(char32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

// `piece` without a backslash at its end that begins an escape: an odd one.
std::string_view up_to_whole_escapes(std::string_view piece) {
  const std::size_t backslashes = piece.size() - (piece.find_last_not_of('\\') + 1);
  return piece.substr(0, piece.size() - backslashes % 2);
}

// The length of the number that `s` begins with; 0 if there is none.
std::size_t number_length(std::string_view s) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t begin = at;
    while (at < s.size() && is_digit(s[at])) ++at;
    return at - begin;
  };
  if (at < s.size() && s[at] == '-') ++at;
  if (at < s.size() && s[at] == '0') {
    ++at;
  } else if (digits() == 0) {
    return 0;
  }
  if (at < s.size() && s[at] == '.') {
    ++at;
    if (digits() == 0) return 0;
  }
  if (at < s.size() && (s[at] == 'e' || s[at] == 'E')) {
    ++at;
    if (at < s.size() && (s[at] == '+' || s[at] == '-')) ++at;
    if (digits() == 0) return 0;
  }
  return at;
}

// A recursive descent that stops at the first fault.
class FaultFinder {
 public:
  explicit FaultFinder(std::string_view json) : json_(json) {}

  std::optional<JsonFault> find() {
    if (value(0)) {
      skip_space();
      if (at_ < json_.size()) fail("unexpected character after the value");
    }
    return fault_;
  }

 private:
  bool fail(const char* message) {
    fault_ = JsonFault{at_, message};
    return false;
  }

  [[nodiscard]] bool at_char(char c) const { return at_ < json_.size() && json_[at_] == c; }

  void skip_space() {
    constexpr std::string_view kSpace = " \t\n\r";
    while (at_ < json_.size() && kSpace.find(json_[at_]) != std::string_view::npos) ++at_;
  }

  bool value(int depth) {
    skip_space();
    if (at_ == json_.size()) return fail("unexpected end");
    switch (json_[at_]) {
      case '{':
      case '[':
        if (depth == kMaxJsonDepth) return fail("nested too deep");
        return json_[at_] == '{' ? object(depth) : array(depth);
      case '"':
        return string();
      case 't':
        return literal("true");
      case 'f':
        return literal("false");
      case 'n':
        return literal("null");
      default:
        return number();
    }
  }

  bool object(int depth) {
    ++at_;
    skip_space();
    if (at_char('}')) return ++at_, true;
    while (true) {
      skip_space();
      if (!at_char('"')) return expected("expected a member name");
      if (!string()) return false;
      skip_space();
      if (!at_char(':')) return expected("expected ':'");
      ++at_;
      if (!value(depth + 1)) return false;
      skip_space();
      if (at_char('}')) return ++at_, true;
      if (!at_char(',')) return expected("expected ',' or '}'");
      ++at_;
    }
  }

  bool array(int depth) {
    ++at_;
    skip_space();
    if (at_char(']')) return ++at_, true;
    while (true) {
      if (!value(depth + 1)) return false;
      skip_space();
      if (at_char(']')) return ++at_, true;
      if (!at_char(',')) return expected("expected ',' or ']'");
      ++at_;
    }
  }

  bool expected(const char* message) {
    return fail(at_ == json_.size() ? "unexpected end" : message);
  }

  bool string() {
    const std::size_t begin = at_++;
    while (at_ < json_.size()) {
      const char c = json_[at_];
      if (c == '"') return ++at_, true;
      if (static_cast<unsigned char>(c) < 0x20) return fail("control character in a string");
      if (c == '\\') {
        const std::size_t length = escape_length(json_.substr(at_));
        if (length == 0) return fail("broken escape in a string");
        at_ += length;
      } else {
        ++at_;
      }
    }
    at_ = begin;
    return fail("string without end");
  }

  bool literal(std::string_view word) {
    if (!json_.substr(at_).starts_with(word)) return fail("unexpected character");
    at_ += word.size();
    return true;
  }

  bool number() {
    const std::size_t length = number_length(json_.substr(at_));
    if (length == 0) {
      return fail(json_[at_] == '-' || is_digit(json_[at_]) ? "broken number"
                                                            : "unexpected character");
    }
    at_ += length;
    return true;
  }

  std::string_view json_;
  std::size_t at_ = 0;
  std::optional<JsonFault> fault_;
};

}  // namespace

std::optional<JsonFault> find_json_fault(std::string_view json) { return FaultFinder(json).find(); }

bool is_json_number(std::string_view token) {
  return !token.empty() && number_length(token) == token.size();
}

bool has_valid_escapes(std::string_view inside) {
  constexpr std::size_t kBlock = 64;
  constexpr std::size_t kPiece = 64 * kBlock;
  std::array<std::uint64_t, kPiece / kBlock + 1> masks;
  std::size_t next = 0;  // where the escapes so far end
  for (std::size_t begin = 0; begin < inside.size(); begin += kPiece) {
    const std::string_view piece = inside.substr(begin, kPiece);
    find_backslashes(piece, masks.data());
    for (std::size_t at = 0; at < piece.size(); at += kBlock) {
      const std::size_t block = begin + at;
      std::uint64_t left = masks[at / kBlock];
      if (next > block) left &= ~std::uint64_t{0} << (next - block);  // an escape has 6 bytes
      while (left != 0) {
        const std::size_t backslash = block + static_cast<std::size_t>(std::countr_zero(left));
        const std::size_t length = escape_length(inside.substr(backslash));
        if (length == 0) return false;
        next = backslash + length;
        if (next - block >= kBlock) break;
        left &= ~std::uint64_t{0} << (next - block);
      }
    }
  }
  return true;
}

std::size_t append_unescaped(std::string& out, std::string_view inside) {
  constexpr std::size_t kPiece = 4096;
  std::array<char, kPiece + kSpareJsonBytes> room;
  std::size_t lone = 0;
  while (!inside.empty()) {
    // A piece must not end within an escape.
    std::string_view piece = inside.substr(0, kPiece);
    if (piece.size() < inside.size()) piece = up_to_whole_escapes(piece);
    const Unescaped done = unescape_json(piece, room.data());
    out.append(room.data(), done.written);
    inside.remove_prefix(done.read);
    if (done.read == piece.size()) continue;
    char32_t point = code_unit(inside);
    inside.remove_prefix(6);
    if (is_high_surrogate(point) && escape_length(inside) == 6 &&
        is_low_surrogate(code_unit(inside))) {
      point = 0x10000 + ((point - 0xD800) << 10) + (code_unit(inside) - 0xDC00);
      inside.remove_prefix(6);
    } else if (is_high_surrogate(point) || is_low_surrogate(point)) {
      ++lone;
    }
    text::append_utf8(out, point);  // U+FFFD for a surrogate
  }
  return lone;
}

}  // namespace copydesk
