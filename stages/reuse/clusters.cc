#include "reuse/clusters.h"

#include <algorithm>
#include <limits>

namespace copydesk::reuse {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

}  // namespace

std::vector<Cluster> build_clusters(std::span<const std::uint32_t> copy_of,
                                    std::span<const NearPair> near_pairs,
                                    std::span<const std::uint32_t> rank,
                                    std::span<const std::uint64_t> doc_of) {
  const std::size_t size = copy_of.size();

  // Each pair from the node of the lower rank, in the order of ranks: when a node is reached as
  // `first`, it is known whether it is a representative.
  struct Link {
    std::uint32_t first = 0;
    std::uint32_t second = 0;
    double jaccard = 0;
  };
  std::vector<Link> links;
  links.reserve(near_pairs.size());
  for (const NearPair& pair : near_pairs) {
    const bool in_order = rank[pair.nodes.a] < rank[pair.nodes.b];
    links.push_back({in_order ? pair.nodes.a : pair.nodes.b, in_order ? pair.nodes.b : pair.nodes.a,
                     pair.jaccard});
  }
  std::sort(links.begin(), links.end(), [&](const Link& x, const Link& y) {
    return rank[x.first] != rank[y.first] ? rank[x.first] < rank[y.first]
                                          : rank[x.second] < rank[y.second];
  });

  // joins[node]: the representative it goes to; kNone: it is one itself.
  std::vector<std::uint32_t> joins(size, kNone);
  std::vector<double> similarity(size, 1);
  for (const Link& link : links) {
    if (joins[link.first] != kNone) continue;
    if (joins[link.second] == kNone || link.jaccard > similarity[link.second]) {
      joins[link.second] = link.first;
      similarity[link.second] = link.jaccard;
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
                               .jaccard = jaccard});
    cluster.worst_jaccard = std::min(cluster.worst_jaccard, jaccard);
  }
  return clusters;
}

}  // namespace copydesk::reuse
