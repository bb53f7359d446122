// The flags that run, clean and learn share: from the command line to a RunRequest.
#ifndef COPYDESK_PIPELINE_CLI_PIPELINE_FLAGS_H_
#define COPYDESK_PIPELINE_CLI_PIPELINE_FLAGS_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "copydesk/pipeline.h"

namespace copydesk::cli {

struct PipelineFlags {
  std::vector<std::string> inputs;
  std::string config;
  std::string preset;
  std::string templates;
  std::string mode;
  std::string model;
  std::optional<double> max_content_loss;
  std::string format;
  std::string fields;
  std::optional<std::uint32_t> threads;
  std::string memory;
  std::optional<std::uint32_t> batch;
  bool quiet = false;
};

// Adds them to a command, and gives the option of the inputs: CLI11 that looks for one by its name
// ends the process if memory runs out. `flags` must outlive the parsing.
CLI::Option& add_pipeline_flags(CLI::App& command, PipelineFlags& flags);

// The config, with the flags on top, and the inputs. Faults of the config are printed; then the
// error counts them.
[[nodiscard]] Result<RunRequest> request_from(const PipelineFlags& flags);

// Runs `work` on the request with a progress display, unless quiet.
[[nodiscard]] Result<RunSummary> run_with_progress(
    const PipelineFlags& flags, RunRequest request,
    const std::function<Result<RunSummary>(const RunRequest&)>& work);

// Prints the summary, unless quiet, or what went wrong; returns the exit code.
[[nodiscard]] int report(const PipelineFlags& flags, const Result<RunSummary>& summary);
// The same for commands that keep the rejected records in no file: they name them even if quiet.
[[nodiscard]] int report_without_file(const PipelineFlags& flags,
                                      const Result<RunSummary>& summary);

}  // namespace copydesk::cli

#endif  // COPYDESK_PIPELINE_CLI_PIPELINE_FLAGS_H_
