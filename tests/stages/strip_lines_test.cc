#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cleaning/line_features.h"
#include "support/model_file.h"
#include "support/probe.h"

namespace copydesk::testing {
namespace {

// Writes a model that takes a line the more for chrome the more of its letters are capitals:
// -4 for none, 4 for all.
class StripLines : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = ::testing::TempDir() + "strip_lines_" +
            ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".bin";
    ModelFile file;
    constexpr std::size_t kCapitals = 23;  // in line_features.cc
    file.first[file.width + kCapitals] = 8;
    file.last_bias = -4;
    std::ofstream(path_, std::ios::binary) << file.bytes();
  }
  void TearDown() override { std::filesystem::remove(path_); }

  [[nodiscard]] Outcome run(OptionValues options, std::vector<Flag> flags = {}) const {
    options.emplace("model", path_);
    Page page;
    page.text = "MENU OF THE DAY\n\nthe ferry did not sail today\nSign me up\n";
    page.flags = std::move(flags);
    return probe("strip_lines", options, {page}).outcomes.at(0);
  }

  std::string path_;
};

TEST_F(StripLines, AutoActsOnWholePagesOnly) {
  EXPECT_TRUE(run({{"mode", "auto"}}).edits.empty());
  const Outcome page = run({{"mode", "auto"}}, {Flag::kFullPage});
  EXPECT_EQ(page.text, "the ferry did not sail today\nSign me up\n");
  EXPECT_EQ(page.edits.at(0).reason, Reason::kModelLine);
  EXPECT_EQ(page.edits.at(0).span, (Span{0, 16}));
}

TEST_F(StripLines, AggressiveActsOnAllAndConservativeOnNone) {
  EXPECT_EQ(run({{"mode", "aggressive"}}).text, "the ferry did not sail today\nSign me up\n");
  EXPECT_TRUE(run({{"mode", "conservative"}}, {Flag::kFullPage}).edits.empty());
}

// "Sign me up" has one capital of eight letters, a score of -3; the threshold runs from 4 to 0.
TEST_F(StripLines, ABudgetOfZeroRemovesNothing) {
  EXPECT_TRUE(run({{"mode", "aggressive"}, {"max_content_loss", 0.0}}).edits.empty());
  EXPECT_FALSE(run({{"mode", "aggressive"}, {"max_content_loss", 0.1}}).edits.empty());
}

// What is left after the stage of a text that earlier stages have edited.
TEST_F(StripLines, FindsItsLinesInAnEditedText) {
  const auto left = [&](std::string text, std::vector<AppliedEdit> edits) {
    Page page;
    page.text = std::move(text);
    page.edits = std::move(edits);
    return probe("strip_lines", {{"model", path_}, {"mode", "aggressive"}}, {page})
        .outcomes.at(0)
        .text;
  };
  const auto cut = [](std::uint32_t begin, std::uint32_t end) {
    AppliedEdit edit;
    edit.span = {begin, end};
    edit.reason = Reason::kNavMenu;
    return edit;
  };
  // A line before it is gone; it is in the middle; a part of it is gone; CRLF.
  EXPECT_EQ(left("Home\nSPORT NEWS\nthe ferry sailed\n", {cut(0, 5)}), "the ferry sailed\n");
  EXPECT_EQ(left("the boat\nSPORT NEWS\nthe ferry sailed\n", {}), "the boat\nthe ferry sailed\n");
  EXPECT_EQ(left("SPORT NEWS\nthe ferry sailed\n", {cut(0, 6)}), "the ferry sailed\n");
  EXPECT_EQ(left("SPORT NEWS\r\nthe ferry sailed\r\n", {}), "the ferry sailed\r\n");
  // A cut has joined a menu and the article: the line stays.
  EXPECT_EQ(left("MENU OF THE DAY XX\nyy the ferry sailed\nall night\n", {cut(15, 21)}),
            "MENU OF THE DAY the ferry sailed\nall night\n");
  EXPECT_EQ(left("MENU OF THE DAY XX\nYY MORE OF IT\nall night\n", {cut(15, 21)}), "all night\n");
}

// Half of the capitals: a score of 0, a chance of 1/2. 10,000 bytes of them beside 30,000 of text.
TEST_F(StripLines, SparesADocumentThatWouldLoseTooMuch) {
  Page page;
  for (int i = 0; i < 1000; ++i) page.text += "ABCDEabcde";
  page.text += '\n';
  for (int i = 0; i < 3000; ++i) page.text += "abcdeabcde";
  page.text += '\n';
  const auto run_with = [&](double most) {
    return probe("strip_lines",
                 {{"model", path_},
                  {"mode", "aggressive"},
                  {"max_content_loss", 0.1},
                  {"max_document_loss", most}},
                 {page})
        .outcomes.at(0);
  };
  EXPECT_EQ(run_with(0.15).edits.size(), 1U);  // 5,000 of 35,000 are at stake
  EXPECT_TRUE(run_with(0.15).flags.empty());
  EXPECT_TRUE(run_with(0.14).edits.empty());
  EXPECT_EQ(run_with(0.14).flags, std::vector{Flag::kGuarded});
}

TEST_F(StripLines, ATextOfVeryManyLinesIsNoPage) {
  Page page;
  for (int i = 0; i < 20'000; ++i) page.text += "A\n";
  Page more = page;
  more.text += "A\n";
  const Found found =
      probe("strip_lines", {{"model", path_}, {"mode", "aggressive"}}, {page, more});
  EXPECT_FALSE(found.outcomes.at(0).edits.empty());
  EXPECT_TRUE(found.outcomes.at(1).edits.empty());
  EXPECT_EQ(found.outcomes.at(1).flags, std::vector{Flag::kGuarded});
}

TEST_F(StripLines, ATextWithoutWordsIsLeftAlone) {
  Page page;
  page.text = "---\n\n";
  const Found found =
      probe("strip_lines", {{"model", path_}, {"mode", "aggressive"}}, {page, Page{}});
  EXPECT_TRUE(found.outcomes.at(0).edits.empty());
  EXPECT_TRUE(found.outcomes.at(1).edits.empty());
}

TEST_F(StripLines, NamesTheModelFileThatIsBroken) {
  const auto fault = [](const std::string& path) {
    for (const StageSpec& spec : builtin_stages()) {
      if (spec.name != "strip_lines") continue;
      const auto stage = spec.make({{"model", path}});
      return stage.ok() ? std::string() : stage.error().message;
    }
    return std::string("no such stage");
  };
  EXPECT_EQ(fault(path_), "");
  EXPECT_EQ(fault("/nowhere.bin"),
            "cannot open the line model /nowhere.bin: No such file or directory");
  EXPECT_EQ(fault(::testing::TempDir()),
            "cannot read the line model " + ::testing::TempDir() + ": Is a directory");
  std::ofstream(path_, std::ios::app) << "x";
  EXPECT_EQ(fault(path_), path_ + ": the line model is damaged: its checksum is wrong");
}

}  // namespace
}  // namespace copydesk::testing
