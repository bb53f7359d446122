// Ctrl-C: the first asks the run to end, the next ends it at once, if it is no echo of the first.
#ifndef COPYDESK_PIPELINE_CLI_INTERRUPT_H_
#define COPYDESK_PIPELINE_CLI_INTERRUPT_H_

#include <atomic>

namespace copydesk::cli {

// SIGINT, SIGTERM and SIGHUP set the flag below, and have their usual effect the second time;
// SIGPIPE becomes a failed write. Call once, before threads start.
void handle_signals();

// Set when the user asked to stop.
[[nodiscard]] const std::atomic<bool>& stop_requested();

}  // namespace copydesk::cli

#endif  // COPYDESK_PIPELINE_CLI_INTERRUPT_H_
