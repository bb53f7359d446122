#include "copydesk/edits.h"

#include <gtest/gtest.h>

#include <string>

namespace copydesk {
namespace {

std::string text_after(Document& document, Edits& edits) {
  document.apply(edits.take());
  return std::string(document.text());
}

TEST(Edits, CutLineTakesItsBreak) {
  for (const auto& [text, line, expected] :
       {std::tuple{"a\nb\nc", 0, "b\nc"}, std::tuple{"a\nb\nc", 1, "a\nc"},
        std::tuple{"a\nb\nc", 2, "a\nb\n"}, std::tuple{"a\r\nb\r\n", 0, "b\r\n"},
        std::tuple{"a\r\nb\r\n", 1, "a\r\n"}, std::tuple{"a\n\nb", 1, "a\nb"}}) {
    Document document({}, text);
    Edits edits(document);
    edits.cut_line(static_cast<std::size_t>(line), Reason::kNavMenu, "rule");
    ASSERT_EQ(edits.size(), 1U);
    EXPECT_EQ(edits.view()[0].reason, Reason::kNavMenu);
    EXPECT_EQ(edits.view()[0].rule, "rule");
    EXPECT_EQ(edits.view()[0].stage, "");
    EXPECT_EQ(text_after(document, edits), expected);
  }
}

TEST(Edits, CutRefusesToPartAWordOrACodePoint) {
  const Document document({}, "The caf\u00E9, open: 東京都");
  struct Case {
    Span span;
    bool taken;
  };
  for (const Case& c : {
           Case{{0, 3}, true},     // The
           Case{{0, 2}, false},    // Th
           Case{{1, 4}, false},    // he
           Case{{4, 9}, true},     // café
           Case{{4, 8}, false},    // half of é
           Case{{8, 10}, false},   // the other half
           Case{{4, 7}, false},    // caf
           Case{{3, 10}, true},    // " café,"
           Case{{0, 0}, false},    // nothing
           Case{{17, 20}, true},   // Han has no spaces to go by
           Case{{17, 19}, false},  // but code points
           Case{{0, 26}, true},
       }) {
    Edits edits(document);
    EXPECT_EQ(edits.cut(c.span, Reason::kPromoAd), c.taken) << c.span.begin << "-" << c.span.end;
    EXPECT_EQ(edits.empty(), !c.taken);
  }
}

TEST(Edits, CutRefusesToJoinTwoWords) {
  const Document document({}, "one(two)three, four e\u0301-f");
  Edits edits(document);
  EXPECT_FALSE(edits.cut({3, 8}, Reason::kPromoAd));    // onethree
  EXPECT_FALSE(edits.cut({13, 15}, Reason::kPromoAd));  // threefour
  EXPECT_FALSE(edits.cut({23, 24}, Reason::kPromoAd));  // éf
  EXPECT_TRUE(edits.cut({13, 14}, Reason::kPromoAd));   // three four
  EXPECT_TRUE(edits.cut({3, 4}, Reason::kPromoAd) == false);
  EXPECT_TRUE(edits.cut({0, 4}, Reason::kPromoAd));  // two)three
  EXPECT_TRUE(edits.replace({3, 4}, " ", Reason::kPromoAd));
}

TEST(Edits, ReplacePutsTextInPlace) {
  Document document({}, "Cr\u00C3\u00A9dit: AFP");
  Edits edits(document);
  EXPECT_FALSE(edits.replace({2, 6}, "\u00E9", Reason::kCaptionCredit));  // inside a word
  EXPECT_TRUE(edits.replace({0, 9}, "Cr\u00E9dit", Reason::kCaptionCredit, "repair"));
  EXPECT_EQ(text_after(document, edits), "Cr\u00E9dit: AFP");
  ASSERT_EQ(document.edits().size(), 1U);
  EXPECT_EQ(document.edits()[0].replacement, "Cr\u00E9dit");
  EXPECT_EQ(document.edits()[0].rule, "repair");
}

TEST(Edits, SpeakOfTheOriginalAfterEarlierEdits) {
  Document document({}, "one\ntwo\nthree\nfour");
  Edits first(document);
  first.cut_line(1, Reason::kNavMenu);
  EXPECT_EQ(text_after(document, first), "one\nthree\nfour");

  Edits second(document);
  second.cut_line(1, Reason::kNavMenu);
  EXPECT_EQ(second.view()[0].span, (Span{8, 14}));
  EXPECT_TRUE(second.cut({10, 14}, Reason::kNavMenu));
  EXPECT_EQ(second.view()[1].span, (Span{14, 18}));
  EXPECT_EQ(text_after(document, second), "one\n");
}

TEST(Edits, ClearForgetsAll) {
  Document document({}, "one\ntwo");
  Edits edits(document);
  edits.cut_line(0, Reason::kNavMenu);
  edits.clear();
  EXPECT_TRUE(edits.empty());
  EXPECT_EQ(text_after(document, edits), "one\ntwo");
}

TEST(Findings, LiftCopiesTheValue) {
  DocumentFindings findings;
  std::string value = "Ada Reporter";
  findings.lift(Field::kAuthor, value);
  value = "changed";
  ASSERT_EQ(findings.lifted.size(), 1U);
  EXPECT_EQ(findings.lifted[0].field, Field::kAuthor);
  EXPECT_EQ(findings.lifted[0].value, "Ada Reporter");
}

}  // namespace
}  // namespace copydesk
