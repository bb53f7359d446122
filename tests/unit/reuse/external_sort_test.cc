#include "reuse/external_sort.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>

namespace copydesk::reuse {
namespace {

std::vector<std::uint64_t> sorted(std::uint64_t memory, const std::vector<std::uint64_t>& values) {
  ScratchSpace space;
  ExternalSort<std::uint64_t, std::less<>> sort(space, "sort", memory);
  for (const std::uint64_t value : values) EXPECT_TRUE(sort.add(value).ok());
  std::vector<std::uint64_t> out;
  EXPECT_TRUE(sort.drain([&](std::uint64_t value) {
                    out.push_back(value);
                    return Result<void>();
                  })
                  .ok());
  return out;
}

TEST(ExternalSort, OneRunOrMany) {
  std::mt19937_64 rng(3);
  // A run holds at least 1024 records, and a piece of a run 32768.
  for (const std::size_t size : {0U, 1U, 1023U, 1024U, 1025U, 100'000U}) {
    std::vector<std::uint64_t> values(size);
    for (std::uint64_t& value : values) value = rng() % 50'000;
    std::vector<std::uint64_t> expected = values;
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(sorted(0, values), expected) << size;
    EXPECT_EQ(sorted(8 * 40'000, values), expected) << size;
    EXPECT_EQ(sorted(1ULL << 40, values), expected) << size;
  }
}

TEST(ExternalSort, StopsAtAnError) {
  ScratchSpace space;
  ExternalSort<std::uint64_t, std::less<>> sort(space, "sort", 0);
  for (std::uint64_t i = 5000; i-- > 0;) ASSERT_TRUE(sort.add(i).ok());
  std::uint64_t taken = 0;
  const Result<void> result = sort.drain([&](std::uint64_t value) -> Result<void> {
    if (value == 3000) return Error{ErrorCode::kIo, "enough"};
    ++taken;
    return {};
  });
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message, "enough");
  EXPECT_EQ(taken, 3000U);
}

}  // namespace
}  // namespace copydesk::reuse
