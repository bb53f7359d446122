// Subset: some of the numbers 0 … n - 1, numbered anew in their order.
#ifndef COPYDESK_STAGES_REUSE_SUBSET_H_
#define COPYDESK_STAGES_REUSE_SUBSET_H_

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace copydesk::reuse {

// About a bit and a half a number. Const members are thread-safe after finish().
class Subset {
 public:
  explicit Subset(std::size_t of) : bits_(of / 64 + 1) {}

  void add(std::uint32_t x) { bits_[x / 64] |= std::uint64_t{1} << (x % 64); }
  // Ends adding.
  void finish() {
    before_.reserve(bits_.size());
    for (const std::uint64_t bits : bits_) {
      before_.push_back(size_);
      size_ += static_cast<std::uint32_t>(std::popcount(bits));
    }
  }

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] bool contains(std::uint32_t x) const {
    return (bits_[x / 64] >> (x % 64) & 1) != 0;
  }
  // The new number. Precondition: contains(x).
  [[nodiscard]] std::uint32_t number(std::uint32_t x) const {
    assert(contains(x));
    const std::uint64_t below = bits_[x / 64] & ((std::uint64_t{1} << (x % 64)) - 1);
    return before_[x / 64] + static_cast<std::uint32_t>(std::popcount(below));
  }

 private:
  std::vector<std::uint64_t> bits_;
  std::vector<std::uint32_t> before_;  // members in earlier words
  std::uint32_t size_ = 0;
};

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_SUBSET_H_
