#include "reuse/stock.h"

#include <xxhash.h>

#include <algorithm>

namespace copydesk::reuse {
namespace {

std::uint64_t mixed(std::uint64_t fingerprint, std::uint64_t outlet) {
  std::uint64_t x = fingerprint ^ outlet;
  x ^= x >> 32;
  return x * 0x9E3779B97F4A7C15;
}

}  // namespace

std::uint64_t outlet_hash(std::string_view name) {
  return name.empty() ? 0 : XXH3_64bits(name.data(), name.size()) | 1;
}

void StockLanguage::add(std::uint64_t fingerprint, std::uint64_t outlet) {
  of_outlets_.push_back(mixed(fingerprint, outlet));
}

void StockLanguage::sort() {
  std::sort(everywhere_.begin(), everywhere_.end());
  std::sort(of_outlets_.begin(), of_outlets_.end());
}

bool StockLanguage::contains(std::uint64_t fingerprint, std::uint64_t common_outlet) const {
  if (std::binary_search(everywhere_.begin(), everywhere_.end(), fingerprint)) return true;
  return common_outlet != 0 && std::binary_search(of_outlets_.begin(), of_outlets_.end(),
                                                  mixed(fingerprint, common_outlet));
}

}  // namespace copydesk::reuse
