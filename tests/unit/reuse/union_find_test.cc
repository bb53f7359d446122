#include "reuse/union_find.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "unit/reuse/invented_words.h"

namespace copydesk::reuse {
namespace {

TEST(UnionFind, RootIsTheSmallestElement) {
  UnionFind sets(6);
  EXPECT_TRUE(sets.unite(5, 3));
  EXPECT_TRUE(sets.unite(3, 4));
  EXPECT_FALSE(sets.unite(4, 5));
  EXPECT_EQ(sets.find(5), 3U);
  EXPECT_EQ(sets.find(0), 0U);
  EXPECT_TRUE(sets.unite(5, 1));
  for (const std::uint32_t x : {1U, 3U, 4U, 5U}) EXPECT_EQ(sets.find(x), 1U);
  EXPECT_EQ(sets.find(2), 2U);
}

TEST(UnionFind, AgreesWithRelabelling) {
  std::mt19937 rng(2);
  constexpr std::uint32_t kSize = 200;
  UnionFind sets(kSize);
  std::vector<std::uint32_t> label(kSize);
  std::iota(label.begin(), label.end(), 0U);
  for (int step = 0; step < 250; ++step) {
    const std::uint32_t x = testing::below(rng, kSize);
    const std::uint32_t y = testing::below(rng, kSize);
    const std::uint32_t low = std::min(label[x], label[y]);
    const std::uint32_t high = std::max(label[x], label[y]);
    EXPECT_EQ(sets.unite(x, y), low != high);
    std::replace(label.begin(), label.end(), high, low);
    for (std::uint32_t i = 0; i < kSize; ++i) ASSERT_EQ(sets.find(i), label[i]);
  }
}

}  // namespace
}  // namespace copydesk::reuse
