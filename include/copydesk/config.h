// Config: what a run is to do, from TOML. Docs for users: samples/configs/default.toml, which is
// the built-in default written out and equals running without a config.
#ifndef COPYDESK_CONFIG_H_
#define COPYDESK_CONFIG_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/result.h"
#include "copydesk/stage_spec.h"

namespace copydesk {

// Where the fields of a document stand in an input record: dotted paths ("meta.site.name"), the
// first that exists and is not null counts. An empty list: the field is not read.
struct FieldMap {
  std::vector<std::string> id;
  std::vector<std::string> outlet;
  std::vector<std::string> url;
  std::vector<std::string> title;
  std::vector<std::string> date;
  std::vector<std::string> text;
  std::vector<std::string> language;
};

struct InputOptions {
  enum class Format : std::uint8_t { kAuto, kJsonl, kText };

  Format format = Format::kAuto;  // kAuto: by file name; standard input is JSONL
  std::string preset = "copydesk";
  FieldMap fields;                               // of the preset, with the config's changes
  std::uint64_t max_record_bytes = 64ULL << 20;  // longer records are rejected
  // A gzip or zstd file is read until it has unpacked to more than max_unpacked_bytes, or to more
  // than max_unpack_ratio times its size and unpack_ratio_from. 0: no such limit. Text packs 3 to
  // 20 times, an archive of the same pages over and over some 100 times; gzip cannot pack more
  // than 1032 times, so the ratio must be well below to stop anything.
  std::uint64_t max_unpacked_bytes = 0;
  std::uint32_t max_unpack_ratio = 250;
  std::uint64_t unpack_ratio_from = 1ULL << 30;
};

struct OutputOptions {
  bool compress = false;      // .zst on every output file but run.json
  bool keep_removed = false;  // removed text stands in the audit
};

struct RunOptions {
  std::uint32_t threads = 0;               // workers; 0: as many as the machine has
  std::uint64_t memory = 4ULL << 30;       // bytes the run may use
  std::uint32_t batch_documents = 256;     // documents in a batch, at most
  std::uint64_t batch_bytes = 4ULL << 20;  // bytes of input in a batch, at least one document
  std::uint32_t checkpoint_seconds = 60;   // between checkpoints; 0: after every batch
};

// A stage and the options that differ from its defaults.
struct StageConfig {
  std::string name;
  OptionValues options;
};

struct Config {
  InputOptions input;
  OutputOptions output;
  RunOptions run;
  std::vector<StageConfig> stages;  // in the order in which they run
};

// The built-in preset "news": what runs without a config. Its text is TOML and can be shown.
[[nodiscard]] std::string_view default_config_text();
// Precondition: `stages` holds the stages the preset names (builtin_stages() does).
[[nodiscard]] Config default_config(std::span<const StageSpec> stages);

// Parses a config. Every fault of the file goes to `faults`, with line, column, the allowed range
// or names and the nearest known name; then the error is kInvalidArgument. Keys that are absent
// keep the default of default_config(). `file` is only used in messages. Touches no disk.
Result<Config> parse_config(std::string_view toml, std::string_view file,
                            std::span<const StageSpec> stages, std::vector<Diagnostic>& faults);

// Reads the file and parses it. kNotFound or kIo if it cannot be read.
Result<Config> load_config(const std::string& path, std::span<const StageSpec> stages,
                           std::vector<Diagnostic>& faults);

// The config as TOML that parse_config() reads back to the same config: every value written out.
[[nodiscard]] std::string config_to_toml(const Config& config, std::span<const StageSpec> stages);

// Names of the field-mapping presets: copydesk, datatrove, dolma, news-please, trafilatura,
// webz.io, passim.
[[nodiscard]] std::span<const std::string_view> field_preset_names();
// The mapping of a preset; nothing for an unknown name.
[[nodiscard]] std::optional<FieldMap> field_preset(std::string_view name);

}  // namespace copydesk

#endif  // COPYDESK_CONFIG_H_
