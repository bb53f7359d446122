#include "reuse/clusters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "unit/reuse/invented_words.h"

namespace copydesk::reuse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::uint32_t> identity(std::size_t size) {
  std::vector<std::uint32_t> numbers(size);
  std::iota(numbers.begin(), numbers.end(), 0U);
  return numbers;
}

std::vector<std::uint64_t> docs(std::size_t size) {
  std::vector<std::uint64_t> numbers(size);
  std::iota(numbers.begin(), numbers.end(), 100U);
  return numbers;
}

std::vector<std::uint64_t> members(const Cluster& cluster) {
  std::vector<std::uint64_t> out;
  for (const ClusterMember& member : cluster.members) out.push_back(member.doc);
  return out;
}

TEST(BuildClusters, DoNotChain) {
  // 0 ~ 1 ~ 2 ~ 3: the neighbours of 0 join it; 2 is not like 0 and starts its own.
  const std::vector<NearPair> near = {{{0, 1}, .5}, {{1, 2}, .9}, {{2, 3}, .6}};
  const std::vector<Cluster> clusters = build_clusters(identity(4), near, identity(4), docs(4));
  ASSERT_THAT(clusters, SizeIs(2));
  EXPECT_EQ(clusters[0].representative, 100U);
  EXPECT_EQ(clusters[1].representative, 102U);
  // 1 is like both: it joins the one it is more like. 0 is left alone.
}

TEST(BuildClusters, AMemberJoinsTheRepresentativeItIsMostLike) {
  const std::vector<NearPair> near = {
      {{0, 1}, .8}, {{0, 3}, .5}, {{2, 3}, .6}, {{2, 4}, .7}, {{0, 4}, .7}};
  const std::vector<Cluster> clusters = build_clusters(identity(5), near, identity(5), docs(5));
  ASSERT_THAT(clusters, SizeIs(2));
  EXPECT_THAT(members(clusters[0]), ElementsAre(100, 101, 104));  // equally like: the lower rank
  EXPECT_THAT(members(clusters[1]), ElementsAre(102, 103));
  EXPECT_DOUBLE_EQ(clusters[0].worst_jaccard, .7);
  EXPECT_DOUBLE_EQ(clusters[1].worst_jaccard, .6);
  EXPECT_EQ(clusters[0].members[0].relation, Relation::kExact);
  EXPECT_EQ(clusters[0].members[1].relation, Relation::kNearDuplicate);
  EXPECT_DOUBLE_EQ(clusters[0].members[1].jaccard, .8);
  EXPECT_EQ(clusters[0].cluster, 0U);
  EXPECT_EQ(clusters[1].cluster, 1U);
}

TEST(BuildClusters, ExactCopiesFollowTheirText) {
  // 1 and 2 are copies of 1; 3 and 0 of 3; 1 ~ 3. Rank: 3 first.
  const std::vector<std::uint32_t> copy_of = {3, 1, 1, 3, 4};
  const std::vector<std::uint32_t> rank = {1, 2, 3, 0, 4};
  const std::vector<Cluster> clusters =
      build_clusters(copy_of, std::vector<NearPair>{{{1, 3}, .5}}, rank, docs(5));
  ASSERT_THAT(clusters, SizeIs(1));
  EXPECT_EQ(clusters[0].representative, 103U);
  EXPECT_THAT(members(clusters[0]), ElementsAre(100, 101, 102, 103));
  EXPECT_EQ(clusters[0].members[0].relation, Relation::kExact);
  EXPECT_EQ(clusters[0].members[0].jaccard, 1);
  EXPECT_EQ(clusters[0].members[2].relation, Relation::kNearDuplicate);
  EXPECT_DOUBLE_EQ(clusters[0].members[2].jaccard, .5);
}

TEST(BuildClusters, LoneDocumentsMakeNone) {
  EXPECT_THAT(build_clusters(identity(3), {}, identity(3), docs(3)), IsEmpty());
  EXPECT_THAT(build_clusters({}, {}, {}, {}), IsEmpty());
}

// The same documents in another order make the same clusters; every member is a near duplicate of
// its representative; representatives are none of each other.
TEST(BuildClusters, DoNotDependOnTheOrderOfTheInput) {
  std::mt19937 rng(51);
  for (int trial = 0; trial < 50; ++trial) {
    constexpr std::size_t kSize = 40;
    std::map<std::pair<std::uint32_t, std::uint32_t>, double> near;  // by rank
    for (int i = 0; i < 60; ++i) {
      const std::uint32_t x = testing::below(rng, kSize);
      const std::uint32_t y = testing::below(rng, kSize);
      if (x < y) near[{x, y}] = .4 + testing::below(rng, 5) / 10.0;
    }
    std::set<std::set<std::uint32_t>> expected;
    for (int order = 0; order < 4; ++order) {
      std::vector<std::uint32_t> rank = identity(kSize);
      if (order > 0) std::shuffle(rank.begin(), rank.end(), rng);
      std::vector<std::uint32_t> node_of(kSize);
      for (std::uint32_t node = 0; node < kSize; ++node) node_of[rank[node]] = node;
      std::vector<NearPair> pairs;
      for (const auto& entry : near) {
        const std::uint32_t a = node_of[entry.first.first];
        const std::uint32_t b = node_of[entry.first.second];
        pairs.push_back({{std::min(a, b), std::max(a, b)}, entry.second});
      }
      std::set<std::set<std::uint32_t>> found;
      for (const Cluster& cluster : build_clusters(identity(kSize), pairs, rank, docs(kSize))) {
        const std::uint32_t representative = rank[cluster.representative - 100];
        std::set<std::uint32_t> ranks;
        for (const ClusterMember& member : cluster.members) {
          const std::uint32_t other = rank[member.doc - 100];
          ranks.insert(other);
          if (other == representative) continue;
          const auto verified = near.find(std::minmax(representative, other));
          ASSERT_NE(verified, near.end());
          EXPECT_EQ(member.jaccard, verified->second);
        }
        found.insert(ranks);
      }
      if (order == 0) expected = found;
      EXPECT_EQ(found, expected);
    }
  }
}

TEST(BuildClusters, MembersSayHowMuchOfThemTheRepresentativeCovers) {
  const std::vector<NearPair> near = {{{0, 1}, .8, .6, .9}, {{0, 2}, .5, .7, .4}};
  EXPECT_DOUBLE_EQ(build_clusters(identity(3), near, identity(3), docs(3))[0].members[1].coverage,
                   .9);
  // 2 comes first in rank.
  const std::vector<std::uint32_t> rank = {1, 2, 0};
  const std::vector<Cluster> turned = build_clusters(identity(3), {{near[1]}}, rank, docs(3));
  EXPECT_EQ(turned[0].representative, 102U);
  EXPECT_DOUBLE_EQ(turned[0].members[0].coverage, .7);
  EXPECT_DOUBLE_EQ(turned[0].members[1].coverage, 1);
}

// Five nodes of one cluster, in the order of their ranks, the last alone in another.
std::vector<std::uint32_t> stand_ins(const std::vector<NearPair>& near,
                                     std::vector<std::uint32_t> copy_of = identity(5)) {
  return find_stand_ins(std::vector<std::uint32_t>{0, 0, 0, 0, 1}, copy_of, near, identity(5), .75);
}

TEST(FindStandIns, WhoCoversEnough) {
  EXPECT_THAT(stand_ins({{{0, 1}, .5, 1, .74}}), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(stand_ins({{{0, 1}, .5, 0, .75}}), ElementsAre(0, 0, 2, 3, 4));
  EXPECT_THAT(stand_ins({{{0, 1}, .5, 0, .76}}), ElementsAre(0, 0, 2, 3, 4));
}

TEST(FindStandIns, OneThatStaysAndComesBefore) {
  // The flash 0 does not cover the reports 1 to 3, which are nearly the same.
  EXPECT_THAT(stand_ins({{{0, 1}, .5, 1, .5},
                         {{0, 2}, .5, 1, .5},
                         {{0, 3}, .5, 1, .5},
                         {{1, 2}, .9, .9, .9},
                         {{1, 3}, .9, .9, .9},
                         {{2, 3}, .9, .9, .9}}),
              ElementsAre(0, 1, 1, 1, 4));
  // 1 goes for 0, so it does not stand in for 2.
  EXPECT_THAT(stand_ins({{{0, 1}, .9, .9, .9}, {{1, 2}, .9, .9, .9}}), ElementsAre(0, 0, 2, 3, 4));
}

TEST(FindStandIns, NobodyOfAnotherCluster) {
  EXPECT_THAT(stand_ins({{{0, 4}, .9, .9, .9}}), ElementsAre(0, 1, 2, 3, 4));
}

TEST(FindStandIns, CopiesGoWithTheirText) {
  EXPECT_THAT(stand_ins({{{0, 1}, .9, .9, .9}}, {0, 1, 1, 0, 4}), ElementsAre(0, 0, 0, 0, 4));
  EXPECT_THAT(stand_ins({}, {0, 1, 1, 0, 4}), ElementsAre(0, 1, 1, 0, 4));
}

// A cluster of documents 100, 101, …, and what is said of it.
Cluster told(const std::vector<MemberTraits>& traits) {
  Cluster cluster;
  for (std::size_t i = 0; i < traits.size(); ++i) cluster.members.emplace_back().doc = 100 + i;
  tell_origin(cluster, traits);
  return cluster;
}

TEST(TellOrigin, TheEarliestIsFirst) {
  EXPECT_EQ(told({{30, "a", 0}, {20, "b", 1}, {{}, "c", 2}}).first, 101U);
  EXPECT_EQ(told({{30, "a", 0}, {30, "a", 1}}).first, 100U);
}

TEST(TellOrigin, NobodyIsFirstWithoutDatesOrWhenTwoOutletsAre) {
  EXPECT_EQ(told({{{}, "a", 0}, {{}, "b", 1}}).first, std::nullopt);
  EXPECT_EQ(told({{20, "a", 0}, {20, "b", 1}}).first, std::nullopt);
  EXPECT_EQ(told({{20, "", 0}, {20, "", 1}}).first, std::nullopt);
}

TEST(TellOrigin, ADateWithoutATimeMayBeAnyTimeOfTheDay) {
  constexpr std::int64_t kDay = 86400;
  EXPECT_EQ(told({{kDay, "a", 0}, {2 * kDay - 1, "b", 1}}).first, std::nullopt);
  EXPECT_EQ(told({{kDay, "a", 0}, {2 * kDay, "b", 1}}).first, 100U);
  EXPECT_EQ(told({{kDay, "a", 0}, {kDay + 1, "a", 1}}).first, 100U);
  EXPECT_EQ(told({{kDay + 1, "a", 0}, {kDay + 2, "b", 1}}).first, 100U);
}

TEST(TellOrigin, LaterOnesOfAnOutletAreUpdates) {
  const Cluster cluster =
      told({{30, "a", 0}, {20, "a", 1}, {10, "b", 2}, {{}, "a", 3}, {5, "", 4}, {6, "", 5}});
  std::vector<bool> updates;
  for (const ClusterMember& member : cluster.members) updates.push_back(member.update);
  EXPECT_THAT(updates, ElementsAre(true, false, false, true, false, false));
}

}  // namespace
}  // namespace copydesk::reuse
