#include "reuse/quotes.h"

#include <gtest/gtest.h>

#include <string>

namespace copydesk::reuse {
namespace {

// The span is what stands between [ and ], which are not part of the text.
bool quoted(std::string marked) {
  const std::size_t begin = marked.find('[');
  marked.erase(begin, 1);
  const std::size_t end = marked.find(']');
  marked.erase(end, 1);
  return stands_in_quotation(marked,
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

}  // namespace
}  // namespace copydesk::reuse
