#include "cleaning/convolve.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

namespace copydesk::cleaning {
namespace {

TEST(SumBlock, AddsWeighedRowsToTheBias) {
  std::array<float, kSumBlock> bias{};
  bias[0] = 1;
  bias[2] = -9;
  std::vector<float> weights(2 * kSumBlock, 0.5F);
  weights[kSumBlock + 1] = 3;
  const std::array<float, 2> row = {2, 4};
  const WeighedRow rows{row, weights.data()};
  std::array<float, kSumBlock> out{};
  sum_block(bias.data(), {&rows, 1}, kSumBlock, out.data());
  EXPECT_EQ(out[0], 4.0F);   // 1 + 2 * .5 + 4 * .5
  EXPECT_EQ(out[1], 13.0F);  // 0 + 2 * .5 + 4 * 3
  EXPECT_EQ(out[2], 0.0F);   // below zero
  EXPECT_EQ(out[15], 3.0F);
  sum_block(bias.data(), {}, kSumBlock, out.data());
  EXPECT_EQ(out[0], 1.0F);
}

// The same bits, whatever the width of the machine's vectors.
TEST(SumBlock, AgreesWithItsScalarTwin) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  for (int round = 0; round < 500; ++round) {
    const std::size_t stride = kSumBlock * (1 + random() % 3);
    std::vector<float> bias(kSumBlock);
    for (float& value : bias) value = normal(random);
    std::vector<std::vector<float>> values(random() % 5);
    std::vector<std::vector<float>> weights(values.size());
    std::vector<WeighedRow> rows;
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i].resize(random() % 40);
      weights[i].resize((values[i].size() + 1) * stride);
      for (float& value : values[i]) value = normal(random);
      for (float& weight : weights[i]) weight = normal(random);
      rows.push_back({values[i], weights[i].data()});
    }
    std::array<float, kSumBlock> fast{};
    std::array<float, kSumBlock> slow{};
    sum_block(bias.data(), rows, stride, fast.data());
    sum_block_scalar(bias.data(), rows, stride, slow.data());
    ASSERT_EQ(fast, slow);
  }
}

}  // namespace
}  // namespace copydesk::cleaning
