#include "estimate.h"

#include <gtest/gtest.h>

#include "config_limits.h"

namespace copydesk {
namespace {

// 100 documents of 1 kB in 50 kB of input; scratch files of 30 kB.
SampleRun sample() {
  SampleRun run;
  run.summary.documents = 100;
  run.summary.record_bytes = 100'000;
  run.summary.peak_memory_bytes = 1'030'000;
  run.summary.phase_seconds = {{"read", 0.5}, {"write", 1.5}};
  run.summary.work_files = {{"records", 110'000, 110'000},
                            {"decisions", 5'000, 5'000},
                            {"bands", 20'000, 0},
                            {"pairs", 10'000, 0}};
  run.input_bytes = 50'000;
  run.output_bytes = 130'000;
  return run;
}

RunOptions options(std::uint64_t held) {
  RunOptions run;
  run.memory = held * kScratchShare;
  return run;
}

TEST(Extrapolate, ByBytesOfTheInput) {
  const RunEstimate e = extrapolate(sample(), 500'000, options(300'000));
  EXPECT_EQ(e.sampled, 100U);
  EXPECT_EQ(e.documents, 1000U);
  EXPECT_EQ(e.record_bytes, 1'000'000U);
  EXPECT_EQ(e.output_bytes, 1'300'000U);
  EXPECT_DOUBLE_EQ(e.seconds, 20);
  ASSERT_EQ(e.work_files.size(), 4U);
  EXPECT_EQ(e.work_files[0].bytes, 1'100'000U);
  EXPECT_EQ(e.work_files[1].bytes, 100'000U);  // of two phases
  EXPECT_EQ(e.work_files[2].bytes, 200'000U);
}

TEST(Extrapolate, ScratchFilesGoToDiskBeyondTheirShare) {
  const RunEstimate held = extrapolate(sample(), 500'000, options(300'000));
  EXPECT_EQ(held.work_files[2].on_disk, 0U);
  EXPECT_EQ(held.work_bytes, 1'200'000U);
  EXPECT_EQ(held.memory_bytes, 1'030'000 + 300'000 + 1000 * kBytesADocument);
  const RunEstimate spilled = extrapolate(sample(), 500'000, options(299'999));
  EXPECT_EQ(spilled.work_files[2].on_disk, 200'000U);
  EXPECT_EQ(spilled.work_bytes, 1'500'000U);
  EXPECT_EQ(spilled.memory_bytes, 1'030'000 + 2 * 299'999 + 1000 * kBytesADocument);
}

TEST(Extrapolate, AWholeInputIsWhatItIs) {
  SampleRun whole = sample();
  whole.whole = true;
  EXPECT_EQ(extrapolate(whole, 500'000, {}).documents, 100U);
  // The reader is ahead of what was worked on.
  EXPECT_EQ(extrapolate(sample(), 40'000, {}).documents, 100U);
}

TEST(Extrapolate, NothingForNothing) {
  SampleRun empty;
  empty.whole = true;
  const RunEstimate e = extrapolate(empty, 0, {});
  EXPECT_EQ(e.documents, 0U);
  EXPECT_EQ(e.work_bytes, 0U);
  EXPECT_TRUE(e.fits());
}

TEST(RunEstimate, FitsIfTheSpaceIsThere) {
  RunEstimate e;
  e.work_bytes = 60;
  e.output_bytes = 40;
  e.free_bytes = 99;
  EXPECT_FALSE(e.fits());
  e.free_bytes = 100;
  EXPECT_TRUE(e.fits());
}

}  // namespace
}  // namespace copydesk
