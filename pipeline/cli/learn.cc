// copydesk learn: the templates of outlets, or how common words are, into a file.
#include <memory>

#include "cli/command.h"
#include "cli/pipeline_flags.h"
#include "copydesk/pipeline.h"

namespace copydesk::cli {
namespace {

struct Flags {
  PipelineFlags pipeline;
  std::string out;
  std::string background;
  bool force = false;
};

int learn(const Flags& flags) {
  if (flags.out.empty() && flags.background.empty()) {
    return fail(
        {ErrorCode::kInvalidArgument, "say what to write: --out FILE or --background FILE"});
  }
  Result<RunRequest> request = request_from(flags.pipeline);
  if (!request.ok()) return fail(request.error());
  request->force = flags.force;
  const Result<RunSummary> summary =
      run_with_progress(flags.pipeline, *std::move(request), [&](const RunRequest& r) {
        return flags.background.empty() ? learn_templates(r, builtin_stages(), flags.out)
                                        : learn_background(r, builtin_stages(), flags.background);
      });
  return report_without_file(flags.pipeline, summary);
}

}  // namespace

void add_learn(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "learn", "Learns the lines that recur on each outlet's pages, or how common each word is.");
  command->footer(
      "  copydesk learn pages/ --out templates.jsonl\n"
      "  copydesk clean new.jsonl --templates templates.jsonl > clean.jsonl\n"
      "  copydesk learn archive/ --background words.txt    # for group_stories.background");
  const auto flags = std::make_shared<Flags>();
  CLI::Option* const out =
      command->add_option("-o,--out", flags->out, "The file for the templates.")->type_name("FILE");
  command
      ->add_option("--background", flags->background,
                   "Instead: a file for the share of documents in which each word stands.")
      ->type_name("FILE")
      ->excludes(out);
  command->add_flag("--force", flags->force, "Replace a file that exists.");
  add_pipeline_flags(*command, flags->pipeline).required();
  command->callback([flags, &chosen] { chosen = [flags] { return learn(*flags); }; });
}

}  // namespace copydesk::cli
