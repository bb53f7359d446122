#include "plan.h"

#include <algorithm>
#include <utility>

namespace copydesk {
namespace {

std::vector<Phase> cut_into_phases(const std::vector<PlannedStage>& stages) {
  std::vector<Phase> phases(1);
  const auto next_phase = [&] {
    Phase next;
    next.process = phases.back().observe;  // what was observed is now acted upon
    phases.push_back(std::move(next));
  };
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const std::vector<std::size_t>& observers = phases.back().observe;
    if (stages[i].corpus == nullptr) {
      if (!observers.empty()) next_phase();
      phases.back().process.push_back(i);
    } else {
      if (!observers.empty() && stages[observers.back()].edits_text) next_phase();
      phases.back().observe.push_back(i);
    }
  }
  if (!phases.back().observe.empty()) next_phase();
  return phases;
}

}  // namespace

Result<Plan> make_plan(const Config& config, std::span<const StageSpec> specs, PlanScope scope) {
  Plan plan;
  for (const StageConfig& wanted : config.stages) {
    const auto spec = std::find_if(specs.begin(), specs.end(),
                                   [&](const StageSpec& s) { return s.name == wanted.name; });
    if (spec == specs.end()) {
      return Error{ErrorCode::kInvalidArgument, "no stage is named \"" + wanted.name + "\""};
    }
    COPYDESK_ASSIGN_OR_RETURN(std::unique_ptr<Stage> stage, spec->make(wanted.options));
    PlannedStage planned{wanted.name, spec->edits_text, std::move(stage), nullptr};
    planned.corpus = dynamic_cast<CorpusStage*>(planned.stage.get());
    const bool learner = planned.corpus != nullptr && planned.edits_text;
    if (scope == PlanScope::kDocumentStages && planned.corpus != nullptr) continue;
    if (scope == PlanScope::kThroughFirstLearner && planned.corpus != nullptr && !learner) continue;
    plan.stages.push_back(std::move(planned));
    if (scope == PlanScope::kThroughFirstLearner && learner) break;
  }
  if (scope == PlanScope::kThroughFirstLearner &&
      (plan.stages.empty() || plan.stages.back().corpus == nullptr)) {
    return Error{ErrorCode::kInvalidArgument, "no stage of the config learns templates"};
  }
  if (scope == PlanScope::kCleaning) {
    while (!plan.stages.empty() && plan.stages.back().corpus != nullptr &&
           !plan.stages.back().edits_text) {
      plan.stages.pop_back();
    }
  }
  plan.phases = cut_into_phases(plan.stages);
  return plan;
}

void append_stage(Plan& plan, std::string name, std::unique_ptr<CorpusStage> stage) {
  CorpusStage* const corpus = stage.get();
  plan.stages.push_back({std::move(name), false, std::move(stage), corpus});
  plan.phases = cut_into_phases(plan.stages);
}

}  // namespace copydesk
