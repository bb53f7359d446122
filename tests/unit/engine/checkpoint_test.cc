#include "checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>

#include "run_file.h"
#include "support/temp_folder.h"

namespace copydesk {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class CheckpointTest : public ::testing::Test {
 protected:
  [[nodiscard]] const std::string& folder() const { return folder_.root(); }

  testing::TempFolder folder_;
  const fs::path dir_ = folder_.root();
};

// Every number another.
RunSummary full_summary() {
  RunSummary summary;
  std::uint64_t next = 100;
  const auto count = [&](auto& values) {
    std::iota(values.begin(), values.end(), next);
    next += values.size();
  };
  for (std::uint64_t* number :
       {&summary.documents, &summary.kept, &summary.dropped, &summary.rejected, &summary.bytes_in,
        &summary.record_bytes, &summary.text_bytes_in, &summary.text_bytes_kept,
        &summary.lone_surrogates, &summary.clusters, &summary.clustered_documents,
        &summary.largest_cluster, &summary.stories, &summary.stories_of_several,
        &summary.templates}) {
    *number = next++ << 33;
  }
  count(summary.rejected_by);
  count(summary.pairs);
  for (const char* name : {"one", "engine"}) {
    StageCount stage;
    stage.stage = name;
    stage.in = next++;
    stage.kept = next++;
    count(stage.dropped);
    count(stage.spans);
    count(stage.bytes);
    count(stage.lifted);
    summary.stages.push_back(stage);
  }
  summary.notes = {{"one", "number", "", -0.125}, {"two", "text", "words", 0}};
  summary.warnings = {"first", "", "a\nthird"};
  summary.seconds = 12.5;
  summary.phase_seconds = {{"read", 1.5}, {"write", 1e-9}};
  summary.work_files = {{"records", next++, next++}};
  return summary;
}

std::string rendered(const RunSummary& summary) {
  return render_run_file(summary, Config(), {}, {});
}

Checkpoint full_checkpoint() {
  Checkpoint point;
  point.phase = 1;
  point.records = 1ULL << 40;
  point.input_read = true;
  point.raw = {3, 4};
  point.decisions = {5, 6};
  point.decisions_before = {7, 8};
  point.state = {{{"first", 9}, {"second", 10}}, ~0ULL};
  std::iota(point.output_bytes.begin(), point.output_bytes.end(), 11U);
  point.run_checksum = ~1ULL;
  point.summary = full_summary();
  return point;
}

TEST_F(CheckpointTest, ComesBackAsItWas) {
  EXPECT_FALSE(*read_checkpoint(folder()));
  ASSERT_TRUE(write_checkpoint(folder(), Checkpoint()).ok());
  const Checkpoint whole = full_checkpoint();
  ASSERT_TRUE(write_checkpoint(folder(), whole).ok()) << "in place of the one before";
  const Result<std::optional<Checkpoint>> read = read_checkpoint(folder());
  ASSERT_TRUE(read.ok() && *read);
  const Checkpoint& back = **read;
  EXPECT_EQ(back.phase, whole.phase);
  EXPECT_EQ(back.records, whole.records);
  EXPECT_TRUE(back.input_read);
  const auto extents = [](const Checkpoint& p) {
    return std::vector<std::uint64_t>{p.raw.records,
                                      p.raw.bytes,
                                      p.decisions.records,
                                      p.decisions.bytes,
                                      p.decisions_before.records,
                                      p.decisions_before.bytes};
  };
  EXPECT_EQ(extents(back), extents(whole));
  ASSERT_EQ(back.state.sections.size(), 2U);
  EXPECT_EQ(back.state.sections[1].name, "second");
  EXPECT_EQ(back.state.sections[1].bytes, 10U);
  EXPECT_EQ(back.state.checksum, ~0ULL);
  EXPECT_EQ(back.output_bytes, whole.output_bytes);
  EXPECT_EQ(back.run_checksum, whole.run_checksum);
  EXPECT_EQ(rendered(back.summary), rendered(whole.summary));
  EXPECT_THAT(rendered(back.summary), HasSubstr("a\\nthird"));
  EXPECT_FALSE(fs::exists(dir_ / "checkpoint.partial"));
}

TEST_F(CheckpointTest, EveryTruncationAndEveryDamagedBitIsCorrupt) {
  ASSERT_TRUE(write_checkpoint(folder(), full_checkpoint()).ok());
  std::ifstream file(dir_ / "checkpoint", std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(file)), {});
  const auto expect_corrupt = [&](const std::string& bytes) {
    std::ofstream(dir_ / "checkpoint", std::ios::binary) << bytes;
    const Result<std::optional<Checkpoint>> read = read_checkpoint(folder());
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(read.error().message, HasSubstr("checkpoint: is damaged"));
  };
  for (std::size_t at = 0; at < whole.size(); ++at) {
    SCOPED_TRACE(at);
    expect_corrupt(whole.substr(0, at));
    std::string damaged = whole;
    damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ (1U << (at % 8)));
    expect_corrupt(damaged);
  }
  expect_corrupt(whole + '\0');
}

TEST_F(CheckpointTest, WhatCannotBeWrittenIsSaidAndLeavesTheOneBefore) {
  ASSERT_TRUE(write_checkpoint(folder(), full_checkpoint()).ok());
  fs::create_directory(dir_ / "checkpoint.partial");
  const Result<void> written = write_checkpoint(folder(), Checkpoint());
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::kIo);
  EXPECT_THAT(written.error().message, HasSubstr("checkpoint.partial: cannot create"));
  EXPECT_EQ((*read_checkpoint(folder()))->phase, 1U);
}

RunIdentity identity() {
  RunIdentity run;
  run.version = "copydesk 1";
  run.sources = "1f2e";
  run.working_folder = "/begun";
  run.config = "stages = []\n\n[input]\na = 1\n\n[output]\na = 1\nb = 2\n";
  run.files = {{"strip_lines.model", "m.bin", 7}};
  InputFile input;
  input.path = "in/a";
  input.name = "in/a";
  input.size = 5;
  input.modified_ns = -6;
  input.folder = "in";
  run.inputs = {input, input};
  run.inputs[1].path = run.inputs[1].name = "in/b";
  return run;
}

// The message for what `change` does to a run that was begun.
template <class Change>
std::string difference(Change change) {
  RunIdentity wanted = identity();
  change(wanted);
  const Result<void> same = check_same_run(identity(), wanted);
  EXPECT_FALSE(same.ok());
  return same.ok() ? "" : same.error().message;
}

TEST_F(CheckpointTest, FilesOfAnotherLayoutAreNotOnlyCalledDamaged) {
  std::ofstream(dir_ / "run", std::ios::binary) << "copydesk work 0\n" << std::string(16, '\0');
  const Result<std::optional<RunIdentity>> read = read_identity_of_run(folder());
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(read.error().message,
              HasSubstr("run: is damaged, or was written by another version of copydesk"));
}

TEST_F(CheckpointTest, IdentitiesComeBackAndAreTheSame) {
  EXPECT_FALSE(*read_identity_of_run(folder()));
  ASSERT_TRUE(write_identity(folder(), identity()).ok());
  const Result<std::optional<RunIdentity>> back = read_identity_of_run(folder());
  ASSERT_TRUE(back.ok() && *back);
  EXPECT_TRUE(check_same_run(**back, identity()).ok());
  EXPECT_EQ((*back)->inputs[0].modified_ns, -6);
  EXPECT_EQ((*back)->working_folder, "/begun");
}

// Relative paths mean other files there; absolute ones do not.
TEST_F(CheckpointTest, AnotherWorkingFolderIsNamedWherePathsAreRelative) {
  using Change = std::function<void(RunIdentity&)>;
  const auto difference_in = [](const std::string& folder, bool relative, const Change& change) {
    RunIdentity begun = identity();
    if (!relative) {
      for (InputFile& input : begun.inputs) input.path = "/" + input.path;
      begun.files[0].path = "/m.bin";
    }
    RunIdentity wanted = begun;
    wanted.working_folder = folder;
    EXPECT_TRUE(check_same_run(begun, wanted).ok()) << "the folder alone changes nothing";
    change(wanted);
    const Result<void> same = check_same_run(begun, wanted);
    EXPECT_FALSE(same.ok());
    return same.ok() ? std::string() : same.error().message;
  };
  const std::string said =
      "; the unfinished run was begun in the folder /begun, and this is /here, where relative "
      "paths "
      "mean other files; --force";
  const std::vector<Change> changes = {
      [](RunIdentity& r) { ++r.inputs[1].size; },
      [](RunIdentity& r) { ++r.inputs[1].modified_ns; },
      [](RunIdentity& r) { r.inputs[1].fault = "cannot open"; },
      [](RunIdentity& r) { r.inputs[1].name = "../" + r.inputs[1].name; },
      [](RunIdentity& r) { r.inputs.pop_back(); },
      [](RunIdentity& r) { r.files[0].checksum = 8; },
  };
  for (const Change& change : changes) {
    EXPECT_THAT(difference_in("/here", true, change), HasSubstr(said));
    for (const char* folder : {"/begun", ""}) {
      EXPECT_THAT(difference_in(folder, true, change), Not(HasSubstr("folder")));
    }
    EXPECT_THAT(difference_in("/here", false, change), Not(HasSubstr("folder")));
  }
  // A way from here to what was named by a whole path.
  EXPECT_THAT(difference_in("/here", false, [](RunIdentity& r) { r.inputs[0].path = "../in/a"; }),
              HasSubstr(said));
}

TEST_F(CheckpointTest, TheFirstDifferenceIsNamed) {
  EXPECT_THAT(difference([](RunIdentity& r) { r.version = "copydesk 2"; }),
              HasSubstr("begun by copydesk 1 (sources 1f2e); this is copydesk 2 (sources 1f2e); "
                        "--force"));
  EXPECT_THAT(difference([](RunIdentity& r) { r.sources = "3d4c"; }),
              HasSubstr("begun by copydesk 1 (sources 1f2e); this is copydesk 1 (sources 3d4c); "
                        "--force"));
  EXPECT_THAT(
      difference([](RunIdentity& r) { r.config.replace(r.config.find("b = 2"), 5, "b = 3"); }),
      HasSubstr(": [output] b = 3; it was b = 2; --force"));
  EXPECT_THAT(difference([](RunIdentity& r) { r.config += "c = 1\n"; }),
              HasSubstr("[output] c = 1; it was nothing; --force"));
  EXPECT_THAT(difference([](RunIdentity& r) { ++r.inputs[1].size; }),
              HasSubstr("in/b: has changed since the unfinished run began: 6 bytes; it had 5"));
  EXPECT_THAT(difference([](RunIdentity& r) { ++r.inputs[1].modified_ns; }),
              HasSubstr("in/b: has changed since the unfinished run began"));
  EXPECT_THAT(difference([](RunIdentity& r) { r.inputs[0].fault = "cannot open"; }),
              HasSubstr("in/a: cannot open; when the unfinished run began: it could be read"));
  EXPECT_THAT(difference([](RunIdentity& r) { std::swap(r.inputs[0], r.inputs[1]); }),
              HasSubstr("unfinished run: in/b; it was in/a"));
  EXPECT_THAT(difference([](RunIdentity& r) { r.inputs.pop_back(); }),
              HasSubstr("in/b is missing"));
  EXPECT_THAT(difference([](RunIdentity& r) { r.inputs.push_back(r.inputs[0]); }),
              HasSubstr("in/a is new"));
  EXPECT_THAT(difference([](RunIdentity& r) { r.files[0].checksum = 8; }),
              HasSubstr("m.bin: has changed since the unfinished run began (strip_lines.model)"));
  EXPECT_THAT(difference([](RunIdentity& r) { r.files.clear(); }), HasSubstr("m.bin: has changed"));
}

}  // namespace
}  // namespace copydesk
