#include "cli/pipeline_flags.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

#include "byte_size.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/summary.h"
#include "cli/terminal.h"
#include "config_limits.h"
#include "suggest.h"

namespace copydesk::cli {
namespace {

Error usage(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

Result<Config> base_config(const PipelineFlags& flags) {
  if (!flags.preset.empty() && flags.preset != "news") {
    return usage(fmt::format("--preset must be news, got \"{}\"", flags.preset));
  }
  if (flags.config.empty()) return default_config(builtin_stages());
  if (!flags.preset.empty()) return usage("--config and --preset exclude each other");
  std::vector<Diagnostic> faults;
  Result<Config> config = load_config(flags.config, builtin_stages(), faults);
  for (const Diagnostic& fault : faults) print_error(printable(fault.to_string()) + "\n");
  return config;
}

Result<void> apply_format(const std::string& name, InputOptions& input) {
  if (name.empty()) return {};
  if (name == "auto") {
    input.format = InputOptions::Format::kAuto;
  } else if (name == "jsonl") {
    input.format = InputOptions::Format::kJsonl;
  } else if (name == "text") {
    input.format = InputOptions::Format::kText;
  } else {
    constexpr std::array<std::string_view, 3> kNames = {"auto", "jsonl", "text"};
    return usage(fmt::format("--format must be one of {}, got \"{}\"{}", fmt::join(kNames, ", "),
                             name, did_you_mean(name, kNames)));
  }
  return {};
}

Result<void> apply_fields(const std::string& name, InputOptions& input) {
  if (name.empty()) return {};
  const std::optional<FieldMap> fields = field_preset(name);
  if (!fields) {
    return usage(fmt::format("--fields must be one of {}, got \"{}\"{}",
                             fmt::join(field_preset_names(), ", "), name,
                             did_you_mean(name, field_preset_names())));
  }
  input.preset = name;
  input.fields = *fields;
  return {};
}

Result<void> apply_run(const PipelineFlags& flags, RunOptions& run) {
  if (flags.threads) {
    if (*flags.threads > kMaxThreads) {
      return usage(
          fmt::format("--threads must be between 0 and {}, got {}", kMaxThreads, *flags.threads));
    }
    run.threads = *flags.threads;
  }
  if (!flags.memory.empty()) {
    const std::optional<std::uint64_t> bytes = parse_byte_size(flags.memory);
    if (!bytes) {
      return usage(
          fmt::format("--memory must be a size like 2G or \"512 MiB\", got \"{}\"", flags.memory));
    }
    if (*bytes < kMinMemory || *bytes > kMaxMemory) {
      return usage(fmt::format("--memory must be between {} and {}, got {}",
                               exact_byte_size(kMinMemory), exact_byte_size(kMaxMemory),
                               flags.memory));
    }
    run.memory = *bytes;
  }
  if (flags.batch) {
    if (*flags.batch < 1 || *flags.batch > kMaxBatchDocuments) {
      return usage(fmt::format("--batch must be between 1 and {}, got {}", kMaxBatchDocuments,
                               *flags.batch));
    }
    run.batch_documents = *flags.batch;
  }
  return {};
}

// Sets an option of a stage for a flag.
Result<void> apply_option(std::string_view flag, std::string_view stage_name,
                          std::string_view option, OptionValue value, Config& config) {
  const auto stage = std::find_if(config.stages.begin(), config.stages.end(),
                                  [&](const StageConfig& s) { return s.name == stage_name; });
  if (stage == config.stages.end()) {
    return usage(
        fmt::format("{} needs the stage {}, which the config leaves out", flag, stage_name));
  }
  for (const StageSpec& spec : builtin_stages()) {
    const OptionSpec* known = spec.name == stage_name ? spec.option(option) : nullptr;
    if (known == nullptr) continue;
    if (const std::optional<std::string> fault = known->fault(value)) {
      return usage(fmt::format("{} {}", flag, *fault));
    }
  }
  stage->options[std::string(option)] = std::move(value);
  return {};
}

Result<void> apply_stage_options(const PipelineFlags& flags, Config& config) {
  if (!flags.templates.empty()) {
    COPYDESK_RETURN_IF_ERROR(
        apply_option("--templates", "strip_templates", "templates", flags.templates, config));
  }
  if (!flags.mode.empty()) {
    COPYDESK_RETURN_IF_ERROR(apply_option("--mode", "strip_lines", "mode", flags.mode, config));
  }
  if (!flags.model.empty()) {
    COPYDESK_RETURN_IF_ERROR(apply_option("--model", "strip_lines", "model", flags.model, config));
  }
  if (flags.max_content_loss) {
    COPYDESK_RETURN_IF_ERROR(apply_option("--max-content-loss", "strip_lines", "max_content_loss",
                                          *flags.max_content_loss, config));
  }
  return {};
}

}  // namespace

CLI::Option& add_pipeline_flags(CLI::App& command, PipelineFlags& flags) {
  CLI::Option* const inputs = command.add_option(
      "INPUT", flags.inputs,
      "Files, folders, @list of paths, or - for standard input; .gz and .zst too.");
  command.add_option("-c,--config", flags.config, "A config; see samples/configs/default.toml.")
      ->type_name("FILE");
  command.add_option("--preset", flags.preset, "A built-in config: news, which is the default.")
      ->type_name("NAME");
  command.add_option("--templates", flags.templates, "Templates from `copydesk learn`.")
      ->type_name("FILE");
  command
      .add_option("--mode", flags.mode,
                  "Which documents the line model judges: auto, conservative (none) or aggressive "
                  "(all).")
      ->type_name("MODE");
  command
      .add_option("--max-content-loss", flags.max_content_loss,
                  "Share of the content that the line model may lose, 0 to 0.1.")
      ->type_name("SHARE");
  command.add_option("--model", flags.model, "A line model of your own.")->type_name("FILE");
  command.add_option("--format", flags.format, "auto (by file name), jsonl or text.")
      ->type_name("FORMAT");
  command
      .add_option(
          "--fields", flags.fields,
          fmt::format("Where fields stand in a record: {}.", fmt::join(field_preset_names(), ", ")))
      ->type_name("PRESET");
  command.add_option("-j,--threads", flags.threads, "Workers; 0: as many as the machine has.")
      ->type_name("N");
  command
      .add_option("--memory", flags.memory,
                  "What the run may use, for example 2G; the rest goes to disk.")
      ->type_name("SIZE");
  command.add_option("--batch", flags.batch, "Documents in a batch, at most.")->type_name("N");
  command.add_flag("-q,--quiet", flags.quiet, "No progress and no summary; errors only.");
  return *inputs;
}

Result<RunRequest> request_from(const PipelineFlags& flags) {
  COPYDESK_ASSIGN_OR_RETURN(Config config, base_config(flags));
  COPYDESK_RETURN_IF_ERROR(apply_format(flags.format, config.input));
  COPYDESK_RETURN_IF_ERROR(apply_fields(flags.fields, config.input));
  COPYDESK_RETURN_IF_ERROR(apply_run(flags, config.run));
  COPYDESK_RETURN_IF_ERROR(apply_stage_options(flags, config));
  RunRequest request;
  request.config = std::move(config);
  request.inputs = flags.inputs;
  request.stop = &stop_requested();
  return request;
}

Result<RunSummary> run_with_progress(
    const PipelineFlags& flags, RunRequest request,
    const std::function<Result<RunSummary>(const RunRequest&)>& work) {
  std::unique_ptr<ProgressDisplay> display;
  if (!flags.quiet) display = make_progress_display(STDERR_FILENO);
  request.progress = display.get();
  return work(request);  // the display takes its line off the screen afterwards
}

int report(const PipelineFlags& flags, const Result<RunSummary>& summary) {
  if (!summary.ok()) return fail(summary.error());
  if (!flags.quiet && !summary->was_complete) {
    print_error(format_summary(*summary, Paint(wants_colour(STDERR_FILENO))));
  }
  return summary->rejected > 0 ? kExitRejected : kExitFine;
}

int report_without_file(const PipelineFlags& flags, const Result<RunSummary>& summary) {
  if (summary.ok() && flags.quiet) {
    print_error(format_warnings(*summary, Paint(wants_colour(STDERR_FILENO))));
  }
  return report(flags, summary);
}

}  // namespace copydesk::cli
