#include "reuse/subset.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace copydesk::reuse {
namespace {

TEST(Subset, NumbersItsMembersInOrder) {
  std::mt19937 rng(2);
  for (const std::uint32_t of : {1U, 63U, 64U, 65U, 1000U}) {
    Subset subset(of);
    std::set<std::uint32_t> members;
    for (std::uint32_t i = 0; i < of / 2 + 1; ++i) {
      const auto x = static_cast<std::uint32_t>(rng() % of);
      subset.add(x);
      members.insert(x);
    }
    subset.finish();
    EXPECT_EQ(subset.size(), members.size());
    std::uint32_t number = 0;
    for (std::uint32_t x = 0; x < of; ++x) {
      ASSERT_EQ(subset.contains(x), members.contains(x));
      if (!subset.contains(x)) continue;
      EXPECT_EQ(subset.number(x), number);
      ++number;
    }
  }
}

}  // namespace
}  // namespace copydesk::reuse
