#include "plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace copydesk {
namespace {

class FakeDocumentStage : public DocumentStage {
 public:
  Verdict process(const Document&, Local*, Edits&, DocumentFindings&) const override {
    return Verdict::keep();
  }
};

class FakeCorpusStage : public CorpusStage {
 public:
  Verdict process(const Document&, Local*, Edits&, DocumentFindings&) const override {
    return Verdict::keep();
  }
  std::unique_ptr<Observation> make_observation() const override { return nullptr; }
  void observe(const Document&, Observation&) const override {}
  Result<void> combine(Observation&) override { return {}; }
  Result<void> finalize(const Corpus&, FindingsSink&) override { return {}; }
  Result<void> save(StateWriter&) const override { return {}; }
  Result<void> load(StateReader&) override { return {}; }
};

struct Options {
  bool learned = false;  // a corpus stage that was given what it would have learned
  std::int64_t words = 0;
};

// d…: a document stage; c…: a corpus stage; e…: a corpus stage that edits text.
std::vector<StageSpec> fake_specs() {
  std::vector<StageSpec> specs;
  for (const char kind : {'d', 'c', 'e'}) {
    for (const char number : {'1', '2', '3'}) {
      StageSpecBuilder<Options> builder(std::string{kind, number},
                                        kind == 'd' ? StageKind::kDocument : StageKind::kCorpus);
      builder.option("learned", &Options::learned, "A switch.")
          .option("words", &Options::words, {0, 10}, "A count.")
          .validate([](const Options& o) -> std::optional<std::string> {
            if (o.words == 7) return "seven words";
            return std::nullopt;
          });
      if (kind == 'e') builder.edits_text();
      specs.push_back(builder.make([kind](const Options& o) -> Result<std::unique_ptr<Stage>> {
        if (kind == 'd' || o.learned) {
          return std::unique_ptr<Stage>(std::make_unique<FakeDocumentStage>());
        }
        return std::unique_ptr<Stage>(std::make_unique<FakeCorpusStage>());
      }));
    }
  }
  return specs;
}

Config config_of(const std::vector<std::string>& stages) {
  Config config;
  for (const std::string& name : stages) config.stages.push_back({name, {}});
  return config;
}

// "d1 d2 / c1; c1 /": in each phase what is processed, and what observes.
std::string text_of(const Plan& plan) {
  std::string out;
  for (const Phase& phase : plan.phases) {
    if (!out.empty()) out += "; ";
    for (const std::size_t i : phase.process) out += plan.stages[i].name + " ";
    out += "/";
    for (const std::size_t i : phase.observe) out += " " + plan.stages[i].name;
  }
  return out;
}

std::string plan_text(const Config& config, PlanScope scope = PlanScope::kAll) {
  const Result<Plan> plan = make_plan(config, fake_specs(), scope);
  return plan.ok() ? text_of(*plan) : "error: " + plan.error().message;
}

TEST(Plan, IsCutAtCorpusStages) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> table = {
      {{}, "/"},
      {{"d1"}, "d1 /"},
      {{"d1", "d2"}, "d1 d2 /"},
      {{"c1"}, "/ c1; c1 /"},
      {{"e1"}, "/ e1; e1 /"},
      {{"d1", "c1"}, "d1 / c1; c1 /"},
      {{"c1", "d1"}, "/ c1; c1 d1 /"},
      {{"c1", "c2"}, "/ c1 c2; c1 c2 /"},
      {{"c1", "d1", "c2"}, "/ c1; c1 d1 / c2; c2 /"},
      // A stage that edits ends the pass of those that observe with it.
      {{"e1", "c1"}, "/ e1; e1 / c1; c1 /"},
      {{"c1", "e1"}, "/ c1 e1; c1 e1 /"},
      {{"c1", "e1", "c2"}, "/ c1 e1; c1 e1 / c2; c2 /"},
      {{"e1", "e2"}, "/ e1; e1 / e2; e2 /"},
      // The built-in preset.
      {{"d1", "e1", "d2", "c1", "c2"}, "d1 / e1; e1 d2 / c1 c2; c1 c2 /"},
  };
  for (const auto& [stages, expected] : table) EXPECT_EQ(plan_text(config_of(stages)), expected);
}

TEST(Plan, KeepsItsPromisesForEveryOrder) {
  std::vector<std::string> names;
  for (const StageSpec& spec : fake_specs()) names.push_back(spec.name);
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    std::shuffle(names.begin(), names.end(), random);
    const std::vector<std::string> chosen(
        names.begin(), names.begin() + static_cast<std::ptrdiff_t>(random() % (names.size() + 1)));
    const Result<Plan> plan = make_plan(config_of(chosen), fake_specs(), PlanScope::kAll);
    ASSERT_TRUE(plan.ok());
    SCOPED_TRACE(text_of(*plan));

    // Every stage is processed once, in the order of the config.
    std::vector<std::size_t> processed;
    for (std::size_t phase = 0; phase < plan->phases.size(); ++phase) {
      const Phase& now = plan->phases[phase];
      ASSERT_EQ(now.observe.empty(), phase + 1 == plan->phases.size());
      processed.insert(processed.end(), now.process.begin(), now.process.end());
      for (const std::size_t i : now.observe) {
        ASSERT_NE(plan->stages[i].corpus, nullptr);
        // It acts in the next phase, and sees the edits of all stages before it.
        const std::vector<std::size_t>& next = plan->phases[phase + 1].process;
        ASSERT_NE(std::find(next.begin(), next.end(), i), next.end());
        for (std::size_t earlier = 0; earlier < i; ++earlier) {
          const PlannedStage& stage = plan->stages[earlier];
          if (stage.corpus != nullptr && !stage.edits_text) continue;
          ASSERT_NE(std::find(processed.begin(), processed.end(), earlier), processed.end());
        }
      }
    }
    ASSERT_EQ(processed.size(), chosen.size());
    for (std::size_t i = 0; i < processed.size(); ++i) {
      ASSERT_EQ(processed[i], i);
      ASSERT_EQ(plan->stages[i].name, chosen[i]);
    }
  }
}

TEST(Plan, AsksTheStageNotTheSpecWhatItIs) {
  Config config = config_of({"e1", "c1"});
  config.stages[0].options["learned"] = true;
  EXPECT_EQ(plan_text(config), "e1 / c1; c1 /");
  EXPECT_EQ(plan_text(config, PlanScope::kDocumentStages), "e1 /");
  EXPECT_EQ(plan_text(config, PlanScope::kThroughFirstLearner),
            "error: no stage of the config learns templates");
}

TEST(Plan, OfDocumentStages) {
  EXPECT_EQ(plan_text(config_of({"d1", "e1", "c1", "d2"}), PlanScope::kDocumentStages), "d1 d2 /");
  EXPECT_EQ(plan_text(config_of({"c1"}), PlanScope::kDocumentStages), "/");
}

TEST(Plan, ThroughTheFirstLearner) {
  const PlanScope scope = PlanScope::kThroughFirstLearner;
  EXPECT_EQ(plan_text(config_of({"d1", "e1", "d2", "c1"}), scope), "d1 / e1; e1 /");
  EXPECT_EQ(plan_text(config_of({"c1", "d1", "e1", "e2"}), scope), "d1 / e1; e1 /");
  EXPECT_EQ(plan_text(config_of({"d1", "c1"}), scope),
            "error: no stage of the config learns templates");
  EXPECT_EQ(plan_text(config_of({}), scope), "error: no stage of the config learns templates");
}

TEST(Plan, FaultsOfTheConfig) {
  const Result<Plan> unknown = make_plan(config_of({"d1", "x9"}), fake_specs(), PlanScope::kAll);
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(unknown.error().message, "no stage is named \"x9\"");

  Config config = config_of({"d1"});
  config.stages[0].options["words"] = std::int64_t{7};
  EXPECT_EQ(plan_text(config), "error: d1: seven words");
}

}  // namespace
}  // namespace copydesk
