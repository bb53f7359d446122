// The built-in stages for fuzzers: a document stage with options that were asked for before is not
// made again, which would take longer than what is tested.
#ifndef COPYDESK_TESTS_FUZZ_SHARED_STAGES_H_
#define COPYDESK_TESTS_FUZZ_SHARED_STAGES_H_

#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "copydesk/stage.h"
#include "copydesk/stage_spec.h"

namespace copydesk::fuzz {

class SharedStage : public DocumentStage {
 public:
  explicit SharedStage(std::shared_ptr<const Stage> stage) : stage_(std::move(stage)) {}
  [[nodiscard]] std::unique_ptr<Local> make_local() const override { return stage_->make_local(); }
  Verdict process(const Document& document, Local* local, Edits& edits,
                  DocumentFindings& findings) const override {
    return stage_->process(document, local, edits, findings);
  }

 private:
  std::shared_ptr<const Stage> stage_;
};

// Not thread-safe: neither are fuzzers. The first few settings of each stage are kept.
inline std::span<const StageSpec> shared_stages() {
  constexpr std::size_t kKept = 4;
  static const std::vector<StageSpec> stages = [] {
    std::vector<StageSpec> specs;
    for (const StageSpec& spec : builtin_stages()) {
      specs.push_back(spec);
      const auto known = std::make_shared<std::map<OptionValues, std::shared_ptr<const Stage>>>();
      specs.back().make = [make = spec.make,
                           known](const OptionValues& values) -> Result<std::unique_ptr<Stage>> {
        if (const auto it = known->find(values); it != known->end()) {
          return std::unique_ptr<Stage>(std::make_unique<SharedStage>(it->second));
        }
        Result<std::unique_ptr<Stage>> made = make(values);
        const bool shared = made.ok() && known->size() < kKept &&
                            dynamic_cast<DocumentStage*>(made->get()) != nullptr;
        if (!shared) return made;
        std::shared_ptr<const Stage> stage = *std::move(made);
        known->emplace(values, stage);
        return std::unique_ptr<Stage>(std::make_unique<SharedStage>(std::move(stage)));
      };
    }
    return specs;
  }();
  return stages;
}

}  // namespace copydesk::fuzz

#endif  // COPYDESK_TESTS_FUZZ_SHARED_STAGES_H_
