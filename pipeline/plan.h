// Plan: the stages of a config, made and cut into phases. A phase is one pass over all documents.
//
//   stages   strip_rules | strip_templates* | lift_fields | drop_exact_duplicates* match_reuse*
//   phase 1  process strip_rules; strip_templates observes
//   phase 2  process strip_templates, lift_fields; the other two observe
//   phase 3  process drop_exact_duplicates, match_reuse; write the output files
//
// (* corpus stages.) Corpus stages that follow each other observe in the same phase unless the
// earlier one edits text. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_PLAN_H_
#define COPYDESK_PIPELINE_PLAN_H_

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "copydesk/config.h"
#include "copydesk/result.h"
#include "copydesk/stage.h"
#include "copydesk/stage_spec.h"

namespace copydesk {

struct PlannedStage {
  std::string name;
  bool edits_text = false;
  std::unique_ptr<Stage> stage;
  CorpusStage* corpus = nullptr;  // the same object, if it is a corpus stage
};

// Indices into Plan::stages.
struct Phase {
  std::vector<std::size_t> process;
  std::vector<std::size_t> observe;
};

struct Plan {
  std::vector<PlannedStage> stages;
  std::vector<Phase> phases;  // at least one; only the last observes nothing
};

// Which stages of a config take part.
enum class PlanScope : std::uint8_t {
  kAll,
  kDocumentStages,       // those that need no other document
  kThroughFirstLearner,  // up to the first corpus stage that edits text, which ends the plan
  kCleaning,             // without corpus stages at the end that do not edit text
};

// Makes the stages. The error is that of a stage that could not be made, or kInvalidArgument for a
// name that is not in `specs` and for kThroughFirstLearner if no stage learns.
Result<Plan> make_plan(const Config& config, std::span<const StageSpec> specs, PlanScope scope);

// Adds a stage of the engine's own behind the others.
void append_stage(Plan& plan, std::string name, std::unique_ptr<CorpusStage> stage);

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_PLAN_H_
