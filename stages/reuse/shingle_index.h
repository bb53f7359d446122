// ShingleIndex: the shingles of a text, for looking up those of another.
#ifndef COPYDESK_STAGES_REUSE_SHINGLE_INDEX_H_
#define COPYDESK_STAGES_REUSE_SHINGLE_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "copydesk/text/words.h"

namespace copydesk::reuse {

// The shingles in buckets by their first bits, which are as many as there are shingles, and a
// bit filter of sixteen bits or more a shingle before them, so that one that is not there costs one
// load. About 30 bytes a word. Keeps nothing of the words. Const members are thread-safe.
class ShingleIndex {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  // Precondition: fewer than 2^32 - 1 words. Cost: linear in the words, but for shingles that occur
  // again and again (a sort of those).
  explicit ShingleIndex(std::span<const text::Word> words);

  // The number of distinct shingles.
  [[nodiscard]] std::uint32_t size() const { return distinct_; }
  // The shingle at each place of the text: shingle_words().
  [[nodiscard]] std::span<const std::uint64_t> in_order() const { return in_order_; }

  // Whether the shingle may be in the text: always if it is, and else in one of sixteen cases or
  // fewer.
  [[nodiscard]] bool may_contain(std::uint64_t shingle) const {
    const std::uint64_t bit = shingle >> filter_shift_;
    return (filter_[bit / 64] >> (bit % 64) & 1) != 0;
  }
  // What places() takes for a shingle; kNone if it is not in the text. Cost: a few steps, or their
  // logarithm if the shingle's bucket is full.
  [[nodiscard]] std::uint32_t find(std::uint64_t shingle) const;
  // The words at which a shingle that was found begins, ascending. Cost: linear in them.
  [[nodiscard]] std::span<const std::uint32_t> places(std::uint32_t found) const;
  // The first of them.
  [[nodiscard]] std::uint32_t first_place(std::uint32_t found) const { return places_[found]; }

 private:
  std::vector<std::uint64_t> in_order_;
  int bucket_shift_ = 0;
  int filter_shift_ = 0;
  std::vector<std::uint64_t> filter_;
  std::vector<std::uint32_t> first_of_bucket_;  // one more than buckets
  std::vector<std::uint64_t> hashes_;           // ascending, with repetitions
  std::vector<std::uint32_t> places_;           // of hashes_
  std::uint32_t distinct_ = 0;
};

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_SHINGLE_INDEX_H_
