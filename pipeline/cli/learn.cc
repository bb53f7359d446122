// copydesk learn: the templates of outlets, into a file.
#include <memory>

#include "cli/command.h"
#include "cli/pipeline_flags.h"
#include "copydesk/pipeline.h"

namespace copydesk::cli {
namespace {

struct Flags {
  PipelineFlags pipeline;
  std::string out;
  bool force = false;
};

int learn(const Flags& flags) {
  Result<RunRequest> request = request_from(flags.pipeline);
  if (!request.ok()) return fail(request.error());
  request->force = flags.force;
  return report(flags.pipeline,
                run_with_progress(flags.pipeline, *std::move(request), [&](const RunRequest& r) {
                  return learn_templates(r, builtin_stages(), flags.out);
                }));
}

}  // namespace

void add_learn(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "learn", "Learns the lines that recur on each outlet's pages; writes them to a file.");
  command->footer(
      "  copydesk learn pages/ --out templates.jsonl\n"
      "  copydesk clean new.jsonl --templates templates.jsonl > clean.jsonl");
  const auto flags = std::make_shared<Flags>();
  command->add_option("-o,--out", flags->out, "The file for the templates.")
      ->type_name("FILE")
      ->required();
  command->add_flag("--force", flags->force, "Replace a file that exists.");
  add_pipeline_flags(*command, flags->pipeline);
  command->get_option("INPUT")->required();
  command->callback([flags, &chosen] { chosen = [flags] { return learn(*flags); }; });
}

}  // namespace copydesk::cli
