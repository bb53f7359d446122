#include "cli/progress.h"

#include <gtest/gtest.h>

namespace copydesk::cli {
namespace {

Progress half_way() {
  return {.phase = 1,
          .phases = 3,
          .phase_name = "read",
          .documents = 12345,
          .documents_total = 0,
          .bytes = 50'000'000,
          .bytes_total = 100'000'000};
}

TEST(Progress, HasBarRateAndEta) {
  EXPECT_EQ(progress_line(half_way(), 5, 100),
            "[1/3] read [==========>         ]  50 %  12,345 documents  10.0 MB/s  ETA 5.00 s");
  EXPECT_EQ(progress_log(half_way(), 5),
            "[1/3] read 50 %  12,345 documents  10.0 MB/s  ETA 5.00 s");
}

TEST(Progress, WithoutAnEndNoBarAndNoEta) {
  Progress p = half_way();
  p.bytes_total = 0;
  EXPECT_EQ(progress_line(p, 5, 100), "[1/3] read  12,345 documents  10.0 MB/s");
}

TEST(Progress, NoRateInTheFirstMoment) {
  EXPECT_EQ(progress_log(half_way(), 0.49), "[1/3] read 50 %  12,345 documents");
  EXPECT_EQ(progress_log(half_way(), 0.5),
            "[1/3] read 50 %  12,345 documents  100.0 MB/s  ETA 0.50 s");
}

TEST(Progress, CountsDocumentsWhereTheyAreKnown) {
  Progress p = half_way();
  p.documents = 3;
  p.documents_total = 4;
  EXPECT_EQ(progress_log(p, 0), "[1/3] read 75 %  3 documents");
}

TEST(Progress, EndsOfTheBar) {
  Progress p = half_way();
  p.bytes = 0;
  EXPECT_EQ(progress_line(p, 1, 100),
            "[1/3] read [>                   ]   0 %  12,345 documents  0.0 MB/s");
  p.bytes = p.bytes_total;
  EXPECT_EQ(progress_line(p, 1, 45), "[1/3] read [====================] 100 %  12,3");
  p.bytes = 2 * p.bytes_total;
  EXPECT_EQ(progress_log(p, 0), "[1/3] read 100 %  12,345 documents") << "never above";
  EXPECT_EQ(progress_line(p, 1, 0), "");
  EXPECT_EQ(progress_line(p, 1, -1), "");
}

}  // namespace
}  // namespace copydesk::cli
