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

// Distinct shingles in buckets by their first bits, which are as many as there are shingles, and a
// bit filter of eight bits or more a shingle before them, so that one that is not there costs one
// load. About 30 bytes a word. Keeps nothing of the words. Const members are thread-safe.
class ShingleIndex {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  // Precondition: fewer than 2^32 - 1 words. Cost: linear in the words, but for shingles that occur
  // again and again (a sort of those).
  explicit ShingleIndex(std::span<const text::Word> words);

  // The number of distinct shingles, which are named by 0 … size() - 1.
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(hashes_.size()); }
  // The shingle at each place of the text: shingle_words().
  [[nodiscard]] std::span<const std::uint64_t> in_order() const { return in_order_; }

  // Whether the shingle may be in the text: always if it is, and else in one of eight cases or
  // fewer.
  [[nodiscard]] bool may_contain(std::uint64_t shingle) const {
    const std::uint64_t bit = shingle >> filter_shift_;
    return (filter_[bit / 64] >> (bit % 64) & 1) != 0;
  }
  // The number of a shingle; kNone if it is not in the text.
  [[nodiscard]] std::uint32_t find(std::uint64_t shingle) const;
  // The words at which a shingle begins, ascending.
  [[nodiscard]] std::span<const std::uint32_t> places(std::uint32_t number) const {
    const std::uint32_t begin = first_place_[number];
    return std::span(places_).subspan(begin, first_place_[number + 1] - begin);
  }

 private:
  std::vector<std::uint64_t> in_order_;
  int bucket_shift_ = 0;
  int filter_shift_ = 0;
  std::vector<std::uint64_t> filter_;
  std::vector<std::uint32_t> first_of_bucket_;  // of the distinct; one more than buckets
  std::vector<std::uint64_t> hashes_;           // distinct, ascending
  std::vector<std::uint32_t> first_place_;      // one more than the distinct
  std::vector<std::uint32_t> places_;
};

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_SHINGLE_INDEX_H_
