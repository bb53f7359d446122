#include "reuse/align.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "support/plain_runs.h"
#include "unit/reuse/invented_words.h"

namespace copydesk::reuse {

void PrintTo(const SharedRun& run, std::ostream* out) {
  *out << run.length << " words at " << run.a << "/" << run.b;
}

namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

std::vector<SharedRun> runs(const std::vector<int>& a, const std::vector<int>& b,
                            std::uint32_t min_words) {
  const std::vector<text::Word> words_a = testing::words_of(a);
  const std::vector<text::Word> words_b = testing::words_of(b);
  const ShingleIndex shingles_a(words_a);
  const ShingleIndex shingles_b(words_b);
  return align({words_a, shingles_a}, {words_b, shingles_b}, min_words).runs;
}

std::vector<int> sequence(int first, int count) {
  std::vector<int> numbers(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) numbers[static_cast<std::size_t>(i)] = first + i;
  return numbers;
}

std::vector<int> joined(std::initializer_list<std::vector<int>> parts) {
  std::vector<int> all;
  for (const std::vector<int>& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST(SharedRuns, AgreeWithTheDefinition) {
  std::mt19937 rng(21);
  for (int trial = 0; trial < 600; ++trial) {
    const int vocabulary = std::array{2, 3, 6, 20, 200}[static_cast<std::size_t>(trial % 5)];
    const std::uint32_t min_words = 1 + testing::below(rng, 13);
    const std::vector<int> a = testing::random_numbers(rng, testing::below(rng, 60), vocabulary);
    std::vector<int> b = testing::random_numbers(rng, testing::below(rng, 60), vocabulary);
    // Half of them share pieces, as texts do.
    for (int piece = 0; piece < trial % 4 && a.size() > 20 && b.size() > 20; ++piece) {
      std::copy_n(a.begin() + testing::below(rng, a.size() - 15), 15,
                  b.begin() + testing::below(rng, b.size() - 15));
    }
    EXPECT_THAT(runs(a, b, min_words), ElementsAreArray(plain_runs(a, b, min_words)))
        << testing::text_of(a) << "\n"
        << testing::text_of(b) << "\n"
        << min_words;
  }
}

TEST(SharedRuns, ARunHasAtLeastMinWords) {
  const auto share = [](int words) {
    return runs(joined({sequence(1000, 30), sequence(0, words), sequence(2000, 30)}),
                joined({sequence(3000, 9), sequence(0, words), sequence(4000, 50)}), 12);
  };
  EXPECT_THAT(share(11), IsEmpty());
  EXPECT_THAT(share(12), ElementsAre(SharedRun{30, 9, 12}));
  EXPECT_THAT(share(13), ElementsAre(SharedRun{30, 9, 13}));
}

TEST(SharedRuns, MovedParagraphsAreFoundWhereTheyStand) {
  const std::vector<int> a = joined({sequence(0, 40), sequence(100, 30), sequence(200, 20)});
  const std::vector<int> b = joined({sequence(200, 20), sequence(0, 40), sequence(100, 30)});
  EXPECT_THAT(runs(a, b, 12), ElementsAre(SharedRun{0, 20, 70}, SharedRun{70, 0, 20}));
}

TEST(SharedRuns, AChangedWordSplitsARun) {
  std::vector<int> b = sequence(0, 50);
  b[20] = 999;
  EXPECT_THAT(runs(sequence(0, 50), b, 12),
              ElementsAre(SharedRun{0, 0, 20}, SharedRun{21, 21, 29}));
}

TEST(SharedRuns, RepeatedParagraphsPairUpInOrder) {
  const std::vector<int> paragraph = sequence(0, 15);
  const std::vector<int> a = joined({paragraph, {901}, paragraph, {902}});
  const std::vector<int> b = joined({paragraph, {903}, paragraph, {904}, paragraph});
  EXPECT_THAT(runs(a, b, 12), ElementsAre(SharedRun{0, 0, 15}, SharedRun{16, 16, 15}));
}

TEST(SharedRuns, EmptyTextsShareNothing) {
  EXPECT_THAT(runs({}, {}, 1), IsEmpty());
  EXPECT_THAT(runs(sequence(0, 30), {}, 1), IsEmpty());
}

// Thousands of equal words in both texts: still one run, still quick.
TEST(SharedRuns, OneWordOverAndOver) {
  EXPECT_THAT(runs(std::vector<int>(5000, 1), std::vector<int>(4000, 1), 12),
              ElementsAre(SharedRun{0, 0, 4000}));
}

// One shingle a hundred thousand times. If every place of it asked for all its places, this would
// take many minutes.
TEST(SharedRuns, OneShingleOverAndOver) {
  std::vector<int> a(500'000);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<int>(i % 5);
  std::vector<int> b = a;
  b.back() = 99;
  EXPECT_THAT(runs(a, b, 12), ElementsAre(SharedRun{0, 0, 499'999}));
}

// Of copies nothing is looked for; what is said of them must be what would be found.
TEST(SharedRuns, OfATextWithItself) {
  std::mt19937 rng(3);
  for (int trial = 0; trial < 100; ++trial) {
    const int vocabulary = std::array{1, 2, 6, 200}[static_cast<std::size_t>(trial % 4)];
    const std::vector<int> a = testing::random_numbers(rng, testing::below(rng, 30), vocabulary);
    const std::uint32_t min_words = 1 + testing::below(rng, 13);
    EXPECT_THAT(runs(a, a, min_words), ElementsAreArray(plain_runs(a, a, min_words)))
        << testing::text_of(a) << "\n"
        << min_words;
  }
}

// Only the first places of the common word are tried, but the rare words lead to the run.
TEST(SharedRuns, ARunBeginsBeforeItsFirstRareWord) {
  EXPECT_THAT(runs(joined({std::vector<int>(300, 1), sequence(100, 20)}),
                   joined({std::vector<int>(200, 1), sequence(100, 20)}), 12),
              ElementsAre(SharedRun{100, 0, 220}));
}

// A shingle at so many places of both texts that their pairs are below, at and above the number
// from which the runs are sought another way: what is found is the same.
TEST(SharedRuns, FromManyPlaces) {
  const auto repeated = [](int times, int other) {
    std::vector<int> text;
    for (int i = 0; i < times; ++i) {
      for (const int word : {1, 2, 3, 4, 5, 6, 7, 8}) text.push_back(word);
      text.push_back(other + i);
    }
    return text;
  };
  const auto with_passage = [&](int times, int other) {
    return joined({repeated(times, other), sequence(200, 20), repeated(3, other + 1000)});
  };
  for (const int times : {60, 61, 62}) {  // three more stand behind the passage
    const std::vector<int> a = with_passage(61, 10'000);
    const std::vector<int> b = with_passage(times, 20'000);
    EXPECT_THAT(runs(a, b, 9), ElementsAreArray(plain_runs(a, b, 9))) << times;
  }
  // One place in a text, and in the other as many as count, or one more.
  for (const int times : {4095, 4096, 4097}) {
    const std::vector<int> a = joined({sequence(1, 8), sequence(200, 20)});
    EXPECT_THAT(runs(a, joined({repeated(times, 10'000), sequence(200, 20)}), 9),
                ElementsAre(SharedRun{8, static_cast<std::uint32_t>(9 * times), 20}))
        << times;
  }
}

// One word so often in both texts that its pairs are below, at and above the number that is tried.
// Up to it the runs are those of the definition; above it some of that word alone may be left.
TEST(SharedRuns, OfAWordAtManyPlacesAreAllUpToALimitAndThenSound) {
  const auto among_others = [](int times, int other) {
    std::vector<int> text;
    for (int i = 0; i < times; ++i) text.insert(text.end(), {1, other + i});
    return joined({text, {2, 3}});
  };
  const auto check = [&](int times_a, int times_b, bool all_are_rare) {
    const std::vector<int> a = among_others(times_a, 1000);
    const std::vector<int> b = among_others(times_b, 2000);
    const std::vector<SharedRun> found = runs(a, b, 1);
    EXPECT_TRUE(are_sound_runs(found, a, b, 1)) << times_a << " " << times_b;
    EXPECT_EQ(GramPairs(a, b, 1).all_are_rare(), all_are_rare) << times_a << " " << times_b;
    EXPECT_EQ(found == plain_runs(a, b, 1), all_are_rare) << times_a << " " << times_b;
  };
  check(63, 65, true);   // 4095 pairs
  check(64, 64, true);   // 4096
  check(65, 65, false);  // more: the last is left
}

Similarity compare(const std::vector<int>& a, const std::vector<int>& b) {
  const std::vector<text::Word> words_a = testing::words_of(a);
  const std::vector<text::Word> words_b = testing::words_of(b);
  const ShingleIndex shingles_a(words_a);
  const ShingleIndex shingles_b(words_b);
  return align({words_a, shingles_a}, {words_b, shingles_b}, 12).similarity;
}

TEST(Similarity, Measures) {
  // Shared: 10 … 16, three shingles; in b twice.
  const Similarity similarity =
      compare(joined({sequence(10, 7), sequence(50, 3)}),
              joined({sequence(10, 7), sequence(70, 2), sequence(10, 6)}));
  EXPECT_EQ(similarity.shingles_a, 6U);
  EXPECT_EQ(similarity.shingles_b, 9U);
  EXPECT_EQ(similarity.shared, 3U);
  EXPECT_DOUBLE_EQ(similarity.jaccard, 3.0 / 12);
  EXPECT_DOUBLE_EQ(similarity.containment_a, 3.0 / 6);
  EXPECT_DOUBLE_EQ(similarity.containment_b, 3.0 / 9);
  EXPECT_EQ(similarity.covered_a, 7U);
  EXPECT_EQ(similarity.covered_b, 13U);
  EXPECT_DOUBLE_EQ(similarity.coverage_a, 7.0 / 10);
  EXPECT_DOUBLE_EQ(similarity.coverage_b, 13.0 / 15);
  EXPECT_EQ(similarity.own_a, 3U);
  EXPECT_EQ(similarity.own_b, 2U);
}

TEST(Similarity, TextsShorterThanAShingle) {
  const Similarity same = compare(sequence(1, 3), sequence(1, 3));
  EXPECT_EQ(same.jaccard, 1);
  EXPECT_EQ(same.covered_a, 3U);
  EXPECT_EQ(same.coverage_b, 1);
  EXPECT_EQ(compare(sequence(1, 3), sequence(1, 4)).shared, 0U);
}

// Words without a shared shingle: in the middle of a text, at its ends, over and between the places
// at which sets of words are cut.
TEST(Similarity, TheLongestStretchOfItsOwn) {
  for (const int own : {1, 55, 63, 64, 65, 130, 200}) {
    for (const int before : {0, 5, 59, 64, 70}) {
      for (const int after : {0, 5, 64}) {
        const std::vector<int> a =
            joined({sequence(0, before), sequence(1000, own), sequence(500, after)});
        const Similarity similarity = compare(a, joined({sequence(0, 90), sequence(500, 90)}));
        EXPECT_EQ(similarity.own_a, static_cast<std::size_t>(own)) << before << " " << after;
        EXPECT_EQ(similarity.covered_a, static_cast<std::size_t>(before + after)) << own;
      }
    }
  }
}

TEST(Similarity, EmptyTextsAreNotAlike) {
  const std::vector<int> a = sequence(1, 9);
  for (const Similarity& similarity : {compare({}, {}), compare(a, {}), compare({}, a)}) {
    EXPECT_EQ(similarity.jaccard, 0);
    EXPECT_EQ(similarity.containment_a, 0);
    EXPECT_EQ(similarity.containment_b, 0);
    EXPECT_EQ(similarity.coverage_a, 0);
    EXPECT_EQ(similarity.coverage_b, 0);
  }
}

// Against sets of vectors and a mark for each word.
TEST(Similarity, AgreesWithTheSlowVersion) {
  std::mt19937 rng(11);
  for (int trial = 0; trial < 200; ++trial) {
    const std::vector<int> a = testing::random_numbers(rng, testing::below(rng, 60), 2);
    const std::vector<int> b =
        trial % 10 == 0 ? a : testing::random_numbers(rng, testing::below(rng, 60), 2);
    const auto shingle_at = [](const std::vector<int>& text, std::size_t i) {
      const std::size_t n = std::min<std::size_t>(text.size(), 5);
      const auto begin = text.begin() + static_cast<std::ptrdiff_t>(i);
      return std::vector<int>(begin, begin + static_cast<std::ptrdiff_t>(n));
    };
    const auto shingles_of = [&](const std::vector<int>& text) {
      std::set<std::vector<int>> all;
      const std::size_t n = std::min<std::size_t>(text.size(), 5);
      for (std::size_t i = 0; n > 0 && i + n <= text.size(); ++i) all.insert(shingle_at(text, i));
      return all;
    };
    const auto covered = [&](const std::vector<int>& text, const std::vector<int>& other) {
      const std::set<std::vector<int>> shared = shingles_of(other);
      const std::size_t n = std::min<std::size_t>(text.size(), 5);
      std::set<std::size_t> words;
      for (std::size_t i = 0; n > 0 && i + n <= text.size(); ++i) {
        if (!shared.contains(shingle_at(text, i))) continue;
        for (std::size_t word = i; word < i + n; ++word) words.insert(word);
      }
      return words;
    };
    const auto longest_gap = [&](const std::vector<int>& text, const std::vector<int>& other) {
      const std::set<std::size_t> words = covered(text, other);
      std::size_t longest = 0;
      std::size_t gap = 0;
      for (std::size_t word = 0; word < text.size(); ++word) {
        gap = words.contains(word) ? 0 : gap + 1;
        longest = std::max(longest, gap);
      }
      return longest;
    };
    std::size_t shared = 0;
    for (const std::vector<int>& shingle : shingles_of(a)) {
      shared += shingles_of(b).contains(shingle) ? 1 : 0;
    }
    const Similarity similarity = compare(a, b);
    ASSERT_EQ(similarity.shared, shared);
    ASSERT_EQ(similarity.shingles_a, shingles_of(a).size());
    ASSERT_EQ(similarity.shingles_b, shingles_of(b).size());
    ASSERT_EQ(similarity.covered_a, covered(a, b).size());
    ASSERT_EQ(similarity.covered_b, covered(b, a).size());
    ASSERT_EQ(similarity.own_a, longest_gap(a, b));
    ASSERT_EQ(similarity.own_b, longest_gap(b, a));
  }
}

}  // namespace
}  // namespace copydesk::reuse
