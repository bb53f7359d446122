#include "reuse/candidates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <set>

#include "unit/reuse/invented_words.h"

namespace copydesk::reuse {

void PrintTo(const NodePair& pair, std::ostream* out) { *out << pair.a << "-" << pair.b; }

namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(PairSet, KeepsDistinctPairsHoweverManyAreAdded) {
  std::mt19937 rng(31);
  PairSet pairs;
  std::set<NodePair> expected;
  for (int i = 0; i < 400'000; ++i) {
    const std::uint32_t a = testing::below(rng, 300);
    const std::uint32_t b = testing::below(rng, 300);
    if (a == b) continue;
    pairs.add(a, b);
    expected.insert({std::min(a, b), std::max(a, b)});
  }
  EXPECT_THAT(pairs.take(), ElementsAreArray(expected));
  EXPECT_THAT(pairs.take(), IsEmpty());
}

TEST(PairSet, GroupsAllWithAllUpToTheLimitThenWithTheLowestRank) {
  const std::vector<std::uint32_t> rank = {4, 3, 0, 2, 1};
  const auto group = [&](std::vector<std::uint32_t> nodes) {
    PairSet pairs;
    pairs.add_group(nodes, 3, rank);
    return pairs.take();
  };
  EXPECT_THAT(group({}), IsEmpty());
  EXPECT_THAT(group({1}), IsEmpty());
  EXPECT_THAT(group({0, 1}), ElementsAre(NodePair{0, 1}));
  EXPECT_THAT(group({0, 1, 3}), ElementsAre(NodePair{0, 1}, NodePair{0, 3}, NodePair{1, 3}));
  EXPECT_THAT(group({0, 1, 3, 4}), ElementsAre(NodePair{0, 4}, NodePair{1, 4}, NodePair{3, 4}));
}

TEST(PairByBand, DocumentsOfAKeyMeet) {
  std::vector<Posting> postings = {{7, 2}, {5, 0}, {7, 0}, {5, 1}, {7, 2}, {9, 1}};
  PairSet pairs;
  pair_by_band(postings, 10, {}, pairs);
  EXPECT_THAT(pairs.take(), ElementsAre(NodePair{0, 1}, NodePair{0, 2}));
}

TEST(PairByFingerprint, CommonOnesAreSetAside) {
  std::vector<Posting> postings;
  for (std::uint32_t node = 0; node < 2; ++node) postings.push_back({1, node});
  for (std::uint32_t node = 10; node < 13; ++node) postings.push_back({2, node});
  for (std::uint32_t node = 20; node < 24; ++node) postings.push_back({3, node});
  for (int again = 0; again < 9; ++again) postings.push_back({1, 0});  // counted once
  PairSet pairs;
  const FingerprintCounts counts = pair_by_fingerprint(postings, 3, pairs);
  EXPECT_EQ(counts.distinct, 3U);
  EXPECT_THAT(counts.capped, ElementsAre(3U));
  EXPECT_THAT(pairs.take(), SizeIs(1 + 3));
}

}  // namespace
}  // namespace copydesk::reuse
