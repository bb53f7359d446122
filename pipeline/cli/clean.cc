// copydesk clean: the document stages only, as a filter.
#include <unistd.h>

#include <memory>

#include "cli/command.h"
#include "cli/pipeline_flags.h"
#include "cli/summary.h"
#include "cli/terminal.h"
#include "copydesk/pipeline.h"

namespace copydesk::cli {
namespace {

int clean(const PipelineFlags& flags) {
  if (flags.inputs.empty() && is_terminal(STDIN_FILENO)) {
    return fail({ErrorCode::kInvalidArgument,
                 "no INPUT, and standard input is a terminal\ntry: copydesk clean --help"});
  }
  Result<RunRequest> request = request_from(flags);
  if (!request.ok()) return fail(request.error());
  if (request->inputs.empty()) request->inputs = {"-"};
  const Result<RunSummary> summary = run_with_progress(
      flags, *std::move(request),
      [](const RunRequest& r) { return clean_stream(r, builtin_stages(), STDOUT_FILENO); });
  // `copydesk clean … | head`: the reader has what it wants, there is nothing to say.
  if (!summary.ok() && reader_is_gone(STDOUT_FILENO)) return kExitPipe;
  return report_without_file(flags, summary);
}

}  // namespace

void add_clean(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "clean", "Cleans documents one by one, as a filter: clean records on standard output.");
  command->footer(
      "  copydesk clean raw.jsonl > clean.jsonl\n"
      "  zcat dump.jsonl.gz | copydesk clean --templates templates.jsonl | head\n"
      "  copydesk clean --format text page.txt");
  const auto flags = std::make_shared<PipelineFlags>();
  add_pipeline_flags(*command, *flags);
  command->callback([flags, &chosen] { chosen = [flags] { return clean(*flags); }; });
}

}  // namespace copydesk::cli
