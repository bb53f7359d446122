#include "io/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <utility>

#include "unit/io/files.h"

namespace {
bool g_truncate_fails = false;
}  // namespace

// In the place of that of the C library.
extern "C" int truncate(const char* path, off_t size) noexcept {
  if (!g_truncate_fails) return static_cast<int>(::syscall(SYS_truncate, path, size));
  errno = EIO;
  return -1;
}

namespace copydesk {
namespace {

using ::testing::HasSubstr;
using testing::TempFolder;

class OutputFileTest : public ::testing::Test {
 protected:
  OutputFile create(const std::string& name) {
    Result<OutputFile> file = OutputFile::create(folder_.path(name));
    EXPECT_TRUE(file.ok());
    return *std::move(file);
  }
  [[nodiscard]] bool exists(const std::string& name) const {
    return std::filesystem::exists(folder_.path(name));
  }
  [[nodiscard]] bool empty() const { return std::filesystem::is_empty(folder_.root()); }

  TempFolder folder_;
};

TEST_F(OutputFileTest, AppearsUnderItsNameOnCommit) {
  OutputFile file = create("a.jsonl");
  ASSERT_TRUE(file.write("one\n").ok());
  ASSERT_TRUE(file.write("two\n").ok());
  EXPECT_TRUE(exists("a.jsonl.partial"));
  EXPECT_FALSE(exists("a.jsonl"));
  ASSERT_TRUE(file.finish().ok());
  EXPECT_TRUE(exists("a.jsonl.partial"));
  EXPECT_FALSE(exists("a.jsonl"));
  ASSERT_TRUE(file.commit().ok());
  EXPECT_FALSE(exists("a.jsonl.partial"));
  EXPECT_EQ(testing::read_all(folder_.path("a.jsonl")), "one\ntwo\n");
  EXPECT_EQ(file.bytes_written(), 8U);
  EXPECT_EQ(file.path(), folder_.path("a.jsonl"));
}

TEST_F(OutputFileTest, LeavesNothingWithoutCommit) {
  {
    OutputFile file = create("a.jsonl");
    ASSERT_TRUE(file.write("x").ok());
  }
  EXPECT_TRUE(empty());
  {
    OutputFile file = create("b.jsonl");
    ASSERT_TRUE(file.finish().ok());
  }
  EXPECT_TRUE(empty());
}

TEST_F(OutputFileTest, KeepsTheOldFileWithoutCommit) {
  folder_.write("a.jsonl", "old");
  { ASSERT_TRUE(create("a.jsonl").write("new").ok()); }
  EXPECT_EQ(testing::read_all(folder_.path("a.jsonl")), "old");
}

TEST_F(OutputFileTest, ReplacesThePartialFileOfADeadRun) {
  folder_.write("a.jsonl.partial", "much longer than what follows");
  OutputFile file = create("a.jsonl");
  ASSERT_TRUE(file.write("new").ok());
  ASSERT_TRUE(file.commit().ok());
  EXPECT_EQ(testing::read_all(folder_.path("a.jsonl")), "new");
}

TEST_F(OutputFileTest, AnEmptyFileIsAFile) {
  ASSERT_TRUE(create("a.jsonl").commit().ok());
  EXPECT_EQ(testing::read_all(folder_.path("a.jsonl")), "");
  EXPECT_TRUE(exists("a.jsonl"));
}

TEST_F(OutputFileTest, WritesMoreThanItsBuffer) {
  for (const std::size_t size : {(1U << 20) - 1, 1U << 20, (1U << 20) + 1, (3U << 20) + 7}) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 >> 3);
    for (const std::string name : {"a.jsonl", "a.jsonl.zst"}) {
      OutputFile file = create(name);
      ASSERT_TRUE(file.write(std::string_view(bytes).substr(0, 5)).ok());
      ASSERT_TRUE(file.write(std::string_view(bytes).substr(5)).ok());
      ASSERT_TRUE(file.commit().ok());
      const std::string found = testing::read_all(folder_.path(name));
      EXPECT_TRUE((name.ends_with(".zst") ? testing::unzstd(found) : found) == bytes) << size;
      EXPECT_EQ(file.bytes_written(), size);
    }
  }
}

TEST_F(OutputFileTest, CompressesByName) {
  OutputFile file = create("a.jsonl.zst");
  ASSERT_TRUE(file.write("some text\n").ok());
  ASSERT_TRUE(file.commit().ok());
  const std::string packed = testing::read_all(folder_.path("a.jsonl.zst"));
  EXPECT_EQ(packed.substr(0, 4), "\x28\xB5\x2F\xFD");
  EXPECT_EQ(testing::unzstd(packed), "some text\n");
}

TEST_F(OutputFileTest, CanBeMoved) {
  OutputFile file = create("a.jsonl");
  OutputFile other = create("b.jsonl");
  ASSERT_TRUE(file.write("a").ok());
  other = std::move(file);
  EXPECT_FALSE(exists("b.jsonl.partial"));
  ASSERT_TRUE(other.commit().ok());
  EXPECT_EQ(testing::read_all(folder_.path("a.jsonl")), "a");
}

TEST_F(OutputFileTest, CommitTwiceIsFine) {
  OutputFile file = create("a.jsonl");
  ASSERT_TRUE(file.commit().ok());
  EXPECT_TRUE(file.commit().ok());
}

TEST_F(OutputFileTest, NamesTheFileThatCannotBeCreated) {
  const Result<OutputFile> file = OutputFile::create(folder_.path("missing/a.jsonl"));
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, ErrorCode::kIo);
  EXPECT_THAT(file.error().message, HasSubstr("missing/a.jsonl: cannot create"));
}

TEST_F(OutputFileTest, AFullDiskIsAnErrorAndStaysOne) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  for (const std::string name : {"a.jsonl", "a.jsonl.zst"}) {
    std::filesystem::create_symlink("/dev/full", folder_.path(name + ".partial"));
    {
      OutputFile file = create(name);
      ASSERT_TRUE(file.write("x").ok());  // still in the buffer
      const Result<void> finished = file.finish();
      ASSERT_FALSE(finished.ok());
      EXPECT_EQ(finished.error().code, ErrorCode::kIo);
      EXPECT_THAT(finished.error().message, HasSubstr(name + ": cannot write: No space left"));
      EXPECT_FALSE(file.finish().ok());
      EXPECT_FALSE(file.commit().ok());
    }
    EXPECT_TRUE(empty());
  }
}

// What is written behind the first buffer, which a thread compresses.
TEST_F(OutputFileTest, AFaultOfTheThreadIsToldLaterAndStays) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  std::mt19937_64 random(1);  // does not compress
  std::string bytes(2U << 20, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  std::filesystem::create_symlink("/dev/full", folder_.path("a.jsonl.zst.partial"));
  {
    OutputFile file = create("a.jsonl.zst");
    static_cast<void>(file.write(bytes));
    const Result<void> written = file.write(bytes);
    ASSERT_FALSE(written.ok());
    EXPECT_THAT(written.error().message, HasSubstr("a.jsonl.zst: cannot write: No space left"));
    EXPECT_FALSE(file.write("x").ok() && file.finish().ok());
    EXPECT_FALSE(file.commit().ok());
  }
  EXPECT_TRUE(empty());
}

TEST_F(OutputFileTest, ManyBuffersAreCompressedInOrder) {
  std::string expected;
  OutputFile file = create("a.jsonl.zst");
  for (int i = 0; expected.size() < (9U << 20); ++i) {
    const std::string line = "line " + std::to_string(i) + " of many\n";
    expected += line;
    ASSERT_TRUE(file.write(line).ok());
  }
  OutputFile moved = std::move(file);
  ASSERT_TRUE(moved.write("last\n").ok());
  ASSERT_TRUE(moved.commit().ok());
  EXPECT_TRUE(testing::unzstd(testing::read_all(folder_.path("a.jsonl.zst"))) ==
              expected + "last\n");
}

TEST_F(OutputFileTest, CanBeLeftWhileItCompresses) {
  for (int round = 0; round < 20; ++round) {
    OutputFile file = create("a.jsonl.zst");
    ASSERT_TRUE(file.write(std::string(3U << 20, 'x')).ok());
  }
  EXPECT_TRUE(empty());
}

TEST_F(OutputFileTest, CommitSaysThatItCannotRename) {
  std::filesystem::create_directory(folder_.path("a.jsonl"));
  OutputFile file = create("a.jsonl");
  const Result<void> committed = file.commit();
  ASSERT_FALSE(committed.ok());
  EXPECT_THAT(committed.error().message, HasSubstr("a.jsonl: cannot rename"));
}

// What sync() has given is there after the object is gone, and can be gone on from; what came later
// is not.
TEST_F(OutputFileTest, GoesOnFromWhatWasSynced) {
  for (const std::string name : {"a.jsonl", "a.jsonl.zst"}) {
    std::uint64_t synced = 0;
    {
      OutputFile file = create(name);
      ASSERT_TRUE(file.write("one\n").ok());
      const Result<std::uint64_t> length = file.sync();
      ASSERT_TRUE(length.ok());
      synced = *length;
      ASSERT_TRUE(file.write(std::string(5U << 20, 'x')).ok());
    }
    EXPECT_EQ(std::filesystem::file_size(folder_.path(name + ".partial")), synced);
    { std::ofstream(folder_.path(name + ".partial"), std::ios::app) << "what a killed run wrote"; }
    Result<OutputFile> file = OutputFile::resume(folder_.path(name), synced);
    ASSERT_TRUE(file.ok()) << file.error().message;
    ASSERT_TRUE(file->write("two\n").ok());
    ASSERT_TRUE(file->commit().ok());
    const std::string found = testing::read_all(folder_.path(name));
    EXPECT_EQ(name.ends_with(".zst") ? testing::unzstd(found) : found, "one\ntwo\n");
  }
}

TEST_F(OutputFileTest, WhatWasSyncedStaysEvenIfTheRestCannotBeCutOff) {
  std::uint64_t synced = 0;
  {
    OutputFile file = create("a.jsonl");
    ASSERT_TRUE(file.write("one\n").ok());
    synced = *file.sync();
    ASSERT_TRUE(file.write(std::string(2U << 20, 'x')).ok());
    g_truncate_fails = true;
  }
  g_truncate_fails = false;
  ASSERT_TRUE(exists("a.jsonl.partial"));
  EXPECT_GT(std::filesystem::file_size(folder_.path("a.jsonl.partial")), synced);
  Result<OutputFile> file = OutputFile::resume(folder_.path("a.jsonl"), synced);
  ASSERT_TRUE(file.ok()) << file.error().message;
  ASSERT_TRUE(file->commit().ok());
  EXPECT_EQ(testing::read_all(folder_.path("a.jsonl")), "one\n");
}

// Where frames end depends on when sync() was called, not on who goes on.
TEST_F(OutputFileTest, CompressedBytesDoNotDependOnGoingOn) {
  const auto part = [](int n) {
    std::string lines;
    for (int i = 0; i < 20'000; ++i) lines += "line " + std::to_string(i * n) + " of many\n";
    return lines;
  };
  {
    OutputFile file = create("whole.zst");
    for (const int n : {1, 2, 3}) {
      ASSERT_TRUE(file.write(part(n)).ok());
      ASSERT_TRUE(file.sync().ok());
      ASSERT_TRUE(file.sync().ok()) << "nothing new: no frame";
    }
    ASSERT_TRUE(file.commit().ok());
  }
  std::uint64_t synced = 0;
  for (const int n : {1, 2, 3}) {
    Result<OutputFile> file = OutputFile::resume(folder_.path("pieces.zst"), synced);
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE(file->write(part(n)).ok());
    synced = *file->sync();
  }
  Result<OutputFile> file = OutputFile::resume(folder_.path("pieces.zst"), synced);
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(file->commit().ok());
  const std::string whole = testing::read_all(folder_.path("whole.zst"));
  EXPECT_TRUE(testing::read_all(folder_.path("pieces.zst")) == whole);
  EXPECT_TRUE(testing::unzstd(whole) == part(1) + part(2) + part(3));
}

TEST_F(OutputFileTest, DoesNotGoOnFromWhatIsNotThere) {
  for (const bool is_there : {false, true}) {
    if (is_there) folder_.write("a.jsonl.partial", "1234");
    const Result<OutputFile> file = OutputFile::resume(folder_.path("a.jsonl"), 5);
    ASSERT_FALSE(file.ok());
    EXPECT_EQ(file.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(file.error().message, HasSubstr(is_there ? "a.jsonl.partial: is shorter"
                                                         : "a.jsonl.partial: is missing"));
  }
  EXPECT_EQ(testing::read_all(folder_.path("a.jsonl.partial")), "1234");
}

TEST_F(OutputFileTest, APartialFileThatIsToBeKeptStays) {
  {
    OutputFile file = create("a.jsonl");
    ASSERT_TRUE(file.write("x").ok());
    ASSERT_TRUE(file.finish().ok());
    file.keep_partial();
  }
  EXPECT_EQ(testing::read_all(folder_.path("a.jsonl.partial")), "x");
}

}  // namespace
}  // namespace copydesk
