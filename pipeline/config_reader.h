// Turns the tables of a TOML config into a Config and collects every fault on the way. Internal to
// pipeline/; used by config.cc only.
#ifndef COPYDESK_PIPELINE_CONFIG_READER_H_
#define COPYDESK_PIPELINE_CONFIG_READER_H_

#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/config.h"

namespace copydesk {

// Reads one file. Faults come in the order of the checks, not of the file.
class ConfigReader {
 public:
  // All arguments must outlive the reader.
  ConfigReader(std::string_view file, std::span<const StageSpec> specs,
               std::vector<Diagnostic>& faults)
      : file_(file), specs_(specs), faults_(faults) {}

  // Overwrites the values of `config` that `root` names.
  void read(const toml::table& root, Config& config);

 private:
  // A range for sizes and counts, both ends included.
  struct Limits {
    std::uint64_t min;
    std::uint64_t max;
  };

  void read_input(const toml::table& table, InputOptions& input);
  void read_fields(const toml::table& table, FieldMap& fields);
  void read_output(const toml::table& table, OutputOptions& output);
  void read_run(const toml::table& table, RunOptions& run);
  void read_stage_order(const toml::node& node, std::vector<StageConfig>& stages);
  void check_stage_order(const toml::node& node, std::span<const StageConfig> stages);
  OptionValues read_stage(const StageSpec& spec, const toml::table& table);

  void read_bool(const toml::table& table, std::string_view section, std::string_view key,
                 bool& out);
  std::optional<std::uint64_t> read_count(const toml::table& table, std::string_view section,
                                          std::string_view key, Limits limits);
  // An integer or a size string.
  std::optional<std::uint64_t> read_size(const toml::table& table, std::string_view section,
                                         std::string_view key, Limits limits);
  // A string from a closed list; its index there.
  std::optional<std::size_t> read_choice(const toml::table& table, std::string_view section,
                                         std::string_view key,
                                         std::span<const std::string_view> choices);
  // A path, or a list of them.
  std::optional<std::vector<std::string>> read_paths(const toml::node& node,
                                                     const std::string& name);

  // The table at `key` of the root; null if it is absent or (a fault) something else.
  const toml::table* section(const toml::table& root, std::string_view key);
  void check_keys(const toml::table& table, std::string_view section,
                  std::span<const std::string_view> known);
  void fault(const toml::source_region& where, std::string message);
  [[nodiscard]] const StageSpec* spec_named(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> stage_names() const;

  std::string_view file_;
  std::span<const StageSpec> specs_;
  std::vector<Diagnostic>& faults_;
};

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_CONFIG_READER_H_
