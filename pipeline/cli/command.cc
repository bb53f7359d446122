#include "cli/command.h"

#include <unistd.h>

#include "cli/terminal.h"

namespace copydesk::cli {

int fail(const Error& error) {
  say(printable(error.message));
  return error.code == ErrorCode::kInterrupted ? kExitInterrupted : kExitError;
}

int finish(std::string_view output, int exit_code) {
  if (print(output)) return exit_code;
  if (reader_is_gone(STDOUT_FILENO)) return kExitPipe;
  return fail({ErrorCode::kIo, "cannot write to standard output"});
}

}  // namespace copydesk::cli
