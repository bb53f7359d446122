#include "state_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

namespace copydesk {
namespace {

namespace fs = std::filesystem;

class StateFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = ::testing::TempDir() + "copydesk_state_file_test." + std::to_string(::getpid());
  }
  void TearDown() override { fs::remove(path_); }

  // Two sections: a number, and more bytes than a buffer holds.
  StateContents write_both() {
    Result<StateFileWriter> made = StateFileWriter::create(path_);
    EXPECT_TRUE(made.ok());
    made->begin_section("first");
    EXPECT_TRUE(made->number(42).ok());
    made->begin_section("empty");
    made->begin_section("second");
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(made->bytes(std::string(1000, 'x')).ok());
    const Result<StateContents> contents = made->finish();
    EXPECT_TRUE(contents.ok());
    return *contents;
  }
  void expect_damaged(const StateContents& contents) {
    const Result<StateFileReader> reader = StateFileReader::open(path_, contents);
    ASSERT_FALSE(reader.ok());
    EXPECT_EQ(reader.error().code, ErrorCode::kCorrupt);
    EXPECT_NE(reader.error().message.find(path_), std::string::npos);
  }

  std::string path_;
};

TEST_F(StateFileTest, GivesSectionsBack) {
  Result<StateFileReader> reader = StateFileReader::open(path_, write_both());
  ASSERT_TRUE(reader.ok()) << reader.error().message;
  EXPECT_EQ(reader->remaining(), 0U);
  ASSERT_TRUE(reader->begin_section("first").ok());
  EXPECT_EQ(reader->remaining(), 1U);
  EXPECT_EQ(*reader->number(), 42U);
  EXPECT_EQ(reader->remaining(), 0U);
  EXPECT_FALSE(reader->number().ok()) << "the next section is not this one's";
  ASSERT_TRUE(reader->begin_section("empty").ok());
  ASSERT_TRUE(reader->begin_section("second").ok());
  std::string bytes;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(reader->bytes(bytes).ok());
    ASSERT_EQ(bytes, std::string(1000, 'x'));
  }
  EXPECT_TRUE(reader->finish().ok());
}

TEST_F(StateFileTest, SectionsAreReadWholeAndInOrder) {
  const StateContents contents = write_both();
  {
    Result<StateFileReader> reader = StateFileReader::open(path_, contents);
    ASSERT_TRUE(reader.ok());
    EXPECT_FALSE(reader->begin_section("second").ok());
    ASSERT_TRUE(reader->begin_section("first").ok());
    EXPECT_FALSE(reader->begin_section("empty").ok()) << "a byte of the first is left";
    EXPECT_FALSE(reader->finish().ok());
    ASSERT_TRUE(reader->number().ok());
    EXPECT_TRUE(reader->begin_section("empty").ok());
    EXPECT_FALSE(reader->finish().ok()) << "a section is left";
  }
}

TEST_F(StateFileTest, DamageIsSeenBeforeAnythingIsRead) {
  const StateContents contents = write_both();
  std::ifstream file(path_, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(file)), {});
  const auto write = [&](const std::string& bytes) {
    std::ofstream(path_, std::ios::binary) << bytes;
  };
  for (const std::size_t at : {std::size_t{0}, whole.size() / 2, whole.size() - 1}) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    write(damaged);
    expect_damaged(contents);
    write(whole.substr(0, at));
    expect_damaged(contents);
  }
  write(whole + "x");
  expect_damaged(contents);
  fs::remove(path_);
  expect_damaged(contents);
  write(whole);
  EXPECT_TRUE(StateFileReader::open(path_, contents).ok());
}

}  // namespace
}  // namespace copydesk
