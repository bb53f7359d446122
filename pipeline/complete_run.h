// What stands in an output folder when a run is over: whether it is what another run would give.
// Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_COMPLETE_RUN_H_
#define COPYDESK_PIPELINE_COMPLETE_RUN_H_

#include <cstdint>
#include <span>
#include <string>

#include "checkpoint.h"
#include "copydesk/result.h"
#include "copydesk/stage_spec.h"

namespace copydesk {

// Whether the run that is complete in `dir` is `wanted`, with compressed files or not, as far as
// run.json tells: it has the version, the config, and names and sizes of the inputs. Neither these
// nor files that an option names may have been written to since it began: it may have read them
// before. Gives the records that it rejected. Changes nothing. kInvalidArgument with the first
// difference, or if an input is a pipe; kCorrupt if run.json is none, or another output is missing;
// kIo, kNotFound if it cannot be looked at.
Result<std::uint64_t> check_complete_run(const std::string& dir, bool compress,
                                         std::span<const StageSpec> stages,
                                         const RunIdentity& wanted);

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_COMPLETE_RUN_H_
