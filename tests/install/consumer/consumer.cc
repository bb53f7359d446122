// Compares two invented texts, lists the stages and runs nothing else: enough to pull every part
// of the library through the linker.
#include <iostream>
#include <string_view>

#include "every_public_header.h"

int main() {
  constexpr std::string_view kWire =
      "The harbour council of Lantry voted on Tuesday to close the old fish market for two years.";
  constexpr std::string_view kCopy =
      "LANTRY - The harbour council of Lantry voted on Tuesday to close the old fish market, "
      "traders said.";
  const copydesk::Comparison comparison = copydesk::compare_texts(kWire, kCopy);
  std::cout << "shared words: " << comparison.shared_words << '\n';
  std::cout << "stages: " << copydesk::builtin_stages().size() << '\n';
  for (const copydesk::StageSpec& spec : copydesk::builtin_stages()) {
    std::cout << "  " << spec.name << ": " << spec.summary << '\n';
  }
  std::cout << "packs: " << copydesk::builtin_rule_packs().size() << '\n';
  std::cout << "version: " << copydesk::version() << '\n';

  // A run over an input that is not there must come back as a value, not as an exception.
  const copydesk::RunRequest request{.config = copydesk::default_config(copydesk::builtin_stages()),
                                     .inputs = {"no-such-file.jsonl"},
                                     .out_dir = "no-such-folder"};
  const copydesk::Result<copydesk::RunSummary> summary =
      copydesk::run_pipeline(request, copydesk::builtin_stages());
  return summary.ok() ? 1 : 0;
}
