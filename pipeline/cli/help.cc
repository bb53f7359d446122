#include "cli/help.h"

#include <fmt/format.h>

#include <memory>
#include <string_view>
#include <vector>

#include "suggest.h"

namespace copydesk::cli {
namespace {

// Examples, what it does, usage, options.
class ExamplesFirst : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    std::string out;
    if (!app->get_footer().empty()) out += "Examples:\n" + app->get_footer() + "\n\n";
    out += app->get_description() + "\n\n";
    out += make_usage(app, std::move(name));
    out += make_positionals(app);
    out += make_groups(app, mode);
    out += make_subcommands(app, mode);
    return out;
  }
  // An argument's name says what it is; "TEXT" would not.
  std::string make_option_opts(const CLI::Option* option) const override {
    return option->get_positional() ? std::string() : Formatter::make_option_opts(option);
  }
};

const CLI::App& chosen_app(const CLI::App& app) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  return chosen.empty() ? app : *chosen.front();
}

std::string unknown_command(const CLI::App& app, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  const std::vector<std::string_view> views(names.begin(), names.end());
  return fmt::format("unknown command \"{}\"; known commands: {}{}", word, fmt::join(names, ", "),
                     did_you_mean(word, views));
}

std::string unknown_flag(const CLI::App& app, std::string word) {
  word.resize(std::min(word.size(), word.find('=')));
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  return fmt::format("unknown option \"{}\"{}", word, did_you_mean(word, views));
}

}  // namespace

void prepare_help(CLI::App& app) {
  const auto formatter = std::make_shared<ExamplesFirst>();
  formatter->label("Positionals", "Arguments");
  formatter->label("OPTIONS", "options");
  formatter->label("SUBCOMMAND", "command");
  formatter->label("REQUIRED", "(required)");
  formatter->column_width(32);
  app.formatter(formatter);
  app.set_help_flag("-h,--help", "Show this help.");
  app.require_subcommand(0, 1);
  for (CLI::App* command : app.get_subcommands({})) {
    command->formatter(formatter);
    command->set_help_flag("-h,--help", "Show this help.");
    command->group("Commands");
  }
}

std::string help_text(const CLI::App& app) { return app.help(); }

std::string usage_message(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& chosen = chosen_app(app);
  const bool in_command = &chosen != &app;
  std::string message;
  // An unknown option may be the reason for whatever else CLI11 complains of: it comes first.
  for (const std::string& word : chosen.remaining()) {
    if (word.starts_with("-")) {
      message = unknown_flag(chosen, word);
    } else {
      message =
          in_command ? fmt::format("unexpected argument \"{}\"", word) : unknown_command(app, word);
    }
    break;
  }
  if (message.empty()) message = error.what();
  return fmt::format("{}\ntry: copydesk{} --help", message,
                     in_command ? " " + chosen.get_name() : "");
}

}  // namespace copydesk::cli
