// The closing table of a run: what came in, what was removed and why, what was found.
#ifndef COPYDESK_PIPELINE_CLI_SUMMARY_H_
#define COPYDESK_PIPELINE_CLI_SUMMARY_H_

#include <string>

#include "cli/terminal.h"
#include "copydesk/pipeline.h"

namespace copydesk::cli {

[[nodiscard]] std::string format_summary(const RunSummary& summary, const Paint& paint);

// What a run that may use `memory` bytes is going to take.
[[nodiscard]] std::string format_estimate(const RunEstimate& estimate, std::uint64_t memory,
                                          const Paint& paint);

// The warnings of a summary alone, one a line; it ends with them.
[[nodiscard]] std::string format_warnings(const RunSummary& summary, const Paint& paint);

}  // namespace copydesk::cli

#endif  // COPYDESK_PIPELINE_CLI_SUMMARY_H_
