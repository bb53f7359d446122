// Who wrote it: bylines and the names in them. Pure functions over one line, for scripts with case.
#ifndef COPYDESK_CLEANING_BYLINES_H_
#define COPYDESK_CLEANING_BYLINES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "copydesk/text/words.h"

namespace copydesk::cleaning {

// A longer line is no byline, in bytes.
inline constexpr std::size_t kMaxBylineBytes = 200;
// The longest role, date or outlet beside the names, in bytes.
inline constexpr std::size_t kMaxBylineRestBytes = 90;
// A name has 2 to so many words, particles ("van", "de") included.
inline constexpr std::size_t kMaxBylineNameWords = 5;

// The names of a line that consists of names and what stands beside them.
struct Byline {
  std::vector<std::string_view> names;  // views of the line
  bool marked = false;                  // "By", "Von", "Text:" stands before them
  bool role = false;                    // "Political Correspondent" stands beside them
  bool dated = false;                   // a date or a time does
  bool alone = false;                   // nothing does
};

// Nothing if `line` (trimmed) is no byline. Roles, dates, outlets and agencies are no part of the
// names; a byline of an agency alone has no name and is none.
[[nodiscard]] std::optional<Byline> byline_of(std::string_view line);

// Whether a line is the word before a name and nothing else: "By", "Von:", "Author".
[[nodiscard]] bool is_byline_marker(std::string_view line);

// Whether a line of at most kMaxBylineRestBytes bytes has a date or a time of day.
[[nodiscard]] bool is_dated(std::string_view line);

// Whether one of the first words of a line is what somebody is: "Harbour Post business reporter".
[[nodiscard]] bool is_role(std::string_view line);

// Whether a name has a word that `text`, whose words are `words`, also has in small letters: then
// it is a label or a section, "Related Links", "Top Stories". Cost: a comparison a word of both.
[[nodiscard]] bool makes_label(std::string_view name, std::string_view text,
                               std::span<const text::Word> words);

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_BYLINES_H_
