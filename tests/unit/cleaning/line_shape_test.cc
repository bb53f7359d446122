#include "cleaning/line_shape.h"

#include <gtest/gtest.h>

#include <string>

namespace copydesk::cleaning {
namespace {

Document document_of(std::string text) { return Document(DocumentFields{}, std::move(text)); }

std::string words(std::size_t n) {
  std::string out = "word";
  for (std::size_t i = 1; i < n; ++i) out += " word";
  return out;
}

TEST(IsBody, NeedsTwelveWordsAndASentenceMark) {
  EXPECT_FALSE(is_body(words(11) + ".", 11));
  EXPECT_TRUE(is_body(words(12) + ".", 12));
  EXPECT_TRUE(is_body(words(13) + ".", 13));
  EXPECT_FALSE(is_body(words(13), 13));
}

TEST(HasSentenceMark, KnowsTheMarksOfManyScripts) {
  for (const char* line : {"a.", "a!", "a?", "a…", "“a”", "\"a\"", "你好。", "何ですか？", "है।"}) {
    EXPECT_TRUE(has_sentence_mark(line)) << line;
  }
  for (const char* line : {"", "Menu", "Sport | Weather", "it’s", "a, b; c: d"}) {
    EXPECT_FALSE(has_sentence_mark(line)) << line;
  }
}

TEST(EndsSentence, LooksThroughClosingBracketsAndQuotes) {
  for (const char* line :
       {"It rained.", "“It rained.”", "(It rained.)", "It rained!»", "He said “no”"}) {
    EXPECT_TRUE(ends_sentence(line)) << line;
  }
  for (const char* line : {"", "It rained", "Dr. Who", "(rain)", "Rain:"}) {
    EXPECT_FALSE(ends_sentence(line)) << line;
  }
}

TEST(LineShapes, GivesEachLineItsTrimmedSpanAndWords) {
  const Document document = document_of("  Menu \n\n" + words(12) + ".\nEnd");
  const std::vector<LineShape> shapes = line_shapes(TextView::of(document));
  ASSERT_EQ(shapes.size(), 4u);
  EXPECT_EQ(shapes[0].span, (Span{2, 6}));
  EXPECT_EQ(shapes[0].words, 1u);
  EXPECT_TRUE(shapes[1].blank());
  EXPECT_EQ(shapes[2].first_word, 1u);
  EXPECT_EQ(shapes[2].words, 12u);
  EXPECT_TRUE(shapes[2].body);
  EXPECT_EQ(shapes[3].first_word, 13u);
  EXPECT_FALSE(shapes[3].body);
}

TEST(FindZones, HeadEndsAtTheFirstBodyLineAndTailBeginsAfterTheLast) {
  LineShape body;
  body.body = true;
  const LineShape other;
  const std::vector<LineShape> page = {other, body, other, body, other};
  const Zones zones = find_zones(page);
  EXPECT_TRUE(zones.has_body);
  EXPECT_TRUE(zones.in_head(0));
  EXPECT_FALSE(zones.in_head(1));
  EXPECT_FALSE(zones.in_head(2));
  EXPECT_FALSE(zones.in_tail(2));
  EXPECT_FALSE(zones.in_tail(3));
  EXPECT_TRUE(zones.in_tail(4));
}

TEST(FindZones, WithoutBodyEveryLineIsInBoth) {
  const std::vector<LineShape> page(2);
  const Zones zones = find_zones(page);
  EXPECT_FALSE(zones.has_body);
  EXPECT_TRUE(zones.in_head(1));
  EXPECT_TRUE(zones.in_tail(0));
}

}  // namespace
}  // namespace copydesk::cleaning
