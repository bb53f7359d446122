#include "io/source.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <limits>
#include <random>
#include <thread>

#include "unit/io/files.h"

namespace copydesk {
namespace {

using ::testing::ElementsAre;
using testing::gzip;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TempFolder;
using testing::zstd;

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

std::vector<RawRecord> drain(Source& source, std::uint32_t max_documents = 1000,
                             std::uint64_t max_bytes = kNoLimit) {
  std::vector<RawRecord> all;
  std::vector<RawRecord> batch;
  while (source.next_batch(max_documents, max_bytes, batch)) {
    EXPECT_FALSE(batch.empty());
    EXPECT_LE(batch.size(), max_documents);
    for (RawRecord& record : batch) all.push_back(std::move(record));
  }
  EXPECT_TRUE(batch.empty());
  return all;
}

std::vector<InputFile> list(const std::vector<std::string>& inputs,
                            const InputOptions& options = {}) {
  Result<std::vector<InputFile>> files = list_inputs(inputs, options);
  EXPECT_TRUE(files.ok()) << files.error().message;
  return *std::move(files);
}

std::vector<RawRecord> read(const std::vector<std::string>& inputs,
                            const InputOptions& options = {}, std::size_t buffer_bytes = 1 << 16) {
  Source source(list(inputs, options), options, nullptr, buffer_bytes);
  return drain(source);
}

// The records in short: their bytes, "!" before those that were rejected.
std::vector<std::string> shown(const std::vector<RawRecord>& records) {
  std::vector<std::string> lines;
  for (const RawRecord& record : records) {
    lines.push_back((record.rejection ? "!" : "") + record.bytes);
  }
  return lines;
}

class SourceTest : public ::testing::Test {
 protected:
  TempFolder folder_;
};

// --- Lines ---

TEST_F(SourceTest, GivesLinesWithTheirPlace) {
  const std::string path = folder_.write("a.jsonl", "{1}\n\n  \t\r\n{22}\r\n{3}");
  const std::vector<RawRecord> records = read({path});
  ASSERT_THAT(shown(records), ElementsAre("{1}", "{22}\r", "{3}"));
  EXPECT_EQ(records[0].line, 1U);
  EXPECT_EQ(records[0].offset, 0U);
  EXPECT_EQ(records[1].line, 4U);
  EXPECT_EQ(records[1].offset, 10U);
  EXPECT_EQ(records[2].line, 5U);
  EXPECT_EQ(records[2].offset, 16U);
  for (const RawRecord& record : records) {
    EXPECT_EQ(record.source, 0U);
    EXPECT_FALSE(record.is_text);
    EXPECT_EQ(record.text_id, "");
  }
}

TEST_F(SourceTest, AnEmptyJsonlFileGivesNothing) {
  EXPECT_THAT(read({folder_.write("a.jsonl", "")}), IsEmpty());
  EXPECT_THAT(read({folder_.write("b.jsonl", "\n\n \n")}), IsEmpty());
  EXPECT_THAT(read({folder_.write("c.jsonl", "\xEF\xBB\xBF")}), IsEmpty());
  EXPECT_THAT(read({folder_.write("d.jsonl.gz", gzip(""))}), IsEmpty());
  EXPECT_THAT(read({folder_.write("e.jsonl.zst", zstd(""))}), IsEmpty());
}

TEST_F(SourceTest, SkipsAByteOrderMarkAtTheStartOnly) {
  const std::string bytes = "\xEF\xBB\xBF{1}\n\xEF\xBB\xBF{2}\n";
  for (const std::string& path :
       {folder_.write("a.jsonl", bytes), folder_.write("b.jsonl.gz", gzip(bytes))}) {
    const std::vector<RawRecord> records = read({path}, {}, 4);
    ASSERT_THAT(shown(records), ElementsAre("{1}", "\xEF\xBB\xBF{2}"));
    EXPECT_EQ(records[0].offset, 3U);
    EXPECT_EQ(records[0].line, 1U);
    EXPECT_EQ(records[1].offset, 7U);
  }
}

TEST_F(SourceTest, KeepsNulBytes) {
  const std::string bytes("a\0b\n\0\n", 6);
  EXPECT_THAT(shown(read({folder_.write("a.jsonl", bytes)})),
              ElementsAre(std::string("a\0b", 3), std::string("\0", 1)));
}

// Many lines of all lengths, packed in every way, through buffers of every small size, in batches
// of every size: always the same records.
TEST_F(SourceTest, EdgesOfBuffersAndBatchesDoNotShow) {
  std::string bytes;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < 60; ++i) {
    lines.push_back("{" + std::string(i * 7 % 41, static_cast<char>('a' + i % 26)) + "}");
    bytes += lines.back() + (i % 3 == 0 ? "\n\n" : "\n");
  }
  const std::size_t half = bytes.size() / 2;
  const std::string skippable("\x50\x2A\x4D\x18\x03\x00\x00\x00xyz", 11);
  const std::vector<std::string> inputs = {
      folder_.write("plain.jsonl", bytes),
      folder_.write("one.jsonl.gz", gzip(bytes)),
      folder_.write("many.jsonl.gz", gzip(bytes.substr(0, 1)) + gzip("") +
                                         gzip(bytes.substr(1, half)) +
                                         gzip(bytes.substr(half + 1))),
      folder_.write("one.jsonl.zst", zstd(bytes)),
      folder_.write("many.jsonl.zst", skippable + zstd(bytes.substr(0, half)) + skippable +
                                          zstd("") + zstd(bytes.substr(half)) + skippable),
  };
  for (const std::string& input : inputs) {
    for (const std::size_t buffer_bytes :
         {1UL, 4UL, 5UL, 6UL, 7UL, 8UL, 9UL, 13UL, 31UL, 64UL, 257UL, 1000UL, 100000UL}) {
      const std::vector<RawRecord> records = read({input}, {}, buffer_bytes);
      ASSERT_EQ(shown(records), lines) << input << " with " << buffer_bytes;
      for (const RawRecord& record : records) {
        ASSERT_EQ(bytes.substr(record.offset, record.bytes.size()), record.bytes);
      }
    }
  }
  for (std::uint32_t documents = 1; documents < 70; ++documents) {
    Source source(list(inputs), {}, nullptr, 64);
    EXPECT_THAT(drain(source, documents), SizeIs(lines.size() * inputs.size()));
  }
}

TEST_F(SourceTest, ABatchEndsOnceItHasItsBytes) {
  const std::string path = folder_.write("a.jsonl", "1234\n1234\n1234\n12345678\n1\n");
  const auto sizes = [&path](std::uint64_t max_bytes) {
    Source source(list({path}), {});
    std::vector<std::size_t> found;
    std::vector<RawRecord> batch;
    while (source.next_batch(100, max_bytes, batch)) found.push_back(batch.size());
    return found;
  };
  EXPECT_THAT(sizes(0), ElementsAre(1, 1, 1, 1, 1));
  EXPECT_THAT(sizes(4), ElementsAre(1, 1, 1, 1, 1));
  EXPECT_THAT(sizes(5), ElementsAre(2, 2, 1));
  EXPECT_THAT(sizes(8), ElementsAre(2, 2, 1));
  EXPECT_THAT(sizes(9), ElementsAre(3, 2));
  EXPECT_THAT(sizes(kNoLimit), ElementsAre(5));
}

// --- Records that are too long ---

TEST_F(SourceTest, RejectsLinesThatAreTooLong) {
  InputOptions options;
  options.max_record_bytes = 5;
  const std::string bytes = "1234\n12345\n123456\n1\n1234567890";
  for (const std::size_t buffer_bytes : {4UL, 7UL, 1000UL}) {
    const std::vector<RawRecord> records =
        read({folder_.write("a.jsonl", bytes)}, options, buffer_bytes);
    ASSERT_THAT(shown(records), ElementsAre("1234", "12345", "!12345", "1", "!12345"));
    EXPECT_EQ(records[2].rejection->reason, RejectReason::kTooLarge);
    EXPECT_EQ(records[2].rejection->message, "6 bytes, longer than max_record_bytes = 5 bytes");
    EXPECT_EQ(records[2].line, 3U);
    EXPECT_EQ(records[2].offset, 11U);
    EXPECT_EQ(records[3].line, 4U);
    EXPECT_EQ(records[3].offset, 18U);
    EXPECT_EQ(records[4].rejection->message, "10 bytes, longer than max_record_bytes = 5 bytes");
  }
}

TEST_F(SourceTest, ALongLineOfSpacesIsTooLongToo) {
  InputOptions options;
  options.max_record_bytes = 5;
  EXPECT_THAT(shown(read({folder_.write("a.jsonl", "     \n      \n")}, options)),
              ElementsAre("!     "));
}

TEST_F(SourceTest, MemoryStaysBoundedWhileALongLineIsSkipped) {
  InputOptions options;
  options.max_record_bytes = 1000;
  // 256 MiB of one line, packed to some kilobytes.
  std::string packed;
  const std::string member = zstd(std::string(16 << 20, 'x'));
  for (int i = 0; i < 16; ++i) packed += member;
  packed += zstd("\n{1}\n");
  const std::string path = folder_.write("a.jsonl.zst", packed);
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);
  const std::vector<RawRecord> records = read({path}, options);
  rusage after{};
  ::getrusage(RUSAGE_SELF, &after);
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_EQ(records[0].bytes.size(), 1000U);
  EXPECT_LT(records[0].bytes.capacity(), 10000U);
  EXPECT_EQ(records[1].bytes, "{1}");
  EXPECT_EQ(records[1].offset, (std::uint64_t{256} << 20) + 1);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 64 << 10);  // KiB
}

// --- Plain text ---

TEST_F(SourceTest, ATextFileIsOneDocument) {
  folder_.write("in/b.txt", "One.\r\nTwo.\n");
  folder_.write("in/sub/a.txt.gz", gzip("Packed."));
  folder_.write("in/sub/c.txt.zst", zstd("\xEF\xBB\xBFMarked."));
  folder_.write("in/empty.txt", "");
  const std::vector<RawRecord> records = read({folder_.path("in")}, {}, 4);
  ASSERT_THAT(shown(records), ElementsAre("One.\r\nTwo.\n", "", "Packed.", "Marked."));
  EXPECT_EQ(records[0].text_id, "b.txt");
  EXPECT_EQ(records[1].text_id, "empty.txt");
  EXPECT_EQ(records[2].text_id, "sub/a.txt.gz");
  EXPECT_EQ(records[3].text_id, "sub/c.txt.zst");
  EXPECT_EQ(records[3].offset, 3U);
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_TRUE(records[i].is_text);
    EXPECT_EQ(records[i].line, 0U);
    EXPECT_EQ(records[i].source, i);
  }
}

TEST_F(SourceTest, TextFilesCanBeTooLong) {
  InputOptions options;
  options.max_record_bytes = 5;
  folder_.write("in/a.txt", "12345");
  folder_.write("in/b.txt", "123456");
  folder_.write("in/c.txt.gz", gzip(std::string(100000, 'x')));
  folder_.write("in/d.txt", "1");
  for (const std::size_t buffer_bytes : {4UL, 5UL, 64UL}) {
    Source source(list({folder_.path("in")}, options), options, nullptr, buffer_bytes);
    const std::vector<RawRecord> records = drain(source);
    ASSERT_THAT(shown(records), ElementsAre("12345", "!12345", "!xxxxx", "1"));
    EXPECT_EQ(records[1].rejection->reason, RejectReason::kTooLarge);
    EXPECT_EQ(records[2].rejection->message,
              "100000 bytes, longer than max_record_bytes = 5 bytes");
    std::uint64_t size = 0;
    for (const InputFile& file : source.files()) size += file.size;
    EXPECT_EQ(source.bytes_consumed(), size);
  }
}

TEST_F(SourceTest, TheFormatCanBeForced) {
  InputOptions text;
  text.format = InputOptions::Format::kText;
  InputOptions jsonl;
  jsonl.format = InputOptions::Format::kJsonl;
  EXPECT_THAT(shown(read({folder_.write("a.jsonl", "1\n2\n")}, text)), ElementsAre("1\n2\n"));
  EXPECT_THAT(shown(read({folder_.write("a.txt", "1\n2\n")}, jsonl)), ElementsAre("1", "2"));
  EXPECT_THAT(shown(read({folder_.write("a.log", "1\n2\n")})), ElementsAre("1", "2"));
}

// --- Compression ---

TEST_F(SourceTest, CompressionIsRecognisedByItsBytes) {
  EXPECT_THAT(shown(read({folder_.write("a.jsonl", gzip("{1}\n"))})), ElementsAre("{1}"));
  EXPECT_THAT(shown(read({folder_.write("b.jsonl.gz", zstd("{1}\n"))})), ElementsAre("{1}"));
  EXPECT_THAT(shown(read({folder_.write("c.jsonl.zst", "{1}\n")})), ElementsAre("{1}"));
}

struct Packed {
  std::string name;
  std::string (*pack)(std::string_view);
};

class PackedSourceTest : public SourceTest, public ::testing::WithParamInterface<Packed> {};

INSTANTIATE_TEST_SUITE_P(All, PackedSourceTest,
                         ::testing::Values(Packed{"gz", gzip}, Packed{"zst", zstd}),
                         [](const auto& param) { return param.param.name; });

// A member or frame, then one that is cut at every byte: whole lines are given, then one rejection
// with the line that was cut off.
TEST_P(PackedSourceTest, TruncatedAtEveryByte) {
  const std::string first = "{1}\n{2}\n{\"thr";
  const std::string second = "ee\":3}\n{4, a line that is a little longer}\n{5}\n";
  const std::string whole = first + second;
  const std::string packed_first = GetParam().pack(first);
  const std::string packed = packed_first + GetParam().pack(second);
  const std::string name = "a.jsonl." + GetParam().name;
  std::size_t most_lines = 0;
  for (std::size_t size = 4; size < packed.size(); ++size) {
    const std::string path = folder_.write(name, packed.substr(0, size));
    for (const std::size_t buffer_bytes : {4UL, 1000UL}) {
      const std::vector<RawRecord> records = read({path}, {}, buffer_bytes);
      const bool at_edge = size == packed_first.size();
      std::string given;
      std::size_t rejections = 0;
      for (const RawRecord& record : records) {
        EXPECT_EQ(record.offset, given.size());
        given += record.bytes;
        if (!record.rejection) {
          if (&record != &records.back()) given += '\n';
          continue;
        }
        ++rejections;
        EXPECT_EQ(&record, &records.back());
        EXPECT_EQ(record.rejection->reason, RejectReason::kTruncatedStream);
        EXPECT_THAT(record.rejection->message,
                    HasSubstr(name + ": byte " + std::to_string(size) + " of the compressed file"));
        EXPECT_EQ(record.line, records.size());
      }
      EXPECT_EQ(rejections, at_edge ? 0U : 1U) << size;
      EXPECT_EQ(whole.substr(0, given.size()), given) << size;
      if (size > packed_first.size()) {
        EXPECT_GE(given.size(), first.size());
      }
      most_lines = std::max(most_lines, records.size());
    }
  }
  EXPECT_GE(most_lines, 3U);
}

// The codes of this block, which is not the last, take two to four bits, and igzip decodes up to
// three at once. Cut at every byte, it gives every byte whose code is whole, as zlib does, whatever
// the size of the buffers.
TEST_F(SourceTest, GzipGivesEachByteBeforeTheCut) {
  using namespace std::string_literals;
  const std::string bytes = "{1}\n{2}\n{12}\n{21}\n{2}\n{1}\n{11}\n{22}\n{1}\n";
  const std::string packed =
      "\x1f\x8b\x08\0\0\0\0\0\x02\x03\x04\xc1\x41\x11\0\0\x0c\x83\xb0\x3f\x6e\x3a\x7b"
      "\x1c\xde\x97\xb8\xf0\xc2\x5d\x78\x0b\x2f\x5c\xb8\x85\x77\xe1"s;
  const std::size_t first = 26;
  const std::array<std::size_t, 13> whole = {0, 2, 5, 9, 12, 15, 18, 21, 25, 28, 32, 34, 37};
  ASSERT_EQ(first + whole.size(), packed.size() + 1);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const std::string path = folder_.write("a.jsonl.gz", packed.substr(0, first + i));
    for (const std::size_t buffer_bytes : {4UL, 15UL, 24UL, 1000UL}) {
      std::string given;
      const std::vector<RawRecord> records = read({path}, {}, buffer_bytes);
      for (const RawRecord& record : records)
        given += record.bytes + (record.rejection ? "" : "\n");
      EXPECT_EQ(given, bytes.substr(0, whole[i])) << first + i << " bytes, buffer " << buffer_bytes;
      ASSERT_TRUE(records.back().rejection.has_value());
      EXPECT_EQ(records.back().rejection->reason, RejectReason::kTruncatedStream);
    }
  }
}

// A changed byte is noticed, unless it changes nothing: a time in a header, a code that is not
// used.
TEST_P(PackedSourceTest, AChangedByteNeverPassesForTheTruth) {
  const std::string bytes = "{1}\n{2}\n{3, a line that is a little longer}\n{4}\n";
  const std::string packed = GetParam().pack(bytes);
  const std::string name = "a.jsonl." + GetParam().name;
  const std::vector<std::string> truth = shown(read({folder_.write(name, packed)}));
  std::size_t noticed = 0;
  for (std::size_t at = 4; at < packed.size(); ++at) {
    std::string damaged = packed;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    const std::size_t buffer_bytes = at % 2 == 0 ? 5 : 1 << 16;  // unpacked ahead, and not
    const std::vector<RawRecord> records = read({folder_.write(name, damaged)}, {}, buffer_bytes);
    ASSERT_FALSE(records.empty()) << at;
    for (std::size_t i = 0; i + 1 < records.size(); ++i) EXPECT_FALSE(records[i].rejection);
    if (!records.back().rejection) {
      EXPECT_EQ(shown(records), truth) << at;
      continue;
    }
    ++noticed;
    EXPECT_THAT(records.back().rejection->message, HasSubstr(name + ": byte "));
  }
  EXPECT_GT(noticed, packed.size() / 2);
}

// Files that are unpacked ahead, on a thread.
class AheadTest : public PackedSourceTest {
 protected:
  static constexpr std::size_t kBuffer = 1 << 10;

  // Lines that hardly compress, so that the file is many buffers long.
  std::string lines(int count) {
    std::string out;
    for (int i = 0; i < count; ++i) {
      out += "{" + std::to_string(i) + " " + std::to_string(random_()) + "}\n";
    }
    return out;
  }

  std::mt19937_64 random_{3};
};

INSTANTIATE_TEST_SUITE_P(All, AheadTest, ::testing::Values(Packed{"gz", gzip}, Packed{"zst", zstd}),
                         [](const auto& param) { return param.param.name; });

TEST_P(AheadTest, GivesWhatTheFilesHave) {
  const std::string first = lines(20000);
  const std::string second = lines(5000);
  const std::string a = folder_.write("a.jsonl", GetParam().pack(first));
  const std::string b = folder_.write("b.jsonl", "{plain}\n");
  const std::string c = folder_.write("c.jsonl", GetParam().pack(second));
  Source source(list({a, b, c}), {}, nullptr, kBuffer);
  std::string given;
  for (const RawRecord& record : drain(source)) {
    EXPECT_FALSE(record.rejection);
    given += record.bytes + "\n";
  }
  EXPECT_TRUE(given == first + "{plain}\n" + second);
  EXPECT_EQ(source.bytes_consumed(), std::filesystem::file_size(a) + std::filesystem::file_size(b) +
                                         std::filesystem::file_size(c));
}

TEST_P(AheadTest, CanBeLeftInTheMiddle) {
  const std::string path = folder_.write("a.jsonl", GetParam().pack(lines(20000)));
  for (std::uint32_t documents = 1; documents < 2000; documents *= 3) {
    Source source(list({path}), {}, nullptr, kBuffer);
    std::vector<RawRecord> batch;
    ASSERT_TRUE(source.next_batch(documents, kNoLimit, batch));
    EXPECT_THAT(batch, SizeIs(documents));
    EXPECT_LT(source.bytes_consumed(), std::filesystem::file_size(path));
  }
}

TEST_P(AheadTest, TheNextFileIsReadAfterOneThatIsLeft) {
  // A file of another encoding is left at its first line.
  std::string encoded = "\xFF\xFE{";
  encoded += '\0';
  const std::string a = folder_.write("a.jsonl", GetParam().pack(encoded + "\n" + lines(20000)));
  const std::string second = lines(5000);
  const std::string b = folder_.write("b.jsonl", GetParam().pack(second));
  const std::vector<RawRecord> records = read({a, b}, {}, kBuffer);
  ASSERT_THAT(records, SizeIs(5001));
  EXPECT_EQ(records[0].rejection->reason, RejectReason::kInvalidUtf8);
  std::string given;
  for (std::size_t i = 1; i < records.size(); ++i) given += records[i].bytes + "\n";
  EXPECT_TRUE(given == second);
}

TEST_P(AheadTest, Stops) {
  const std::string path = folder_.write("a.jsonl", GetParam().pack(lines(20000)));
  std::atomic<bool> stop = false;
  Source source(list({path}), {}, &stop, kBuffer);
  std::vector<RawRecord> batch;
  ASSERT_TRUE(source.next_batch(10, kNoLimit, batch));
  stop = true;
  for (int again = 0; again < 5; ++again) EXPECT_FALSE(source.next_batch(10, kNoLimit, batch));
}

TEST_P(AheadTest, TellsWhereTheFileBreaksOff) {
  const std::string whole = lines(20000);
  const std::string packed = GetParam().pack(whole);
  const std::size_t size = packed.size() / 2;
  const std::vector<RawRecord> records =
      read({folder_.write("a.jsonl", packed.substr(0, size))}, {}, kBuffer);
  ASSERT_GT(records.size(), 1000U);
  std::string given;
  for (const RawRecord& record : records) {
    EXPECT_EQ(record.rejection.has_value(), &record == &records.back());
    given += record.bytes + "\n";
  }
  given.pop_back();
  EXPECT_TRUE(whole.starts_with(given));
  EXPECT_EQ(records.back().rejection->reason, RejectReason::kTruncatedStream);
  EXPECT_THAT(records.back().rejection->message,
              HasSubstr("byte " + std::to_string(size) + " of the compressed file"));
}

TEST_P(PackedSourceTest, AWrongChecksumIsCorrupt) {
  std::string packed = GetParam().pack("{1}\n{2}\n");
  // gzip ends in checksum and size, four bytes each; zstd in the checksum.
  char& byte = packed[packed.size() - (GetParam().name == "gz" ? 8 : 4)];
  byte = static_cast<char>(byte + 1);
  const std::vector<RawRecord> records = read({folder_.write("a.jsonl", packed)});
  ASSERT_FALSE(records.empty());
  ASSERT_TRUE(records.back().rejection.has_value());
  EXPECT_EQ(records.back().rejection->reason, RejectReason::kCorruptStream);
  EXPECT_THAT(records.back().rejection->message, HasSubstr("checksum does not match"));
}

TEST_P(PackedSourceTest, TrailingJunkIsCorrupt) {
  const std::string packed = GetParam().pack("{1}\n{2}\n");
  for (const std::string junk : {"junk", "{3}\n", "junk that is longer than any header", "x"}) {
    for (const std::size_t buffer_bytes : {4UL, 1000UL}) {
      const std::vector<RawRecord> records =
          read({folder_.write("a.jsonl", packed + junk)}, {}, buffer_bytes);
      ASSERT_THAT(shown(records), ElementsAre("{1}", "{2}", "!"));
      EXPECT_EQ(records[2].rejection->reason, RejectReason::kCorruptStream);
      EXPECT_THAT(records[2].rejection->message, HasSubstr("bytes after the last"));
      EXPECT_THAT(records[2].rejection->message,
                  HasSubstr("byte " + std::to_string(packed.size()) + " of"));
      EXPECT_EQ(records[2].line, 3U);
      EXPECT_EQ(records[2].offset, 8U);
    }
  }
}

TEST_P(PackedSourceTest, AnotherFileGoesOnAfterABrokenOne) {
  const std::string packed = GetParam().pack(std::string(5000, 'a') + "\n{2}\n");
  const std::string broken = folder_.write("a.jsonl", packed.substr(0, packed.size() - 6));
  const std::string good = folder_.write("b.jsonl", GetParam().pack("{3}\n"));
  Source source(list({broken, good}), {});
  const std::vector<RawRecord> records = drain(source);
  ASSERT_GE(records.size(), 2U);
  EXPECT_EQ(records.back().bytes, "{3}");
  EXPECT_EQ(records.back().source, 1U);
  EXPECT_EQ(records.back().line, 1U);
  EXPECT_TRUE(records[records.size() - 2].rejection.has_value());
  EXPECT_THAT(source.warnings(), IsEmpty());
}

TEST_P(PackedSourceTest, ATextThatIsCutOffIsRejected) {
  const std::string packed =
      GetParam().pack("A text that will be cut off somewhere in the middle.");
  const std::string path =
      folder_.write("a.txt." + GetParam().name, packed.substr(0, packed.size() - 5));
  const std::vector<RawRecord> records = read({path});
  ASSERT_THAT(records, SizeIs(1));
  ASSERT_TRUE(records[0].rejection.has_value());
  EXPECT_EQ(records[0].rejection->reason, RejectReason::kTruncatedStream);
  EXPECT_TRUE(records[0].is_text);
  EXPECT_EQ(records[0].text_id, path);
}

TEST_P(PackedSourceTest, TheCutOffLineIsTruncatedToo) {
  InputOptions options;
  options.max_record_bytes = 10;
  const std::string packed = GetParam().pack(std::string(50000, 'a')) + GetParam().pack("b");
  const std::string path = folder_.write("a.jsonl", packed.substr(0, packed.size() - 1));
  const std::vector<RawRecord> records = read({path}, options);
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].rejection->reason, RejectReason::kTruncatedStream);
  EXPECT_EQ(records[0].bytes, "aaaaaaaaaa");
}

// A block of zstd that is stored as it is.
std::string stored_block(std::string_view bytes, bool last) {
  const std::size_t header = bytes.size() << 3 | (last ? 1 : 0);
  std::string out;
  for (int shift = 0; shift < 24; shift += 8) out += static_cast<char>(header >> shift & 0xFF);
  return out.append(bytes);
}

// Two bytes of the second of three blocks are wrong: all of the first is given, whatever the size
// of the buffers, and the block is named.
TEST_F(SourceTest, GoodZstdBlocksBeforeABrokenOneAreGiven) {
  const std::string head("\x28\xb5\x2f\xfd\x00\x38", 6);
  const std::string first = head + stored_block("{1}\n{2}\n", false);
  std::string broken = stored_block("{3}\n", false);
  broken[0] = static_cast<char>(broken[0] | 6);  // a type that does not exist
  for (const std::size_t buffer_bytes : {4UL, 5UL, 7UL, 9UL, 16UL, 17UL, 1000UL}) {
    const std::vector<RawRecord> records =
        read({folder_.write("a.jsonl.zst", first + broken + stored_block("{4}\n", true))}, {},
             buffer_bytes);
    ASSERT_THAT(shown(records), ElementsAre("{1}", "{2}", "!")) << buffer_bytes;
    EXPECT_EQ(records[2].rejection->reason, RejectReason::kCorruptStream);
    EXPECT_THAT(records[2].rejection->message,
                HasSubstr("byte " + std::to_string(first.size()) + " of the compressed file"));
    EXPECT_EQ(records[2].offset, 8U);
  }
}

// The frame says that it has 200 bytes, and its only block, stored as it is, has eleven. All but
// the last of them are given, whatever the size of the buffers.
TEST_F(SourceTest, AStoredZstdBlockThatBreaksItsFrame) {
  const std::string head("\x28\xb5\x2f\xfd\x20\xc8", 6);
  const std::string packed = head + stored_block("{1}\n{2}\n{3}", true);
  const std::string path = folder_.write("a.jsonl.zst", packed);
  for (std::size_t buffer_bytes = 4; buffer_bytes <= packed.size() + 1; ++buffer_bytes) {
    const std::vector<RawRecord> records = read({path}, {}, buffer_bytes);
    ASSERT_THAT(shown(records), ElementsAre("{1}", "{2}", "!{3")) << buffer_bytes;
    EXPECT_EQ(records[2].rejection->reason, RejectReason::kCorruptStream);
    EXPECT_THAT(records[2].rejection->message,
                HasSubstr("byte 9 of the compressed file: broken zstd data"));
  }
}

// Bytes that wait in the library for room are given, too, before the fault behind them.
TEST_F(SourceTest, AllBytesBeforeAWrongZstdChecksumAreGiven) {
  const std::string line(517, 'a');
  std::string packed = zstd(line + "\n");
  packed.back() = static_cast<char>(packed.back() ^ 1);
  const std::string path = folder_.write("a.jsonl.zst", packed);
  for (std::size_t buffer_bytes = 4; buffer_bytes <= 600; ++buffer_bytes) {
    const std::vector<RawRecord> records = read({path}, {}, buffer_bytes);
    ASSERT_THAT(shown(records), ElementsAre(line, "!")) << buffer_bytes;
    EXPECT_THAT(records[1].rejection->message, HasSubstr("the zstd checksum does not match"));
  }
}

// Behind a frame only the bytes that begin another count, whatever the size of the buffers: those
// of zstd before 1.0 do not.
TEST_F(SourceTest, BytesThatBeginNoZstdFrame) {
  const std::string frame = zstd("{1}\n");
  std::vector<std::string> others = {"\x50\x2a\x4d\x19", "\x60\x2a\x4d\x18", "\x28\x2a\x4d\x18",
                                     "\x50\xb5\x2f\xfd"};
  for (const char version : {'\x1e', '\x22', '\x23', '\x24', '\x25', '\x26', '\x27'}) {
    others.push_back(version + std::string("\xb5\x2f\xfd"));
  }
  for (const std::string& other : others) {
    const std::string path =
        folder_.write("a.jsonl.zst", frame + other + std::string("\x24\x01\x09\0\0\x03", 6));
    for (std::size_t buffer_bytes = 4; buffer_bytes <= frame.size() + 10; ++buffer_bytes) {
      const std::vector<RawRecord> records = read({path}, {}, buffer_bytes);
      ASSERT_THAT(shown(records), ElementsAre("{1}", "!")) << buffer_bytes;
      EXPECT_THAT(records[1].rejection->message,
                  HasSubstr("byte " + std::to_string(frame.size()) +
                            " of the compressed file: bytes after the last zstd frame"));
    }
  }
  const std::string skippable("\x5f\x2a\x4d\x18\x03\0\0\0abc", 11);
  const std::string path =
      folder_.write("b.jsonl.zst", skippable + frame + skippable + skippable + zstd("{2}\n"));
  for (std::size_t buffer_bytes = 4; buffer_bytes <= 40; ++buffer_bytes) {
    EXPECT_THAT(shown(read({path}, {}, buffer_bytes)), ElementsAre("{1}", "{2}")) << buffer_bytes;
  }
}

TEST_F(SourceTest, ZerosBehindAGzipMemberArePadding) {
  const std::string zeros(1000, '\0');
  for (const std::size_t buffer_bytes : {4UL, 7UL, 1000UL}) {
    EXPECT_THAT(
        shown(read({folder_.write("a.jsonl", gzip("{1}\n") + zeros + gzip("{2}\n") + zeros)}, {},
                   buffer_bytes)),
        ElementsAre("{1}", "{2}"));
  }
}

TEST_F(SourceTest, ANameOfACompressedFileIsAPromise) {
  for (const std::string bytes : {"", "\x1f"}) {
    EXPECT_THAT(shown(read({folder_.write("a.jsonl.gz", bytes)})), ElementsAre("!"));
  }
  for (const std::string bytes : {"", "\x28", "\x28\xb5", "\x28\xb5\x2f"}) {
    const std::vector<RawRecord> records = read({folder_.write("a.jsonl.zst", bytes)});
    ASSERT_THAT(shown(records), ElementsAre("!"));
    EXPECT_EQ(records[0].rejection->reason, RejectReason::kTruncatedStream);
    EXPECT_THAT(records[0].rejection->message,
                HasSubstr("byte " + std::to_string(bytes.size()) + ": zstd ends early"));
  }
  EXPECT_THAT(shown(read({folder_.write("b.jsonl.gz", "{1}")})), ElementsAre("{1}"));
  EXPECT_THAT(shown(read({folder_.write("c.jsonl.zst", "{}")})), ElementsAre("{}"));
}

// --- Limits of what a compressed file unpacks to ---

TEST_P(PackedSourceTest, UnpacksToTheLimitAndNoFurther) {
  const std::string bytes = "{1}\n{22}\n{333}\n";
  InputOptions options;
  for (const std::size_t buffer_bytes : {4UL, 9UL, 1000UL}) {
    for (const std::uint64_t limit : {1UL, 9UL, 14UL, 15UL, 16UL}) {
      options.max_unpacked_bytes = limit;
      const std::string name = "a.jsonl." + GetParam().name;
      const std::string path = folder_.write(name, GetParam().pack(bytes));
      Source source(list({path}, options), options, nullptr, buffer_bytes);
      const std::vector<RawRecord> records = drain(source);
      std::string given;
      for (const RawRecord& record : records)
        given += record.bytes + (record.rejection ? "" : "\n");
      EXPECT_EQ(given, bytes.substr(0, limit));
      ASSERT_EQ(records.back().rejection.has_value(), limit < bytes.size()) << limit;
      EXPECT_EQ(source.warnings().size(), limit < bytes.size() ? 1U : 0U);
      if (limit >= bytes.size()) continue;
      EXPECT_EQ(records.back().rejection->reason, RejectReason::kUnpackLimit);
      EXPECT_THAT(records.back().rejection->message,
                  HasSubstr("unpacks to more than " + std::to_string(limit) +
                            " bytes (input.max_unpacked_bytes); the rest is not read"));
      EXPECT_EQ(records.back().line, records.size());
    }
  }
}

TEST_P(PackedSourceTest, UnpacksToAMultipleOfItsSizeIfThatIsMuch) {
  const std::string packed = GetParam().pack(std::string(100000, '\n'));
  const auto size = static_cast<std::uint64_t>(packed.size());
  const std::string path = folder_.write("a.jsonl", packed);
  const std::string good = folder_.write("b.jsonl", "{1}\n");
  const auto rejected = [&](std::uint64_t ratio, std::uint64_t from) {
    InputOptions options;
    options.max_unpack_ratio = static_cast<std::uint32_t>(ratio);
    options.unpack_ratio_from = from;
    const std::vector<RawRecord> records = read({path, good}, options);
    EXPECT_EQ(records.back().bytes, "{1}");
    return records.size() == 1 ? std::string() : records.front().rejection->message;
  };
  const std::uint64_t enough = (100000 + size - 1) / size;
  EXPECT_EQ(rejected(enough, 0), "");
  EXPECT_THAT(rejected(enough - 1, 0),
              HasSubstr("unpacks to more than " + std::to_string((enough - 1) * size) + " bytes, " +
                        std::to_string(enough - 1) + " times its size (input.max_unpack_ratio)"));
  EXPECT_EQ(rejected(1, 100000), "");
  EXPECT_THAT(
      rejected(1, 99999),
      HasSubstr("unpacks to more than 99999 bytes (input.unpack_ratio_from) and 1 times its "
                "size (input.max_unpack_ratio)"));
  EXPECT_EQ(rejected(0, 0), "");
}

// --- Other encodings ---

// A match that reaches before the first byte, with more and less behind it than the library reads
// ahead: igzip then counts wrongly what is left of its input.
TEST_F(SourceTest, GzipMatchesBeforeTheBegin) {
  using namespace std::string_literals;
  const std::string head = "\x1f\x8b\x08\0\0\0\0\0\0\xff"s;
  for (std::size_t behind = 0; behind <= 40; ++behind) {
    SCOPED_TRACE(behind);
    const std::string bytes = head + "\x03\x02\0\0"s + std::string(behind, '\0');
    EXPECT_THAT(shown(read({folder_.write("a.jsonl.gz", bytes), folder_.write("b.jsonl", "{1}")})),
                ElementsAre(::testing::StartsWith("!"), "{1}"));
  }
}

// igzip takes the bytes of such a match for written, though it has written none: what it unpacked
// before would be given again.
TEST_F(SourceTest, GzipGivesNothingOfAMatchBeforeTheBegin) {
  using namespace std::string_literals;
  std::string block;
  int used = 0;  // bits
  const auto put = [&](unsigned bit) {
    if (used % 8 == 0) block += '\0';
    block.back() = static_cast<char>(static_cast<unsigned char>(block.back()) | bit << used % 8);
    ++used;
  };
  const auto put_code = [&](unsigned code, int bits) {
    while (bits-- > 0) put(code >> bits & 1);
  };
  put(1);  // the last block, with fixed codes
  put(1);
  put(0);
  for (const char literal : "{1}\n{22}\n{333}"s) {
    put_code(0x30 + static_cast<unsigned char>(literal), 8);
  }
  put_code(264 - 256, 7);  // ten bytes,
  put_code(13, 5);         // 97 bytes back
  put_code(0, 5);
  put_code(0, 7);  // the end
  const std::string header = "\x1f\x8b\x08\0\0\0\0\0\0\xff"s;
  const std::string path =
      folder_.write("a.jsonl.gz", gzip("{an earlier member, and a long one}\n") + header + block +
                                      std::string(40, '\0'));
  for (std::size_t buffer_bytes = 4; buffer_bytes <= 120; ++buffer_bytes) {
    const std::vector<std::string> lines = shown(read({path}, {}, buffer_bytes));
    // With little room the library keeps some of the bytes before the fault.
    const std::string whole = "{1} {22} !{333}";
    std::string given;
    ASSERT_GE(lines.size(), 2U) << buffer_bytes;
    EXPECT_EQ(lines.front(), "{an earlier member, and a long one}");
    for (std::size_t i = 1; i < lines.size(); ++i) given += (i > 1 ? " " : "") + lines[i];
    if (buffer_bytes >= 15) {
      EXPECT_EQ(given, whole) << buffer_bytes;
    }
    given.erase(given.find('!'), 1);
    EXPECT_TRUE("{1} {22} {333}"s.starts_with(given)) << buffer_bytes << ' ' << given;
  }
}

TEST_F(SourceTest, AFileOfAnotherEncodingIsOneRejection) {
  const std::string next = folder_.write("b.jsonl", "{1}\n");
  using namespace std::string_literals;
  const std::string little = "\xff\xfe{\0\n\0}\0"s;
  const std::string big = "\xfe\xff\0{\0\n\0}"s;
  for (const std::string& bytes : {little, big, gzip(little), zstd(big)}) {
    for (const std::size_t buffer_bytes : {4UL, 1000UL}) {
      Source source(list({folder_.write("a.jsonl", bytes), next}), {}, nullptr, buffer_bytes);
      const std::vector<RawRecord> records = drain(source);
      ASSERT_THAT(records, SizeIs(2));
      EXPECT_EQ(records[0].rejection->reason, RejectReason::kInvalidUtf8);
      EXPECT_EQ(records[0].rejection->message, "the file is UTF-16; only UTF-8 is read");
      EXPECT_THAT(source.warnings(), SizeIs(1));
      EXPECT_EQ(records[1].bytes, "{1}");
    }
  }
  // Only a mark: the other lines may be UTF-8.
  EXPECT_THAT(shown(read({folder_.write("a.jsonl", "\xff\xfe{1}\n{2}\n")})),
              ElementsAre("\xff\xfe{1}", "{2}"));
  const std::vector<RawRecord> text = read({folder_.write("a.txt", "\xff\xfe\x3d\x6f")});
  ASSERT_THAT(shown(text), ElementsAre("!\xff\xfe\x3d\x6f"));
  EXPECT_EQ(text[0].rejection->message, "the file is UTF-16; only UTF-8 is read");
  EXPECT_EQ(read({folder_.write("a.txt", "\0\0\xfe\xff\0\0\0x"s)})[0].rejection->message,
            "the file is UTF-32; only UTF-8 is read");
}

// Files and lines that end where the mark does, or right behind it: no byte beyond is looked for.
TEST_F(SourceTest, AMarkWithLittleBehindIt) {
  for (const std::string mark : {"\xff\xfe", "\xfe\xff"}) {
    for (const std::string behind : {"", "1"}) {
      for (const std::string rest : {"", "\n{2}"}) {
        const std::string path = folder_.write("a.jsonl", mark + behind + rest);
        EXPECT_EQ(read({path}).size(), rest.empty() ? 1U : 2U) << behind << rest;
      }
    }
  }
}

// --- Files that change under us ---

TEST_F(SourceTest, AFileThatChangesWhileItIsRead) {
  const std::string bytes = "{1}\n{22}\n{333}\n{4444}\n";
  const auto read_and = [&](auto change) {
    const std::string path = folder_.write("a.jsonl", bytes);
    Source source(list({path}), {}, nullptr, 4);
    std::vector<RawRecord> batch;
    EXPECT_TRUE(source.next_batch(1, kNoLimit, batch));
    std::vector<std::string> lines = shown(batch);
    change(path);
    for (const std::string& line : shown(drain(source))) lines.push_back(line);
    std::filesystem::remove_all(path);
    return lines;
  };
  EXPECT_THAT(read_and([](const std::string& path) { std::filesystem::resize_file(path, 12); }),
              ElementsAre("{1}", "{22}", "!{33"));
  EXPECT_THAT(read_and([](const std::string& path) { std::filesystem::resize_file(path, 2); }),
              ElementsAre("{1}", "!"));
  EXPECT_THAT(
      read_and([](const std::string& path) { std::ofstream(path, std::ios::app) << "{5}\n{6"; }),
      ElementsAre("{1}", "{22}", "{333}", "{4444}", "{5}", "!{6"));
  // Its bytes are there as long as it is open.
  EXPECT_THAT(read_and([](const std::string& path) { std::filesystem::remove(path); }),
              ElementsAre("{1}", "{22}", "{333}", "{4444}"));
}

TEST_F(SourceTest, WhatTheListingCouldNotReadIsRejected) {
  InputFile file;
  file.path = folder_.write("a.jsonl", "{0}\n");  // there again
  file.fault = "cannot open: No such file or directory";
  const std::vector<InputFile> good = list({folder_.write("b.jsonl", "{1}\n")});
  Source source({file, good.front()}, {});
  const std::vector<RawRecord> records = drain(source);
  ASSERT_THAT(shown(records), ElementsAre("!", "{1}"));
  EXPECT_EQ(records[0].rejection->reason, RejectReason::kSourceFailed);
  EXPECT_EQ(records[0].rejection->message, file.path + ": byte 0: " + file.fault);
  EXPECT_THAT(source.warnings(), SizeIs(1));
}

TEST_F(SourceTest, AFileThatVanishedIsRejectedAndTheOthersGoOn) {
  const std::string gone = folder_.write("a.jsonl", "{1}\n");
  const std::string good = folder_.write("b.jsonl", "{2}\n");
  Source source(list({gone, good}), {});
  std::filesystem::remove(gone);
  const std::vector<RawRecord> records = drain(source);
  ASSERT_THAT(shown(records), ElementsAre("!", "{2}"));
  EXPECT_EQ(records[0].rejection->reason, RejectReason::kSourceFailed);
  EXPECT_EQ(records[0].rejection->message,
            gone + ": byte 0: cannot open: No such file or directory");
  EXPECT_THAT(source.warnings(), ElementsAre(records[0].rejection->message));
}

TEST_F(SourceTest, AFileThatChangedIsRejectedAtItsEnd) {
  const std::string grown = folder_.write("a.jsonl", "{1}\n");
  const std::string touched = folder_.write("b.jsonl", "{2}\n");
  const std::string same = folder_.write("c.jsonl", "{3}\n");
  const std::string text = folder_.write("d.txt", "One.");
  Source source(list({grown, touched, same, text}), {});
  folder_.write("a.jsonl", "{1}\n{half");
  std::filesystem::last_write_time(
      touched, std::filesystem::last_write_time(touched) + std::chrono::seconds(5));
  folder_.write("d.txt", "One. Two.");
  const std::vector<RawRecord> records = drain(source);
  ASSERT_THAT(shown(records), ElementsAre("{1}", "!{half", "{2}", "!", "{3}", "!One. Two."));
  for (const std::size_t i : {1UL, 3UL, 5UL}) {
    EXPECT_EQ(records[i].rejection->reason, RejectReason::kSourceFailed);
    EXPECT_THAT(records[i].rejection->message, HasSubstr("the file changed after the run began"));
  }
  EXPECT_EQ(records[1].line, 2U);
  EXPECT_EQ(records[1].offset, 4U);
  EXPECT_THAT(source.warnings(), SizeIs(3));
}

TEST_F(SourceTest, TheSizeAloneTellsThatAFileChanged) {
  const std::string path = folder_.write("a.jsonl", "{1}\n");
  const std::filesystem::file_time_type time = std::filesystem::last_write_time(path);
  Source source(list({path}), {});
  folder_.write("a.jsonl", "{1}\n{2}\n");
  std::filesystem::last_write_time(path, time);
  EXPECT_THAT(shown(drain(source)), ElementsAre("{1}", "{2}", "!"));
}

TEST_F(SourceTest, AFolderInPlaceOfAFileIsAReadError) {
  const std::string path = folder_.write("a.jsonl", "{1}\n");
  Source source(list({path}), {});
  std::filesystem::remove(path);
  std::filesystem::create_directory(path);
  const std::vector<RawRecord> records = drain(source);
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].rejection->reason, RejectReason::kSourceFailed);
  EXPECT_THAT(records[0].rejection->message, HasSubstr("cannot read: Is a directory"));
}

TEST_F(SourceTest, CountsTheBytesOfTheFiles) {
  const std::string plain = folder_.write("a.jsonl", "{1}\n{2}\n");
  const std::string packed = folder_.write("b.jsonl.gz", gzip("{3}\n"));
  Source source(list({plain, packed}), {}, nullptr, 4);
  EXPECT_EQ(source.bytes_consumed(), 0U);
  std::vector<RawRecord> batch;
  ASSERT_TRUE(source.next_batch(1, kNoLimit, batch));
  EXPECT_EQ(source.bytes_consumed(), 4U);
  drain(source);
  EXPECT_EQ(source.bytes_consumed(), 8 + std::filesystem::file_size(packed));
  EXPECT_THAT(source.files(), SizeIs(2));
}

// --- Pipes ---

// Runs `test` with standard input being a pipe into which `bytes` are written piece by piece, each
// after the one before was read.
template <class Test>
void with_standard_input(std::string_view bytes, std::size_t piece, Test test) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const int saved = ::dup(STDIN_FILENO);
  ::dup2(ends[0], STDIN_FILENO);
  ::close(ends[0]);
  std::thread writer([&] {
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      const std::string_view next = bytes.substr(at, piece);
      EXPECT_EQ(::write(ends[1], next.data(), next.size()), static_cast<ssize_t>(next.size()));
      for (int waiting = 1; waiting > 0; std::this_thread::yield()) {
        ASSERT_EQ(::ioctl(STDIN_FILENO, FIONREAD, &waiting), 0);
      }
    }
    ::close(ends[1]);
  });
  test();
  for (char rest[4096]; ::read(STDIN_FILENO, rest, sizeof rest) > 0;) {
  }
  writer.join();
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
}

TEST_F(SourceTest, ReadsStandardInput) {
  for (const std::size_t piece : {1UL, 3UL, 1000UL}) {
    for (const std::string& bytes : {std::string("{1}\n{2}"), gzip("{1}\n{2}"), zstd("{1}\n{2}")}) {
      with_standard_input(bytes, piece, [&] {
        Source source(list({"-"}), {});
        EXPECT_THAT(shown(drain(source)), ElementsAre("{1}", "{2}"));
        EXPECT_EQ(source.bytes_consumed(), bytes.size());
        EXPECT_THAT(source.warnings(), IsEmpty());
      });
    }
  }
}

// Where a compressed pipe is cut does not depend on how it came.
TEST_F(SourceTest, ThePipesOfOneInputAreCutAtOnePlace) {
  InputOptions options;
  options.max_unpack_ratio = 10;
  options.unpack_ratio_from = 0;
  std::string bytes;
  std::uint32_t random = 1;
  for (int i = 0; i < 3000; ++i) {
    if (i < 100) random = random * 1664525 + 1013904223;  // then it packs well
    bytes += "{" + std::to_string(random) + "}\n";
  }
  for (const std::string& packed : {gzip(bytes), zstd(bytes)}) {
    std::vector<std::vector<std::string>> given;
    for (const std::size_t piece : {7UL, 64UL, 100000UL}) {
      with_standard_input(packed, piece, [&] {
        Source source(list({"-"}), options, nullptr, 128);
        given.push_back(shown(drain(source)));
      });
      ASSERT_GT(given.back().size(), 100U);
      EXPECT_LT(given.back().size(), 3000U);
      EXPECT_TRUE(given.back().back().starts_with('!'));
      EXPECT_EQ(given.back(), given.front());
    }
  }
}

TEST_F(SourceTest, StandardInputCanBeText) {
  InputOptions options;
  options.format = InputOptions::Format::kText;
  with_standard_input("One.\nTwo.", 4, [&] {
    const std::vector<RawRecord> records = read({"-"}, options);
    ASSERT_THAT(shown(records), ElementsAre("One.\nTwo."));
    EXPECT_EQ(records[0].text_id, "-");
  });
}

TEST_F(SourceTest, StopsWhileItWaitsForAPipe) {
  const std::string path = folder_.path("pipe.jsonl");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  for (const bool with_writer : {false, true}) {
    std::atomic<bool> stop = false;
    Source source(list({path, folder_.write("b.jsonl", "{9}\n")}), {}, &stop);
    const int writer = with_writer ? ::open(path.c_str(), O_RDWR | O_CLOEXEC) : -1;
    if (with_writer) {
      EXPECT_EQ(::write(writer, "{1}\n{2", 6), 6);
    }
    std::thread stopper([&stop] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      stop = true;
    });
    std::vector<RawRecord> batch;
    EXPECT_EQ(source.next_batch(10, kNoLimit, batch), with_writer);
    EXPECT_TRUE(stop);
    EXPECT_THAT(shown(batch),
                with_writer ? std::vector<std::string>{"{1}"} : std::vector<std::string>{});
    EXPECT_FALSE(source.next_batch(10, kNoLimit, batch));
    stopper.join();
    if (writer >= 0) ::close(writer);
  }
}

TEST_F(SourceTest, ReadsANamedPipe) {
  const std::string path = folder_.path("pipe.jsonl");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  Source source(list({path}), {});
  std::thread writer([&path] {
    std::ofstream out(path);
    out << "{1}\n{2}\n";
  });
  EXPECT_THAT(shown(drain(source)), ElementsAre("{1}", "{2}"));
  writer.join();
  EXPECT_THAT(source.warnings(), IsEmpty());
}

}  // namespace
}  // namespace copydesk
