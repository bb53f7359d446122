#include "reuse/families.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>

namespace copydesk::reuse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(FindFamilies, JoinsWhoSharesBandsOftenEnough) {
  PairSet by_band;
  for (int times = 0; times < 3; ++times) by_band.add(0, 2);
  for (int times = 0; times < 3; ++times) by_band.add(2, 3);
  for (int times = 0; times < 2; ++times) by_band.add(1, 2);
  const Result<std::vector<std::uint32_t>> families = find_families(by_band, 3, 5);
  ASSERT_TRUE(families.ok());
  EXPECT_THAT(*families, ElementsAre(0, 1, 0, 0, 4));
}

// Nodes 0 … n - 1 are documents 100 …; the rank of a node is its number, unless said otherwise.
struct Nodes {
  explicit Nodes(std::vector<std::uint32_t> families) : family(std::move(families)) {
    rank.resize(family.size());
    std::iota(rank.begin(), rank.end(), 0U);
    doc.resize(family.size());
    std::iota(doc.begin(), doc.end(), std::uint64_t{100});
  }
  [[nodiscard]] FamilyNodes view() const { return {.family = family, .rank = rank, .doc = doc}; }

  std::vector<std::uint32_t> family;
  std::vector<std::uint32_t> rank;
  std::vector<std::uint64_t> doc;
};

std::vector<NodePair> all_pairs(std::uint32_t nodes) {
  std::vector<NodePair> pairs;
  for (std::uint32_t a = 0; a < nodes; ++a) {
    for (std::uint32_t b = a + 1; b < nodes; ++b) pairs.push_back({a, b});
  }
  return pairs;
}

// Three pairs at a time.
PairParts in_parts(const std::vector<NodePair>& pairs) {
  return [&pairs](const std::function<Result<void>(std::span<const NodePair>)>& use) {
    for (std::size_t begin = 0; begin < pairs.size(); begin += 3) {
      const std::span<const NodePair> rest = std::span<const NodePair>(pairs).subspan(begin);
      const Result<void> used = use(rest.first(std::min<std::size_t>(rest.size(), 3)));
      if (!used.ok()) return used;
    }
    return Result<void>();
  };
}

// Runs verify_candidates() with pairs of which those for which `is_near` says so are near
// duplicates and the others share a passage. What was asked to be verified, and that each pair was
// asked once.
std::vector<NodePair> verified_of(const Nodes& nodes, const std::vector<NodePair>& candidates,
                                  std::size_t limit,
                                  const std::function<bool(const NodePair&)>& is_near) {
  std::multiset<NodePair> asked;
  const VerifyPairs verify = [&](std::span<const NodePair> pairs) -> Result<std::vector<Pair>> {
    EXPECT_TRUE(std::is_sorted(pairs.begin(), pairs.end()));
    std::vector<Pair> found;
    for (const NodePair& pair : pairs) {
      asked.insert(pair);
      Pair& added = found.emplace_back();
      added.a = nodes.doc[pair.a];
      added.b = nodes.doc[pair.b];
      added.relation = is_near(pair) ? Relation::kNearDuplicate : Relation::kSharesPassage;
    }
    return found;
  };
  std::vector<Pair> found;
  const TakePairs take = [&](const std::vector<Pair>& some) {
    EXPECT_TRUE(std::is_sorted(some.begin(), some.end(), ascends));
    found.insert(found.end(), some.begin(), some.end());
    return Result<void>();
  };
  EXPECT_TRUE(verify_candidates(in_parts(candidates), nodes.view(), limit, verify, take).ok());
  std::sort(found.begin(), found.end(), ascends);
  const std::vector<NodePair> verified(asked.begin(), asked.end());
  EXPECT_EQ(found.size(), verified.size());
  EXPECT_EQ(std::set<NodePair>(asked.begin(), asked.end()).size(), asked.size());
  for (std::size_t i = 0; i < verified.size() && i < found.size(); ++i) {
    EXPECT_EQ(found[i].a, nodes.doc[verified[i].a]);
    EXPECT_EQ(found[i].b, nodes.doc[verified[i].b]);
  }
  return verified;
}

const auto always = [](const NodePair& /*pair*/) { return true; };
const auto never = [](const NodePair& /*pair*/) { return false; };

TEST(VerifyCandidates, SmallFamiliesAllTheirCandidates) {
  EXPECT_EQ(verified_of(Nodes({0, 0, 0, 0}), all_pairs(4), 4, always), all_pairs(4));
  EXPECT_THAT(verified_of(Nodes({0, 0, 0, 0}), {{1, 3}}, 4, always), ElementsAre(NodePair{1, 3}));
}

// A family in which every document has more candidates than kSparseCandidates.
constexpr std::uint32_t kDense = kSparseCandidates + 2;

TEST(VerifyCandidates, BigFamiliesWithTheFirstInRank) {
  Nodes nodes{std::vector<std::uint32_t>(kDense, 0)};
  std::swap(nodes.rank[0], nodes.rank[2]);
  std::vector<NodePair> expected;
  for (std::uint32_t node = 0; node < kDense; ++node) {
    if (node != 2) expected.push_back({std::min(node, 2U), std::max(node, 2U)});
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(verified_of(nodes, all_pairs(kDense), kDense - 1, always), expected);
}

TEST(VerifyCandidates, WhoIsLeftOverWithTheFirstOfThose) {
  // 0 and the even ones, 1 and the odd ones.
  const auto same_parity = [](const NodePair& pair) { return (pair.a + pair.b) % 2 == 0; };
  const std::vector<NodePair> verified =
      verified_of(Nodes{std::vector<std::uint32_t>(kDense, 0)}, all_pairs(kDense), 3, same_parity);
  std::vector<NodePair> expected;
  for (std::uint32_t node = 1; node < kDense; ++node) expected.push_back({0, node});
  for (std::uint32_t node = 3; node < kDense; node += 2) expected.push_back({1, node});
  EXPECT_EQ(verified, expected);
}

TEST(VerifyCandidates, FewLeftOversAllTheirCandidates) {
  // Nobody is like the first; then few enough are left.
  const std::vector<NodePair> verified =
      verified_of(Nodes({0, 0, 0, 0}), {{1, 2}, {2, 3}}, 3, never);
  EXPECT_THAT(verified, ElementsAre(NodePair{0, 1}, NodePair{0, 2}, NodePair{0, 3}, NodePair{1, 2},
                                    NodePair{2, 3}));
}

TEST(VerifyCandidates, DocumentsWithFewCandidatesAllOfThem) {
  // All are like the first. Node 1 has so many candidates in the family, the others one.
  const auto verified = [](std::uint32_t candidates_of_1) {
    const std::uint32_t nodes = kSparseCandidates + 4;
    std::vector<NodePair> candidates;
    for (std::uint32_t i = 0; i < candidates_of_1; ++i) candidates.push_back({1, 2 + i});
    return verified_of(Nodes{std::vector<std::uint32_t>(nodes, 0)}, candidates, 2, always).size() -
           (nodes - 1);
  };
  EXPECT_EQ(verified(kSparseCandidates - 1), kSparseCandidates - 1);
  EXPECT_EQ(verified(kSparseCandidates), kSparseCandidates);
  EXPECT_EQ(verified(kSparseCandidates + 1), 0U);
}

TEST(VerifyCandidates, PairsAcrossFamiliesStay) {
  // A family of three, one of two, a document alone.
  EXPECT_THAT(verified_of(Nodes({0, 0, 0, 3, 3, 5}), {{1, 2}, {1, 3}, {3, 4}, {4, 5}}, 2, always),
              ElementsAre(NodePair{0, 1}, NodePair{0, 2}, NodePair{1, 2}, NodePair{1, 3},
                          NodePair{3, 4}, NodePair{4, 5}));
}

TEST(VerifyCandidates, AChainEnds) {
  // 40 documents of which none is like another: after the last round the candidates decide.
  const std::vector<NodePair> verified =
      verified_of(Nodes(std::vector<std::uint32_t>(40, 0)), {{0, 1}, {30, 39}, {38, 39}}, 3, never);
  EXPECT_THAT(verified, SizeIs(39 + 38 + 37 + 36 + 35 + 34 + 33 + 32 + 31 + 30 + 29 + 28 + 27 + 26 +
                               25 + 24 + 23 + 22 + 21 + 20 + 19 + 18 + 17 + 16 + 15 + 14 + 13 + 12 +
                               11 + 10 + 9 + 8 + 1));
  EXPECT_TRUE(std::binary_search(verified.begin(), verified.end(), NodePair{38, 39}));
}

TEST(VerifyCandidates, NothingForNothing) {
  EXPECT_THAT(verified_of(Nodes({}), {}, 2, always), IsEmpty());
}

TEST(VerifyCandidates, PassesFaultsOn) {
  const VerifyPairs fails = [](std::span<const NodePair>) -> Result<std::vector<Pair>> {
    return Error{ErrorCode::kIo, "unreadable"};
  };
  for (const std::size_t limit : {1U, 9U}) {
    const Nodes nodes({0, 0});
    const std::vector<NodePair> candidates = {{0, 1}};
    const Result<void> found =
        verify_candidates(in_parts(candidates), nodes.view(), limit, fails,
                          [](const std::vector<Pair>&) { return Result<void>(); });
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.error().message, "unreadable");
  }
}

}  // namespace
}  // namespace copydesk::reuse
