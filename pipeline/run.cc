// run_pipeline(), plan_run(), clean_stream(), learn_templates(), learn_background(): the ways into
// the engine.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <system_error>
#include <utility>

#include "background_learner.h"
#include "checkpoint.h"
#include "complete_run.h"
#include "copydesk/pipeline.h"
#include "estimate.h"
#include "executor.h"
#include "io/output_file.h"
#include "io/paths.h"
#include "io/source.h"
#include "io/sync.h"
#include "io/write_all.h"
#include "load_unwinder.h"
#include "output_set.h"
#include "plan.h"
#include "run_file.h"
#include "work_dir.h"

namespace copydesk {
namespace {

namespace fs = std::filesystem;

// What a plan looks at, at most.
constexpr std::uint64_t kSampleDocuments = 4096;
constexpr std::uint64_t kSampleBytes = 64ULL << 20;
constexpr std::uint64_t kSampleMemory = 8ULL << 30;

constexpr const char* kOutOfMemory = "out of memory";
constexpr const char* kUnexpected = "unexpected: ";  // before what an exception says

std::size_t index_of(OutputName name) { return static_cast<std::size_t>(name); }

std::uint64_t peak_memory_bytes() {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

// Runs `body` and turns what it throws into an error: no exception leaves the library.
template <class T, class Body>
Result<T> guarded(Body body) {
  try {
    load_unwinder();
    return body();
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::kInternal, kOutOfMemory};
  } catch (const std::exception& exception) {
    return Error{ErrorCode::kInternal, kUnexpected + std::string(exception.what())};
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

ExecutorOptions executor_options(const RunRequest& request) {
  ExecutorOptions options;
  options.input = request.config.input;
  options.run = request.config.run;
  options.keep_removed = request.config.output.keep_removed;
  options.progress = request.progress;
  options.stop = request.stop;
  return options;
}

void complete(RunSummary& summary, const Stopwatch& watch) {
  summary.seconds += watch.seconds();
  summary.peak_memory_bytes = peak_memory_bytes();
}

// Bytes that the file system of `dir`, or of what will be its parent, has for us; all there can be
// if nobody knows.
std::uint64_t free_bytes(const std::string& dir) {
  std::error_code error;
  fs::path at = fs::absolute(dir.empty() ? "." : dir, error);
  while (at.has_relative_path() && fs::status(at, error).type() == fs::file_type::not_found) {
    at = at.parent_path();
  }
  const fs::space_info space = fs::space(at, error);
  return error ? std::numeric_limits<std::uint64_t>::max() : space.available;
}

std::uint64_t size_of(std::span<const InputFile> inputs) {
  std::uint64_t size = 0;
  for (const InputFile& input : inputs) size += input.size;
  return size;
}

std::string in_words(std::uint64_t bytes) {
  const auto value = static_cast<double>(bytes);
  return value < 1e9 ? fmt::format("{:.1f} MB", value / 1e6)
                     : fmt::format("{:.1f} GB", value / 1e9);
}

// Refuses what can never fit: the records are kept once until the end, and most of them are written
// again. Packed files count as they are: they hold more. `kept`: bytes of records that are there.
Result<void> check_space(const RunRequest& request, const Plan& plan,
                         std::span<const InputFile> inputs, std::uint64_t kept) {
  // Records lie on disk between two phases. What is written at the end may be a good deal less than
  // what came in: escapes and chrome go.
  const std::uint64_t spooled = plan.phases.size() > 1 ? size_of(inputs) : 0;
  const std::uint64_t written = request.config.output.compress ? 0 : size_of(inputs) / 2;
  const std::uint64_t needed = spooled - std::min(spooled, kept) + written;
  const std::uint64_t free = free_bytes(request.out_dir);
  if (!request.check_space || needed <= free) return {};
  return Error{ErrorCode::kIo, fmt::format("{}: {} are free there, and the run needs more than {}",
                                           request.out_dir, in_words(free), in_words(needed))};
}

// How much of the input a run reads; 0: no limit. With a limit it is a sample, of which no
// checkpoints are taken.
struct RunLimits {
  std::uint64_t documents = 0;
  std::uint64_t bytes = 0;

  [[nodiscard]] bool is_sample() const { return documents > 0 || bytes > 0; }
};

std::string work_path(const RunRequest& request) {
  return (fs::path(request.out_dir) / ".work").string();
}

// Whether the output folder holds the result of a run. What cannot be looked at is not taken for
// missing.
Result<bool> holds_result(const RunRequest& request) {
  const std::string path = run_file_path(request.out_dir);
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) return true;
  if (errno == ENOENT) return false;
  return system_error(path, "look at", errno);
}

// Whether the output folder, in which there is nothing to go on with, holds the result of a run or
// nothing at all. kExists if it holds anything else.
Result<bool> holds_only_result(const RunRequest& request) {
  COPYDESK_ASSIGN_OR_RETURN(const bool is_result, holds_result(request));
  if (is_result) return true;
  COPYDESK_ASSIGN_OR_RETURN(const std::vector<std::string> names, names_in(request.out_dir));
  if (names.empty()) return false;
  return Error{ErrorCode::kExists,
               request.out_dir +
                   ": holds no unfinished run to continue; --force lets its files be replaced"};
}

// Checks where the output goes, before anything is touched. True: there is nothing to go on with
// but the result of a run.
Result<bool> check_output(const RunRequest& request, std::span<const InputFile> inputs) {
  if (request.resume && request.force) {
    return Error{ErrorCode::kInvalidArgument,
                 "to go on (--resume) and to start anew (--force) "
                 "exclude each other"};
  }
  COPYDESK_ASSIGN_OR_RETURN(const fs::file_type type, type_of(request.out_dir));
  if (type == fs::file_type::directory && !request.force) {
    COPYDESK_ASSIGN_OR_RETURN(const bool unfinished, WorkDir::stands(work_path(request)));
    if (unfinished && !request.resume) {
      return Error{ErrorCode::kExists,
                   request.out_dir +
                       ": holds an unfinished run: --resume continues it, --force "
                       "starts anew"};
    }
    if (!unfinished && request.resume) {
      COPYDESK_ASSIGN_OR_RETURN(const bool is_result, holds_only_result(request));
      if (is_result) return true;
    }
  }
  COPYDESK_RETURN_IF_ERROR(
      check_output_dir(request.out_dir, request.force || request.resume, inputs));
  return false;
}

// Whether there is a run to go on with, if only from its begin: one that was killed before it wrote
// down what it was to do has not touched the result of another that stands there.
Result<bool> has_begun(const RunRequest& request, const WorkDir& work) {
  COPYDESK_ASSIGN_OR_RETURN(const bool says_what, has_identity(work.path()));
  if (says_what) return true;
  COPYDESK_ASSIGN_OR_RETURN(const bool is_result, holds_result(request));
  return !is_result;
}

// Where to go on. Nothing: at the begin. Errors: what lies there is another run's, or damaged.
Result<std::optional<Checkpoint>> find_checkpoint(const WorkDir& work, const RunIdentity& wanted) {
  COPYDESK_ASSIGN_OR_RETURN(const std::optional<RunIdentity> begun,
                            read_identity_of_run(work.path()));
  if (!begun) return std::optional<Checkpoint>();
  COPYDESK_RETURN_IF_ERROR(check_same_run(*begun, wanted));
  COPYDESK_ASSIGN_OR_RETURN(std::optional<Checkpoint> found, read_checkpoint(work.path()));
  const bool waits = std::any_of(wanted.inputs.begin(), wanted.inputs.end(),
                                 [](const InputFile& input) { return input.may_wait; });
  if (!found && waits) {
    return Error{ErrorCode::kInvalidArgument,
                 "the unfinished run had not read its input to the end, and what comes through a "
                 "pipe cannot be read twice; --force starts anew"};
  }
  return found;
}

// What is missing may be in the folder that the unfinished run was begun in.
Error with_place(const RunRequest& request, Error error) {
  if (!request.resume || error.code != ErrorCode::kNotFound) return error;
  const Result<std::optional<RunIdentity>> begun = read_identity_of_run(work_path(request));
  if (!begun.ok() || !*begun) return error;
  error.message += other_place((*begun)->working_folder, working_folder());
  return error;
}

// What to do about a run that ended early and whose work is kept, or that has left damaged work,
// unless the message says so itself.
Error with_advice(Error error) {
  if (error.message.find("--force") != std::string::npos) return error;
  if (error.code == ErrorCode::kCorrupt) {
    error.message += "; --force starts anew";
  } else if (error.code == ErrorCode::kInterrupted || error.code == ErrorCode::kIo ||
             error.message.starts_with(kUnexpected)) {
    error.message += "; what was done is kept, and --resume goes on from there";
  } else if (error.message == kOutOfMemory) {
    error.message +=
        "; what was done is kept, and --resume goes on from there, also with a smaller --memory";
  }
  return error;
}

// Of a run that goes on behind its inputs: nobody should think that what a pipe gives now counts.
void warn_of_unread(std::span<const InputFile> inputs, RunSummary& summary) {
  for (const InputFile& input : inputs) {
    if (!input.may_wait) continue;
    summary.warnings.push_back((input.path == "-" ? "standard input" : input.name) +
                               " was not read: the unfinished run had read it to its end");
  }
}

// The last step of a run: names and work files. All else is on the disk.
Result<void> end_run(const RunRequest& request, WorkDir& work,
                     const OutputSet::Finished& finished) {
  COPYDESK_RETURN_IF_ERROR(
      give_final_names(request.out_dir, request.config.output.compress, finished));
  work.finish();
  return {};
}

// A run from the begin, or from a checkpoint, to its last step.
Result<SampleRun> execute(const RunRequest& request, std::span<const StageSpec> stages, Plan& plan,
                          std::vector<InputFile> inputs, WorkDir& work, const Checkpoint* from,
                          const RunLimits& limits) {
  const Stopwatch watch;
  OutputSet::Sizes sizes{};  // of the outputs when the phase began
  if (from != nullptr) sizes = from->output_bytes;
  const bool compress = request.config.output.compress;
  COPYDESK_ASSIGN_OR_RETURN(OutputSet outputs,
                            from != nullptr ? OutputSet::resume(request.out_dir, compress, sizes)
                                            : OutputSet::create(request.out_dir, compress));
  const auto save_checkpoint = [&](Checkpoint& checkpoint) -> Result<void> {
    // In the middle of a phase that is not the last nothing has been written to them.
    if (checkpoint.phase > 0 && checkpoint.records == 0) {
      COPYDESK_ASSIGN_OR_RETURN(sizes, outputs.sync());
    }
    checkpoint.output_bytes = sizes;
    checkpoint.summary.seconds += watch.seconds();
    COPYDESK_RETURN_IF_ERROR(write_checkpoint(work.path(), checkpoint));
    work.keep();
    return {};
  };
  ExecutorOptions options = executor_options(request);
  options.wanted.fill(true);
  options.work_dir = work.path();
  options.max_documents = limits.documents;
  options.max_bytes = limits.bytes;
  options.resume = from;
  if (!limits.is_sample()) options.save_checkpoint = save_checkpoint;

  SampleRun done;
  Source source(std::move(inputs), request.config.input, request.stop);
  {
    Executor executor(
        plan, std::move(options),
        [&](OutputName name, std::string_view bytes) { return outputs.write(name, bytes); },
        done.summary);
    COPYDESK_RETURN_IF_ERROR(executor.run(source));
    done.whole = !executor.was_cut();
  }
  complete(done.summary, watch);
  done.input_bytes = done.summary.bytes_in;
  COPYDESK_ASSIGN_OR_RETURN(
      const OutputSet::Finished finished,
      outputs.finish(render_run_file(done.summary, request.config, stages, source.files())));
  if (!limits.is_sample()) {
    Checkpoint last;
    last.phase = plan.phases.size();
    last.output_bytes = finished.sizes;
    last.run_checksum = finished.run_checksum;
    last.summary = done.summary;
    // It may stand although writing it fails: if only its name could not be synced.
    outputs.keep();
    work.keep();
    COPYDESK_RETURN_IF_ERROR(write_checkpoint(work.path(), last));
  }
  outputs.keep();
  COPYDESK_RETURN_IF_ERROR(end_run(request, work, finished));
  return done;
}

// To go on with what is complete: nothing is done, if it is the same run.
Result<SampleRun> complete_already(const RunRequest& request, std::span<const StageSpec> stages,
                                   const RunIdentity& wanted) {
  SampleRun nothing;
  COPYDESK_ASSIGN_OR_RETURN(
      nothing.summary.rejected,
      check_complete_run(request.out_dir, request.config.output.compress, stages, wanted));
  nothing.summary.was_complete = true;
  return nothing;
}

Result<SampleRun> run_guarded(const RunRequest& request, std::span<const StageSpec> stages,
                              const RunLimits& limits) {
  Result<Plan> made = make_plan(request.config, stages, PlanScope::kAll);
  if (!made.ok()) return with_place(request, made.error());
  Plan plan = *std::move(made);
  Result<std::vector<InputFile>> listed = list_inputs(request.inputs, request.config.input);
  if (!listed.ok()) return with_place(request, listed.error());
  std::vector<InputFile> inputs = *std::move(listed);
  COPYDESK_ASSIGN_OR_RETURN(const bool is_complete, check_output(request, inputs));
  COPYDESK_ASSIGN_OR_RETURN(const RunIdentity identity, identify(request.config, stages, inputs));
  if (is_complete) return complete_already(request, stages, identity);
  if (!request.resume) COPYDESK_RETURN_IF_ERROR(check_space(request, plan, inputs, 0));

  COPYDESK_ASSIGN_OR_RETURN(const OutputFolder folder, OutputFolder::create(request.out_dir));
  COPYDESK_ASSIGN_OR_RETURN(WorkDir work, WorkDir::create(work_path(request)));
  std::optional<Checkpoint> from;
  if (request.resume) {
    if (work.was_complete()) {
      work.finish();
      return complete_already(request, stages, identity);
    }
    work.keep();  // whatever is found
    COPYDESK_ASSIGN_OR_RETURN(const bool begun, has_begun(request, work));
    if (!begun) {
      work.keep(false);
      return complete_already(request, stages, identity);
    }
    Result<std::optional<Checkpoint>> found = find_checkpoint(work, identity);
    if (!found.ok()) return with_advice(found.error());
    from = *std::move(found);
    if (!from) work.keep(false);
    COPYDESK_RETURN_IF_ERROR(check_space(request, plan, inputs, from ? from->raw.bytes : 0));
  }
  if (from && from->phase == plan.phases.size()) {
    const OutputSet::Finished finished{from->output_bytes, from->run_checksum};
    if (Result<void> ended = end_run(request, work, finished); !ended.ok()) {
      return with_advice(ended.error());
    }
    SampleRun done;
    done.summary = std::move(from->summary);
    warn_of_unread(identity.inputs, done.summary);
    return done;
  }
  if (!from) {
    COPYDESK_RETURN_IF_ERROR(remove_checkpoint(work.path()));
    COPYDESK_RETURN_IF_ERROR(work.clear());
    if (!limits.is_sample()) {
      COPYDESK_RETURN_IF_ERROR(write_identity(work.path(), identity));
    }
  }
  Result<SampleRun> done = guarded<SampleRun>([&] {
    return execute(request, stages, plan, std::move(inputs), work, from ? &*from : nullptr, limits);
  });
  if (!done.ok() && work.kept()) return with_advice(done.error());
  if (done.ok() && from && from->input_read) warn_of_unread(identity.inputs, done->summary);
  return done;
}

// A folder for a sample's results, gone when it is done.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> create() {
    std::error_code error;
    const fs::path parent = fs::temp_directory_path(error);
    std::string path = (parent / "copydesk-plan-XXXXXX").string();
    if (error || ::mkdtemp(path.data()) == nullptr) {
      return Error{ErrorCode::kIo, path + ": cannot create the folder: " +
                                       (error ? error.message() : std::strerror(errno))};
    }
    return TemporaryFolder(std::move(path));
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

Result<RunEstimate> plan_guarded(const RunRequest& request, std::span<const StageSpec> stages) {
  COPYDESK_ASSIGN_OR_RETURN(const std::vector<InputFile> inputs,
                            list_inputs(request.inputs, request.config.input));
  if (std::any_of(inputs.begin(), inputs.end(), [](const InputFile& f) { return f.may_wait; })) {
    return Error{ErrorCode::kInvalidArgument,
                 "what comes through a pipe cannot be read twice: plan it from a file"};
  }
  COPYDESK_ASSIGN_OR_RETURN(const TemporaryFolder folder, TemporaryFolder::create());
  RunRequest sample = request;
  sample.out_dir = folder.path();
  sample.force = true;
  sample.check_space = false;
  // All in memory: what is counted is the same.
  sample.config.run.memory = std::max(request.config.run.memory, kSampleMemory);
  COPYDESK_ASSIGN_OR_RETURN(SampleRun done,
                            run_guarded(sample, stages, {kSampleDocuments, kSampleBytes}));
  COPYDESK_ASSIGN_OR_RETURN(const std::vector<std::string> names, names_in(folder.path()));
  for (const std::string& name : names) {
    done.output_bytes += fs::file_size(fs::path(folder.path()) / name);
  }
  RunEstimate estimate = extrapolate(done, size_of(inputs), request.config.run);
  estimate.input_bytes = size_of(inputs);
  estimate.free_bytes = free_bytes(request.out_dir);
  return estimate;
}

// Where no file keeps the rejected records, warnings name the first of them and count the others.
class RejectedNames {
 public:
  // `lines` as append_rejected_line() makes them.
  void add(std::string_view lines) {
    for (std::size_t begin = 0; begin < lines.size();) {
      const std::size_t end = lines.find('\n', begin);
      if (count_++ < kNamed) {
        warnings_.push_back("rejected: " + std::string(lines.substr(begin, end - begin)));
      }
      begin = end + 1;
    }
  }

  // Puts them before the warnings of the summary.
  void report(RunSummary& summary) {
    if (count_ > kNamed) {
      const std::uint64_t more = count_ - kNamed;
      warnings_.push_back("and " + std::to_string(more) + " more rejected record" +
                          (more == 1 ? "" : "s"));
    }
    summary.warnings.insert(summary.warnings.begin(), warnings_.begin(), warnings_.end());
  }

 private:
  static constexpr std::uint64_t kNamed = 20;
  std::vector<std::string> warnings_;
  std::uint64_t count_ = 0;
};

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
  options.rejected_as_lines = true;
  RunSummary summary;
  RejectedNames rejected;
  Source source(std::move(inputs), request.config.input, request.stop);
  Executor executor(
      plan, std::move(options),
      [&](OutputName name, std::string_view bytes) -> Result<void> {
        if (name == OutputName::kClean) {
          const int error = write_all(out_fd, bytes);
          if (error == 0) return {};
          return Error{ErrorCode::kIo,
                       std::string("cannot write the output: ") + std::strerror(error)};
        }
        rejected.add(bytes);
        return {};
      },
      summary);
  COPYDESK_RETURN_IF_ERROR(executor.run(source));
  rejected.report(summary);
  complete(summary, watch);
  return summary;
}

// Runs a plan until its last corpus stage has learned and writes what it learned to `path`: the
// templates, or what `render` says in their place.
Result<RunSummary> learn_guarded(const RunRequest& request, Plan& plan, const std::string& path,
                                 const std::function<std::string()>& render) {
  const Stopwatch watch;
  COPYDESK_ASSIGN_OR_RETURN(std::vector<InputFile> inputs,
                            list_inputs(request.inputs, request.config.input));
  COPYDESK_RETURN_IF_ERROR(check_output_path(path, request.force, inputs));
  COPYDESK_ASSIGN_OR_RETURN(const WorkDir work, WorkDir::create(path + ".work"));
  COPYDESK_ASSIGN_OR_RETURN(OutputFile output, OutputFile::create(path));
  ExecutorOptions options = executor_options(request);
  options.work_dir = work.path();
  options.stop_after_learning = true;
  options.wanted[index_of(OutputName::kRejected)] = true;
  options.rejected_as_lines = true;
  RunSummary summary;
  RejectedNames rejected;
  Source source(std::move(inputs), request.config.input, request.stop);
  Executor executor(
      plan, std::move(options),
      [&](OutputName name, std::string_view bytes) -> Result<void> {
        if (name == OutputName::kRejected) rejected.add(bytes);
        const bool wanted = name == OutputName::kTemplates && !render;
        return wanted ? output.write(bytes) : Result<void>();
      },
      summary);
  COPYDESK_RETURN_IF_ERROR(executor.run(source));
  rejected.report(summary);
  if (render) COPYDESK_RETURN_IF_ERROR(output.write(render()));
  complete(summary, watch);
  COPYDESK_RETURN_IF_ERROR(output.commit());
  return summary;
}

}  // namespace

Result<RunSummary> run_pipeline(const RunRequest& request, std::span<const StageSpec> stages) {
  return guarded<RunSummary>([&]() -> Result<RunSummary> {
    COPYDESK_ASSIGN_OR_RETURN(SampleRun done, run_guarded(request, stages, {}));
    return std::move(done.summary);
  });
}

Result<RunEstimate> plan_run(const RunRequest& request, std::span<const StageSpec> stages) {
  return guarded<RunEstimate>([&] { return plan_guarded(request, stages); });
}

Result<RunSummary> clean_stream(const RunRequest& request, std::span<const StageSpec> stages,
                                int out_fd) {
  return guarded<RunSummary>([&] { return clean_guarded(request, stages, out_fd); });
}

Result<RunSummary> learn_templates(const RunRequest& request, std::span<const StageSpec> stages,
                                   const std::string& path) {
  return guarded<RunSummary>([&]() -> Result<RunSummary> {
    COPYDESK_ASSIGN_OR_RETURN(Plan plan,
                              make_plan(request.config, stages, PlanScope::kThroughFirstLearner));
    return learn_guarded(request, plan, path, nullptr);
  });
}

Result<RunSummary> learn_background(const RunRequest& request, std::span<const StageSpec> stages,
                                    const std::string& path) {
  return guarded<RunSummary>([&]() -> Result<RunSummary> {
    COPYDESK_ASSIGN_OR_RETURN(Plan plan, make_plan(request.config, stages, PlanScope::kCleaning));
    auto learner = std::make_unique<BackgroundLearner>();
    const BackgroundLearner& learned = *learner;
    append_stage(plan, "learn_background", std::move(learner));
    return learn_guarded(request, plan, path, [&learned] { return learned.table().render(); });
  });
}

std::string_view version() { return "copydesk " COPYDESK_VERSION; }

}  // namespace copydesk
