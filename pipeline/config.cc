#include "copydesk/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <tuple>

#include "byte_size.h"
#include "config_reader.h"
#include "copydesk/read_file.h"

namespace copydesk {
namespace {

// The stages of the default config that this build has. Built-in stages are all there; a program
// with fewer stages of its own gets those.
std::vector<StageConfig> default_stages(std::span<const StageSpec> specs) {
  const toml::table table = toml::parse(default_config_text());
  std::vector<StageConfig> stages;
  for (const toml::node& item : *table["stages"].as_array()) {
    const std::string name = item.value_or(std::string());
    const bool known = std::any_of(specs.begin(), specs.end(),
                                   [&](const StageSpec& spec) { return spec.name == name; });
    if (known) stages.push_back({.name = name, .options = {}});
  }
  return stages;
}

std::string count_of(std::size_t n, std::string_view noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

// --- Writing ---

std::string toml_string(std::string_view s) {
  std::string out = "\"";
  for (const char c : s) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04X}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string toml_list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const std::string& item : items) {
    if (out.size() > 1) out += ", ";
    out += toml_string(item);
  }
  return out + "]";
}

// The shortest digits that give the number back, always recognisable as a float.
std::string toml_number(double value) {
  std::string digits = fmt::format("{}", value);
  if (digits.find_first_of(".en") == std::string::npos) digits += ".0";
  return digits;
}

std::string toml_value(const OptionValue& value) {
  struct Writer {
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(std::int64_t i) const { return std::to_string(i); }
    std::string operator()(double d) const { return toml_number(d); }
    std::string operator()(const std::string& s) const { return toml_string(s); }
    std::string operator()(const std::vector<std::string>& list) const { return toml_list(list); }
  };
  return std::visit(Writer(), value);
}

std::string_view format_name(InputOptions::Format format) {
  switch (format) {
    case InputOptions::Format::kJsonl:
      return "jsonl";
    case InputOptions::Format::kText:
      return "text";
    case InputOptions::Format::kAuto:
      break;
  }
  return "auto";
}

}  // namespace

Config default_config(std::span<const StageSpec> stages) {
  Config config;
  config.input.fields = field_preset(config.input.preset).value_or(FieldMap());
  config.stages = default_stages(stages);
  return config;
}

Result<Config> parse_config(std::string_view toml, std::string_view file,
                            std::span<const StageSpec> stages, std::vector<Diagnostic>& faults) {
  std::vector<Diagnostic> found;
  Config config = default_config(stages);
  try {
    std::string too_deep = toml_depth_fault(toml);
    if (too_deep.empty()) {
      const toml::table root = toml::parse(toml, file);
      ConfigReader(file, stages, found).read(root, config);
    } else {
      found.push_back({std::string(file), 0, 0, "not TOML: " + std::move(too_deep)});
    }
  } catch (const toml::parse_error& error) {
    found.push_back({.file = std::string(file),
                     .line = static_cast<int>(error.source().begin.line),
                     .column = static_cast<int>(error.source().begin.column),
                     .message = "not TOML: " + std::string(error.description())});
  }
  if (found.empty()) return config;

  std::stable_sort(found.begin(), found.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  const std::size_t count = found.size();
  faults.insert(faults.end(), std::make_move_iterator(found.begin()),
                std::make_move_iterator(found.end()));
  return Error{ErrorCode::kInvalidArgument, fmt::format("{}: {}", file, count_of(count, "fault"))};
}

Result<Config> load_config(const std::string& path, std::span<const StageSpec> stages,
                           std::vector<Diagnostic>& faults) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    return Error{ErrorCode::kNotFound, path + ": no such file"};
  }
  if (status.type() == std::filesystem::file_type::directory) {
    return Error{ErrorCode::kIo, path + ": is a folder, not a config"};
  }
  const Result<std::string> read = read_file(path, "the config", kMaxTomlBytes);
  if (!read.ok()) return read.error();
  const std::string& content = *read;
  return parse_config(content, path, stages, faults);
}

std::string config_to_toml(const Config& config, std::span<const StageSpec> stages) {
  std::vector<std::string> names;
  for (const StageConfig& stage : config.stages) names.push_back(stage.name);
  const InputOptions& input = config.input;
  const FieldMap& fields = input.fields;
  std::string out = fmt::format("stages = {}\n", toml_list(names));
  out += fmt::format("\n[input]\nformat = {}\npreset = {}\nmax_record_bytes = {}\n",
                     toml_string(format_name(input.format)), toml_string(input.preset),
                     toml_string(exact_byte_size(input.max_record_bytes)));
  out += fmt::format("max_unpacked_bytes = {}\nmax_unpack_ratio = {}\nunpack_ratio_from = {}\n",
                     toml_string(exact_byte_size(input.max_unpacked_bytes)), input.max_unpack_ratio,
                     toml_string(exact_byte_size(input.unpack_ratio_from)));
  out += fmt::format(
      "\n[input.fields]\nid = {}\noutlet = {}\nurl = {}\ntitle = {}\ndate = {}\ntext = {}\n"
      "language = {}\n",
      toml_list(fields.id), toml_list(fields.outlet), toml_list(fields.url),
      toml_list(fields.title), toml_list(fields.date), toml_list(fields.text),
      toml_list(fields.language));
  out += fmt::format("\n[output]\ncompress = {}\nkeep_removed = {}\n", config.output.compress,
                     config.output.keep_removed);
  out +=
      fmt::format("\n[run]\nthreads = {}\nmemory = {}\nbatch_documents = {}\nbatch_bytes = {}\n",
                  config.run.threads, toml_string(exact_byte_size(config.run.memory)),
                  config.run.batch_documents, toml_string(exact_byte_size(config.run.batch_bytes)));
  out += fmt::format("checkpoint_seconds = {}\n", config.run.checkpoint_seconds);
  for (const StageConfig& stage : config.stages) {
    const auto spec = std::find_if(stages.begin(), stages.end(),
                                   [&](const StageSpec& s) { return s.name == stage.name; });
    if (spec == stages.end()) continue;
    out += fmt::format("\n[{}]\n", stage.name);
    for (const OptionSpec& option : spec->options) {
      const auto given = stage.options.find(option.name);
      const OptionValue& value =
          given == stage.options.end() ? option.default_value : given->second;
      out += fmt::format("{} = {}\n", option.name, toml_value(value));
    }
  }
  return out;
}

}  // namespace copydesk
