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
  EXPECT_EQ(fault("/nowhere.bin"), "cannot open the line model /nowhere.bin");
  std::ofstream(path_, std::ios::app) << "x";
  EXPECT_EQ(fault(path_), path_ + ": the line model is damaged: its checksum is wrong");
}

}  // namespace
}  // namespace copydesk::testing
