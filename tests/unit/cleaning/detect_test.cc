#include "cleaning/detect.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "copydesk/text/lines.h"
#include "copydesk/text/utf8.h"

namespace copydesk::cleaning {
namespace {

std::string sample(const std::string& text, std::size_t bytes) {
  std::vector<text::Line> lines;
  text::split_lines(text, lines);
  DetectScratch scratch;
  scratch.longest = {{1, 2, 3}};  // both must be cleared
  scratch.sample = "old";
  sample_article(text, lines, bytes, scratch);
  return scratch.sample;
}

std::string run(char c, std::size_t n) { return std::string(n, c); }

TEST(SampleArticle, OfNothingIsNothing) {
  EXPECT_EQ(sample("", 256), "");
  EXPECT_EQ(sample("\n\n", 256), "\n\n");
}

TEST(SampleArticle, OneLineMayFillIt) {
  EXPECT_EQ(sample(run('a', 99), 100), run('a', 99) + "\n");
  EXPECT_EQ(sample(run('a', 100), 100), run('a', 100) + "\n");
  EXPECT_EQ(sample(run('a', 101), 100), run('a', 100) + "\n");
}

TEST(SampleArticle, FourLinesShareIt) {
  const std::string two = run('a', 100) + "\n" + run('b', 101) + "\n";
  EXPECT_EQ(sample(two, 100), run('b', 50) + "\n" + run('a', 50) + "\n");
  const std::string five = two + run('c', 102) + "\n" + run('d', 103) + "\n" + run('e', 104);
  EXPECT_EQ(sample(five, 100),
            run('e', 25) + "\n" + run('d', 25) + "\n" + run('c', 25) + "\n" + run('b', 25) + "\n");
}

TEST(SampleArticle, OfEqualLinesTheFirstCount) {
  EXPECT_EQ(sample("aa\nbb\ncc\ndd\nee\n", 8), "aa\nbb\ncc\ndd\n");
}

TEST(SampleArticle, ShortLinesAreTakenUpToSixteen) {
  std::string text;
  for (char c = 'a'; c < 'a' + 15; ++c) text += run(c, 3) + "\n";
  EXPECT_EQ(sample(text, 100), text);
  text += "xxx\n";
  EXPECT_EQ(sample(text, 100), text);
  EXPECT_EQ(sample(text + "yyy\n", 100), text);
}

TEST(SampleArticle, LinesBesideTheArticleAreLeftOut) {
  // A quarter of the longest line, while that is less than 80 bytes.
  for (const std::size_t longest : {40U, 316U, 320U}) {
    const std::string body = run('a', longest) + "\n";
    EXPECT_EQ(sample(body + run('b', longest / 4 - 1), 4096), body);
    EXPECT_EQ(sample(body + run('b', longest / 4), 4096), body + run('b', longest / 4) + "\n");
    EXPECT_EQ(sample(body + run('b', longest / 4 + 1), 4096),
              body + run('b', longest / 4 + 1) + "\n");
  }
  for (const std::size_t longest : {324U, 2000U}) {
    const std::string body = run('a', longest) + "\n";
    EXPECT_EQ(sample(body + run('b', 79), 4096), body);
    EXPECT_EQ(sample(body + run('b', 80), 4096), body + run('b', 80) + "\n");
  }
}

TEST(SampleArticle, LettersStayWhole) {
  for (const std::string letter : {"é", "好", "𐐷"}) {
    std::string line;
    while (line.size() < 200) line += letter;
    for (std::size_t bytes = 0; bytes < 20; ++bytes) {
      const std::string got = sample(line, bytes);
      EXPECT_EQ(text::find_invalid_utf8(got), std::nullopt) << letter << bytes;
      EXPECT_EQ(got.size() - 1, bytes / letter.size() * letter.size()) << letter << bytes;
    }
  }
}

}  // namespace
}  // namespace copydesk::cleaning
