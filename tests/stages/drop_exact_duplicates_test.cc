#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/probe.h"

namespace copydesk {
namespace {

using ::testing::ElementsAre;
using testing::Found;
using testing::option_fault;
using testing::Page;
using testing::probe;

// For each page: "kept", or "of <n>".
std::vector<std::string> verdicts(const Found& found) {
  std::vector<std::string> out;
  for (const testing::Outcome& outcome : found.outcomes) {
    if (outcome.verdict.kept()) {
      out.emplace_back("kept");
    } else {
      EXPECT_EQ(outcome.verdict.reason(), DropReason::kExactDuplicate);
      out.push_back("of " + std::to_string(outcome.verdict.of().value_or(99)));
    }
  }
  return out;
}

std::vector<std::string> run(const std::vector<Page>& pages, const OptionValues& options = {}) {
  return verdicts(probe("drop_exact_duplicates", options, pages));
}

std::string words(int count, const std::string& word = "w") {
  std::string text;
  for (int i = 0; i < count; ++i) text += word + std::to_string(i) + " ";
  return text;
}

TEST(DropExactDuplicates, TheEarliestStays) {
  EXPECT_THAT(run({{.text = words(30), .time = 200},
                   {.text = words(30, "v"), .time = 50},
                   {.text = words(30), .time = 100},
                   {.text = words(30), .time = 300}}),
              ElementsAre("of 2", "kept", "kept", "of 2"));
}

TEST(DropExactDuplicates, CaseAndPunctuationMakeNoDifference) {
  EXPECT_THAT(run({{.text = "A, B: " + words(30)}, {.text = "a\n\nb – " + words(30)}},
                  {{"keep", std::string("first")}}),
              ElementsAre("kept", "of 0"));
}

TEST(DropExactDuplicates, OneOtherWordDoes) {
  EXPECT_THAT(run({{.text = words(30)}, {.text = words(31)}}), ElementsAre("kept", "kept"));
}

TEST(DropExactDuplicates, ShortTextsNeedTheSameTitle) {
  const auto two = [](int count, const std::string& title) {
    return run(
        {{.text = words(count), .title = "Harbour fire"}, {.text = words(count), .title = title}},
        {{"keep", std::string("first")}});
  };
  EXPECT_THAT(two(19, "Town fair"), ElementsAre("kept", "kept"));
  EXPECT_THAT(two(19, "HARBOUR fire"), ElementsAre("kept", "of 0"));
  EXPECT_THAT(two(20, "Town fair"), ElementsAre("kept", "of 0"));
  EXPECT_THAT(two(21, "Town fair"), ElementsAre("kept", "of 0"));
}

TEST(DropExactDuplicates, TextsWithoutWordsStay) {
  EXPECT_THAT(run({{.text = "", .title = "A"}, {.text = "", .title = "A"}, {.text = "— !"}}),
              ElementsAre("kept", "kept", "kept"));
}

TEST(DropExactDuplicates, Policies) {
  const std::vector<Page> pages = {{.text = words(30), .outlet = "z.example", .time = 300},
                                   {.text = words(30), .outlet = "wire.example", .time = 200},
                                   {.text = words(30), .outlet = "m.example", .time = 100}};
  EXPECT_THAT(run(pages, {{"keep", std::string("earliest")}}), ElementsAre("of 2", "of 2", "kept"));
  EXPECT_THAT(run(pages, {{"keep", std::string("first")}}), ElementsAre("kept", "of 0", "of 0"));
  EXPECT_THAT(run(pages, {{"keep", std::string("preferred")},
                          {"preferred_outlets", std::vector<std::string>{"wire.example"}}}),
              ElementsAre("of 1", "kept", "of 1"));
}

// Equal texts have equal lengths, so "longest" decides as "earliest" does; and what stays is
// the same document wherever it stands.
TEST(DropExactDuplicates, ArrivalDoesNotMatter) {
  const Page x{.text = words(30), .outlet = "x.example"};
  const Page y{.text = words(30), .outlet = "y.example"};
  const Page z{.text = words(30), .outlet = "z.example"};
  EXPECT_THAT(run({x, y, z}), ElementsAre("kept", "of 0", "of 0"));
  EXPECT_THAT(run({z, y, x}, {{"keep", std::string("longest")}}),
              ElementsAre("of 2", "of 2", "kept"));
}

TEST(DropExactDuplicates, CountsGroups) {
  const Found found = probe("drop_exact_duplicates", {},
                            {{.text = words(30)},
                             {.text = words(30)},
                             {.text = words(40)},
                             {.text = words(40)},
                             {.text = words(40)},
                             {.text = words(50)}});
  EXPECT_EQ(found.numbers.at("groups"), 2);
}

TEST(DropExactDuplicates, OptionFaults) {
  EXPECT_EQ(option_fault("drop_exact_duplicates", "min_words", std::int64_t{0}), "");
  EXPECT_NE(option_fault("drop_exact_duplicates", "min_words", std::int64_t{-1}), "");
  EXPECT_NE(option_fault("drop_exact_duplicates", "keep", std::string("newest")), "");
}

}  // namespace
}  // namespace copydesk
