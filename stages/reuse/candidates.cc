#include "reuse/candidates.h"

#include <algorithm>
#include <cassert>

namespace copydesk::reuse {
namespace {

void sort_distinct(std::vector<Posting>& postings) {
  std::sort(postings.begin(), postings.end());
  postings.erase(std::unique(postings.begin(), postings.end()), postings.end());
}

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

}  // namespace

void PairSet::add(std::uint32_t a, std::uint32_t b) {
  assert(a != b);
  if (pairs_.size() >= compact_at_) compact();
  pairs_.push_back({std::min(a, b), std::max(a, b)});
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

std::vector<NodePair> PairSet::take() {
  compact();
  return std::move(pairs_);
}

void PairSet::compact() {
  std::sort(pairs_.begin(), pairs_.end());
  pairs_.erase(std::unique(pairs_.begin(), pairs_.end()), pairs_.end());
  compact_at_ = std::max(compact_at_, 2 * pairs_.size());
}

void pair_by_band(std::vector<Posting>& postings, std::size_t limit,
                  std::span<const std::uint32_t> rank, PairSet& pairs) {
  sort_distinct(postings);
  for_each_key(postings, [&](std::uint64_t /*key*/, std::span<const std::uint32_t> nodes) {
    pairs.add_group(nodes, limit, rank);
  });
}

FingerprintCounts pair_by_fingerprint(std::vector<Posting>& postings, std::size_t cap,
                                      PairSet& pairs) {
  sort_distinct(postings);
  FingerprintCounts counts;
  for_each_key(postings, [&](std::uint64_t key, std::span<const std::uint32_t> nodes) {
    ++counts.distinct;
    if (nodes.size() > cap) {
      counts.capped.push_back(key);
    } else {
      pairs.add_group(nodes, cap, {});
    }
  });
  return counts;
}

}  // namespace copydesk::reuse
