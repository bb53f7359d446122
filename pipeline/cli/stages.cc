// copydesk stages: the stages that are built in, or one with its options.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/terminal.h"
#include "copydesk/config.h"
#include "copydesk/stage_spec.h"
#include "suggest.h"

namespace copydesk::cli {
namespace {

// "document" or "corpus", and what it may do.
std::string kind_of(const StageSpec& spec) {
  std::vector<std::string_view> does;
  if (!spec.reasons.empty()) does.emplace_back("edits text");
  if (!spec.drop_reasons.empty()) does.emplace_back("drops documents");
  const std::string_view kind =
      spec.kind == StageKind::kCorpus ? "looks at the whole corpus" : "looks at one document";
  return does.empty() ? std::string(kind) : fmt::format("{}; {}", kind, fmt::join(does, ", "));
}

std::string value_text(const OptionValue& value) {
  struct Writer {
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(std::int64_t i) const { return std::to_string(i); }
    std::string operator()(double d) const { return fmt::format("{}", d); }
    std::string operator()(const std::string& s) const { return '"' + s + '"'; }
    std::string operator()(const std::vector<std::string>& list) const {
      std::vector<std::string> items;
      for (const std::string& item : list) items.push_back('"' + item + '"');
      return fmt::format("[{}]", fmt::join(items, ", "));
    }
  };
  return std::visit(Writer(), value);
}

std::string range_of(const OptionSpec& option) {
  if (!option.choices.empty()) {
    const bool list = std::holds_alternative<std::vector<std::string>>(option.default_value);
    return fmt::format("{} {}", list ? "any of" : "one of", fmt::join(option.choices, ", "));
  }
  if (std::holds_alternative<std::int64_t>(option.default_value) ||
      std::holds_alternative<double>(option.default_value)) {
    return fmt::format("{} from {:.10g} to {:.10g}", type_name(option.default_value), option.min,
                       option.max);
  }
  return std::string(type_name(option.default_value));
}

template <class Names>
std::string names_of(const Names& values) {
  std::vector<std::string_view> names;
  for (const auto value : values) names.push_back(name_of(value));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string describe(const StageSpec& spec, const Paint& paint) {
  std::string out =
      paint(Colour::kBold, spec.name) + "\n" + spec.summary + "\n" + kind_of(spec) + "\n";
  if (!spec.options.empty()) out += "\n" + paint(Colour::kBold, "options") + "\n";
  for (const OptionSpec& option : spec.options) {
    out += fmt::format("  {} = {}\n      {} ({})\n", paint(Colour::kCyan, option.name),
                       value_text(option.default_value), option.summary, range_of(option));
  }
  if (!spec.reasons.empty()) {
    out +=
        "\n" + paint(Colour::kBold, "reasons for edits") + "\n  " + names_of(spec.reasons) + "\n";
  }
  if (!spec.drop_reasons.empty()) {
    out += "\n" + paint(Colour::kBold, "reasons for drops") + "\n  " + names_of(spec.drop_reasons) +
           "\n";
  }
  return out;
}

std::string list_all(const Paint& paint) {
  const std::span<const StageSpec> specs = builtin_stages();
  std::size_t width = 0;
  for (const StageSpec& spec : specs) width = std::max(width, spec.name.size());
  std::string out;
  const auto add = [&](const StageSpec& spec) {
    out +=
        paint(Colour::kCyan, fmt::format("{:{}}", spec.name, width)) + "  " + spec.summary + "\n";
  };
  // In the order in which they run by default, then the others.
  const Config config = default_config(specs);
  std::vector<std::string_view> shown;
  for (const StageConfig& stage : config.stages) {
    for (const StageSpec& spec : specs) {
      if (spec.name == stage.name) add(spec);
    }
    shown.push_back(stage.name);
  }
  for (const StageSpec& spec : specs) {
    if (std::find(shown.begin(), shown.end(), spec.name) == shown.end()) add(spec);
  }
  return out;
}

int stages(const std::string& name) {
  const Paint paint(wants_colour(STDOUT_FILENO));
  if (name.empty()) return finish(list_all(paint));
  std::vector<std::string_view> names;
  for (const StageSpec& spec : builtin_stages()) {
    if (spec.name == name) return finish(describe(spec, paint));
    names.push_back(spec.name);
  }
  return fail({ErrorCode::kInvalidArgument,
               fmt::format("unknown stage \"{}\"; known stages: {}{}", name, fmt::join(names, ", "),
                           did_you_mean(name, names))});
}

}  // namespace

void add_stages(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "stages", "Lists the stages, or shows one with its options, ranges, defaults and reasons.");
  command->footer(
      "  copydesk stages\n"
      "  copydesk stages match_reuse");
  const auto name = std::make_shared<std::string>();
  command->add_option("NAME", *name, "A stage.");
  command->callback([name, &chosen] { chosen = [name] { return stages(*name); }; });
}

}  // namespace copydesk::cli
