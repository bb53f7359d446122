#include "reuse/shingles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "unit/reuse/invented_words.h"

namespace copydesk::reuse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::uint64_t> shingles(const std::string& text) {
  std::vector<std::uint64_t> out = {1, 2, 3};  // must be cleared
  shingle_words(testing::words_of(text), out);
  return out;
}

TEST(ShingleWords, OneForEachPosition) {
  EXPECT_THAT(shingles(testing::text_of(0, 5)), SizeIs(1));
  EXPECT_THAT(shingles(testing::text_of(0, 6)), SizeIs(2));
  EXPECT_THAT(shingles(testing::text_of(0, 100)), SizeIs(96));
}

TEST(ShingleWords, ShortTextsHaveOneOfAllTheirWords) {
  EXPECT_THAT(shingles(""), IsEmpty());
  EXPECT_THAT(shingles("?!"), IsEmpty());
  for (int n = 1; n < kShingleWords; ++n) EXPECT_THAT(shingles(testing::text_of(0, n)), SizeIs(1));
  EXPECT_EQ(shingles("one two"), shingles("One, two!"));
  EXPECT_NE(shingles("one two"), shingles("two one"));
  EXPECT_NE(shingles("one"), shingles("one one"));
}

TEST(ShingleWords, CaseAndPunctuationMakeNoDifference) {
  EXPECT_EQ(shingles("The mayor said on Friday: no."), shingles("the MAYOR said, on Friday – no"));
}

TEST(HashGrams, EqualExactlyForEqualWordsInOrder) {
  std::mt19937 rng(1);
  for (int n = 1; n <= 9; ++n) {
    const std::vector<int> numbers = testing::random_numbers(rng, 400, 3);
    std::vector<std::uint64_t> grams;
    hash_grams(testing::words_of(numbers), n, grams);
    ASSERT_THAT(grams, SizeIs(400 - static_cast<std::size_t>(n) + 1));
    std::map<std::vector<int>, std::uint64_t> hash_of;
    std::map<std::uint64_t, std::vector<int>> gram_of;
    for (std::size_t i = 0; i < grams.size(); ++i) {
      const std::vector<int> gram(numbers.begin() + static_cast<std::ptrdiff_t>(i),
                                  numbers.begin() + static_cast<std::ptrdiff_t>(i) + n);
      EXPECT_EQ(hash_of.try_emplace(gram, grams[i]).first->second, grams[i]);
      EXPECT_EQ(gram_of.try_emplace(grams[i], gram).first->second, gram);
    }
  }
}

TEST(HashGrams, FewerWordsThanAGramGiveNone) {
  std::vector<std::uint64_t> grams = {7};
  hash_grams(testing::words_of(testing::text_of(0, 4)), 5, grams);
  EXPECT_THAT(grams, IsEmpty());
}

TEST(Sets, SortUniqueAndShared) {
  std::vector<std::uint64_t> values = {5, 1, 5, 3, 1};
  sort_unique(values);
  EXPECT_THAT(values, ElementsAre(1, 3, 5));
  const std::vector<std::uint64_t> other = {0, 3, 4, 5, 9};
  EXPECT_EQ(count_shared(values, other), 2U);
  EXPECT_EQ(count_shared(other, values), 2U);
  EXPECT_EQ(count_shared(values, values), 3U);
  EXPECT_EQ(count_shared(values, {}), 0U);
  EXPECT_EQ(count_shared({}, {}), 0U);
}

}  // namespace
}  // namespace copydesk::reuse
