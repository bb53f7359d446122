// UnionFind: disjoint sets over 0 … n - 1.
#ifndef COPYDESK_STAGES_REUSE_UNION_FIND_H_
#define COPYDESK_STAGES_REUSE_UNION_FIND_H_

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace copydesk::reuse {

// The root of a set is its smallest element, so the outcome does not depend on the order of
// unite() calls. Four bytes an element. Cost: near-constant (path halving). Not thread-safe.
class UnionFind {
 public:
  explicit UnionFind(std::size_t size) : parent_(size) {
    std::iota(parent_.begin(), parent_.end(), 0U);
  }

  [[nodiscard]] std::size_t size() const { return parent_.size(); }

  // The smallest element of the set of `x`. Precondition: x < size().
  [[nodiscard]] std::uint32_t find(std::uint32_t x) {
    assert(x < parent_.size());
    while (parent_[x] != x) {
      parent_[x] = parent_[parent_[x]];
      x = parent_[x];
    }
    return x;
  }

  // Joins two sets; whether they were apart.
  bool unite(std::uint32_t x, std::uint32_t y) {
    x = find(x);
    y = find(y);
    if (x == y) return false;
    if (y < x) std::swap(x, y);
    parent_[y] = x;
    return true;
  }

 private:
  std::vector<std::uint32_t> parent_;
};

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_UNION_FIND_H_
