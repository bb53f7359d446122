// Quotation marks: whether a place of a text stands inside a quotation.
#ifndef COPYDESK_STAGES_REUSE_QUOTES_H_
#define COPYDESK_STAGES_REUSE_QUOTES_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "copydesk/document.h"

namespace copydesk::reuse {

// Quotations that are open at a time; of more, the outermost are no longer waited for.
inline constexpr std::size_t kMaxOpenQuotations = 64;

// The quotations of a text, read once for any number of questions. Marks: “ ” „ " « » ‘ ’ ‚ 「 」
// 『 』, German » « too. An apostrophe (’ or ' between letters) is none; ' is no mark at all. A
// quotation ends with its paragraph at the latest. Keeps nothing of the text. Thread-safe once
// made.
class Quotations {
 public:
  // Precondition: text.size() < 2^32. Cost: linear in the text; memory linear in its marks.
  explicit Quotations(std::string_view text);

  // Whether `span` begins and ends inside a quotation: a mark opens before or at its beginning in
  // the same paragraph and is not closed there, and a mark closes after or at its end in the same
  // paragraph with none opened between. Offsets are bytes of the text at which code points begin;
  // the span must not be empty. Cost: logarithmic in the marks.
  [[nodiscard]] bool contain(Span span) const;

  // Whether a quotation is open at `offset` that is closed later in the paragraph. Cost:
  // logarithmic in the marks.
  [[nodiscard]] bool cover(std::uint32_t offset) const { return at(offset).closed; }

 private:
  // From `begin` to the next stretch the number of open quotations is the same.
  struct Stretch {
    std::uint32_t begin = 0;
    std::uint32_t depth = 0;
    bool closed = false;  // one of them is closed later in the paragraph
  };

  [[nodiscard]] Stretch at(std::uint32_t offset) const;

  std::vector<Stretch> stretches_;  // ascending; none is open before the first
};

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_QUOTES_H_
