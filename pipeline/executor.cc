#include "executor.h"

#include <malloc.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "config_limits.h"
#include "copydesk/text/lines.h"
#include "io/parse_record.h"
#include "io/sync.h"
#include "rows.h"

namespace copydesk {
namespace {

constexpr double kProgressSeconds = 0.1;
// A batch in flight holds its input, parsed records, words, and rows or spooled bytes.
constexpr std::uint64_t kBatchOverhead = 8;

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::uint32_t worker_count(const RunOptions& run) {
  if (run.threads > 0) return run.threads;
  return std::max(1U, std::thread::hardware_concurrency());
}

// The threads of a pass, however many TBB thinks right.
class Threads {
 public:
  explicit Threads(std::uint32_t count) {
    first_.initialize();
    limit_.emplace(tbb::global_control::max_allowed_parallelism, count);
    arena_.initialize(static_cast<int>(count));
  }

  template <class Work>
  void run(Work work) {
    arena_.execute(work);
  }

 private:
  // If memory ran out while TBB begins, a limit that is taken back would wait for ever for what
  // never began: so it begins without one.
  tbb::task_arena first_{1};
  std::optional<tbb::global_control> limit_;
  tbb::task_arena arena_;
};

// What one stage has freed would else count as ours while the next one works.
void return_free_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

// What the drops are in a state file. No name of a stage, which are words.
constexpr const char* kDropsSection = "(drops)";

Result<std::unique_ptr<Spool>> make_spool(Result<Spool> spool) {
  if (!spool.ok()) return spool.error();
  return std::make_unique<Spool>(*std::move(spool));
}

bool is_blank(std::string_view s) { return text::trim(s).empty(); }

// Neither text nor title, or only spaces.
bool is_empty(const Document& document) {
  return is_blank(document.text()) && is_blank(document.title()) &&
         is_blank(document.lifted(Field::kTitle));
}

// The first error by batch number, so that the message does not depend on the threads.
class FirstError {
 public:
  void set(std::uint64_t sequence, Error error) {
    const std::lock_guard lock(mutex_);
    if (!error_ || sequence < sequence_) {
      error_ = std::move(error);
      sequence_ = sequence;
    }
    any_ = true;
  }
  [[nodiscard]] bool any() const { return any_.load(std::memory_order_relaxed); }
  // Whether a batch before this one failed: its own outcome cannot matter any more.
  [[nodiscard]] bool before(std::uint64_t sequence) const {
    if (!any()) return false;
    const std::lock_guard lock(mutex_);
    return sequence_ < sequence;
  }
  [[nodiscard]] const std::optional<Error>& get() const { return error_; }

 private:
  mutable std::mutex mutex_;
  std::atomic<bool> any_ = false;
  std::uint64_t sequence_ = 0;
  std::optional<Error> error_;
};

bool has_failed(const RawRecord& record) {
  return record.rejection && record.rejection->reason == RejectReason::kSourceFailed;
}

// Whether a record was read again as it was. What a failure says may differ: which records there
// are does not depend on it.
bool is_same(const RawRecord& was, const RawRecord& is) {
  if (was.source != is.source || was.line != is.line || was.offset != is.offset ||
      was.is_text != is.is_text || was.text_id != is.text_id || was.bytes != is.bytes ||
      was.rejection.has_value() != is.rejection.has_value()) {
    return false;
  }
  return !was.rejection || (was.rejection->reason == is.rejection->reason &&
                            (has_failed(was) || was.rejection->message == is.rejection->message));
}

// Says of which input a record is not as it was. `is`: what was read in its place; null: nothing.
Error not_as_it_was(const RawRecord& was, const RawRecord* is,
                    const std::vector<std::string>& source_names) {
  const auto place = [&](const RawRecord& record) {
    const std::string& name = source_names[record.source];
    return record.line == 0 ? name : name + ", line " + std::to_string(record.line);
  };
  const auto at = [](const RawRecord& record) { return std::pair(record.source, record.line); };
  const bool fails = is != nullptr && has_failed(*is);
  if (has_failed(was) && (is == nullptr || at(*is) >= at(was)) &&
      !(fails && is->source == was.source)) {
    return {ErrorCode::kIo, place(was) +
                                ": can be read now, and could not when the unfinished run came to "
                                "it; --force reads it, and starts anew"};
  }
  std::string message = place(is != nullptr && at(*is) < at(was) ? *is : was) +
                        ": cannot be read as it was when the unfinished run read it";
  if (fails) message += " (" + is->rejection->message + ")";
  return {ErrorCode::kIo, message + "; --resume once it can be, --force starts anew"};
}

// Strings one after the other.
struct Encoded {
  // Call after the bytes of a string were appended.
  void end() {
    sizes.push_back(bytes.size() - ended);
    ended = bytes.size();
  }
  void append_to(Spool& spool) const {
    std::string_view rest = bytes;
    for (const std::size_t size : sizes) {
      spool.append(rest.substr(0, size));
      rest.remove_prefix(size);
    }
  }

  std::string bytes;
  std::vector<std::size_t> sizes;
  std::size_t ended = 0;
};

}  // namespace

struct Executor::Batch {
  Batch(const Plan& plan, std::uint64_t number) : sequence(number), ledger(plan) {}

  std::uint64_t sequence;
  std::uint64_t first_doc = 0;
  std::uint64_t documents = 0;
  std::uint64_t input_bytes = 0;
  std::vector<RawRecord> raw;  // first phase
  Spool::Slice raw_in;         // later phases, and a replay
  Spool::Slice decisions_in;
  Ledger ledger;
  std::vector<std::unique_ptr<Observation>> observations;  // one an observer
  std::vector<std::uint8_t> alive;
  Encoded raw_out;  // first phase
  Encoded decisions_out;
  std::array<std::string, kOutputCount> rows;
};

struct Executor::Worker {
  Worker(const Plan& plan, const InputOptions& input) : parser(input) {
    for (const PlannedStage& stage : plan.stages) locals.push_back(stage.stage->make_local());
  }

  RecordParser parser;
  std::vector<std::unique_ptr<Local>> locals;  // by stage
};

Executor::Executor(Plan& plan, ExecutorOptions options, RowWriter write, RunSummary& summary)
    : plan_(plan),
      options_(std::move(options)),
      write_(std::move(write)),
      summary_(summary),
      ledger_(plan),
      scratch_(options_.work_dir, options_.run.memory / kScratchShare) {
  stage_names_.emplace_back("engine");
  for (const PlannedStage& stage : plan_.stages) {
    if (stage.corpus != nullptr) stage.corpus->use_scratch(scratch_);
    stage_names_.push_back(stage.name);
  }
}

Executor::~Executor() = default;

std::string Executor::phase_name(std::size_t index) const {
  if (plan_.phases.size() == 1) return "clean";
  if (index == 0) return "read";
  return index + 1 == plan_.phases.size() ? "write" : "clean and match";
}

Result<void> Executor::run(Source& source) {
  Result<void> done = run_phases(source);
  const std::string& folder = options_.work_dir;
  if (done.ok() || done.error().code != ErrorCode::kCorrupt ||
      done.error().message.find(folder) != std::string::npos) {
    return done;
  }
  return Error{ErrorCode::kCorrupt, folder + ": " + done.error().message};
}

Result<void> Executor::run_phases(Source& source) {
  for (const InputFile& file : source.files()) {
    source_names_.push_back(file.name);
    bytes_total_ += file.size;
    can_reread_ = can_reread_ && !file.may_wait;
  }
  const std::size_t phases =
      options_.stop_after_learning ? plan_.phases.size() - 1 : plan_.phases.size();
  std::size_t index = 0;
  if (options_.resume != nullptr) {
    COPYDESK_RETURN_IF_ERROR(restore(*options_.resume));
    index = options_.resume->phase;
  }
  last_checkpoint_ = now_seconds();
  for (; index < phases; ++index) {
    const double start = now_seconds();
    if (Result<void> result = run_phase(index, source); !result.ok()) {
      save_after_failure(index, result.error());
      return result;
    }
    summary_.phase_seconds.emplace_back(phase_name(index), now_seconds() - start);
    if (!plan_.phases[index].observe.empty()) {
      const double finalize_start = now_seconds();
      COPYDESK_RETURN_IF_ERROR(finalize_phase(plan_.phases[index]));
      COPYDESK_RETURN_IF_ERROR(end_phase(index));
      summary_.phase_seconds.emplace_back(phase_name(index) + ": decide",
                                          now_seconds() - finalize_start);
    }
  }
  account_for_disk();
  in_.reset();
  raw_.reset();
  ledger_.write_to(summary_);
  if (options_.stop_after_learning) {
    summary_.kept = static_cast<std::uint64_t>(std::count(alive_.begin(), alive_.end(), true));
    summary_.dropped = summary_.documents - summary_.rejected - summary_.kept;
    return {};
  }
  return summary_.check_conservation();
}

Result<void> Executor::restore(const Checkpoint& from) {
  const bool first = from.phase == 0;
  const bool fits = from.phase < plan_.phases.size() && ledger_.read_from(from.summary) &&
                    from.decisions.records == from.records &&
                    (first ? from.raw.records == from.records
                           : from.raw.records == from.decisions_before.records &&
                                 from.raw.records >= from.records);
  if (!fits) return Error{ErrorCode::kCorrupt, "the checkpoint is of another run"};
  summary_ = from.summary;
  input_read_ = from.input_read;
  COPYDESK_ASSIGN_OR_RETURN(raw_,
                            make_spool(Spool::open(records_path(options_.work_dir), from.raw)));
  if (first) return {};
  COPYDESK_ASSIGN_OR_RETURN(
      out_, make_spool(Spool::open(decisions_path(options_.work_dir, from.phase - 1),
                                   from.decisions_before)));
  return load_state(from);
}

Result<void> Executor::load_state(const Checkpoint& from) {
  COPYDESK_ASSIGN_OR_RETURN(
      StateFileReader reader,
      StateFileReader::open(state_path(options_.work_dir, from.phase), from.state));
  COPYDESK_RETURN_IF_ERROR(reader.begin_section(kDropsSection));
  COPYDESK_RETURN_IF_ERROR(drops_.load(reader, raw_->records(), plan_.stages.size()));
  for (const std::size_t index : plan_.phases[from.phase].process) {
    const PlannedStage& stage = plan_.stages[index];
    if (stage.corpus == nullptr) continue;
    COPYDESK_RETURN_IF_ERROR(reader.begin_section(stage.name));
    COPYDESK_RETURN_IF_ERROR(stage.corpus->load(reader));
  }
  state_ = from.state;
  return reader.finish();
}

Result<void> Executor::run_phase(std::size_t index, Source& source) {
  COPYDESK_RETURN_IF_ERROR(prepare_phase(index, source));
  COPYDESK_RETURN_IF_ERROR(run_pass(Pass::kWork, index, source));
  return finish_pass(index, source);
}

Result<void> Executor::prepare_phase(std::size_t index, Source& source) {
  in_ = std::move(out_);
  alive_.clear();
  next_doc_ = 0;
  handed_over_ = 0;
  done_documents_ = 0;
  done_bytes_ = 0;
  is_saved_ = false;
  const std::string& folder = options_.work_dir;
  const Checkpoint* const from = options_.resume;
  // At the end of the phase before nothing of this one was there yet.
  const bool was_begun = from != nullptr && from->phase == index &&
                         (from->records > 0 || (index == 0 && from->input_read));
  if (was_begun) {
    is_saved_ = true;
    COPYDESK_ASSIGN_OR_RETURN(
        out_, make_spool(Spool::open(decisions_path(folder, index), from->decisions)));
    // First what may be refused.
    if (index == 0 && !from->input_read) {
      COPYDESK_RETURN_IF_ERROR(skip_records(source, from->records));
    }
    COPYDESK_RETURN_IF_ERROR(run_pass(Pass::kReplay, index, source));
    handed_over_ = from->records;
    out_->go_on();
    if (index == 0) raw_->go_on();
    return {};
  }
  if (is_last(index)) return {};
  COPYDESK_ASSIGN_OR_RETURN(out_, make_spool(Spool::create(decisions_path(folder, index))));
  if (index == 0) {
    COPYDESK_ASSIGN_OR_RETURN(raw_, make_spool(Spool::create(records_path(folder))));
  }
  return options_.save_checkpoint ? sync_folder(folder) : Result<void>();
}

Result<void> Executor::skip_records(Source& source, std::uint64_t count) {
  std::vector<RawRecord> again;
  Spool::Slice spooled;
  for (std::uint64_t doc = 0; doc < count;) {
    const auto some = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(count - doc, options_.run.batch_documents));
    const bool at_end = !source.next_batch(some, options_.run.batch_bytes, again);
    if (at_end && stopped()) return Error{ErrorCode::kInterrupted, "interrupted"};
    const std::uint64_t end = doc + std::max<std::uint64_t>(again.size(), 1);
    COPYDESK_RETURN_IF_ERROR(raw_->read(doc, end, spooled));
    for (std::size_t i = 0; i < spooled.items.size(); ++i) {
      COPYDESK_ASSIGN_OR_RETURN(const RawRecord was, decode_raw(spooled.items[i]));
      const RawRecord* const is = at_end ? nullptr : &again[i];
      if (is == nullptr || !is_same(was, *is)) return not_as_it_was(was, is, source_names_);
    }
    doc = end;
    report_progress(0, source, 0, 0);
  }
  return {};
}

Result<void> Executor::run_pass(Pass pass, std::size_t index, Source& source) {
  const std::uint32_t threads = worker_count(options_.run);
  const std::uint64_t affordable = std::max<std::uint64_t>(
      options_.run.memory / 2 / (kBatchOverhead * options_.run.batch_bytes), 1);
  const auto in_flight =
      static_cast<std::size_t>(std::min<std::uint64_t>(2ULL * threads, affordable));

  using BatchPtr = std::shared_ptr<Batch>;  // shared: an exception may end the pipeline anywhere
  FirstError failure;
  std::uint64_t sequence = 0;
  tbb::enumerable_thread_specific<std::unique_ptr<Worker>> workers;
  const auto take_batch = [&](tbb::flow_control& control) -> BatchPtr {
    if (failure.any() || stopped()) {
      control.stop();
      return nullptr;
    }
    auto batch = std::make_shared<Batch>(plan_, sequence);
    if (!next_batch(pass, index, source, *batch)) {
      control.stop();
      return nullptr;
    }
    ++sequence;
    return batch;
  };
  const auto work_on = [&](BatchPtr batch) -> BatchPtr {
    if (failure.before(batch->sequence)) return batch;
    std::unique_ptr<Worker>& worker = workers.local();
    if (!worker) worker = std::make_unique<Worker>(plan_, options_.input);
    Result<void> result =
        pass == Pass::kReplay ? replay(index, *worker, *batch) : work(index, *worker, *batch);
    if (!result.ok()) failure.set(batch->sequence, result.error());
    return batch;
  };
  const auto hand_batch_over = [&](const BatchPtr& batch) {
    if (failure.any()) return;
    if (Result<void> result = hand_over(pass, index, *batch); !result.ok()) {
      failure.set(batch->sequence, result.error());
    }
    report_progress(index, source, batch->documents, batch->input_bytes);
  };

  Threads pass_threads(threads);
  pass_threads.run([&] {
    tbb::parallel_pipeline(
        in_flight,
        tbb::make_filter<void, BatchPtr>(tbb::filter_mode::serial_in_order, take_batch) &
            tbb::make_filter<BatchPtr, BatchPtr>(tbb::filter_mode::parallel, work_on) &
            tbb::make_filter<BatchPtr, void>(tbb::filter_mode::serial_in_order, hand_batch_over));
  });
  if (failure.get()) return *failure.get();
  if (stopped()) return Error{ErrorCode::kInterrupted, "interrupted"};
  return {};
}

Result<void> Executor::finish_pass(std::size_t index, const Source& source) {
  if (index == 0 && !input_read_) {
    summary_.bytes_in = source.bytes_consumed();
    summary_.warnings.insert(summary_.warnings.end(), source.warnings().begin(),
                             source.warnings().end());
    input_read_ = true;
    is_saved_ = false;
  }
  if (is_last(index)) return {};
  COPYDESK_RETURN_IF_ERROR(out_->finish());
  if (index == 0) COPYDESK_RETURN_IF_ERROR(raw_->finish());
  // To decide may take long, and may fail.
  return options_.save_checkpoint && !is_saved_ ? save_position(index) : Result<void>();
}

// --- Checkpoints ---

bool Executor::checkpoint_is_due() const {
  return options_.save_checkpoint && (can_reread_ || input_read_) &&
         now_seconds() - last_checkpoint_ >= options_.run.checkpoint_seconds;
}

Result<void> Executor::save_position(std::size_t index) {
  Checkpoint checkpoint;
  checkpoint.phase = index;
  checkpoint.records = handed_over_;
  if (index == 0) {
    COPYDESK_ASSIGN_OR_RETURN(checkpoint.raw, raw_->sync());
  } else {
    checkpoint.raw = raw_->extent();
    checkpoint.decisions_before = in_->extent();
  }
  COPYDESK_ASSIGN_OR_RETURN(checkpoint.decisions, out_->sync());
  return save(std::move(checkpoint));
}

Result<void> Executor::end_phase(std::size_t index) {
  if (options_.save_checkpoint) {
    const std::size_t next = index + 1;
    COPYDESK_ASSIGN_OR_RETURN(StateFileWriter writer,
                              StateFileWriter::create(state_path(options_.work_dir, next)));
    writer.begin_section(kDropsSection);
    COPYDESK_RETURN_IF_ERROR(drops_.save(writer));
    for (const std::size_t processed : plan_.phases[next].process) {
      const PlannedStage& stage = plan_.stages[processed];
      if (stage.corpus == nullptr) continue;
      writer.begin_section(stage.name);
      COPYDESK_RETURN_IF_ERROR(stage.corpus->save(writer));
    }
    COPYDESK_ASSIGN_OR_RETURN(state_, writer.finish());
    // Its name must not be lost where that of the checkpoint is not.
    COPYDESK_RETURN_IF_ERROR(sync_folder(options_.work_dir));
    Checkpoint checkpoint;
    checkpoint.phase = next;
    checkpoint.raw = raw_->extent();
    checkpoint.decisions_before = out_->extent();
    COPYDESK_RETURN_IF_ERROR(save(std::move(checkpoint)));
    if (index > 0) ::unlink(state_path(options_.work_dir, index).c_str());
  }
  if (in_) in_->remove();
  in_.reset();
  return {};
}

Result<void> Executor::save(Checkpoint checkpoint) {
  checkpoint.input_read = input_read_;
  checkpoint.state = state_;
  checkpoint.summary = summary_;
  ledger_.write_to(checkpoint.summary);
  COPYDESK_RETURN_IF_ERROR(options_.save_checkpoint(checkpoint));
  is_saved_ = true;
  last_checkpoint_ = now_seconds();
  return {};
}

void Executor::save_after_failure(std::size_t index, const Error& failure) {
  const bool worth_it = failure.code == ErrorCode::kIo || failure.code == ErrorCode::kInterrupted;
  if (!worth_it || !options_.save_checkpoint || is_last(index) || is_saved_ || handed_over_ == 0 ||
      !(can_reread_ || input_read_)) {
    return;
  }
  // What the stages hold on disk may be what there is no space for.
  for (PlannedStage& stage : plan_.stages) {
    stage.corpus = nullptr;
    stage.stage.reset();
  }
  // If that fails, too, the checkpoint before counts.
  static_cast<void>(save_position(index));
}

void Executor::account_for_disk() {
  const auto add = [&](const char* part, const std::unique_ptr<Spool>& spool) {
    if (spool) summary_.work_files.push_back({part, spool->bytes(), spool->bytes()});
  };
  add("records", raw_);
  add("decisions", out_ ? out_ : in_);
  for (const ScratchUse& use : scratch_.usage()) {
    if (use.bytes > 0) summary_.work_files.push_back(use);
  }
}

bool Executor::next_batch(Pass pass, std::size_t index, Source& source, Batch& batch) {
  batch.first_doc = next_doc_;
  if (index == 0 && pass == Pass::kWork) {
    if (input_read_) return false;
    was_cut_ = (options_.max_documents > 0 && next_doc_ >= options_.max_documents) ||
               (options_.max_bytes > 0 && read_bytes_ >= options_.max_bytes);
    if (was_cut_ ||
        !source.next_batch(options_.run.batch_documents, options_.run.batch_bytes, batch.raw)) {
      return false;
    }
    batch.documents = batch.raw.size();
    for (const RawRecord& raw : batch.raw) read_bytes_ += raw.bytes.size();
  } else {
    const std::uint64_t end = pass == Pass::kReplay ? out_->records() : raw_->records();
    if (next_doc_ == end) return false;
    const std::uint64_t batch_end =
        raw_->batch_end(next_doc_, options_.run.batch_documents, options_.run.batch_bytes);
    batch.documents = std::min(batch_end, end) - next_doc_;
  }
  next_doc_ += batch.documents;
  return true;
}

Result<void> Executor::work(std::size_t index, Worker& worker, Batch& batch) {
  const Phase& phase = plan_.phases[index];
  const bool last = is_last(index);
  if (index > 0) {
    const std::uint64_t end = batch.first_doc + batch.documents;
    COPYDESK_RETURN_IF_ERROR(raw_->read(batch.first_doc, end, batch.raw_in));
    COPYDESK_RETURN_IF_ERROR(in_->read(batch.first_doc, end, batch.decisions_in));
    batch.input_bytes = batch.raw_in.bytes.size();
  }
  make_observations(phase, batch);
  for (std::uint64_t i = 0; i < batch.documents; ++i) {
    const std::uint64_t doc = batch.first_doc + i;
    Record record;
    if (index == 0) {
      record = worker.parser.parse(std::move(batch.raw[i]), doc);
      batch.ledger.open(record);
      if (!last) {
        encode_raw(record, batch.raw_out.bytes);
        batch.raw_out.end();
      }
    } else {
      COPYDESK_ASSIGN_OR_RETURN(
          record, decode_record(batch.raw_in.items[i], batch.decisions_in.items[i], doc,
                                stage_names_, worker.parser));
    }
    if (record.alive()) process(phase, worker, record, batch.ledger);
    if (record.alive()) observe(phase, record.document, batch);
    if (last) {
      batch.ledger.close(record);
      COPYDESK_RETURN_IF_ERROR(render(record, batch));
    } else {
      // No phase comes that would write it.
      if (index == 0 && options_.stop_after_learning && record.rejection) {
        render_rejected(record, batch);
      }
      batch.alive.push_back(record.alive() ? 1 : 0);
      encode_decisions(record, stage_names_, batch.decisions_out.bytes);
      batch.decisions_out.end();
    }
  }
  return {};
}

Result<void> Executor::replay(std::size_t index, Worker& worker, Batch& batch) {
  const Phase& phase = plan_.phases[index];
  const std::uint64_t end = batch.first_doc + batch.documents;
  COPYDESK_RETURN_IF_ERROR(raw_->read(batch.first_doc, end, batch.raw_in));
  COPYDESK_RETURN_IF_ERROR(out_->read(batch.first_doc, end, batch.decisions_in));
  batch.input_bytes = batch.raw_in.bytes.size();
  make_observations(phase, batch);
  for (std::uint64_t i = 0; i < batch.documents; ++i) {
    COPYDESK_ASSIGN_OR_RETURN(const Record record,
                              decode_record(batch.raw_in.items[i], batch.decisions_in.items[i],
                                            batch.first_doc + i, stage_names_, worker.parser));
    if (record.alive()) observe(phase, record.document, batch);
    batch.alive.push_back(record.alive() ? 1 : 0);
  }
  return {};
}

void Executor::make_observations(const Phase& phase, Batch& batch) const {
  for (const std::size_t observer : phase.observe) {
    batch.observations.push_back(plan_.stages[observer].corpus->make_observation());
  }
}

void Executor::observe(const Phase& phase, const Document& document, Batch& batch) const {
  for (std::size_t k = 0; k < phase.observe.size(); ++k) {
    plan_.stages[phase.observe[k]].corpus->observe(document, *batch.observations[k]);
  }
}

void Executor::process(const Phase& phase, Worker& worker, Record& record, Ledger& ledger) {
  Document& document = record.document;
  if (is_empty(document)) {
    record.verdict = Verdict::drop(DropReason::kEmpty);
    return;
  }
  const StageDrop* const drop = drops_.find(document.doc());
  for (const std::size_t index : phase.process) {
    const PlannedStage& stage = plan_.stages[index];
    Edits edits(document);
    DocumentFindings findings;
    Verdict verdict = Verdict::keep();
    if (drop != nullptr && drop->stage == index) {
      verdict = Verdict::drop(drop->reason, drop->of);
    } else {
      verdict = stage.stage->process(document, worker.locals[index].get(), edits, findings);
    }
    std::vector<AppliedEdit> wanted = edits.take();
    for (AppliedEdit& edit : wanted) edit.stage = stage.name;
    document.apply(std::move(wanted));
    for (LiftedField& lifted : findings.lifted) {
      ++ledger.stages[index].lifted[static_cast<std::size_t>(lifted.field)];
      document.lift(std::move(lifted));
    }
    for (const Flag flag : findings.flags) document.flag(flag);
    if (findings.language) document.detect_language(*findings.language);
    if (findings.cluster) record.cluster = std::move(findings.cluster);
    if (findings.story) record.story = findings.story;
    ledger.count(index, verdict);
    if (!verdict.kept()) {
      record.verdict = verdict;
      return;
    }
  }
  document.apply_blanks();
  if (is_empty(document)) record.verdict = Verdict::drop(DropReason::kEmpty);
}

Result<void> Executor::render(const Record& record, Batch& batch) {
  const auto rows = [&](OutputName name) -> std::string* {
    const auto i = static_cast<std::size_t>(name);
    return options_.wanted[i] ? &batch.rows[i] : nullptr;
  };
  if (std::string* audit = rows(OutputName::kAudit)) {
    const IdentityOf identity = [&](std::uint64_t doc) { return raw_->read_identity(doc); };
    COPYDESK_RETURN_IF_ERROR(append_audit_row(record, options_.keep_removed, identity, *audit));
  }
  if (record.rejection) {
    render_rejected(record, batch);
  } else if (record.verdict.kept()) {
    if (std::string* clean = rows(OutputName::kClean)) append_clean_row(record, *clean);
  } else if (std::string* dropped = rows(OutputName::kDropped)) {
    append_original_row(record, *dropped);
  }
  return {};
}

void Executor::render_rejected(const Record& record, Batch& batch) const {
  const auto i = static_cast<std::size_t>(OutputName::kRejected);
  if (!options_.wanted[i]) return;
  const auto append = options_.rejected_as_lines ? append_rejected_line : append_rejected_row;
  append(record, source_names_[record.raw.source], batch.rows[i]);
}

Result<void> Executor::hand_over(Pass pass, std::size_t index, Batch& batch) {
  const Phase& phase = plan_.phases[index];
  for (std::size_t k = 0; k < phase.observe.size(); ++k) {
    CorpusStage* stage = plan_.stages[phase.observe[k]].corpus;
    COPYDESK_RETURN_IF_ERROR(stage->combine(*batch.observations[k]));
  }
  alive_.insert(alive_.end(), batch.alive.begin(), batch.alive.end());
  if (pass == Pass::kReplay) return {};

  // First all that cannot fail, so that what fails leaves nothing by halves: a checkpoint may
  // follow.
  ledger_.merge(batch.ledger);
  if (out_) {
    if (index == 0) batch.raw_out.append_to(*raw_);
    batch.decisions_out.append_to(*out_);
  }
  handed_over_ += batch.documents;
  is_saved_ = false;
  if (out_) {
    if (index == 0) COPYDESK_RETURN_IF_ERROR(raw_->write_full_buffer());
    COPYDESK_RETURN_IF_ERROR(out_->write_full_buffer());
    if (checkpoint_is_due()) COPYDESK_RETURN_IF_ERROR(save_position(index));
  }
  for (std::size_t i = 0; i < kOutputCount; ++i) {
    if (batch.rows[i].empty()) continue;
    COPYDESK_RETURN_IF_ERROR(write_(static_cast<OutputName>(i), batch.rows[i]));
  }
  return {};
}

Result<void> Executor::finalize_phase(const Phase& phase) {
  const IdentityOf identity = [this](std::uint64_t doc) { return raw_->read_identity(doc); };
  Threads threads(worker_count(options_.run));
  for (const std::size_t index : phase.observe) {
    const PlannedStage& stage = plan_.stages[index];
    const SpooledCorpus corpus({*raw_, *out_, options_.input, stage_names_}, alive_, drops_,
                               options_.stop);
    RowSink sink(index, stage.name, identity, write_, drops_, summary_);
    Result<void> result;
    threads.run([&] { result = stage.corpus->finalize(corpus, sink); });
    COPYDESK_RETURN_IF_ERROR(std::move(result));
    return_free_memory();
  }
  drops_.settle();
  return {};
}

void Executor::report_progress(std::size_t index, const Source& source, std::uint64_t documents,
                               std::uint64_t bytes) {
  done_documents_ += documents;
  done_bytes_ += bytes;
  if (options_.progress == nullptr) return;
  const double now = now_seconds();
  if (now - last_progress_ < kProgressSeconds) return;
  last_progress_ = now;
  const std::string name = phase_name(index);
  Progress progress;
  progress.phase = static_cast<int>(index) + 1;
  progress.phases = static_cast<int>(plan_.phases.size());
  progress.phase_name = name;
  progress.documents = done_documents_;
  if (index == 0) {
    progress.bytes = source.bytes_consumed();
    progress.bytes_total = bytes_total_;
  } else {
    progress.documents_total = raw_->records();
    progress.bytes = done_bytes_;
    progress.bytes_total = raw_->bytes();
  }
  options_.progress->update(progress);
}

}  // namespace copydesk
