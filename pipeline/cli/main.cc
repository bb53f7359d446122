// The copydesk command: parse, run the chosen command, return its exit code.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/help.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"
#include "copydesk/pipeline.h"
#include "load_unwinder.h"

namespace copydesk::cli {
namespace {

// A closed standard stream is a number that the next file gets: an input would be taken for
// standard input, messages would go into an output file. What is opened here fails when it is used.
void occupy_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) >= 0) continue;
    if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) return;
  }
}

// Libraries need memory in functions that must not throw: where there is none they end the process,
// which has nothing else to say then. What is on the disk is as after a kill: --resume goes on.
std::atomic<bool> memory_ran_out = false;

void name_shortage_of_memory() {
  std::set_new_handler([] {
    memory_ran_out = true;
    throw std::bad_alloc();
  });
  std::set_terminate([] {
    if (!memory_ran_out) std::abort();
    print_error("copydesk: out of memory\n");  // allocates nothing
    _exit(kExitError);
  });
  load_unwinder();
}

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
  add_plan(app, chosen);
  add_clean(app, chosen);
  add_learn(app, chosen);
  add_check(app, chosen);
  add_stages(app, chosen);
  add_explain(app, chosen);
  add_compare(app, chosen);
  add_verify(app, chosen);
  add_restore(app, chosen);
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
  copydesk::cli::occupy_standard_streams();
  copydesk::cli::handle_signals();
  copydesk::cli::name_shortage_of_memory();
  try {
    return copydesk::cli::run_command_line(argc, argv);
  } catch (const std::bad_alloc&) {
    copydesk::cli::print_error("copydesk: out of memory\n");  // allocates nothing
  } catch (const std::exception& error) {
    copydesk::cli::say(copydesk::cli::printable(error.what()));
  }
  return copydesk::cli::kExitError;
}
