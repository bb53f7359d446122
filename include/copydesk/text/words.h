// Words: what shingles, counts and passages are made of.
//
// A word is a maximal run of Unicode letters, digits and the marks on them (general categories L,
// N, M). Everything else separates: spaces, punctuation, hyphens, and both apostrophes, so that
// "don't" and "don’t" are the same two words. Soft hyphens and zero-width (non-)joiners inside a
// word belong to it. Words are case-folded (full Unicode folding), composed (NFC) and freed of
// invisible characters before they are hashed. Scripts that do not put spaces between words (Han,
// Hiragana, Katakana, Thai, Lao, Khmer, Myanmar) give overlapping bigrams of letters with their
// marks: a run of n > 1 letters gives n - 1 words, a single letter gives one.
#ifndef COPYDESK_TEXT_WORDS_H_
#define COPYDESK_TEXT_WORDS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace copydesk::text {

// A word of a text: [begin, end) in bytes, and a 64-bit hash of its folded form.
struct Word {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint64_t hash = 0;
};

// Writes the words of `text` to `out` (cleared first), in order. Invalid UTF-8 separates words.
// Precondition: text.size() < 2^32. Cost: SIMD over 64 bytes at a time, with a table look-up for
// each character that is not ASCII; words with marks, joiners, letters that fold to another length
// or are written without spaces are gone through character by character. Allocates to grow `out`,
// and for words whose marks have to be composed.
void split_words(std::string_view text, std::vector<Word>& out);

// The number of words split_words() would give, without hashing.
[[nodiscard]] std::size_t count_words(std::string_view text);

// Whether a cut at `at` would part a word of a script that puts spaces between words, a letter and
// its mark, or a code point. False at both ends of the text.
[[nodiscard]] bool splits_word(std::string_view text, std::size_t at);

// The hash split_words() gives the single word `word` (for tables of known words).
[[nodiscard]] std::uint64_t word_hash(std::string_view word);

// The folded form of a string as it is hashed: case-folded, NFC, without invisible characters
// (Default_Ignorable_Code_Point). Invalid UTF-8 folds to itself.
[[nodiscard]] std::string fold(std::string_view s);

}  // namespace copydesk::text

#endif  // COPYDESK_TEXT_WORDS_H_
