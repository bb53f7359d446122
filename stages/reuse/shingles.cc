#include "reuse/shingles.h"

#include <algorithm>
#include <cassert>

#include "reuse/hash_kernels.h"

namespace copydesk::reuse {
void hash_grams(std::span<const text::Word> words, int n, std::vector<std::uint64_t>& out) {
  assert(n >= 1);
  const auto size = static_cast<std::size_t>(n);
  out.resize(words.size() < size ? 0 : words.size() - size + 1);
  if (!out.empty()) gram_hashes(words, n, out.data());
}

void shingle_words(std::span<const text::Word> words, std::vector<std::uint64_t>& out) {
  const int n = static_cast<int>(std::min<std::size_t>(words.size(), kShingleWords));
  if (n == 0) {
    out.clear();
    return;
  }
  hash_grams(words, n, out);
}

std::size_t count_shared(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
  std::size_t shared = 0;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    // Branch-free advance: which side is smaller is a coin toss.
    const std::uint64_t x = a[i];
    const std::uint64_t y = b[j];
    shared += x == y ? 1 : 0;
    i += x <= y ? 1 : 0;
    j += y <= x ? 1 : 0;
  }
  return shared;
}

}  // namespace copydesk::reuse
