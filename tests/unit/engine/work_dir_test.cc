#include "work_dir.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "support/as_nobody.h"
#include "support/temp_folder.h"

// In the place of that of the C library: as network file systems have it, where who wants a lock of
// his own must have the file open to write.
extern "C" int flock(int fd, int operation) noexcept {
  if ((operation & LOCK_EX) != 0 && (::fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY) {
    errno = EBADF;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_flock, fd, operation));
}

namespace {
std::atomic<bool> g_interrupt = false;  // the next pread() is interrupted by a signal
}  // namespace

extern "C" ssize_t pread(int fd, void* out, size_t size, off_t offset) {
  if (g_interrupt.exchange(false)) {
    errno = EINTR;
    return -1;
  }
  return ::syscall(SYS_pread64, fd, out, size, offset);
}

namespace copydesk {
namespace {

namespace fs = std::filesystem;
using testing::AsNobody;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class WorkDirTest : public ::testing::Test {
 protected:
  [[nodiscard]] fs::path work() const { return root_ / ".work"; }
  [[nodiscard]] std::pair<Result<bool>, Result<WorkDir>> looked_at_by_nobody() const {
    const AsNobody nobody(root_);
    return {WorkDir::stands(work()), WorkDir::create(work())};
  }
  static void write(const fs::path& path, std::string_view content) {
    std::ofstream(path, std::ios::binary) << content;
  }
  [[nodiscard]] std::string lock_text() const {
    std::ifstream file(work() / "lock", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // The refusal of create() and of stands().
  void expect_refused(const std::string& message) const {
    const Result<WorkDir> made = WorkDir::create(work());
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().code, ErrorCode::kExists);
    EXPECT_THAT(made.error().message, HasSubstr(message));
    const Result<bool> stands = WorkDir::stands(work());
    ASSERT_FALSE(stands.ok());
    EXPECT_EQ(stands.error().code, ErrorCode::kExists);
    EXPECT_THAT(stands.error().message, HasSubstr(message));
  }

  testing::TempFolder folder_;
  const fs::path root_ = folder_.root();
};

TEST_F(WorkDirTest, IsMadeLockedAndRemoved) {
  EXPECT_FALSE(*WorkDir::stands(work()));
  EXPECT_TRUE(fs::is_empty(root_));
  {
    const Result<WorkDir> made = WorkDir::create(work());
    ASSERT_TRUE(made.ok()) << made.error().message;
    EXPECT_THAT(lock_text(), MatchesRegex("copydesk run\nprocess " + std::to_string(::getpid()) +
                                          " on host .+ since ....-..-.. ..:..:.. UTC\n"));
    write(work() / "records", "x");
  }
  EXPECT_TRUE(fs::is_empty(root_));
}

TEST_F(WorkDirTest, ReadingTheLockIsTriedAgainAfterASignal) {
  g_interrupt = true;
  const Result<WorkDir> made = WorkDir::create(work());
  EXPECT_TRUE(made.ok()) << made.error().message;
  EXPECT_FALSE(g_interrupt);
}

TEST_F(WorkDirTest, BelongsToOneRunAtATime) {
  const Result<WorkDir> first = WorkDir::create(work());
  ASSERT_TRUE(first.ok());
  const std::string text = lock_text();
  expect_refused("another run is writing here (process " + std::to_string(::getpid()) +
                 " on host ");
  EXPECT_EQ(lock_text(), text);
}

TEST_F(WorkDirTest, IsTakenOverFromADeadRun) {
  {
    Result<WorkDir> dead = WorkDir::create(work());
    ASSERT_TRUE(dead.ok());
    write(work() / "records", "x");
    dead->keep();
  }
  EXPECT_TRUE(*WorkDir::stands(work()));
  Result<WorkDir> next = WorkDir::create(work());
  ASSERT_TRUE(next.ok());
  EXPECT_FALSE(next->was_complete());
  EXPECT_TRUE(fs::exists(work() / "records"));
  ASSERT_TRUE(next->clear().ok());
  EXPECT_FALSE(fs::exists(work() / "records"));
  EXPECT_TRUE(fs::exists(work() / "lock"));
}

// A run makes files only. What somebody laid there since is not ours to remove.
TEST_F(WorkDirTest, AFolderInItIsLeftAndNamed) {
  {
    Result<WorkDir> made = WorkDir::create(work());
    ASSERT_TRUE(made.ok());
    fs::create_directory(work() / "notes");
    write(work() / "notes" / "mine", "x");
    const Result<void> cleared = made->clear();
    ASSERT_FALSE(cleared.ok());
    EXPECT_THAT(cleared.error().message, HasSubstr("cannot empty the folder: Is a directory"));
  }
  EXPECT_TRUE(fs::exists(work() / "notes" / "mine"));
  EXPECT_TRUE(fs::exists(work() / "lock"));
}

// Killed between any two of its first steps.
TEST_F(WorkDirTest, HalfMadeItIsStillOurs) {
  fs::create_directory(work());
  EXPECT_TRUE(*WorkDir::stands(work()));
  EXPECT_TRUE(WorkDir::create(work()).ok());
  EXPECT_FALSE(fs::exists(work()));
  fs::create_directory(work());
  write(work() / "lock", "");
  EXPECT_TRUE(*WorkDir::stands(work()));
  EXPECT_TRUE(WorkDir::create(work()).ok());
  EXPECT_FALSE(fs::exists(work()));
}

// What a loss of power may leave of the text: nothing, zeros, a part.
TEST_F(WorkDirTest, WithATornLockItIsStillOurs) {
  for (const std::string& text :
       {std::string(), std::string(67, '\0'), std::string("copyd"), std::string("copy\0\0\0", 7)}) {
    for (const char* file : {"records", "checkpoint.partial", "run.partial", "decisions-20",
                             "state-3", "checkpoint", "run"}) {
      fs::create_directory(work());
      write(work() / "lock", text);
      write(work() / file, "x");
      EXPECT_TRUE(*WorkDir::stands(work()));
      EXPECT_TRUE(WorkDir::create(work()).ok());
      EXPECT_FALSE(fs::exists(work()));
    }
  }
}

TEST_F(WorkDirTest, KnowsTheRestOfACompleteRun) {
  {
    Result<WorkDir> dead = WorkDir::create(work());
    ASSERT_TRUE(dead.ok());
    dead->keep();
  }
  write(work() / "lock", "copydesk run, complete\n");
  write(work() / "records", "x");
  {
    Result<WorkDir> next = WorkDir::create(work());
    ASSERT_TRUE(next.ok());
    EXPECT_TRUE(next->was_complete());
    EXPECT_EQ(lock_text(), "copydesk run, complete\n") << "until it is made anew";
    ASSERT_TRUE(next->clear().ok());
    EXPECT_FALSE(next->was_complete());
    EXPECT_THAT(lock_text(), HasSubstr("copydesk run\nprocess "));
    next->keep();
    next->finish();
  }
  EXPECT_FALSE(fs::exists(work()));
}

TEST_F(WorkDirTest, WhatIsOfOthersIsNotTouched) {
  const std::string message = ".work: exists and was not made by copydesk";
  fs::create_directory(work());
  write(work() / "notes", "kept");
  expect_refused(message);
  EXPECT_FALSE(fs::exists(work() / "lock"));
  // Nor with a lock that says nothing, or that another program has written.
  for (const std::string& text :
       {std::string(), std::string("1234\n"), std::string(5, '\0'), std::string("copy\0x", 6)}) {
    write(work() / "lock", text);
    expect_refused(message);
    EXPECT_EQ(lock_text(), text);
    EXPECT_TRUE(fs::exists(work() / "notes"));
  }
}

// Nothing in it says that it is ours, whatever the names are.
TEST_F(WorkDirTest, WithoutALockItIsAnothers) {
  for (const char* file : {"records", "run", "checkpoint", "decisions-1", "state-1"}) {
    fs::remove_all(work());
    fs::create_directory(work());
    write(work() / file, "kept");
    expect_refused("was not made by copydesk");
    EXPECT_TRUE(fs::exists(work() / file));
    EXPECT_FALSE(fs::exists(work() / "lock"));
  }
}

// Names that only begin as ours, and what is no file.
TEST_F(WorkDirTest, WithATornLockOnlyExactNamesAreOurs) {
  for (const char* file : {"records.partial", "lock.partial", "decisions-", "state-",
                           "decisions-1a", "decisions-of-the-board", "state-of-play",
                           "state-1.partial", "Run", "checkpoint.partial.partial"}) {
    fs::remove_all(work());
    fs::create_directory(work());
    write(work() / "lock", "");
    write(work() / file, "kept");
    expect_refused("was not made by copydesk");
    EXPECT_TRUE(fs::exists(work() / file)) << file;
  }
  for (const bool is_link : {false, true}) {
    fs::remove_all(work());
    fs::create_directory(work());
    write(work() / "lock", "");
    write(root_ / "target", "kept");
    if (is_link) {
      fs::create_symlink(root_ / "target", work() / "records");
    } else {
      fs::create_directory(work() / "records");
    }
    expect_refused("was not made by copydesk");
    EXPECT_TRUE(fs::exists(work() / "records"));
  }
}

TEST_F(WorkDirTest, LinksAreNotFollowed) {
  fs::create_directory(root_ / "elsewhere");
  fs::create_symlink(root_ / "elsewhere", work());
  expect_refused("was not made by copydesk");
  EXPECT_TRUE(fs::is_empty(root_ / "elsewhere"));
  fs::remove(work());
  fs::create_directory(work());
  write(root_ / "target", "copydesk run\n");
  fs::create_symlink(root_ / "target", work() / "lock");
  expect_refused("was not made by copydesk");
  fs::remove_all(work());
  write(work(), "a file");
  expect_refused("was not made by copydesk");
}

// Whoever made it.
TEST_F(WorkDirTest, ALockThatMayNotBeOpenedIsNotCalledAnothers) {
  fs::create_directory(work());
  write(work() / "lock", "copydesk run\nprocess 1 on host tide\n");
  ASSERT_EQ(::chmod((work() / "lock").c_str(), 0), 0);
  const auto [stands, made] = looked_at_by_nobody();
  for (const Error& error : {stands.error(), made.error()}) {
    EXPECT_EQ(error.code, ErrorCode::kIo);
    EXPECT_EQ(error.message, (work() / "lock").string() + ": cannot open: Permission denied");
  }
}

// Nor is one that may not be listed: a torn lock says nothing of what lies beside it.
TEST_F(WorkDirTest, AFolderThatMayNotBeListedIsNotCalledAnothers) {
  for (const bool has_lock : {true, false}) {
    fs::remove_all(work());
    fs::create_directory(work());
    if (has_lock) {
      write(work() / "lock", "");
      ASSERT_EQ(::chmod((work() / "lock").c_str(), 0666), 0);
    }
    ASSERT_EQ(::chmod(work().c_str(), 0333), 0);
    const auto [stands, made] = looked_at_by_nobody();
    ASSERT_EQ(::chmod(work().c_str(), 0777), 0);
    ASSERT_FALSE(stands.ok());
    ASSERT_FALSE(made.ok());
    for (const Error& error : {stands.error(), made.error()}) {
      EXPECT_EQ(error.code, ErrorCode::kIo);
      EXPECT_EQ(error.message, work().string() + ": cannot look at: Permission denied");
    }
    EXPECT_EQ(fs::exists(work() / "lock"), has_lock);
  }
}

TEST_F(WorkDirTest, ALockThatIsNoFileIsAnothers) {
  fs::create_directories(work() / "lock");
  expect_refused("was not made by copydesk");
  fs::remove(work() / "lock");
  ASSERT_EQ(::mkfifo((work() / "lock").c_str(), 0600), 0);
  expect_refused("was not made by copydesk");
  EXPECT_TRUE(fs::exists(work() / "lock"));
}

// Its name cannot be brought to the disk; who may write in it may go on.
TEST_F(WorkDirTest, AnOutputFolderWhoseParentMayNotBeReadIsUsed) {
  const fs::path parent = root_ / "a";
  fs::create_directories(parent / "out");
  if (::geteuid() == 0) {
    for (const fs::path& path : {root_, parent, parent / "out"}) {
      ASSERT_EQ(::chown(path.c_str(), AsNobody::kNobody, AsNobody::kNobody), 0);
    }
  }
  fs::permissions(parent, fs::perms::owner_exec | fs::perms::owner_write);
  const auto [made, could_read] = [&] {
    const AsNobody nobody(root_);
    Result<OutputFolder> folder = OutputFolder::create(parent / "out");
    return std::pair(std::move(folder),
                     ::faccessat(AT_FDCWD, parent.c_str(), R_OK, AT_EACCESS) == 0);
  }();
  fs::permissions(parent, fs::perms::owner_all);
  EXPECT_FALSE(could_read);
  EXPECT_TRUE(made.ok()) << made.error().message;
}

TEST_F(WorkDirTest, OutputFoldersAreTakenBackIfNothingIsInThem) {
  { ASSERT_TRUE(OutputFolder::create(root_ / "a" / "b").ok()); }
  EXPECT_TRUE(fs::is_empty(root_));
  {
    const Result<OutputFolder> folder = OutputFolder::create(root_ / "a" / "b");
    ASSERT_TRUE(folder.ok());
    write(root_ / "a" / "b" / "x", "");
  }
  EXPECT_TRUE(fs::exists(root_ / "a" / "b" / "x"));
}

TEST_F(WorkDirTest, APathThatLeadsNowhereIsNotTakenForMissing) {
  fs::create_symlink(root_ / "loop", root_ / "loop");
  const std::string name(300, 'n');
  const auto message = [](const fs::path& path) {
    const Result<OutputFolder> made = OutputFolder::create(path);
    EXPECT_FALSE(made.ok());
    EXPECT_EQ(made.error().code, ErrorCode::kIo);
    return made.error().message;
  };
  const std::string loops = ": cannot look at: Too many levels of symbolic links";
  EXPECT_EQ(message(root_ / "loop"), (root_ / "loop").string() + loops);
  EXPECT_EQ(message(root_ / "loop" / "out"), (root_ / "loop" / "out").string() + loops);
  EXPECT_EQ(message(root_ / name),
            (root_ / name).string() + ": cannot look at: File name too long");
  // Below a file there is nothing, and nothing can be made.
  write(root_ / "file", "");
  EXPECT_EQ(message(root_ / "file" / "out"),
            (root_ / "file" / "out").string() + ": cannot create the folder: Not a directory");
}

}  // namespace
}  // namespace copydesk
