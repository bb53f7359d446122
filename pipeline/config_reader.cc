#include "config_reader.h"

#include <algorithm>
#include <array>
#include <map>

#include "byte_size.h"
#include "config_limits.h"
#include "suggest.h"

namespace copydesk {
namespace {

constexpr std::array<std::string_view, 4> kRootKeys = {"stages", "input", "output", "run"};
constexpr std::array<std::string_view, 7> kInputKeys = {"format",
                                                        "preset",
                                                        "max_record_bytes",
                                                        "max_unpacked_bytes",
                                                        "max_unpack_ratio",
                                                        "unpack_ratio_from",
                                                        "fields"};
constexpr std::array<std::string_view, 2> kOutputKeys = {"compress", "keep_removed"};
constexpr std::array<std::string_view, 5> kRunKeys = {"threads", "memory", "batch_documents",
                                                      "batch_bytes", "checkpoint_seconds"};
constexpr std::array<std::string_view, 3> kFormats = {"auto", "jsonl", "text"};

// The fields of a document and where their paths go.
struct FieldSlot {
  std::string_view name;
  std::vector<std::string> FieldMap::*paths;
};
constexpr std::array<FieldSlot, 7> kFieldSlots = {{{"id", &FieldMap::id},
                                                   {"outlet", &FieldMap::outlet},
                                                   {"url", &FieldMap::url},
                                                   {"title", &FieldMap::title},
                                                   {"date", &FieldMap::date},
                                                   {"text", &FieldMap::text},
                                                   {"language", &FieldMap::language}}};

std::string quoted(std::string_view s) { return '"' + std::string(s) + '"'; }

std::string joined(std::span<const std::string_view> names) {
  std::string out;
  for (const std::string_view name : names) {
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

std::string dotted(std::string_view section, std::string_view key) {
  return std::string(section) + "." + std::string(key);
}

std::string_view type_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "a boolean";
    default:
      return "a date or time";
  }
}

std::string must_be(const std::string& name, std::string_view what, const toml::node& node) {
  return name + " must be " + std::string(what) + ", got " + std::string(type_of(node));
}

// Whether what is dropped for this reason is still there in another document.
bool is_for_another(DropReason reason) {
  return reason == DropReason::kExactDuplicate || reason == DropReason::kNearDuplicate;
}

// "a".."b.c": names between single points.
bool is_path(std::string_view path) {
  return !path.empty() && path.front() != '.' && path.back() != '.' &&
         path.find("..") == std::string_view::npos;
}

// The value as an option's type has it; nothing if no option has such a type.
std::optional<OptionValue> option_value(const toml::node& node) {
  if (const auto* boolean = node.as_boolean()) return OptionValue(boolean->get());
  if (const auto* integer = node.as_integer()) return OptionValue(integer->get());
  if (const auto* number = node.as_floating_point()) return OptionValue(number->get());
  if (const auto* string = node.as_string()) return OptionValue(string->get());
  const toml::array* array = node.as_array();
  if (array == nullptr) return std::nullopt;
  std::vector<std::string> list;
  for (const toml::node& item : *array) {
    const auto* string = item.as_string();
    if (string == nullptr) return std::nullopt;
    list.push_back(string->get());
  }
  return OptionValue(std::move(list));
}

// The string of `value` that is not in the option's closed list, or "".
std::string_view stranger(const OptionSpec& option, const OptionValue& value) {
  if (option.choices.empty()) return {};
  const auto unknown = [&](const std::string& item) {
    return std::find(option.choices.begin(), option.choices.end(), item) == option.choices.end();
  };
  if (const auto* string = std::get_if<std::string>(&value)) {
    return unknown(*string) ? std::string_view(*string) : std::string_view();
  }
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    const auto it = std::find_if(list->begin(), list->end(), unknown);
    if (it != list->end()) return *it;
  }
  return {};
}

}  // namespace

void ConfigReader::read(const toml::table& root, Config& config) {
  std::vector<std::string_view> known(kRootKeys.begin(), kRootKeys.end());
  const std::vector<std::string_view> names = stage_names();
  known.insert(known.end(), names.begin(), names.end());
  check_keys(root, "", known);

  if (const toml::node* node = root.get("stages")) read_stage_order(*node, config.stages);
  if (const toml::table* table = section(root, "input")) read_input(*table, config.input);
  if (const toml::table* table = section(root, "output")) read_output(*table, config.output);
  if (const toml::table* table = section(root, "run")) read_run(*table, config.run);

  // Tables of stages that do not run are checked too: one switches stages on and off in the list.
  for (const StageSpec& spec : specs_) {
    const toml::table* table = section(root, spec.name);
    if (table == nullptr) continue;
    OptionValues options = read_stage(spec, *table);
    for (StageConfig& stage : config.stages) {
      if (stage.name == spec.name) stage.options = options;
    }
  }
  if (const toml::node* node = root.get("stages")) check_stage_order(*node, config.stages);
}

// A stage that drops documents for their own sake must come before those that drop others because
// of them: else both would be gone, and what they said.
void ConfigReader::check_stage_order(const toml::node& node, std::span<const StageConfig> stages) {
  const auto drops_copies = [&](const StageConfig& stage) {
    const auto duplicates = stage.options.find("duplicates");
    if (duplicates != stage.options.end() &&
        duplicates->second == OptionValue(std::string("annotate"))) {
      return false;
    }
    const std::vector<DropReason>& reasons = spec_named(stage.name)->drop_reasons;
    return std::any_of(reasons.begin(), reasons.end(), is_for_another);
  };
  const StageConfig* before = nullptr;
  for (const StageConfig& stage : stages) {
    const std::vector<DropReason>& reasons = spec_named(stage.name)->drop_reasons;
    const bool drops_itself = std::any_of(
        reasons.begin(), reasons.end(), [](DropReason reason) { return !is_for_another(reason); });
    if (before != nullptr && drops_itself) {
      fault(node.source(), "stage " + quoted(stage.name) + " must stand before " +
                               quoted(before->name) +
                               ": it could drop the one document that stands for copies which " +
                               quoted(before->name) + " has dropped");
    }
    if (before == nullptr && drops_copies(stage)) before = &stage;
  }
}

void ConfigReader::read_stage_order(const toml::node& node, std::vector<StageConfig>& stages) {
  const toml::array* list = node.as_array();
  if (list == nullptr) {
    fault(node.source(), must_be("stages", "a list of stage names", node));
    return;
  }
  stages.clear();
  const std::vector<std::string_view> names = stage_names();
  std::map<std::string, toml::source_position> first;
  for (const toml::node& item : *list) {
    const auto* string = item.as_string();
    if (string == nullptr) {
      fault(item.source(), must_be("each of stages", "a stage name", item));
      continue;
    }
    const std::string& name = string->get();
    if (spec_named(name) == nullptr) {
      fault(item.source(), "unknown stage " + quoted(name) + "; known stages: " + joined(names) +
                               did_you_mean(name, names));
      continue;
    }
    const auto [it, is_new] = first.emplace(name, item.source().begin);
    if (!is_new) {
      fault(item.source(), "stage " + quoted(name) + " stands twice in stages, first in line " +
                               std::to_string(it->second.line));
      continue;
    }
    stages.push_back({.name = name, .options = {}});
  }
}

OptionValues ConfigReader::read_stage(const StageSpec& spec, const toml::table& table) {
  std::vector<std::string_view> known;
  for (const OptionSpec& option : spec.options) known.push_back(option.name);
  check_keys(table, spec.name, known);

  OptionValues options;
  bool sound = true;
  for (const OptionSpec& option : spec.options) {
    const toml::node* node = table.get(option.name);
    if (node == nullptr) continue;
    const std::string name = dotted(spec.name, option.name);
    std::optional<OptionValue> value = option_value(*node);
    if (!value) {
      fault(node->source(), must_be(name, type_name(option.default_value), *node));
      sound = false;
      continue;
    }
    if (const std::optional<std::string> wrong = option.fault(*value)) {
      const std::vector<std::string_view> choices(option.choices.begin(), option.choices.end());
      const std::string_view unknown = stranger(option, *value);
      fault(node->source(),
            name + " " + *wrong + (unknown.empty() ? "" : did_you_mean(unknown, choices)));
      sound = false;
      continue;
    }
    const auto* integer = std::get_if<std::int64_t>(&*value);
    if (integer != nullptr && std::holds_alternative<double>(option.default_value)) {
      value = static_cast<double>(*integer);
    }
    if (*value != option.default_value) options.emplace(option.name, *std::move(value));
  }
  // Faults that only show when the options are looked at together.
  if (sound && spec.make) {
    const Result<std::unique_ptr<Stage>> stage = spec.make(options);
    if (!stage.ok()) fault(table.source(), stage.error().message);
  }
  return options;
}

void ConfigReader::read_input(const toml::table& table, InputOptions& input) {
  check_keys(table, "input", kInputKeys);
  if (const auto format = read_choice(table, "input", "format", kFormats)) {
    constexpr std::array<InputOptions::Format, kFormats.size()> kValues = {
        InputOptions::Format::kAuto, InputOptions::Format::kJsonl, InputOptions::Format::kText};
    input.format = kValues[*format];
  }
  if (const auto preset = read_choice(table, "input", "preset", field_preset_names())) {
    input.preset = field_preset_names()[*preset];
    input.fields = field_preset(input.preset).value_or(FieldMap());
  }
  // Positions in a text are 32 bits wide.
  if (const auto bytes = read_size(table, "input", "max_record_bytes", {1ULL << 10, 2ULL << 30})) {
    input.max_record_bytes = *bytes;
  }
  if (const auto bytes = read_size(table, "input", "max_unpacked_bytes", {0, kMaxUnpackedBytes})) {
    input.max_unpacked_bytes = *bytes;
  }
  if (const auto ratio = read_count(table, "input", "max_unpack_ratio", {0, kMaxUnpackRatio})) {
    input.max_unpack_ratio = static_cast<std::uint32_t>(*ratio);
  }
  if (const auto bytes = read_size(table, "input", "unpack_ratio_from", {0, kMaxUnpackedBytes})) {
    input.unpack_ratio_from = *bytes;
  }
  if (const toml::node* fields = table.get("fields")) {
    if (const toml::table* fields_table = fields->as_table()) {
      read_fields(*fields_table, input.fields);
    } else {
      fault(fields->source(), must_be("input.fields", "a table", *fields));
    }
  }
}

void ConfigReader::read_fields(const toml::table& table, FieldMap& fields) {
  std::vector<std::string_view> known;
  for (const FieldSlot& slot : kFieldSlots) known.push_back(slot.name);
  check_keys(table, "input.fields", known);
  for (const FieldSlot& slot : kFieldSlots) {
    const toml::node* node = table.get(slot.name);
    if (node == nullptr) continue;
    auto paths = read_paths(*node, dotted("input.fields", slot.name));
    if (paths) fields.*slot.paths = *std::move(paths);
  }
}

std::optional<std::vector<std::string>> ConfigReader::read_paths(const toml::node& node,
                                                                 const std::string& name) {
  std::vector<std::string> paths;
  const auto take = [&](const toml::node& item) {
    const auto* string = item.as_string();
    if (string == nullptr) {
      fault(item.source(), must_be(name, "a path or a list of paths", item));
      return false;
    }
    if (!is_path(string->get())) {
      fault(item.source(),
            name + " must be a path like \"meta.site\", got " + quoted(string->get()));
      return false;
    }
    paths.push_back(string->get());
    return true;
  };
  const toml::array* list = node.as_array();
  if (list == nullptr) {
    if (!take(node)) return std::nullopt;
    return paths;
  }
  bool sound = true;
  for (const toml::node& item : *list) sound = take(item) && sound;
  if (!sound) return std::nullopt;
  return paths;
}

void ConfigReader::read_output(const toml::table& table, OutputOptions& output) {
  check_keys(table, "output", kOutputKeys);
  read_bool(table, "output", "compress", output.compress);
  read_bool(table, "output", "keep_removed", output.keep_removed);
}

void ConfigReader::read_run(const toml::table& table, RunOptions& run) {
  check_keys(table, "run", kRunKeys);
  if (const auto threads = read_count(table, "run", "threads", {0, kMaxThreads})) {
    run.threads = static_cast<std::uint32_t>(*threads);
  }
  if (const auto memory = read_size(table, "run", "memory", {kMinMemory, kMaxMemory})) {
    run.memory = *memory;
  }
  if (const auto count = read_count(table, "run", "batch_documents", {1, kMaxBatchDocuments})) {
    run.batch_documents = static_cast<std::uint32_t>(*count);
  }
  if (const auto bytes = read_size(table, "run", "batch_bytes", {1ULL << 10, 1ULL << 30})) {
    run.batch_bytes = *bytes;
  }
  if (const auto seconds =
          read_count(table, "run", "checkpoint_seconds", {0, kMaxCheckpointSeconds})) {
    run.checkpoint_seconds = static_cast<std::uint32_t>(*seconds);
  }
}

void ConfigReader::read_bool(const toml::table& table, std::string_view section_name,
                             std::string_view key, bool& out) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return;
  if (const auto* boolean = node->as_boolean()) {
    out = boolean->get();
  } else {
    fault(node->source(), must_be(dotted(section_name, key), "true or false", *node));
  }
}

std::optional<std::uint64_t> ConfigReader::read_count(const toml::table& table,
                                                      std::string_view section_name,
                                                      std::string_view key, Limits limits) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return std::nullopt;
  const std::string name = dotted(section_name, key);
  const auto* integer = node->as_integer();
  if (integer == nullptr) {
    fault(node->source(), must_be(name, "an integer", *node));
    return std::nullopt;
  }
  const std::int64_t value = integer->get();
  if (value < 0 || static_cast<std::uint64_t>(value) < limits.min ||
      static_cast<std::uint64_t>(value) > limits.max) {
    fault(node->source(), name + " must be between " + std::to_string(limits.min) + " and " +
                              std::to_string(limits.max) + ", got " + std::to_string(value));
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(value);
}

std::optional<std::uint64_t> ConfigReader::read_size(const toml::table& table,
                                                     std::string_view section_name,
                                                     std::string_view key, Limits limits) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return std::nullopt;
  const std::string name = dotted(section_name, key);
  std::optional<std::uint64_t> bytes;
  std::string given;
  if (const auto* integer = node->as_integer()) {
    given = std::to_string(integer->get());
    if (integer->get() >= 0) bytes = static_cast<std::uint64_t>(integer->get());
  } else if (const auto* string = node->as_string()) {
    given = quoted(string->get());
    bytes = parse_byte_size(string->get());
    if (!bytes) {
      fault(node->source(),
            name + " must be a size like \"64 MiB\", \"4G\" or \"500MB\", got " + given);
      return std::nullopt;
    }
  } else {
    fault(node->source(), must_be(name, "a size like \"64 MiB\" or an integer", *node));
    return std::nullopt;
  }
  if (!bytes || *bytes < limits.min || *bytes > limits.max) {
    fault(node->source(), name + " must be between " + exact_byte_size(limits.min) + " and " +
                              exact_byte_size(limits.max) + ", got " + given);
    return std::nullopt;
  }
  return bytes;
}

std::optional<std::size_t> ConfigReader::read_choice(const toml::table& table,
                                                     std::string_view section_name,
                                                     std::string_view key,
                                                     std::span<const std::string_view> choices) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return std::nullopt;
  const std::string name = dotted(section_name, key);
  const auto* string = node->as_string();
  if (string == nullptr) {
    fault(node->source(), must_be(name, "a string", *node));
    return std::nullopt;
  }
  const auto it = std::find(choices.begin(), choices.end(), string->get());
  if (it == choices.end()) {
    fault(node->source(), name + " must be one of " + joined(choices) + ", got " +
                              quoted(string->get()) + did_you_mean(string->get(), choices));
    return std::nullopt;
  }
  return static_cast<std::size_t>(it - choices.begin());
}

const toml::table* ConfigReader::section(const toml::table& root, std::string_view key) {
  const toml::node* node = root.get(key);
  if (node == nullptr) return nullptr;
  const toml::table* table = node->as_table();
  if (table == nullptr) fault(node->source(), must_be(std::string(key), "a table", *node));
  return table;
}

void ConfigReader::check_keys(const toml::table& table, std::string_view section_name,
                              std::span<const std::string_view> known) {
  for (auto it = table.begin(); it != table.end(); ++it) {
    const std::string_view key = it->first.str();
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    std::string message = "unknown key " + quoted(key);
    if (!section_name.empty()) message += " in [" + std::string(section_name) + "]";
    message += known.empty() ? "; it has no keys" : "; known keys: " + joined(known);
    fault(it->first.source(), message + did_you_mean(key, known));
  }
}

void ConfigReader::fault(const toml::source_region& where, std::string message) {
  faults_.push_back({.file = std::string(file_),
                     .line = static_cast<int>(where.begin.line),
                     .column = static_cast<int>(where.begin.column),
                     .message = std::move(message)});
}

const StageSpec* ConfigReader::spec_named(std::string_view name) const {
  const auto it = std::find_if(specs_.begin(), specs_.end(),
                               [&](const StageSpec& spec) { return spec.name == name; });
  return it == specs_.end() ? nullptr : &*it;
}

std::vector<std::string_view> ConfigReader::stage_names() const {
  std::vector<std::string_view> names;
  for (const StageSpec& spec : specs_) names.push_back(spec.name);
  return names;
}

}  // namespace copydesk
