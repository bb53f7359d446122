// copydesk plan: what a run will take, before it begins.
#include <unistd.h>

#include <memory>

#include "cli/command.h"
#include "cli/pipeline_flags.h"
#include "cli/summary.h"
#include "cli/terminal.h"
#include "copydesk/pipeline.h"

namespace copydesk::cli {
namespace {

struct Flags {
  PipelineFlags pipeline;
  std::string out;
  bool compress = false;
};

int plan(const Flags& flags) {
  Result<RunRequest> request = request_from(flags.pipeline);
  if (!request.ok()) return fail(request.error());
  request->out_dir = flags.out;
  if (flags.compress) request->config.output.compress = true;
  const std::uint64_t memory = request->config.run.memory;
  const Result<RunEstimate> estimate = plan_run(*request, builtin_stages());
  if (!estimate.ok()) return fail(estimate.error());
  return finish(format_estimate(*estimate, memory, Paint(wants_colour(STDOUT_FILENO))),
                estimate->fits() ? kExitFine : kExitFaults);
}

}  // namespace

void add_plan(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "plan",
      "Says what a run will take: documents, memory, disk, time; exit code 1 if it does "
      "not fit on the disk.");
  command->footer(
      "  copydesk plan dump.jsonl.zst --out out --memory 8G\n"
      "  copydesk plan pages/ --config my.toml --out out && copydesk run pages/ --config my.toml "
      "--out out");
  const auto flags = std::make_shared<Flags>();
  command->add_option("-o,--out", flags->out, "The folder for the results; it need not exist.")
      ->type_name("DIR");
  command->add_flag("--compress", flags->compress, "The run writes .zst files.");
  add_pipeline_flags(*command, flags->pipeline).required();
  command->callback([flags, &chosen] { chosen = [flags] { return plan(*flags); }; });
}

}  // namespace copydesk::cli
