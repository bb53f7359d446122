#include "reuse/sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace copydesk::reuse {
namespace {

struct Errors {
  double bias = 0;
  double ratio = 0;  // of the root mean square error to that of 128 fair coins
};

// Pairs of sets of `size` elements each, of known Jaccard, against their estimates.
Errors measure(std::size_t size, int pairs, std::uint64_t seed) {
  std::mt19937_64 rng(seed);
  double bias = 0;
  double squares = 0;
  double ideal = 0;
  for (int i = 0; i < pairs; ++i) {
    const auto shared = static_cast<std::size_t>(
        static_cast<double>(size) * std::uniform_real_distribution<double>(0.2, 0.95)(rng));
    std::vector<std::uint64_t> a(size);
    for (std::uint64_t& x : a) x = rng();
    std::vector<std::uint64_t> b = a;
    for (std::size_t j = shared; j < size; ++j) b[j] = rng();
    Sketch sketch_a;
    Sketch sketch_b;
    sketch_shingles(a, sketch_a);
    sketch_shingles(b, sketch_b);
    const double jaccard = static_cast<double>(shared) / static_cast<double>(2 * size - shared);
    const double error = estimate_jaccard(sketch_a, sketch_b) - jaccard;
    bias += error;
    squares += error * error;
    ideal += jaccard * (1 - jaccard) / static_cast<double>(kSketchSize);
  }
  return {bias / pairs, std::sqrt(squares / ideal)};
}

TEST(Sketch, ErrorIsBelowThatOfMinHash) {
  for (const std::size_t size : {20U, 40U, 100U, 300U, 1000U}) {
    const Errors errors = measure(size, 2000, size);
    EXPECT_LT(errors.ratio, size <= 100 ? 0.8 : 1.0) << size;
    EXPECT_LT(std::abs(errors.bias), 0.003) << size;
    RecordProperty("ratio_" + std::to_string(size), std::to_string(errors.ratio));
  }
}

TEST(Sketch, IsOfTheSetAndNotOfItsOrder) {
  std::mt19937_64 rng(3);
  std::vector<std::uint64_t> set(500);
  for (std::uint64_t& x : set) x = rng();
  Sketch sketch;
  sketch_shingles(set, sketch);
  std::shuffle(set.begin(), set.end(), rng);
  Sketch shuffled;
  sketch_shingles(set, shuffled);
  EXPECT_EQ(sketch, shuffled);
  EXPECT_EQ(estimate_jaccard(sketch, shuffled), 1);
}

TEST(Sketch, RepetitionsMakeNoDifference) {
  std::mt19937_64 rng(4);
  for (const std::size_t size : {1U, 5U, 40U, 300U}) {
    std::vector<std::uint64_t> set(size);
    for (std::uint64_t& x : set) x = rng();
    Sketch once;
    sketch_shingles(set, once);
    for (std::size_t i = 0; i < 3 * size; ++i) set.push_back(set[rng() % size]);
    Sketch repeated;
    sketch_shingles(set, repeated);
    EXPECT_EQ(once, repeated) << size;
  }
}

TEST(Sketch, OneElementFillsAllBins) {
  Sketch a;
  Sketch b;
  for (std::uint64_t x = 1; x <= 200; ++x) {
    sketch_shingles(std::vector<std::uint64_t>{x * 0x9E3779B97F4A7C15}, a);
    EXPECT_EQ(std::count(a.begin(), a.end(), kEmptyBin), 0) << x;
  }
  sketch_shingles(std::vector<std::uint64_t>{1}, b);
  EXPECT_EQ(estimate_jaccard(a, b), 0);
}

TEST(Sketch, EmptySetsMatchNothing) {
  Sketch empty;
  sketch_shingles({}, empty);
  Sketch one;
  sketch_shingles(std::vector<std::uint64_t>{1}, one);
  EXPECT_EQ(estimate_jaccard(empty, empty), 0);
  EXPECT_EQ(estimate_jaccard(empty, one), 0);
}

}  // namespace
}  // namespace copydesk::reuse
