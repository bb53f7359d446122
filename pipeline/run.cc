// run_pipeline(), clean_stream(), learn_templates(): the ways into the engine.
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <filesystem>
#include <new>
#include <system_error>
#include <utility>

#include "copydesk/pipeline.h"
#include "executor.h"
#include "io/output_file.h"
#include "io/source.h"
#include "output_set.h"
#include "plan.h"
#include "run_file.h"

namespace copydesk {
namespace {

namespace fs = std::filesystem;

std::size_t index_of(OutputName name) { return static_cast<std::size_t>(name); }

std::uint64_t peak_memory_bytes() {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

// Runs `body` and turns what it throws into an error: no exception leaves the library.
template <class Body>
Result<RunSummary> guarded(Body body) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::kInternal, "out of memory"};
  } catch (const std::exception& exception) {
    return Error{ErrorCode::kInternal, std::string("unexpected: ") + exception.what()};
  }
}

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Takes back a folder that the run made, if nothing is left in it at the end: a run that could not
// finish leaves no trace.
class FolderGuard {
 public:
  explicit FolderGuard(fs::path path) : path_(std::move(path)), existed_(fs::exists(path_)) {}
  FolderGuard(const FolderGuard&) = delete;
  FolderGuard& operator=(const FolderGuard&) = delete;
  ~FolderGuard() {
    std::error_code ignored;
    if (!existed_) fs::remove(path_, ignored);
  }

 private:
  fs::path path_;
  bool existed_;
};

// A folder for spools inside the output folder; gone when the run is.
class WorkDir {
 public:
  static Result<WorkDir> create(const fs::path& path) {
    std::error_code error;
    fs::remove_all(path, error);  // of a run that died
    fs::create_directories(path, error);
    if (error) {
      return Error{ErrorCode::kIo,
                   path.string() + ": cannot create the folder: " + error.message()};
    }
    return WorkDir(path);
  }
  WorkDir(WorkDir&& other) noexcept : path_(std::exchange(other.path_, fs::path())) {}
  WorkDir& operator=(WorkDir&&) = delete;
  ~WorkDir() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  explicit WorkDir(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

ExecutorOptions executor_options(const RunRequest& request) {
  ExecutorOptions options;
  options.input = request.config.input;
  options.run = request.config.run;
  options.keep_removed = request.config.output.keep_removed;
  options.progress = request.progress;
  options.stop = request.stop;
  return options;
}

void complete(RunSummary& summary, const Source& source, const Stopwatch& watch) {
  summary.bytes_in = source.bytes_consumed();
  summary.warnings.insert(summary.warnings.end(), source.warnings().begin(),
                          source.warnings().end());
  summary.seconds = watch.seconds();
  summary.peak_memory_bytes = peak_memory_bytes();
}

Result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return Error{ErrorCode::kIo, std::string("cannot write the output: ") + std::strerror(errno)};
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<RunSummary> run_guarded(const RunRequest& request, std::span<const StageSpec> stages) {
  const Stopwatch watch;
  COPYDESK_ASSIGN_OR_RETURN(Plan plan, make_plan(request.config, stages, PlanScope::kAll));
  COPYDESK_ASSIGN_OR_RETURN(std::vector<InputFile> inputs,
                            list_inputs(request.inputs, request.config.input));
  COPYDESK_RETURN_IF_ERROR(check_output_dir(request.out_dir, request.force, request.inputs));

  const FolderGuard folder(request.out_dir);
  COPYDESK_ASSIGN_OR_RETURN(OutputSet outputs,
                            OutputSet::create(request.out_dir, request.config.output.compress));
  COPYDESK_ASSIGN_OR_RETURN(const WorkDir work,
                            WorkDir::create(fs::path(request.out_dir) / ".work"));
  ExecutorOptions options = executor_options(request);
  options.wanted.fill(true);
  options.work_dir = work.path();
  RunSummary summary;
  Source source(std::move(inputs), request.config.input);
  {
    Executor executor(
        plan, std::move(options),
        [&](OutputName name, std::string_view bytes) { return outputs.write(name, bytes); },
        summary);
    COPYDESK_RETURN_IF_ERROR(executor.run(source));
  }
  complete(summary, source, watch);
  COPYDESK_RETURN_IF_ERROR(
      outputs.commit(render_run_file(summary, request.config, stages, source.files())));
  return summary;
}

Result<RunSummary> clean_guarded(const RunRequest& request, std::span<const StageSpec> stages,
                                 int out_fd) {
  const Stopwatch watch;
  COPYDESK_ASSIGN_OR_RETURN(Plan plan,
                            make_plan(request.config, stages, PlanScope::kDocumentStages));
  COPYDESK_ASSIGN_OR_RETURN(std::vector<InputFile> inputs,
                            list_inputs(request.inputs, request.config.input));
  ExecutorOptions options = executor_options(request);
  options.wanted[index_of(OutputName::kClean)] = true;
  options.wanted[index_of(OutputName::kRejected)] = true;
  RunSummary summary;
  Source source(std::move(inputs), request.config.input);
  Executor executor(
      plan, std::move(options),
      [&](OutputName name, std::string_view bytes) -> Result<void> {
        if (name == OutputName::kClean) return write_all(out_fd, bytes);
        for (std::size_t begin = 0; begin < bytes.size();) {
          const std::size_t end = bytes.find('\n', begin);
          summary.warnings.push_back("rejected: " + std::string(bytes.substr(begin, end - begin)));
          begin = end + 1;
        }
        return {};
      },
      summary);
  COPYDESK_RETURN_IF_ERROR(executor.run(source));
  complete(summary, source, watch);
  return summary;
}

Result<RunSummary> learn_guarded(const RunRequest& request, std::span<const StageSpec> stages,
                                 const std::string& path) {
  const Stopwatch watch;
  COPYDESK_ASSIGN_OR_RETURN(Plan plan,
                            make_plan(request.config, stages, PlanScope::kThroughFirstLearner));
  COPYDESK_ASSIGN_OR_RETURN(std::vector<InputFile> inputs,
                            list_inputs(request.inputs, request.config.input));
  if (!request.force && fs::exists(path)) {
    return Error{ErrorCode::kExists, path + ": the file exists; --force lets it be replaced"};
  }
  COPYDESK_ASSIGN_OR_RETURN(OutputFile output, OutputFile::create(path));
  COPYDESK_ASSIGN_OR_RETURN(const WorkDir work, WorkDir::create(path + ".work"));
  ExecutorOptions options = executor_options(request);
  options.work_dir = work.path();
  options.stop_after_learning = true;
  RunSummary summary;
  Source source(std::move(inputs), request.config.input);
  Executor executor(
      plan, std::move(options),
      [&](OutputName name, std::string_view bytes) -> Result<void> {
        return name == OutputName::kTemplates ? output.write(bytes) : Result<void>();
      },
      summary);
  COPYDESK_RETURN_IF_ERROR(executor.run(source));
  complete(summary, source, watch);
  COPYDESK_RETURN_IF_ERROR(output.commit());
  return summary;
}

}  // namespace

Result<RunSummary> run_pipeline(const RunRequest& request, std::span<const StageSpec> stages) {
  return guarded([&] { return run_guarded(request, stages); });
}

Result<RunSummary> clean_stream(const RunRequest& request, std::span<const StageSpec> stages,
                                int out_fd) {
  return guarded([&] { return clean_guarded(request, stages, out_fd); });
}

Result<RunSummary> learn_templates(const RunRequest& request, std::span<const StageSpec> stages,
                                   const std::string& path) {
  return guarded([&] { return learn_guarded(request, stages, path); });
}

std::string_view version() { return "copydesk " COPYDESK_VERSION; }

}  // namespace copydesk
