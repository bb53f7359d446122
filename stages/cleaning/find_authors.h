// Who wrote the article of a page: the names in the bylines beside its title, its beginning and its
// end.
#ifndef COPYDESK_CLEANING_FIND_AUTHORS_H_
#define COPYDESK_CLEANING_FIND_AUTHORS_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "cleaning/article.h"
#include "cleaning/line_shape.h"

namespace copydesk::cleaning {

// How far a byline stands from the title, lines above it and, where no title is known, from the
// article; and how far inside the article, after a standfirst.
inline constexpr std::size_t kBylineAboveTitle = 4;
inline constexpr std::size_t kBylineAboveArticle = 20;
inline constexpr std::size_t kBylineInside = 8;
// With "By" before it a byline may stand this far above the article.
inline constexpr std::size_t kBylineFarAbove = 40;
// A byline that signs an article stands this close to its end, on either side.
inline constexpr std::size_t kBylineAtEnd = 3;

// A line with authors.
struct AuthorLine {
  std::size_t line = 0;                 // of Article::lines
  std::vector<std::string_view> names;  // views of the article's text
};

// The bylines of an article in their order; empty if there is none. Names that stand alone need a
// date, a role or a byline beside them, and must not be whom the article speaks of. Cost: linear in
// the words of the page.
[[nodiscard]] std::vector<AuthorLine> find_authors(const Article& article,
                                                   std::optional<std::size_t> title);

// The lines of the living text (their shapes) that are lines of `authors` and of which nothing has
// been cut. None on clean text (kMinChromeLines), whose bylines were left there by whoever cleaned
// it. Ascending.
[[nodiscard]] std::vector<std::size_t> byline_lines(std::span<const AuthorLine> authors,
                                                    const Article& article,
                                                    const Document& document,
                                                    std::span<const LineShape> shapes);

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_FIND_AUTHORS_H_
