#include "reuse/shingles.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace copydesk::reuse {
namespace {

// Coprime to 64, so that every place in a gram of up to 64 words has a rotation of its own.
constexpr int kRotation = 11;

std::uint64_t finish(std::uint64_t x) {
  x ^= x >> 32;
  x *= 0x9E3779B97F4A7C15;
  return x ^ (x >> 29);
}

}  // namespace

void hash_grams(std::span<const text::Word> words, int n, std::vector<std::uint64_t>& out) {
  assert(n >= 1);
  out.clear();
  const auto size = static_cast<std::size_t>(n);
  if (words.size() < size) return;
  out.reserve(words.size() - size + 1);

  std::uint64_t gram = 0;
  for (std::size_t i = 0; i + 1 < size; ++i) gram = std::rotl(gram, kRotation) ^ words[i].hash;
  const int leaving = kRotation * (n - 1) % 64;
  for (std::size_t last = size - 1; last < words.size(); ++last) {
    gram = std::rotl(gram, kRotation) ^ words[last].hash;
    out.push_back(finish(gram));
    gram ^= std::rotl(words[last + 1 - size].hash, leaving);
  }
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
