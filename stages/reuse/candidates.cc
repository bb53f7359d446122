#include "reuse/candidates.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "reuse/shingles.h"

namespace copydesk::reuse {
namespace {

// Pairs that are given out at once: with what is found of them they take about so many bytes each.
// Few at once mean that documents are read again and again.
constexpr std::uint64_t kBytesAPair = 1024;
constexpr std::uint64_t kMinPartPairs = std::uint64_t{1} << 14;
constexpr std::uint64_t kMaxPartPairs = std::uint64_t{1} << 20;
// Parts of the file of a set.
constexpr std::size_t kSpilledParts = 64;

// Calls group(key, nodes) for each key, ascending; nodes ascend.
template <class Group>
void for_each_key(std::span<const Posting> postings, Group group) {
  std::vector<std::uint32_t> nodes;
  for (std::size_t begin = 0; begin < postings.size();) {
    const std::uint64_t key = postings[begin].key;
    nodes.clear();
    std::size_t end = begin;
    while (end < postings.size() && postings[end].key == key) nodes.push_back(postings[end++].node);
    group(key, std::span<const std::uint32_t>(nodes));
    begin = end;
  }
}

// Whose documents have a fingerprint.
struct Holder {
  std::uint32_t outlet = 0;
  std::uint32_t family = 0;

  friend auto operator<=>(const Holder&, const Holder&) = default;
};

// The outlets in which more than `cap` families are, ascending. `holders` ascend and are distinct.
void find_full(std::span<const Holder> holders, std::size_t cap, std::vector<std::uint32_t>& full) {
  full.clear();
  for (std::size_t begin = 0; begin < holders.size();) {
    std::size_t end = begin;
    while (end < holders.size() && holders[end].outlet == holders[begin].outlet) ++end;
    if (end - begin > cap && holders[begin].outlet != 0) full.push_back(holders[begin].outlet);
    begin = end;
  }
}

}  // namespace

std::uint32_t node_of(std::uint64_t doc, std::span<const std::uint64_t> doc_of) {
  return static_cast<std::uint32_t>(std::lower_bound(doc_of.begin(), doc_of.end(), doc) -
                                    doc_of.begin());
}

bool ascends(const Pair& x, const Pair& y) { return std::pair(x.a, x.b) < std::pair(y.a, y.b); }

PairSet::PairSet(ScratchSpace& space, std::size_t nodes)
    : space_(&space),
      nodes_(nodes),
      spill_at_(std::max<std::uint64_t>(space.memory() / 4 / sizeof(Entry), 1024)),
      part_pairs_(std::clamp(space.memory() / kBytesAPair, kMinPartPairs, kMaxPartPairs)) {
  compact_at_ = std::min(compact_at_, spill_at_);
}

void PairSet::add(std::uint32_t a, std::uint32_t b) {
  assert(a != b);
  if (entries_.size() >= compact_at_) compact();
  entries_.push_back({{std::min(a, b), std::max(a, b)}, 1});
}

void PairSet::leave_out(const NodePair& pair) {
  if (entries_.size() >= compact_at_) compact();
  entries_.push_back({pair, kLeftOut});
}

void PairSet::add_group(std::span<const std::uint32_t> nodes, std::size_t limit,
                        std::span<const std::uint32_t> rank) {
  if (nodes.size() < 2) return;
  if (nodes.size() <= limit) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      for (std::size_t j = i + 1; j < nodes.size(); ++j) add(nodes[i], nodes[j]);
    }
    return;
  }
  const std::uint32_t centre =
      *std::min_element(nodes.begin(), nodes.end(),
                        [&](std::uint32_t x, std::uint32_t y) { return rank[x] < rank[y]; });
  for (const std::uint32_t node : nodes) {
    if (node != centre) add(centre, node);
  }
}

Result<void> PairSet::unite_frequent(std::uint32_t times, UnionFind& sets) {
  return for_each_entries([&](std::span<const Entry> entries) {
    for (const Entry& entry : entries) {
      if ((entry.times & ~kLeftOut) >= times) sets.unite(entry.pair.a, entry.pair.b);
    }
    return Result<void>();
  });
}

Result<void> PairSet::for_each_part(
    const std::function<Result<void>(std::span<const NodePair>)>& take) {
  std::vector<NodePair> pairs;
  return for_each_entries([&](std::span<const Entry> entries) -> Result<void> {
    for (std::size_t begin = 0; begin < entries.size(); begin += part_pairs_) {
      const std::span<const Entry> some =
          entries.subspan(begin, std::min(part_pairs_, entries.size() - begin));
      pairs.clear();
      for (const Entry& entry : some) {
        if ((entry.times & kLeftOut) == 0) pairs.push_back(entry.pair);
      }
      if (!pairs.empty()) COPYDESK_RETURN_IF_ERROR(take(pairs));
    }
    return {};
  });
}

Result<void> PairSet::for_each_entries(
    const std::function<Result<void>(std::span<const Entry>)>& take) {
  if (!file_) {
    compact();
    if (!file_) return take(entries_);
  }
  COPYDESK_RETURN_IF_ERROR(spilled_);
  COPYDESK_RETURN_IF_ERROR(spill());
  COPYDESK_RETURN_IF_ERROR(file_->finish());
  std::vector<Entry> entries;
  for (std::size_t part = 0; part < file_->partitions(); ++part) {
    entries.resize(file_->records<Entry>(part));
    COPYDESK_RETURN_IF_ERROR(file_->read_records(part, 0, std::span<Entry>(entries)));
    merge(entries);
    COPYDESK_RETURN_IF_ERROR(take(entries));
  }
  return {};
}

void PairSet::merge(std::vector<Entry>& entries) {
  std::sort(entries.begin(), entries.end(),
            [](const Entry& x, const Entry& y) { return x.pair < y.pair; });
  std::size_t kept = 0;
  for (const Entry& entry : entries) {
    if (kept > 0 && entries[kept - 1].pair == entry.pair) {
      const std::uint32_t flag = (entries[kept - 1].times | entry.times) & kLeftOut;
      entries[kept - 1].times = flag | ((entries[kept - 1].times + entry.times) & ~kLeftOut);
    } else {
      entries[kept++] = entry;
    }
  }
  entries.resize(kept);
}

void PairSet::compact() {
  merge(entries_);
  if (space_ != nullptr && 2 * entries_.size() > spill_at_) {
    if (spilled_.ok()) spilled_ = spill();
    entries_.clear();
  }
  compact_at_ = std::max(kFirstCompaction, 2 * entries_.size());
  if (space_ != nullptr) compact_at_ = std::min(compact_at_, spill_at_);
}

Result<void> PairSet::spill() {
  if (!file_) file_ = space_->make_file("candidates", kSpilledParts);
  const std::size_t width = (nodes_ + kSpilledParts - 1) / kSpilledParts;
  for (const Entry& entry : entries_) {
    COPYDESK_RETURN_IF_ERROR(file_->append_record(entry.pair.a / width, entry));
  }
  entries_.clear();
  return {};
}

void pair_by_band(std::vector<Posting>& postings, std::size_t limit,
                  std::span<const std::uint32_t> rank, PairSet& pairs) {
  sort_unique(postings);
  for_each_key(postings, [&](std::uint64_t /*key*/, std::span<const std::uint32_t> nodes) {
    pairs.add_group(nodes, limit, rank);
  });
}

void pair_by_fingerprint(std::vector<Posting>& postings, const FingerprintCaps& caps,
                         const NodeTraits& traits, PairSet& pairs, FingerprintCounts& counts) {
  sort_unique(postings);
  std::vector<std::uint32_t> families;
  std::vector<std::uint32_t> heads;  // of families, the node of the lowest rank
  std::vector<Holder> holders;
  std::vector<std::uint32_t> full;
  for_each_key(postings, [&](std::uint64_t key, std::span<const std::uint32_t> nodes) {
    ++counts.distinct;
    if (nodes.size() < 2) return;
    full.clear();
    if (nodes.size() > caps.of_outlet) {
      holders.clear();
      for (const std::uint32_t node : nodes) {
        holders.push_back({traits.outlet[node], traits.family[node]});
      }
      sort_unique(holders);
      find_full(holders, caps.of_outlet, full);
    }
    if (nodes.size() > caps.everywhere) {
      families.clear();
      for (const std::uint32_t node : nodes) families.push_back(traits.family[node]);
      sort_unique(families);
      if (families.size() > caps.everywhere) {
        counts.stock.add(key);
        return;
      }
      heads.assign(nodes.begin(), nodes.end());
      std::sort(heads.begin(), heads.end(), [&](std::uint32_t x, std::uint32_t y) {
        return traits.family[x] != traits.family[y] ? traits.family[x] < traits.family[y]
                                                    : traits.rank[x] < traits.rank[y];
      });
      heads.erase(std::unique(heads.begin(), heads.end(),
                              [&](std::uint32_t x, std::uint32_t y) {
                                return traits.family[x] == traits.family[y];
                              }),
                  heads.end());
      nodes = heads;
    }
    for (const std::uint32_t outlet : full) counts.stock.add(key, traits.outlet_hash[outlet]);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      for (std::size_t j = i + 1; j < nodes.size(); ++j) {
        const std::uint32_t outlet = traits.outlet[nodes[i]];
        const bool is_stock = outlet == traits.outlet[nodes[j]] &&
                              std::binary_search(full.begin(), full.end(), outlet);
        if (!is_stock) pairs.add(nodes[i], nodes[j]);
      }
    }
  });
}

}  // namespace copydesk::reuse
