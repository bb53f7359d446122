#include "reuse/clusters.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace copydesk::reuse {
namespace {

constexpr std::int64_t kSecondsPerDay = 86400;
constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

// A near-duplicate pair from the node of the lower rank.
struct Link {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  double jaccard = 0;
  double coverage = 0;  // of `second` by `first`
};

std::vector<Link> links_of(std::span<const NearPair> near_pairs,
                           std::span<const std::uint32_t> rank) {
  std::vector<Link> links;
  links.reserve(near_pairs.size());
  for (const NearPair& pair : near_pairs) {
    if (rank[pair.nodes.a] < rank[pair.nodes.b]) {
      links.push_back({pair.nodes.a, pair.nodes.b, pair.jaccard, pair.coverage_b});
    } else {
      links.push_back({pair.nodes.b, pair.nodes.a, pair.jaccard, pair.coverage_a});
    }
  }
  return links;
}

}  // namespace

std::vector<Cluster> build_clusters(std::span<const std::uint32_t> copy_of,
                                    std::span<const NearPair> near_pairs,
                                    std::span<const std::uint32_t> rank,
                                    std::span<const std::uint64_t> doc_of) {
  const std::size_t size = copy_of.size();

  // In the order of ranks: when a node is reached as `first`, it is known whether it is a
  // representative.
  std::vector<Link> links = links_of(near_pairs, rank);
  std::sort(links.begin(), links.end(), [&](const Link& x, const Link& y) {
    return rank[x.first] != rank[y.first] ? rank[x.first] < rank[y.first]
                                          : rank[x.second] < rank[y.second];
  });

  // joins[node]: the representative it goes to; kNone: it is one itself.
  std::vector<std::uint32_t> joins(size, kNone);
  std::vector<double> similarity(size, 1);
  std::vector<double> coverage(size, 1);
  for (const Link& link : links) {
    if (joins[link.first] != kNone) continue;
    if (joins[link.second] == kNone || link.jaccard > similarity[link.second]) {
      joins[link.second] = link.first;
      similarity[link.second] = link.jaccard;
      coverage[link.second] = link.coverage;
    }
  }

  // Nodes ascend, and so do the first documents and the members of clusters.
  std::vector<Cluster> clusters;
  std::vector<std::uint32_t> cluster_of(size, kNone);
  std::vector<std::uint32_t> members_of(size, 0);
  const auto representative_of = [&](std::uint32_t node) {
    const std::uint32_t text = copy_of[node];
    return joins[text] == kNone ? text : joins[text];
  };
  for (std::uint32_t node = 0; node < size; ++node) ++members_of[representative_of(node)];
  for (std::uint32_t node = 0; node < size; ++node) {
    const std::uint32_t representative = representative_of(node);
    if (members_of[representative] < 2) continue;
    std::uint32_t& index = cluster_of[representative];
    if (index == kNone) {
      index = static_cast<std::uint32_t>(clusters.size());
      Cluster& added = clusters.emplace_back();
      added.cluster = index;
      added.representative = doc_of[representative];
    }
    Cluster& cluster = clusters[index];
    const std::uint32_t text = copy_of[node];
    const bool exact = text == representative;
    const double jaccard = exact ? 1 : similarity[text];
    cluster.members.push_back({.doc = doc_of[node],
                               .relation = exact ? Relation::kExact : Relation::kNearDuplicate,
                               .jaccard = jaccard,
                               .coverage = exact ? 1 : coverage[text],
                               .update = false,
                               .agencies = {}});
    cluster.worst_jaccard = std::min(cluster.worst_jaccard, jaccard);
  }
  return clusters;
}

std::vector<std::uint32_t> find_stand_ins(std::span<const std::uint32_t> cluster_of,
                                          std::span<const std::uint32_t> copy_of,
                                          std::span<const NearPair> near_pairs,
                                          std::span<const std::uint32_t> rank, double coverage) {
  std::vector<std::uint32_t> stand_in(copy_of.size());
  std::iota(stand_in.begin(), stand_in.end(), 0U);
  // In the order of the later end's rank: whether the earlier end stays is known by then.
  std::vector<Link> links = links_of(near_pairs, rank);
  std::sort(links.begin(), links.end(), [&](const Link& x, const Link& y) {
    return rank[x.second] != rank[y.second] ? rank[x.second] < rank[y.second]
                                            : rank[x.first] < rank[y.first];
  });
  for (const Link& link : links) {
    if (cluster_of[link.first] != cluster_of[link.second]) continue;
    if (stand_in[link.second] != link.second || stand_in[link.first] != link.first) continue;
    if (link.coverage >= coverage) stand_in[link.second] = link.first;
  }
  for (std::uint32_t node = 0; node < stand_in.size(); ++node) {
    if (copy_of[node] != node) stand_in[node] = stand_in[copy_of[node]];
  }
  return stand_in;
}

void tell_origin(Cluster& cluster, std::span<const MemberTraits> traits) {
  assert(traits.size() == cluster.members.size());
  const auto order = [](const MemberTraits& x) {
    return std::pair(x.time.value_or(std::numeric_limits<std::int64_t>::max()), x.rank);
  };

  std::map<std::string_view, std::size_t> first_of;  // by outlet
  for (std::size_t i = 0; i < traits.size(); ++i) {
    if (traits[i].outlet.empty()) continue;
    const auto [found, is_new] = first_of.emplace(traits[i].outlet, i);
    if (!is_new && order(traits[i]) < order(traits[found->second])) found->second = i;
  }
  for (std::size_t i = 0; i < traits.size(); ++i) {
    cluster.members[i].update =
        !traits[i].outlet.empty() && first_of.find(traits[i].outlet)->second != i;
  }

  const std::size_t first =
      static_cast<std::size_t>(std::min_element(traits.begin(), traits.end(),
                                                [&](const MemberTraits& x, const MemberTraits& y) {
                                                  return order(x) < order(y);
                                                }) -
                               traits.begin());
  if (!traits[first].time) return;
  // A date without a time counts as midnight: what came later that day may have been first.
  const std::int64_t time = *traits[first].time;
  const std::int64_t latest = time % kSecondsPerDay == 0 ? time + kSecondsPerDay - 1 : time;
  const bool is_shared = std::any_of(traits.begin(), traits.end(), [&](const MemberTraits& x) {
    return &x != &traits[first] && x.time && *x.time <= latest &&
           (x.outlet != traits[first].outlet || x.outlet.empty());
  });
  if (!is_shared) cluster.first = cluster.members[first].doc;
}

}  // namespace copydesk::reuse
