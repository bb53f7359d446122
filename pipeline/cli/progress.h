// Where a run stands: a bar on a terminal, a line every few seconds elsewhere.
#ifndef COPYDESK_PIPELINE_CLI_PROGRESS_H_
#define COPYDESK_PIPELINE_CLI_PROGRESS_H_

#include <memory>
#include <string>

#include "copydesk/pipeline.h"

namespace copydesk::cli {

// Removes what it drew when it is destroyed.
class ProgressDisplay : public ProgressListener {};

// The display that fits `fd`, which is standard error.
[[nodiscard]] std::unique_ptr<ProgressDisplay> make_progress_display(int fd);

// "[1/3] read and learn [=====>    ]  48 %  12,345 documents  34.2 MB/s  ETA 0:12", no longer than
// `width`; the bar and the ETA only when the end is known. `seconds`: since the phase began.
[[nodiscard]] std::string progress_line(const Progress& progress, double seconds, int width);

// The same for a log: no bar.
[[nodiscard]] std::string progress_log(const Progress& progress, double seconds);

}  // namespace copydesk::cli

#endif  // COPYDESK_PIPELINE_CLI_PROGRESS_H_
