// Whole runs of the engine with stages of the test's own: the engine knows none.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "copydesk/pipeline.h"
#include "copydesk/text/document_frequencies.h"
#include "copydesk/text/words.h"
#include "support/as_nobody.h"
#include "support/cut_repeated.h"

namespace copydesk {
namespace {

namespace fs = std::filesystem;
using testing::CutRepeated;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

// Drops documents that say "drop me", lifts the first line of those that say "lift me".
class DropMarked : public DocumentStage {
 public:
  Verdict process(const Document& document, Local*, Edits& edits,
                  DocumentFindings& findings) const override {
    if (document.text().find("drop me") != std::string_view::npos) {
      return Verdict::drop(DropReason::kTooShort);
    }
    if (document.text().find("lift me") != std::string_view::npos) {
      findings.lift(Field::kAuthor, document.line(0));
      edits.cut_line(0, Reason::kMetaByline, "first");
    }
    return Verdict::keep();
  }
};

// Drops every document whose text equals that of an earlier one, and reports the pair.
class DropCopies : public CorpusStage {
  struct Docs : Observation {
    std::vector<std::uint64_t> docs;
  };

 public:
  std::unique_ptr<Observation> make_observation() const override {
    return std::make_unique<Docs>();
  }
  void observe(const Document& document, Observation& observation) const override {
    static_cast<Docs&>(observation).docs.push_back(document.doc());
  }
  Result<void> combine(Observation& observation) override {
    const std::vector<std::uint64_t>& docs = static_cast<Docs&>(observation).docs;
    if (!docs_.empty() && !docs.empty()) {
      EXPECT_LT(docs_.back(), docs.front()) << "input order";
    }
    docs_.insert(docs_.end(), docs.begin(), docs.end());
    return {};
  }
  Result<void> finalize(const Corpus& corpus, FindingsSink& sink) override {
    std::vector<std::string> texts(docs_.size());
    COPYDESK_RETURN_IF_ERROR(corpus.parallel_for(docs_.size(), [&](std::size_t i) -> Result<void> {
      COPYDESK_ASSIGN_OR_RETURN(const Document document, corpus.read(docs_[i]));
      texts[i] = document.text();
      return {};
    }));
    std::map<std::string, std::uint64_t> first;
    for (std::size_t i = 0; i < docs_.size(); ++i) {
      EXPECT_TRUE(corpus.alive(docs_[i]));
      const auto [it, fresh] = first.try_emplace(texts[i], docs_[i]);
      if (fresh) continue;
      sink.drop(docs_[i], DropReason::kExactDuplicate, it->second);
      EXPECT_FALSE(corpus.alive(docs_[i]));
      Pair pair;
      pair.a = it->second;
      pair.b = docs_[i];
      pair.relation = Relation::kExact;
      COPYDESK_RETURN_IF_ERROR(sink.add(pair));
    }
    return {};
  }
  Verdict process(const Document& document, Local*, Edits&,
                  DocumentFindings& findings) const override {
    findings.story = document.doc();
    return Verdict::keep();
  }
  Result<void> save(StateWriter&) const override { return {}; }
  Result<void> load(StateReader&) override { return {}; }

 private:
  std::vector<std::uint64_t> docs_;
};

// Says that documents without a language whose text holds "Alpha" are German.
class SayGerman : public DocumentStage {
 public:
  Verdict process(const Document& document, Local*, Edits&,
                  DocumentFindings& findings) const override {
    if (document.text().find("Alpha") != std::string_view::npos) findings.language = "de";
    return Verdict::keep();
  }
};

// Keeps German documents, in the process() of a later phase.
class KeepGerman : public DocumentStage {
 public:
  Verdict process(const Document& document, Local*, Edits&, DocumentFindings&) const override {
    return document.language() == "de" ? Verdict::keep() : Verdict::drop(DropReason::kLanguage);
  }
};

class FailToDecide : public DropCopies {
 public:
  Result<void> finalize(const Corpus& corpus, FindingsSink&) override {
    return corpus.parallel_for(100, [](std::size_t i) -> Result<void> {
      if (i % 10 != 3) return {};
      return Error{ErrorCode::kIo, "index " + std::to_string(i)};
    });
  }
};

class Throw : public DocumentStage {
 public:
  Verdict process(const Document&, Local*, Edits&, DocumentFindings&) const override {
    throw std::runtime_error("a stage threw");
  }
};

template <class StageType>
StageSpec spec_of(std::string name, bool edits_text) {
  StageSpec spec;
  spec.name = std::move(name);
  spec.edits_text = edits_text;
  spec.make = [](const OptionValues&) -> Result<std::unique_ptr<Stage>> {
    return std::unique_ptr<Stage>(std::make_unique<StageType>());
  };
  return spec;
}

const std::vector<StageSpec>& specs() {
  static const std::vector<StageSpec> kSpecs = {
      spec_of<DropMarked>("drop_marked", false), spec_of<CutRepeated>("cut_repeated", true),
      spec_of<DropCopies>("drop_copies", false), spec_of<FailToDecide>("fail_to_decide", false),
      spec_of<Throw>("throw_up", false),         spec_of<SayGerman>("say_german", false),
      spec_of<KeepGerman>("keep_german", false)};
  return kSpecs;
}

class RunTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::temp_directory_path() /
           ("copydesk-run-test-" + std::to_string(::getpid()) + "-" +
            ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(dir_);
    fs::create_directories(dir_);
    write("in.jsonl",
          R"({"id":"a","text":"shared line\nAlpha writes of the sea.","n":1.50}
{"id":"b","text":"By B. lift me\nshared line\nBeta writes of the hills."}
{"id":"c","text":"drop me, please"}
{"id":"d","text":"Alpha writes of the sea."}
not json
{"id":"e","text":"  "}

{"id":"f","text":"shared line"}
)");
  }
  void TearDown() override { fs::remove_all(dir_); }

  void write(const std::string& name, std::string_view content) {
    std::ofstream(dir_ / name, std::ios::binary) << content;
  }
  std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream content;
    content << file.rdbuf();
    return content.str();
  }
  RunRequest request(std::vector<std::string> stages, const std::string& out = "out") {
    RunRequest request;
    request.config.input.fields = *field_preset("copydesk");
    for (std::string& stage : stages) request.config.stages.push_back({std::move(stage), {}});
    request.inputs = {(dir_ / "in.jsonl").string()};
    request.out_dir = (dir_ / out).string();
    return request;
  }
  std::map<std::string, std::string> outputs(const std::string& out) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(dir_ / out)) {
      if (entry.is_regular_file() && entry.path().filename() != "run.json") {
        files[entry.path().filename().string()] = read(entry.path());
      }
    }
    return files;
  }

  fs::path dir_;
};

TEST_F(RunTest, KeepsDropsAndRejectsEveryRecordOnce) {
  const Result<RunSummary> summary =
      run_pipeline(request({"drop_marked", "cut_repeated", "drop_copies"}), specs());
  ASSERT_TRUE(summary.ok()) << summary.error().message;
  EXPECT_EQ(summary->documents, 7U);
  EXPECT_EQ(summary->kept, 2U);
  EXPECT_EQ(summary->dropped, 4U);
  EXPECT_EQ(summary->rejected, 1U);
  EXPECT_TRUE(summary->check_conservation().ok());

  const std::map<std::string, std::string> files = outputs("out");
  EXPECT_EQ(files.at("clean.jsonl"),
            R"({"id":"a","text":"Alpha writes of the sea.","n":1.50,)"
            R"("copydesk":{"doc":0,"story":0,"fields":{}}})"
            "\n"
            R"({"id":"b","text":"Beta writes of the hills.",)"
            R"("copydesk":{"doc":1,"story":1,"fields":{"author":["By B. lift me"]}}})"
            "\n");
  EXPECT_EQ(files.at("dropped.jsonl"),
            "{\"id\":\"c\",\"text\":\"drop me, please\"}\n"
            "{\"id\":\"d\",\"text\":\"Alpha writes of the sea.\"}\n"
            "{\"id\":\"e\",\"text\":\"  \"}\n"
            "{\"id\":\"f\",\"text\":\"shared line\"}\n");
  EXPECT_THAT(files.at("rejected.jsonl"),
              HasSubstr(R"(in.jsonl","line":5,"offset":222,"reason":"broken_json")"));
  EXPECT_THAT(files.at("audit.jsonl"),
              HasSubstr(R"({"id":"d","doc":3,"verdict":"dropped","reason":"exact_duplicate",)"
                        R"("of":"a","of_doc":0,"flags":[],"spans":[]})"));
  EXPECT_THAT(files.at("audit.jsonl"),
              HasSubstr(R"({"id":null,"doc":4,"verdict":"rejected","reason":"broken_json")"));
  EXPECT_THAT(files.at("audit.jsonl"),
              HasSubstr(R"({"id":"f","doc":6,"verdict":"dropped","reason":"empty")"));
  EXPECT_THAT(files.at("pairs.jsonl"), HasSubstr(R"("a":"a","a_doc":0,"b":"d","b_doc":3)"));
  EXPECT_EQ(files.size(), 8U);
  EXPECT_TRUE(fs::exists(dir_ / "out" / "run.json"));
}

TEST_F(RunTest, GivesTheSameBytesForAnyThreadsAndBatches) {
  std::string input;
  for (int i = 0; i < 500; ++i) {
    input += R"({"id":")" + std::to_string(i) + R"(","text":"line )" + std::to_string(i % 7) +
             R"(\nstory )" + std::string(1 + static_cast<std::size_t>(i) % 40, 'x') + "\"}\n";
  }
  write("in.jsonl", input);
  std::map<std::string, std::string> first;
  for (const std::uint32_t threads : {1U, 2U, 8U}) {
    for (const std::uint32_t batch : {1U, 7U, 1024U}) {
      RunRequest wanted = request({"drop_marked", "cut_repeated", "drop_copies"});
      wanted.config.run.threads = threads;
      wanted.config.run.batch_documents = batch;
      wanted.force = true;
      const Result<RunSummary> summary = run_pipeline(wanted, specs());
      ASSERT_TRUE(summary.ok()) << summary.error().message;
      if (first.empty()) first = outputs("out");
      EXPECT_EQ(outputs("out"), first) << threads << " threads, batches of " << batch;
    }
  }
}

TEST_F(RunTest, RefusesAnOutputFolderThatExistsUnlessForced) {
  fs::create_directories(dir_ / "out");
  write("out/old.txt", "kept");
  RunRequest wanted = request({"drop_marked"});
  Result<RunSummary> summary = run_pipeline(wanted, specs());
  ASSERT_FALSE(summary.ok());
  EXPECT_EQ(summary.error().code, ErrorCode::kExists);
  EXPECT_EQ(outputs("out").size(), 1U);
  wanted.force = true;
  summary = run_pipeline(wanted, specs());
  EXPECT_TRUE(summary.ok());
  EXPECT_EQ(read(dir_ / "out" / "old.txt"), "kept");
}

TEST_F(RunTest, RefusesOutputInsideInputAndInputInsideOutput) {
  RunRequest wanted = request({"drop_marked"}, "pages/out");
  fs::create_directories(dir_ / "pages");
  wanted.inputs = {(dir_ / "pages").string()};
  write("pages/x.jsonl", "{\"text\":\"x\"}\n");
  EXPECT_EQ(run_pipeline(wanted, specs()).error().code, ErrorCode::kInvalidArgument);
  wanted.out_dir = dir_.string();
  wanted.force = true;
  EXPECT_EQ(run_pipeline(wanted, specs()).error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(fs::exists(dir_ / "pages" / "out"));
}

TEST_F(RunTest, ListsDoNotHideThatInputAndOutputTouch) {
  fs::create_directories(dir_ / "pages");
  write("pages/x.jsonl", "{\"text\":\"x\"}\n");
  write("list", (dir_ / "pages").string() + "\n");
  RunRequest wanted = request({"drop_marked"}, "pages/out");
  wanted.inputs = {"@" + (dir_ / "list").string()};
  EXPECT_EQ(run_pipeline(wanted, specs()).error().code, ErrorCode::kInvalidArgument);
  wanted.out_dir = (dir_ / "pages").string();
  wanted.force = true;
  EXPECT_EQ(run_pipeline(wanted, specs()).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(read(dir_ / "pages" / "x.jsonl"), "{\"text\":\"x\"}\n");
}

TEST_F(RunTest, LearnNeverWritesOverItsInput) {
  RunRequest wanted = request({"cut_repeated"});
  wanted.force = true;
  const std::string before = read(dir_ / "in.jsonl");
  for (const fs::path& path : {dir_ / "in.jsonl", dir_ / "." / "in.jsonl"}) {
    EXPECT_EQ(learn_templates(wanted, specs(), path.string()).error().code,
              ErrorCode::kInvalidArgument);
  }
  fs::create_hard_link(dir_ / "in.jsonl", dir_ / "other-name");
  EXPECT_EQ(learn_templates(wanted, specs(), (dir_ / "other-name").string()).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(read(dir_ / "in.jsonl"), before);
}

TEST_F(RunTest, AnOutputThatCannotBeLookedAtIsNotTakenForMissing) {
  fs::create_symlink(dir_ / "loop", dir_ / "loop");
  const std::string loops = ": cannot look at: Too many levels of symbolic links";
  const std::string too_long = ": cannot look at: File name too long";
  const std::vector<std::pair<fs::path, std::string>> cases = {
      {dir_ / "loop", loops},
      {dir_ / "loop" / "out", loops},
      {dir_ / std::string(300, 'n'), too_long}};
  for (const auto& [out, reason] : cases) {
    RunRequest wanted = request({"cut_repeated"});
    wanted.out_dir = out.string();
    for (const auto& [force, resume] : {std::pair(false, false), {true, false}, {false, true}}) {
      wanted.force = force;
      wanted.resume = resume;
      const Result<RunSummary> refused = run_pipeline(wanted, specs());
      ASSERT_FALSE(refused.ok());
      EXPECT_EQ(refused.error().code, ErrorCode::kIo);
      EXPECT_EQ(refused.error().message, out.string() + reason);
    }
    wanted.resume = false;
    for (const bool force : {false, true}) {
      wanted.force = force;
      const Result<RunSummary> refused = learn_templates(wanted, specs(), out.string());
      ASSERT_FALSE(refused.ok());
      EXPECT_EQ(refused.error().code, ErrorCode::kIo);
      EXPECT_EQ(refused.error().message, out.string() + reason);
    }
  }
  EXPECT_TRUE(fs::is_symlink(dir_ / "loop"));
}

TEST_F(RunTest, AFolderThatMayNotBeListedIsNotTakenForEmpty) {
  fs::create_directories(dir_ / "out");
  write("out/old.txt", "kept");
  RunRequest wanted = request({"drop_marked"});
  wanted.resume = true;
  ASSERT_EQ(::chmod(wanted.out_dir.c_str(), 0333), 0);
  const Result<RunSummary> refused = [&] {
    const testing::AsNobody nobody(dir_);
    return run_pipeline(wanted, specs());
  }();
  ASSERT_EQ(::chmod(wanted.out_dir.c_str(), 0777), 0);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
  EXPECT_EQ(refused.error().message, wanted.out_dir + ": cannot look at: Permission denied");
  EXPECT_EQ(outputs("out").size(), 1U);
}

TEST_F(RunTest, FoldersOfOthersAreNotTouched) {
  fs::create_directories(dir_ / "out" / ".work");
  write("out/.work/precious", "kept");
  RunRequest wanted = request({"drop_marked"});
  wanted.force = true;
  EXPECT_EQ(run_pipeline(wanted, specs()).error().code, ErrorCode::kExists);
  EXPECT_EQ(read(dir_ / "out" / ".work" / "precious"), "kept");
}

TEST_F(RunTest, TwoRunsDoNotShareAFolder) {
  fs::create_directories(dir_ / "out" / ".work");
  const fs::path lock = dir_ / "out" / ".work" / "lock";
  write("out/.work/lock", "copydesk run\nprocess 7 on host tide since yesterday\n");
  const int held = ::open(lock.c_str(), O_RDWR, 0600);
  ASSERT_EQ(::flock(held, LOCK_EX | LOCK_NB), 0);
  RunRequest wanted = request({"drop_marked"});
  for (const auto& [force, resume] : {std::pair(true, false), {false, true}, {false, false}}) {
    wanted.force = force;
    wanted.resume = resume;
    const Result<RunSummary> refused = run_pipeline(wanted, specs());
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kExists);
    EXPECT_THAT(refused.error().message,
                HasSubstr("another run is writing here (process 7 on host tide since yesterday)"));
    EXPECT_TRUE(fs::exists(lock));
  }
  wanted.force = true;
  ::close(held);  // the run that held it died: what it left is ours to take over
  EXPECT_TRUE(run_pipeline(wanted, specs()).ok());
  EXPECT_FALSE(fs::exists(dir_ / "out" / ".work"));
}

TEST_F(RunTest, TakesBackTheParentsItMade) {
  EXPECT_FALSE(run_pipeline(request({"throw_up"}, "a/b/out"), specs()).ok());
  EXPECT_FALSE(fs::exists(dir_ / "a"));
}

TEST_F(RunTest, LeavesNoResultBehindWhenItCannotFinish) {
  const Result<RunSummary> failed = run_pipeline(request({"fail_to_decide"}), specs());
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().message,
            "index 3; what was done is kept, and --resume goes on from there");
  EXPECT_THAT(outputs("out"), IsEmpty());
  EXPECT_TRUE(fs::exists(dir_ / "out" / ".work" / "checkpoint"));
}

TEST_F(RunTest, LeavesNothingBehindThatIsNotWorthKeeping) {
  EXPECT_FALSE(run_pipeline(request({"throw_up"}), specs()).ok());
  EXPECT_FALSE(fs::exists(dir_ / "out"));
  EXPECT_THAT(run_pipeline(request({"throw_up"}), specs()).error().message,
              HasSubstr("a stage threw"));

  const std::atomic<bool> stop = true;
  RunRequest wanted = request({"drop_marked"});
  wanted.stop = &stop;
  EXPECT_EQ(run_pipeline(wanted, specs()).error().code, ErrorCode::kInterrupted);
  EXPECT_FALSE(fs::exists(dir_ / "out"));
}

TEST_F(RunTest, AnEarlierResultSurvivesARunThatFails) {
  ASSERT_TRUE(run_pipeline(request({"drop_marked"}), specs()).ok());
  const std::map<std::string, std::string> before = outputs("out");
  RunRequest wanted = request({"fail_to_decide"});
  wanted.force = true;
  EXPECT_FALSE(run_pipeline(wanted, specs()).ok());
  EXPECT_EQ(outputs("out"), before);
}

TEST_F(RunTest, MissingInputIsRefusedBeforeAnythingIsWritten) {
  RunRequest wanted = request({"drop_marked"});
  wanted.inputs.push_back((dir_ / "missing.jsonl").string());
  const Result<RunSummary> summary = run_pipeline(wanted, specs());
  ASSERT_FALSE(summary.ok());
  EXPECT_EQ(summary.error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(fs::exists(dir_ / "out"));
}

TEST_F(RunTest, LaterStagesAndRowsSeeADetectedLanguage) {
  write("in.jsonl", R"({"id":"a","text":"Alpha"}
{"id":"b","text":"Beta"}
{"id":"c","text":"Alpha one","lang":"French"}
{"id":"d","text":"Beta two","lang":"DE-at"}
)");
  for (const std::vector<std::string>& stages :
       {std::vector<std::string>{"say_german", "keep_german"},
        std::vector<std::string>{"say_german", "cut_repeated",
                                 "keep_german"}}) {  // spooled between
    RunRequest wanted = request(stages);
    wanted.force = true;
    const Result<RunSummary> summary = run_pipeline(wanted, specs());
    ASSERT_TRUE(summary.ok()) << summary.error().message;
    EXPECT_EQ(read(dir_ / "out" / "clean.jsonl"),
              R"({"id":"a","text":"Alpha","copydesk":{"doc":0,"language":"de","fields":{}}})"
              "\n"
              R"({"id":"d","text":"Beta two","lang":"DE-at","copydesk":{"doc":3,"fields":{}}})"
              "\n");
    EXPECT_THAT(read(dir_ / "out" / "audit.jsonl"),
                HasSubstr(R"({"id":"c","doc":2,"verdict":"dropped","reason":"language")"));
  }
}

TEST_F(RunTest, AuditHoldsRemovedTextWhenAsked) {
  RunRequest wanted = request({"drop_marked"});
  wanted.config.output.keep_removed = true;
  ASSERT_TRUE(run_pipeline(wanted, specs()).ok());
  EXPECT_THAT(read(dir_ / "out" / "audit.jsonl"),
              HasSubstr(R"({"begin":0,"end":14,"stage":"drop_marked","reason":"meta.byline",)"
                        R"("rule":"first","removed":"By B. lift me\n"})"));
}

TEST_F(RunTest, LearnWritesTemplatesOnly) {
  const fs::path path = dir_ / "templates.jsonl";
  const RunRequest wanted = request({"drop_marked", "cut_repeated", "drop_copies"});
  const Result<RunSummary> summary = learn_templates(wanted, specs(), path.string());
  ASSERT_TRUE(summary.ok()) << summary.error().message;
  EXPECT_EQ(summary->templates, 1U);
  EXPECT_EQ(summary->documents, 7U);
  EXPECT_EQ(summary->rejected, 1U);
  EXPECT_EQ(summary->dropped, 2U);
  EXPECT_THAT(read(path), HasSubstr("\"pages\":3"));
  EXPECT_FALSE(fs::exists(dir_ / "out"));
  EXPECT_EQ(learn_templates(wanted, specs(), path.string()).error().code, ErrorCode::kExists);
}

// Of cleaned texts, each once: what is dropped, cut or said twice does not count.
TEST_F(RunTest, LearnWritesHowCommonWordsAre) {
  const fs::path path = dir_ / "words.txt";
  const RunRequest wanted = request({"drop_marked", "cut_repeated", "drop_copies"});
  const Result<RunSummary> summary = learn_background(wanted, specs(), path.string());
  ASSERT_TRUE(summary.ok()) << summary.error().message;
  EXPECT_EQ(summary->documents, 7U);
  const Result<text::DocumentFrequencies> table =
      text::DocumentFrequencies::parse(read(path), "words.txt");
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_EQ(table->documents(), 2U);
  EXPECT_EQ(table->words(), 3U);
  for (const char* word : {"writes", "of", "the"}) {
    EXPECT_DOUBLE_EQ(table->share(text::word_hash(word)), 1) << word;
  }
  EXPECT_DOUBLE_EQ(table->share(text::word_hash("shared")), 0.5);
  EXPECT_FALSE(fs::exists(dir_ / "out"));
  EXPECT_EQ(learn_background(wanted, specs(), path.string()).error().code, ErrorCode::kExists);
}

TEST_F(RunTest, LearnedTablesAreTheSameForAnyThreadsAndBatches) {
  std::string input;
  for (int i = 0; i < 300; ++i) {
    input += R"({"title":"On )" + std::to_string(i % 11) + R"(","text":"line )" +
             std::to_string(i % 7) + " story " + std::to_string(i % 40) + "\"}\n";
  }
  write("in.jsonl", input);
  std::string first;
  for (const std::uint32_t threads : {1U, 2U, 8U}) {
    for (const std::uint32_t batch : {1U, 7U, 1024U}) {
      RunRequest wanted = request({"drop_marked"});
      wanted.config.run.threads = threads;
      wanted.config.run.batch_documents = batch;
      wanted.force = true;
      const fs::path path = dir_ / "words.txt";
      ASSERT_TRUE(learn_background(wanted, specs(), path.string()).ok());
      if (first.empty()) first = read(path);
      EXPECT_EQ(read(path), first) << threads << " threads, batches of " << batch;
    }
  }
  EXPECT_THAT(first, HasSubstr("documents 300\n"));
}

// Stages at the end that only relate documents have nothing to do with words.
TEST_F(RunTest, LearningWordsLeavesOutWhatOnlyRelates) {
  EXPECT_FALSE(run_pipeline(request({"drop_marked", "fail_to_decide"}), specs()).ok());
  const fs::path path = dir_ / "words.txt";
  EXPECT_TRUE(
      learn_background(request({"drop_marked", "fail_to_decide"}), specs(), path.string()).ok());
}

TEST_F(RunTest, NothingIsLearnedFromNoWords) {
  write("in.jsonl", "{\"id\":\"a\",\"text\":\" \"}\n");
  const fs::path path = dir_ / "words.txt";
  const Result<RunSummary> summary = learn_background(request({}), specs(), path.string());
  EXPECT_EQ(summary.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(summary.error().message, "the input has no words to learn from");
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(RunTest, CleanStreamsDocumentStagesOnly) {
  const fs::path path = dir_ / "clean.jsonl";
  std::FILE* file = std::fopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr);
  const Result<RunSummary> summary =
      clean_stream(request({"drop_marked", "cut_repeated", "drop_copies"}), specs(), fileno(file));
  std::fclose(file);
  ASSERT_TRUE(summary.ok()) << summary.error().message;
  EXPECT_EQ(summary->kept, 4U);
  ASSERT_EQ(summary->warnings.size(), 1U);
  EXPECT_THAT(summary->warnings[0],
              MatchesRegex("rejected: .*in.jsonl: line 5, byte 222: broken_json: byte 0: .*"));
  EXPECT_THAT(summary->warnings[0], Not(HasSubstr("not json")));
  EXPECT_THAT(read(path), HasSubstr(R"("id":"f","text":"shared line")"));
}

TEST_F(RunTest, CleanNamesTheFirstRejectedRecordsAndCountsTheRest) {
  const auto warnings_of = [&](int broken) {
    std::string input;
    for (int i = 0; i < broken; ++i) input += "{\"secret\n";
    write("in.jsonl", input);
    std::FILE* file = std::fopen((dir_ / "clean.jsonl").c_str(), "w");
    const Result<RunSummary> summary =
        clean_stream(request({"drop_marked"}), specs(), fileno(file));
    std::fclose(file);
    EXPECT_TRUE(summary.ok());
    return summary.ok() ? summary->warnings : std::vector<std::string>();
  };
  const std::vector<std::string> all = warnings_of(20);
  ASSERT_EQ(all.size(), 20U);
  EXPECT_THAT(all, Each(Not(HasSubstr("secret"))));
  EXPECT_THAT(all.back(), HasSubstr("line 20, "));
  EXPECT_EQ(warnings_of(19).size(), 19U);
  for (const auto& [broken, rest] : {std::pair(21, "and 1 more rejected record"),
                                     std::pair(45, "and 25 more rejected records")}) {
    const std::vector<std::string> some = warnings_of(broken);
    ASSERT_EQ(some.size(), 21U);
    EXPECT_THAT(some[19], HasSubstr("line 20, "));
    EXPECT_EQ(some[20], rest);
  }
}

}  // namespace
}  // namespace copydesk
