#include "reuse/quotes.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/text/utf8.h"

namespace copydesk::reuse {
namespace {

// The span is what stands between [ and ], which are not part of the text.
bool quoted(std::string marked) {
  const std::size_t begin = marked.find('[');
  marked.erase(begin, 1);
  const std::size_t end = marked.find(']');
  marked.erase(end, 1);
  return Quotations(marked).contain(
      {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
}

struct QuoteCase {
  const char* name;
  const char* text;
  bool quoted;
};

class QuotesTest : public ::testing::TestWithParam<QuoteCase> {};

TEST_P(QuotesTest, StandsInQuotation) { EXPECT_EQ(quoted(GetParam().text), GetParam().quoted); }

INSTANTIATE_TEST_SUITE_P(
    Table, QuotesTest,
    ::testing::Values(
        QuoteCase{"double", "She said: “[We will rebuild the pier]”, and left.", true},
        QuoteCase{"straight", "She said: \"[We will rebuild the pier],\" and left.", true},
        QuoteCase{"guillemets", "Elle a dit : « [nous allons reconstruire] ».", true},
        QuoteCase{"german", "Er sagte: „[Wir bauen den Steg]“ und ging.", true},
        QuoteCase{"german_guillemets", "Er sagte: »[Wir bauen den Steg]« und ging.", true},
        QuoteCase{"polish", "Powiedział: „[odbudujemy molo]” i wyszedł.", true},
        QuoteCase{"single", "She said: ‘[We will rebuild the pier]’, and left.", true},
        QuoteCase{"corner", "市长说：「[我们将重建]」。", true},
        QuoteCase{"white_corner", "市長は『[再建する]』と言った。", true},
        QuoteCase{"part_of_one", "“We said it: [we will rebuild] the pier”, he said.", true},
        QuoteCase{"nested", "“He told me ‘[we will rebuild]’ twice”, she said.", true},
        QuoteCase{"around_nested", "“[He told me ‘we will rebuild’ twice]”, she said.", true},
        QuoteCase{"attribution_inside", "“[We will rebuild”, she said, “in May]”, and left.", true},
        QuoteCase{"two_paragraphs", "“[We will rebuild.\n“It will take a year]”, she said.", true},
        QuoteCase{"apostrophes", "“[It’s the mayor’s pier, isn’t it]”, she said.", true},
        QuoteCase{"apostrophe_in_single", "‘[It’s the pier]’, she said.", true},
        QuoteCase{"plain", "[The pier will be rebuilt in May].", false},
        QuoteCase{"before", "[The mayor] said: “We will rebuild”.", false},
        QuoteCase{"after", "“We will rebuild”, [the mayor said on Friday].", false},
        QuoteCase{"between", "“We will rebuild”, [said the mayor], “in May”.", false},
        QuoteCase{"between_straight", "\"We will rebuild,\" [said the mayor], \"in May.\"", false},
        QuoteCase{"runs_out_of_it", "“[We will rebuild”, the mayor said].", false},
        QuoteCase{"runs_into_it", "[The mayor said: “We will rebuild] the pier”.", false},
        QuoteCase{"never_closed", "She said: “[We will rebuild the pier].", false},
        QuoteCase{"closed_in_next_paragraph", "“[We will rebuild].\nIn May”, she said.", false},
        QuoteCase{"opened_in_last_paragraph", "“Yes.\n[We will rebuild]”, she said.", false},
        QuoteCase{"apostrophe_is_no_mark", "The mayor’s [pier is the town’s] pride.", false},
        QuoteCase{"leading_apostrophe", "In the ’90s [the pier] was the workers’ pride.", false},
        QuoteCase{"stray_inches", "A 12\" pipe. \"[We will rebuild],\" she said.", true},
        QuoteCase{"inches_open_nothing", "A 12\" pipe [and a hose] fit, \"he said.\"", false},
        QuoteCase{"missing_close", "\"We will rebuild. Later: \"[It is fine],\" she said.", true},
        QuoteCase{"unmarked_last_paragraph", "“[We will rebuild.\nIn May]”, she said.", false},
        QuoteCase{"outer_never_closed", "“He told me ‘[we will rebuild]’ twice.", true},
        QuoteCase{"whole_text", "[“We will rebuild”]", false}),
    [](const auto& test) { return std::string(test.param.name); });

// The slow version: the marks that are open before each code point of one paragraph, and behind it.
std::vector<std::u32string> open_marks(std::string_view paragraph) {
  std::u32string characters;
  for (std::size_t at = 0; at < paragraph.size();) {
    const text::CodePoint c = text::decode_utf8(paragraph, at);
    characters += c.value;
    at += c.length;
  }
  const auto is_space = [&](std::size_t i) {
    return i >= characters.size() || characters[i] == U' ';  // before the first, too
  };
  std::vector<std::u32string> states;
  std::u32string open;
  const auto close = [&](std::u32string_view openers) {
    const std::size_t found = open.find_last_of(openers);
    if (found == std::u32string::npos) return false;
    open.resize(found);
    return true;
  };
  for (std::size_t i = 0; i < characters.size(); ++i) {
    states.push_back(open);
    const char32_t c = characters[i];
    if (c == U'„' || c == U'‚' || c == U'「' || c == U'『') open += c;
    if (c == U'“' && !close(U"„")) open += c;
    if (c == U'‘' && !close(U"‚")) open += c;
    if (c == U'«' && !close(U"»")) open += c;
    if (c == U'»' && !close(U"«")) open += c;
    if (c == U'”') close(U"“„");
    if (c == U'」') close(U"「");
    if (c == U'』') close(U"『");
    const bool before_letter = i + 1 < characters.size() && characters[i + 1] == U'a';
    if (c == U'’' && !before_letter) close(U"‘‚");
    if (c == U'"') {
      const bool space_before = is_space(i - 1);
      const bool space_after = is_space(i + 1);
      const bool is_open = open.find(U'"') != std::u32string::npos;
      if (is_open && (!space_before || space_after)) close(U"\"");
      if (!is_open && (space_before || !space_after)) open += c;
    }
  }
  states.push_back(open);
  return states;
}

TEST(Quotations, AgreeWithReadingTheParagraphsForEverySpan) {
  const std::vector<std::string> tokens = {"a", "a", " ", " ", "\"", "\"", "“",  "”",  "„", "‘",
                                           "’", "‚", "«", "»", "「", "」", "『", "』", "\n"};
  struct Place {  // where a code point begins, or the text ends
    std::uint32_t offset = 0;
    bool inside = false;
    bool closed = false;  // a mark that is open here is closed in the paragraph
  };
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    // Few kinds of marks in a text, so that they meet their like.
    std::vector<std::string> some = {"a", " ", "\n"};
    for (int i = 0; i < 5; ++i) some.push_back(tokens[random() % tokens.size()]);
    std::string text;
    std::vector<Place> places;
    for (std::size_t paragraphs = 1 + random() % 3; paragraphs > 0; --paragraphs) {
      std::string paragraph;
      std::vector<std::uint32_t> offsets;
      for (std::size_t n = random() % 16; n > 0; --n) {
        const std::string& token = some[random() % some.size()];
        if (token == "\n") continue;
        offsets.push_back(static_cast<std::uint32_t>(text.size() + paragraph.size()));
        paragraph += token;
      }
      offsets.push_back(static_cast<std::uint32_t>(text.size() + paragraph.size()));
      const std::vector<std::u32string> open = open_marks(paragraph);
      ASSERT_EQ(open.size(), offsets.size());
      for (std::size_t i = 0; i < open.size(); ++i) {
        Place place = {offsets[i], !open[i].empty(), false};
        for (std::size_t j = i + 1; j < open.size(); ++j) {
          place.closed = place.closed || open[j].size() < open[i].size();
        }
        places.push_back(place);
      }
      text += paragraph + "\n";
    }
    const Quotations quotations(text);
    for (std::size_t i = 0; i < places.size(); ++i) {
      for (std::size_t j = i + 1; j < places.size(); ++j) {
        ASSERT_EQ(quotations.contain({places[i].offset, places[j].offset}),
                  places[i].inside && places[j].closed)
            << ::testing::PrintToString(text) << " " << places[i].offset << " " << places[j].offset;
      }
    }
  }
}

TEST(Quotations, CoverWhatStandsBetweenTwoMarks) {
  const std::string text = "a “b” c “d “e” f\ng";
  const Quotations quotations(text);
  const auto covered = [&](char letter) {
    return quotations.cover(static_cast<std::uint32_t>(text.find(letter)));
  };
  EXPECT_FALSE(covered('a'));
  EXPECT_TRUE(covered('b'));
  EXPECT_FALSE(covered('c'));
  EXPECT_FALSE(covered('d'));  // never closed
  EXPECT_TRUE(covered('e'));
  EXPECT_FALSE(covered('f'));
  EXPECT_FALSE(covered('g'));
}

TEST(Quotations, TheOutermostOfTooManyAreForgotten) {
  // Whether a quotation is seen to be closed behind `inner` others that are not.
  const auto is_closed = [](std::size_t inner) {
    std::string text = "『[a] ";
    for (std::size_t i = 0; i < inner; ++i) text += "„";
    return quoted(text + " a』");
  };
  EXPECT_TRUE(is_closed(kMaxOpenQuotations - 2));
  EXPECT_TRUE(is_closed(kMaxOpenQuotations - 1));
  EXPECT_FALSE(is_closed(kMaxOpenQuotations));
  // Those inside go on being found, and the next paragraph begins anew.
  std::string text;
  for (std::size_t i = 0; i < 3 * kMaxOpenQuotations; ++i) text += "„";
  EXPECT_TRUE(quoted(text + " “a “[a]” a"));
  EXPECT_FALSE(quoted(text + " [a] „„a” a"));  // forgotten, but counted
  EXPECT_FALSE(quoted(text + "\n[a]” a"));
  EXPECT_TRUE(quoted(text + "\n“[a]” a"));
}

}  // namespace
}  // namespace copydesk::reuse
