// What the parts around an article look like: titles, names, captions, date lines. Pure functions
// over one line; find_fields.h combines them.
#ifndef COPYDESK_CLEANING_FIELD_SHAPES_H_
#define COPYDESK_CLEANING_FIELD_SHAPES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "copydesk/text/words.h"

namespace copydesk::cleaning {

// A headline has this many words and at most kMaxHeadlineBytes bytes.
inline constexpr std::size_t kMinHeadlineWords = 4;
inline constexpr std::size_t kMaxHeadlineWords = 30;
inline constexpr std::size_t kMaxHeadlineBytes = 250;
// The name of a person or an outlet.
inline constexpr std::size_t kMaxNameBytes = 40;
inline constexpr std::size_t kMaxNameWords = 4;
// Half of a line that says the same thing twice.
inline constexpr std::size_t kMinDoubledWords = 5;
// The label of a picture.
inline constexpr std::size_t kMinLabelWords = 3;
inline constexpr std::size_t kMaxLabelWords = 8;
// The credit that follows a caption.
inline constexpr std::size_t kMaxCreditWords = 20;
// The place, date and agency before the dash that opens a story.
inline constexpr std::size_t kMaxDatelineBytes = 60;

// Whether a trimmed line of `words` words can be a headline: long enough, not too long, begins with
// a capital, a digit or a quotation mark (or a letter without case), does not end in '.', ':' or
// ','.
[[nodiscard]] bool is_headline(std::string_view line, std::size_t words);

// Whether a trimmed line consists of `min_words` to kMaxNameWords capitalised parts and nothing
// else ("Daily Mirror", "Ada van der Kestrel"). Letters with case only.
[[nodiscard]] bool is_name(std::string_view line, std::size_t min_words);

// Whether a trimmed line is a run of capitalised words without a sentence mark, of kMinLabelWords
// to kMaxLabelWords words.
[[nodiscard]] bool is_picture_label(std::string_view line, std::size_t words);

// A title without the site's name behind the last " | ", " - ", " – " or " — "; the title itself
// if there is none or too little would be left.
[[nodiscard]] std::string_view without_site_suffix(std::string_view title);

// If `line` is one text twice and that text ends as captions do (a sentence mark or a bracket), the
// first of the two; otherwise nothing. `words` are those of the line, offsets from `base`.
[[nodiscard]] std::optional<std::string_view> undoubled(std::string_view line, std::uint32_t base,
                                                        std::span<const text::Word> words);

// Whether `words` begin with the words of `title` and go on with a picture credit of at most
// kMaxCreditWords words. A title of fewer than kMinHeadlineWords words proves nothing.
[[nodiscard]] bool is_title_with_credit(std::span<const text::Word> words,
                                        std::span<const text::Word> title);

// Whether a word is of a picture's credit: "photo", "courtesy", the name of an agency.
[[nodiscard]] bool has_credit_word(std::span<const text::Word> words);

// "SEOUL (Reuters)" of "SEOUL (Reuters) – The …": the place and what stands with it before the
// dash; nothing if a line does not begin so.
[[nodiscard]] std::optional<std::string_view> dateline_of(std::string_view line);

// "harbourpost.example" of "https://www.harbourpost.example/news".
[[nodiscard]] std::string_view host_of(std::string_view site);

// A value without separators and bullets at its ends ("| Politics", "World ›").
[[nodiscard]] std::string_view tidy_value(std::string_view value);

// How much of one text is found in another. Words shorter than kContentWordBytes do not count.
inline constexpr std::size_t kContentWordBytes = 4;
struct Overlap {
  std::size_t found = 0;
  double share = 0;  // 0 if there is no word to find
};
[[nodiscard]] Overlap overlap(std::span<const text::Word> words, std::span<const text::Word> among);

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_FIELD_SHAPES_H_
