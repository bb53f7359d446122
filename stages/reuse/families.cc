#include "reuse/families.h"

#include <algorithm>
#include <map>

#include "reuse/union_find.h"

namespace copydesk::reuse {
namespace {

// A family of copies is settled after one round or a few. What is not after so many is a chain, and
// its candidates are verified whatever they cost.
constexpr int kMaxRounds = 32;

// The members of families above the limit that have no representative yet, by rank.
class Unsettled {
 public:
  Unsettled(const FamilyNodes& nodes, std::size_t limit)
      : nodes_(nodes), limit_(limit), settled_(nodes.family.size()) {
    std::vector<std::uint32_t> sizes(nodes.family.size());
    for (const std::uint32_t family : nodes.family) ++sizes[family];
    for (std::uint32_t node = 0; node < nodes.family.size(); ++node) {
      if (sizes[nodes.family[node]] > limit) members_[nodes.family[node]].push_back(node);
    }
    for (auto& [family, members] : members_) {
      std::sort(members.begin(), members.end(),
                [&](std::uint32_t x, std::uint32_t y) { return nodes_.rank[x] < nodes_.rank[y]; });
    }
  }

  [[nodiscard]] bool is_within(const NodePair& pair) const {
    return nodes_.family[pair.a] == nodes_.family[pair.b] &&
           members_.contains(nodes_.family[pair.a]);
  }
  // Whether there are any such families.
  [[nodiscard]] bool any() const { return !members_.empty(); }
  [[nodiscard]] bool is_settled(std::uint32_t node) const { return settled_[node]; }

  // The first of each family that still has too many, with all others of it; ascending.
  [[nodiscard]] std::vector<NodePair> next_round() {
    std::vector<NodePair> pairs;
    for (auto& [family, members] : members_) {
      if (members.size() <= limit_) continue;
      const std::uint32_t head = members.front();
      settled_[head] = true;
      for (const std::uint32_t node : members) {
        if (node != head) pairs.push_back({std::min(head, node), std::max(head, node)});
      }
    }
    std::sort(pairs.begin(), pairs.end());
    return pairs;
  }

  // Takes out those that a round has found to be near duplicates of the first.
  void settle(const std::vector<Pair>& found) {
    for (const Pair& pair : found) {
      if (pair.relation != Relation::kNearDuplicate) continue;
      settled_[node_of(pair.a, nodes_.doc)] = true;
      settled_[node_of(pair.b, nodes_.doc)] = true;
    }
    for (auto& [family, members] : members_) {
      std::erase_if(members, [&](std::uint32_t node) { return settled_[node]; });
    }
  }

 private:
  FamilyNodes nodes_;
  std::size_t limit_;
  std::vector<bool> settled_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> members_;  // by family
};

}  // namespace

Result<std::vector<std::uint32_t>> find_families(PairSet& by_band, std::uint32_t times,
                                                 std::size_t nodes) {
  UnionFind sets(nodes);
  COPYDESK_RETURN_IF_ERROR(by_band.unite_frequent(times, sets));
  std::vector<std::uint32_t> family(nodes);
  for (std::uint32_t node = 0; node < nodes; ++node) family[node] = sets.find(node);
  return family;
}

Result<void> verify_candidates(const PairParts& candidates, const FamilyNodes& nodes,
                               std::size_t limit, const VerifyPairs& verify,
                               const TakePairs& take) {
  Unsettled unsettled(nodes, limit);
  std::vector<NodePair> verified;
  for (int round = 0; round < kMaxRounds; ++round) {
    const std::vector<NodePair> pairs = unsettled.next_round();
    if (pairs.empty()) break;
    verified.insert(verified.end(), pairs.begin(), pairs.end());
    COPYDESK_ASSIGN_OR_RETURN(std::vector<Pair> found, verify(pairs));
    unsettled.settle(found);
    COPYDESK_RETURN_IF_ERROR(take(std::move(found)));
  }
  std::sort(verified.begin(), verified.end());
  std::vector<std::uint32_t> degree;
  if (unsettled.any()) {
    degree.resize(nodes.family.size());
    COPYDESK_RETURN_IF_ERROR(candidates([&](std::span<const NodePair> pairs) {
      for (const NodePair& pair : pairs) {
        if (!unsettled.is_within(pair)) continue;
        ++degree[pair.a];
        ++degree[pair.b];
      }
      return Result<void>();
    }));
  }
  const auto is_left_out = [&](const NodePair& pair) {
    if (!unsettled.is_within(pair)) return false;
    const bool is_dense = degree[pair.a] > kSparseCandidates || degree[pair.b] > kSparseCandidates;
    const bool is_settled = unsettled.is_settled(pair.a) || unsettled.is_settled(pair.b);
    return (is_dense && is_settled) || std::binary_search(verified.begin(), verified.end(), pair);
  };
  const auto verify_part = [&](std::span<const NodePair> pairs) -> Result<void> {
    std::vector<NodePair> some(pairs.begin(), pairs.end());
    std::erase_if(some, is_left_out);
    COPYDESK_ASSIGN_OR_RETURN(std::vector<Pair> found, verify(some));
    return take(std::move(found));
  };
  return candidates(verify_part);
}

}  // namespace copydesk::reuse
