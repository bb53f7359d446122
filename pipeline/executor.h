// Executor: runs the phases of a plan. Batches pass a pipeline of three steps - take the next batch
// in order, work on it (any worker, any order), hand it over in order - with a bounded number of
// batches in flight, so that memory does not depend on the input and the output not on the
// threads. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_EXECUTOR_H_
#define COPYDESK_PIPELINE_EXECUTOR_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "copydesk/config.h"
#include "copydesk/pipeline.h"
#include "copydesk/result.h"
#include "copydesk/scratch.h"
#include "corpus.h"
#include "io/source.h"
#include "ledger.h"
#include "output_set.h"
#include "plan.h"
#include "spool.h"

namespace copydesk {

struct ExecutorOptions {
  InputOptions input;
  RunOptions run;
  bool keep_removed = false;
  bool rejected_as_lines = false;           // for people, instead of rows with all their bytes
  std::array<bool, kOutputCount> wanted{};  // which rows to make at all
  std::string work_dir;                     // for spools; not needed by a plan of one phase
  bool stop_after_learning = false;         // no phase after the last that observes
  std::uint64_t max_documents = 0;          // no more batches once so many were read; 0: all
  std::uint64_t max_bytes = 0;              // the same of bytes of records
  ProgressListener* progress = nullptr;
  const std::atomic<bool>* stop = nullptr;
};

class Executor {
 public:
  // `write` takes all rows; `summary` collects counts, notes and phase times.
  Executor(Plan& plan, ExecutorOptions options, RowWriter write, RunSummary& summary);
  ~Executor();

  // Whether the run ended before its input did.
  [[nodiscard]] bool was_cut() const { return was_cut_; }
  // Runs every phase. kInterrupted if the caller asked to stop, kInternal if the ledger does not
  // add up.
  Result<void> run(Source& source);

 private:
  struct Batch;
  struct Worker;

  Result<void> run_phase(std::size_t index, Source& source);
  Result<std::unique_ptr<Spool>> make_spool(const std::string& name) const;
  Result<void> finalize_phase(const Phase& phase);
  void account_for_disk();
  bool next_batch(std::size_t index, Source& source, Batch& batch);
  Result<void> work(std::size_t index, Worker& worker, Batch& batch);
  Result<void> hand_over(std::size_t index, Batch& batch);
  void process(const Phase& phase, Worker& worker, Record& record, Ledger& ledger);
  Result<void> render(const Record& record, Batch& batch);
  void render_rejected(const Record& record, Batch& batch) const;
  void report_progress(std::size_t index, const Source& source, const Batch& batch);
  [[nodiscard]] std::string phase_name(std::size_t index) const;
  [[nodiscard]] bool stopped() const { return options_.stop != nullptr && options_.stop->load(); }

  Plan& plan_;
  ExecutorOptions options_;
  RowWriter write_;
  RunSummary& summary_;
  Ledger ledger_;
  ScratchSpace scratch_;
  DropTable drops_;
  std::vector<std::string> source_names_;

  StageNames stage_names_;
  std::unique_ptr<Spool> raw_;  // all records, written by the first phase

  // Of the phase that runs: what was decided on the records.
  std::unique_ptr<Spool> in_;   // by the phase before; null in the first
  std::unique_ptr<Spool> out_;  // by this one; null in the last
  std::vector<bool> alive_;     // by ordinal: observed in this phase
  std::uint64_t next_doc_ = 0;  // first ordinal of the next batch
  std::uint64_t done_documents_ = 0;
  std::uint64_t done_bytes_ = 0;
  std::uint64_t read_bytes_ = 0;  // of records, in the first phase
  bool was_cut_ = false;
  std::uint64_t bytes_total_ = 0;
  double last_progress_ = 0;
};

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_EXECUTOR_H_
