#include <gtest/gtest.h>

#include <algorithm>

#include "support/probe.h"

namespace copydesk::testing {
namespace {

// A text with `labels` lines that are labels and `sentences` that end like one.
Page page(std::size_t labels, std::size_t sentences, std::string outlet = "outlet.example") {
  Page out;
  for (std::size_t i = 0; i < labels; ++i) out.text += "Sport and weather\n";
  for (std::size_t i = 0; i < sentences; ++i) out.text += "The ferry did not sail today.\n";
  out.outlet = std::move(outlet);
  return out;
}

bool full_page(const Outcome& outcome) {
  return std::find(outcome.flags.begin(), outcome.flags.end(), Flag::kFullPage) !=
         outcome.flags.end();
}

TEST(ProbePages, FlagsFromTheThresholdOn) {
  const OptionValues options = {{"min_label_share", 0.5}};
  EXPECT_FALSE(full_page(probe("probe_pages", options, {page(49, 51)}).outcomes.at(0)));
  EXPECT_TRUE(full_page(probe("probe_pages", options, {page(50, 50)}).outcomes.at(0)));
  EXPECT_TRUE(full_page(probe("probe_pages", options, {page(51, 49)}).outcomes.at(0)));
}

TEST(ProbePages, RunningTextIsNoLabel) {
  Page out;
  for (int i = 0; i < 10; ++i) {
    out.text +=
        "The harbour master said: “the ferry sails when the wind turns, not before” and left\n";
  }
  EXPECT_FALSE(full_page(probe("probe_pages", {}, {out}).outcomes.at(0)));
}

// Four lines say nothing: the page goes with the others.
TEST(ProbePages, ShortTextsSayNothing) {
  const Found found = probe("probe_pages", {}, {page(4, 0, "a.example"), page(0, 5, "b.example")});
  EXPECT_FALSE(full_page(found.outcomes.at(0)));
  EXPECT_EQ(found.numbers.at("label_share"), 0);
  const Found five = probe("probe_pages", {}, {page(5, 0, "a.example"), page(0, 5, "b.example")});
  EXPECT_TRUE(full_page(five.outcomes.at(0)));
  EXPECT_DOUBLE_EQ(five.numbers.at("label_share"), 0.5);
}

// One odd page does not make an outlet; many do, whatever the rest of the input looks like.
TEST(ProbePages, JudgesByOutletDrawnToTheWhole) {
  std::vector<Page> pages;
  for (int i = 0; i < 8; ++i) pages.push_back(page(1, 9, "clean.example"));
  pages.push_back(page(7, 3, "single.example"));
  for (int i = 0; i < 4; ++i) pages.push_back(page(9, 1, "dirty.example"));
  pages.push_back(page(2, 8, "dirty.example"));
  const Found found = probe("probe_pages", {}, pages);
  EXPECT_FALSE(full_page(found.outcomes.at(0)));
  EXPECT_FALSE(full_page(found.outcomes.at(8))) << "0.7 alone, but the input is clean";
  for (std::size_t i = 9; i < pages.size(); ++i) EXPECT_TRUE(full_page(found.outcomes.at(i))) << i;
  EXPECT_EQ(found.numbers.at("outlets"), 3);
  EXPECT_EQ(found.numbers.at("full_page_outlets"), 1);
  EXPECT_EQ(found.remarks.at("whole_pages"),
            "1 of 3 outlets: of the lines of a page 37.9 % are labels on average; from 55.0 % on a "
            "text is taken for a whole page, and strip_lines may judge it");
}

// What rules have cut counts, too: it says how the text was made.
TEST(ProbePages, LooksAtTheOriginal) {
  Page cut = page(6, 4);
  AppliedEdit edit;
  edit.span = {0, 6 * 18};  // all labels
  edit.reason = Reason::kNavMenu;
  cut.edits = {edit};
  const Found found = probe("probe_pages", {}, {cut});
  EXPECT_DOUBLE_EQ(found.numbers.at("label_share"), 0.6);
  EXPECT_TRUE(full_page(found.outcomes.at(0)));
}

TEST(ProbePages, AnEmptyInputIsClean) {
  const Found found = probe("probe_pages", {}, {});
  EXPECT_EQ(found.numbers.at("label_share"), 0);
  EXPECT_EQ(found.numbers.at("full_page_outlets"), 0);
}

}  // namespace
}  // namespace copydesk::testing
