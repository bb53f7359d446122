// A corpus stage for tests of the engine, which knows none of the real ones.
#ifndef COPYDESK_TESTS_SUPPORT_CUT_REPEATED_H_
#define COPYDESK_TESTS_SUPPORT_CUT_REPEATED_H_

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "copydesk/stage.h"
#include "copydesk/stage_state.h"

namespace copydesk::testing {

// Learns which lines occur in three documents or more, and cuts them.
class CutRepeated : public CorpusStage {
  struct Lines : Observation {
    std::vector<std::uint64_t> keys;
  };

 public:
  std::unique_ptr<Observation> make_observation() const override {
    return std::make_unique<Lines>();
  }
  void observe(const Document& document, Observation& observation) const override {
    for (const std::uint64_t key : document.line_keys()) {
      static_cast<Lines&>(observation).keys.push_back(key);
    }
  }
  Result<void> combine(Observation& observation) override {
    for (const std::uint64_t key : static_cast<Lines&>(observation).keys) ++counts_[key];
    return {};
  }
  Result<void> finalize(const Corpus&, FindingsSink& sink) override {
    for (const auto& [key, count] : counts_) {
      if (!is_repeated(key)) continue;
      TemplateLine line;
      line.key = key;
      line.pages = count;
      COPYDESK_RETURN_IF_ERROR(sink.add(line));
    }
    sink.note("lines", static_cast<double>(counts_.size()));
    return {};
  }
  Verdict process(const Document& document, Local*, Edits& edits,
                  DocumentFindings&) const override {
    for (std::size_t i = 0; i < document.lines().size(); ++i) {
      if (is_repeated(document.line_keys()[i])) edits.cut_line(i, Reason::kTemplateLine, "often");
    }
    return Verdict::keep();
  }
  Result<void> save(StateWriter& state) const override {
    COPYDESK_RETURN_IF_ERROR(state.number(counts_.size()));
    for (const auto& [key, count] : counts_) {
      COPYDESK_RETURN_IF_ERROR(state.number(key));
      COPYDESK_RETURN_IF_ERROR(state.number(count));
    }
    return {};
  }
  Result<void> load(StateReader& state) override {
    COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t size, state.count(2));
    for (std::uint64_t i = 0; i < size; ++i) {
      COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t key, state.number());
      COPYDESK_ASSIGN_OR_RETURN(counts_[key], state.number());
    }
    return {};
  }

 protected:
  // Of a line that was observed.
  [[nodiscard]] bool is_repeated(std::uint64_t key) const {
    return key != 0 && counts_.at(key) >= 3;
  }

 private:
  std::map<std::uint64_t, std::uint64_t> counts_;
};

}  // namespace copydesk::testing

#endif  // COPYDESK_TESTS_SUPPORT_CUT_REPEATED_H_
