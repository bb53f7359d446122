#include "copydesk/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/reuse/invented_words.h"

namespace copydesk {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(CompareTexts, MeasuresAndPassages) {
  const std::string a = reuse::testing::text_of(0, 30);
  const std::string b = reuse::testing::text_of(10, 40);
  const Comparison comparison = compare_texts(a, b);
  EXPECT_EQ(comparison.words_a, 30U);
  EXPECT_EQ(comparison.words_b, 40U);
  EXPECT_EQ(comparison.shingles_a, 26U);
  EXPECT_EQ(comparison.shingles_b, 36U);
  EXPECT_EQ(comparison.shared_shingles, 16U);
  EXPECT_DOUBLE_EQ(comparison.jaccard, 16.0 / 46);
  EXPECT_DOUBLE_EQ(comparison.containment_a, 16.0 / 26);
  EXPECT_DOUBLE_EQ(comparison.containment_b, 16.0 / 36);
  EXPECT_NEAR(comparison.sketch_jaccard, comparison.jaccard, 0.15);
  EXPECT_EQ(comparison.shared_words, 20U);
  ASSERT_THAT(comparison.passages, SizeIs(1));
  EXPECT_EQ(a.substr(comparison.passages[0].a.begin, comparison.passages[0].a.size()),
            b.substr(comparison.passages[0].b.begin, comparison.passages[0].b.size()));
}

TEST(CompareTexts, ShortestPassage) {
  const std::string a = "one two three four five six";
  const std::string b = "zero one two three nine";
  EXPECT_THAT(compare_texts(a, b, 4).passages, IsEmpty());
  EXPECT_THAT(compare_texts(a, b, 3).passages, SizeIs(1));
  EXPECT_THAT(compare_texts(a, b, 1).passages, SizeIs(1));
}

TEST(CompareTexts, EmptyTexts) {
  const Comparison comparison = compare_texts("", "");
  EXPECT_EQ(comparison.jaccard, 0);
  EXPECT_EQ(comparison.sketch_jaccard, 0);
  EXPECT_THAT(comparison.passages, IsEmpty());
}

}  // namespace
}  // namespace copydesk
