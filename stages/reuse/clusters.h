// Clusters: copies joined to one representative.
#ifndef COPYDESK_STAGES_REUSE_CLUSTERS_H_
#define COPYDESK_STAGES_REUSE_CLUSTERS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "copydesk/findings.h"
#include "reuse/candidates.h"

namespace copydesk::reuse {

// A verified near-duplicate pair of nodes, both the chosen one of their exact copies.
struct NearPair {
  NodePair nodes;
  double jaccard = 0;
};

// The clusters of two documents or more. A cluster does not chain: every member is an exact copy of
// the representative, or it (or the text it is an exact copy of) was verified as its near
// duplicate. Nodes become representatives in the order of their rank unless one that came before is
// a near duplicate; any other joins the representative that is most like it (of equals the one of
// the lower rank). Neither depends on the order of the input if the ranks do not.
//
// copy_of[node]: the node that stands for its exact copies, itself for most. rank[node]: a
// permutation. doc_of[node]: ordinals, ascending. Clusters are numbered from 0 by their first
// document.
[[nodiscard]] std::vector<Cluster> build_clusters(std::span<const std::uint32_t> copy_of,
                                                  std::span<const NearPair> near_pairs,
                                                  std::span<const std::uint32_t> rank,
                                                  std::span<const std::uint64_t> doc_of);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_CLUSTERS_H_
