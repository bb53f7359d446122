// run.json: what a run was and what came of it. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_RUN_FILE_H_
#define COPYDESK_PIPELINE_RUN_FILE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "copydesk/pipeline.h"
#include "io/source.h"

namespace copydesk {

// The file as one JSON object. "timings" holds all that differs between two
// runs of the same input and config.
[[nodiscard]] std::string render_run_file(const RunSummary& summary, const Config& config,
                                          std::span<const StageSpec> stages,
                                          std::span<const InputFile> inputs);

// What run.json says that a run was.
struct RunFile {
  std::string version;
  std::string config;             // as TOML
  std::vector<InputFile> inputs;  // path, name, size and fault: the rest is not recorded
  std::uint64_t rejected = 0;     // records
  double seconds = 0;             // that it took; 0 if it does not say
};
// Nothing if `json` is not what render_run_file() gives. Throws std::bad_alloc.
[[nodiscard]] std::optional<RunFile> parse_run_file(const std::string& json);

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_RUN_FILE_H_
