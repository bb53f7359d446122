#include "cleaning/line_shape.h"

#include <algorithm>
#include <array>

#include "copydesk/text/utf8.h"

namespace copydesk::cleaning {
namespace {

constexpr std::array<char32_t, 15> kSentenceMarks = {
    U'.', U'!', U'?', U'"', U'…', U'“', U'”', U'。', U'！', U'？', U'．', U'؟', U'۔', U'।', U'｡'};
// Those that tell running text from a title in Chinese and Japanese, whose titles are full of
// quotation marks and dots.
constexpr std::array<char32_t, 5> kIdeographicMarks = {U'。', U'！', U'？', U'．', U'｡'};
// May stand between the end of a sentence and the end of its line.
constexpr std::array<char32_t, 10> kClosing = {U')',  U']',  U'\'', U'’',  U'»',
                                               U'」', U'』', U'）', U'】', U'*'};

template <std::size_t N>
bool contains(const std::array<char32_t, N>& set, char32_t c) {
  return std::find(set.begin(), set.end(), c) != set.end();
}

// What the first byte of a character says of it: whether it is one of the ASCII marks, or may begin
// one of the others.
enum class FirstByte : std::uint8_t { kOther, kMark, kMayBeMark };

template <std::size_t N>
constexpr std::array<FirstByte, 256> first_bytes(const std::array<char32_t, N>& set) {
  std::array<FirstByte, 256> table{};
  for (const char32_t c : set) {
    if (c < 0x80) {
      table[c] = FirstByte::kMark;
    } else {
      table[c < 0x800 ? 0xC0 | (c >> 6) : 0xE0 | (c >> 12)] = FirstByte::kMayBeMark;
    }
  }
  return table;
}

// No byte in the middle of a character is one of its first bytes, so that all of them can be read
// one by one; from the end, where most sentences have their mark.
template <std::size_t N>
bool holds_one_of(const std::array<char32_t, N>& set, const std::array<FirstByte, 256>& table,
                  std::string_view line) {
  for (std::size_t at = line.size(); at-- > 0;) {
    const FirstByte byte = table[static_cast<unsigned char>(line[at])];
    if (byte == FirstByte::kOther) continue;
    if (byte == FirstByte::kMark || contains(set, text::decode_utf8(line, at).value)) return true;
  }
  return false;
}

constexpr std::array<FirstByte, 256> kSentenceBytes = first_bytes(kSentenceMarks);
constexpr std::array<FirstByte, 256> kIdeographicBytes = first_bytes(kIdeographicMarks);

// The character that ends at `end` > 0.
text::CodePoint last_character(std::string_view line, std::size_t end) {
  std::size_t begin = end - 1;
  while (!text::is_utf8_boundary(line, begin)) --begin;
  return text::decode_utf8(line, begin);
}

bool is_greek(char32_t c) { return (c >= 0x370 && c <= 0x3FF) || (c >= 0x1F00 && c <= 0x1FFF); }

}  // namespace

std::size_t count_ideographs(std::string_view line) {
  // In blocks whose count fits a byte: so a compiler adds sixteen bytes at once.
  constexpr std::size_t kBlock = 128;
  std::size_t count = 0;
  while (!line.empty()) {
    const std::string_view block = line.substr(0, kBlock);
    std::uint8_t in_block = 0;
    for (const char c : block) {
      const auto above = static_cast<std::uint8_t>(static_cast<unsigned char>(c) - 0xE3U);
      in_block = static_cast<std::uint8_t>(in_block + (above <= 0xE9 - 0xE3 ? 1 : 0));
    }
    count += in_block;
    line.remove_prefix(block.size());
  }
  return count;
}

bool has_digit(std::string_view line) {
  return std::any_of(line.begin(), line.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool has_sentence_mark(std::string_view line) {
  return holds_one_of(kSentenceMarks, kSentenceBytes, line);
}

bool ends_sentence(std::string_view line) {
  constexpr char32_t kGreekQuestionMark = 0x37E;
  for (std::size_t end = line.size(); end > 0;) {
    const text::CodePoint c = last_character(line, end);
    end -= c.length;
    if (contains(kSentenceMarks, c.value) || c.value == kGreekQuestionMark) return true;
    if (c.value == U';' && end > 0) {
      const char32_t before = last_character(line, end).value;
      return is_greek(before) && before != kGreekQuestionMark;  // a semicolon asks
    }
    if (!contains(kClosing, c.value)) return false;
  }
  return false;
}

bool is_body(std::string_view line, std::size_t words) {
  if (words < kBodyWords) return false;
  const std::size_t ideographs = count_ideographs(line);
  if (2 * ideographs < words) return has_sentence_mark(line);
  // A run of n characters gives n - 1 words, so this counts a spaced word too few for each run.
  const std::size_t spaced = words - std::min(words, ideographs);
  return spaced + ideographs / kIdeographsOfAWord >= kBodyWords &&
         holds_one_of(kIdeographicMarks, kIdeographicBytes, line);
}

TextView original_view(const Document& document) {
  return {document.original(), document.original_lines(), {}, document.original_words()};
}

std::span<const AppliedEdit> EditsOver::operator()(Span span) {
  while (!edits_.empty() && edits_.front().span.end <= span.begin) edits_ = edits_.subspan(1);
  std::size_t n = 0;
  while (n < edits_.size() && edits_[n].span.begin < span.end) ++n;
  return edits_.first(n);
}

std::uint32_t common_bytes(Span a, Span b) {
  return std::min(a.end, b.end) - std::max(a.begin, b.begin);
}

std::vector<LineShape> line_shapes(const TextView& page) {
  std::vector<LineShape> shapes;
  shapes.reserve(page.lines.size());
  std::size_t word = 0;
  for (const text::Line& line : page.lines) {
    const std::string_view raw = page.text.substr(line.begin, line.end - line.begin);
    const std::string_view trimmed = text::trim(raw);
    LineShape shape;
    shape.span.begin = line.begin + static_cast<std::uint32_t>(trimmed.data() - raw.data());
    shape.span.end = shape.span.begin + static_cast<std::uint32_t>(trimmed.size());
    shape.first_word = static_cast<std::uint32_t>(word);
    while (word < page.words.size() && page.words[word].begin < line.end) ++word;
    shape.words = static_cast<std::uint32_t>(word) - shape.first_word;
    shape.body = is_body(trimmed, shape.words);
    shapes.push_back(shape);
  }
  return shapes;
}

Zones find_zones(std::span<const LineShape> shapes) {
  Zones zones{shapes.size(), 0, false};
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    if (!shapes[i].body) continue;
    if (!zones.has_body) zones.head_end = i;
    zones.has_body = true;
    zones.tail_begin = i + 1;
  }
  return zones;
}

}  // namespace copydesk::cleaning
