// copydesk check: every fault of configs, of rule packs and of the TOML blocks inside Markdown.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/markdown.h"
#include "cli/terminal.h"
#include "copydesk/config.h"
#include "copydesk/read_file.h"
#include "copydesk/rule_pack.h"
#include "copydesk/stage_spec.h"
#include "io/paths.h"

namespace copydesk::cli {
namespace {

Result<std::string> read_config(const std::string& path) {
  COPYDESK_ASSIGN_OR_RETURN(const std::filesystem::file_type type, type_of(path));
  if (type == std::filesystem::file_type::not_found) {
    return Error{ErrorCode::kNotFound, path + ": no such file"};
  }
  if (type == std::filesystem::file_type::directory) {
    return Error{ErrorCode::kInvalidArgument, path + ": is a folder; name the files to check"};
  }
  return read_file(path, "the file", kMaxTomlBytes);
}

// A pack has [[rule]] tables, a config never does.
bool is_rule_pack(std::string_view toml) {
  while (!toml.empty()) {
    const std::size_t end = std::min(toml.find('\n'), toml.size());
    std::string_view line = toml.substr(0, end);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.starts_with("[[rule]]")) return true;
    toml.remove_prefix(std::min(end + 1, toml.size()));
  }
  return false;
}

std::vector<Diagnostic> check_toml(std::string_view toml, const std::string& file) {
  if (is_rule_pack(toml)) return check_rule_pack(toml, file);
  std::vector<Diagnostic> faults;
  (void)parse_config(toml, file, builtin_stages(), faults).ok();  // what is wrong is in faults
  return faults;
}

std::vector<Diagnostic> check_markdown(std::string_view markdown, const std::string& file) {
  std::vector<Diagnostic> faults;
  for (const MarkdownBlock& block : toml_blocks(markdown)) {
    for (Diagnostic& fault : check_toml(block.content, file)) {
      if (fault.line > 0) {
        fault.line += block.first_line - 1;
        fault.column += block.indent;
      } else {
        fault.line = block.first_line;
      }
      faults.push_back(std::move(fault));
    }
  }
  return faults;
}

int check(const std::vector<std::string>& files) {
  std::string output;
  std::size_t count = 0;
  for (const std::string& file : files) {
    const Result<std::string> content = read_config(file);
    if (!content.ok()) return fail(content.error());
    const std::string extension = std::filesystem::path(file).extension();
    std::vector<Diagnostic> faults;
    if (extension == ".md" || extension == ".markdown") {
      faults = check_markdown(*content, file);
    } else if (extension == ".toml") {
      faults = check_toml(*content, file);
    } else {
      return fail({ErrorCode::kInvalidArgument, file + ": only .toml and .md can be checked"});
    }
    for (const Diagnostic& fault : faults) output += printable_line(fault.to_string()) + "\n";
    count += faults.size();
  }
  say(fmt::format("{} {} in {} {}", count == 0 ? "no" : std::to_string(count),
                  count == 1 ? "fault" : "faults", files.size(),
                  files.size() == 1 ? "file" : "files"));
  return finish(output, count == 0 ? kExitFine : kExitFaults);
}

}  // namespace

void add_check(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "check", "Finds every fault of configs, rule packs and TOML blocks in Markdown.");
  command->footer(
      "  copydesk check my.toml\n"
      "  copydesk check README.md stages/rules/en/share.toml\n"
      "\n"
      "A Markdown block that begins with ```toml fragment is skipped. Exit code 1: there are "
      "faults.");
  const auto files = std::make_shared<std::vector<std::string>>();
  command->add_option("FILE", *files, "Configs and rule packs (.toml), Markdown (.md).")
      ->required();
  command->callback([files, &chosen] { chosen = [files] { return check(*files); }; });
}

}  // namespace copydesk::cli
