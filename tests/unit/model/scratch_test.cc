#include "copydesk/scratch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

namespace copydesk {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Folder {
 public:
  Folder() : path_(fs::path(::testing::TempDir()) / ("scratch-" + std::to_string(::getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

std::string read(const ScratchFile& file, std::size_t partition) {
  std::string out;
  EXPECT_TRUE(file.read(partition, out).ok());
  return out;
}

// Appends pieces of many sizes to many partitions of two files and compares with plain strings.
void exercise(ScratchSpace& space, bool goes_to_disk) {
  std::mt19937 rng(7);
  std::array<ScratchFile, 2> files = {space.make_file("one", 40), space.make_file("two", 3)};
  std::array<std::vector<std::string>, 2> expected = {std::vector<std::string>(40),
                                                      std::vector<std::string>(3)};
  for (int i = 0; i < 20'000; ++i) {
    const std::size_t file = rng() % 2;
    const std::size_t partition = rng() % files[file].partitions();
    const std::string piece(rng() % 50 == 0 ? rng() % 3000 : rng() % 20,
                            static_cast<char>('a' + rng() % 26));
    ASSERT_TRUE(files[file].append(partition, piece).ok());
    expected[file][partition] += piece;
  }
  // Readable before finish() and after it.
  EXPECT_EQ(read(files[0], 5), expected[0][5]);
  for (std::size_t file = 0; file < 2; ++file) {
    ASSERT_TRUE(files[file].finish().ok());
    EXPECT_EQ(files[file].on_disk(), goes_to_disk);
    for (std::size_t partition = 0; partition < expected[file].size(); ++partition) {
      const std::string& bytes = expected[file][partition];
      ASSERT_EQ(files[file].size(partition), bytes.size());
      EXPECT_EQ(read(files[file], partition), bytes);
      for (int i = 0; i < 20; ++i) {
        const std::size_t begin = rng() % (bytes.size() + 1);
        std::string some(rng() % (bytes.size() - begin + 1), '\0');
        ASSERT_TRUE(files[file].read_at(partition, begin, some).ok());
        EXPECT_EQ(some, bytes.substr(begin, some.size()));
      }
    }
  }
}

TEST(Scratch, HoldsTheSameInMemoryAndOnDisk) {
  const Folder folder;
  {
    ScratchSpace space;
    exercise(space, false);
  }
  ScratchSpace roomy(folder.path(), 64U << 20U);
  exercise(roomy, false);
  ScratchSpace tight(folder.path(), 64U << 10U);
  exercise(tight, true);
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Scratch, GoesToDiskWhenMemoryIsExceeded) {
  const Folder folder;
  constexpr std::size_t kMemory = 4096;
  for (const std::size_t size : {kMemory - 1, kMemory, kMemory + 1}) {
    ScratchSpace space(folder.path(), kMemory);
    ScratchFile file = space.make_file("part", 1);
    ASSERT_TRUE(file.append(0, std::string(size, 'x')).ok());
    EXPECT_EQ(file.on_disk(), size > kMemory) << size;
    EXPECT_EQ(read(file, 0), std::string(size, 'x'));
  }
}

TEST(Scratch, CountsBytesByPart) {
  const Folder folder;
  ScratchSpace space(folder.path(), 4096);
  {
    ScratchFile gone = space.make_file("a", 2);
    ASSERT_TRUE(gone.append(0, std::string(100, 'x')).ok());
    ASSERT_TRUE(gone.append(1, std::string(8000, 'x')).ok());
    ASSERT_TRUE(gone.finish().ok());
  }
  ScratchFile a = space.make_file("a", 1);
  ScratchFile b = space.make_file("b", 1);
  ASSERT_TRUE(a.append(0, "12345").ok());
  ASSERT_TRUE(b.append(0, "123").ok());
  const std::vector<ScratchUse> usage = space.usage();
  ASSERT_EQ(usage.size(), 2U);
  EXPECT_EQ(usage[0].part, "a");
  EXPECT_EQ(usage[0].bytes, 8105U);
  EXPECT_EQ(usage[0].on_disk, 8100U);
  EXPECT_EQ(usage[1].part, "b");
  EXPECT_EQ(usage[1].bytes, 3U);
  EXPECT_EQ(usage[1].on_disk, 0U);
}

TEST(Scratch, KeepsRecords) {
  ScratchSpace space;
  ScratchFile file = space.make_file("records", 2);
  struct Record {
    std::uint32_t a;
    std::uint16_t b;
  };
  for (std::uint32_t i = 0; i < 1000; ++i) {
    ASSERT_TRUE(file.append_record(1, Record{i, static_cast<std::uint16_t>(i * 7)}).ok());
  }
  EXPECT_EQ(file.records<Record>(0), 0U);
  ASSERT_EQ(file.records<Record>(1), 1000U);
  std::vector<Record> some(10);
  ASSERT_TRUE(file.read_records(1, 500, std::span<Record>(some)).ok());
  EXPECT_EQ(some[9].a, 509U);
  EXPECT_EQ(some[9].b, 509U * 7);
}

// A run that was killed, or another one, may have left files of the same names.
TEST(Scratch, SharesItsFolder) {
  const Folder folder;
  std::ofstream(fs::path(folder.path()) / "bands-1") << "left over";
  ScratchSpace space(folder.path(), 1024);
  ScratchFile file = space.make_file("bands", 1);
  EXPECT_TRUE(file.append(0, std::string(100'000, 'x')).ok());
  EXPECT_TRUE(file.on_disk());
  EXPECT_EQ(read(file, 0), std::string(100'000, 'x'));
}

TEST(Scratch, SaysWhatItCannotWrite) {
  ScratchSpace nowhere("/nonexistent-folder", 1024);
  ScratchFile file = nowhere.make_file("bands", 1);
  const Result<void> failed = file.append(0, std::string(5000, 'x'));
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kIo);
  EXPECT_THAT(failed.error().message, HasSubstr("/nonexistent-folder/bands-1: cannot create"));
}

TEST(Scratch, SaysHowMuchADiskTook) {
  const Folder folder;
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 10'000;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  ScratchSpace space(folder.path(), 1024);
  ScratchFile file = space.make_file("bands", 1);
  Result<void> result;
  for (int i = 0; i < 100 && result.ok(); ++i) result = file.append(0, std::string(999, 'x'));
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kIo);
  EXPECT_THAT(result.error().message, HasSubstr("/bands-1: cannot write after 10000 bytes: "));
}

}  // namespace
}  // namespace copydesk
