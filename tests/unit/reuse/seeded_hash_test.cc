#include "reuse/seeded_hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

namespace copydesk::reuse {
namespace {

// The most keys in a slot of 2^15, by the first bits of their hashes.
std::uint32_t fullest(const std::vector<std::uint64_t>& keys, std::uint64_t factor) {
  std::vector<std::uint32_t> slots(1U << 15);
  for (const std::uint64_t key : keys) ++slots[spread_key(key, factor) >> 49];
  return *std::max_element(slots.begin(), slots.end());
}

// Keys that were chosen to meet in one slot of a table that goes by their first bits.
TEST(SeededHash, SpreadsKeysWithTheSameFirstBits) {
  std::vector<std::uint64_t> keys;
  std::uint64_t state = 1;
  for (int i = 0; i < 10'000; ++i) {
    state = state * 6364136223846793005 + 1442695040888963407;
    keys.push_back(0xABCDEULL << 44 | state >> 20);
  }
  EXPECT_EQ(fullest(keys, 1), 10'000U);
  EXPECT_LT(fullest(keys, slot_factor()), 100U);
}

// … or in one bucket of a std::unordered_set of the usual kind, which takes keys modulo a prime.
TEST(SeededHash, SpreadsKeysOfOneBucket) {
  constexpr std::size_t kKeys = 10'000;
  std::unordered_set<std::uint64_t> plain(kKeys);
  std::unordered_set<std::uint64_t, SeededHash> seeded(kKeys);
  const std::uint64_t buckets = plain.bucket_count();
  ASSERT_EQ(seeded.bucket_count(), buckets);
  for (std::uint64_t i = 1; i <= kKeys; ++i) {
    plain.insert(i * buckets);
    seeded.insert(i * buckets);
  }
  ASSERT_EQ(plain.bucket_count(), buckets);
  EXPECT_EQ(plain.bucket_size(0), kKeys);
  std::size_t most = 0;
  for (std::size_t i = 0; i < buckets; ++i) most = std::max(most, seeded.bucket_size(i));
  EXPECT_LT(most, 100U);
}

TEST(SeededHash, IsTheSameWhileTheProcessLives) {
  EXPECT_EQ(slot_factor(), slot_factor());
  EXPECT_EQ(slot_factor() % 2, 1U);
  EXPECT_EQ(SeededHash()(std::string_view("gazette.example")),
            SeededHash()(std::string("gazette.example")));
}

}  // namespace
}  // namespace copydesk::reuse
