#include "copydesk/read_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace copydesk {
namespace {

using ::testing::HasSubstr;

class ReadFile : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  const std::string folder_ =
      ::testing::TempDir() + "copydesk-read-file-" + std::to_string(getpid());
  const std::string path_ = folder_ + "/file";
};

TEST_F(ReadFile, BelowAtAndAboveTheLimit) {
  for (const std::size_t size : {9U, 10U, 11U}) {
    std::ofstream(path_) << std::string(size, 'x');
    const Result<std::string> bytes = read_file(path_, "the table", 10);
    ASSERT_EQ(bytes.ok(), size <= 10) << size;
    if (bytes.ok()) {
      EXPECT_EQ(*bytes, std::string(size, 'x'));
    } else {
      EXPECT_EQ(bytes.error().code, ErrorCode::kInvalidArgument);
      EXPECT_EQ(bytes.error().message, "the table " + path_ + " is longer than 0 MiB");
    }
  }
}

TEST_F(ReadFile, SaysWhatItCannotRead) {
  const Result<std::string> missing = read_file(path_, "the table", 10);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(missing.error().message,
            "cannot open the table " + path_ + ": No such file or directory");
  const Result<std::string> folder = read_file(folder_, "the table", 10);
  EXPECT_EQ(folder.error().code, ErrorCode::kIo);
  EXPECT_EQ(folder.error().message, "cannot read the table " + folder_ + ": Is a directory");
}

TEST_F(ReadFile, AnEndlessFileEndsAtTheLimit) {
  const Result<std::string> bytes = read_file("/dev/zero", "the table", kMaxTomlBytes);
  EXPECT_THAT(bytes.error().message, HasSubstr("is longer than 4 MiB"));
}

// Whoever names a FIFO must not wait for ever.
TEST_F(ReadFile, APipeThatNobodyWritesToIsNotWaitedFor) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  const Result<std::string> bytes = read_file(path_, "the config", 10);
  EXPECT_EQ(bytes.error().code, ErrorCode::kIo);
  EXPECT_THAT(bytes.error().message, HasSubstr("it is a pipe that nobody writes to"));
}

// As in copydesk run --config <(…).
TEST_F(ReadFile, APipeIsReadToItsEnd) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::thread writer([fd = ends[1]] {
    for (const std::string_view part : {"stages", " = []"}) {
      EXPECT_EQ(write(fd, part.data(), part.size()), static_cast<ssize_t>(part.size()));
    }
    close(fd);
  });
  const Result<std::string> bytes =
      read_file("/dev/fd/" + std::to_string(ends[0]), "the config", 100);
  writer.join();
  close(ends[0]);
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(*bytes, "stages = []");
}

std::string key_of(int parts) {
  std::string key = "a";
  for (int i = 1; i < parts; ++i) key += ".a";
  return key;
}

TEST(TomlDepth, BelowAtAndAboveTheLimit) {
  for (const int parts : {15, 16, 17}) {
    EXPECT_EQ(toml_depth_fault("\n" + key_of(parts) + " = 1\n").empty(), parts <= 16) << parts;
    EXPECT_EQ(toml_depth_fault("[" + key_of(parts) + "]\n").empty(), parts <= 16) << parts;
    EXPECT_EQ(toml_depth_fault("x = { " + key_of(parts) + " = 1 }").empty(), parts <= 16) << parts;
  }
  EXPECT_EQ(toml_depth_fault("x = 1\n" + key_of(17)), "line 2: a key of more than 16 parts");
  EXPECT_NE(toml_depth_fault("\"a\" . 'b'." + key_of(17)), "");
}

TEST(TomlDepth, PointsInStringsAndCommentsAreNoKeys) {
  const std::string points = key_of(40);
  for (const std::string& toml :
       {"x = \"" + points + "\"", "x = '" + points + "'", "x = \"\"\"\n" + points + "\n\"\"\"",
        "x = '''\n" + points + "'''\ny = 1", "# " + points + "\nx = 1",
        "x = \"\\\"" + points + "\"",
        std::string("x = [1.5, 2.5, 3.5, 1.5, 2.5, 3.5, 1.5, 2.5, 3.5, 1.5, 2.5, 3.5, 1.5, 2.5, "
                    "3.5, 1.5, 2.5, 3.5]")}) {
    EXPECT_EQ(toml_depth_fault(toml), "") << toml;
  }
  // And behind them it goes on.
  EXPECT_EQ(toml_depth_fault("x = \"\"\"\n\n\"\"\"\n" + points),
            "line 4: a key of more than 16 parts");
  EXPECT_EQ(toml_depth_fault(""), "");
  EXPECT_EQ(toml_depth_fault("x = \"open"), "");
  EXPECT_EQ(toml_depth_fault("# open"), "");
}

}  // namespace
}  // namespace copydesk
