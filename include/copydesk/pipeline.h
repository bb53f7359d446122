// The pipeline: runs a config over inputs and writes the output files.
//
//   std::vector<Diagnostic> faults;
//   Result<Config> config = load_config("copydesk.toml", builtin_stages(), faults);
//   RunRequest request{.config = *config, .inputs = {"dump.jsonl.zst"}, .out_dir = "out"};
//   Result<RunSummary> summary = run_pipeline(request, builtin_stages());
//
// For one list of inputs and one config the bytes of every output file are the same for any number
// of threads, batch size and memory budget; run.json alone also holds timings.
#ifndef COPYDESK_PIPELINE_H_
#define COPYDESK_PIPELINE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "copydesk/config.h"
#include "copydesk/findings.h"
#include "copydesk/reason.h"
#include "copydesk/result.h"
#include "copydesk/scratch.h"
#include "copydesk/stage_spec.h"

namespace copydesk {

// What the engine counted of one stage. in == kept + sum(dropped), checked at the end of a run.
struct StageCount {
  std::string stage;
  std::uint64_t in = 0;
  std::uint64_t kept = 0;
  std::array<std::uint64_t, kDropReasonCount> dropped{};
  std::array<std::uint64_t, kReasonCount> spans{};  // by reason
  std::array<std::uint64_t, kReasonCount> bytes{};  // removed, of the original text
  std::array<std::uint64_t, kFieldCount> lifted{};

  void merge(const StageCount& other);
};

// A number or a sentence that a corpus stage noted.
struct Note {
  std::string stage;
  std::string name;
  std::string text;  // empty for a number
  double value = 0;
};

struct RunSummary {
  bool was_complete = false;  // with `resume`: nothing to do; else only `rejected` is set, of then
  std::uint64_t documents = 0;  // input records: kept + dropped + rejected
  std::uint64_t kept = 0;
  std::uint64_t dropped = 0;
  std::uint64_t rejected = 0;
  std::array<std::uint64_t, kRejectReasonCount> rejected_by{};
  std::uint64_t bytes_in = 0;       // of the input files as they are on disk
  std::uint64_t record_bytes = 0;   // of the records, decompressed
  std::uint64_t text_bytes_in = 0;  // of the texts as read
  std::uint64_t text_bytes_kept = 0;
  std::uint64_t lone_surrogates = 0;
  std::vector<StageCount> stages;                     // "engine" (blanks, empty) last
  std::array<std::uint64_t, kRelationCount> pairs{};  // by Relation
  std::uint64_t clusters = 0;
  std::uint64_t clustered_documents = 0;
  std::uint64_t largest_cluster = 0;
  std::uint64_t stories = 0;
  std::uint64_t stories_of_several = 0;
  std::uint64_t templates = 0;
  std::vector<Note> notes;
  std::vector<std::string> warnings;  // e.g. a source that changed while it was read
  double seconds = 0;
  std::vector<std::pair<std::string, double>> phase_seconds;
  std::uint64_t peak_memory_bytes = 0;
  // What was kept between phases, by part; "records" and "decisions" of the engine first.
  std::vector<ScratchUse> work_files;

  // Adds up: documents == kept + dropped + rejected, and the same for every stage. A run whose sum
  // is wrong fails; the message says which.
  [[nodiscard]] Result<void> check_conservation() const;
};

// What a run is going to take, judged by the head of its input.
struct RunEstimate {
  std::uint64_t sampled = 0;           // documents that were looked at
  bool whole = false;                  // that is all there are
  std::uint64_t documents = 0;         // of the whole input
  std::uint64_t input_bytes = 0;       // as they are on disk
  std::uint64_t record_bytes = 0;      // decompressed
  std::uint64_t memory_bytes = 0;      // peak
  std::vector<ScratchUse> work_files;  // as in RunSummary
  std::uint64_t work_bytes = 0;        // of them on disk at the same time, at most
  std::uint64_t output_bytes = 0;      // of the results
  std::uint64_t free_bytes = 0;        // where the folder of the results is or will be
  double seconds = 0;

  [[nodiscard]] bool fits() const { return work_bytes + output_bytes <= free_bytes; }
};

// Where a run stands. Byte figures are of the input for the first phase, of documents after it.
struct Progress {
  int phase = 1;
  int phases = 1;
  std::string_view phase_name;        // "read", "clean and match", "write"; "clean" if alone
  std::uint64_t documents = 0;        // done in this phase
  std::uint64_t documents_total = 0;  // 0: not known (first phase)
  std::uint64_t bytes = 0;            // of input files consumed in this phase
  std::uint64_t bytes_total = 0;      // 0: not known (standard input)
};

class ProgressListener {
 public:
  virtual ~ProgressListener() = default;
  // Called by one thread at a time, at most some times a second.
  virtual void update(const Progress& progress) = 0;
};

struct RunRequest {
  Config config;
  std::vector<std::string> inputs;       // files, folders, "@list" of paths, "-" for standard input
  std::string out_dir;                   // run: the folder of the output files
  bool force = false;                    // an out_dir that exists may be used, files in it replaced
  bool resume = false;                   // run: go on with the unfinished run in out_dir, if any
  bool check_space = true;               // do not begin what cannot fit on the disk
  ProgressListener* progress = nullptr;  // may be null
  const std::atomic<bool>* stop = nullptr;  // set by the caller: end with kInterrupted
};

// Everything: all stages, all files of an output folder (documented in pipeline/README.md).
// Errors: kInvalidArgument, kNotFound, kExists, and kIo if the disk has not even the space of the
// input's records and their clean copies, before anything was written; kIo, kInterrupted, kInternal
// later: then no output stands under its final name.
//
// A run that ends early, however it ends, leaves in out_dir what it had done by its last
// checkpoint, if that was worth keeping; every [run] checkpoint_seconds it takes one, and when it
// is stopped or a file cannot be written. With `resume` the next run goes on from there and gives
// the same bytes. kInvalidArgument if version, sources of the library, config or inputs are not
// those of the run that was begun (what cannot change the outcome may differ: [run]); kCorrupt if
// what it has left is damaged. If the run in out_dir is complete, nothing is done: `was_complete`
// if it is the same as far as run.json tells (it knows no sources, and of times only when the run
// began), else the same errors; a pipe is never the same.
Result<RunSummary> run_pipeline(const RunRequest& request, std::span<const StageSpec> stages);

// What run_pipeline() would take: runs the config over the first documents of the input, some
// thousands, in a temporary folder, and multiplies. Not for standard input. `out_dir` need not
// exist; empty: the current folder.
Result<RunEstimate> plan_run(const RunRequest& request, std::span<const StageSpec> stages);

// One pass of the stages that need no other document, clean records to `out_fd` as they are done,
// in input order. Corpus stages of the config are left out. The summary's warnings name the first
// 20 rejected records and count the others. out_dir and force are not used.
Result<RunSummary> clean_stream(const RunRequest& request, std::span<const StageSpec> stages,
                                int out_fd);

// Learns what corpus stages that edit text learn (templates) and writes it to `path`. Rejected
// records are named as by clean_stream().
Result<RunSummary> learn_templates(const RunRequest& request, std::span<const StageSpec> stages,
                                   const std::string& path);

// Learns in how many documents each word stands, once they are cleaned, and writes the table
// (copydesk/text/document_frequencies.h) to `path`, for the stages' option `background`. Corpus
// stages at the end of the config that edit no text are left out. Documents with the same words
// count once.
Result<RunSummary> learn_background(const RunRequest& request, std::span<const StageSpec> stages,
                                    const std::string& path);

// "copydesk 0.1.0"
[[nodiscard]] std::string_view version();

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_H_
