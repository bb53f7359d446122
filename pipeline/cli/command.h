// The commands. Each file adds one to the command line; main() runs the one that was chosen.
#ifndef COPYDESK_PIPELINE_CLI_COMMAND_H_
#define COPYDESK_PIPELINE_CLI_COMMAND_H_

#include <CLI/CLI.hpp>
#include <functional>

#include "copydesk/result.h"

namespace copydesk::cli {

// What the shell learns of a command.
inline constexpr int kExitFine = 0;
inline constexpr int kExitFaults = 1;    // `check`, `verify` found faults, `plan` too little space
inline constexpr int kExitError = 2;     // usage, config, or a run that could not finish
inline constexpr int kExitRejected = 3;  // finished, but some input records were rejected
inline constexpr int kExitInterrupted = 130;  // by Ctrl-C
inline constexpr int kExitPipe = 141;         // the reader of standard output went away

// Does the work and returns the exit code.
using Command = std::function<int()>;

// Each adds a subcommand that, when it is chosen, puts its work into `chosen`. Both must outlive
// the parsing.
void add_run(CLI::App& app, Command& chosen);
void add_plan(CLI::App& app, Command& chosen);
void add_clean(CLI::App& app, Command& chosen);
void add_learn(CLI::App& app, Command& chosen);
void add_check(CLI::App& app, Command& chosen);
void add_stages(CLI::App& app, Command& chosen);
void add_explain(CLI::App& app, Command& chosen);
void add_compare(CLI::App& app, Command& chosen);
void add_verify(CLI::App& app, Command& chosen);
void add_restore(CLI::App& app, Command& chosen);

// Says what went wrong on standard error and returns the exit code for it.
int fail(const Error& error);
// Writes the output of a command to standard output and returns the exit code.
int finish(std::string_view output, int exit_code = kExitFine);

}  // namespace copydesk::cli

#endif  // COPYDESK_PIPELINE_CLI_COMMAND_H_
