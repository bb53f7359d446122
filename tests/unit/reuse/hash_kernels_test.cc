// The kernels against their slow twins: the same for every input, on each set of instructions.
#include "reuse/hash_kernels.h"

#include <gtest/gtest.h>

#define HWY_WANT_AVX3_DL 1
#include <hwy/targets.h>

#include <random>
#include <vector>

#include "reuse/fingerprints.h"
#include "reuse/shingles.h"
#include "reuse/sketch.h"

namespace copydesk::reuse {
namespace {

class HashKernels : public ::testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { hwy::SetSupportedTargetsForTest(GetParam()); }
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }

  // `count` values, of which there are `kinds`.
  std::vector<std::uint64_t> values(std::size_t count, std::uint64_t kinds) {
    std::vector<std::uint64_t> out(count);
    for (std::uint64_t& x : out) x = (random_() % kinds + 1) * 0x9E3779B97F4A7C15;
    return out;
  }

  std::vector<text::Word> words(std::size_t count, std::uint64_t kinds) {
    std::vector<text::Word> out;
    for (const std::uint64_t hash : values(count, kinds)) out.push_back({1, 2, hash});
    return out;
  }

  std::mt19937_64 random_{11};
};

INSTANTIATE_TEST_SUITE_P(EveryInstructionSet, HashKernels,
                         ::testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         [](const auto& test) { return hwy::TargetName(test.param); });

TEST_P(HashKernels, Grams) {
  for (std::size_t count = 1; count < 100; ++count) {
    const std::vector<text::Word> some = words(count, 1000);
    for (int n = 1; n <= 12 && static_cast<std::size_t>(n) <= count; ++n) {
      const std::size_t grams = count - static_cast<std::size_t>(n) + 1;
      std::vector<std::uint64_t> fast(grams + 1, 7);
      std::vector<std::uint64_t> slow(grams + 1, 7);
      gram_hashes(some, n, fast.data());
      gram_hashes_scalar(some, n, slow.data());
      ASSERT_EQ(fast, slow) << count << " " << n;
      std::vector<std::uint64_t> out = {1, 2, 3};
      hash_grams(some, n, out);
      slow.pop_back();
      ASSERT_EQ(out, slow);
    }
  }
}

TEST_P(HashKernels, Darts) {
  for (std::size_t count = 0; count < 100; ++count) {
    const std::vector<std::uint64_t> elements = values(count, 1000000);
    for (std::uint32_t round = 0; round < 256; round += 17) {
      const BinSet open = {random_() & random_(), random_() | random_()};
      std::vector<std::uint64_t> fast(count + kSpareDarts);
      std::vector<std::uint64_t> slow(count + kSpareDarts);
      const std::size_t hits = throw_darts(elements, round, open, fast.data());
      ASSERT_EQ(hits, throw_darts_scalar(elements, round, open, slow.data()));
      fast.resize(hits);
      slow.resize(hits);
      ASSERT_EQ(fast, slow);
    }
    Sketch fast;
    Sketch slow;
    ASSERT_EQ(first_round(elements, kEmptyBin, fast),
              first_round_scalar(elements, kEmptyBin, slow));
    ASSERT_EQ(fast, slow);
  }
}

// All rounds of all elements: a bin has its smallest dart, however late the round.
Sketch slow_sketch(std::span<const std::uint64_t> elements) {
  Sketch sketch;
  sketch.fill(kEmptyBin);
  for (std::uint32_t round = 0; round < 2 * kSketchSize; ++round) {
    for (const std::uint64_t element : elements) {
      std::uint64_t dart = element + (round + 1) * 0x9E3779B97F4A7C15;
      for (int i = 0; i < 2; ++i) dart = (dart ^ (dart >> 32)) * 0xD6E8FEB86659FD93;
      const std::size_t bin = round < kSketchSize ? dart >> 57 : round - kSketchSize;
      sketch[bin] = std::min(sketch[bin], std::uint64_t{round} << 56 | dart << 7 >> 8);
    }
  }
  return sketch;
}

TEST_P(HashKernels, SketchesHaveTheSmallestDartOfEachBin) {
  for (const std::size_t count : {0U, 1U, 2U, 7U, 8U, 30U, 165U, 625U, 3000U}) {
    for (const std::uint64_t kinds : {1U, 3U, 50U, 1000000U}) {
      const std::vector<std::uint64_t> elements = values(count, kinds);
      Sketch sketch;
      sketch_shingles(elements, sketch);
      ASSERT_EQ(sketch, slow_sketch(elements)) << count << " of " << kinds;
    }
  }
  // So many of so few that they are made distinct.
  std::vector<std::uint64_t> elements = values(9000, 40);
  Sketch repeated;
  sketch_shingles(elements, repeated);
  sort_unique(elements);
  Sketch once;
  sketch_shingles(elements, once);
  ASSERT_EQ(repeated, once);
}

TEST_P(HashKernels, Minima) {
  for (int round = 0; round < 2000; ++round) {
    const std::size_t count = 1 + random_() % 120;
    const std::size_t window = 1 + random_() % count;
    const std::vector<std::uint64_t> some = values(count, round % 3 == 0 ? 3 : 1000);
    const std::size_t windows = count - window + 1;
    std::vector<std::uint64_t> fast(count + kSpareMinima);
    std::vector<std::uint64_t> slow(count + kSpareMinima);
    std::vector<std::uint32_t> fast_ends(count + kSpareMinima);
    std::vector<std::uint32_t> slow_ends(count + kSpareMinima);
    const std::size_t ends = find_minima(some, window, fast.data(), fast_ends.data());
    ASSERT_EQ(ends, find_minima_scalar(some, window, slow.data(), slow_ends.data()));
    fast.resize(windows);
    slow.resize(windows);
    ASSERT_EQ(fast, slow);
    fast_ends.resize(ends);
    slow_ends.resize(ends);
    ASSERT_EQ(fast_ends, slow_ends);
  }
}

// The slow obvious way to winnow.
std::vector<Fingerprint> slow_fingerprints(std::span<const text::Word> some, int guarantee) {
  std::vector<std::uint64_t> grams;
  hash_grams(some, kFingerprintWords, grams);
  const std::size_t window =
      std::min(grams.size(), static_cast<std::size_t>(guarantee - kFingerprintWords + 1));
  std::vector<Fingerprint> out;
  for (std::size_t begin = 0; !grams.empty() && begin + window <= grams.size(); ++begin) {
    std::size_t smallest = begin;
    for (std::size_t i = begin; i < begin + window; ++i) {
      if (grams[i] <= grams[smallest]) smallest = i;
    }
    if (!out.empty() && out.back().word == smallest) continue;
    out.push_back({grams[smallest], static_cast<std::uint32_t>(smallest)});
  }
  return out;
}

TEST_P(HashKernels, FingerprintsAreTheSmallestOfTheirWindows) {
  // Around the windows that are looked at in one go, and windows larger than that.
  for (const std::size_t count : {0U, 7U, 8U, 9U, 60U, 520U, 525U, 530U, 1031U, 1032U, 3000U}) {
    for (const int guarantee : {8, 9, 14, 16, 50, 140, 600, 1000}) {
      for (const std::uint64_t kinds : {1U, 2U, 1000U}) {
        const std::vector<text::Word> some = words(count, kinds);
        const std::vector<Fingerprint> slow = slow_fingerprints(some, guarantee);
        std::vector<Fingerprint> fast = {{1, 2}};
        winnow(some, guarantee, fast);
        ASSERT_EQ(fast.size(), slow.size()) << count << " " << guarantee << " " << kinds;
        for (std::size_t i = 0; i < slow.size(); ++i) {
          ASSERT_EQ(fast[i].hash, slow[i].hash);
          ASSERT_EQ(fast[i].word, slow[i].word);
        }
      }
    }
  }
}

}  // namespace
}  // namespace copydesk::reuse
