// Alignment: what two word sequences have in common, exactly.
//
// Shared runs are found by indexing the grams of both texts and extending each match in both
// directions, then assigned greedily, longest first, so that no word of either text belongs to two
// runs (greedy string tiling: Wise, Neweyes, 1995; moved paragraphs are found wherever they stand).
// Pure and thread-safe.
#ifndef COPYDESK_STAGES_REUSE_ALIGN_H_
#define COPYDESK_STAGES_REUSE_ALIGN_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "copydesk/text/words.h"

namespace copydesk::reuse {

// A gram of a text and the word it begins at.
struct GramPosition {
  std::uint64_t gram = 0;
  std::uint32_t word = 0;

  friend auto operator<=>(const GramPosition&, const GramPosition&) = default;
};

// Words in the grams that find runs of at least `min_words` words.
[[nodiscard]] int seed_words(std::uint32_t min_words);

// All grams of `n` words, ascending; `out` is cleared first. Cost: O(w log w).
void index_grams(std::span<const text::Word> words, int n, std::vector<GramPosition>& out);

// A run of `length` words that stands at word `a` of one text and at word `b` of the other.
struct SharedRun {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t length = 0;

  friend bool operator==(const SharedRun&, const SharedRun&) = default;
};

// A text with its index, index_grams(words, seed_words(min_words)).
struct IndexedWords {
  std::span<const text::Word> words;
  std::span<const GramPosition> grams;
};

// The shared runs of at least `min_words` words: disjoint in `a` and in `b`, ascending in `a`,
// the longest first served (of equals the one that begins first in a, then in b). No run could be
// longer by a word that is free on both sides. Precondition: min_words >= 1.
//
// Cost: linear in the words plus the runs. A gram that occurs so often in both texts that it would
// give more than kMaxSeedsPerGram matches seeds only those among its first places; runs that
// hold any rarer gram are not affected.
inline constexpr std::size_t kMaxSeedsPerGram = 4096;
[[nodiscard]] std::vector<SharedRun> shared_runs(const IndexedWords& a, const IndexedWords& b,
                                                 std::uint32_t min_words);

// The shingles of a text (shingle_words()) and where they stand, ascending; `out` is cleared first.
// Cost: O(w log w).
void index_shingles(std::span<const text::Word> words, std::vector<GramPosition>& out);

// A text with its index_shingles().
struct ShingledWords {
  std::span<const text::Word> words;
  std::span<const GramPosition> shingles;
};

// How the shingles of two texts relate, as sets. All ratios are 0 if what they divide by is empty.
struct Similarity {
  std::size_t shingles_a = 0;
  std::size_t shingles_b = 0;
  std::size_t shared = 0;
  double jaccard = 0;
  double containment_a = 0;  // share of a's shingles that are found in b
  double containment_b = 0;
  std::size_t covered_a = 0;  // words of a that stand in a shared shingle
  std::size_t covered_b = 0;
  double coverage_a = 0;  // the same as a share of its words
  double coverage_b = 0;
  std::size_t own_a = 0;  // the longest stretch of words of a that stand in no shared shingle
  std::size_t own_b = 0;
};

// Exact. Cost: linear in the words.
[[nodiscard]] Similarity compare_shingles(const ShingledWords& a, const ShingledWords& b);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_ALIGN_H_
