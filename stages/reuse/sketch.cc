#include "reuse/sketch.h"

#include <algorithm>
#include <vector>

#include "reuse/hash_kernels.h"
#include "reuse/shingles.h"

namespace copydesk::reuse {
namespace {

constexpr int kPlaceBits = 56;
static_assert(kSketchSize == 1U << kBinBits, "a dart's bin is the top bits of its hash");

// The bin's value: an earlier round is smaller, whatever the place.
std::uint64_t value(std::uint64_t hash, std::uint32_t round) {
  return std::uint64_t{round} << kPlaceBits | dart_place(hash);
}

// Elements thrown at once: as many as lie in the innermost cache.
constexpr std::size_t kAtOnce = 256;
using Room = std::array<std::uint64_t, kAtOnce + kSpareDarts>;

// Calls each(elements, darts of them that hit a bin of `open`), and again for the next elements.
template <class Each>
void for_each_hit(std::span<const std::uint64_t> elements, std::uint32_t round, const BinSet& open,
                  Each each) {
  Room room;
  for (std::size_t at = 0; at < elements.size(); at += kAtOnce) {
    const auto some = elements.subspan(at, std::min(kAtOnce, elements.size() - at));
    const std::size_t hits = throw_darts(some, round, open, room.data());
    for (std::size_t i = 0; i < hits; ++i) each(room[i]);
  }
}

// As many darts are hardly ever needed to hit all bins, unless elements come again and again.
constexpr std::size_t kManyDarts = 8192;

}  // namespace

void sketch_shingles(std::span<const std::uint64_t> elements, Sketch& sketch) {
  BinSet open = first_round(elements, kEmptyBin, sketch);
  if (elements.empty()) return;
  std::vector<std::uint64_t> distinct;
  const auto any_open = [&] { return (open[0] | open[1]) != 0; };
  for (std::uint32_t round = 1; round < kSketchSize && any_open(); ++round) {
    if (round * elements.size() > kManyDarts && distinct.empty()) {
      distinct.assign(elements.begin(), elements.end());
      sort_unique(distinct);
      elements = distinct;
    }
    BinSet left = open;
    for_each_hit(elements, round, open, [&](std::uint64_t hash) {
      const std::uint64_t bin = hash >> (64 - kBinBits);
      sketch[bin] = std::min(sketch[bin], value(hash, round));
      left[bin / 64] &= ~(std::uint64_t{1} << bin % 64);
    });
    open = left;
  }
  constexpr BinSet kAll = {~std::uint64_t{0}, ~std::uint64_t{0}};
  for (std::uint32_t bin = 0; bin < kSketchSize && any_open(); ++bin) {
    if ((open[bin / 64] >> bin % 64 & 1) == 0) continue;
    const auto round = static_cast<std::uint32_t>(bin + kSketchSize);
    for_each_hit(elements, round, kAll, [&](std::uint64_t hash) {
      sketch[bin] = std::min(sketch[bin], value(hash, round));
    });
  }
}

double estimate_jaccard(const Sketch& a, const Sketch& b) {
  int agree = 0;
  for (std::size_t i = 0; i < kSketchSize; ++i) agree += a[i] == b[i] && a[i] != kEmptyBin ? 1 : 0;
  return static_cast<double>(agree) / static_cast<double>(kSketchSize);
}

}  // namespace copydesk::reuse
