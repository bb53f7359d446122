#include "reuse/pair_file.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace copydesk::reuse {
namespace {

TEST(PairFile, GivesPairsBackInOrder) {
  std::mt19937 rng(4);
  ScratchSpace space(::testing::TempDir(), 4096);
  PairFile file(space, 500);
  std::map<std::pair<std::uint64_t, std::uint64_t>, Pair> expected;
  for (int i = 0; i < 2000; ++i) {
    Pair pair;
    pair.a = rng() % 499;
    pair.b = pair.a + 1 + rng() % (499 - pair.a);
    pair.relation = static_cast<Relation>(rng() % kRelationCount);
    pair.jaccard = i / 7.0;
    pair.containment_a = i / 11.0;
    pair.containment_b = i / 13.0;
    pair.coverage_a = i / 17.0;
    pair.coverage_b = i / 19.0;
    for (std::uint32_t n = rng() % 4; n > 0; --n) {
      pair.passages.push_back({{n, n + 9}, {n + 1, n + 12}, n * 3, n % 2 == 0});
    }
    if (!expected.emplace(std::pair(pair.a, pair.b), pair).second) continue;
    ASSERT_TRUE(file.add(pair).ok());
  }
  EXPECT_EQ(file.size(), expected.size());
  auto next = expected.begin();
  const Result<void> result = file.for_each([&](Pair& pair) {
    const Pair& other = next->second;
    EXPECT_EQ(pair.a, other.a);
    EXPECT_EQ(pair.b, other.b);
    EXPECT_EQ(pair.relation, other.relation);
    EXPECT_EQ(pair.jaccard, other.jaccard);
    EXPECT_EQ(pair.containment_a, other.containment_a);
    EXPECT_EQ(pair.containment_b, other.containment_b);
    EXPECT_EQ(pair.coverage_a, other.coverage_a);
    EXPECT_EQ(pair.coverage_b, other.coverage_b);
    EXPECT_EQ(pair.passages.size(), other.passages.size());
    for (std::size_t i = 0; i < std::min(pair.passages.size(), other.passages.size()); ++i) {
      EXPECT_EQ(pair.passages[i].a, other.passages[i].a);
      EXPECT_EQ(pair.passages[i].b, other.passages[i].b);
      EXPECT_EQ(pair.passages[i].words, other.passages[i].words);
      EXPECT_EQ(pair.passages[i].quoted, other.passages[i].quoted);
    }
    ++next;
    return Result<void>();
  });
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(next, expected.end());
}

}  // namespace
}  // namespace copydesk::reuse
