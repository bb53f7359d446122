#include "cleaning/line_features.h"

#include <gtest/gtest.h>
#include <xxhash.h>

#include <algorithm>
#include <string>

#include "copydesk/text/words.h"

namespace copydesk::cleaning {
namespace {

Document document_of(std::string text) { return Document(DocumentFields{}, std::move(text)); }

LineFeatures features_of(const Document& document) {
  LineFeatures features;
  line_features(document, features);
  return features;
}

std::string sentence(std::string_view word) {
  std::string out;
  for (int i = 0; i < 14; ++i) out += std::string(word) + " ";
  return out + "end.";
}

std::uint32_t token_of(std::string_view word) {
  return static_cast<std::uint32_t>(text::word_hash(word) >> 32);
}

TEST(LineFeatures, HasALineForEachThatHoldsAWord) {
  const LineFeatures features = features_of(document_of("Menu\n\n  ---  \n  Harbour news \nlast"));
  ASSERT_EQ(features.lines.size(), 3U);
  EXPECT_EQ(features.lines[0].span, (Span{0, 4}));
  EXPECT_EQ(features.lines[1].span, (Span{16, 28}));
  EXPECT_EQ(features.lines[2].span, (Span{30, 34}));
  EXPECT_EQ(features.numbers.size(), 3 * kLineNumbers);
  EXPECT_TRUE(features_of(document_of("")).lines.empty());
  EXPECT_TRUE(features_of(document_of("...\n\n")).lines.empty());
}

TEST(LineFeatures, NumbersAreShares) {
  const Document document =
      document_of("Menu | Sport | © 2024\nFARES GO UP!\n" + sentence("harbour") + "\n" +
                  sentence("harbour") + "\n- @ferry www.ferry.example\n(AP) “Why?”\n" +
                  std::string(5000, 'x') + "\n北京，今天。\n٣٤٥\n" + std::string(3000, '1') + "\n");
  const LineFeatures features = features_of(document);
  for (std::size_t i = 0; i < features.lines.size(); ++i) {
    for (std::size_t k = 0; k < kLineNumbers; ++k) {
      EXPECT_GE(features.numbers_of(i)[k], 0.0F) << "line " << i << " number " << k;
      EXPECT_LE(features.numbers_of(i)[k], 1.0F) << "line " << i << " number " << k;
    }
  }
}

TEST(LineFeatures, TokensAreTheFirstAndLastWords) {
  std::string line;
  for (char c = 'a'; c <= 'z'; ++c) line += std::string(3, c) + " ";
  const LineFeatures features = features_of(document_of(line));
  ASSERT_EQ(features.lines.size(), 1U);
  const auto tokens = features.tokens_of(0);
  ASSERT_EQ(tokens.size(), kMaxLineTokens);
  EXPECT_EQ(tokens[0], token_of("aaa"));
  EXPECT_EQ(tokens[15], token_of("ppp"));
  EXPECT_EQ(tokens[16], token_of("sss"));
  EXPECT_EQ(tokens[23], token_of("zzz"));
}

TEST(LineFeatures, NumbersInTheTextAreAlikeByTheirLength) {
  const auto first = [](std::string text) {
    const LineFeatures features = features_of(document_of(std::move(text)));
    return features.tokens_of(0)[0];
  };
  EXPECT_EQ(first("1987 votes"), 4U);
  EXPECT_EQ(first("2026 votes"), 4U);
  EXPECT_EQ(first("26 votes"), 2U);
}

TEST(LineFeatures, KnowsWhatIsCutAlready) {
  const std::string text = "Menu of it all\n" + sentence("ferry") + "\nShare this";
  Document document = document_of(text);
  const LineFeatures before = features_of(document);
  AppliedEdit whole;
  whole.span = {0, 15};
  whole.reason = Reason::kNavMenu;
  AppliedEdit part;
  part.span = {static_cast<std::uint32_t>(text.size()) - 5,
               static_cast<std::uint32_t>(text.size())};
  part.reason = Reason::kChromeShare;
  document.apply({whole, part});
  const LineFeatures after = features_of(document);
  ASSERT_EQ(after.lines.size(), 3U);
  EXPECT_FALSE(after.lines[0].alive);
  EXPECT_TRUE(after.lines[1].alive);
  EXPECT_TRUE(after.lines[2].alive) << "only part of it is gone";
  // The words and shapes are those of the original, whatever is cut.
  EXPECT_EQ(after.tokens, before.tokens);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(after.lines[i].span, before.lines[i].span);
    EXPECT_EQ(after.lines[i].body, before.lines[i].body);
    EXPECT_NE(std::vector(after.numbers_of(i).begin(), after.numbers_of(i).end()),
              std::vector(before.numbers_of(i).begin(), before.numbers_of(i).end()));
  }
}

TEST(LineFeatures, CountsWhatIsLeftOfALine) {
  Document document = document_of("MENU MENU\nRead on here\nplain line");
  AppliedEdit first;
  first.span = {0, 4};
  first.reason = Reason::kNavMenu;
  AppliedEdit blank;
  blank.span = {4, 5};
  AppliedEdit second = first;
  second.span = {5, 9};
  AppliedEdit replaced = first;
  replaced.span = {10, 22};
  replaced.replacement = "Something else";
  AppliedEdit part = first;
  part.span = {23, 28};
  document.apply({first, blank, second, replaced, part});
  const LineFeatures features = features_of(document);
  EXPECT_FALSE(features.lines[0].alive) << "both words and the blank between are gone";
  EXPECT_EQ(features.lines[0].living, 0U);
  EXPECT_TRUE(features.lines[1].alive) << "something stands there";
  EXPECT_EQ(features.lines[1].living, 12U);
  EXPECT_TRUE(features.lines[2].alive);
  EXPECT_EQ(features.lines[2].living, 5U);
}

// A model was trained on these numbers. Whoever changes one raises kLineFeatureVersion and trains
// anew; then this hash changes.
TEST(LineFeatures, AreWhatModelsWereTrainedOn) {
  Document document = document_of(
      "Home | News | Sport\nShare this\nFerry fares to rise\nBy Ada Kestrel, 3 May 2024\n" +
      sentence("harbour") + "\n“The boats are old,” she said.\n北京，今天的天气很好。\n" +
      sentence("ferry") +
      "\nRead more: islands…\n(AP) © 2024\nName *\nΗ βάρκα;\nwww.ferry.example @ferry\n");
  AppliedEdit share;
  share.span = {20, 31};
  share.reason = Reason::kChromeShare;
  AppliedEdit form;
  const auto at = static_cast<std::uint32_t>(document.original().find("Name *"));
  form.span = {at, at + 7};
  form.reason = Reason::kCommentForm;
  document.apply({share, form});
  const LineFeatures features = features_of(document);
  EXPECT_EQ(kLineFeatureVersion, 1U);
  EXPECT_EQ(XXH3_64bits(features.numbers.data(), features.numbers.size() * sizeof(float)),
            1734062366383944338U);
  EXPECT_EQ(XXH3_64bits(features.tokens.data(), features.tokens.size() * sizeof(std::uint32_t)),
            12526851354254638155U);
}

// A page does not look different for the blank lines in it.
TEST(LineFeatures, BlankLinesChangeNothing) {
  const LineFeatures tight = features_of(document_of("Menu\n" + sentence("ferry") + "\nShare"));
  const LineFeatures loose =
      features_of(document_of("\n\nMenu\n \n" + sentence("ferry") + "\n\n***\n\nShare\n\n"));
  EXPECT_EQ(tight.numbers, loose.numbers);
  EXPECT_EQ(tight.tokens, loose.tokens);
}

TEST(LineFeatures, OldContentsOfTheOutputAreGone) {
  LineFeatures features = features_of(document_of("One\nTwo\nThree"));
  line_features(document_of("Four"), features);
  EXPECT_EQ(features.lines.size(), 1U);
  EXPECT_EQ(features.numbers, features_of(document_of("Four")).numbers);
}

}  // namespace
}  // namespace copydesk::cleaning
