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

std::string repeated(std::string_view letter, std::size_t n) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += letter;
  return out;
}

// Whether `line` with its own number of words is running text.
bool body(const std::string& line) { return is_body(line, text::count_words(line)); }

TEST(IsBody, NeedsThirtySixChineseCharactersAndAFullStop) {
  EXPECT_FALSE(body(repeated("河", 34) + "。"));  // the stop counts as a character
  EXPECT_TRUE(body(repeated("河", 35) + "。"));
  EXPECT_TRUE(body(repeated("か", 36) + "！"));
  EXPECT_TRUE(body(repeated("河", 36) + "？」"));
  EXPECT_FALSE(body(repeated("河", 40)));
}

TEST(IsBody, QuotationMarksAndDotsAreNoSentenceOfChinese) {
  EXPECT_FALSE(body("“" + repeated("河", 40) + "”…"));
  EXPECT_FALSE(body(repeated("河", 40) + "...2.5"));
}

TEST(IsBody, CountsSpacedWordsAmongChineseOnes) {
  // 30 characters are ten words, and two of the spaced ones are not seen.
  EXPECT_FALSE(body(words(3) + repeated("河", 29) + "。"));
  EXPECT_TRUE(body(words(4) + repeated("河", 29) + "。"));
  // Few characters in a line of spaced words leave it what it is.
  EXPECT_TRUE(body(words(11) + " 河川。"));
}

TEST(IsBody, KnowsOtherScripts) {
  EXPECT_TRUE(
      body("Річка вийшла з берегів, і міст у селищі закрили до ранку, сказала мерка громади."));
  EXPECT_TRUE(body("فاض النهر ليلا وأغلق المجلس الجسر القديم في القرية حتى صباح الغد، أليس كذلك؟"));
  EXPECT_TRUE(body("강 물이 불어 마을 다리가 밤새 닫혔고 주민 들은 학교 로 몸을 피했다."));
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
       {"It rained.", "“It rained.”", "(It rained.)", "It rained!»", "He said “no”", "下雨了。",
        "（下雨了。）", "هل أمطرت؟", "Έβρεξε;", "Έβρεξε\u037E", "«Έβρεξε;»"}) {
    EXPECT_TRUE(ends_sentence(line)) << line;
  }
  for (const char* line :
       {"", "It rained", "Dr. Who", "(rain)", "Rain:", "rain;", "下雨了", "Έβρεξε", ";"}) {
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
