// The engine's side of a corpus stage: the documents it may read back, and the sink that takes what
// it found. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_CORPUS_H_
#define COPYDESK_PIPELINE_CORPUS_H_

#include <tbb/enumerable_thread_specific.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/pipeline.h"
#include "copydesk/stage.h"
#include "copydesk/stage_state.h"
#include "io/parse_record.h"
#include "output_set.h"
#include "rows.h"
#include "spool.h"

namespace copydesk {

// A document that a corpus stage dropped when it was finalized.
struct StageDrop {
  std::uint64_t doc = 0;
  std::uint64_t of = 0;     // the document that stands for it
  std::uint32_t stage = 0;  // index into Plan::stages
  DropReason reason = DropReason::kEmpty;
};

// What corpus stages dropped. A bit a document, and 24 bytes for each that was. Const members are
// thread-safe.
class DropTable {
 public:
  // The first drop of a document counts.
  void add(const StageDrop& drop);
  [[nodiscard]] bool contains(std::uint64_t doc) const {
    return doc / 64 < dropped_.size() && (dropped_[doc / 64] >> (doc % 64) & 1) != 0;
  }
  // Ends adding, until the next stage is finalized.
  void settle();
  // Null if the document was not dropped. After settle().
  [[nodiscard]] const StageDrop* find(std::uint64_t doc) const;
  // Writes what was settled, and reads it back. kCorrupt if it names a document from `documents` on
  // or a stage from `stages` on.
  Result<void> save(StateWriter& out) const;
  Result<void> load(StateReader& in, std::uint64_t documents, std::size_t stages);

 private:
  std::vector<std::uint64_t> dropped_;  // bits by ordinal
  std::vector<StageDrop> drops_;
};

// The records of a run as one phase left them.
struct SpooledRecords {
  const Spool& raw;
  const Spool& decisions;
  const InputOptions& input;
  const StageNames& stages;
};

// Takes rows for one output file. Called by one thread at a time.
using RowWriter = std::function<Result<void>(OutputName, std::string_view)>;

// Documents in a spool. Thread-safe.
class SpooledCorpus : public Corpus {
 public:
  // `alive`: by ordinal, whether it was observed. All must outlive the object.
  SpooledCorpus(const SpooledRecords& records, const std::vector<bool>& alive,
                const DropTable& drops, const std::atomic<bool>* stop)
      : records_(records), alive_(alive), drops_(drops), stop_(stop) {}

  [[nodiscard]] std::uint64_t size() const override { return records_.raw.records(); }
  [[nodiscard]] bool alive(std::uint64_t doc) const override {
    return alive_[doc] && !drops_.contains(doc);
  }
  [[nodiscard]] Result<Document> read(std::uint64_t doc) const override;
  [[nodiscard]] Result<std::string> read_id(std::uint64_t doc) const override;
  Result<void> parallel_for(std::size_t n,
                            const std::function<Result<void>(std::size_t)>& fn) const override;

 private:
  const SpooledRecords records_;
  const std::vector<bool>& alive_;
  const DropTable& drops_;
  const std::atomic<bool>* stop_;
  mutable tbb::enumerable_thread_specific<std::unique_ptr<RecordParser>> parsers_;
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
