// copydesk run: everything, into a folder.
#include <memory>

#include "cli/command.h"
#include "cli/pipeline_flags.h"
#include "cli/terminal.h"
#include "copydesk/pipeline.h"

namespace copydesk::cli {
namespace {

struct Flags {
  PipelineFlags pipeline;
  std::string out;
  bool force = false;
  bool resume = false;
  bool keep_removed = false;
  bool compress = false;
  bool ignore_space = false;
};

int run(const Flags& flags) {
  Result<RunRequest> request = request_from(flags.pipeline);
  if (!request.ok()) return fail(request.error());
  request->out_dir = flags.out;
  request->force = flags.force;
  request->resume = flags.resume;
  request->check_space = !flags.ignore_space;
  if (flags.keep_removed) request->config.output.keep_removed = true;
  if (flags.compress) request->config.output.compress = true;
  const Result<RunSummary> summary =
      run_with_progress(flags.pipeline, *std::move(request),
                        [](const RunRequest& r) { return run_pipeline(r, builtin_stages()); });
  if (summary.ok() && summary->was_complete && !flags.pipeline.quiet) {
    say(printable(flags.out + ": the run in it is complete, there is nothing to do" +
                  (summary->rejected > 0 ? "; it rejected some records" : "")));
  }
  return report(flags.pipeline, summary);
}

}  // namespace

void add_run(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "run", "Cleans, matches and groups documents; writes everything it found to a folder.");
  command->footer(
      "  copydesk run pages/ --out out\n"
      "  copydesk run dump.jsonl.zst --out out --fields news-please --threads 8\n"
      "  copydesk run pages/ --config my.toml --out out --force --keep-removed\n"
      "  copydesk run dump.jsonl.zst --out out --resume      go on after Ctrl-C, a crash, a full "
      "disk");
  const auto flags = std::make_shared<Flags>();
  command->add_option("-o,--out", flags->out, "The folder for the results.")
      ->type_name("DIR")
      ->required();
  CLI::Option* const force = command->add_flag("--force", flags->force,
                                               "Use a folder that exists; replace files of a run.");
  command
      ->add_flag(
          "--resume", flags->resume,
          "Go on where a run into DIR was broken off; begin if there was none, do nothing if it "
          "is complete.")
      ->excludes(force);
  command->add_flag("--keep-removed", flags->keep_removed, "Put removed text into audit.jsonl.");
  command->add_flag("--compress", flags->compress, "Write .zst files.");
  command->add_flag("--ignore-space", flags->ignore_space,
                    "Begin even if the disk has less space than the results need.");
  add_pipeline_flags(*command, flags->pipeline).required();
  command->callback([flags, &chosen] { chosen = [flags] { return run(*flags); }; });
}

}  // namespace copydesk::cli
