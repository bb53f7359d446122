// A page as its reader got it: every line of the original, what earlier stages cut from it, and
// where the article lies. For what is read off a page, not cut from it: a rule that took a byline
// must not hide it from the field.
#ifndef COPYDESK_CLEANING_ARTICLE_H_
#define COPYDESK_CLEANING_ARTICLE_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "cleaning/line_shape.h"
#include "cleaning/zones.h"
#include "copydesk/document.h"
#include "copydesk/reason.h"
#include "copydesk/text/words.h"

namespace copydesk::cleaning {

// A set of reasons: bit n for the reason whose value is n.
using ReasonMask = std::uint64_t;
static_assert(kReasonCount <= 64);

[[nodiscard]] constexpr ReasonMask mask_of(std::initializer_list<Reason> reasons) {
  ReasonMask mask = 0;
  for (const Reason reason : reasons) mask |= ReasonMask{1} << static_cast<unsigned>(reason);
  return mask;
}

// One number for the words of a line: equal for equal words, whatever stands between them.
[[nodiscard]] std::uint64_t words_key(std::span<const text::Word> words);

// A line of the original that holds a word. Lines without are as if they were not there.
struct ArticleLine {
  Span span;                     // of the original, white space at the ends apart
  std::uint64_t key = 0;         // words_key() of its words
  std::uint32_t first_word = 0;  // index in Article::words
  std::uint32_t words = 0;
  float length = 0;       // in words; several Chinese or Japanese characters make one
  bool body = false;      // running text (line_shape.h)
  bool sentence = false;  // kSentenceWords or more, and ends as sentences do
  bool gone = false;      // earlier stages have cut all of it
  ReasonMask cut = 0;     // why they have cut of it what they have cut
};

// A page from which so many lines of chrome went is no clean text.
inline constexpr std::size_t kMinChromeLines = 3;

// Views of the document; as long-lived as those.
struct Article {
  std::string_view text;  // the original
  std::string_view url;   // of the record; may be empty
  std::span<const text::Word> words;
  std::vector<ArticleLine> lines;
  std::size_t chrome_lines = 0;  // lines that are gone, captions, bylines and dates apart
  Zone zone;                     // lines of the article; empty on a page without running text

  [[nodiscard]] std::string_view bytes(std::size_t line) const {
    return text.substr(lines[line].span.begin, lines[line].span.size());
  }
  [[nodiscard]] std::span<const text::Word> words_of(std::size_t line) const {
    return words.subspan(lines[line].first_word, lines[line].words);
  }
};

// Cost: a split into lines and words if the text was edited, and a pass over the bytes.
[[nodiscard]] Article article_of(const Document& document);

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_ARTICLE_H_
