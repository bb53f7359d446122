// Candidates: pairs of documents that share a key and are worth comparing.
//
// Documents are named by dense numbers ("nodes") in the order in which they were observed.
#ifndef COPYDESK_STAGES_REUSE_CANDIDATES_H_
#define COPYDESK_STAGES_REUSE_CANDIDATES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "copydesk/findings.h"
#include "copydesk/scratch.h"
#include "reuse/posting_file.h"
#include "reuse/stock.h"
#include "reuse/union_find.h"

namespace copydesk::reuse {

// Two documents, a < b.
struct NodePair {
  std::uint32_t a = 0;
  std::uint32_t b = 0;

  friend auto operator<=>(const NodePair&, const NodePair&) = default;
};

// The node of a document that has one; doc_of[node], ascending, is its ordinal. Cost: a binary
// search.
[[nodiscard]] std::uint32_t node_of(std::uint64_t doc, std::span<const std::uint64_t> doc_of);

// The order of verified pairs: by (a, b).
[[nodiscard]] bool ascends(const Pair& x, const Pair& y);

// A set of pairs under construction, and how often each was added. Keeps what it has in memory, or
// beyond a share of a scratch space's in one of its files.
class PairSet {
 public:
  // Never leaves memory, and stays within about twice that of the distinct pairs.
  PairSet() = default;
  // Of nodes 0 … nodes - 1. `space` must outlive it.
  PairSet(ScratchSpace& space, std::size_t nodes);

  // a != b, in any order. A disk that cannot take more shows in what is called next.
  void add(std::uint32_t a, std::uint32_t b);
  // A pair that is not to be given out, whether it is added or not.
  void leave_out(const NodePair& pair);
  // All pairs of `nodes`, which are distinct, if there are at most `limit` nodes. Otherwise only
  // those with the node of the lowest rank, rank[node]: enough to find a star, linear in the nodes.
  void add_group(std::span<const std::uint32_t> nodes, std::size_t limit,
                 std::span<const std::uint32_t> rank);
  // Joins the documents of pairs that were added at least `times` times.
  Result<void> unite_frequent(std::uint32_t times, UnionFind& sets);
  // Calls take(pairs) for parts of the set, one after the other: distinct pairs, ascending over all
  // parts.
  Result<void> for_each_part(const std::function<Result<void>(std::span<const NodePair>)>& take);

 private:
  struct Entry {
    NodePair pair;
    std::uint32_t times = 0;  // and kLeftOut
  };
  static constexpr std::uint32_t kLeftOut = 1U << 31;

  Result<void> for_each_entries(const std::function<Result<void>(std::span<const Entry>)>& take);
  static void merge(std::vector<Entry>& entries);
  void compact();
  Result<void> spill();

  std::vector<Entry> entries_;
  static constexpr std::size_t kFirstCompaction = std::size_t{1} << 16;
  std::size_t compact_at_ = kFirstCompaction;

  ScratchSpace* space_ = nullptr;
  std::size_t nodes_ = 0;
  std::size_t spill_at_ = 0;
  std::size_t part_pairs_ = std::size_t{1} << 18;
  std::optional<ScratchFile> file_;  // entries by their first node
  Result<void> spilled_;
};

// Sorts the postings, removes repetitions, and adds the pairs of each key's documents (see
// PairSet::add_group).
void pair_by_band(std::vector<Posting>& postings, std::size_t limit,
                  std::span<const std::uint32_t> rank, PairSet& pairs);

// The most families that a fingerprint may be in. A family are documents that are nearly the same:
// a report that went to two hundred outlets is no stock language.
struct FingerprintCaps {
  std::size_t everywhere = 0;
  std::size_t of_outlet = 0;  // counted in one outlet, to make pairs of its documents
};

// What is known of documents, by node.
struct NodeTraits {
  std::span<const std::uint32_t> outlet;       // a number; 0: none
  std::span<const std::uint64_t> outlet_hash;  // by number
  std::span<const std::uint32_t> family;
  std::span<const std::uint32_t> rank;
};

struct FingerprintCounts {
  std::uint64_t distinct = 0;
  StockLanguage stock;  // what was above a cap
};

// Sorts the postings, removes repetitions, and adds all pairs of documents that share a fingerprint
// within the caps. More common ones are stock language: set aside and added to `counts` (which the
// caller sorts). Of a fingerprint in more than caps.everywhere documents only one of each family is
// paired, that of the lowest rank. Every posting of a key must be there, unless it is the only one.
void pair_by_fingerprint(std::vector<Posting>& postings, const FingerprintCaps& caps,
                         const NodeTraits& nodes, PairSet& pairs, FingerprintCounts& counts);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_CANDIDATES_H_
