// Finds slide shows that were scraped with the article: counters ("3 of 23") with captions between
// them. Pure functions; lift_fields moves the captions into their field.
//
// Several articles of an outlet carry the same show; what they share is no copying of articles.
#ifndef COPYDESK_CLEANING_FIND_SLIDES_H_
#define COPYDESK_CLEANING_FIND_SLIDES_H_

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "cleaning/article.h"
#include "cleaning/line_shape.h"
#include "copydesk/document.h"

namespace copydesk::cleaning {

// A show has so many counters, each one more than the last, of the same total.
inline constexpr std::size_t kMinSlideCounters = 3;
// Between two of them stand at most so many lines of text, each of at most so many bytes. More, two
// lines of running text, or a heading over one without a credit, is an article with numbered parts,
// and one such place tells of all counters that count up with those beside it.
inline constexpr std::size_t kMaxSlideLines = 3;
inline constexpr std::size_t kMaxSlideBytes = 600;

// "Photo 3 of 23".
struct SlideCounter {
  int number = 0;  // 1 to total
  int total = 0;
  // Two numbers and a slash, which could be a date or a mark: the show must be complete.
  bool bare = false;
};

// The counter that a trimmed line is; nothing if it says anything else. "Step 2 of 3" is none.
[[nodiscard]] std::optional<SlideCounter> slide_counter(std::string_view line);

// The shows of a page as spans of its original, ascending and disjoint: from the first counter to
// the last. Counters count that earlier stages have cut, lines of text that they have cut do not,
// captions apart. The caption on the far side of the first or the last counter belongs to the span
// if it and most captions of the show end in a credit, what stands at the other end does not, and
// all slides have the same number of lines. Cost: linear in the text.
[[nodiscard]] std::vector<Span> find_slides(const Article& article);

// For each line of the living text (their shapes), whether it lies in one of `shows`.
[[nodiscard]] std::vector<bool> slide_lines(const std::vector<Span>& shows,
                                            const Document& document,
                                            const std::vector<LineShape>& shapes);

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_FIND_SLIDES_H_
