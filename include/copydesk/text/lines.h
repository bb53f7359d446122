// Lines: runs of text between line breaks, the unit of chrome.
#ifndef COPYDESK_TEXT_LINES_H_
#define COPYDESK_TEXT_LINES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace copydesk::text {

// A line of a text. Offsets are bytes. [begin, end) is the line without its break and without a
// '\r' before the break; `next` is where the following line begins (text.size() for the last).
struct Line {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t next = 0;
};

// Splits at '\n' and writes the lines to `out` (cleared first). A text that ends in '\n' has no
// empty last line; an empty text has no line. Every byte belongs to exactly one [begin, next).
// Precondition: text.size() < 2^32. Cost: one memchr pass; allocates only to grow `out`.
void split_lines(std::string_view text, std::vector<Line>& out);

// `s` without white space at both ends: ASCII space and controls, U+00A0, U+200B, U+FEFF, U+2028/9,
// U+3000 and the other Unicode spaces.
[[nodiscard]] std::string_view trim(std::string_view s);

// `s` without the white space of trim() at its beginning, and at its end. Cost: linear in what is
// taken off, whatever the length of `s`.
[[nodiscard]] std::string_view trim_front(std::string_view s);
[[nodiscard]] std::string_view trim_back(std::string_view s);

// The normalised key of a line: case-folded, digit runs become one "0", punctuation and symbols
// off, words joined by single spaces, hashed with XXH3-64. 0 if the line has no word. Two lines
// with the same words have the same key whatever their case, spacing, numbers and punctuation.
// Collisions: 64 bits. Cost: as that of split_words(), without an allocation; lines with what is
// gone through character by character there, and longer ones than 4 KB, allocate.
[[nodiscard]] std::uint64_t line_key(std::string_view line);

// The normalised text whose hash is line_key(); for files that people read. Empty if no word.
[[nodiscard]] std::string normalized_line(std::string_view line);

}  // namespace copydesk::text

#endif  // COPYDESK_TEXT_LINES_H_
