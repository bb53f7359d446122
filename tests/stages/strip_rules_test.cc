#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "support/probe.h"

namespace copydesk::testing {
namespace {

using ::testing::HasSubstr;
using List = std::vector<std::string>;

const std::string kBody = "The river rose above the old bridge on Tuesday and the town closed it.";

// A rule pack file that is gone at the end of the test.
class PackFile {
 public:
  explicit PackFile(std::string_view toml)
      : path_(::testing::TempDir() + "strip_rules_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".toml") {
    std::ofstream(path_, std::ios::binary) << toml;
  }
  ~PackFile() { std::filesystem::remove(path_); }
  PackFile(const PackFile&) = delete;
  PackFile& operator=(const PackFile&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

constexpr std::string_view kPack = R"(language = "any"
[[rule]]
id = "promo.zebra"
reason = "promo.ad"
field = "credit"
pattern = 'zebra .*'
max_bytes = 1000
match = ["zebra crossing"]
)";

Outcome run(const std::string& text, OptionValues options = {}) {
  options.try_emplace("languages", List{"en"});
  Page page;
  page.text = text;
  return probe("strip_rules", options, {page}).outcomes.at(0);
}

const StageSpec& spec() {
  for (const StageSpec& stage : builtin_stages()) {
    if (stage.name == "strip_rules") return stage;
  }
  throw std::logic_error("no stage");
}

std::string make_error(const OptionValues& options) {
  const Result<std::unique_ptr<Stage>> stage = spec().make(options);
  return stage.ok() ? "" : stage.error().message;
}

TEST(StripRules, RemovesChromeAndSaysWhy) {
  const Outcome outcome = run("Skip to main content\n\n" + kBody + "\n\nShare this article\n");
  EXPECT_EQ(outcome.text, kBody);
  ASSERT_GE(outcome.edits.size(), 2u);
  EXPECT_EQ(outcome.edits[0].reason, Reason::kNavSkip);
  EXPECT_EQ(outcome.edits[0].rule, "nav.skip_link");
  EXPECT_TRUE(outcome.flags.empty());
}

TEST(StripRules, LeavesRunningTextAlone) {
  const std::string text = "Mill burns in Osterby\n\n" + kBody + "\n\n“It was loud,” she said.";
  const Outcome outcome = run(text);
  EXPECT_EQ(outcome.text, text);
  EXPECT_TRUE(outcome.edits.empty());
}

TEST(StripRules, UsesPacksOfTheUser) {
  const PackFile pack(kPack);
  const Outcome outcome = run("Zebra sale\n" + kBody, {{"packs", List{pack.path()}}});
  EXPECT_EQ(outcome.text, kBody);
  ASSERT_EQ(outcome.lifted.size(), 1u);
  EXPECT_EQ(outcome.lifted[0].value, "Zebra sale");
}

TEST(StripRules, RefusesAPackWithFaults) {
  const PackFile pack(
      "language = \"en\"\n[[rule]]\nid = \"nav.x\"\nreason = \"nav.men\"\n"
      "phrases = [\"x\"]\nmatch = [\"y\"]\n");
  EXPECT_THAT(make_error({{"packs", List{pack.path()}}}),
              HasSubstr(pack.path() + ":4:10: no reason is called \"nav.men\""));
  EXPECT_THAT(make_error({{"packs", List{"/nowhere/pack.toml"}}}),
              HasSubstr("cannot open the rule pack /nowhere/pack.toml"));
}

TEST(StripRules, RefusesAPackWhoseExamplesFail) {
  const PackFile pack(
      "language = \"en\"\n[[rule]]\nid = \"nav.x\"\nreason = \"nav.menu\"\n"
      "phrases = [\"x\"]\nmatch = [\"y\"]\n");
  EXPECT_THAT(make_error({{"packs", List{pack.path()}}}), HasSubstr("does not match"));
}

TEST(StripRules, RulesAndFamiliesCanBeDisabled) {
  const std::string text = "Skip to main content\n" + kBody;
  EXPECT_EQ(run(text, {{"disable_rules", List{"nav.skip_link", "nav.skip_text"}}}).text, text);
  EXPECT_EQ(run(text, {{"disable_families", List{"nav"}}}).text, text);
  EXPECT_EQ(run(text, {{"disable_families", List{"promo"}}}).text, kBody);
  EXPECT_THAT(make_error({{"disable_rules", List{"nav.skip_lnk"}}}),
              HasSubstr("no rule is called \"nav.skip_lnk\"; did you mean \"nav.skip_link\"?"));
  EXPECT_NE(option_fault("strip_rules", "disable_families", List{"navv"}), "");
  EXPECT_NE(option_fault("strip_rules", "languages", List{"xx"}), "");
  EXPECT_EQ(option_fault("strip_rules", "languages", List{"en"}), "");
}

// The guard weighs body lines in bytes: of ten equal lines, n go.
Outcome run_guarded(int n, double max_share) {
  const PackFile pack(kPack);
  std::string text;
  for (int i = 0; i < 10; ++i) {
    if (i > 0) text += '\n';
    text += i < n ? "zebra" : "river";
    text += " a b c d e f g h i j k.";
  }
  return run(text, {{"packs", List{pack.path()}}, {"max_share", max_share}});
}

TEST(StripRules, GuardRefusesWhenTooMuchRunningTextWouldGo) {
  const Outcome below = run_guarded(2, 0.3);
  EXPECT_TRUE(below.flags.empty());
  EXPECT_EQ(below.text.find("zebra"), std::string::npos);
  const Outcome at = run_guarded(3, 0.3);
  EXPECT_TRUE(at.flags.empty());
  EXPECT_EQ(at.text.find("zebra"), std::string::npos);
  const Outcome above = run_guarded(4, 0.3);
  ASSERT_EQ(above.flags, std::vector<Flag>{Flag::kGuarded});
  EXPECT_TRUE(above.edits.empty());
  EXPECT_TRUE(above.lifted.empty());
}

TEST(StripRules, GuardCanBeOpenedAndShut) {
  EXPECT_TRUE(run_guarded(10, 1.0).flags.empty());
  EXPECT_EQ(run_guarded(1, 0.0).flags, std::vector<Flag>{Flag::kGuarded});
  EXPECT_TRUE(run_guarded(0, 0.0).flags.empty());
  EXPECT_EQ(option_fault("strip_rules", "max_share", 1.01), "must be between 0 and 1, got 1.01");
}

}  // namespace
}  // namespace copydesk::testing
