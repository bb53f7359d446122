#include "reuse/fingerprints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "reuse/shingles.h"
#include "unit/reuse/invented_words.h"

namespace copydesk::reuse {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<Fingerprint> fingerprints(const std::vector<int>& numbers, int guarantee) {
  std::vector<Fingerprint> out;
  winnow(testing::words_of(numbers), guarantee, out);
  return out;
}

std::set<std::uint64_t> hashes(const std::vector<Fingerprint>& fingerprints) {
  std::set<std::uint64_t> out;
  for (const Fingerprint& fingerprint : fingerprints) out.insert(fingerprint.hash);
  return out;
}

// Every run of `guarantee` words holds a fingerprint, in texts of few and of many different words.
TEST(Winnow, EveryLongRunHoldsAFingerprint) {
  std::mt19937 rng(7);
  for (const int guarantee : {8, 9, 12, 16, 20}) {
    for (const int vocabulary : {1, 2, 5, 1000}) {
      const std::vector<int> numbers = testing::random_numbers(rng, 500, vocabulary);
      const std::vector<Fingerprint> found = fingerprints(numbers, guarantee);
      ASSERT_TRUE(std::is_sorted(
          found.begin(), found.end(),
          [](const Fingerprint& x, const Fingerprint& y) { return x.word < y.word; }));
      for (std::uint32_t run = 0; run + static_cast<std::uint32_t>(guarantee) <= 500; ++run) {
        const auto first = std::find_if(found.begin(), found.end(),
                                        [&](const Fingerprint& f) { return f.word >= run; });
        ASSERT_NE(first, found.end()) << run;
        EXPECT_LE(first->word + kFingerprintWords, run + static_cast<std::uint32_t>(guarantee))
            << run;
      }
    }
  }
}

TEST(Winnow, TextsThatShareALongRunShareAFingerprint) {
  std::mt19937 rng(8);
  for (const int guarantee : {12, 16, 20}) {
    for (int trial = 0; trial < 300; ++trial) {
      std::vector<int> a = testing::random_numbers(rng, 80, 1000);
      std::vector<int> b = testing::random_numbers(rng, 60, 1000);
      const auto at_a = testing::below(rng, a.size() - 20);
      const auto at_b = testing::below(rng, b.size() - 20);
      std::copy_n(a.begin() + at_a, guarantee, b.begin() + at_b);
      const std::set<std::uint64_t> of_a = hashes(fingerprints(a, guarantee));
      const std::set<std::uint64_t> of_b = hashes(fingerprints(b, guarantee));
      EXPECT_TRUE(std::any_of(of_a.begin(), of_a.end(),
                              [&](std::uint64_t hash) { return of_b.contains(hash); }));
    }
  }
}

TEST(Winnow, HashesAreThoseOfTheGrams) {
  std::mt19937 rng(9);
  const std::vector<int> numbers = testing::random_numbers(rng, 300, 1000);
  std::vector<std::uint64_t> grams;
  hash_grams(testing::words_of(numbers), kFingerprintWords, grams);
  for (const Fingerprint& fingerprint : fingerprints(numbers, 16)) {
    EXPECT_EQ(fingerprint.hash, grams[fingerprint.word]);
  }
}

TEST(Winnow, ShortTexts) {
  std::mt19937 rng(10);
  EXPECT_THAT(fingerprints({}, 16), IsEmpty());
  EXPECT_THAT(fingerprints(testing::random_numbers(rng, 7, 1000), 16), IsEmpty());
  for (const std::size_t length : {8U, 9U, 15U, 16U}) {
    EXPECT_THAT(fingerprints(testing::random_numbers(rng, length, 1000), 16), SizeIs(1)) << length;
  }
}

TEST(Winnow, DensityIsTwoOfAWindow) {
  std::mt19937 rng(12);
  const std::vector<int> numbers = testing::random_numbers(rng, 20000, 100000);
  const double density = static_cast<double>(fingerprints(numbers, 16).size()) / 20000;
  EXPECT_NEAR(density, 2.0 / 10, 0.01);
}

}  // namespace
}  // namespace copydesk::reuse
