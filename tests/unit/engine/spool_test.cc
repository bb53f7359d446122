#include "spool.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "copydesk/config.h"

namespace {
int g_sync_error = 0;  // what fdatasync() fails with; 0: it does not
}  // namespace

// In the place of that of the C library.
extern "C" int fdatasync(int fd) {
  if (g_sync_error == 0) return static_cast<int>(::syscall(SYS_fdatasync, fd));
  errno = g_sync_error;
  return -1;
}

namespace copydesk {
namespace {

namespace fs = std::filesystem;

const StageNames kStageNames = {"engine", "strip_rules"};

InputOptions input() {
  InputOptions options;
  options.fields = *field_preset("copydesk");
  return options;
}

RawRecord raw_record() {
  RawRecord raw;
  raw.bytes = R"({"id":"story-1","outlet":"gazette.example","date":"2024-10-12","language":"en",)"
              R"("title":"Bridge reopens","text":"Menu\nThe br?dge reopened.\nShare\n"})";
  raw.source = 3;
  raw.line = 7;
  raw.offset = 1ULL << 40;
  return raw;
}

// Every decision differs from its default.
Record full_record() {
  Record record = RecordParser(input()).parse(raw_record(), 41);
  EXPECT_FALSE(record.rejection);
  record.document.apply({{{0, 5}, Reason::kNavMenu, "strip_rules", "nav.menu", ""},
                         {{9, 15}, Reason::kFormError, "repair", "", "bridge"}});
  record.document.apply_blanks();
  record.document.lift({Field::kAuthor, "Ada Reporter"});
  record.document.lift({Field::kCaptions, "The bridge"});
  record.document.flag(Flag::kOutletFromUrl);
  record.document.flag(Flag::kGuarded);
  record.verdict = Verdict::drop(DropReason::kNearDuplicate, 5);
  record.cluster = ClusterTag{9, 2, {"gazette.example", "herald.example"}};
  record.story = 77;
  return record;
}

struct Parts {
  std::string raw;
  std::string decisions;
  friend bool operator==(const Parts&, const Parts&) = default;
};

Parts encoded(const Record& record) {
  Parts parts;
  encode_raw(record, parts.raw);
  encode_decisions(record, kStageNames, parts.decisions);
  return parts;
}

Result<Record> decode(const Parts& parts) {
  RecordParser parser(input());
  return decode_record(parts.raw, parts.decisions, 41, kStageNames, parser);
}

Record decoded(const Parts& parts) {
  Result<Record> record = decode(parts);
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
  EXPECT_EQ(document.title(), "Bridge reopens");
  EXPECT_EQ(document.time(), 1728691200);
  EXPECT_EQ(document.language(), "en");
  EXPECT_EQ(document.original(), record.document.original());
  EXPECT_EQ(document.text(), "The bridge reopened.\nShare\n");
  ASSERT_EQ(document.edits().size(), record.document.edits().size());
  EXPECT_EQ(document.edits()[0].span, (Span{0, 5}));
  EXPECT_EQ(document.edits()[0].reason, Reason::kNavMenu);
  EXPECT_EQ(document.edits()[0].stage, "strip_rules");
  EXPECT_EQ(document.edits()[0].rule, "nav.menu");
  EXPECT_EQ(document.edits()[0].replacement, "");
  EXPECT_EQ(document.edits()[1].stage, "repair");
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
  EXPECT_FALSE(back.raw.is_text);
  EXPECT_EQ(back.layout.text_value, record.layout.text_value);
  EXPECT_EQ(back.layout.closing_brace, record.layout.closing_brace);
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

TEST(SpooledRecord, LittleMoreThanItsBytes) {
  Record record = RecordParser(input()).parse(raw_record(), 0);
  const Parts parts = encoded(record);
  EXPECT_LT(parts.raw.size(), record.raw.bytes.size() + 64);
  EXPECT_LT(parts.decisions.size(), 12U);
}

TEST(SpooledRecord, DetectedLanguagesComeBackAsDetected) {
  RawRecord raw;
  raw.bytes = R"({"text":"x"})";
  Record record = RecordParser(input()).parse(std::move(raw), 0);
  record.document.detect_language("de");
  const Record back = decoded(encoded(record));
  EXPECT_EQ(back.document.language(), "de");
  EXPECT_EQ(back.document.detected_language(), "de");
  EXPECT_EQ(decoded(encoded(full_record())).document.detected_language(), "");
}

TEST(SpooledRecord, AbsentThingsStayAbsent) {
  const Record back = decoded(encoded(RecordParser(input()).parse(raw_record(), 0)));
  EXPECT_TRUE(back.document.edits().empty());
  EXPECT_TRUE(back.document.lifted().empty());
  EXPECT_TRUE(back.document.flags().empty());
  EXPECT_FALSE(back.rejection);
  EXPECT_TRUE(back.verdict.kept());
  EXPECT_FALSE(back.cluster);
  EXPECT_FALSE(back.story);
  EXPECT_TRUE(back.alive());
}

TEST(SpooledRecord, PlainTexts) {
  RawRecord raw;
  raw.bytes = "The bridge reopened.";
  raw.is_text = true;
  raw.text_id = "folder/a.txt";
  const Record back = decoded(encoded(RecordParser(input()).parse(std::move(raw), 0)));
  EXPECT_TRUE(back.raw.is_text);
  EXPECT_EQ(back.raw.text_id, "folder/a.txt");
  EXPECT_EQ(back.document.id(), "folder/a.txt");
  EXPECT_EQ(back.document.text(), "The bridge reopened.");
}

TEST(SpooledRecord, Rejections) {
  RawRecord broken;
  broken.bytes = std::string("{\"text\":\0\"\xFF\"}", 13);
  Record back = decoded(encoded(RecordParser(input()).parse(broken, 0)));
  ASSERT_TRUE(back.rejection);
  EXPECT_EQ(back.raw.bytes, broken.bytes);
  EXPECT_FALSE(back.alive());
  // What the source knows already.
  broken.rejection = Rejection{RejectReason::kTooLarge, "longer than 1 KiB"};
  back = decoded(encoded(RecordParser(input()).parse(broken, 0)));
  ASSERT_TRUE(back.rejection);
  EXPECT_EQ(back.rejection->reason, RejectReason::kTooLarge);
  EXPECT_EQ(back.rejection->message, "longer than 1 KiB");
}

TEST(SpooledRecord, IsAppendedToWhatStands) {
  std::string out = "before";
  encode_raw(full_record(), out);
  EXPECT_EQ(out, "before" + encoded(full_record()).raw);
  out = "before";
  encode_decisions(full_record(), kStageNames, out);
  EXPECT_EQ(out, "before" + encoded(full_record()).decisions);
}

void expect_corrupt(const Parts& parts) {
  const Result<Record> record = decode(parts);
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(record.error().code, ErrorCode::kCorrupt);
}

// Calls damage(bytes) for each part of a record, with all else whole.
template <class Damage>
void expect_damage_is_seen(Damage damage) {
  const Parts whole = encoded(full_record());
  damage(whole.raw, [&](const std::string& raw) { expect_corrupt({raw, whole.decisions}); });
  damage(whole.decisions, [&](const std::string& some) { expect_corrupt({whole.raw, some}); });
}

TEST(SpooledRecord, EveryTruncationIsCorrupt) {
  expect_damage_is_seen([](const std::string& whole, auto expect) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      SCOPED_TRACE(size);
      expect(whole.substr(0, size));
      if (size > 0) expect(whole.substr(size));
    }
    expect(whole + '\0');
    expect(whole + whole);
  });
}

// Names of another version, say: sound bytes, but of no list.
TEST(SpooledRecord, NamesBeyondTheirListAreCorrupt) {
  for (const auto& spoil : std::vector<std::function<void(Record&)>>{
           [](Record& r) { r.document.flag(static_cast<Flag>(kFlagCount)); },
           [](Record& r) {
             r.document.lift({static_cast<Field>(kFieldCount), "x"});
           },
           [](Record& r) { r.verdict = Verdict::drop(static_cast<DropReason>(kDropReasonCount)); },
           [](Record& r) {
             r.document.apply({{{5, 8}, static_cast<Reason>(kReasonCount), "", "", ""}});
           }}) {
    Record record = full_record();
    ASSERT_TRUE(decode(encoded(record)).ok());
    spoil(record);
    expect_corrupt(encoded(record));
  }
}

TEST(SpooledRecord, EveryDamagedBitIsCorrupt) {
  expect_damage_is_seen([](const std::string& whole, auto expect) {
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        SCOPED_TRACE(std::to_string(at) + "." + std::to_string(bit));
        std::string damaged = whole;
        damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ (1U << bit));
        expect(damaged);
      }
    }
  });
}

class SpoolFile : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = ::testing::TempDir() + "copydesk_spool_test." + std::to_string(::getpid());
  }
  void TearDown() override { fs::remove(path_); }

  std::string path_;
};

// The bytes of item `n`: some longer than a block, some empty.
std::string item(std::size_t n) {
  const std::size_t size = n % 50 == 7 ? 100'000 : n % 11 == 3 ? 0 : n % 300;
  return std::string(size, static_cast<char>('a' + n % 26));
}

TEST_F(SpoolFile, GivesItemsBackInAnyOrder) {
  for (const std::size_t count : {0U, 1U, 31U, 32U, 33U, 500U}) {
    SCOPED_TRACE(count);
    Result<Spool> made = Spool::create(path_);
    ASSERT_TRUE(made.ok());
    Spool& spool = *made;
    for (std::size_t i = 0; i < count; ++i) spool.append(item(i));
    ASSERT_TRUE(spool.finish().ok());
    EXPECT_EQ(spool.records(), count);
    for (std::size_t i = count; i-- > 0;) {
      const Result<std::string> one = spool.read(i);
      ASSERT_TRUE(one.ok());
      EXPECT_EQ(*one, item(i)) << i;
    }
    Spool::Slice slice;
    for (const auto& [first, last] :
         {std::pair<std::size_t, std::size_t>{0, count}, {count / 3, count / 2}, {1, 1}}) {
      ASSERT_TRUE(spool.read(first, last, slice).ok());
      ASSERT_EQ(slice.items.size(), last - first);
      for (std::size_t i = first; i < last; ++i) EXPECT_EQ(slice.items[i - first], item(i)) << i;
    }
    EXPECT_EQ(spool.bytes(), fs::file_size(path_));
  }
}

// Sizes have 16 bits, but for that of the string which ends a block.
TEST_F(SpoolFile, GivesItemsOfTheSizeOfABlockBack) {
  const std::vector<std::size_t> sizes = {65534, 0, 65535, 0, 65536, 0, 65537, 1, 65535, 65535, 2};
  Result<Spool> made = Spool::create(path_);
  ASSERT_TRUE(made.ok());
  for (const std::size_t size : sizes) made->append(std::string(size, 'x'));
  const Result<SpoolExtent> extent = made->sync();
  ASSERT_TRUE(extent.ok());
  const Result<Spool> spool = Spool::open(path_, *extent);
  ASSERT_TRUE(spool.ok());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(spool->read(i)->size(), sizes[i]) << i;
  }
}

TEST_F(SpoolFile, BatchesEndAtTheirLimits) {
  Result<Spool> made = Spool::create(path_);
  ASSERT_TRUE(made.ok());
  for (std::size_t i = 0; i < 100; ++i) made->append(std::string(96, 'x'));
  made->append(std::string(1'000'000, 'y'));
  ASSERT_TRUE(made->finish().ok());
  // Blocks of 32 items, 78 bytes of head and 3072 of items each, and one of five with the long one.
  EXPECT_EQ(made->batch_end(0, 1, 1), 1U);
  EXPECT_EQ(made->batch_end(0, 50, 1'000'000), 50U);
  EXPECT_EQ(made->batch_end(0, 1000, 1), 32U);
  EXPECT_EQ(made->batch_end(0, 1000, 3150), 32U);
  EXPECT_EQ(made->batch_end(0, 1000, 3151), 64U);
  EXPECT_EQ(made->batch_end(40, 1000, 3150), 64U);
  EXPECT_EQ(made->batch_end(0, 1000, 1ULL << 40), 101U);
  EXPECT_EQ(made->batch_end(100, 1000, 1), 101U);
}

TEST_F(SpoolFile, GivesIdentities) {
  Result<Spool> made = Spool::create(path_);
  ASSERT_TRUE(made.ok());
  // Identities shorter and longer than what is read at first.
  const std::vector<std::size_t> id_sizes = {1, 400, 480, 511, 512, 513, 5000};
  RecordParser parser(input());
  for (const std::size_t size : id_sizes) {
    RawRecord raw;
    raw.bytes = R"({"id":")" + std::string(size, 'i') +
                R"(","outlet":"tide.example","date":"2024","text":"x"})";
    std::string out;
    encode_raw(parser.parse(std::move(raw), 0), out);
    made->append(out);
  }
  ASSERT_TRUE(made->finish().ok());
  for (std::size_t doc = 0; doc < id_sizes.size(); ++doc) {
    const Result<Identity> identity = made->read_identity(doc);
    ASSERT_TRUE(identity.ok());
    EXPECT_EQ(identity->id, std::string(id_sizes[doc], 'i'));
    EXPECT_EQ(identity->outlet, "tide.example");
    EXPECT_EQ(identity->date, "2024");
  }
}

TEST_F(SpoolFile, OutlivesItsOwnerUnlessRemoved) {
  {
    Result<Spool> made = Spool::create(path_);
    ASSERT_TRUE(made.ok());
    Spool first = *std::move(made);
    first.append("a");
    Spool second = std::move(first);
    second.append("b");
    ASSERT_TRUE(second.finish().ok());
    EXPECT_EQ(*second.read(1), "b");
  }
  EXPECT_TRUE(fs::exists(path_));
  Result<Spool> again = Spool::create(path_);
  ASSERT_TRUE(again.ok());
  again->remove();
  EXPECT_FALSE(fs::exists(path_));
}

// Writes `count` items, with a checkpoint behind each `every`, and gives the extents of these.
std::vector<SpoolExtent> write_spool(const std::string& path, std::size_t count,
                                     std::size_t every) {
  std::vector<SpoolExtent> extents;
  Result<Spool> made = Spool::create(path);
  EXPECT_TRUE(made.ok());
  for (std::size_t i = 0; i < count; ++i) {
    made->append(item(i));
    EXPECT_TRUE(made->write_full_buffer().ok());
    if ((i + 1) % every != 0) continue;
    const Result<SpoolExtent> extent = made->sync();
    EXPECT_TRUE(extent.ok());
    extents.push_back(*extent);
  }
  return extents;
}

TEST_F(SpoolFile, GoesOnFromEveryExtentThatWasSynced) {
  const std::size_t count = 300;
  const std::vector<SpoolExtent> extents = write_spool(path_, count, 37);
  ASSERT_EQ(extents.size(), 8U);
  for (auto extent = extents.rbegin(); extent != extents.rend(); ++extent) {
    SCOPED_TRACE(extent->records);
    Result<Spool> spool = Spool::open(path_, *extent);
    ASSERT_TRUE(spool.ok()) << spool.error().message;
    EXPECT_EQ(fs::file_size(path_), extent->bytes);
    EXPECT_EQ(spool->records(), extent->records);
    for (std::size_t i = 0; i < extent->records; ++i) EXPECT_EQ(*spool->read(i), item(i)) << i;
    EXPECT_EQ(spool->batch_end(0, 1000, 1ULL << 40), extent->records);
    spool->go_on();
    for (std::size_t i = extent->records; i < count; ++i) spool->append(item(i));
    ASSERT_TRUE(spool->finish().ok());
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(*spool->read(i), item(i)) << i;
  }
}

TEST_F(SpoolFile, WithNothingInItIsOpenedToo) {
  write_spool(path_, 5, 10);
  Result<Spool> spool = Spool::open(path_, {});
  ASSERT_TRUE(spool.ok());
  EXPECT_EQ(spool->records(), 0U);
  spool->go_on();
  spool->append("first");
  ASSERT_TRUE(spool->finish().ok());
  EXPECT_EQ(*spool->read(0), "first");
}

void expect_damaged(const std::string& path, const SpoolExtent& extent) {
  const Result<Spool> spool = Spool::open(path, extent);
  ASSERT_FALSE(spool.ok());
  EXPECT_EQ(spool.error().code, ErrorCode::kCorrupt);
  EXPECT_NE(spool.error().message.find(path), std::string::npos);
}

TEST_F(SpoolFile, IsNotOpenedWithoutItsLastBytes) {
  const SpoolExtent extent = write_spool(path_, 40, 40).back();
  for (const std::uint64_t size : {extent.bytes - 1, extent.bytes / 2, std::uint64_t{0}}) {
    fs::resize_file(path_, size);
    expect_damaged(path_, extent);
    EXPECT_EQ(fs::file_size(path_), size) << "what is refused is not touched";
  }
  fs::remove(path_);
  expect_damaged(path_, extent);
}

TEST_F(SpoolFile, IsNotOpenedToAnExtentThatItNeverHad) {
  const SpoolExtent extent = write_spool(path_, 40, 40).back();
  expect_damaged(path_, {extent.records + 1, extent.bytes});
  expect_damaged(path_, {extent.records - 1, extent.bytes});
  expect_damaged(path_, {extent.records, extent.bytes - 1});
  expect_damaged(path_, {extent.records, extent.bytes + 1});
  EXPECT_TRUE(Spool::open(path_, extent).ok());
}

TEST_F(SpoolFile, NoDamagedBitOfAHeadIsTakenForAnother) {
  Result<Spool> made = Spool::create(path_);
  ASSERT_TRUE(made.ok());
  for (std::size_t i = 0; i < 40; ++i) made->append(std::string(i, 'x'));
  const SpoolExtent extent = *made->sync();
  std::string whole(extent.bytes, '\0');
  std::ifstream(path_, std::ios::binary).read(whole.data(), static_cast<long>(whole.size()));
  // Both blocks: heads, sizes of all items but the last, items.
  const std::size_t first_head = 16 + 31 * 2;
  const std::size_t second = first_head + 31 * 32 / 2;
  const std::size_t second_head = 16 + 7 * 2;
  ASSERT_EQ(second + second_head + (32 + 39) * 8 / 2, whole.size());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    const bool in_head = at < first_head || (at >= second && at < second + second_head);
    if (!in_head) continue;
    for (unsigned bit = 0; bit < 8; ++bit) {
      SCOPED_TRACE(std::to_string(at) + "." + std::to_string(bit));
      std::string damaged = whole;
      damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ (1U << bit));
      std::ofstream(path_, std::ios::binary) << damaged;
      expect_damaged(path_, extent);
    }
  }
}

// What did not fit is written when there is space.
TEST_F(SpoolFile, CanBeWrittenOnceThereIsSpace) {
  fs::create_symlink("/dev/full", path_);
  Result<Spool> made = Spool::create(path_);
  ASSERT_TRUE(made.ok());
  made->append("x");
  EXPECT_FALSE(made->sync().ok());
  EXPECT_FALSE(made->sync().ok());
  EXPECT_EQ(made->records(), 1U);
}

// The system gives up what it could not bring to the disk, and the second attempt says nothing.
TEST_F(SpoolFile, IsNeverSyncedAfterASyncThatFailed) {
  for (const int code : {EIO, ENOSPC}) {
    Result<Spool> made = Spool::create(path_);
    ASSERT_TRUE(made.ok());
    made->append("x");
    ASSERT_TRUE(made->sync().ok());
    g_sync_error = code;
    made->append("y");
    const Result<SpoolExtent> failed = made->sync();
    g_sync_error = 0;
    ASSERT_FALSE(failed.ok());
    for (int again = 0; again < 2; ++again) {
      made->append("z");
      const Result<SpoolExtent> extent = made->sync();
      ASSERT_FALSE(extent.ok());
      EXPECT_EQ(extent.error().message, failed.error().message);
    }
    EXPECT_FALSE(made->finish().ok());
    const Spool moved = *std::move(made);
    EXPECT_EQ(fs::file_size(path_), moved.extent().bytes - 2 * (16 + 1)) << "nothing was written";
  }
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
  made->append(encoded(full_record()).raw);
  ASSERT_TRUE(made->finish().ok());
  fs::resize_file(path_, 10);
  const Result<std::string> item = made->read(0);
  ASSERT_FALSE(item.ok());
  EXPECT_EQ(item.error().code, ErrorCode::kCorrupt);
  EXPECT_FALSE(made->read_identity(0).ok());
  Spool::Slice slice;
  EXPECT_FALSE(made->read(0, 1, slice).ok());
}

TEST_F(SpoolFile, SaysWhatItCannotWrite) {
  fs::create_symlink("/dev/full", path_);  // the spool removes its path
  Result<Spool> made = Spool::create(path_);
  ASSERT_TRUE(made.ok());
  made->append("x");
  const Result<void> failed = made->finish();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().message, path_ + ": cannot write: No space left on device");
}

}  // namespace
}  // namespace copydesk
