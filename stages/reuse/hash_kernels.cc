#include "reuse/hash_kernels.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstddef>
#include <utility>

// This file is compiled once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reuse/hash_kernels.cc"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#ifndef COPYDESK_STAGES_REUSE_HASH_KERNELS_SHARED_
#define COPYDESK_STAGES_REUSE_HASH_KERNELS_SHARED_

namespace copydesk::reuse {
namespace {

// Coprime to 64, so that every place in a gram of up to 64 words has a rotation of its own.
constexpr int kRotation = 11;
constexpr std::uint64_t kGramFactor = 0x9E3779B97F4A7C15;
constexpr std::uint64_t kRoundStep = 0x9E3779B97F4A7C15;
constexpr std::uint64_t kDartFactor = 0xD6E8FEB86659FD93;

[[maybe_unused]] inline std::uint64_t finish_gram(std::uint64_t x) {
  x ^= x >> 32;
  x *= kGramFactor;
  return x ^ (x >> 29);
}

using Bins = std::array<std::uint64_t, 1U << kBinBits>;

// An independent hash of an element for each round; `step`: (round + 1) * kRoundStep.
[[maybe_unused]] inline std::uint64_t dart(std::uint64_t element, std::uint64_t step) {
  std::uint64_t x = element + step;
  x ^= x >> 32;
  x *= kDartFactor;
  x ^= x >> 32;
  x *= kDartFactor;
  return x;
}

[[maybe_unused]] inline bool hits(std::uint64_t hash, const BinSet& open) {
  const std::uint64_t bin = hash >> (64 - kBinBits);
  return (open[bin >> 6] >> (bin & 63) & 1) != 0;
}

// Rolls on from word to word.
[[maybe_unused]] inline void roll_grams(std::span<const text::Word> words, int n,
                                        std::uint64_t* out) {
  const auto size = static_cast<std::size_t>(n);
  std::uint64_t gram = 0;
  for (std::size_t i = 0; i + 1 < size; ++i) gram = std::rotl(gram, kRotation) ^ words[i].hash;
  const int leaving = kRotation * (n - 1) % 64;
  for (std::size_t last = size - 1; last < words.size(); ++last) {
    gram = std::rotl(gram, kRotation) ^ words[last].hash;
    *out++ = finish_gram(gram);
    gram ^= std::rotl(words[last + 1 - size].hash, leaving);
  }
}

}  // namespace
}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_HASH_KERNELS_SHARED_

HWY_BEFORE_NAMESPACE();
namespace copydesk::reuse {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL

using Eight = hn::FixedTag<std::uint64_t, 8>;
using Vector = hn::Vec<Eight>;
constexpr std::size_t kLanes = 8;

// As hn::Compress(), of which GCC 12 copies a table of 2 KB to the stack each time.
HWY_INLINE Vector compressed(Vector v, hn::Mask<Eight> mask) {
  return Vector{_mm512_maskz_compress_epi64(mask.raw, v.raw)};
}

HWY_INLINE Vector hashes_of(const text::Word* words) {
  static_assert(sizeof(text::Word) == 16 && offsetof(text::Word, hash) == 8);
  const Eight d;
  const auto* const halves = reinterpret_cast<const std::uint64_t*>(words);
  return hn::ConcatOdd(d, hn::LoadU(d, halves + kLanes), hn::LoadU(d, halves));
}

// What the words `kAhead` places behind the first eight add to grams of kSize words.
template <int kSize, int kAhead>
HWY_INLINE Vector turned(Vector first, Vector next) {
  constexpr int kLeft = kRotation * (kSize - 1 - kAhead) % 64;
  Vector hash = first;
  if constexpr (kAhead > 0) hash = Vector{_mm512_alignr_epi64(next.raw, first.raw, kAhead)};
  if constexpr (kLeft > 0) hash = hn::RotateRight<64 - kLeft>(hash);
  return hash;
}

template <int kSize, int... kAhead>
HWY_INLINE Vector grams_of(Vector first, Vector next, std::integer_sequence<int, kAhead...>) {
  Vector gram = hn::Zero(Eight());
  ((gram = hn::Xor(gram, turned<kSize, kAhead>(first, next))), ...);
  return gram;
}

// Eight grams at once, not rolled: rolling on is a chain.
template <int kSize>
void grams_in_eights(std::span<const text::Word> words, std::uint64_t* out) {
  static_assert(kSize <= static_cast<int>(kLanes));
  const Eight d;
  std::size_t at = 0;
  if (words.size() >= 2 * kLanes) {
    Vector first = hashes_of(words.data());
    for (; at + 2 * kLanes <= words.size(); at += kLanes) {
      const Vector next = hashes_of(words.data() + at + kLanes);
      Vector x = grams_of<kSize>(first, next, std::make_integer_sequence<int, kSize>());
      x = hn::Xor(x, hn::ShiftRight<32>(x));
      x = hn::Mul(x, hn::Set(d, kGramFactor));
      hn::StoreU(hn::Xor(x, hn::ShiftRight<29>(x)), d, out + at);
      first = next;
    }
  }
  if (words.size() - at >= kSize) roll_grams(words.subspan(at), kSize, out + at);
}

void grams(std::span<const text::Word> words, int n, std::uint64_t* out) {
  if (n == 5) return grams_in_eights<5>(words, out);
  if (n == 8) return grams_in_eights<8>(words, out);
  roll_grams(words, n, out);
}

// dart() of each.
HWY_INLINE Vector darts_of(Vector elements, std::uint64_t step) {
  const Eight d;
  const auto factor = hn::Set(d, kDartFactor);
  auto x = hn::Add(elements, hn::Set(d, step));
  x = hn::Xor(x, hn::ShiftRight<32>(x));
  x = hn::Mul(x, factor);
  x = hn::Xor(x, hn::ShiftRight<32>(x));
  return hn::Mul(x, factor);
}

std::size_t darts(std::span<const std::uint64_t> elements, std::uint32_t round, const BinSet& open,
                  std::uint64_t* out) {
  const Eight d;
  const std::uint64_t step = (round + std::uint64_t{1}) * kRoundStep;
  const auto low = hn::Set(d, open[0]);
  const auto high = hn::Set(d, open[1]);
  const auto low_bits = hn::Set(d, 63);
  const auto sixty_four = hn::Set(d, 64);
  const auto one = hn::Set(d, 1);
  std::size_t count = 0;
  std::size_t at = 0;
  for (; at + kLanes <= elements.size(); at += kLanes) {
    const auto x = darts_of(hn::LoadU(d, elements.data() + at), step);
    const auto bin = hn::ShiftRight<64 - kBinBits>(x);
    const auto set = hn::IfThenElse(hn::TestBit(bin, sixty_four), high, low);
    const auto hit = hn::TestBit(hn::Shr(set, hn::And(bin, low_bits)), one);
    hn::StoreU(compressed(x, hit), d, out + count);
    count += hn::CountTrue(d, hit);
  }
  for (; at < elements.size(); ++at) {
    out[count] = dart(elements[at], step);
    count += hits(out[count], open) ? 1 : 0;
  }
  return count;
}

BinSet first(std::span<const std::uint64_t> elements, std::uint64_t empty, Bins& bins) {
  const Eight d;
  const auto empties = hn::Set(d, empty);
  for (std::size_t i = 0; i < bins.size(); i += kLanes) hn::StoreU(empties, d, bins.data() + i);
  const auto put = [&](std::uint64_t hash) {
    std::uint64_t& bin = bins[hash >> (64 - kBinBits)];
    bin = std::min(bin, dart_place(hash));
  };
  std::size_t at = 0;
  alignas(64) std::array<std::uint64_t, kLanes> hashes;
  for (; at + kLanes <= elements.size(); at += kLanes) {
    hn::Store(darts_of(hn::LoadU(d, elements.data() + at), kRoundStep), d, hashes.data());
    for (const std::uint64_t hash : hashes) put(hash);
  }
  for (; at < elements.size(); ++at) put(dart(elements[at], kRoundStep));

  std::array<std::uint8_t, sizeof(BinSet)> bits;
  for (std::size_t i = 0; i < bins.size(); i += kLanes) {
    hn::StoreMaskBits(d, hn::Eq(hn::LoadU(d, bins.data() + i), empties), &bits[i / 8]);
  }
  return std::bit_cast<BinSet>(bits);
}

#else

BinSet first(std::span<const std::uint64_t> elements, std::uint64_t empty, Bins& bins) {
  return first_round_scalar(elements, empty, bins);
}

void grams(std::span<const text::Word> words, int n, std::uint64_t* out) {
  roll_grams(words, n, out);
}

std::size_t darts(std::span<const std::uint64_t> elements, std::uint32_t round, const BinSet& open,
                  std::uint64_t* out) {
  const std::uint64_t step = (round + std::uint64_t{1}) * kRoundStep;
  std::size_t count = 0;
  for (const std::uint64_t element : elements) {
    out[count] = dart(element, step);
    count += hits(out[count], open) ? 1 : 0;
  }
  return count;
}

#endif

// minima[i] = min(minima[i], minima[i + ahead]) for i < count.
void fold_minima(std::uint64_t* minima, std::size_t count, std::size_t ahead) {
  const hn::CappedTag<std::uint64_t, 8> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    hn::StoreU(hn::Min(hn::LoadU(d, minima + i), hn::LoadU(d, minima + i + ahead)), d, minima + i);
  }
  for (; i < count; ++i) minima[i] = std::min(minima[i], minima[i + ahead]);
}

std::size_t minima(std::span<const std::uint64_t> values, std::size_t window, std::uint64_t* minima,
                   std::uint32_t* ends) {
  // Of twice as many values each time.
  std::copy(values.begin(), values.end(), minima);
  std::size_t width = 1;
  for (; 2 * width <= window; width *= 2) {
    fold_minima(minima, values.size() - 2 * width + 1, width);
  }
  const std::size_t windows = values.size() - window + 1;
  if (width < window) fold_minima(minima, windows, window - width);

  // The rightmost of equals: it moves when another value is the smallest, or an equal one comes in.
  const std::uint64_t* const last = values.data() + (window - 1);
  std::size_t count = 0;
  ends[count++] = static_cast<std::uint32_t>(window - 1);
  std::size_t at = 1;
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  const Eight d;
  const hn::Rebind<std::uint32_t, Eight> d32;
  for (; at + kLanes <= windows; at += kLanes) {
    const auto smallest = hn::LoadU(d, minima + at);
    const auto moves = hn::Or(hn::Ne(smallest, hn::LoadU(d, minima + at - 1)),
                              hn::Eq(smallest, hn::LoadU(d, last + at)));
    const auto places = hn::Iota(d, at + window - 1);
    hn::StoreU(hn::TruncateTo(d32, compressed(places, moves)), d32, ends + count);
    count += hn::CountTrue(d, moves);
  }
#endif
  for (; at < windows; ++at) {
    ends[count] = static_cast<std::uint32_t>(at + window - 1);
    count += minima[at] != minima[at - 1] || last[at] == minima[at] ? 1 : 0;
  }
  return count;
}

}  // namespace HWY_NAMESPACE
}  // namespace copydesk::reuse
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace copydesk::reuse {

HWY_EXPORT(grams);
HWY_EXPORT(darts);
HWY_EXPORT(minima);
HWY_EXPORT(first);

void gram_hashes(std::span<const text::Word> words, int n, std::uint64_t* out) {
  assert(n >= 1 && static_cast<std::size_t>(n) <= words.size());
  HWY_DYNAMIC_DISPATCH(grams)(words, n, out);
}

std::size_t throw_darts(std::span<const std::uint64_t> elements, std::uint32_t round,
                        const BinSet& open, std::uint64_t* out) {
  return HWY_DYNAMIC_DISPATCH(darts)(elements, round, open, out);
}

std::size_t find_minima(std::span<const std::uint64_t> values, std::size_t window,
                        std::uint64_t* minima, std::uint32_t* ends) {
  assert(window >= 1 && window <= values.size());
  return HWY_DYNAMIC_DISPATCH(minima)(values, window, minima, ends);
}

BinSet first_round(std::span<const std::uint64_t> elements, std::uint64_t empty, Bins& bins) {
  return HWY_DYNAMIC_DISPATCH(first)(elements, empty, bins);
}

BinSet first_round_scalar(std::span<const std::uint64_t> elements, std::uint64_t empty,
                          Bins& bins) {
  bins.fill(empty);
  for (const std::uint64_t element : elements) {
    const std::uint64_t hash = dart(element, kRoundStep);
    std::uint64_t& bin = bins[hash >> (64 - kBinBits)];
    bin = std::min(bin, dart_place(hash));
  }
  BinSet open{};
  for (std::size_t bin = 0; bin < bins.size(); ++bin) {
    open[bin / 64] |= std::uint64_t{bins[bin] == empty ? 1U : 0U} << bin % 64;
  }
  return open;
}

void gram_hashes_scalar(std::span<const text::Word> words, int n, std::uint64_t* out) {
  const auto size = static_cast<std::size_t>(n);
  for (std::size_t first = 0; first + size <= words.size(); ++first) {
    std::uint64_t gram = 0;
    for (std::size_t i = 0; i < size; ++i) {
      gram = std::rotl(gram, kRotation) ^ words[first + i].hash;
    }
    out[first] = finish_gram(gram);
  }
}

std::size_t throw_darts_scalar(std::span<const std::uint64_t> elements, std::uint32_t round,
                               const BinSet& open, std::uint64_t* out) {
  std::size_t count = 0;
  for (const std::uint64_t element : elements) {
    const std::uint64_t hash = dart(element, (round + std::uint64_t{1}) * kRoundStep);
    if (hits(hash, open)) out[count++] = hash;
  }
  return count;
}

std::size_t find_minima_scalar(std::span<const std::uint64_t> values, std::size_t window,
                               std::uint64_t* minima, std::uint32_t* ends) {
  std::size_t count = 0;
  std::size_t before = values.size();
  for (std::size_t begin = 0; begin + window <= values.size(); ++begin) {
    std::size_t smallest = begin;
    for (std::size_t i = begin + 1; i < begin + window; ++i) {
      if (values[i] <= values[smallest]) smallest = i;
    }
    minima[begin] = values[smallest];
    if (smallest != before) ends[count++] = static_cast<std::uint32_t>(begin + window - 1);
    before = smallest;
  }
  return count;
}

}  // namespace copydesk::reuse
#endif  // HWY_ONCE
