#include "copydesk/text/lines.h"

#include <xxhash.h>

#include <cassert>
#include <cstring>
#include <limits>

#include "characters.h"
#include "copydesk/text/utf8.h"
#include "copydesk/text/words.h"

namespace copydesk::text {
namespace {

// White space and the invisible characters that scraped lines are padded with.
bool is_space(char32_t c) {
  return c <= 0x20 || c == 0x7F || (c >= 0x80 && c <= 0xA0) || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200F) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x2060 || c == 0x3000 || c == 0xFEFF;
}

// Offset of the code point that ends at `end` (> 0).
std::size_t previous_boundary(std::string_view s, std::size_t end) {
  std::size_t at = end - 1;
  while (at > 0 && end - at < 4 && !is_utf8_boundary(s, at)) --at;
  return at;
}

// Whether s[at] joins two parts of one number, as in "1,234" and "2.5".
bool joins_digits(std::string_view s, std::size_t at) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return (s[at] == ',' || s[at] == '.') && at > 0 && at + 1 < s.size() && is_digit(s[at - 1]) &&
         is_digit(s[at + 1]);
}

}  // namespace

void split_lines(std::string_view text, std::vector<Line>& out) {
  assert(text.size() < std::numeric_limits<std::uint32_t>::max());
  out.clear();
  std::size_t begin = 0;
  while (begin < text.size()) {
    const void* found = std::memchr(text.data() + begin, '\n', text.size() - begin);
    std::size_t end = text.size();
    std::size_t next = text.size();
    if (found != nullptr) {
      end = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
      next = end + 1;
      if (end > begin && text[end - 1] == '\r') --end;
    }
    out.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end),
                   static_cast<std::uint32_t>(next)});
    begin = next;
  }
}

std::string_view trim(std::string_view s) { return trim_back(trim_front(s)); }

std::string_view trim_front(std::string_view s) {
  std::size_t begin = 0;
  while (begin < s.size()) {
    const CodePoint c = decode_utf8(s, begin);
    if (!is_space(c.value)) break;
    begin += c.length;
  }
  return s.substr(begin);
}

std::string_view trim_back(std::string_view s) {
  std::size_t end = s.size();
  while (end > 0) {
    const std::size_t at = previous_boundary(s, end);
    if (!is_space(decode_utf8(s, at).value)) break;
    end = at;
  }
  return s.substr(0, end);
}

std::string normalized_line(std::string_view line) {
  std::string out;
  out.reserve(line.size());
  bool gap = true;         // a separator stands between what is out and what comes
  bool in_digits = false;  // the last character out is the "0" of a digit run
  bool unspaced = false;   // the last character out is of a script without spaces
  bool ascii = true;
  for (std::size_t at = 0; at < line.size();) {
    const auto byte = static_cast<unsigned char>(line[at]);
    const CodePoint c = byte < 128 ? CodePoint{byte, 1} : decode_utf8(line, at);
    const std::string_view bytes = line.substr(at, c.length);
    const CharacterClass kind = classify(c.value);
    const bool joins = kind == CharacterClass::kSeparator && in_digits && joins_digits(line, at);
    at += c.length;
    if (joins || kind == CharacterClass::kJoiner) continue;
    if (kind == CharacterClass::kSeparator) {
      gap = true;
      in_digits = false;
      continue;
    }
    if (kind == CharacterClass::kMark) {
      if (gap) continue;  // on a symbol, or on nothing
    } else {
      const bool digit = kind == CharacterClass::kDigit;
      if (digit && in_digits) continue;
      const bool now_unspaced = kind == CharacterClass::kUnspaced;
      if (!out.empty() && (gap || now_unspaced != unspaced)) out.push_back(' ');
      gap = false;
      unspaced = now_unspaced;
      if (digit) {
        in_digits = true;
        out.push_back('0');
        continue;
      }
    }
    in_digits = false;
    ascii = ascii && byte < 128;
    out.append(bytes);
  }
  if (!ascii) return fold(out);
  for (char& c : out) c = kAscii.lower[static_cast<unsigned char>(c)];
  return out;
}

std::uint64_t line_key(std::string_view line) {
  const std::string normalized = normalized_line(line);
  if (normalized.empty()) return 0;
  return XXH3_64bits(normalized.data(), normalized.size());
}

}  // namespace copydesk::text
