// The closing table of a run: what came in, what was removed and why, what was found.
#ifndef COPYDESK_PIPELINE_CLI_SUMMARY_H_
#define COPYDESK_PIPELINE_CLI_SUMMARY_H_

#include <string>

#include "cli/terminal.h"
#include "copydesk/pipeline.h"

namespace copydesk::cli {

[[nodiscard]] std::string format_summary(const RunSummary& summary, const Paint& paint);

// Its warnings alone, one a line; the summary ends with them.
[[nodiscard]] std::string format_warnings(const RunSummary& summary, const Paint& paint);

}  // namespace copydesk::cli

#endif  // COPYDESK_PIPELINE_CLI_SUMMARY_H_
