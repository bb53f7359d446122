// Executor: runs the phases of a plan. Batches pass a pipeline of three steps - take the next batch
// in order, work on it (any worker, any order), hand it over in order - with a bounded number of
// batches in flight, so that memory does not depend on the input and the output not on the
// threads.
//
// A run that goes on from a checkpoint first shows the observers of its phase the records that were
// decided on already (a replay: read back, observed, not processed again). Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_EXECUTOR_H_
#define COPYDESK_PIPELINE_EXECUTOR_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "checkpoint.h"
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
  // Where a run stands is given to `save_checkpoint`, if there is one, which brings it to the disk:
  // every so many seconds, when it ends early, and behind each phase but the last. It fills in
  // Checkpoint::output_bytes.
  std::function<Result<void>(Checkpoint&)> save_checkpoint = nullptr;
  const Checkpoint* resume = nullptr;  // where to go on; null: at the begin
};

class Executor {
 public:
  // `write` takes all rows; `summary` collects counts, notes and phase times.
  Executor(Plan& plan, ExecutorOptions options, RowWriter write, RunSummary& summary);
  ~Executor();

  // Whether the run ended before its input did.
  [[nodiscard]] bool was_cut() const { return was_cut_; }
  // Runs every phase. kInterrupted if the caller asked to stop, kInternal if the ledger does not
  // add up, kCorrupt if there is no going on from a checkpoint. After kInterrupted and kIo a
  // checkpoint was tried.
  Result<void> run(Source& source);

 private:
  struct Batch;
  struct Worker;

  // One pass over documents: those that a replay shows, or all others.
  enum class Pass : std::uint8_t { kReplay, kWork };

  // run(), whose errors say in what folder it is that something is damaged.
  Result<void> run_phases(Source& source);
  Result<void> restore(const Checkpoint& from);
  Result<void> load_state(const Checkpoint& from);
  // Reads the first records of the input again. kIo if one is not as it is in the spool: then all
  // behind it may be others, too.
  Result<void> skip_records(Source& source, std::uint64_t count);
  Result<void> run_phase(std::size_t index, Source& source);
  Result<void> prepare_phase(std::size_t index, Source& source);
  Result<void> run_pass(Pass pass, std::size_t index, Source& source);
  Result<void> finish_pass(std::size_t index, const Source& source);
  Result<void> finalize_phase(const Phase& phase);
  Result<void> end_phase(std::size_t index);
  [[nodiscard]] bool checkpoint_is_due() const;
  // Of the phase that runs, with all batches that were handed over.
  Result<void> save_position(std::size_t index);
  void save_after_failure(std::size_t index, const Error& failure);
  Result<void> save(Checkpoint checkpoint);
  [[nodiscard]] bool is_last(std::size_t index) const { return index + 1 == plan_.phases.size(); }
  void account_for_disk();
  bool next_batch(Pass pass, std::size_t index, Source& source, Batch& batch);
  Result<void> work(std::size_t index, Worker& worker, Batch& batch);
  Result<void> replay(std::size_t index, Worker& worker, Batch& batch);
  Result<void> hand_over(Pass pass, std::size_t index, Batch& batch);
  void make_observations(const Phase& phase, Batch& batch) const;
  void observe(const Phase& phase, const Document& document, Batch& batch) const;
  void process(const Phase& phase, Worker& worker, Record& record, Ledger& ledger);
  Result<void> render(const Record& record, Batch& batch);
  void render_rejected(const Record& record, Batch& batch) const;
  // Behind so many more documents, and bytes of the records read back.
  void report_progress(std::size_t index, const Source& source, std::uint64_t documents,
                       std::uint64_t bytes);
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
  std::unique_ptr<Spool> in_;      // by the phase before; null in the first
  std::unique_ptr<Spool> out_;     // by this one; null in the last
  std::vector<bool> alive_;        // by ordinal: observed in this phase
  std::uint64_t next_doc_ = 0;     // first ordinal of the next batch
  std::uint64_t handed_over_ = 0;  // records of batches that are through
  StateContents state_;            // what the phase before has left for it
  bool is_saved_ = false;          // a checkpoint has all that was handed over
  std::uint64_t done_documents_ = 0;
  std::uint64_t done_bytes_ = 0;
  std::uint64_t read_bytes_ = 0;  // of records, in the first phase
  bool was_cut_ = false;
  std::uint64_t bytes_total_ = 0;
  double last_progress_ = 0;
  double last_checkpoint_ = 0;
  bool can_reread_ = true;   // the input, so that a run may go on in the middle of it
  bool input_read_ = false;  // all of it
};

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_EXECUTOR_H_
