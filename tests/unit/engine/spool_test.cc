#include "spool.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace copydesk {
namespace {

namespace fs = std::filesystem;

// Every field differs from its default.
Record full_record() {
  DocumentFields fields;
  fields.doc = 41;
  fields.id = "story-1";
  fields.outlet = "gazette.example";
  fields.url = "https://gazette.example/1";
  fields.title = "Bridge reopens";
  fields.date = "2024-10-12";
  fields.time = 1728691200;
  fields.language = "en";
  Record record;
  record.document = Document(std::move(fields), "Menu\nThe br?dge reopened.\nShare\n");
  record.document.apply({{{0, 5}, Reason::kNavMenu, "strip_rules", "nav.menu", ""},
                         {{9, 15}, Reason::kFormError, "repair", "", "bridge"}});
  record.document.apply_blanks();
  record.document.lift({Field::kAuthor, "Ada Reporter"});
  record.document.lift({Field::kCaptions, "The bridge"});
  record.document.flag(Flag::kOutletFromUrl);
  record.document.flag(Flag::kGuarded);
  record.raw.bytes = std::string("{\"text\":\0\"\xFF\"}", 13);
  record.raw.source = 3;
  record.raw.line = 7;
  record.raw.offset = 1ULL << 40;
  record.raw.is_text = true;
  record.raw.text_id = "folder/a.txt";
  record.layout.text_value = {8, 11};
  record.layout.annotation = {1, 4};
  record.layout.closing_brace = 12;
  record.layout.has_members = true;
  record.verdict = Verdict::drop(DropReason::kNearDuplicate, 5);
  record.cluster = ClusterTag{9, 2, {"gazette.example", "herald.example"}};
  record.story = 77;
  return record;
}

std::string encoded(const Record& record) {
  std::string out;
  encode_record(record, out);
  return out;
}

Record decoded(std::string_view bytes) {
  Result<Record> record = decode_record(bytes);
  EXPECT_TRUE(record.ok());
  return record.ok() ? *std::move(record) : Record();
}

TEST(SpooledRecord, EveryFieldComesBack) {
  const Record record = full_record();
  const Record back = decoded(encoded(record));

  const Document& document = back.document;
  EXPECT_EQ(document.doc(), 41U);
  EXPECT_EQ(document.id(), "story-1");
  EXPECT_EQ(document.outlet(), "gazette.example");
  EXPECT_EQ(document.url(), "https://gazette.example/1");
  EXPECT_EQ(document.title(), "Bridge reopens");
  EXPECT_EQ(document.date(), "2024-10-12");
  EXPECT_EQ(document.time(), 1728691200);
  EXPECT_EQ(document.language(), "en");
  EXPECT_EQ(document.original(), record.document.original());
  EXPECT_EQ(document.text(), "The bridge reopened.\nShare\n");
  ASSERT_EQ(document.edits().size(), 2U);
  EXPECT_EQ(document.edits()[0].span, (Span{0, 5}));
  EXPECT_EQ(document.edits()[0].reason, Reason::kNavMenu);
  EXPECT_EQ(document.edits()[0].stage, "strip_rules");
  EXPECT_EQ(document.edits()[0].rule, "nav.menu");
  EXPECT_EQ(document.edits()[0].replacement, "");
  EXPECT_EQ(document.edits()[1].replacement, "bridge");
  ASSERT_EQ(document.lifted().size(), 2U);
  EXPECT_EQ(document.lifted(Field::kAuthor), "Ada Reporter");
  EXPECT_EQ(document.lifted(Field::kCaptions), "The bridge");
  ASSERT_EQ(document.flags().size(), 2U);
  EXPECT_EQ(document.flags()[0], Flag::kOutletFromUrl);
  EXPECT_EQ(document.flags()[1], Flag::kGuarded);

  EXPECT_EQ(back.raw.bytes, record.raw.bytes);
  EXPECT_EQ(back.raw.source, 3U);
  EXPECT_EQ(back.raw.line, 7U);
  EXPECT_EQ(back.raw.offset, 1ULL << 40);
  EXPECT_TRUE(back.raw.is_text);
  EXPECT_EQ(back.raw.text_id, "folder/a.txt");
  EXPECT_EQ(back.layout.text_value, (Span{8, 11}));
  EXPECT_EQ(back.layout.annotation, (Span{1, 4}));
  EXPECT_EQ(back.layout.closing_brace, 12U);
  EXPECT_TRUE(back.layout.has_members);
  EXPECT_FALSE(back.rejection);
  EXPECT_EQ(back.verdict, Verdict::drop(DropReason::kNearDuplicate, 5));
  ASSERT_TRUE(back.cluster);
  EXPECT_EQ(back.cluster->cluster, 9U);
  EXPECT_EQ(back.cluster->size, 2U);
  EXPECT_EQ(back.cluster->outlets, (std::vector<std::string>{"gazette.example", "herald.example"}));
  EXPECT_EQ(back.story, 77U);

  EXPECT_EQ(encoded(back), encoded(record));
}

TEST(SpooledRecord, DetectedLanguagesComeBackAsDetected) {
  Record record;
  record.document = Document({}, "x");
  record.document.detect_language("de");
  const Record back = decoded(encoded(record));
  EXPECT_EQ(back.document.language(), "de");
  EXPECT_EQ(back.document.detected_language(), "de");
  EXPECT_EQ(decoded(encoded(full_record())).document.detected_language(), "");
}

TEST(SpooledRecord, AbsentThingsStayAbsent) {
  const Record back = decoded(encoded(Record()));
  EXPECT_EQ(back.document.text(), "");
  EXPECT_FALSE(back.document.time());
  EXPECT_TRUE(back.document.edits().empty());
  EXPECT_FALSE(back.rejection);
  EXPECT_TRUE(back.verdict.kept());
  EXPECT_FALSE(back.cluster);
  EXPECT_FALSE(back.story);
  EXPECT_TRUE(back.alive());
}

TEST(SpooledRecord, RejectionsAndVerdicts) {
  Record record = full_record();
  record.rejection = Rejection{RejectReason::kInvalidUtf8, "byte 3 is not UTF-8"};
  record.verdict = Verdict::drop(DropReason::kEmpty);
  const Record back = decoded(encoded(record));
  ASSERT_TRUE(back.rejection);
  EXPECT_EQ(back.rejection->reason, RejectReason::kInvalidUtf8);
  EXPECT_EQ(back.rejection->message, "byte 3 is not UTF-8");
  EXPECT_EQ(back.verdict, Verdict::drop(DropReason::kEmpty));
  EXPECT_FALSE(back.alive());
}

TEST(SpooledRecord, IsAppendedToWhatStands) {
  std::string out = "before";
  encode_record(full_record(), out);
  EXPECT_EQ(out, "before" + encoded(full_record()));
}

void expect_corrupt(std::string_view bytes) {
  const Result<Record> record = decode_record(bytes);
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(record.error().code, ErrorCode::kCorrupt);
}

TEST(SpooledRecord, EveryTruncationIsCorrupt) {
  const std::string whole = encoded(full_record());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    SCOPED_TRACE(size);
    expect_corrupt(std::string_view(whole).substr(0, size));
    if (size > 0) expect_corrupt(std::string_view(whole).substr(size));
  }
  expect_corrupt(whole + '\0');
  expect_corrupt(whole + whole);
}

TEST(SpooledRecord, EveryDamagedBitIsCorrupt) {
  const std::string whole = encoded(full_record());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      SCOPED_TRACE(std::to_string(at) + "." + std::to_string(bit));
      std::string damaged = whole;
      damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ (1U << bit));
      expect_corrupt(damaged);
    }
  }
}

class SpoolFile : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = ::testing::TempDir() + "copydesk_spool_test." + std::to_string(::getpid());
  }
  void TearDown() override { fs::remove(path_); }

  Record record_of(std::uint64_t doc, std::size_t bytes, std::string id) {
    DocumentFields fields;
    fields.doc = doc;
    fields.id = std::move(id);
    fields.outlet = "outlet-" + std::to_string(doc) + ".example";
    fields.date = "2024";
    Record record;
    record.document = Document(std::move(fields), std::string(bytes, 'x'));
    return record;
  }

  std::string path_;
};

TEST_F(SpoolFile, GivesRecordsBackInAnyOrder) {
  Result<Spool> made = Spool::create(path_);
  ASSERT_TRUE(made.ok());
  Spool& spool = *made;
  EXPECT_EQ(spool.records(), 0U);
  EXPECT_EQ(spool.bytes(), 0U);
  // Identities shorter and longer than what is read at first; texts that overflow the buffer.
  const std::vector<std::size_t> id_sizes = {1, 400, 511, 512, 513, 5000, 0};
  std::vector<std::string> all;
  for (std::size_t doc = 0; doc < id_sizes.size(); ++doc) {
    all.push_back(
        encoded(record_of(doc, doc % 2 == 0 ? 700'000 : 10, std::string(id_sizes[doc], 'i'))));
    ASSERT_TRUE(spool.append(all.back()).ok());
  }
  ASSERT_TRUE(spool.finish().ok());

  EXPECT_EQ(spool.records(), all.size());
  std::uint64_t bytes = 0;
  for (std::size_t doc = all.size(); doc-- > 0;) {
    SCOPED_TRACE(doc);
    bytes += all[doc].size();
    EXPECT_EQ(spool.record_size(doc), all[doc].size());
    const Result<Record> record = spool.read_record(doc);
    ASSERT_TRUE(record.ok());
    EXPECT_EQ(record->document.doc(), doc);
    const Result<Identity> identity = spool.read_identity(doc);
    ASSERT_TRUE(identity.ok());
    EXPECT_EQ(identity->id, std::string(id_sizes[doc], 'i'));
    EXPECT_EQ(identity->outlet, "outlet-" + std::to_string(doc) + ".example");
    EXPECT_EQ(identity->date, "2024");
  }
  EXPECT_EQ(spool.bytes(), bytes);

  const Result<std::string> middle = spool.read(1, 4);
  ASSERT_TRUE(middle.ok());
  EXPECT_TRUE(*middle == all[1] + all[2] + all[3]);
  EXPECT_EQ(spool.bytes_between(1, 4), middle->size());
  EXPECT_EQ(*spool.read(2, 2), "");
}

TEST_F(SpoolFile, IsRemovedWithItsLastOwner) {
  {
    Result<Spool> made = Spool::create(path_);
    ASSERT_TRUE(made.ok());
    Spool first = *std::move(made);
    ASSERT_TRUE(first.append(encoded(record_of(0, 5, "a"))).ok());
    Spool second = std::move(first);
    ASSERT_TRUE(second.finish().ok());
    EXPECT_TRUE(fs::exists(path_));
    EXPECT_TRUE(second.read_record(0).ok());
  }
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(SpoolFile, NeedsItsFolder) {
  const Result<Spool> failed = Spool::create(path_ + ".missing/spool");
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kIo);
  EXPECT_NE(failed.error().message.find(path_ + ".missing/spool"), std::string::npos);
}

TEST_F(SpoolFile, ThatWasCutIsCorrupt) {
  Result<Spool> made = Spool::create(path_);
  ASSERT_TRUE(made.ok());
  ASSERT_TRUE(made->append(encoded(record_of(0, 5, "a"))).ok());
  ASSERT_TRUE(made->finish().ok());
  fs::resize_file(path_, 10);
  const Result<Record> record = made->read_record(0);
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(record.error().code, ErrorCode::kCorrupt);
  EXPECT_FALSE(made->read_identity(0).ok());
}

}  // namespace
}  // namespace copydesk
