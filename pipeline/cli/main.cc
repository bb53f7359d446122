// The copydesk command: parse, run the chosen command, return its exit code.
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/help.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"
#include "copydesk/pipeline.h"

namespace copydesk::cli {
namespace {

int run_command_line(int argc, char** argv) {
  CLI::App app("Cleans scraped news text, finds who copied whom, and keeps account of every byte.",
               "copydesk");
  app.footer(
      "  copydesk run pages/ --out out          clean, match and group; see out/clean.jsonl\n"
      "  copydesk clean < raw.jsonl > clean.jsonl   only clean, as a filter\n"
      "  copydesk explain out --id 42           why a document looks as it does\n"
      "  copydesk check my.toml README.md       find every fault in configs");
  app.set_version_flag("--version", std::string(version()), "Show the version.");
  Command chosen;
  add_run(app, chosen);
  add_clean(app, chosen);
  add_learn(app, chosen);
  add_check(app, chosen);
  add_stages(app, chosen);
  add_explain(app, chosen);
  add_compare(app, chosen);
  prepare_help(app);

  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return finish(help_text(app));
  } catch (const CLI::CallForVersion& v) {
    return finish(std::string(v.what()) + "\n");
  } catch (const CLI::ParseError& error) {
    say(printable(usage_message(app, error)));
    return kExitError;
  }
  if (!chosen) {
    print_error(help_text(app));
    return kExitError;
  }
  return chosen();
}

}  // namespace
}  // namespace copydesk::cli

int main(int argc, char** argv) {
  copydesk::cli::handle_signals();
  try {
    return copydesk::cli::run_command_line(argc, argv);
  } catch (const std::bad_alloc&) {
    copydesk::cli::say("out of memory");
  } catch (const std::exception& error) {
    copydesk::cli::say(copydesk::cli::printable(error.what()));
  }
  return copydesk::cli::kExitError;
}
