#include "reuse/bands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

namespace copydesk::reuse {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ChooseBands, MostRowsThatReachTheRecall) {
  for (int percent = 5; percent <= 100; percent += 5) {
    const double threshold = percent / 100.0;
    const Bands bands = choose_bands(threshold, 0.9);
    EXPECT_GE(bands.rows, kMinRows);
    EXPECT_LE(bands.bands * bands.rows, static_cast<int>(kSketchSize));
    if (bands.rows > kMinRows) {
      EXPECT_GE(candidate_probability(bands, threshold), 0.9) << percent;
    }
    const Bands next{static_cast<int>(kSketchSize) / (bands.rows + 1), bands.rows + 1};
    if (next.bands > 0) {
      EXPECT_LT(candidate_probability(next, threshold), 0.9) << percent;
    }
  }
}

TEST(ChooseBands, KnownChoices) {
  EXPECT_EQ(choose_bands(0.4).rows, 3);
  EXPECT_EQ(choose_bands(0.4).bands, 42);
  EXPECT_EQ(choose_bands(0.8).rows, 8);
  EXPECT_EQ(choose_bands(0.8).bands, 16);
  EXPECT_EQ(choose_bands(1.0).rows, 128);
}

TEST(CandidateProbability, SCurve) {
  EXPECT_NEAR(candidate_probability({14, 8}, 0.8), 0.924, 0.001);
  EXPECT_EQ(candidate_probability({14, 8}, 0), 0);
  EXPECT_EQ(candidate_probability({14, 8}, 1), 1);
  EXPECT_THAT(describe_curve({42, 3}), HasSubstr("42 bands of 3 rows"));
  EXPECT_THAT(describe_curve({42, 3}), HasSubstr("J=0.4: 0.938,"));
}

TEST(ExpectedShared, OnAverageAndAtLeastOne) {
  EXPECT_EQ(expected_shared({42, 3}, 0.4), 3U);  // 2.69
  EXPECT_EQ(expected_shared({42, 3}, 1), 42U);
  EXPECT_EQ(expected_shared({42, 3}, 0.1), 1U);  // .04
}

TEST(BandKeys, AgreeExactlyWhereAllRowsOfABandDo) {
  std::mt19937 rng(5);
  const Bands bands{18, 7};
  Sketch a;
  for (std::uint64_t& bin : a) bin = rng();
  std::vector<std::uint64_t> keys_a;
  std::vector<std::uint64_t> keys_b;
  band_keys(a, bands, keys_a);
  ASSERT_EQ(keys_a.size(), 18U);
  for (std::size_t bin = 0; bin < kSketchSize; ++bin) {
    Sketch b = a;
    b[bin] ^= 1;
    band_keys(b, bands, keys_b);
    for (std::size_t band = 0; band < 18; ++band) {
      EXPECT_EQ(keys_a[band] == keys_b[band], band != bin / 7) << bin;
    }
  }
}

TEST(BandKeys, KeysOfDifferentBandsDoNotMeet) {
  Sketch same;
  same.fill(1);
  std::vector<std::uint64_t> keys;
  band_keys(same, {42, 3}, keys);
  EXPECT_EQ(std::set<std::uint64_t>(keys.begin(), keys.end()).size(), 42U);
}

TEST(BandKeys, NoneForAnEmptySet) {
  Sketch empty;
  sketch_shingles({}, empty);
  std::vector<std::uint64_t> keys = {1};
  band_keys(empty, {42, 3}, keys);
  EXPECT_THAT(keys, IsEmpty());
}

// The probability on paper is the one that sketches have.
TEST(BandKeys, CandidatesFollowTheCurve) {
  std::mt19937_64 rng(11);
  const Bands bands{42, 3};
  int met = 0;
  constexpr int kPairs = 1500;
  for (int i = 0; i < kPairs; ++i) {
    std::vector<std::uint64_t> a(130);
    for (std::uint64_t& x : a) x = rng();
    std::vector<std::uint64_t> b = a;
    for (std::size_t j = 60; j < b.size(); ++j) b[j] = rng();  // J = 60 / 200 = .3
    Sketch sketch;
    std::vector<std::uint64_t> keys_a;
    std::vector<std::uint64_t> keys_b;
    sketch_shingles(a, sketch);
    band_keys(sketch, bands, keys_a);
    sketch_shingles(b, sketch);
    band_keys(sketch, bands, keys_b);
    bool meets = false;
    for (std::size_t band = 0; band < keys_a.size(); ++band) meets |= keys_a[band] == keys_b[band];
    met += meets ? 1 : 0;
  }
  EXPECT_NEAR(met / static_cast<double>(kPairs), candidate_probability(bands, 0.3), 0.05);
}

}  // namespace
}  // namespace copydesk::reuse
