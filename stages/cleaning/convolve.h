// The arithmetic of the line model: weighted sums of rows, with SIMD. Internal to line_model.cc.
//
// Every component is a sum of its own, taken in one order and rounded after each step, so the
// result has the same bits with vectors of any width and without.
#ifndef COPYDESK_CLEANING_CONVOLVE_H_
#define COPYDESK_CLEANING_CONVOLVE_H_

#include <cstddef>
#include <span>

namespace copydesk::cleaning {

// Components of a line are summed in blocks of so many, which fit the registers of any machine.
inline constexpr std::size_t kSumBlock = 16;

// Numbers of a row, and rows of weights for them: weight row k has kSumBlock numbers at
// weights + k * stride.
struct WeighedRow {
  std::span<const float> row;
  const float* weights = nullptr;
};

// Writes, for each of kSumBlock components, the bias and each row[k] times its weight added to it
// one after the other; 0 where that is less.
void sum_block(const float* bias, std::span<const WeighedRow> rows, std::size_t stride, float* out);
void sum_block_scalar(const float* bias, std::span<const WeighedRow> rows, std::size_t stride,
                      float* out);

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_CONVOLVE_H_
