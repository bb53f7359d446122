#include "reuse/bands.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <iterator>

namespace copydesk::reuse {

Bands choose_bands(double threshold, double recall) {
  assert(threshold > 0 && threshold <= 1 && recall > 0 && recall <= 1);
  constexpr int kSize = static_cast<int>(kSketchSize);
  Bands best{kSize / kMinRows, kMinRows};
  for (int rows = kMinRows + 1; rows <= kSize; ++rows) {
    const Bands bands{kSize / rows, rows};
    if (candidate_probability(bands, threshold) < recall) break;
    best = bands;
  }
  return best;
}

double candidate_probability(Bands bands, double jaccard) {
  return 1 - std::pow(1 - std::pow(jaccard, bands.rows), bands.bands);
}

std::uint32_t expected_shared(Bands bands, double jaccard) {
  return static_cast<std::uint32_t>(
      std::max(1.0, std::round(bands.bands * std::pow(jaccard, bands.rows))));
}

std::string describe_curve(Bands bands) {
  std::string text = fmt::format(
      "{} bands of {} rows; probability to become a candidate:", bands.bands, bands.rows);
  for (const double jaccard : std::array{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9}) {
    fmt::format_to(std::back_inserter(text), " J={:.1f}: {:.3f}{}", jaccard,
                   candidate_probability(bands, jaccard), jaccard < 0.85 ? "," : "");
  }
  return text;
}

void band_keys(const Sketch& sketch, Bands bands, std::vector<std::uint64_t>& out) {
  out.clear();
  // Either all bins are empty or none is.
  if (sketch[0] == kEmptyBin) return;
  std::size_t bin = 0;
  for (int band = 0; band < bands.bands; ++band) {
    auto key = static_cast<std::uint64_t>(band + 1) * 0x9E3779B97F4A7C15;
    for (int row = 0; row < bands.rows; ++row) {
      key ^= sketch[bin++];
      key *= 0xD6E8FEB86659FD93;
      key ^= key >> 32;
    }
    out.push_back(key);
  }
}

}  // namespace copydesk::reuse
