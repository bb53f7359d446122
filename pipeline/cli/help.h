// Help with examples first, and usage errors that say what was meant.
#ifndef COPYDESK_PIPELINE_CLI_HELP_H_
#define COPYDESK_PIPELINE_CLI_HELP_H_

#include <CLI/CLI.hpp>
#include <string>

namespace copydesk::cli {

// Call after all commands were added. The footer of a command holds its examples.
void prepare_help(CLI::App& app);

// The help of the command that was chosen, or of the program.
[[nodiscard]] std::string help_text(const CLI::App& app);

// What is wrong with the command line, with the nearest known name, and where help is.
[[nodiscard]] std::string usage_message(const CLI::App& app, const CLI::ParseError& error);

}  // namespace copydesk::cli

#endif  // COPYDESK_PIPELINE_CLI_HELP_H_
