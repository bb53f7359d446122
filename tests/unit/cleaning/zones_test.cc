#include "cleaning/zones.h"

#include <gtest/gtest.h>

#include <vector>

namespace copydesk::cleaning {
namespace {

using Gains = std::vector<std::int64_t>;

void expect_zone(const Gains& gains, std::size_t begin, std::size_t end) {
  const Zone zone = best_zone(gains);
  EXPECT_EQ(zone.begin, begin);
  EXPECT_EQ(zone.end, end);
}

TEST(BestZone, IsEmptyWhereNothingGains) {
  EXPECT_TRUE(best_zone({}).empty());
  EXPECT_TRUE(best_zone(Gains{-1, 0, -3}).empty());
}

TEST(BestZone, BridgesWhatCostsLessThanItGains) {
  expect_zone({5, -4, 5}, 0, 3);
  expect_zone({5, -5, 5}, 0, 1);  // the first of equals
  expect_zone({5, -6, 6}, 2, 3);
}

TEST(BestZone, LeavesTheEndsThatCost) { expect_zone({-1, 3, -1, 3, -1}, 1, 4); }

TEST(Zone, HoldsItsLines) {
  const Zone zone{2, 4};
  EXPECT_FALSE(zone.holds(1));
  EXPECT_TRUE(zone.holds(2));
  EXPECT_TRUE(zone.holds(3));
  EXPECT_FALSE(zone.holds(4));
}

TEST(GainOf, CountsBytesUpToALimit) {
  EXPECT_EQ(gain_of(LineWeight::kBody, 399, 160), 399);
  EXPECT_EQ(gain_of(LineWeight::kBody, 400, 160), 400);
  EXPECT_EQ(gain_of(LineWeight::kBody, 401, 160), 400);
  EXPECT_EQ(gain_of(LineWeight::kSentence, 50, 160), 25);
  EXPECT_EQ(gain_of(LineWeight::kOther, 5000, 160), -160);
}

}  // namespace
}  // namespace copydesk::cleaning
