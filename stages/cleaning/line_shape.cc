#include "cleaning/line_shape.h"

#include <algorithm>
#include <array>

#include "copydesk/text/utf8.h"

namespace copydesk::cleaning {
namespace {

constexpr std::array<char32_t, 13> kSentenceMarks = {U'.',  U'!',  U'?',  U'"', U'…', U'“', U'”',
                                                     U'。', U'！', U'？', U'؟', U'।', U'｡'};
// May stand between the end of a sentence and the end of its line.
constexpr std::array<char32_t, 9> kClosing = {U')',  U']',  U'\'', U'’', U'»',
                                              U'」', U'』', U'）', U'*'};

template <std::size_t N>
bool contains(const std::array<char32_t, N>& set, char32_t c) {
  return std::find(set.begin(), set.end(), c) != set.end();
}

}  // namespace

bool has_sentence_mark(std::string_view line) {
  for (std::size_t at = 0; at < line.size();) {
    const text::CodePoint c = text::decode_utf8(line, at);
    if (contains(kSentenceMarks, c.value)) return true;
    at += c.length;
  }
  return false;
}

bool ends_sentence(std::string_view line) {
  bool mark = false;
  for (std::size_t at = 0; at < line.size();) {
    const text::CodePoint c = text::decode_utf8(line, at);
    mark = contains(kSentenceMarks, c.value) || (mark && contains(kClosing, c.value));
    at += c.length;
  }
  return mark;
}

bool is_body(std::string_view line, std::size_t words) {
  return words >= kBodyWords && has_sentence_mark(line);
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
