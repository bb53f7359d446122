// What a line looks like, and the zones of a page: pure functions.
#ifndef COPYDESK_CLEANING_LINE_SHAPE_H_
#define COPYDESK_CLEANING_LINE_SHAPE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "copydesk/document.h"
#include "copydesk/text/lines.h"
#include "copydesk/text/words.h"

namespace copydesk::cleaning {

// A text with what is known of it, each as Document gives it. Views; as short-lived as theirs.
struct TextView {
  std::string_view text;
  std::span<const text::Line> lines;
  std::span<const std::uint64_t> keys;
  std::span<const text::Word> words;

  [[nodiscard]] static TextView of(const Document& document) {
    return {document.text(), document.lines(), document.line_keys(), document.words()};
  }
};

// The original of a document, without keys.
[[nodiscard]] TextView original_view(const Document& document);

// Gives the edits that touch a span, for spans that ascend; one pass over both.
class EditsOver {
 public:
  explicit EditsOver(std::span<const AppliedEdit> edits) : edits_(edits) {}

  // Precondition: `span` begins no earlier than that of the last call.
  [[nodiscard]] std::span<const AppliedEdit> operator()(Span span);

 private:
  std::span<const AppliedEdit> edits_;  // those before are over
};

// The bytes that two spans which touch have in common.
[[nodiscard]] std::uint32_t common_bytes(Span a, Span b);

// Han characters and kana, by their first byte: U+3000 to U+9FFF begins with E3 to E9 in UTF-8.
// That takes 、 and 。 for letters and misses rare Han; for a count it will do, and it is fast.
[[nodiscard]] std::size_t count_ideographs(std::string_view line);

// A line of at least this many words can be a body line.
inline constexpr std::size_t kBodyWords = 12;
// Of Chinese and Japanese, which text::Word counts by overlapping pairs, so many characters make
// one word here. Learned from labelled pages: with each pair a word, titles in link lists were
// running text, and three quarters of the chrome lay inside the article.
inline constexpr std::size_t kIdeographsOfAWord = 3;

struct LineShape {
  Span span;                     // of the text, without white space at the ends
  std::uint32_t first_word = 0;  // index in TextView::words
  std::uint32_t words = 0;
  bool body = false;  // running text, see is_body()

  [[nodiscard]] bool blank() const { return span.size() == 0; }
};

// One shape for each line. Cost: one pass.
[[nodiscard]] std::vector<LineShape> line_shapes(const TextView& page);

// Whether `line`, which has `words` words (of text::Word), is running text: kBodyWords words or
// more and a sentence mark. A line of Chinese or Japanese needs 36 characters and one of 。！？.
[[nodiscard]] bool is_body(std::string_view line, std::size_t words);

// Whether a line holds a digit of ASCII.
[[nodiscard]] bool has_digit(std::string_view line);

// Whether a line holds one of . ! ? … ” " or their like in other scripts.
[[nodiscard]] bool has_sentence_mark(std::string_view line);
// Whether a trimmed line ends in one, closing brackets and quotes apart; in Greek also in the
// question mark, which looks like a semicolon.
[[nodiscard]] bool ends_sentence(std::string_view line);

// Lines [0, head_end) come before the first body line, lines [tail_begin, n) after the last. With
// no body line every line is in both.
struct Zones {
  std::size_t head_end = 0;
  std::size_t tail_begin = 0;
  bool has_body = false;

  [[nodiscard]] bool in_head(std::size_t line) const { return line < head_end; }
  [[nodiscard]] bool in_tail(std::size_t line) const { return line >= tail_begin; }
};
[[nodiscard]] Zones find_zones(std::span<const LineShape> shapes);

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_LINE_SHAPE_H_
