// copydesk verify: proves from the inputs and the outputs of a run that the outputs are true.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "cli/run_folder.h"
#include "cli/terminal.h"
#include "cli/verify_known.h"
#include "cli/verify_records.h"
#include "cli/verify_reuse.h"

namespace copydesk::cli {
namespace {

struct Flags {
  std::string dir;
  std::vector<std::string> inputs;
};

std::string summary_text(std::uint64_t documents, const RecordCounts& records,
                         const ReuseCounts& reuse) {
  std::string out = fmt::format(
      "{} records: {} kept, {} dropped, {} rejected, {} spans\n{} pairs with {} passages, {} "
      "clusters "
      "of {} documents, {} stories\n",
      grouped(documents), grouped(records.kept), grouped(records.dropped),
      grouped(records.rejected), grouped(records.spans), grouped(reuse.pairs),
      grouped(reuse.passages), grouped(reuse.clusters), grouped(reuse.members),
      grouped(reuse.stories));
  if (reuse.edited_later) {
    out +=
        "a stage edits texts after match_reuse: the numbers of pairs and clusters were not "
        "checked\n";
  }
  return out + "all true\n";
}

Result<int> verify(const Flags& flags) {
  COPYDESK_ASSIGN_OR_RETURN(const RunFolder folder, RunFolder::open(flags.dir));
  Faults faults;
  std::vector<InputFile> inputs;
  if (flags.inputs.empty()) {
    std::vector<std::string> changed;
    COPYDESK_ASSIGN_OR_RETURN(inputs, folder.inputs(changed));
    for (const std::string& path : changed) faults.add(path, 0, "has changed since the run");
  } else {
    COPYDESK_ASSIGN_OR_RETURN(inputs, list_inputs(flags.inputs, folder.config().input));
  }
  COPYDESK_ASSIGN_OR_RETURN(const std::vector<bool> needed, compared_documents(folder));
  COPYDESK_ASSIGN_OR_RETURN(TextSpool spool, TextSpool::create());
  std::vector<Known> known;
  COPYDESK_ASSIGN_OR_RETURN(
      const RecordCounts records,
      verify_records(folder, std::move(inputs), needed, known, spool, faults));
  ReuseCounts reuse;
  if (!faults.full()) {
    COPYDESK_ASSIGN_OR_RETURN(reuse, verify_reuse(folder, known, spool, faults));
  }
  if (faults.lines().empty()) return finish(summary_text(known.size(), records, reuse));
  std::string out;
  for (const std::string& line : faults.lines()) out += printable_line(line) + "\n";
  say(faults.full() ? fmt::format("the first {} faults; what follows was not looked at",
                                  faults.lines().size())
                    : fmt::format("{} {}", faults.lines().size(),
                                  faults.lines().size() == 1 ? "fault" : "faults"));
  return finish(out, kExitFaults);
}

}  // namespace

void add_verify(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "verify", "Proves from the inputs and outputs of a run that the outputs are true.");
  command->footer(
      "  copydesk verify out\n"
      "  copydesk verify out pages.jsonl        the inputs have moved\n"
      "\n"
      "Exit code 1: there are faults; the first 20 are named.");
  const auto flags = std::make_shared<Flags>();
  command->add_option("DIR", flags->dir, "The folder of a run.")->required();
  command->add_option("INPUT", flags->inputs,
                      "The inputs of the run in the same order; without, those it names.");
  command->callback([flags, &chosen] {
    chosen = [flags] {
      const Result<int> code = verify(*flags);
      return code.ok() ? *code : fail(code.error());
    };
  });
}

}  // namespace copydesk::cli
