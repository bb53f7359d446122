// The engine's side of a corpus stage: the documents it may read back, and the sink that takes what
// it found. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_CORPUS_H_
#define COPYDESK_PIPELINE_CORPUS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "copydesk/pipeline.h"
#include "copydesk/stage.h"
#include "output_set.h"
#include "rows.h"
#include "spool.h"

namespace copydesk {

// A document that a corpus stage dropped when it was finalized.
struct StageDrop {
  std::size_t stage = 0;  // index into Plan::stages
  Verdict verdict = Verdict::keep();
};
using DropTable = std::unordered_map<std::uint64_t, StageDrop>;

// Takes rows for one output file. Called by one thread at a time.
using RowWriter = std::function<Result<void>(OutputName, std::string_view)>;

// Documents in a spool. Thread-safe.
class SpooledCorpus : public Corpus {
 public:
  // `alive`: one byte a record, whether it was observed. All must outlive the object.
  SpooledCorpus(const Spool& spool, const std::vector<std::uint8_t>& alive, const DropTable& drops,
                const std::atomic<bool>* stop)
      : spool_(spool), alive_(alive), drops_(drops), stop_(stop) {}

  [[nodiscard]] std::uint64_t size() const override { return spool_.records(); }
  [[nodiscard]] bool alive(std::uint64_t doc) const override {
    return alive_[doc] != 0 && !drops_.contains(doc);
  }
  [[nodiscard]] Result<Document> read(std::uint64_t doc) const override;
  [[nodiscard]] Result<std::string> read_id(std::uint64_t doc) const override;
  Result<void> parallel_for(std::size_t n,
                            const std::function<Result<void>(std::size_t)>& fn) const override;

 private:
  const Spool& spool_;
  const std::vector<std::uint8_t>& alive_;
  const DropTable& drops_;
  const std::atomic<bool>* stop_;
};

// Writes findings as rows and counts them in the summary.
class RowSink : public FindingsSink {
 public:
  // `stage`: index into Plan::stages of the stage that is being finalized, `stage_name` its name.
  RowSink(std::size_t stage, std::string stage_name, IdentityOf identity, const RowWriter& write,
          DropTable& drops, RunSummary& summary);

  Result<void> add(const Pair& pair) override;
  Result<void> add(const Cluster& cluster) override;
  Result<void> add(const Story& story) override;
  Result<void> add(const TemplateLine& line) override;
  void drop(std::uint64_t doc, DropReason reason, std::uint64_t of) override;
  void note(std::string_view name, double value) override;
  void note(std::string_view name, std::string_view value) override;

 private:
  std::size_t stage_;
  std::string stage_name_;
  IdentityOf identity_;
  const RowWriter& write_;
  DropTable& drops_;
  RunSummary& summary_;
  std::string row_;
};

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_CORPUS_H_
