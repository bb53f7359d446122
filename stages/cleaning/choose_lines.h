// Which lines of a page go, given what a line model thinks of them.
#ifndef COPYDESK_CLEANING_CHOOSE_LINES_H_
#define COPYDESK_CLEANING_CHOOSE_LINES_H_

#include <cstdint>
#include <span>
#include <vector>

#include "cleaning/line_features.h"

namespace copydesk::cleaning {

// Bytes that a page is taken to hold at least, or one that holds no article could lose nothing.
inline constexpr double kShortArticle = 2000;

struct LineChoice {
  std::vector<std::uint32_t> lines;  // of LineFeatures::lines, ascending
  bool guarded = false;              // some were spared for the sake of the document
};

// The living lines with a score of at least `threshold`. If the content that is expected to go with
// them, the sum of living bytes x (1 - chance of chrome), is more than `max_document_loss` of what
// is expected of the page, but at least of kShortArticle, the doubtful ones stay, least likely
// chrome first, until it is not. One entry of `scores` and `chances` a line. Pure. Cost: n log n.
[[nodiscard]] LineChoice choose_lines(std::span<const ModelLine> lines,
                                      std::span<const float> scores, std::span<const float> chances,
                                      float threshold, double max_document_loss);

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_CHOOSE_LINES_H_
