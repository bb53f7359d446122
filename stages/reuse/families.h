// Families: documents that are likely to be copies of each other, or of one in between, known
// before any is read. They tell stock language from a report with many copies, and keep the work on
// a report with very many copies from growing with their square.
#ifndef COPYDESK_STAGES_REUSE_FAMILIES_H_
#define COPYDESK_STAGES_REUSE_FAMILIES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "copydesk/findings.h"
#include "copydesk/result.h"
#include "reuse/candidates.h"

namespace copydesk::reuse {

// Documents below this Jaccard are hardly ever of one family, whatever a user takes for a copy:
// with less, all that have a disclaimer in common would be one.
inline constexpr double kFamilyJaccard = 0.4;

// family[node]: documents joined by pairs that `by_band` holds at least `times` times have the
// same.
[[nodiscard]] Result<std::vector<std::uint32_t>> find_families(PairSet& by_band,
                                                               std::uint32_t times,
                                                               std::size_t nodes);

// Calls a function for parts of a list of pairs, as PairSet::for_each_part() does. May be called
// again.
using PairParts =
    std::function<Result<void>(const std::function<Result<void>(std::span<const NodePair>)>&)>;

// Verifies pairs of nodes (distinct, ascending); the result ascends.
using VerifyPairs = std::function<Result<std::vector<Pair>>(std::span<const NodePair>)>;

// What is known of the nodes, by number.
struct FamilyNodes {
  std::span<const std::uint32_t> family;
  std::span<const std::uint32_t> rank;
  std::span<const std::uint64_t> doc;  // ascending
};

// A pair of a big family is verified if neither end has more candidates than this in the family: a
// chain of versions is no dense group.
inline constexpr std::uint32_t kSparseCandidates = 32;

// Takes what verification found: pairs ascending in each call, but not over all.
using TakePairs = std::function<Result<void>(std::vector<Pair>)>;

// The pairs of `candidates`, verified, but for most of those within families of more than `limit`
// documents. There each document is verified with the one of the lowest rank; then those that are
// no near duplicates of it with the first of these; and so on, until no more than `limit` are left,
// whose candidates are verified, as are those of documents that have few (see kSparseCandidates).
// So every document is measured with the representative it will get, and the work on a family of
// copies is linear.
[[nodiscard]] Result<void> verify_candidates(const PairParts& candidates, const FamilyNodes& nodes,
                                             std::size_t limit, const VerifyPairs& verify,
                                             const TakePairs& take);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_FAMILIES_H_
