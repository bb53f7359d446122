#include "reuse/stories_background.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace copydesk::reuse {
namespace {

#include "data/background_en.inc"

// Half of what a word of the table has at least: words below that are mostly names.
constexpr double kUnknownShare = kLeastDocuments / 2.0 / kDocuments;

using Entry = std::pair<std::uint32_t, float>;  // upper half of a word's hash, share

std::vector<Entry> make_table() {
  std::vector<Entry> table;
  table.reserve(std::size(kWords));
  std::size_t word = 0;
  int bucket = 0;
  for (const std::uint32_t size : kBucketSizes) {
    const double share = std::exp2(-static_cast<double>(bucket++) / kBucketsPerOctave);
    for (std::uint32_t i = 0; i < size; ++i) {
      table.emplace_back(kWords[word++], static_cast<float>(share));
    }
  }
  std::sort(table.begin(), table.end());
  return table;
}

}  // namespace

double background_share(std::uint64_t word) {
  static const std::vector<Entry> kTable = make_table();
  const auto half = static_cast<std::uint32_t>(word >> 32);
  const auto it = std::lower_bound(kTable.begin(), kTable.end(), Entry{half, 0.0F});
  return it != kTable.end() && it->first == half ? static_cast<double>(it->second) : kUnknownShare;
}

}  // namespace copydesk::reuse
