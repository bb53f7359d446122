#include "reuse/fingerprints.h"

#include <algorithm>
#include <cassert>
#include <cstddef>

#include "reuse/shingles.h"

namespace copydesk::reuse {

void winnow(std::span<const text::Word> words, int guarantee, std::vector<Fingerprint>& out) {
  assert(guarantee >= kFingerprintWords);
  out.clear();
  std::vector<std::uint64_t> grams;
  hash_grams(words, kFingerprintWords, grams);
  if (grams.empty()) return;
  const std::size_t window =
      std::min(grams.size(), static_cast<std::size_t>(guarantee - kFingerprintWords + 1));

  // The smallest of each window, the rightmost of equals. It stays until it leaves the window or a
  // smaller one enters; a rescan happens once in about `window` / 2 steps.
  std::size_t smallest = 0;
  const auto rescan = [&](std::size_t begin, std::size_t end) {
    smallest = begin;
    for (std::size_t i = begin + 1; i < end; ++i) {
      if (grams[i] <= grams[smallest]) smallest = i;
    }
  };
  const auto keep = [&] { out.push_back({grams[smallest], static_cast<std::uint32_t>(smallest)}); };

  rescan(0, window);
  keep();
  for (std::size_t end = window + 1; end <= grams.size(); ++end) {
    const std::size_t begin = end - window;
    if (smallest < begin) {
      rescan(begin, end);
    } else if (grams[end - 1] <= grams[smallest]) {
      smallest = end - 1;
    } else {
      continue;
    }
    keep();
  }
}

}  // namespace copydesk::reuse
