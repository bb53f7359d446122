// Checkpoints: how far a run has come, and what it was asked to do, in two small files of its work
// folder. Each replaces the one before in one step and has a checksum: after a crash there is the
// one or the other, whole. Decision 0006. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_CHECKPOINT_H_
#define COPYDESK_PIPELINE_CHECKPOINT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/config.h"
#include "copydesk/pipeline.h"
#include "copydesk/result.h"
#include "io/source.h"
#include "output_set.h"
#include "spool.h"
#include "state_file.h"

namespace copydesk {

// A file that an option of a stage names, be it one of a list.
struct ReferredFile {
  std::string option;  // "strip_lines.model"
  std::string path;
  std::uint64_t checksum = 0;
  std::string fault = {};  // why it has no checksum: it cannot be read a second time

  bool operator==(const ReferredFile&) const = default;
};

// What a run has to have in common with the one that it goes on from.
struct RunIdentity {
  std::string version;
  std::string sources;  // source_id(); empty if not known
  std::string config;   // as TOML, without what cannot change the outcome
  std::vector<ReferredFile> files;
  std::vector<InputFile> inputs;
  std::string working_folder;  // where relative paths begin; for messages; empty if not known
};

// RunIdentity::config.
[[nodiscard]] std::string outcome_config(Config config, std::span<const StageSpec> stages);
// Reads the files that options name: kIo if one cannot be read now.
Result<RunIdentity> identify(const Config& config, std::span<const StageSpec> stages,
                             std::span<const InputFile> inputs);
// kInvalidArgument with the first difference between a run that was begun, which the message calls
// `which`, and one that is to go on from it.
Result<void> check_same_run(const RunIdentity& begun, const RunIdentity& wanted,
                            std::string_view which = "the unfinished run");

// What to say if a relative path does not lead to what the run that was begun had: if that was
// begun in another folder. Begins with "; " or is empty, as it is if one is not known.
[[nodiscard]] std::string other_place(std::string_view there, std::string_view here,
                                      std::string_view which = "the unfinished run");
// The folder that this process is in; empty if it has none.
[[nodiscard]] std::string working_folder();

// Where a run stands. All that it counts on is on the disk.
struct Checkpoint {
  // Index of the phase to go on with. As many as there are: every output is complete and only their
  // names are missing.
  std::uint64_t phase = 0;
  std::uint64_t records = 0;     // that this phase has decided on
  bool input_read = false;       // all of it is in `raw`
  SpoolExtent raw;               // the records
  SpoolExtent decisions;         // of this phase
  SpoolExtent decisions_before;  // of the phase before
  StateContents state;           // of stages that this phase runs and the phase before has taught
  // Of partial files when it began; of all that is in them if they are complete.
  OutputSet::Sizes output_bytes{};
  std::uint64_t run_checksum = 0;  // of run.json, if they are complete
  RunSummary summary;              // so far, what the ledger has counted included
};

// Names of what lies in the work folder.
[[nodiscard]] std::string records_path(const std::string& folder);
[[nodiscard]] std::string decisions_path(const std::string& folder, std::size_t phase);
[[nodiscard]] std::string state_path(const std::string& folder, std::size_t phase);

// kIo.
Result<void> write_identity(const std::string& folder, const RunIdentity& identity);
Result<void> write_checkpoint(const std::string& folder, const Checkpoint& checkpoint);
// Before what it counts on goes: nobody goes on from it any more. kIo.
Result<void> remove_checkpoint(const std::string& folder);
// Whether there is one, be it damaged. kIo.
Result<bool> has_identity(const std::string& folder);
// Nothing if there is none; kCorrupt if it is not what was written, kIo.
Result<std::optional<RunIdentity>> read_identity_of_run(const std::string& folder);
Result<std::optional<Checkpoint>> read_checkpoint(const std::string& folder);

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_CHECKPOINT_H_
