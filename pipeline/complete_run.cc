#include "complete_run.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "copydesk/config.h"
#include "copydesk/read_file.h"
#include "io/paths.h"
#include "io/source.h"
#include "io/sync.h"
#include "output_set.h"
#include "run_file.h"

namespace copydesk {
namespace {

// When a file was last written to, as InputFile has it.
Result<std::int64_t> time_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return system_error(path, "look at", errno);
  return modified_ns(status);
}

// When a run began that took `seconds` and wrote its run.json last: what was written to later may
// not be what it read. A run that was gone on with has compared what it read with what it had been
// begun with when it went on, and took longer than since then.
std::int64_t begin_ns(std::int64_t ended_ns, double seconds) {
  constexpr double kMostSeconds = 1e9;           // 30 years
  constexpr std::int64_t kSlackNs = 20'000'000;  // times of files are a tick behind, 10 ms at most
  const double took = seconds > 0 ? std::min(seconds, kMostSeconds) : 0;
  return std::min(ended_ns, ended_ns - static_cast<std::int64_t>(took * 1e9) + kSlackNs);
}

// The config of a run.json without what cannot change the outcome. One that cannot be read comes
// back as it is: it is another.
std::string outcome_of(const std::string& config, std::span<const StageSpec> stages) {
  std::vector<Diagnostic> faults;
  const Result<Config> parsed = parse_config(config, "run.json", stages, faults);
  return parsed.ok() ? outcome_config(*parsed, stages) : config;
}

// An input as the run found it if that was `wanted`, from which comes what is not recorded.
InputFile completed(InputFile recorded, const InputFile& wanted, std::int64_t begun_ns) {
  InputFile input = wanted;
  input.path = std::move(recorded.path);
  input.name = std::move(recorded.name);
  input.size = recorded.size;
  input.fault = std::move(recorded.fault);
  if (!wanted.may_wait && wanted.modified_ns > begun_ns) input.modified_ns = begun_ns;
  return input;
}

}  // namespace

Result<std::uint64_t> check_complete_run(const std::string& dir, bool compress,
                                         std::span<const StageSpec> stages,
                                         const RunIdentity& wanted) {
  const std::string which = "the complete run in " + dir;
  const std::string path = run_file_path(dir);
  COPYDESK_ASSIGN_OR_RETURN(const std::string json, read_file(path, "the file", kMaxTemplateBytes));
  std::optional<RunFile> run = parse_run_file(json);
  if (!run) return Error{ErrorCode::kCorrupt, path + ": not a run.json; --force starts anew"};
  COPYDESK_ASSIGN_OR_RETURN(const std::int64_t ended_ns, time_of(path));
  const std::int64_t begun_ns = begin_ns(ended_ns, run->seconds);

  RunIdentity begun;
  begun.version = std::move(run->version);
  begun.config = outcome_of(run->config, stages);
  for (InputFile& input : run->inputs) {
    const std::size_t i = begun.inputs.size();
    begun.inputs.push_back(i < wanted.inputs.size()
                               ? completed(std::move(input), wanted.inputs[i], begun_ns)
                               : std::move(input));
  }
  begun.files = wanted.files;
  for (ReferredFile& file : begun.files) {
    COPYDESK_ASSIGN_OR_RETURN(const std::int64_t written_ns, time_of(file.path));
    if (written_ns > begun_ns) file.checksum = ~file.checksum;  // not what the run read
  }
  COPYDESK_RETURN_IF_ERROR(check_same_run(begun, wanted, which));
  for (const InputFile& input : wanted.inputs) {
    if (!input.may_wait) continue;
    return Error{ErrorCode::kInvalidArgument,
                 (input.path == "-" ? "standard input" : input.name) +
                     ": what comes through a pipe cannot be compared with what " + which +
                     " read; --force starts anew"};
  }
  COPYDESK_ASSIGN_OR_RETURN(const std::string missing, missing_output(dir, compress));
  if (missing.empty()) return run->rejected;
  return Error{ErrorCode::kCorrupt,
               missing + ": is missing, and " + which + " has written it; --force starts anew"};
}

}  // namespace copydesk
