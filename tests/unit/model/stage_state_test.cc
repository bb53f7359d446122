#include "copydesk/stage_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "support/state_bytes.h"

namespace copydesk {
namespace {

using testing::StateFromBytes;
using testing::StateToBytes;

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

std::string number(std::uint64_t value) {
  StateToBytes out;
  EXPECT_TRUE(out.number(value).ok());
  return out.written;
}

TEST(StageState, NumbersComeBackInFewBytes) {
  const std::vector<std::pair<std::uint64_t, std::size_t>> cases = {{0, 1},
                                                                    {1, 1},
                                                                    {127, 1},
                                                                    {128, 2},
                                                                    {16'383, 2},
                                                                    {16384, 3},
                                                                    {kMost >> 1U, 9},
                                                                    {kMost >> 1U, 9},
                                                                    {kMost - 1, 10},
                                                                    {kMost, 10},
                                                                    {std::uint64_t{1} << 63U, 10}};
  for (const auto& [value, size] : cases) {
    const std::string bytes = number(value);
    EXPECT_EQ(bytes.size(), size) << value;
    StateFromBytes in(bytes);
    const Result<std::uint64_t> back = in.number();
    ASSERT_TRUE(back.ok()) << value;
    EXPECT_EQ(*back, value);
    EXPECT_EQ(in.remaining(), 0U);
  }
}

TEST(StageState, RefusesNumbersThatAreNone) {
  const std::string max = number(kMost);
  for (const std::string& bytes :
       {std::string(), std::string("\x80"), max.substr(0, 9),  // cut
        std::string("\x80\0", 2),                              // more bytes than it takes
        max.substr(0, 9) + '\x02', max.substr(0, 9) + '\x81', std::string(11, '\xFF')}) {  // 2^64
    StateFromBytes in(bytes);
    const Result<std::uint64_t> value = in.number();
    ASSERT_FALSE(value.ok()) << bytes.size();
    EXPECT_EQ(value.error().code, ErrorCode::kCorrupt);
  }
}

TEST(StageState, BytesAndRecordsComeBack) {
  StateToBytes out;
  const std::vector<std::uint32_t> records = {1, 0, 0xFFFFFFFF};
  const std::string bytes("a\0b", 3);
  ASSERT_TRUE(out.bytes(bytes).ok());
  ASSERT_TRUE(out.bytes("").ok());
  ASSERT_TRUE(out.records(std::span<const std::uint32_t>(records)).ok());
  ASSERT_TRUE(out.records(std::span<const std::uint32_t>()).ok());
  EXPECT_EQ(out.written.size(), 4 + 1 + 13 + 1U);

  StateFromBytes in(out.written);
  std::string text = "old";
  std::vector<std::uint32_t> back = {7};
  ASSERT_TRUE(in.bytes(text).ok());
  EXPECT_EQ(text, bytes);
  ASSERT_TRUE(in.bytes(text).ok());
  EXPECT_EQ(text, "");
  ASSERT_TRUE(in.records(back).ok());
  EXPECT_EQ(back, records);
  ASSERT_TRUE(in.records(back).ok());
  EXPECT_TRUE(back.empty());
  EXPECT_EQ(in.remaining(), 0U);
}

// Nothing is allocated for what is not there.
TEST(StageState, SizesBelowAtAndAboveWhatIsLeft) {
  for (const auto& [size, fits] :
       {std::pair<std::uint64_t, bool>{23, true}, {24, true}, {25, false}, {kMost, false}}) {
    const std::string bytes = number(size) + std::string(24, 'x');
    std::string text;
    StateFromBytes in(bytes);
    const Result<void> read = in.bytes(text);
    ASSERT_EQ(read.ok(), fits) << size;
    if (!fits) {
      EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
    }
  }
  for (const auto& [size, fits] : {std::pair<std::uint64_t, bool>{2, true},
                                   {3, true},
                                   {4, false},
                                   {kMost / 8 + 2, false},
                                   {kMost, false}}) {
    const std::string bytes = number(size) + std::string(24, 'x');
    std::vector<std::uint64_t> records;
    StateFromBytes in(bytes);
    EXPECT_EQ(in.records(records).ok(), fits) << size;
    StateFromBytes counting(bytes);
    EXPECT_EQ(counting.count(8).ok(), fits) << size;
  }
}

}  // namespace
}  // namespace copydesk
