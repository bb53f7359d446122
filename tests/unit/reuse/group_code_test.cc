#include "reuse/group_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace copydesk::reuse {
namespace {

using ::testing::ElementsAre;

TEST(GroupCode, NewGroupsAreNaughtAndOthersTheStepsBack) {
  const std::vector<std::uint32_t> groups = {0, 0, 1, 2, 1, 0, 3, 2};
  std::vector<std::uint64_t> codes;
  GroupCode encoder;
  for (const std::uint32_t group : groups) codes.push_back(encoder.encode(group));
  EXPECT_THAT(codes, ElementsAre(0, 1, 0, 0, 2, 3, 0, 2));
  EXPECT_EQ(encoder.size(), 4U);

  GroupCode decoder;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Result<std::uint32_t> group = decoder.decode(codes[i]);
    ASSERT_TRUE(group.ok());
    EXPECT_EQ(*group, groups[i]);
  }
  EXPECT_EQ(decoder.size(), 4U);
}

TEST(GroupCode, AGroupBelowAtAndAboveTheFirst) {
  for (const auto& [code, fine] : {std::pair<std::uint64_t, bool>{1, true},
                                   {2, true},
                                   {3, false},
                                   {(std::uint64_t{1} << 32U) + 1, false}}) {
    GroupCode decoder;
    ASSERT_TRUE(decoder.decode(0).ok());
    ASSERT_TRUE(decoder.decode(0).ok());
    const Result<std::uint32_t> group = decoder.decode(code);
    ASSERT_EQ(group.ok(), fine) << code;
    if (!fine) {
      EXPECT_EQ(group.error().code, ErrorCode::kCorrupt);
    }
  }
}

}  // namespace
}  // namespace copydesk::reuse
