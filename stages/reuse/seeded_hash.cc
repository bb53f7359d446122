#include "reuse/seeded_hash.h"

#include <sys/random.h>
#include <xxhash.h>

#include <chrono>

namespace copydesk::reuse {

std::uint64_t slot_factor() {
  static const std::uint64_t kFactor = [] {
    std::uint64_t drawn = 0;
    if (getrandom(&drawn, sizeof(drawn), GRND_NONBLOCK) != sizeof(drawn)) {
      // Early in the life of a machine there is no better one.
      const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
      drawn = XXH3_64bits(&now, sizeof(now));
    }
    return drawn | 1;
  }();
  return kFactor;
}

std::size_t SeededHash::operator()(std::string_view name) const {
  return XXH3_64bits_withSeed(name.data(), name.size(), factor);
}

}  // namespace copydesk::reuse
