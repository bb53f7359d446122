// Which line of a page is its article's title.
#ifndef COPYDESK_CLEANING_FIND_TITLE_H_
#define COPYDESK_CLEANING_FIND_TITLE_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "cleaning/article.h"

namespace copydesk::cleaning {

// A title stands at most so many lines before the article, and at most so many inside it: a
// title that ends in a question mark is running text to whoever counts its words.
inline constexpr std::size_t kTitleLinesBefore = 120;
inline constexpr std::size_t kTitleLinesInside = 3;
// It has so many words; several Chinese or Japanese characters make one.
inline constexpr float kMinTitleWords = 2.5F;
inline constexpr float kMaxTitleWords = 32.0F;

inline constexpr std::size_t kTitleFeatures = 63;

// A line that may be the title, and what speaks for and against it: each within [0, 1].
struct TitleCandidate {
  std::size_t line = 0;  // of Article::lines
  std::array<float, kTitleFeatures> features{};
};

// Cost: linear in the words of the page.
[[nodiscard]] std::vector<TitleCandidate> title_candidates(const Article& article);

// The line that is the title: that of `known`, the title of the record (with or without the name of
// its site), if there is one; else the line that is most probably it, or nothing where none is or
// two could be. The weights are those of a
// logistic choice between the candidates of a page and none, learned from labelled news pages.
[[nodiscard]] std::optional<std::size_t> find_title(const Article& article, std::string_view known);

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_FIND_TITLE_H_
