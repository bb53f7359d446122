// Runs that are broken off and go on: at every moment at which a stage is called, the output folder
// is copied as it is - what a killed process leaves - and a run goes on from the copy.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <new>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "checkpoint.h"
#include "copydesk/pipeline.h"
#include "copydesk/stage_state.h"
#include "support/cut_repeated.h"

namespace {
// At 1 the next fsync() fails; 0: none does; -1: it has failed.
std::atomic<int> g_syncs_until_failure = 0;
}  // namespace

// In the place of that of the C library.
extern "C" int fsync(int fd) {
  if (g_syncs_until_failure > 0 && --g_syncs_until_failure == 0) {
    g_syncs_until_failure = -1;
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fsync, fd));
}

namespace copydesk {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

// Called whenever a stage is, if it is set; what it gives is what the stage gives.
std::function<Result<void>(const std::string& moment)> g_at_moment;

Result<void> moment(const std::string& name) {
  return g_at_moment ? g_at_moment(name) : Result<void>();
}

// And lifts what it cuts.
class CutRepeated : public testing::CutRepeated {
 public:
  Result<void> combine(Observation& observation) override {
    COPYDESK_RETURN_IF_ERROR(moment("learn"));
    return testing::CutRepeated::combine(observation);
  }
  Result<void> finalize(const Corpus& corpus, FindingsSink& sink) override {
    COPYDESK_RETURN_IF_ERROR(moment("learned"));
    COPYDESK_RETURN_IF_ERROR(testing::CutRepeated::finalize(corpus, sink));
    return moment("noted");
  }
  Verdict process(const Document& document, Local* local, Edits& edits,
                  DocumentFindings& findings) const override {
    for (std::size_t i = 0; i < document.lines().size(); ++i) {
      if (is_repeated(document.line_keys()[i])) findings.lift(Field::kSection, document.line(i));
    }
    return testing::CutRepeated::process(document, local, edits, findings);
  }
};

// Drops every document whose text equals that of an earlier one, and reports the pair. Each text is
// a story.
class DropCopies : public CorpusStage {
  struct Texts : Observation {
    std::vector<std::pair<std::uint64_t, std::string>> texts;
  };

 public:
  std::unique_ptr<Observation> make_observation() const override {
    return std::make_unique<Texts>();
  }
  void observe(const Document& document, Observation& observation) const override {
    static_cast<Texts&>(observation).texts.emplace_back(document.doc(), document.text());
  }
  Result<void> combine(Observation& observation) override {
    COPYDESK_RETURN_IF_ERROR(moment("match"));
    for (auto& [doc, text] : static_cast<Texts&>(observation).texts) {
      const auto [it, fresh] = first_.try_emplace(std::move(text), doc);
      if (!fresh) copies_.emplace_back(it->second, doc);
    }
    return {};
  }
  Result<void> finalize(const Corpus& corpus, FindingsSink& sink) override {
    COPYDESK_RETURN_IF_ERROR(moment("matched"));
    for (const auto& [a, b] : copies_) {
      EXPECT_TRUE(corpus.alive(b));
      sink.drop(b, DropReason::kExactDuplicate, a);
      Pair pair;
      pair.a = a;
      pair.b = b;
      pair.relation = Relation::kExact;
      COPYDESK_RETURN_IF_ERROR(sink.add(pair));
    }
    sink.note("of", "each other");
    return moment("told");
  }
  Verdict process(const Document& document, Local*, Edits&,
                  DocumentFindings& findings) const override {
    static_cast<void>(moment("write"));
    findings.story = first_.at(std::string(document.text()));
    return Verdict::keep();
  }
  Result<void> save(StateWriter& state) const override {
    COPYDESK_RETURN_IF_ERROR(moment("save"));
    COPYDESK_RETURN_IF_ERROR(state.number(first_.size()));
    for (const auto& [text, doc] : first_) {
      COPYDESK_RETURN_IF_ERROR(state.bytes(text));
      COPYDESK_RETURN_IF_ERROR(state.number(doc));
    }
    return {};
  }
  Result<void> load(StateReader& state) override {
    COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t size, state.count(2));
    for (std::uint64_t i = 0; i < size; ++i) {
      std::string text;
      COPYDESK_RETURN_IF_ERROR(state.bytes(text));
      COPYDESK_ASSIGN_OR_RETURN(first_[text], state.number());
    }
    return {};
  }

 private:
  std::map<std::string, std::uint64_t> first_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> copies_;
};

template <class StageType>
StageSpec spec_of(std::string name, bool edits_text) {
  StageSpec spec;
  spec.name = std::move(name);
  spec.edits_text = edits_text;
  OptionSpec file;
  file.name = "file";
  file.default_value = std::string();
  OptionSpec packs;
  packs.name = "packs";
  packs.default_value = std::vector<std::string>();
  OptionSpec words = packs;
  words.name = "words";
  words.choices = {"word"};
  spec.options = {file, packs, words};
  spec.make = [](const OptionValues&) -> Result<std::unique_ptr<Stage>> {
    return std::unique_ptr<Stage>(std::make_unique<StageType>());
  };
  return spec;
}

const std::vector<StageSpec>& specs() {
  static const std::vector<StageSpec> kSpecs = {spec_of<CutRepeated>("cut_repeated", true),
                                                spec_of<DropCopies>("drop_copies", false)};
  return kSpecs;
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

void write(const fs::path& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
}

// All that stands in a folder but run.json; names of folders, too.
std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name != "run.json") files[name] = entry.is_directory() ? "a folder" : read(entry.path());
  }
  return files;
}

// "summary" of run.json, as it is written.
std::string summary_of(const fs::path& folder) {
  const std::string text = read(folder / "run.json");
  const std::size_t begin = text.find("\"summary\"");
  const std::size_t end = text.find("\"timings\"");
  EXPECT_NE(begin, std::string::npos);
  EXPECT_NE(end, std::string::npos);
  return begin < end ? text.substr(begin, end - begin) : "";
}

class ResumeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    g_at_moment = nullptr;
    // In memory, where there is such a folder: these tests sync files some thousands of times.
    const fs::path memory = "/dev/shm";
    dir_ = (fs::is_directory(memory) ? memory : fs::temp_directory_path()) /
           ("copydesk-resume-test-" + std::to_string(::getpid()));
    fs::remove_all(dir_);
    fs::create_directories(dir_ / "in");
    std::string records;
    for (int i = 0; i < 40; ++i) {
      // Lines are told apart by their letters, not by digits.
      const auto letter = [](int n) { return std::string(3, static_cast<char>('a' + n)); };
      records += R"({"id":")" + std::to_string(i) + R"(","text":"line )" + letter(i % 9) +
                 R"(\nstory )" + letter(i % 20) + "\"}\n";
      if (i % 11 == 5) records += "not json\n";
      if (i % 13 == 7) records += "{\"id\":\"e\",\"text\":\" \"}\n";
    }
    write(dir_ / "in" / "a.jsonl", records.substr(0, 1000));
    write(dir_ / "in" / "b.jsonl", records.substr(1000));
    // Gives a warning.
    write(dir_ / "in" / "c.jsonl", std::string("\xFF\xFE{\0\"\0", 6));
    write(dir_ / "option", "first");
  }
  void TearDown() override {
    g_at_moment = nullptr;
    fs::remove_all(dir_);
  }

  RunRequest request(const std::string& out) {
    RunRequest request;
    request.config.input.fields = *field_preset("copydesk");
    const std::string option = (dir_ / "option").string();
    request.config.stages = {{"cut_repeated", {{"file", option}}}, {"drop_copies", {}}};
    request.config.run.threads = 1;
    request.config.run.batch_documents = 7;
    request.config.run.checkpoint_seconds = 0;
    request.config.output.compress = compressed();
    request.inputs = {(dir_ / "in").string()};
    request.out_dir = (dir_ / out).string();
    return request;
  }
  [[nodiscard]] virtual bool compressed() const { return false; }

  // A run that nothing happens to, in "whole".
  void run_whole() {
    const Result<RunSummary> whole = run_pipeline(request("whole"), specs());
    ASSERT_TRUE(whole.ok()) << whole.error().message;
    ASSERT_EQ(whole->documents, 49U);
    ASSERT_GT(whole->pairs[0], 0U);
    ASSERT_GT(whole->templates, 0U);
    ASSERT_EQ(whole->warnings.size(), 1U);
    summary_ = *whole;
  }
  void expect_whole(const std::string& out) {
    EXPECT_EQ(contents(dir_ / out), contents(dir_ / "whole"));
    EXPECT_EQ(summary_of(dir_ / out), summary_of(dir_ / "whole"));
  }
  void expect_resumed(const std::string& out) { expect_resumed(request(out), out); }
  void expect_resumed(RunRequest wanted, const std::string& out) {
    wanted.resume = true;
    const Result<RunSummary> resumed = run_pipeline(wanted, specs());
    ASSERT_TRUE(resumed.ok()) << resumed.error().message;
    EXPECT_TRUE(resumed->check_conservation().ok());
    expect_whole(out);
  }

  // Runs in "out" and copies it, at each moment, to a folder that is named by it.
  std::vector<std::string> run_and_copy() {
    std::vector<std::string> copies;
    g_at_moment = [&](const std::string& name) -> Result<void> {
      copies.push_back(std::to_string(copies.size()) + "-" + name);
      fs::copy(dir_ / "out", dir_ / copies.back(), fs::copy_options::recursive);
      return {};
    };
    const Result<RunSummary> done = run_pipeline(request("out"), specs());
    EXPECT_TRUE(done.ok()) << done.error().message;
    g_at_moment = nullptr;
    return copies;
  }

  // A copy from the middle of a phase.
  std::string broken_off(const std::string& at) {
    std::string found;
    int seen = 0;
    for (const std::string& copy : run_and_copy()) {
      if (copy.ends_with("-" + at) && ++seen <= 4) found = copy;
    }
    EXPECT_FALSE(found.empty());
    return found;
  }

  // A copy from the middle of the first phase, with a checkpoint of so many records or more.
  std::string broken_off_while_reading(std::uint64_t records) {
    for (const std::string& copy : run_and_copy()) {
      const Result<std::optional<Checkpoint>> point =
          read_checkpoint((dir_ / copy / ".work").string());
      if (point.ok() && *point && (*point)->records >= records && !(*point)->input_read) {
        return copy;
      }
    }
    ADD_FAILURE() << "no copy has " << records << " records";
    return "";
  }

  // The message of the refusal to go on in `out`, of which nothing changes.
  std::string refusal(const RunRequest& wanted, const std::string& out,
                      ErrorCode code = ErrorCode::kInvalidArgument) {
    const std::map<std::string, std::string> before = contents(dir_ / out);
    const std::string message = late_refusal(wanted, out, code);
    EXPECT_EQ(contents(dir_ / out), before);
    return message;
  }
  // The same of one that comes when the run has opened its outputs; its work files do not change.
  std::string late_refusal(RunRequest wanted, const std::string& out,
                           ErrorCode code = ErrorCode::kIo) {
    const auto work_files = [&] {
      std::map<std::string, std::string> files = contents(dir_ / out / ".work");
      files.erase("lock");
      return files;
    };
    const std::map<std::string, std::string> before = work_files();
    wanted.resume = true;
    const Result<RunSummary> refused = run_pipeline(wanted, specs());
    EXPECT_FALSE(refused.ok());
    if (refused.ok()) return "";
    EXPECT_EQ(refused.error().code, code);
    EXPECT_EQ(work_files(), before);
    EXPECT_TRUE(before.contains("checkpoint"));
    return refused.error().message;
  }

  fs::path dir_;
  RunSummary summary_;  // of the whole run
};

class ResumeAnyOutputTest : public ResumeTest, public ::testing::WithParamInterface<bool> {
 protected:
  [[nodiscard]] bool compressed() const override { return GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(Outputs, ResumeAnyOutputTest, ::testing::Bool(),
                         [](const auto& suite) { return suite.param ? "Compressed" : "Plain"; });

TEST_P(ResumeAnyOutputTest, AfterEveryMomentTheBytesAreTheSame) {
  run_whole();
  const std::vector<std::string> copies = run_and_copy();
  expect_whole("out");
  std::map<std::string, int> moments;
  for (const std::string& copy : copies) {
    SCOPED_TRACE(copy);
    ++moments[copy.substr(copy.find('-') + 1)];
    expect_resumed(copy);
    if (HasFailure()) return;
  }
  EXPECT_EQ(moments["learn"], 7);
  EXPECT_EQ(moments["match"], 7);
  for (const char* once : {"learned", "noted", "matched", "told", "save"}) {
    EXPECT_EQ(moments[once], 1) << once;
  }
  EXPECT_EQ(moments["write"], 20);
}

TEST_F(ResumeTest, OnOtherThreadsInOtherBatchesTheBytesAreTheSame) {
  run_whole();
  std::size_t n = 0;
  for (const std::string& copy : run_and_copy()) {
    SCOPED_TRACE(copy);
    RunRequest wanted = request(copy);
    wanted.config.run.threads = 1 + n % 4;
    wanted.config.run.batch_documents = n % 3 == 0 ? 1 : n % 3 == 1 ? 5 : 1024;
    wanted.config.run.memory = 64ULL << 20;
    wanted.config.run.checkpoint_seconds = n % 2 == 0 ? 0 : 60;
    expect_resumed(wanted, copy);
    if (HasFailure()) return;
    ++n;
  }
}

// Each run is stopped a little later than the one before, however often it was.
TEST_P(ResumeAnyOutputTest, StoppedAgainAndAgainItIsDoneInTheEnd) {
  run_whole();
  std::atomic<bool> stop = false;
  RunRequest wanted = request("out");
  wanted.stop = &stop;
  wanted.resume = true;
  int moments = 0;
  int last = 1;
  int stopped = 0;
  g_at_moment = [&](const std::string&) -> Result<void> {
    stop = ++moments >= last;
    return {};
  };
  while (true) {
    SCOPED_TRACE(last);
    moments = 0;
    stop = false;
    const Result<RunSummary> some = run_pipeline(wanted, specs());
    if (some.ok()) break;
    ASSERT_EQ(some.error().code, ErrorCode::kInterrupted) << some.error().message;
    EXPECT_EQ(some.error().message,
              "interrupted; what was done is kept, and --resume goes on from there");
    EXPECT_FALSE(fs::exists(dir_ / "out" / "run.json"));
    ++stopped;
    ++last;
    ASSERT_LT(stopped, 1000);
  }
  EXPECT_GT(stopped, 10);
  expect_whole("out");
}

// What fails to be written ends the run with a checkpoint of all that was handed over before.
TEST_F(ResumeTest, AfterAFailureNothingIsDoneTwice) {
  run_whole();
  int moments = 0;
  g_at_moment = [&](const std::string&) -> Result<void> {
    if (++moments < 4) return {};
    return Error{ErrorCode::kIo, "scratch: cannot write: No space left on device"};
  };
  RunRequest wanted = request("out");
  wanted.config.run.checkpoint_seconds = 3600;
  const Result<RunSummary> failed = run_pipeline(wanted, specs());
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().message,
            "scratch: cannot write: No space left on device; what was done is kept, and --resume "
            "goes on from there");
  g_at_moment = nullptr;
  const Result<std::optional<Checkpoint>> point =
      read_checkpoint((dir_ / "out" / ".work").string());
  ASSERT_TRUE(point.ok() && *point);
  EXPECT_EQ((*point)->phase, 0U);
  EXPECT_EQ((*point)->records, 21U);
  EXPECT_EQ((*point)->summary.documents, 21U);
  expect_resumed("out");
}

// What cannot be had now may be had later, or is not needed by a run that is told to take less.
TEST_F(ResumeTest, OutOfMemoryItGoesOnWithLess) {
  run_whole();
  g_at_moment = [&](const std::string& name) -> Result<void> {
    if (name == "match") throw std::bad_alloc();
    return {};
  };
  const Result<RunSummary> failed = run_pipeline(request("out"), specs());
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kInternal);
  EXPECT_EQ(failed.error().message,
            "out of memory; what was done is kept, and --resume goes on from there, also with a "
            "smaller --memory");
  g_at_moment = [&](const std::string& name) -> Result<void> {
    if (name == "learn") throw std::bad_alloc();
    return {};
  };
  const Result<RunSummary> at_begin = run_pipeline(request("begin"), specs());
  ASSERT_FALSE(at_begin.ok());
  EXPECT_EQ(at_begin.error().message, "out of memory") << "nothing is kept";
  EXPECT_FALSE(fs::exists(dir_ / "begin"));
  g_at_moment = nullptr;
  RunRequest wanted = request("out");
  wanted.config.run.memory = 64ULL << 20;
  expect_resumed(wanted, "out");
}

// What else the system may refuse comes as an exception, too.
TEST_F(ResumeTest, AfterAnExceptionItGoesOn) {
  run_whole();
  g_at_moment = [&](const std::string& name) -> Result<void> {
    if (name == "match") throw std::runtime_error("no thread to be had");
    return {};
  };
  const Result<RunSummary> failed = run_pipeline(request("out"), specs());
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().message,
            "unexpected: no thread to be had; what was done is kept, and --resume goes on from "
            "there");
  g_at_moment = nullptr;
  expect_resumed("out");
}

// A checkpoint that does not fit the run, although nothing of it is damaged.
TEST_F(ResumeTest, ACheckpointOfAnotherRunIsSaidWithItsFolder) {
  const std::string out = broken_off("match");
  const std::string work = (dir_ / out / ".work").string();
  Checkpoint point = **read_checkpoint(work);
  ++point.records;
  ASSERT_TRUE(write_checkpoint(work, point).ok());
  EXPECT_EQ(late_refusal(request(out), out, ErrorCode::kCorrupt),
            work + ": the checkpoint is of another run; --force starts anew");
}

// Killed behind the checkpoint at the end of a phase, before the next one made its files.
TEST_F(ResumeTest, APhaseThatHasNotBegunBegins) {
  run_whole();
  for (const std::string& copy : run_and_copy()) {
    const std::string work = (dir_ / copy / ".work").string();
    const Result<std::optional<Checkpoint>> point = read_checkpoint(work);
    ASSERT_TRUE(point.ok());
    if (!*point || (*point)->phase == 0 || (*point)->records > 0) continue;
    SCOPED_TRACE(copy);
    fs::remove(decisions_path(work, (*point)->phase));
    expect_resumed(copy);
  }
}

TEST_F(ResumeTest, WithoutARunItBegins) {
  run_whole();
  expect_resumed("fresh");
  fs::create_directories(dir_ / "empty");
  expect_resumed("empty");
  // A run that was killed before anything was worth a checkpoint.
  fs::create_directories(dir_ / "begun" / ".work");
  write(dir_ / "begun" / "clean.jsonl.partial", "half");
  expect_resumed("begun");
}

TEST_F(ResumeTest, StoppedBeforeTheFirstRecordItLeavesNothing) {
  const std::atomic<bool> stop = true;
  RunRequest wanted = request("out");
  wanted.stop = &stop;
  for (const bool resume : {false, true}) {
    wanted.resume = resume;
    const Result<RunSummary> stopped = run_pipeline(wanted, specs());
    EXPECT_EQ(stopped.error().message, "interrupted");
    EXPECT_FALSE(fs::exists(dir_ / "out"));
  }
}

TEST_F(ResumeTest, ACompleteRunIsNotRunAgain) {
  run_whole();
  const std::map<std::string, std::string> before = contents(dir_ / "whole");
  const std::string run_json = read(dir_ / "whole" / "run.json");
  const fs::file_time_type time = fs::last_write_time(dir_ / "whole");
  RunRequest wanted = request("whole");
  wanted.resume = true;
  wanted.config.run.threads = 3;  // cannot change the outcome
  wanted.config.run.batch_documents = 5;
  g_at_moment = [](const std::string& name) -> Result<void> {
    return Error{ErrorCode::kInternal, name};
  };
  const Result<RunSummary> again = run_pipeline(wanted, specs());
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_TRUE(again->was_complete);
  EXPECT_EQ(again->documents, 0U);
  EXPECT_EQ(fs::last_write_time(dir_ / "whole"), time);
  // Nor is one that was killed before the last of its work files was gone.
  for (const char* lock :
       {"copydesk run, complete\n", "copydesk run\nprocess 1 on host tide since yesterday\n"}) {
    fs::create_directories(dir_ / "whole" / ".work");
    write(dir_ / "whole" / ".work" / "lock", lock);
    const Result<RunSummary> cleaned = run_pipeline(wanted, specs());
    ASSERT_TRUE(cleaned.ok()) << cleaned.error().message;
    EXPECT_TRUE(cleaned->was_complete);
  }
  EXPECT_EQ(contents(dir_ / "whole"), before);
  EXPECT_EQ(read(dir_ / "whole" / "run.json"), run_json);
  // What was gone on with until it is complete is not called so.
  g_at_moment = nullptr;
  wanted = request(broken_off("match"));
  wanted.resume = true;
  const Result<RunSummary> resumed = run_pipeline(wanted, specs());
  ASSERT_TRUE(resumed.ok());
  EXPECT_FALSE(resumed->was_complete);
}

// The message of the refusal to call complete what another run has made; nothing changes.
TEST_F(ResumeTest, AnotherRunThatIsCompleteIsRefusedByItsFirstDifference) {
  run_whole();
  const fs::path run_json = dir_ / "whole" / "run.json";
  const std::string which = "the complete run in " + (dir_ / "whole").string();
  const auto difference = [&](RunRequest wanted,
                              ErrorCode code = ErrorCode::kInvalidArgument) -> std::string {
    const std::map<std::string, std::string> before = contents(dir_ / "whole");
    const std::string json = read(run_json);
    wanted.resume = true;
    const Result<RunSummary> refused = run_pipeline(wanted, specs());
    EXPECT_EQ(contents(dir_ / "whole"), before);
    EXPECT_EQ(read(run_json), json);
    EXPECT_FALSE(refused.ok());
    if (refused.ok()) return "";
    EXPECT_EQ(refused.error().code, code);
    EXPECT_THAT(refused.error().message, HasSubstr("; --force starts anew"));
    return refused.error().message;
  };
  RunRequest wanted = request("whole");
  wanted.config.output.keep_removed = true;
  EXPECT_THAT(difference(wanted),
              StartsWith("the config differs from that of " + which +
                         ": [output] keep_removed = true; it was keep_removed = false"));
  wanted = request("whole");
  wanted.inputs.push_back((dir_ / "option").string());
  EXPECT_THAT(difference(wanted), StartsWith("the inputs differ from those of " + which + ": "));
  wanted.inputs = {(dir_ / "in" / "b.jsonl").string()};
  EXPECT_THAT(difference(wanted), HasSubstr("in/b.jsonl; it was "));

  // When the run began an input was still what was read; behind that nobody knows, although the run
  // was at work. What it took is taken off the time of run.json, but for two ticks of a clock.
  const auto write_run_json = [&](const std::string& text) {
    const fs::file_time_type ended = fs::last_write_time(run_json);
    write(run_json, text);
    fs::last_write_time(run_json, ended);
  };
  std::string json = read(run_json);
  json.replace(json.find("\"seconds\":"), 10, "\"seconds\":100,\"was\":");
  write_run_json(json);
  const std::string input = (dir_ / "in" / "a.jsonl").string();
  const fs::file_time_type begun =
      fs::last_write_time(run_json) - std::chrono::seconds(100) + std::chrono::milliseconds(20);
  for (const fs::directory_entry& each : fs::directory_iterator(dir_ / "in")) {
    fs::last_write_time(each.path(), begun);
  }
  const std::string option = (dir_ / "option").string();
  fs::last_write_time(option, begun);
  RunRequest same = request("whole");
  same.resume = true;
  EXPECT_TRUE(run_pipeline(same, specs()).ok());
  fs::last_write_time(input, begun + std::chrono::nanoseconds(1));
  EXPECT_THAT(difference(request("whole")),
              StartsWith(input + ": has changed since " + which + " began: it was written to"));
  fs::last_write_time(input, begun - std::chrono::nanoseconds(1));
  EXPECT_TRUE(run_pipeline(same, specs()).ok());
  const std::string content = read(input);
  write(input, content + "\n");
  fs::last_write_time(input, begun);
  EXPECT_THAT(difference(request("whole")),
              StartsWith(input + ": has changed since " + which + " began: 1001 bytes; it had"));
  write(input, content);
  fs::last_write_time(input, begun);

  EXPECT_TRUE(run_pipeline(same, specs()).ok());
  fs::last_write_time(option, begun + std::chrono::nanoseconds(1));
  EXPECT_THAT(difference(request("whole")),
              StartsWith(option + ": has changed since " + which + " began (cut_repeated.file)"));
  fs::last_write_time(option, begun);

  std::string other = json;
  other.replace(other.find(version()), version().size(), "copydesk 0.0.9");
  write_run_json(other);
  EXPECT_THAT(difference(request("whole")), StartsWith(which + " was begun by copydesk 0.0.9; this "
                                                               "is copydesk "));
  other = json;
  other.replace(other.find("stages = "), 6, "stagse");
  write_run_json(other);
  EXPECT_THAT(difference(request("whole")), StartsWith("the config differs from that of " + which));
  for (const std::string& text : {std::string(), json.substr(0, json.size() / 2), std::string("[]"),
                                  std::string("{\"inputs\":[]}")}) {
    write_run_json(text);
    EXPECT_THAT(difference(request("whole"), ErrorCode::kCorrupt),
                StartsWith(run_json.string() + ": not a run.json"));
  }
  write_run_json(json);
  EXPECT_TRUE(run_pipeline(same, specs()).ok());
  fs::rename(dir_ / "whole" / "pairs.jsonl", dir_ / "whole" / "pairs.txt");
  EXPECT_THAT(difference(request("whole"), ErrorCode::kCorrupt),
              StartsWith((dir_ / "whole" / "pairs.jsonl").string() + ": is missing, and " + which));
}

// Killed before it wrote down what it is to do, or after the last of its work files was gone.
TEST_F(ResumeTest, AnEmptyWorkFolderBesideAResultIsNoRun) {
  run_whole();
  const std::map<std::string, std::string> before = contents(dir_ / "whole");
  for (const char* lock : {"", "copydesk run\nprocess 1 on host tide since yesterday\n"}) {
    fs::create_directories(dir_ / "whole" / ".work");
    if (*lock != '\0') write(dir_ / "whole" / ".work" / "lock", lock);
    RunRequest wanted = request("whole");
    wanted.config.output.keep_removed = true;
    wanted.resume = true;
    const Result<RunSummary> refused = run_pipeline(wanted, specs());
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(refused.error().message, HasSubstr("differs from that of the complete run"));
    EXPECT_EQ(contents(dir_ / "whole"), before);
  }
}

// What cannot be followed is not missing: here a link to itself.
TEST_F(ResumeTest, AResultThatCannotBeLookedAtIsNotReplaced) {
  for (const bool with_work : {false, true}) {
    fs::remove_all(dir_ / "kept");
    fs::create_directories(dir_ / "kept");
    if (with_work) fs::create_directories(dir_ / "kept" / ".work");
    fs::create_symlink("run.json", dir_ / "kept" / "run.json");
    RunRequest wanted = request("kept");
    wanted.resume = true;
    const Result<RunSummary> refused = run_pipeline(wanted, specs());
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(refused.error().message, HasSubstr("run.json: Too many levels"));
    EXPECT_TRUE(fs::is_symlink(dir_ / "kept" / "run.json"));
  }
}

TEST_F(ResumeTest, WhatIsNoRunIsNotTouched) {
  fs::create_directories(dir_ / "notes");
  write(dir_ / "notes" / "mine.txt", "kept");
  RunRequest wanted = request("notes");
  wanted.resume = true;
  const Result<RunSummary> refused = run_pipeline(wanted, specs());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kExists);
  EXPECT_THAT(refused.error().message, HasSubstr("holds no unfinished run"));
  EXPECT_EQ(contents(dir_ / "notes").size(), 1U);
}

TEST_F(ResumeTest, AnUnfinishedRunIsOnlyReplacedByForce) {
  run_whole();
  const std::string out = broken_off("match");
  const std::map<std::string, std::string> before = contents(dir_ / out);
  RunRequest wanted = request(out);
  const Result<RunSummary> refused = run_pipeline(wanted, specs());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kExists);
  EXPECT_THAT(refused.error().message,
              HasSubstr("holds an unfinished run: --resume continues it, --force starts anew"));
  EXPECT_EQ(contents(dir_ / out), before);
  wanted.force = true;
  ASSERT_TRUE(run_pipeline(wanted, specs()).ok());
  expect_whole(out);
  wanted.resume = true;
  EXPECT_EQ(run_pipeline(wanted, specs()).error().code, ErrorCode::kInvalidArgument);
}

// Partial files have other names if the run that starts anew compresses.
TEST_F(ResumeTest, ForceLeavesNothingOfAnotherRun) {
  const std::string out = broken_off("write");
  RunRequest wanted = request(out);
  wanted.config.output.compress = true;
  wanted.force = true;
  ASSERT_TRUE(run_pipeline(wanted, specs()).ok());
  for (const auto& [name, content] : contents(dir_ / out)) EXPECT_TRUE(name.ends_with(".zst"));
  EXPECT_EQ(contents(dir_ / out).size(), kOutputCount);
}

TEST_F(ResumeTest, AnotherConfigIsRefusedByItsFirstDifference) {
  run_whole();
  const std::string out = broken_off("match");
  RunRequest wanted = request(out);
  wanted.config.output.keep_removed = true;
  EXPECT_EQ(refusal(wanted, out),
            "the config differs from that of the unfinished run: [output] keep_removed = true; it "
            "was keep_removed = false; --force starts anew, without what that run has done");
  wanted = request(out);
  wanted.config.stages.pop_back();
  EXPECT_THAT(refusal(wanted, out), HasSubstr("stages = [\"cut_repeated\"]; it was stages = ["));
  wanted = request(out);
  wanted.config.stages[1].options["file"] = std::string("x");
  EXPECT_THAT(refusal(wanted, out), HasSubstr("[drop_copies] file = \"x\"; it was file = \"\""));
  // A file that an option names.
  write(dir_ / "option", "other");
  EXPECT_EQ(refusal(request(out), out),
            (dir_ / "option").string() +
                ": has changed since the unfinished run began (cut_repeated.file); --force starts "
                "anew, without what that run has done");
  write(dir_ / "option", "first");
  expect_resumed(out);
}

// A list may name files, too.
TEST_F(ResumeTest, AnotherPackIsRefused) {
  const std::string first = (dir_ / "first.toml").string();
  const std::string second = (dir_ / "second.toml").string();
  write(first, "1");
  write(second, "2");
  const auto with_packs = [&](const std::string& out, std::vector<std::string> packs) {
    RunRequest wanted = request(out);
    wanted.config.stages[1].options["packs"] = std::move(packs);
    // Not the name of a file, whatever lies in the folder.
    wanted.config.stages[1].options["words"] = std::vector<std::string>{"word"};
    return wanted;
  };
  g_at_moment = [&](const std::string& name) -> Result<void> {
    if (name == "match") return Error{ErrorCode::kIo, "broken off"};
    return {};
  };
  ASSERT_FALSE(run_pipeline(with_packs("out", {first, second}), specs()).ok());
  g_at_moment = nullptr;
  const std::string changed =
      second +
      ": has changed since the unfinished run began (drop_copies.packs); --force starts anew, "
      "without what that run has done";
  write(second, "3");
  EXPECT_EQ(refusal(with_packs("out", {first, second}), "out"), changed);
  fs::remove(second);
  EXPECT_EQ(refusal(with_packs("out", {first, second}), "out"), changed);
  // Who reads it takes it away.
  ASSERT_EQ(::mkfifo(second.c_str(), 0600), 0);
  EXPECT_THAT(refusal(with_packs("out", {first, second}), "out"),
              StartsWith(second + ": is not a regular file, so that nobody can tell whether it is "
                                  "still what the unfinished run read (drop_copies.packs)"));
  fs::remove(second);
  write(second, "2");
  EXPECT_THAT(refusal(with_packs("out", {first}), "out"),
              HasSubstr("the config differs from that of the unfinished run: [drop_copies] packs"));
  const fs::path here = fs::current_path();
  fs::current_path(dir_);
  write("word", "of no meaning");
  RunRequest wanted = with_packs("out", {first, second});
  wanted.resume = true;
  const Result<RunSummary> resumed = run_pipeline(wanted, specs());
  fs::current_path(here);
  EXPECT_TRUE(resumed.ok()) << resumed.error().message;
}

// What a run has read off a pipe is gone.
// A run that could never be gone on with does not begin. Reading this file fails.
TEST_F(ResumeTest, WhatCannotBeReadForNowKeepsTheRunFromBeginning) {
  const std::string unreadable = "/proc/self/mem";
  RunRequest wanted = request("out");
  wanted.config.stages[0].options = {{"packs", std::vector<std::string>{unreadable}}};
  const Result<RunSummary> refused = run_pipeline(wanted, specs());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
  EXPECT_THAT(refused.error().message,
              MatchesRegex("cannot read the file " + unreadable + ": .* \\(cut_repeated.packs\\)"));
  EXPECT_FALSE(fs::exists(dir_ / "out"));
}

TEST_F(ResumeTest, APackThatWasAPipeIsRefused) {
  const std::string pipe = (dir_ / "pipe").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  RunRequest wanted = request("out");
  wanted.config.stages[1].options["packs"] = std::vector<std::string>{pipe};
  g_at_moment = [&](const std::string& name) -> Result<void> {
    if (name == "match") return Error{ErrorCode::kIo, "broken off"};
    return {};
  };
  ASSERT_FALSE(run_pipeline(wanted, specs()).ok());
  g_at_moment = nullptr;
  fs::remove(pipe);
  write(pipe, "a file");
  EXPECT_THAT(refusal(wanted, "out"),
              StartsWith(pipe + ": when that run began: is not a regular file"));
}

TEST_F(ResumeTest, OtherInputsAreRefusedByTheirFirstDifference) {
  run_whole();
  const std::string out = broken_off("learn");
  const fs::path a = dir_ / "in" / "a.jsonl";
  const fs::path b = dir_ / "in" / "b.jsonl";
  const auto time = fs::last_write_time(b);
  const std::string old = read(b);

  write(b, old + " ");
  EXPECT_THAT(
      refusal(request(out), out),
      HasSubstr("in/b.jsonl: has changed since the unfinished run began: " +
                std::to_string(old.size() + 1) + " bytes; it had " + std::to_string(old.size())));
  write(b, old);
  fs::last_write_time(b, time + std::chrono::nanoseconds(1000));
  EXPECT_THAT(refusal(request(out), out), HasSubstr("in/b.jsonl: has changed"));
  fs::last_write_time(b, time);

  write(dir_ / "in" / "d.jsonl", "");
  EXPECT_THAT(refusal(request(out), out), HasSubstr("in/d.jsonl is new"));
  fs::remove(dir_ / "in" / "d.jsonl");
  fs::rename(a, dir_ / "a.jsonl");
  EXPECT_THAT(refusal(request(out), out), HasSubstr("in/b.jsonl; it was "));
  fs::rename(dir_ / "a.jsonl", a);
  fs::rename(dir_ / "in" / "c.jsonl", dir_ / "c.jsonl");
  EXPECT_THAT(refusal(request(out), out), HasSubstr("in/c.jsonl is missing"));
  fs::rename(dir_ / "c.jsonl", dir_ / "in" / "c.jsonl");
  expect_resumed(out);
}

// Renames a file away as soon as there is any progress, which is behind the first records.
class TakeAway : public ProgressListener {
 public:
  explicit TakeAway(fs::path file) : file_(std::move(file)) {}
  void update(const Progress&) override {
    if (fs::exists(file_)) fs::rename(file_, away());
  }
  void bring_back() const { fs::rename(away(), file_); }

 private:
  [[nodiscard]] std::string away() const { return file_.string() + ".away"; }
  fs::path file_;
};

// A share that is away for a moment, too many open files: the file was there when the run began.
TEST_F(ResumeTest, AnInputThatFailsWhenItIsReadAgainIsWaitedFor) {
  run_whole();
  const std::string out = broken_off_while_reading(42);
  const fs::path b = dir_ / "in" / "b.jsonl";
  TakeAway listener(b);
  RunRequest wanted = request(out);
  wanted.progress = &listener;
  const std::string message = late_refusal(wanted, out);
  EXPECT_THAT(message, StartsWith(b.string() + ", line 1: cannot be read as it was when the "
                                               "unfinished run read it ("));
  EXPECT_TRUE(message.ends_with("); --resume once it can be, --force starts anew")) << message;
  listener.bring_back();
  expect_resumed(out);
}

// The other way round: one failure stands in the place of all records of a file.
TEST_F(ResumeTest, AnInputThatFailedAndCanBeReadIsNotTakenForTheSame) {
  run_whole();
  const fs::path b = dir_ / "in" / "b.jsonl";
  const fs::path away = dir_ / "b.away";
  g_at_moment = [&](const std::string& name) -> Result<void> {
    if (name != "learn") return {};
    if (fs::exists(b)) fs::rename(b, away);
    fs::remove_all(dir_ / "copy");  // the last one is of the moment before the last record
    fs::copy(dir_ / "out", dir_ / "copy", fs::copy_options::recursive);
    return {};
  };
  RunRequest wanted = request("out");
  wanted.config.run.batch_documents = 1;
  const Result<RunSummary> without = run_pipeline(wanted, specs());
  ASSERT_TRUE(without.ok()) << without.error().message;
  g_at_moment = nullptr;
  EXPECT_THAT(read(dir_ / "out" / "rejected.jsonl"), HasSubstr("source_failed"));
  fs::rename(away, b);
  EXPECT_EQ(late_refusal(request("copy"), "copy"),
            b.string() +
                ", line 1: can be read now, and could not when the unfinished run came to "
                "it; --force reads it, and starts anew");
  wanted = request("copy");
  wanted.force = true;
  ASSERT_TRUE(run_pipeline(wanted, specs()).ok());
  expect_whole("copy");
}

// Neither size nor time tell.
TEST_F(ResumeTest, AnInputThatSaysAnotherThingIsRefused) {
  run_whole();
  const std::string out = broken_off_while_reading(42);
  for (const char* name : {"a.jsonl", "b.jsonl"}) {
    const fs::path path = dir_ / "in" / name;
    const auto time = fs::last_write_time(path);
    const std::string old = read(path);
    std::string other = old;
    other[old.find("story", old.find('\n'))] = 'S';
    write(path, other);
    fs::last_write_time(path, time);
    EXPECT_EQ(late_refusal(request(out), out),
              path.string() +
                  ", line 2: cannot be read as it was when the unfinished run read it; "
                  "--resume once it can be, --force starts anew");
    write(path, old);
    fs::last_write_time(path, time);
  }
  expect_resumed(out);
}

TEST_F(ResumeTest, AnotherVersionIsRefused) {
  const std::string out = broken_off("learn");
  const std::string work = (dir_ / out / ".work").string();
  RunIdentity identity = **read_identity_of_run(work);
  identity.version = "copydesk 0.0.9";
  ASSERT_TRUE(write_identity(work, identity).ok());
  EXPECT_THAT(refusal(request(out), out), StartsWith("the unfinished run was begun by copydesk "
                                                     "0.0.9 (sources "));
}

TEST_F(ResumeTest, AnotherBuildOfTheSameVersionIsRefused) {
  const std::string out = broken_off("learn");
  const std::string work = (dir_ / out / ".work").string();
  RunIdentity identity = **read_identity_of_run(work);
  EXPECT_THAT(identity.sources, MatchesRegex("[0-9a-f]{16}"));
  const std::string now = std::string(version()) + " (sources " + identity.sources + ")";
  identity.sources = "0123456789abcdef";
  ASSERT_TRUE(write_identity(work, identity).ok());
  EXPECT_THAT(refusal(request(out), out),
              StartsWith("the unfinished run was begun by " + std::string(version()) +
                         " (sources 0123456789abcdef); this is " + now + "; --force"));
}

// Of a pipe nothing is read twice.
TEST_F(ResumeTest, PipesAreGoneOnFromOnceTheyWereRead) {
  run_whole();
  std::string all;
  for (const char* name : {"a.jsonl", "b.jsonl"}) all += read(dir_ / "in" / name);
  const fs::path pipe = dir_ / "pipe.jsonl";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto feed = [&] { return std::thread([&] { write(pipe, all); }); };
  RunRequest wanted = request("reference");
  wanted.inputs = {pipe.string()};
  std::thread feeder = feed();
  const Result<RunSummary> reference = run_pipeline(wanted, specs());
  feeder.join();
  ASSERT_TRUE(reference.ok()) << reference.error().message;

  wanted = request("out");
  wanted.inputs = {pipe.string()};
  std::vector<std::string> copies;
  g_at_moment = [&](const std::string& name) -> Result<void> {
    copies.push_back(std::to_string(copies.size()) + "-" + name);
    fs::copy(dir_ / "out", dir_ / copies.back(), fs::copy_options::recursive);
    return {};
  };
  feeder = feed();
  EXPECT_TRUE(run_pipeline(wanted, specs()).ok());
  feeder.join();
  g_at_moment = nullptr;
  // Nobody knows whether it would give again what the complete run read.
  wanted.resume = true;
  const Result<RunSummary> complete = run_pipeline(wanted, specs());
  ASSERT_FALSE(complete.ok());
  EXPECT_EQ(complete.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(complete.error().message,
              StartsWith(pipe.string() + ": what comes through a pipe cannot be compared"));
  for (const std::string& copy : copies) {
    SCOPED_TRACE(copy);
    wanted = request(copy);
    wanted.inputs = {pipe.string()};
    wanted.resume = true;
    const Result<RunSummary> resumed = run_pipeline(wanted, specs());
    if (copy.ends_with("-learn")) {
      ASSERT_FALSE(resumed.ok());
      EXPECT_EQ(resumed.error().code, ErrorCode::kInvalidArgument);
      EXPECT_THAT(resumed.error().message, HasSubstr("cannot be read twice"));
      continue;
    }
    ASSERT_TRUE(resumed.ok()) << resumed.error().message;
    EXPECT_EQ(contents(dir_ / copy), contents(dir_ / "reference"));
    EXPECT_EQ(summary_of(dir_ / copy), summary_of(dir_ / "reference"));
    ASSERT_FALSE(resumed->warnings.empty());
    EXPECT_EQ(resumed->warnings.back(),
              pipe.string() + " was not read: the unfinished run had read it to its end");
  }
}

// Work files with any byte changed, or cut anywhere: refused, or without effect.
TEST_F(ResumeTest, DamageIsSeenOrHasNoEffect) {
  run_whole();
  for (const char* at : {"match", "write"}) {
    const std::string out = broken_off(at);
    fs::rename(dir_ / out, dir_ / "broken");
    for (const auto& entry : fs::directory_iterator(dir_ / "broken" / ".work")) {
      const std::string name = entry.path().filename().string();
      if (name == "lock") continue;
      const std::string whole = read(entry.path());
      int refused = 0;
      const auto try_with = [&](const std::string& damaged) {
        fs::remove_all(dir_ / "copy");
        fs::copy(dir_ / "broken", dir_ / "copy", fs::copy_options::recursive);
        write(dir_ / "copy" / ".work" / name, damaged);
        RunRequest wanted = request("copy");
        wanted.resume = true;
        wanted.config.run.checkpoint_seconds = 3600;
        const Result<RunSummary> resumed = run_pipeline(wanted, specs());
        if (resumed.ok()) {
          expect_whole("copy");
          return;
        }
        ++refused;
        EXPECT_EQ(resumed.error().code, ErrorCode::kCorrupt) << resumed.error().message;
        EXPECT_THAT(resumed.error().message, StartsWith((dir_ / "copy" / ".work").string()));
        EXPECT_THAT(resumed.error().message, HasSubstr("--force starts anew"));
        EXPECT_FALSE(fs::exists(dir_ / "copy" / "run.json"));
      };
      const std::size_t step = std::max<std::size_t>(1, whole.size() / 40);
      for (std::size_t i = 0; i < whole.size(); i += step) {
        SCOPED_TRACE(std::string(at) + " " + name + " " + std::to_string(i));
        std::string damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
        try_with(damaged);
        try_with(whole.substr(0, i));
        if (HasFailure()) return;
      }
      EXPECT_GT(refused, 40) << name;
    }
    fs::remove_all(dir_ / "broken");
    fs::remove_all(dir_ / "out");
    for (const auto& entry : fs::directory_iterator(dir_)) {
      if (entry.path().filename().string().find('-') != std::string::npos) {
        fs::remove_all(entry.path());
      }
    }
  }
}

// Outputs that a phase has written, and that are not there any more as they were.
TEST_F(ResumeTest, OutputsThatAreCutAreSeen) {
  const std::string out = broken_off("write");
  const fs::path pairs = dir_ / out / "pairs.jsonl.partial";
  const std::uint64_t size = fs::file_size(pairs);
  ASSERT_GT(size, 0U);
  fs::resize_file(pairs, size - 1);
  RunRequest wanted = request(out);
  wanted.resume = true;
  const Result<RunSummary> refused = run_pipeline(wanted, specs());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(refused.error().message,
              HasSubstr("pairs.jsonl.partial: is shorter than it was; --force starts anew"));
  EXPECT_EQ(fs::file_size(pairs), size - 1);
}

// Killed between any two of the last steps, when everything is on the disk and gets its name.
TEST_F(ResumeTest, NamesAreGivenFromWhereItWas) {
  run_whole();
  const std::string out = broken_off("write");
  // As after the last checkpoint: all files complete under their partial names.
  const std::string work = (dir_ / out / ".work").string();
  Checkpoint last = **read_checkpoint(work);
  last.phase = 3;
  last.summary = summary_;
  for (std::size_t i = 0; i < kOutputCount; ++i) {
    last.output_bytes[i] = fs::file_size(dir_ / "whole" / file_name(static_cast<OutputName>(i)));
  }
  const std::string run_json = read(dir_ / "whole" / "run.json");
  last.run_checksum = XXH3_64bits(run_json.data(), run_json.size());
  ASSERT_TRUE(write_checkpoint(work, last).ok());
  std::vector<std::string> names;
  for (const auto& [name, content] : contents(dir_ / "whole")) names.push_back(name);
  for (std::size_t named = 0; named <= names.size() + 1; ++named) {
    SCOPED_TRACE(named);
    fs::remove_all(dir_ / "copy");
    fs::create_directories(dir_ / "copy");
    fs::copy(work, dir_ / "copy" / ".work", fs::copy_options::recursive);
    write(dir_ / "copy" / "clean.jsonl.zst", "of an earlier run");
    for (std::size_t i = 0; i < names.size(); ++i) {
      fs::copy(dir_ / "whole" / names[i],
               dir_ / "copy" / (names[i] + (i < named ? "" : ".partial")));
    }
    const bool all = named > names.size();
    fs::copy(dir_ / "whole" / "run.json", dir_ / "copy" / (all ? "run.json" : "run.json.partial"));
    if (all) fs::remove(dir_ / "copy" / "clean.jsonl.zst");
    if (named == 0) write(dir_ / "copy" / "run.json", "of an earlier run");
    expect_resumed("copy");
  }
  fs::remove_all(dir_ / "copy");
  fs::copy(dir_ / "whole", dir_ / "copy", fs::copy_options::recursive);
  fs::copy(work, dir_ / "copy" / ".work", fs::copy_options::recursive);
  fs::remove(dir_ / "copy" / "run.json");
  EXPECT_THAT(refusal(request("copy"), "copy", ErrorCode::kCorrupt),
              HasSubstr("run.json.partial: is missing"));
  // What stands there is not taken for what was written, be it as long.
  write(dir_ / "copy" / "run.json", std::string(run_json.size(), ' '));
  EXPECT_THAT(refusal(request("copy"), "copy", ErrorCode::kCorrupt),
              HasSubstr("run.json.partial: is missing"));
  fs::copy(dir_ / "whole" / "run.json", dir_ / "copy" / "run.json.partial");
  EXPECT_THAT(refusal(request("copy"), "copy", ErrorCode::kCorrupt),
              HasSubstr("clean.jsonl.partial: is missing"));
  write(dir_ / "copy" / "run.json.partial", "cut");
  EXPECT_THAT(refusal(request("copy"), "copy", ErrorCode::kCorrupt),
              HasSubstr("run.json.partial: is not what was written"));
  fs::remove(dir_ / "copy" / "run.json.partial");
  write(dir_ / "copy" / "run.json", run_json);
  const std::uint64_t size = last.output_bytes[0];
  for (const std::uint64_t other : {size - 1, size + 1}) {
    fs::resize_file(dir_ / "copy" / "clean.jsonl", other);
    EXPECT_THAT(refusal(request("copy"), "copy", ErrorCode::kCorrupt),
                HasSubstr("clean.jsonl: is not what was written"));
  }
}

// Each fsync of a run over the result of another fails once: what --resume gives is never the
// other's.
TEST_F(ResumeTest, AfterAnySyncThatFailsTheResultIsThatOfTheRun) {
  run_whole();
  RunRequest other = request("old");
  other.inputs = {(dir_ / "in" / "a.jsonl").string()};
  ASSERT_TRUE(run_pipeline(other, specs()).ok());
  const std::map<std::string, std::string> old = contents(dir_ / "old");
  int resumed = 0;
  int not_begun = 0;
  for (int at = 1;; ++at) {
    SCOPED_TRACE(at);
    fs::remove_all(dir_ / "out");
    fs::copy(dir_ / "old", dir_ / "out", fs::copy_options::recursive);
    RunRequest wanted = request("out");
    wanted.force = true;
    g_syncs_until_failure = at;
    const Result<RunSummary> failed = run_pipeline(wanted, specs());
    const bool was_reached = g_syncs_until_failure.exchange(0) < 0;
    if (!was_reached) break;
    wanted.force = false;
    wanted.resume = true;
    const Result<RunSummary> again = run_pipeline(wanted, specs());
    if (again.ok()) {
      ++resumed;
      expect_whole("out");
      // If the run did not fail, only work files were left.
      EXPECT_EQ(again->was_complete, failed.ok());
    } else {
      ++not_begun;
      EXPECT_EQ(failed.error().code, ErrorCode::kIo);
      EXPECT_THAT(again.error().message, HasSubstr("differ from those of the complete run"));
      EXPECT_EQ(contents(dir_ / "out"), old);
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(resumed, 20);
  EXPECT_LT(not_begun, 10);
}

}  // namespace
}  // namespace copydesk
