#include "cleaning/zones.h"

#include <algorithm>

namespace copydesk::cleaning {

Zone best_zone(std::span<const std::int64_t> gains) {
  Zone best;
  std::int64_t most = 0;
  std::int64_t sum = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < gains.size(); ++i) {
    if (sum <= 0) {
      sum = 0;
      begin = i;
    }
    sum += gains[i];
    if (sum > most) {
      most = sum;
      best = {begin, i + 1};
    }
  }
  return best;
}

std::int64_t gain_of(LineWeight weight, std::uint64_t bytes, std::int64_t interruption) {
  const std::int64_t gain =
      static_cast<std::int64_t>(std::min(bytes, static_cast<std::uint64_t>(kMostGain)));
  switch (weight) {
    case LineWeight::kBody:
      return gain;
    case LineWeight::kSentence:
      return gain / 2;
    case LineWeight::kOther:
      break;
  }
  return -interruption;
}

}  // namespace copydesk::cleaning
