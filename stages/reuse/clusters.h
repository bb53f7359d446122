// Clusters: copies joined to one representative.
#ifndef COPYDESK_STAGES_REUSE_CLUSTERS_H_
#define COPYDESK_STAGES_REUSE_CLUSTERS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "copydesk/findings.h"
#include "reuse/candidates.h"

namespace copydesk::reuse {

// A verified near-duplicate pair of nodes, both the chosen one of their exact copies.
struct NearPair {
  NodePair nodes;
  double jaccard = 0;
  double coverage_a = 1;  // share of the words of nodes.a that nodes.b covers
  double coverage_b = 1;
};

// The clusters of two documents or more. A cluster does not chain: every member is an exact copy of
// the representative, or it (or the text it is an exact copy of) was verified as its near
// duplicate. Nodes become representatives in the order of their rank unless one that came before is
// a near duplicate; any other joins the representative that is most like it of those it was
// verified with (of equals the one of the lower rank). Neither depends on the order of the input if
// the ranks do not.
//
// copy_of[node]: the node that stands for its exact copies, itself for most. rank[node]: a
// permutation. doc_of[node]: ordinals, ascending. Clusters are numbered from 0 by their first
// document.
[[nodiscard]] std::vector<Cluster> build_clusters(std::span<const std::uint32_t> copy_of,
                                                  std::span<const NearPair> near_pairs,
                                                  std::span<const std::uint32_t> rank,
                                                  std::span<const std::uint64_t> doc_of);

// Who can go because another stays. stand_in[node]: of the documents of its cluster that stay and
// come before it in rank the first that has the same words, or is its near duplicate and covers at
// least `coverage` of its words; the node itself if it stays. cluster_of[node]: any number that
// those of one cluster have in common. So in a cluster of a short first report and many prints of a
// long later one the first of these stays, too.
[[nodiscard]] std::vector<std::uint32_t> find_stand_ins(std::span<const std::uint32_t> cluster_of,
                                                        std::span<const std::uint32_t> copy_of,
                                                        std::span<const NearPair> near_pairs,
                                                        std::span<const std::uint32_t> rank,
                                                        double coverage);

// What is known of a cluster's member besides its text.
struct MemberTraits {
  std::optional<std::int64_t> time;
  std::string_view outlet;
  std::uint32_t rank = 0;
};

// Says who was first and which members are updates. `traits` of the members, in their order. Nobody
// was first if two outlets may have been: they have the same time, or one has no more than the day
// and the other is of that day. A member is an update if one of the same outlet has an earlier
// time, or the same or none and the lower rank.
void tell_origin(Cluster& cluster, std::span<const MemberTraits> traits);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_CLUSTERS_H_
