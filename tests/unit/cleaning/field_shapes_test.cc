#include "cleaning/field_shapes.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace copydesk::cleaning {
namespace {

std::vector<text::Word> words_of(std::string_view s) {
  std::vector<text::Word> words;
  text::split_words(s, words);
  return words;
}

bool headline(std::string_view line) { return is_headline(line, text::count_words(line)); }
bool label(std::string_view line) { return is_picture_label(line, text::count_words(line)); }
std::string undouble(std::string_view line) {
  return std::string(undoubled(line, 0, words_of(line)).value_or("-"));
}
std::string dateline(std::string_view line) { return std::string(dateline_of(line).value_or("-")); }

std::string repeat(std::string_view word, std::size_t n) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) {
    if (i > 0) out += ' ';
    out += word;
  }
  return out;
}

TEST(IsHeadline, CountsWordsAndBytes) {
  EXPECT_FALSE(headline(repeat("Word", kMinHeadlineWords - 1)));
  EXPECT_TRUE(headline(repeat("Word", kMinHeadlineWords)));
  EXPECT_TRUE(headline(repeat("Word", kMinHeadlineWords + 1)));
  EXPECT_TRUE(headline(repeat("Word", kMaxHeadlineWords - 1)));
  EXPECT_TRUE(headline(repeat("Word", kMaxHeadlineWords)));
  EXPECT_FALSE(headline(repeat("Word", kMaxHeadlineWords + 1)));
  const std::string three = "One two three ";
  EXPECT_TRUE(headline(three + std::string(kMaxHeadlineBytes - three.size() - 1, 'x')));
  EXPECT_TRUE(headline(three + std::string(kMaxHeadlineBytes - three.size(), 'x')));
  EXPECT_FALSE(headline(three + std::string(kMaxHeadlineBytes - three.size() + 1, 'x')));
}

TEST(IsHeadline, LooksAtBothEnds) {
  for (const char* line : {"Mill burns in Osterby again", "“Not us”, says the mayor",
                           "12 ferries late again", "Was it the mill owner?", "And then it rained…",
                           "And then it rained...", "Пожар на старой мельнице"}) {
    EXPECT_TRUE(headline(line)) << line;
  }
  for (const char* line : {"The mill burned on Monday.", "mill burns in town",
                           "What we know so far:", "In town, on Monday,", "– and then it rained"}) {
    EXPECT_FALSE(headline(line)) << line;
  }
}

TEST(IsName, TakesCapitalisedWordsOnly) {
  for (const char* line :
       {"Daily Mirror", "Ada van der Kestrel", "J. R. Wren", "Élodie d’Arc-Martin", "Kestrel"}) {
    EXPECT_EQ(is_name(line, 1), std::string_view(line) != "Élodie d’Arc-Martin") << line;
  }
  for (const char* line : {"", "daily mirror", "Mill burns", "Page 4", "Ada Kestrel, Osterby",
                           "Rain! Wind!", "Ada  Kestrel", "Ada "}) {
    EXPECT_FALSE(is_name(line, 1)) << line;
  }
}

TEST(IsName, CountsPartsAndBytes) {
  EXPECT_FALSE(is_name("Kestrel", 2));
  EXPECT_TRUE(is_name("Ada Kestrel", 2));
  EXPECT_TRUE(is_name(repeat("Ada", kMaxNameWords - 1), 2));
  EXPECT_TRUE(is_name(repeat("Ada", kMaxNameWords), 2));
  EXPECT_FALSE(is_name(repeat("Ada", kMaxNameWords + 1), 2));
  EXPECT_TRUE(is_name("A" + std::string(kMaxNameBytes - 2, 'a'), 1));
  EXPECT_TRUE(is_name("A" + std::string(kMaxNameBytes - 1, 'a'), 1));
  EXPECT_FALSE(is_name("A" + std::string(kMaxNameBytes, 'a'), 1));
}

TEST(IsPictureLabel, IsAFewCapitalisedWords) {
  EXPECT_FALSE(label(repeat("Mill", kMinLabelWords - 1)));
  EXPECT_TRUE(label(repeat("Mill", kMinLabelWords)));
  EXPECT_TRUE(label(repeat("Mill", kMaxLabelWords - 1)));
  EXPECT_TRUE(label(repeat("Mill", kMaxLabelWords)));
  EXPECT_FALSE(label(repeat("Mill", kMaxLabelWords + 1)));
  EXPECT_FALSE(label("Old Mill. New Bridge"));
  EXPECT_FALSE(label("What we know so far"));
}

TEST(WithoutSiteSuffix, CutsAtTheLastMark) {
  EXPECT_EQ(without_site_suffix("Mill burns in Osterby - Harbour Post"), "Mill burns in Osterby");
  EXPECT_EQ(without_site_suffix("Mill burns in Osterby | News | Post"),
            "Mill burns in Osterby | News");
  EXPECT_EQ(without_site_suffix("Mill burns in Osterby"), "Mill burns in Osterby");
  EXPECT_EQ(without_site_suffix("Mill burns in – Harbour Post"), "Mill burns in – Harbour Post");
  EXPECT_EQ(without_site_suffix(""), "");
}

TEST(Undoubled, FindsACaptionThatIsThereTwice) {
  EXPECT_EQ(undouble("Ministers met in Osterby on Sep. 3. (Larkwire) Ministers met in Osterby on "
                     "Sep. 3. (Larkwire)"),
            "Ministers met in Osterby on Sep. 3. (Larkwire)");
  EXPECT_EQ(undouble("The mill burned at dawn. The mill burned at dawn."),
            "The mill burned at dawn.");
  EXPECT_EQ(undouble("The mill burned at dawn The mill burned at dawn"), "-");
  EXPECT_EQ(undouble("The mill burned at dawn. The mill burned at noon."), "-");
  EXPECT_EQ(undouble(""), "-");
}

TEST(Undoubled, HalvesHaveALeastLength) {
  const auto twice = [](std::size_t n) {
    return undouble(repeat("a", n) + ". " + repeat("a", n) + ".");
  };
  EXPECT_EQ(twice(kMinDoubledWords - 1), "-");
  EXPECT_EQ(twice(kMinDoubledWords), repeat("a", kMinDoubledWords) + ".");
  EXPECT_EQ(twice(kMinDoubledWords + 1), repeat("a", kMinDoubledWords + 1) + ".");
}

TEST(IsTitleWithCredit, WantsTheTitleThenACredit) {
  const auto test = [](std::string_view line, std::string_view title) {
    return is_title_with_credit(words_of(line), words_of(title));
  };
  const std::string title = "Mill burns in Osterby";
  EXPECT_TRUE(test(title + ". Source: Ada Kestrel", title));
  EXPECT_TRUE(test(title + " (Larkwire via AP)", title));
  EXPECT_FALSE(test(title, title));
  EXPECT_FALSE(test(title + " again", title));
  EXPECT_FALSE(test("The mill burns. Source: Ada Kestrel", title));
  EXPECT_FALSE(test("Mill burns Osterby. Photo: Ada", "Mill burns Osterby"));
  EXPECT_FALSE(test("", ""));
}

TEST(IsTitleWithCredit, CreditHasALongestLength) {
  const std::string title = "Mill burns in Osterby";
  const auto test = [&](std::size_t n) {
    return is_title_with_credit(words_of(title + " photo " + repeat("x", n - 1)), words_of(title));
  };
  EXPECT_TRUE(test(kMaxCreditWords - 1));
  EXPECT_TRUE(test(kMaxCreditWords));
  EXPECT_FALSE(test(kMaxCreditWords + 1));
}

TEST(DatelineOf, FindsPlaceDateAndAgency) {
  EXPECT_EQ(dateline("OSTERBY (Larkwire) – The mill burned."), "OSTERBY (Larkwire)");
  EXPECT_EQ(dateline("NEW OSTERBY — The mill burned."), "NEW OSTERBY");
  EXPECT_EQ(dateline("OSTERBY, Oct. 8 (Larkwire) -- The mill burned."),
            "OSTERBY, Oct. 8 (Larkwire)");
  EXPECT_EQ(dateline("OSTERBY - The mill burned."), "OSTERBY");
  EXPECT_EQ(dateline("Osterby (LWA) – The mill burned."), "Osterby (LWA)");
  EXPECT_EQ(dateline("Osterby, May 3 (Reuters) - The mill burned."), "Osterby, May 3 (Reuters)");
}

TEST(DatelineOf, IsNotFooledByOtherDashes) {
  for (const char* line :
       {"", "The mill burned.", "The mill – an old one – burned.", "Osterby – The mill burned.",
        "US-China talks stall.", "Osterby (the old one) – The mill burned.", "– The mill burned.",
        "EU – The ministers met."}) {
    EXPECT_EQ(dateline(line), "-") << line;
  }
}

TEST(DatelineOf, HasALongestLength) {
  const auto test = [](std::size_t n) { return dateline(std::string(n, 'X') + "– It rained."); };
  EXPECT_EQ(test(kMaxDatelineBytes - 1).size(), kMaxDatelineBytes - 1);
  EXPECT_EQ(test(kMaxDatelineBytes).size(), kMaxDatelineBytes);
  EXPECT_EQ(test(kMaxDatelineBytes + 1), "-");
}

TEST(HostOf, TakesSchemePathAndWwwOff) {
  EXPECT_EQ(host_of("https://www.harbourpost.example/news?x=1"), "harbourpost.example");
  EXPECT_EQ(host_of("WWW.Harbourpost.example"), "Harbourpost.example");
  EXPECT_EQ(host_of(" harbourpost.example "), "harbourpost.example");
  EXPECT_EQ(host_of("www."), "www.");
  EXPECT_EQ(host_of(""), "");
}

TEST(TidyValue, TakesSeparatorsOffTheEnds) {
  EXPECT_EQ(tidy_value("|\u00a0\u00a0 Politics"), "Politics");
  EXPECT_EQ(tidy_value("• World ›"), "World");
  EXPECT_EQ(tidy_value("By the sea – a story"), "By the sea – a story");
  EXPECT_EQ(tidy_value(" | "), "");
  EXPECT_EQ(tidy_value(""), "");
}

TEST(Overlap, CountsContentWordsAndHasAnAnswerForNone) {
  const auto test = [](std::string_view a, std::string_view b) {
    return overlap(words_of(a), words_of(b));
  };
  EXPECT_EQ(test("mill burned again", "the mill burned").found, 2u);
  EXPECT_DOUBLE_EQ(test("mill burned again", "the mill burned").share, 2.0 / 3.0);
  EXPECT_EQ(test("the old", "the old").found, 0u);
  EXPECT_EQ(test("the old", "the old").share, 0.0);
  EXPECT_EQ(test("", "").share, 0.0);
}

TEST(Overlap, ContentWordsHaveALeastLength) {
  const auto test = [](std::size_t n) {
    const std::string word(n, 'x');
    return overlap(words_of(word), words_of(word)).found;
  };
  EXPECT_EQ(test(kContentWordBytes - 1), 0u);
  EXPECT_EQ(test(kContentWordBytes), 1u);
  EXPECT_EQ(test(kContentWordBytes + 1), 1u);
}

}  // namespace
}  // namespace copydesk::cleaning
