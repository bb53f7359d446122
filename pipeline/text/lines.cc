#include "copydesk/text/lines.h"

#include <array>
#include <bit>
#include <cassert>
#include <cstring>
#include <limits>

#include "characters.h"
#include "copydesk/text/utf8.h"
#include "copydesk/text/words.h"
#include "decode.h"
#include "scan.h"
#include "short_hash.h"

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

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whether s[at] joins two parts of one number, as in "1,234" and "2.5".
bool joins_digits(std::string_view s, std::size_t at) {
  return (s[at] == ',' || s[at] == '.') && at > 0 && at + 1 < s.size() && is_digit(s[at - 1]) &&
         is_digit(s[at + 1]);
}

// Whether nothing is left of it when it is folded.
bool is_invisible(const Character& c) { return c.folds_alone && c.folded_length == 0; }

// The normalised line, character by character.
std::string normalize_each(std::string_view line) {
  std::string out;
  out.reserve(line.size());
  bool gap = true;         // a separator stands between what is out and what comes
  bool in_digits = false;  // the last character out is the "0" of a digit run
  bool unspaced = false;   // the last character out is of a script without spaces
  for (std::size_t at = 0; at < line.size();) {
    char32_t value = 0;
    std::size_t length = decode_sequence(line, at, value);
    // An invalid byte separates.
    const CharacterClass kind = length == 0 ? CharacterClass::kSeparator : character(value).kind;
    if (length == 0) length = 1;
    const std::string_view bytes = line.substr(at, length);
    const bool joins = kind == CharacterClass::kSeparator && in_digits && joins_digits(line, at);
    at += length;
    if (joins || kind == CharacterClass::kJoiner) continue;
    if (kind == CharacterClass::kSeparator) {
      gap = true;
      in_digits = false;
      continue;
    }
    if (kind == CharacterClass::kMark) {
      if (gap || is_invisible(character(value))) continue;  // on a symbol, or on nothing
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
    out.append(bytes);
  }
  return fold(out);
}

// Makes one "0" of each digit run of a piece that is plain: what joins the parts of a number
// becomes word, and all but the first of each run are taken from `kept`.
void fold_digits(std::string_view bytes, Scan& piece, Scan::Masks& kept) {
  std::uint64_t before = 0;  // the last bit of the digit runs of the block before
  for (std::size_t block = 0; block < piece.blocks; ++block) {
    const std::uint64_t digit = piece.digit[block];
    const std::uint64_t next = block + 1 < piece.blocks ? piece.digit[block + 1] << 63 : 0;
    std::uint64_t runs = digit;
    for (std::uint64_t gaps = ~digit & (digit << 1 | before) & (digit >> 1 | next); gaps != 0;
         gaps &= gaps - 1) {
      const auto shift = static_cast<std::size_t>(std::countr_zero(gaps));
      const char c = bytes[block * kBlock + shift];
      if (c == ',' || c == '.') runs |= std::uint64_t{1} << shift;
    }
    const std::uint64_t first = runs & ~(runs << 1 | before);
    before = runs >> 63;
    piece.word[block] |= runs;
    kept[block] = piece.word[block] & ~(runs & ~first);
    for (std::uint64_t left = first; left != 0; left &= left - 1) {
      piece.folded[block * kBlock + static_cast<std::size_t>(std::countr_zero(left))] = '0';
    }
  }
}

// Writes the normalised form of a piece that is plain to `out`, and gives its length. There is room
// for the piece and kSpareBytes more.
std::size_t normalize_plain(std::string_view bytes, Scan& piece, char* out) {
  std::uint64_t digits = 0;
  for (std::size_t block = 0; block < piece.blocks; ++block) digits |= piece.digit[block];
  Scan::Masks kept;
  if (digits != 0) fold_digits(bytes, piece, kept);
  // Of each gap its first byte, as the space between two words.
  std::uint64_t before = 0;
  for (std::size_t block = 0; block < piece.blocks; ++block) {
    const std::uint64_t word = piece.word[block];
    const std::uint64_t first_of_gap = ~word & (word << 1 | before);
    before = word >> 63;
    kept[block] = (digits != 0 ? kept[block] : word) | first_of_gap;
  }
  const std::size_t size = keep_bytes(piece.folded.data(), kept.data(), piece.blocks, out);
  return size - (size > 0 && out[size - 1] == ' ' ? 1 : 0);
}

// Calls use(normalised line).
template <class Use>
auto with_normalized(std::string_view line, Use use) {
  Scan piece;
  scan(line, 0, piece);
  if (piece.any_special || piece.any_other_digit || piece.size < line.size()) {
    return use(std::string_view(normalize_each(line)));
  }
  std::array<char, Scan::kMaxBytes + 1 + kSpareBytes> out;
  return use(std::string_view(out.data(), normalize_plain(line, piece, out.data())));
}

}  // namespace

void split_lines(std::string_view text, std::vector<Line>& out) {
  assert(text.size() < std::numeric_limits<std::uint32_t>::max());
  out.clear();
  // A line is seldom shorter on average: so one allocation will do.
  constexpr std::size_t kShortLine = 32;
  if (out.capacity() == 0) out.reserve(text.size() / kShortLine + 1);
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
    const bool ascii = static_cast<unsigned char>(s[end - 1]) < 0x80;
    const std::size_t at = ascii ? end - 1 : previous_boundary(s, end);
    if (!is_space(decode_utf8(s, at).value)) break;
    end = at;
  }
  return s.substr(0, end);
}

std::string normalized_line(std::string_view line) {
  return with_normalized(line, [](std::string_view normalized) { return std::string(normalized); });
}

std::uint64_t line_key(std::string_view line) {
  return with_normalized(line, [](std::string_view normalized) {
    return normalized.empty() ? 0 : hash_bytes(normalized);
  });
}

}  // namespace copydesk::text
