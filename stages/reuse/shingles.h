// Shingles: hashes of runs of consecutive words, made from word hashes; bytes are never hashed
// twice. All functions are pure and thread-safe; `out` is cleared first and its memory reused.
#ifndef COPYDESK_STAGES_REUSE_SHINGLES_H_
#define COPYDESK_STAGES_REUSE_SHINGLES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "copydesk/text/words.h"

namespace copydesk::reuse {

// Words in a shingle.
inline constexpr int kShingleWords = 5;

// One hash for each run of `n` consecutive words, out[i] for words [i, i + n): word hashes rotated
// by their place and xored (so the order counts), then one multiply. Empty if there are fewer than
// `n` words. The hashes are well mixed in all bits. Precondition: n >= 1. Cost: constant per word.
void hash_grams(std::span<const text::Word> words, int n, std::vector<std::uint64_t>& out);

// One shingle for each position, repeated ones included. A text of one to four words has one
// shingle of all its words, so that short texts can be compared; an empty text has none.
void shingle_words(std::span<const text::Word> words, std::vector<std::uint64_t>& out);

// Sorts and removes repetitions: a multiset becomes a set.
template <class T>
void sort_unique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

// Number of values that two sets share. Preconditions: ascending and distinct.
[[nodiscard]] std::size_t count_shared(std::span<const std::uint64_t> a,
                                       std::span<const std::uint64_t> b);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_SHINGLES_H_
