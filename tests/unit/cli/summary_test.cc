#include "cli/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "copydesk/findings.h"

namespace copydesk::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Summary, OfNothingDividesByNothing) {
  EXPECT_EQ(format_summary(RunSummary(), Paint(false)),
            "documents       0  0 B of records\n"
            "  kept          0\n"
            "text          0 B\n"
            "  removed     0 B\n"
            "time       0.00 s\n");
}

TEST(Summary, SaysWhatCameInWhatWentAndWhatWasFound) {
  RunSummary s;
  s.documents = 1000;
  s.kept = 900;
  s.dropped = 90;
  s.rejected = 10;
  s.rejected_by[static_cast<std::size_t>(RejectReason::kBrokenJson)] = 10;
  s.bytes_in = 1'000'000;
  s.record_bytes = 3'000'000;
  s.text_bytes_in = 2'000'000;
  StageCount stage;
  stage.stage = "strip_rules";
  stage.dropped[static_cast<std::size_t>(DropReason::kNearDuplicate)] = 90;
  stage.spans[static_cast<std::size_t>(Reason::kPromoAd)] = 1234;
  stage.bytes[static_cast<std::size_t>(Reason::kPromoAd)] = 100'000;
  stage.lifted[static_cast<std::size_t>(Field::kAuthor)] = 77;
  s.stages = {stage, stage};
  s.pairs[static_cast<std::size_t>(Relation::kSharesPassage)] = 5;
  s.clusters = 3;
  s.clustered_documents = 8;
  s.largest_cluster = 4;
  s.stories = 20;
  s.stories_of_several = 6;
  s.templates = 11;
  s.seconds = 2;
  s.phase_seconds = {{"read", 0.5}, {"write", 1.5}};
  s.peak_memory_bytes = 50'000'000;
  s.notes = {{"match_reuse", "candidates", "", 12}, {"match_reuse", "bands", "x\x1b", 0}};
  s.warnings = {"a.gz: changed while it was read"};
  EXPECT_EQ(format_summary(s, Paint(false)),
            "documents              1,000  3.0 MB of records, 1.0 MB on disk\n"
            "  kept                   900  90.0 %\n"
            "  dropped                 90  9.0 %\n"
            "    near_duplicate       180\n"
            "  rejected                10  1.0 %\n"
            "    broken_json           10\n"
            "text                  2.0 MB\n"
            "  removed           200.0 kB  10.0 %\n"
            "    promo.ad        200.0 kB  2,468 times\n"
            "fields                   154  lifted out of the text\n"
            "  author                 154\n"
            "pairs                      5\n"
            "  shares_passage           5\n"
            "clusters                   3  of 8 documents, the largest of 4\n"
            "stories                   20  6 of several documents\n"
            "templates                 11  lines\n"
            "time                  2.00 s  1.5 MB/s, peak memory 50.0 MB\n"
            "  read                0.50 s\n"
            "  write               1.50 s\n"
            "notes\n"
            "  match_reuse candidates: 12\n"
            "  match_reuse bands: x\\x1b\n"
            "warning: a.gz: changed while it was read\n");
}

// Eight reasons stand alone; a ninth, too; of ten, two share a line.
TEST(Summary, RareReasonsShareALine) {
  for (const std::size_t reasons : {8U, 9U, 10U}) {
    RunSummary s;
    StageCount stage;
    for (std::size_t i = 0; i < reasons; ++i) {
      stage.spans[i] = 1;
      stage.bytes[i] = 100 - i;
    }
    s.stages = {stage};
    const std::string text = format_summary(s, Paint(false));
    EXPECT_THAT(text, HasSubstr(name_of(static_cast<Reason>(7))));
    if (reasons == 10) {
      EXPECT_THAT(text, HasSubstr("2 other reasons   183 B  2 times"));
      EXPECT_THAT(text, Not(HasSubstr(name_of(static_cast<Reason>(8)))));
    } else {
      EXPECT_THAT(text, Not(HasSubstr("other reasons")));
    }
  }
}

TEST(Summary, Coloured) {
  EXPECT_THAT(format_summary(RunSummary(), Paint(true)), HasSubstr("\x1b[1mdocuments\x1b[0m"));
}

}  // namespace
}  // namespace copydesk::cli
