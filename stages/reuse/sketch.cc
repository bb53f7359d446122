#include "reuse/sketch.h"

#include <algorithm>

namespace copydesk::reuse {
namespace {

constexpr int kPlaceBits = 56;
constexpr int kBinBits = 7;
static_assert(kSketchSize == 1U << kBinBits, "a dart's bin is the top bits of its hash");

// An independent hash of an element for each round.
std::uint64_t dart(std::uint64_t element, std::uint32_t round) {
  std::uint64_t x = element + (round + 1) * 0x9E3779B97F4A7C15;
  x ^= x >> 32;
  x *= 0xD6E8FEB86659FD93;
  x ^= x >> 32;
  x *= 0xD6E8FEB86659FD93;
  return x;
}

// The bin's value: an earlier round is smaller, whatever the place. The place is the bits below
// those of the bin; the lowest ones, which a multiplication mixes least, are left out.
std::uint64_t value(std::uint64_t hash, std::uint32_t round) {
  return std::uint64_t{round} << kPlaceBits | (hash << kBinBits) >> (64 - kPlaceBits);
}

}  // namespace

void sketch_shingles(std::span<const std::uint64_t> elements, Sketch& sketch) {
  sketch.fill(kEmptyBin);
  if (elements.empty()) return;
  std::size_t empty = kSketchSize;
  const auto put = [&](std::size_t bin, std::uint64_t dart_value) {
    if (sketch[bin] == kEmptyBin) --empty;
    sketch[bin] = std::min(sketch[bin], dart_value);
  };

  for (std::uint32_t round = 0; round < kSketchSize && empty > 0; ++round) {
    for (const std::uint64_t element : elements) {
      const std::uint64_t hash = dart(element, round);
      put(hash >> (64 - kBinBits), value(hash, round));
    }
  }
  for (std::uint32_t bin = 0; bin < kSketchSize && empty > 0; ++bin) {
    const auto round = static_cast<std::uint32_t>(bin + kSketchSize);
    for (const std::uint64_t element : elements) put(bin, value(dart(element, round), round));
  }
}

double estimate_jaccard(const Sketch& a, const Sketch& b) {
  int agree = 0;
  for (std::size_t i = 0; i < kSketchSize; ++i) agree += a[i] == b[i] && a[i] != kEmptyBin ? 1 : 0;
  return static_cast<double>(agree) / static_cast<double>(kSketchSize);
}

}  // namespace copydesk::reuse
