#include "reuse/shingle_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "reuse/shingles.h"
#include "unit/reuse/invented_words.h"

namespace copydesk::reuse {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

// Against a map from shingles to places, in texts from empty to several filter words, of few words
// (so that they repeat themselves) and of many.
TEST(ShingleIndex, AgreesWithAMap) {
  std::mt19937 rng(5);
  for (int trial = 0; trial < 400; ++trial) {
    const std::size_t count = trial < 20 ? static_cast<std::size_t>(trial)
                                         : testing::below(rng, trial % 2 == 0 ? 100 : 3000);
    const int vocabulary = std::array{1, 2, 3, 5000}[static_cast<std::size_t>(trial % 4)];
    const std::vector<text::Word> words =
        testing::words_of(testing::random_numbers(rng, count, vocabulary));
    std::vector<std::uint64_t> in_order;
    shingle_words(words, in_order);
    std::map<std::uint64_t, std::vector<std::uint32_t>> places;
    for (std::uint32_t i = 0; i < in_order.size(); ++i) places[in_order[i]].push_back(i);

    const ShingleIndex index(words);
    EXPECT_THAT(index.in_order(), ElementsAreArray(in_order));
    ASSERT_EQ(index.size(), places.size());
    for (const auto& [shingle, where] : places) {
      EXPECT_TRUE(index.may_contain(shingle));
      const std::uint32_t found = index.find(shingle);
      ASSERT_NE(found, ShingleIndex::kNone);
      EXPECT_THAT(index.places(found), ElementsAreArray(where));
    }
    for (int i = 0; i < 50; ++i) {
      const std::uint64_t other = std::uint64_t{rng()} << 32 | rng();
      if (places.contains(other)) continue;
      EXPECT_EQ(index.find(other), ShingleIndex::kNone);
    }
  }
}

// Words of which two shingles take turns that begin with the same `bits` bits.
std::vector<text::Word> two_of_a_bucket(int bits, std::size_t count,
                                        std::vector<std::uint64_t>& two) {
  const auto alternating = [](int word, std::size_t words) {
    std::vector<int> numbers(words);
    for (std::size_t i = 0; i < words; ++i) numbers[i] = i % 2 == 0 ? word : word + 10'000'000;
    return testing::words_of(numbers);
  };
  int word = 1;
  do {
    shingle_words(alternating(++word, 6), two);
  } while (two[0] >> (64 - bits) != two[1] >> (64 - bits));
  return alternating(word, count);
}

TEST(ShingleIndex, ShinglesOfOneBucketInTurn) {
  std::vector<std::uint64_t> two;
  const ShingleIndex index(two_of_a_bucket(12, 4000, two));
  ASSERT_EQ(index.size(), 2U);
  for (std::uint32_t i = 0; i < 2; ++i) {
    const std::span<const std::uint32_t> places = index.places(index.find(two[i]));
    ASSERT_EQ(places.size(), 1998U);
    for (std::uint32_t k = 0; k < places.size(); ++k) ASSERT_EQ(places[k], 2 * k + i);
    ASSERT_EQ(index.first_place(index.find(two[i])), i);
  }
}

// If a full bucket were read from its beginning, this would take many minutes.
TEST(ShingleIndex, AFullBucketIsNotReadThrough) {
  std::vector<std::uint64_t> two;
  const ShingleIndex index(two_of_a_bucket(18, 100'000, two));
  const std::uint64_t last = std::max(two[0], two[1]);
  for (int i = 0; i < 10'000'000; ++i) ASSERT_EQ(index.find(last), 49'998U);
}

TEST(ShingleIndex, TheFilterHoldsBackMostOfWhatIsNotThere) {
  std::mt19937 rng(6);
  const ShingleIndex index(testing::words_of(testing::text_of(0, 1000)));
  int let_through = 0;
  for (int i = 0; i < 10'000; ++i) {
    let_through += index.may_contain(std::uint64_t{rng()} << 32 | rng()) ? 1 : 0;
  }
  EXPECT_LT(let_through, 10'000 / 14);
}

TEST(ShingleIndex, EmptyText) {
  const ShingleIndex index({});
  EXPECT_EQ(index.size(), 0U);
  EXPECT_THAT(index.in_order(), IsEmpty());
  EXPECT_EQ(index.find(0), ShingleIndex::kNone);
  EXPECT_EQ(index.find(~0ULL), ShingleIndex::kNone);
}

}  // namespace
}  // namespace copydesk::reuse
