// BackgroundLearner: counts in how many documents each word stands. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_BACKGROUND_LEARNER_H_
#define COPYDESK_PIPELINE_BACKGROUND_LEARNER_H_

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "copydesk/stage.h"
#include "copydesk/text/document_frequencies.h"

namespace copydesk {

// A corpus stage that changes nothing. Documents with the same words in the same order count once,
// those without words not at all.
class BackgroundLearner : public CorpusStage {
 public:
  std::unique_ptr<Observation> make_observation() const override;
  void observe(const Document& document, Observation& observation) const override;
  Result<void> combine(Observation& observation) override;
  // Fails if there was no document with words.
  Result<void> finalize(const Corpus& corpus, FindingsSink& sink) override;
  Verdict process(const Document& document, Local* local, Edits& edits,
                  DocumentFindings& findings) const override;
  // kInternal: learning has one phase, and starts anew when it was interrupted.
  Result<void> save(StateWriter& state) const override;
  Result<void> load(StateReader& state) override;

  // What was learned; after finalize().
  [[nodiscard]] text::DocumentFrequencies table() const { return {texts_.size(), documents_of_}; }

 private:
  std::unordered_set<std::uint64_t> texts_;                        // hashes of all words in order
  std::unordered_map<std::uint64_t, std::uint32_t> documents_of_;  // by word
};

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_BACKGROUND_LEARNER_H_
