// run.json: what a run was and what came of it. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_RUN_FILE_H_
#define COPYDESK_PIPELINE_RUN_FILE_H_

#include <span>
#include <string>

#include "copydesk/pipeline.h"
#include "io/source.h"

namespace copydesk {

// The file as one JSON object. "timings" holds all that differs between two
// runs of the same input and config.
[[nodiscard]] std::string render_run_file(const RunSummary& summary, const Config& config,
                                          std::span<const StageSpec> stages,
                                          std::span<const InputFile> inputs);

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_RUN_FILE_H_
