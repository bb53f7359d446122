#include "copydesk/stage_spec.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace copydesk {
namespace {

struct Options {
  bool lift = true;
  std::int64_t words = 12;
  double share = 0.4;
  std::string mode = "auto";
  std::string path;
  std::vector<std::string> packs = {"en"};
};

// Shows which options it was made with.
class ShowOptions : public DocumentStage {
 public:
  explicit ShowOptions(Options given) : options(std::move(given)) {}
  Verdict process(const Document&, Local*, Edits&, DocumentFindings&) const override {
    return Verdict::keep();
  }
  Options options;
};

StageSpecBuilder<Options> builder() {
  StageSpecBuilder<Options> b("show_options", StageKind::kDocument);
  b.summary("Shows options.")
      .reasons({Reason::kNavMenu})
      .drop_reasons({DropReason::kTooShort})
      .option("lift", &Options::lift, "A switch.")
      .option("words", &Options::words, {5, 100}, "A count.")
      .option("share", &Options::share, {0.25, 1}, "A share.")
      .option("mode", &Options::mode, {"auto", "on", "off"}, "A choice.")
      .option("path", &Options::path, "Free text.")
      .option("packs", &Options::packs, {"en", "de"}, "Choices.");
  return b;
}

StageSpec spec() {
  return builder().make([](const Options& o) { return std::make_unique<ShowOptions>(o); });
}

Options made_with(const OptionValues& values) {
  Result<std::unique_ptr<Stage>> stage = spec().make(values);
  EXPECT_TRUE(stage.ok());
  return dynamic_cast<ShowOptions&>(**stage).options;
}

std::string fault(std::string_view option, const OptionValue& value) {
  return spec().option(option)->fault(value).value_or("");
}
OptionValue integer(std::int64_t value) { return value; }
OptionValue text(std::string value) { return value; }
OptionValue list(std::vector<std::string> value) { return value; }

TEST(StageSpecBuilder, Describes) {
  const StageSpec s = spec();
  EXPECT_EQ(s.name, "show_options");
  EXPECT_EQ(s.summary, "Shows options.");
  EXPECT_EQ(s.kind, StageKind::kDocument);
  EXPECT_FALSE(s.edits_text);
  EXPECT_TRUE(s.idempotent);
  EXPECT_EQ(s.reasons, std::vector<Reason>{Reason::kNavMenu});
  EXPECT_EQ(s.drop_reasons, std::vector<DropReason>{DropReason::kTooShort});
  ASSERT_EQ(s.options.size(), 6U);
  EXPECT_EQ(s.options[1].name, "words");
  EXPECT_EQ(s.options[1].summary, "A count.");
  EXPECT_EQ(s.options[1].default_value, integer(12));
  EXPECT_EQ(s.options[1].min, 5);
  EXPECT_EQ(s.options[1].max, 100);
  EXPECT_EQ(s.options[3].choices, (std::vector<std::string>{"auto", "on", "off"}));
  EXPECT_TRUE(s.options[4].choices.empty());
  EXPECT_EQ(s.option("words"), &s.options[1]);
  EXPECT_EQ(s.option("word"), nullptr);

  const StageSpec other =
      StageSpecBuilder<Options>("other", StageKind::kCorpus)
          .edits_text()
          .not_idempotent()
          .make([](const Options& o) { return std::make_unique<ShowOptions>(o); });
  EXPECT_EQ(other.kind, StageKind::kCorpus);
  EXPECT_TRUE(other.edits_text);
  EXPECT_FALSE(other.idempotent);
}

TEST(StageSpecBuilder, AbsentOptionsKeepTheirDefaults) {
  const Options options = made_with({});
  EXPECT_TRUE(options.lift);
  EXPECT_EQ(options.words, 12);
  EXPECT_EQ(options.share, 0.4);
  EXPECT_EQ(options.mode, "auto");
  EXPECT_EQ(options.path, "");
  EXPECT_EQ(options.packs, std::vector<std::string>{"en"});
}

TEST(StageSpecBuilder, EachOptionReachesItsMember) {
  const Options options = made_with({{"lift", false},
                                     {"words", integer(7)},
                                     {"share", 0.75},
                                     {"mode", text("off")},
                                     {"path", text("templates.jsonl")},
                                     {"packs", list({"de", "en"})}});
  EXPECT_FALSE(options.lift);
  EXPECT_EQ(options.words, 7);
  EXPECT_EQ(options.share, 0.75);
  EXPECT_EQ(options.mode, "off");
  EXPECT_EQ(options.path, "templates.jsonl");
  EXPECT_EQ(options.packs, (std::vector<std::string>{"de", "en"}));
  EXPECT_EQ(made_with({{"share", integer(1)}}).share, 1.0);  // an integer for a number
}

TEST(StageSpecBuilder, MakesManyStagesFromOneSpec) {
  const StageSpec s = spec();
  EXPECT_TRUE(s.make({{"words", integer(7)}}).ok());
  Result<std::unique_ptr<Stage>> again = s.make({});
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(dynamic_cast<ShowOptions&>(**again).options.words, 12);
}

TEST(StageSpecBuilder, CrossOptionRuleNamesTheStage) {
  const StageSpec s = builder()
                          .validate([](const Options& o) -> std::optional<std::string> {
                            if (o.mode == "off" && o.lift) return "lift needs a mode";
                            return std::nullopt;
                          })
                          .make([](const Options& o) { return std::make_unique<ShowOptions>(o); });
  EXPECT_TRUE(s.make({}).ok());
  EXPECT_TRUE(s.make({{"mode", text("off")}, {"lift", false}}).ok());
  const auto failed = s.make({{"mode", text("off")}});
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(failed.error().message, "show_options: lift needs a mode");
}

TEST(StageSpecBuilder, FactoryMayFail) {
  const StageSpec s = builder().make([](const Options& o) -> Result<std::unique_ptr<Stage>> {
    if (o.path.empty()) return Error{ErrorCode::kNotFound, "no file"};
    return std::unique_ptr<Stage>(std::make_unique<ShowOptions>(o));
  });
  EXPECT_TRUE(s.make({{"path", text("x")}}).ok());
  ASSERT_FALSE(s.make({}).ok());
  EXPECT_EQ(s.make({}).error().message, "no file");
}

TEST(OptionSpec, IntegersBelowAtAndAboveTheirEnds) {
  EXPECT_EQ(fault("words", integer(4)), "must be between 5 and 100, got 4");
  EXPECT_EQ(fault("words", integer(5)), "");
  EXPECT_EQ(fault("words", integer(6)), "");
  EXPECT_EQ(fault("words", integer(99)), "");
  EXPECT_EQ(fault("words", integer(100)), "");
  EXPECT_EQ(fault("words", integer(101)), "must be between 5 and 100, got 101");
  EXPECT_NE(fault("words", integer(std::numeric_limits<std::int64_t>::min())), "");
  EXPECT_NE(fault("words", integer(std::numeric_limits<std::int64_t>::max())), "");
}

TEST(OptionSpec, NumbersBelowAtAndAboveTheirEnds) {
  EXPECT_EQ(fault("share", 0.2), "must be between 0.25 and 1, got 0.2");
  EXPECT_NE(fault("share", std::nextafter(0.25, 0.0)), "");
  EXPECT_EQ(fault("share", 0.25), "");
  EXPECT_EQ(fault("share", 1.0), "");
  EXPECT_NE(fault("share", std::nextafter(1.0, 2.0)), "");
  EXPECT_EQ(fault("share", integer(1)), "");
  EXPECT_EQ(fault("share", integer(2)), "must be between 0.25 and 1, got 2");
  EXPECT_EQ(fault("share", std::numeric_limits<double>::quiet_NaN()),
            "must be between 0.25 and 1, got nan");
  EXPECT_EQ(fault("share", std::numeric_limits<double>::infinity()),
            "must be between 0.25 and 1, got inf");
  EXPECT_NE(fault("share", -std::numeric_limits<double>::max()), "");
  EXPECT_NE(fault("share", std::numeric_limits<double>::denorm_min()), "");
  EXPECT_EQ(fault("share", 1e-300), "must be between 0.25 and 1, got 1e-300");
}

TEST(OptionSpec, LargeNumbersAreWrittenOut) {
  OptionSpec option;
  option.default_value = integer(1);
  option.max = 10'000'000'000;
  EXPECT_EQ(option.fault(integer(10'000'000'001)),
            "must be between 0 and 10000000000, got 10000000001");
}

TEST(OptionSpec, WrongTypes) {
  EXPECT_EQ(fault("lift", integer(1)), "must be a boolean, got an integer");
  EXPECT_EQ(fault("words", 7.0), "must be an integer, got a number");
  EXPECT_EQ(fault("words", text("7")), "must be an integer, got a string");
  EXPECT_EQ(fault("share", true), "must be a number, got a boolean");
  EXPECT_EQ(fault("mode", list({"auto"})), "must be a string, got a list of strings");
  EXPECT_EQ(fault("packs", text("en")), "must be a list of strings, got a string");
}

TEST(OptionSpec, Choices) {
  EXPECT_EQ(fault("mode", text("on")), "");
  EXPECT_EQ(fault("mode", text("On")), "must be one of \"auto\", \"on\" or \"off\", got \"On\"");
  EXPECT_EQ(fault("path", text("anything")), "");
  EXPECT_EQ(fault("packs", list({})), "");
  EXPECT_EQ(fault("packs", list({"en", "de"})), "");
  EXPECT_EQ(fault("packs", list({"en", "xx"})), "must be one of \"en\" or \"de\", got \"xx\"");
  EXPECT_EQ(fault("lift", true), "");
  EXPECT_EQ(fault("lift", false), "");
}

}  // namespace
}  // namespace copydesk
