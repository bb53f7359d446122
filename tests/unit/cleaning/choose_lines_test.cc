#include "cleaning/choose_lines.h"

#include <gtest/gtest.h>

#include <limits>

namespace copydesk::cleaning {
namespace {

ModelLine line(std::uint32_t bytes, bool alive = true) {
  ModelLine out;
  out.span = {0, bytes};
  out.living = alive ? bytes : 0;
  out.alive = alive;
  return out;
}

using Lines = std::vector<std::uint32_t>;

TEST(ChooseLines, TakesLivingLinesFromTheThresholdOn) {
  const std::vector<ModelLine> lines = {line(10), line(10), line(10), line(10, false)};
  const std::vector<float> scores = {0.9F, 1.0F, 1.1F, 5.0F};
  const std::vector<float> chances = {1, 1, 1, 1};
  const LineChoice choice = choose_lines(lines, scores, chances, 1.0F, 0.05);
  EXPECT_EQ(choice.lines, (Lines{1, 2}));
  EXPECT_FALSE(choice.guarded);
}

// 90,000 bytes of content for sure; the line in question is expected to hold 5,000 of 95,000.
TEST(ChooseLines, SparesADocumentThatWouldLoseTooMuch) {
  const std::vector<ModelLine> lines = {line(90'000), line(10'000)};
  const std::vector<float> scores = {-1, 1};
  const std::vector<float> chances = {0, 0.5F};
  const double at_stake = 5.0 / 95.0;
  EXPECT_EQ(choose_lines(lines, scores, chances, 0, at_stake + 0.001).lines, (Lines{1}));
  EXPECT_EQ(choose_lines(lines, scores, chances, 0, at_stake).lines, (Lines{1}));
  const LineChoice spared = choose_lines(lines, scores, chances, 0, at_stake - 0.001);
  EXPECT_EQ(spared.lines, Lines{});
  EXPECT_TRUE(spared.guarded);
}

TEST(ChooseLines, SparesTheLeastLikelyChromeFirst) {
  const std::vector<ModelLine> lines = {line(100'000), line(10'000), line(10'000), line(10'000)};
  const std::vector<float> scores = {-1, 2, 3, 1};
  const std::vector<float> chances = {0, 0.8F, 0.9F, 0.6F};
  // Expected content: 107,000; all three would lose 7,000, the surest two 3,000.
  const LineChoice choice = choose_lines(lines, scores, chances, 0, 3.5 / 107.0);
  EXPECT_EQ(choice.lines, (Lines{1, 2}));
  EXPECT_TRUE(choice.guarded);
}

// On a page of nothing but chrome hardly any content is expected, and a share of that is nothing.
TEST(ChooseLines, APageCountsAsAShortArticleAtLeast) {
  std::vector<ModelLine> lines = {line(1000)};
  const std::vector<float> scores = {1};
  const std::vector<float> chances = {0.9F};  // 100 bytes of content are expected
  EXPECT_EQ(choose_lines(lines, scores, chances, 0, 0.0501).lines, (Lines{0}));
  EXPECT_EQ(choose_lines(lines, scores, chances, 0, 0.0499).lines, Lines{});
  lines[0].living = 500;  // half of it is cut already
  EXPECT_EQ(choose_lines(lines, scores, chances, 0, 0.0499).lines, (Lines{0}));
}

TEST(ChooseLines, AScoreThatIsNoNumberChoosesNothing) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<ModelLine> lines = {line(10'000), line(10'000), line(10'000)};
  const std::vector<float> scores = {nan, 1, nan};
  const std::vector<float> chances = {0.5F, 0.5F, 0.5F};
  EXPECT_EQ(choose_lines(lines, scores, chances, 0, 1).lines, (Lines{1}));
  EXPECT_EQ(choose_lines(lines, scores, chances, 0, 0.01).lines, Lines{});
}

TEST(ChooseLines, NothingIsExpectedOfAnEmptyPage) {
  EXPECT_EQ(choose_lines({}, {}, {}, 0, 0.05).lines, Lines{});
  const std::vector<ModelLine> lines = {line(10)};
  const std::vector<float> scores = {1};
  const std::vector<float> sure = {1};
  EXPECT_EQ(choose_lines(lines, scores, sure, 0, 0).lines, (Lines{0})) << "no content at stake";
}

}  // namespace
}  // namespace copydesk::cleaning
