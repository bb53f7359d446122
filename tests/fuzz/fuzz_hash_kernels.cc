// The kernels over hashes give what their slow twins give, for any hashes.
#include <vector>

#include "copydesk/text/words.h"
#include "fuzz.h"
#include "reuse/hash_kernels.h"

namespace copydesk::reuse {
namespace {

using fuzz::require;

void compare_grams(std::span<const std::uint64_t> hashes, int n) {
  std::vector<text::Word> words;
  for (const std::uint64_t hash : hashes) words.push_back({0, 1, hash});
  if (words.size() < static_cast<std::size_t>(n)) return;
  std::vector<std::uint64_t> fast(words.size());
  std::vector<std::uint64_t> slow(words.size());
  gram_hashes(words, n, fast.data());
  gram_hashes_scalar(words, n, slow.data());
  require(fast == slow, "the same grams");
}

void compare_darts(std::span<const std::uint64_t> elements, std::uint32_t round) {
  const BinSet open = {elements.front(), elements.back()};
  std::vector<std::uint64_t> fast(elements.size() + kSpareDarts);
  std::vector<std::uint64_t> slow(fast.size());
  const std::size_t hits = throw_darts(elements, round, open, fast.data());
  require(hits == throw_darts_scalar(elements, round, open, slow.data()), "as many hits");
  fast.resize(hits);
  slow.resize(hits);
  require(fast == slow, "the same darts");

  std::array<std::uint64_t, 1U << kBinBits> fast_bins;
  std::array<std::uint64_t, 1U << kBinBits> slow_bins;
  require(first_round(elements, ~std::uint64_t{0}, fast_bins) ==
              first_round_scalar(elements, ~std::uint64_t{0}, slow_bins),
          "the same bins are empty");
  require(fast_bins == slow_bins, "the others hold the same");
}

void compare_minima(std::span<const std::uint64_t> values, std::size_t window) {
  if (window > values.size()) return;
  const std::size_t room = values.size() + kSpareMinima;
  std::vector<std::uint64_t> fast(room);
  std::vector<std::uint64_t> slow(room);
  std::vector<std::uint32_t> fast_ends(room);
  std::vector<std::uint32_t> slow_ends(room);
  const std::size_t ends = find_minima(values, window, fast.data(), fast_ends.data());
  require(ends == find_minima_scalar(values, window, slow.data(), slow_ends.data()),
          "as many ends");
  fast.resize(values.size() - window + 1);
  slow.resize(values.size() - window + 1);
  require(fast == slow, "the same minima");
  fast_ends.resize(ends);
  slow_ends.resize(ends);
  require(fast_ends == slow_ends, "the same ends");
}

}  // namespace
}  // namespace copydesk::reuse

// Two bytes choose sizes; each further one is a hash, so that equal ones are likely, or eight are.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::size_t width = (data[1] & 1) != 0 ? 8 : 1;
  std::vector<std::uint64_t> hashes;
  for (std::size_t at = 2; at < size; at += width) {
    std::uint64_t hash = 0;
    for (std::size_t i = at; i < at + width && i < size; ++i) hash = hash << 8 | data[i];
    hashes.push_back(hash);
  }
  copydesk::reuse::compare_grams(hashes, 1 + data[0] % 12);
  copydesk::reuse::compare_darts(hashes, data[0]);
  copydesk::reuse::compare_minima(hashes, 1U + data[1] % 64U);
  return 0;
}
