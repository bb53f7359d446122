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

std::vector<NodePair> all_of(PairSet& set) {
  std::vector<NodePair> all;
  EXPECT_TRUE(set.for_each_part([&](std::span<const NodePair> pairs) {
                   all.insert(all.end(), pairs.begin(), pairs.end());
                   return Result<void>();
                 })
                  .ok());
  return all;
}

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::SizeIs;

void add_many(PairSet& pairs) {
  std::mt19937 rng(31);
  std::set<NodePair> expected;
  for (int i = 0; i < 400'000; ++i) {
    const std::uint32_t a = testing::below(rng, 300);
    const std::uint32_t b = testing::below(rng, 300);
    if (a == b) continue;
    pairs.add(a, b);
    expected.insert({std::min(a, b), std::max(a, b)});
  }
  EXPECT_THAT(all_of(pairs), ElementsAreArray(expected));
  EXPECT_THAT(all_of(pairs), ElementsAreArray(expected));
}

TEST(PairSet, KeepsDistinctPairsHoweverManyAreAdded) {
  PairSet in_memory;
  add_many(in_memory);
  ScratchSpace tight(::testing::TempDir(), 4096);
  PairSet on_disk(tight, 300);
  add_many(on_disk);
  EXPECT_GT(tight.usage()[0].on_disk, 0U);
}

// However many there are: all but the few that memory is given for are on disk.
TEST(PairSet, HoldsNoMoreThanItsShareOfMemory) {
  constexpr std::uint64_t kMemory = 48 << 10;
  constexpr std::uint32_t kPairs = 100'000;
  ScratchSpace tight(::testing::TempDir(), kMemory);
  PairSet pairs(tight, kPairs + 1);
  for (std::uint32_t i = 0; i < kPairs; ++i) pairs.add(i, i + 1);
  const std::uint64_t all = std::uint64_t{kPairs} * (sizeof(NodePair) + sizeof(std::uint32_t));
  EXPECT_GE(tight.usage()[0].bytes + kMemory / 4, all);
}

TEST(PairSet, LeavesOutWhatItShall) {
  ScratchSpace tight(::testing::TempDir(), 4096);
  PairSet pairs(tight, 3000);
  std::vector<NodePair> expected;
  for (std::uint32_t i = 0; i < 2999; ++i) {
    if (i % 3 == 0) pairs.leave_out({i, i + 1});
    for (std::uint32_t n = i % 5; n > 0; --n) pairs.add(i, i + 1);
    if (i % 3 != 0 && i % 5 > 0) expected.push_back({i, i + 1});
  }
  EXPECT_EQ(all_of(pairs), expected);
  UnionFind sets(3000);
  EXPECT_TRUE(pairs.unite_frequent(4, sets).ok());
  EXPECT_EQ(sets.find(10), 9U);
  EXPECT_EQ(sets.find(9), 9U);
  EXPECT_EQ(sets.find(11), 11U);
}

TEST(PairSet, PassesADiskThatIsFullOn) {
  ScratchSpace space("/nonexistent-folder", 4096);
  PairSet pairs(space, 3000);
  for (std::uint32_t i = 0; i < 2999; ++i) pairs.add(i, i + 1);
  UnionFind sets(3000);
  EXPECT_FALSE(pairs.unite_frequent(1, sets).ok());
  EXPECT_FALSE(pairs.for_each_part([](std::span<const NodePair>) { return Result<void>(); }).ok());
}

TEST(PairSet, GroupsAllWithAllUpToTheLimitThenWithTheLowestRank) {
  const std::vector<std::uint32_t> rank = {4, 3, 0, 2, 1};
  const auto group = [&](std::vector<std::uint32_t> nodes) {
    PairSet pairs;
    pairs.add_group(nodes, 3, rank);
    return all_of(pairs);
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
  EXPECT_THAT(all_of(pairs), ElementsAre(NodePair{0, 1}, NodePair{0, 2}));
}

void unite_some(PairSet& pairs) {
  for (std::uint32_t times = 0; times < 3; ++times) {
    pairs.add(1, 0);
    if (times < 2) pairs.add(2, 3);
    // Others in between, enough to be written.
    for (std::uint32_t i = 10; i < 2000; ++i) pairs.add(i, 2000 + i + times);
  }
  UnionFind sets(4096);
  EXPECT_TRUE(pairs.unite_frequent(3, sets).ok());
  EXPECT_EQ(sets.find(1), 0U);
  EXPECT_EQ(sets.find(3), 3U);
  EXPECT_TRUE(pairs.unite_frequent(2, sets).ok());
  EXPECT_EQ(sets.find(3), 2U);
  EXPECT_EQ(sets.find(1010), 1010U);
}

TEST(PairSet, UnitesPairsThatWereAddedOftenEnough) {
  PairSet in_memory;
  unite_some(in_memory);
  ScratchSpace tight(::testing::TempDir(), 4096);
  PairSet on_disk(tight, 4096);
  unite_some(on_disk);
  EXPECT_GT(tight.usage()[0].on_disk, 0U);
}

// Documents that have nothing but a fingerprint in common.
struct Nodes {
  explicit Nodes(std::size_t size) : outlet(size), hash(10), family(size), rank(size) {
    std::iota(hash.begin(), hash.end(), 0U);
    std::iota(family.begin(), family.end(), 0U);
    std::iota(rank.begin(), rank.end(), 0U);
  }
  [[nodiscard]] NodeTraits traits() const {
    return {.outlet = outlet, .outlet_hash = hash, .family = family, .rank = rank};
  }

  std::vector<std::uint32_t> outlet;
  std::vector<std::uint64_t> hash;
  std::vector<std::uint32_t> family;
  std::vector<std::uint32_t> rank;
};

TEST(PairByFingerprint, CommonOnesAreSetAside) {
  std::vector<Posting> postings;
  for (std::uint32_t node = 0; node < 2; ++node) postings.push_back({1, node});
  for (std::uint32_t node = 10; node < 13; ++node) postings.push_back({2, node});
  for (std::uint32_t node = 20; node < 24; ++node) postings.push_back({3, node});
  for (int again = 0; again < 9; ++again) postings.push_back({1, 0});  // counted once
  PairSet pairs;
  FingerprintCounts counts;
  pair_by_fingerprint(postings, {.everywhere = 3, .of_outlet = 9}, Nodes(24).traits(), pairs,
                      counts);
  counts.stock.sort();
  EXPECT_EQ(counts.distinct, 3U);
  EXPECT_EQ(counts.stock.everywhere(), 1U);
  EXPECT_TRUE(counts.stock.contains(3, 0));
  EXPECT_FALSE(counts.stock.contains(2, 0));
  EXPECT_THAT(all_of(pairs), SizeIs(1 + 3));
}

TEST(PairByFingerprint, AnOutletsOwnCommonOnesMakeNoPairsOfItsDocuments) {
  const auto pairs_of = [](std::size_t of_one_outlet) {
    Nodes nodes(of_one_outlet + 2);
    std::fill_n(nodes.outlet.begin(), of_one_outlet, 5);
    std::vector<Posting> postings;
    for (std::uint32_t node = 0; node < nodes.outlet.size(); ++node) postings.push_back({1, node});
    PairSet pairs;
    FingerprintCounts counts;
    pair_by_fingerprint(postings, {.everywhere = 9, .of_outlet = 3}, nodes.traits(), pairs, counts);
    counts.stock.sort();
    EXPECT_EQ(counts.stock.of_outlets(), of_one_outlet > 3 ? 1U : 0U);
    EXPECT_EQ(counts.stock.contains(1, 5), of_one_outlet > 3);
    EXPECT_FALSE(counts.stock.contains(1, 0));
    return all_of(pairs).size();
  };
  EXPECT_EQ(pairs_of(2), 6U);
  EXPECT_EQ(pairs_of(3), 10U);
  EXPECT_EQ(pairs_of(4), 4U * 2 + 1);  // two documents have no outlet: they are of no common one
}

TEST(PairByFingerprint, FamiliesCountOnce) {
  Nodes nodes(6);
  nodes.family = {0, 0, 0, 0, 4, 5};
  nodes.rank = {3, 2, 0, 1, 4, 5};
  std::fill_n(nodes.outlet.begin(), 4, 7);
  std::vector<Posting> postings;
  for (std::uint32_t node = 0; node < 6; ++node) postings.push_back({1, node});
  PairSet pairs;
  FingerprintCounts counts;
  pair_by_fingerprint(postings, {.everywhere = 3, .of_outlet = 1}, nodes.traits(), pairs, counts);
  counts.stock.sort();
  EXPECT_TRUE(counts.stock.empty());
  // More documents than the cap: one of each family, the first in rank.
  EXPECT_THAT(all_of(pairs), ElementsAre(NodePair{2, 4}, NodePair{2, 5}, NodePair{4, 5}));
}

// What an outlet has often enough is its stock language however many others have it.
TEST(PairByFingerprint, AFamilyCountsInEveryOutletThatHasOneOfIt) {
  for (const std::size_t others : {2U, 4U}) {
    // Three families, each with its first in outlet 5 and its second in outlet 6; and others.
    Nodes nodes(6 + others);
    for (std::uint32_t node = 0; node < 6; ++node) {
      nodes.family[node] = node / 2 * 2;
      nodes.outlet[node] = node % 2 == 0 ? 5 : 6;
    }
    std::vector<Posting> postings;
    for (std::uint32_t node = 0; node < 6 + others; ++node) postings.push_back({1, node});
    PairSet pairs;
    FingerprintCounts counts;
    pair_by_fingerprint(postings, {.everywhere = 8, .of_outlet = 2}, nodes.traits(), pairs, counts);
    counts.stock.sort();
    EXPECT_TRUE(counts.stock.contains(1, 5)) << others;
    EXPECT_TRUE(counts.stock.contains(1, 6)) << others;
    EXPECT_EQ(counts.stock.everywhere(), 0U) << others;
  }
}

}  // namespace
}  // namespace copydesk::reuse
