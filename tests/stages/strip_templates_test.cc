#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "copydesk/text/lines.h"
#include "support/probe.h"

namespace copydesk::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// A sentence of its own for each number: pages with these do not group.
std::string body(int page) {
  static const std::vector<std::string> kWords = {"harbour", "council", "orchard", "railway",
                                                  "lantern", "granite", "weather", "teacher"};
  std::mt19937 random(static_cast<std::uint32_t>(page));
  std::string text = "On page" + std::string(1, static_cast<char>('a' + page)) + " the";
  for (int i = 0; i < 30; ++i) {
    text += " " + kWords[random() % kWords.size()] + std::string(1, static_cast<char>('a' + page));
  }
  return text + " was in the news.";
}

Page page_of(const std::string& text, const std::string& outlet = "a.example") {
  Page p;
  p.text = text;
  p.outlet = outlet;
  return p;
}

Page page(int n, const std::string& outlet, const std::string& chrome) {
  return page_of(body(n) + "\n" + chrome, outlet);
}

TEST(StripTemplates, CutsALineThatTwoPagesOfAnOutletShare) {
  const Found found = probe(
      "strip_templates", {},
      {page(0, "a.example", "Read More Stories!"), page(1, "a.example", "read more stories")});
  EXPECT_EQ(found.outcomes[0].text, body(0));
  EXPECT_EQ(found.outcomes[1].text, body(1));
  ASSERT_EQ(found.outcomes[0].edits.size(), 2U);  // the line, and the break left over
  EXPECT_EQ(found.outcomes[0].edits[1].reason, Reason::kTemplateLine);
  ASSERT_EQ(found.templates.size(), 1U);
  const TemplateLine& line = found.templates[0];
  EXPECT_EQ(line.outlet, "a.example");
  EXPECT_EQ(line.key, text::line_key("read more stories"));
  EXPECT_EQ(line.text, "read more stories");
  EXPECT_EQ(line.support, 2U);
  EXPECT_EQ(line.pages, 2U);
  EXPECT_EQ(line.outlet_groups, 2U);
  EXPECT_EQ(line.position, 1);
  EXPECT_EQ(found.outcomes[0].edits[1].rule.size(), 16U);
}

TEST(StripTemplates, SupportBelowAtAndAboveTheMinimum) {
  for (const std::int64_t needed : {2, 3, 4}) {
    const Found found = probe("strip_templates", {{"min_support", needed}},
                              {page(0, "a.example", "Our picks"), page(1, "a.example", "Our picks"),
                               page(2, "a.example", "Our picks")});
    EXPECT_EQ(found.templates.empty(), needed > 3) << needed;
  }
}

TEST(StripTemplates, ShareBelowAtAndAboveTheMinimum) {
  std::vector<Page> pages;
  for (int i = 0; i < 20; ++i) pages.push_back(page(i, "a.example", i < 4 ? "Our picks" : ""));
  for (const auto& [share, cut] : {std::pair(0.19, true), {0.2, true}, {0.21, false}}) {
    EXPECT_EQ(!probe("strip_templates", {{"min_share", share}}, pages).templates.empty(), cut)
        << share;
  }
}

TEST(StripTemplates, ASentenceNeedsTwiceTheShare) {
  const std::string sentence = "The opinions in this column are those of the writer alone.";
  std::vector<Page> pages;
  for (int i = 0; i < 20; ++i) pages.push_back(page(i, "a.example", i < 4 ? sentence : ""));
  for (const auto& [share, cut] : {std::pair(0.09, true), {0.1, true}, {0.11, false}}) {
    EXPECT_EQ(!probe("strip_templates", {{"min_share", share}}, pages).templates.empty(), cut)
        << share;
  }
}

TEST(StripTemplates, CountsGroupsOfNearDuplicatesAndNotPages) {
  Page copy = page(0, "a.example", "Only in this story");
  copy.text += "\nFetched again";
  const Found found = probe(
      "strip_templates", {},
      {page(0, "a.example", "Only in this story"), copy, page(1, "a.example", "Something else")});
  EXPECT_THAT(found.templates, IsEmpty());
  EXPECT_EQ(found.numbers.at("page_groups"), 2);
}

TEST(StripTemplates, PagesWithoutLongLinesAreGroupedByTheirLines) {
  const Found same = probe("strip_templates", {},
                           {page_of("Rain today\nOur picks"), page_of("Our picks\nRain today")});
  EXPECT_THAT(same.templates, IsEmpty());
  const Found different =
      probe("strip_templates", {}, {page_of("Rain today\nOur picks"), page_of("Sun\nOur picks")});
  ASSERT_EQ(different.templates.size(), 1U);
  EXPECT_EQ(different.templates[0].text, "our picks");
}

TEST(StripTemplates, OutletsDoNotTeachEachOther) {
  const Found found = probe("strip_templates", {},
                            {page(0, "a.example", "Our picks"), page(1, "b.example", "Our picks"),
                             page(2, "", "Our picks"), page(3, "", "Our picks")});
  EXPECT_THAT(found.templates, IsEmpty());
  for (const Outcome& outcome : found.outcomes) EXPECT_THAT(outcome.text, HasSubstr("Our picks"));
}

TEST(StripTemplates, ASentenceThatManyOutletsCarryIsNoTemplate) {
  const std::string wire = "The bridge over the estuary will stay closed until the end of spring.";
  std::vector<Page> pages;
  for (const char* outlet : {"a.example", "b.example", "c.example"}) {
    for (int i = 0; i < 2; ++i) pages.push_back(page(static_cast<int>(pages.size()), outlet, wire));
  }
  EXPECT_THAT(probe("strip_templates", {}, pages).templates, IsEmpty());
  pages.resize(4);  // two outlets
  EXPECT_EQ(probe("strip_templates", {{"max_share", 1.0}}, pages).templates.size(), 2U);
}

TEST(StripTemplates, WordsBelowAtAndAboveTheLongest) {
  for (const auto& [longest, cut] :
       {std::pair<std::int64_t, bool>(2, false), {3, true}, {4, true}}) {
    const Found found =
        probe("strip_templates", {{"max_words", longest}},
              {page(0, "a.example", "One two three"), page(1, "a.example", "One two three")});
    EXPECT_EQ(!found.templates.empty(), cut) << longest;
  }
}

TEST(StripTemplates, GuardsADocumentThatWouldLoseTooManySentences) {
  // As long as the body, so that half of the sentences would go.
  const std::string sentence = body(20);
  ASSERT_EQ(sentence.size(), body(0).size());
  const std::vector<Page> pages = {page(0, "a.example", "Our picks\n" + sentence),
                                   page(1, "a.example", "Our picks\n" + sentence)};
  const Found guarded = probe("strip_templates", {{"max_share", 0.49}}, pages);
  EXPECT_EQ(guarded.outcomes[0].text, pages[0].text);
  EXPECT_THAT(guarded.outcomes[0].flags, ElementsAre(Flag::kGuarded));
  for (const double enough : {0.5, 0.51}) {
    const Found found = probe("strip_templates", {{"max_share", enough}}, pages);
    EXPECT_EQ(found.outcomes[0].text, body(0)) << enough;
    EXPECT_THAT(found.outcomes[0].flags, IsEmpty());
  }
}

TEST(StripTemplates, WhatMostPagesHaveIsNotGuarded) {
  const std::string sentence = "The opinions in this column are those of the writer alone.";
  std::vector<Page> pages;
  for (int i = 0; i < 4; ++i) pages.push_back(page(i, "a.example", sentence));
  EXPECT_EQ(probe("strip_templates", {{"max_share", 0.0}}, pages).outcomes[0].text, body(0));
  pages.pop_back();  // a support of three leaves a doubt
  EXPECT_THAT(probe("strip_templates", {{"max_share", 0.0}}, pages).outcomes[0].flags,
              ElementsAre(Flag::kGuarded));
}

TEST(StripTemplates, GuardedPagesStillLoseWhatIsSure) {
  std::vector<Page> pages;
  for (int i = 0; i < 5; ++i) pages.push_back(page(i, "a.example", "Our picks of the tide"));
  // Two pages of one story count as two groups: their body looks like chrome.
  const std::string shared = body(20) + "\n" + body(21) + "\n" + body(22);
  for (const int i : {0, 1}) pages[static_cast<std::size_t>(i)].text += "\n" + shared;
  const Found found = probe("strip_templates", {{"max_share", 0.1}}, pages);
  EXPECT_THAT(found.outcomes[0].flags, ElementsAre(Flag::kGuarded));
  EXPECT_THAT(found.outcomes[0].text, ::testing::HasSubstr(shared));
  EXPECT_THAT(found.outcomes[0].text, ::testing::Not(::testing::HasSubstr("Our picks")));
}

TEST(StripTemplates, KeepsTheHeadlineThatOtherPagesLinkTo) {
  const std::string headline = "Lighthouse keeper finds old map";
  std::vector<Page> pages = {page_of(headline + "\nBy A Writer\n" + body(0)),
                             page(1, "a.example", headline), page(2, "a.example", headline)};
  const Found found = probe("strip_templates", {}, pages);
  EXPECT_THAT(found.outcomes[0].text, HasSubstr(headline));
  EXPECT_EQ(found.outcomes[1].text, body(1));
  // Five lines above the body it is a menu entry like any other.
  const std::string menu = headline + "\nOne\nTwo\nThree\nFour";
  pages = {page_of(menu + "\n" + body(0)), page(1, "a.example", menu), page(2, "a.example", menu)};
  EXPECT_THAT(probe("strip_templates", {}, pages).outcomes[0].text, Not(HasSubstr(headline)));
  // Unless the record says that it is the title.
  pages[0].title = headline;
  EXPECT_THAT(probe("strip_templates", {}, pages).outcomes[0].text, HasSubstr(headline));
}

TEST(StripTemplates, CleanPagesKeepWhatIsNotProven) {
  const auto cut = [](int pages_with_it) {
    std::vector<Page> pages;
    for (int i = 0; i < pages_with_it; ++i) {
      std::string text;
      for (const char* part : {"first", "second", "third", "fourth"}) {
        text += "The " + std::string(part) + " line of page " + body(i) + "\n";
      }
      pages.push_back(page_of(text + "Our picks"));
    }
    return !probe("strip_templates", {}, pages).outcomes[0].edits.empty();
  };
  EXPECT_FALSE(cut(9));
  EXPECT_TRUE(cut(10));
  EXPECT_TRUE(cut(11));
}

TEST(StripTemplates, FirstAndLastDateByTime) {
  std::vector<Page> pages;
  for (const char* day : {"3 May", "1 May", "2 May"}) {
    pages.push_back(page(static_cast<int>(pages.size()), "a.example", "Our picks"));
    pages.back().date = day;
    pages.back().time = day[0] - '0';
  }
  const Found found = probe("strip_templates", {}, pages);
  ASSERT_EQ(found.templates.size(), 1U);
  EXPECT_EQ(found.templates[0].first_date, "1 May");
  EXPECT_EQ(found.templates[0].last_date, "3 May");
}

TEST(StripTemplates, RowsAscendByOutletThenSupportThenKey) {
  const Found found =
      probe("strip_templates", {},
            {page(0, "b.example", "Two"), page(1, "b.example", "Two"),
             page(2, "a.example", "Two\nThree\nAlso"), page(3, "a.example", "Two\nThree\nAlso"),
             page(4, "a.example", "Three")});
  std::vector<std::pair<std::string, std::uint64_t>> rows;
  for (const TemplateLine& line : found.templates) rows.emplace_back(line.outlet, line.support);
  EXPECT_THAT(rows, ElementsAre(std::pair("a.example", 3U), std::pair("a.example", 2U),
                                std::pair("a.example", 2U), std::pair("b.example", 2U)));
  EXPECT_LT(found.templates[1].key, found.templates[2].key);
}

TEST(StripTemplates, TheOrderOfThePagesDoesNotMatter) {
  std::vector<Page> pages;
  for (int i = 0; i < 20; ++i) {
    pages.push_back(page(i % 15, i % 2 == 0 ? "a.example" : "b.example",
                         std::string(i % 3 == 0 ? "Our picks\n" : "") + "Sign in"));
    pages.back().id = "page-" + std::to_string(i);
    pages.back().date = std::to_string(i);
  }
  const auto outcome = [](const std::vector<Page>& order, std::size_t batch) {
    const Found found = probe("strip_templates", {}, order, batch);
    std::vector<std::tuple<std::string, std::uint64_t, std::uint64_t, std::string>> rows;
    for (const TemplateLine& line : found.templates) {
      rows.emplace_back(line.outlet, line.key, line.support, line.first_date + line.last_date);
    }
    std::vector<std::pair<std::string, std::string>> texts;
    for (std::size_t i = 0; i < order.size(); ++i) {
      texts.emplace_back(order[i].id, found.outcomes[i].text);
    }
    std::sort(texts.begin(), texts.end());
    return std::pair(rows, texts);
  };
  const auto expected = outcome(pages, 1);
  EXPECT_FALSE(expected.first.empty());
  std::mt19937 random(1);
  for (int i = 0; i < 5; ++i) {
    std::shuffle(pages.begin(), pages.end(), random);
    EXPECT_EQ(outcome(pages, 3), expected);
  }
}

TEST(StripTemplates, AppliesATemplateFile) {
  const std::filesystem::path path =
      std::filesystem::path(::testing::TempDir()) / "strip_templates_test.jsonl";
  std::ofstream(path) << "{\"outlet\": \"a.example\", \"text\": \"Our picks\"}\n"
                         "{\"outlet\": \"*\", \"text\": \"Sign in\"}\n";
  const Found found = probe("strip_templates", {{"templates", path.string()}},
                            {page(0, "a.example", "OUR PICKS\nSign in"),
                             page(1, "b.example", "Our picks\nSign in"), page(2, "", "Sign in")});
  EXPECT_EQ(found.outcomes[0].text, body(0));
  EXPECT_EQ(found.outcomes[1].text, body(1) + "\nOur picks");
  EXPECT_EQ(found.outcomes[2].text, body(2));
  EXPECT_THAT(found.templates, IsEmpty());
  std::filesystem::remove(path);
}

// An outlet whose extractor glues menu, article and foot into one line.
std::vector<Page> glued(int pages, const std::string& outlet = "a.example", int first = 0) {
  std::vector<Page> out;
  for (int i = first; i < first + pages; ++i) {
    out.push_back(page_of("Home News Sport Weather Sign in " + body(i) +
                              " Follow us on all networks. All rights reserved",
                          outlet));
  }
  return out;
}

TEST(StripTemplates, CutsMenuAndFootOfGluedPagesFromThreePagesOn) {
  for (const int pages : {2, 3, 4}) {
    const Found found = probe("strip_templates", {}, glued(pages));
    for (int i = 0; i < pages; ++i) {
      EXPECT_EQ(found.outcomes[static_cast<std::size_t>(i)].text == body(i), pages >= 3) << pages;
    }
  }
  const Found found = probe("strip_templates", {}, glued(5));
  ASSERT_EQ(found.templates.size(), 2U);
  EXPECT_EQ(found.templates[0].place, TemplatePlace::kPrefix);
  EXPECT_EQ(found.templates[0].text, "home news sport weather sign in");
  EXPECT_EQ(found.templates[0].support, 5U);
  EXPECT_EQ(found.templates[0].pages, 5U);
  EXPECT_EQ(found.templates[0].outlet_groups, 5U);
  EXPECT_EQ(found.templates[1].place, TemplatePlace::kSuffix);
  EXPECT_EQ(found.templates[1].text, "follow us on all networks all rights reserved");
  EXPECT_EQ(found.outcomes[0].edits[0].reason, Reason::kTemplateLine);
}

// However many of its lines begin as others do, a page is read no oftener.
TEST(StripTemplates, ManyPhrasesCostNoMoreReadsThanFew) {
  const auto learn = [](int phrases) {
    std::vector<Page> pages;
    for (int i = 0; i < 4; ++i) {
      std::string text;
      for (int k = 0; k < phrases; ++k) {
        const std::string name(3, static_cast<char>('a' + k));
        text += "From the " + name + " desk of this gazette. " + body(10 * k + i) + "\n";
      }
      pages.push_back(page_of(text));
    }
    return probe("strip_templates", {}, pages);
  };
  const Found few = learn(1);
  const Found many = learn(5);
  ASSERT_EQ(few.templates.size(), 1U);
  ASSERT_EQ(many.templates.size(), 5U);
  EXPECT_EQ(many.templates[0].text.substr(0, 9), "from the ");
  EXPECT_EQ(many.reads, few.reads);
}

TEST(StripTemplates, PhrasesThatManyOutletsHaveMustBeSure) {
  const auto learned = [](int outlets, int pages) {
    std::vector<Page> all;
    for (int i = 0; i < outlets; ++i) {
      const std::string name = std::string(1, static_cast<char>('a' + i)) + ".example";
      for (Page& page : glued(pages, name, i * pages)) all.push_back(std::move(page));
    }
    return probe("strip_templates", {}, all).templates.size();
  };
  EXPECT_EQ(learned(2, 3), 4U);
  EXPECT_EQ(learned(3, 3), 0U);
  EXPECT_EQ(learned(3, 4), 6U);
}

TEST(StripTemplates, WhatWasLearnedCutsTheSameFromAFile) {
  const std::filesystem::path path =
      std::filesystem::path(::testing::TempDir()) / "strip_templates_phrases.jsonl";
  const std::vector<Page> pages = glued(4);
  const Found found = probe("strip_templates", {}, pages);
  std::ofstream file(path);
  for (const TemplateLine& row : found.templates) {
    file << "{\"outlet\": \"" << row.outlet << "\", \"place\": \"" << name_of(row.place)
         << "\", \"text\": \"" << row.text << "\", \"support\": " << row.support
         << ", \"outlet_groups\": " << row.outlet_groups << "}\n";
  }
  file.close();
  const Found applied = probe("strip_templates", {{"templates", path.string()}}, pages);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    EXPECT_EQ(applied.outcomes[i].text, body(static_cast<int>(i)));
  }
  std::filesystem::remove(path);
}

TEST(StripTemplates, OptionRanges) {
  for (const auto& [value, fine] :
       {std::pair<std::int64_t, bool>(1, false), {2, true}, {3, true}}) {
    EXPECT_EQ(option_fault("strip_templates", "min_support", value).empty(), fine) << value;
  }
  for (const char* option : {"min_share", "max_share"}) {
    for (const auto& [value, fine] :
         {std::pair(-0.1, false), {0.0, true}, {1.0, true}, {1.1, false}}) {
      EXPECT_EQ(option_fault("strip_templates", option, value).empty(), fine) << option << value;
    }
  }
}

}  // namespace
}  // namespace copydesk::testing
