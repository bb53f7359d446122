// Alignment: what two word sequences have in common, exactly.
//
// The shingles of one text are looked up in the other. Where both go on as they begin, a shared run
// begins or goes on; runs are then assigned greedily, longest first, so that no word of either text
// belongs to two (greedy string tiling: Wise, Neweyes, 1995; moved paragraphs are found wherever
// they stand). Pure and thread-safe.
#ifndef COPYDESK_STAGES_REUSE_ALIGN_H_
#define COPYDESK_STAGES_REUSE_ALIGN_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "copydesk/text/words.h"
#include "reuse/shingle_index.h"

namespace copydesk::reuse {

// A text with its shingles.
struct IndexedWords {
  std::span<const text::Word> words;
  const ShingleIndex& shingles;
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

// A run of `length` words that stands at word `a` of one text and at word `b` of the other.
struct SharedRun {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t length = 0;

  friend bool operator==(const SharedRun&, const SharedRun&) = default;
};

struct Alignment {
  Similarity similarity;
  // Disjoint in `a` and in `b`, ascending in `a`, the longest first served (of equals the one that
  // begins first in a, then in b). No run could be longer by a word that is free on both sides.
  std::vector<SharedRun> runs;
};

// The similarity of two texts, exact, and their shared runs of at least `min_words` words, >= 1.
//
// Cost: one look-up for each word of the shorter text, and linear in what they share. Of texts with
// a shingle that stands at many places in both, so that there are more than kMaxSeedsPerGram pairs
// of them, the grams of min(min_words, 8) words are sorted, and one that would give more matches
// than that seeds only those among its first places. The same for runs shorter than a shingle. Runs
// that hold any rarer gram are all found; of words that hold none, some may be left that both texts
// have, and a run that would have come second to them is served instead.
inline constexpr std::size_t kMaxSeedsPerGram = 4096;
[[nodiscard]] Alignment align(const IndexedWords& a, const IndexedWords& b,
                              std::uint32_t min_words);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_ALIGN_H_
