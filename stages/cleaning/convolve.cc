#include "cleaning/convolve.h"

#include <algorithm>
#include <array>

// This file is compiled once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cleaning/convolve.cc"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace copydesk::cleaning {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void sum(const float* bias, std::span<const WeighedRow> rows, std::size_t stride, float* out) {
  // Eight at most: with two vectors the additions of one do not wait for those of the other.
  const hn::CappedTag<float, kSumBlock / 2> d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t at = 0; at < kSumBlock; at += 2 * lanes) {
    auto first = hn::LoadU(d, bias + at);
    auto second = hn::LoadU(d, bias + at + lanes);
    for (const WeighedRow& weighed : rows) {
      const float* weights = weighed.weights + at;
      for (const float value : weighed.row) {
        const auto factor = hn::Set(d, value);
        // No fused multiply-add, which would round differently.
        first = hn::Add(first, hn::Mul(factor, hn::LoadU(d, weights)));
        second = hn::Add(second, hn::Mul(factor, hn::LoadU(d, weights + lanes)));
        weights += stride;
      }
    }
    const auto zero = hn::Zero(d);
    hn::StoreU(hn::Max(first, zero), d, out + at);
    hn::StoreU(hn::Max(second, zero), d, out + at + lanes);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace copydesk::cleaning
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace copydesk::cleaning {

HWY_EXPORT(sum);

void sum_block(const float* bias, std::span<const WeighedRow> rows, std::size_t stride,
               float* out) {
  HWY_DYNAMIC_DISPATCH(sum)(bias, rows, stride, out);
}

void sum_block_scalar(const float* bias, std::span<const WeighedRow> rows, std::size_t stride,
                      float* out) {
  std::array<float, kSumBlock> sums;
  std::copy_n(bias, kSumBlock, sums.begin());
  for (const WeighedRow& weighed : rows) {
    for (std::size_t k = 0; k < weighed.row.size(); ++k) {
      for (std::size_t i = 0; i < kSumBlock; ++i) {
        sums[i] += weighed.row[k] * weighed.weights[k * stride + i];
      }
    }
  }
  for (std::size_t i = 0; i < kSumBlock; ++i) out[i] = std::max(sums[i], 0.0F);
}

}  // namespace copydesk::cleaning
#endif  // HWY_ONCE
