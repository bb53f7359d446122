#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/source.h"
#include "unit/io/files.h"

namespace copydesk {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TempFolder;

class ListInputsTest : public ::testing::Test {
 protected:
  // The names of the files, those below the test's folder relative to it.
  std::vector<std::string> names(const std::vector<std::string>& inputs) {
    Result<std::vector<InputFile>> files = list_inputs(inputs, {});
    EXPECT_TRUE(files.ok()) << files.error().message;
    std::vector<std::string> names;
    if (files.ok()) {
      for (const InputFile& file : *files) {
        const std::string root = folder_.path("");
        names.push_back(file.name.starts_with(root) ? file.name.substr(root.size()) : file.name);
      }
    }
    return names;
  }
  Error error(const std::vector<std::string>& inputs) {
    Result<std::vector<InputFile>> files = list_inputs(inputs, {});
    EXPECT_FALSE(files.ok());
    return files.ok() ? Error{} : files.error();
  }

  TempFolder folder_;
};

TEST_F(ListInputsTest, AFolderStandsForItsFilesInTheOrderOfTheirBytes) {
  for (const std::string_view name :
       {"b.jsonl", "a/z.txt", "a.jsonl", "a-b.txt.gz", "B.ndjson.zst", "a/b/c.json", "Ä.TXT",
        "a/notes.md", "x.gz", "json", "a/readme", "c.jsonl.bak", "d.JSON.GZ"}) {
    folder_.write("in/" + std::string(name), "");
  }
  const std::vector<std::string> expected = {"in/B.ndjson.zst", "in/a-b.txt.gz", "in/a.jsonl",
                                             "in/a/b/c.json",   "in/a/z.txt",    "in/b.jsonl",
                                             "in/d.JSON.GZ",    "in/Ä.TXT"};
  EXPECT_EQ(names({folder_.path("in")}), expected);
  EXPECT_EQ(names({folder_.path("in/")}), expected);
}

TEST_F(ListInputsTest, NamesTellFoldersApartAndTextIdsDoNotDependOnThePlace) {
  folder_.write("north/sub/a.txt", "");
  folder_.write("south/sub/a.txt", "");
  EXPECT_THAT(names({folder_.path("north"), folder_.path("south/")}),
              ElementsAre("north/sub/a.txt", "south/sub/a.txt"));
  const Result<std::vector<InputFile>> files =
      list_inputs({folder_.path("north"), folder_.path("south/"), "-"}, {});
  ASSERT_TRUE(files.ok());
  EXPECT_EQ((*files)[0].text_id, "sub/a.txt");
  EXPECT_EQ((*files)[1].text_id, "sub/a.txt");
  EXPECT_EQ((*files)[2].text_id, "-");
}

TEST_F(ListInputsTest, TellsTextFromJsonByName) {
  folder_.write("in/a.jsonl", "");
  folder_.write("in/b.txt", "");
  folder_.write("in/c.txt.zst", "");
  folder_.write("in/d.TXT", "");
  const Result<std::vector<InputFile>> files = list_inputs({folder_.path("in")}, {});
  ASSERT_TRUE(files.ok());
  ASSERT_EQ(files->size(), 4U);
  EXPECT_FALSE((*files)[0].is_text);
  EXPECT_TRUE((*files)[1].is_text);
  EXPECT_TRUE((*files)[2].is_text);
  EXPECT_TRUE((*files)[3].is_text);
}

TEST_F(ListInputsTest, KnowsSizeAndTime) {
  const std::string path = folder_.write("a.jsonl", "12345");
  const Result<std::vector<InputFile>> files = list_inputs({path}, {});
  ASSERT_TRUE(files.ok());
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  const InputFile& file = files->front();
  EXPECT_EQ(file.path, path);
  EXPECT_EQ(file.name, path);
  EXPECT_EQ(file.text_id, path);
  EXPECT_EQ(file.size, 5U);
  EXPECT_EQ(file.modified_ns / 1'000'000'000, status.st_mtim.tv_sec);
  EXPECT_EQ(file.modified_ns % 1'000'000'000, status.st_mtim.tv_nsec);
}

TEST_F(ListInputsTest, KeepsTheOrderOfTheInputs) {
  const std::string b = folder_.write("b.jsonl", "");
  const std::string a = folder_.write("a.log", "");
  folder_.write("in/c.jsonl", "");
  EXPECT_THAT(names({b, folder_.path("in"), "-", a}),
              ElementsAre("b.jsonl", "in/c.jsonl", "-", "a.log"));
  EXPECT_THAT(names({b, b}), ElementsAre("b.jsonl", "b.jsonl"));
}

TEST_F(ListInputsTest, AListNamesFilesAndFolders) {
  const std::string a = folder_.write("a.jsonl", "");
  folder_.write("in/b.jsonl", "");
  const std::string with_at = folder_.write("@c.jsonl", "");
  const std::string list =
      folder_.write("list", a + "\r\n\n" + folder_.path("in") + "\n" + with_at);
  EXPECT_THAT(names({"@" + list}), ElementsAre("a.jsonl", "in/b.jsonl", "@c.jsonl"));
  EXPECT_THAT(names({"@" + folder_.write("none", "")}), ElementsAre());
}

TEST_F(ListInputsTest, FollowsLinksButNotInCircles) {
  folder_.write("in/a.jsonl", "");
  folder_.write("other/b.jsonl", "");
  std::filesystem::create_directory_symlink(folder_.path("in"), folder_.path("in/self"));
  std::filesystem::create_directory_symlink(folder_.path("other"), folder_.path("in/other"));
  std::filesystem::create_directory_symlink(folder_.path("in"), folder_.path("other/back"));
  std::filesystem::create_symlink(folder_.path("other/b.jsonl"), folder_.path("in/c.jsonl"));
  EXPECT_THAT(names({folder_.path("in")}),
              ElementsAre("in/a.jsonl", "in/c.jsonl", "in/other/b.jsonl"));
}

TEST_F(ListInputsTest, TwoLinksToOneFolderAreTwoFolders) {
  folder_.write("other/a.jsonl", "");
  std::filesystem::create_directory(folder_.path("in"));
  std::filesystem::create_directory_symlink(folder_.path("other"), folder_.path("in/x"));
  std::filesystem::create_directory_symlink(folder_.path("other"), folder_.path("in/y"));
  EXPECT_THAT(names({folder_.path("in")}), ElementsAre("in/x/a.jsonl", "in/y/a.jsonl"));
}

TEST_F(ListInputsTest, NamesAreAlwaysUtf8) {
  folder_.write("in/caf\xe9.txt", "x");
  const Result<std::vector<InputFile>> files = list_inputs({folder_.path("in")}, {});
  ASSERT_TRUE(files.ok());
  EXPECT_EQ(files->front().name, folder_.path("in/caf\uFFFD.txt"));
  EXPECT_EQ(files->front().text_id, "caf\uFFFD.txt");
  EXPECT_EQ(files->front().path, folder_.path("in/caf\xe9.txt"));
}

TEST_F(ListInputsTest, NamesWhatIsMissing) {
  const Error missing = error({folder_.path("none.jsonl")});
  EXPECT_EQ(missing.code, ErrorCode::kNotFound);
  EXPECT_EQ(missing.message, folder_.path("none.jsonl") + ": No such file or directory");

  const Error no_list = error({"@" + folder_.path("list")});
  EXPECT_EQ(no_list.code, ErrorCode::kNotFound);
  EXPECT_THAT(no_list.message, HasSubstr("list: No such file"));

  const Error in_list = error({"@" + folder_.write("list", folder_.path("gone.jsonl"))});
  EXPECT_EQ(in_list.code, ErrorCode::kNotFound);
  EXPECT_THAT(in_list.message, HasSubstr("gone.jsonl: No such file"));

  folder_.write("in/readme.md", "");
  const Error no_input = error({folder_.path("in")});
  EXPECT_EQ(no_input.code, ErrorCode::kNotFound);
  EXPECT_THAT(no_input.message, HasSubstr("in: the folder holds no .jsonl"));

  const Error twice = error({"-", "-"});
  EXPECT_EQ(twice.code, ErrorCode::kInvalidArgument);
}

TEST_F(ListInputsTest, WhatCannotBeReadInAFolderIsListedWithItsFault) {
  folder_.write("in/d.jsonl", "12345");
  std::filesystem::create_symlink(folder_.path("gone"), folder_.path("in/a.jsonl"));
  std::filesystem::create_symlink("b.jsonl", folder_.path("in/b.jsonl"));
  std::filesystem::create_symlink(folder_.path("gone"), folder_.path("in/readme"));
  ASSERT_EQ(::mkfifo(folder_.path("in/c.txt").c_str(), 0600), 0);
  const Result<std::vector<InputFile>> files = list_inputs({folder_.path("in")}, {});
  ASSERT_TRUE(files.ok());
  ASSERT_EQ(files->size(), 4U);
  EXPECT_EQ((*files)[0].name, folder_.path("in/a.jsonl"));
  EXPECT_EQ((*files)[0].fault, "cannot open: No such file or directory");
  EXPECT_EQ((*files)[0].folder, folder_.path("in"));
  EXPECT_EQ((*files)[1].fault, "cannot open: Too many levels of symbolic links");
  EXPECT_EQ((*files)[2].fault, "not a regular file; it is read if it is named itself");
  EXPECT_TRUE((*files)[2].is_text);
  EXPECT_EQ((*files)[3].fault, "");
  EXPECT_EQ((*files)[3].size, 5U);

  const Result<std::vector<InputFile>> named = list_inputs({folder_.path("in/c.txt")}, {});
  ASSERT_TRUE(named.ok());
  EXPECT_EQ(named->front().fault, "");
  EXPECT_TRUE(named->front().may_wait);
  EXPECT_FALSE((*files)[3].may_wait);
}

TEST_F(ListInputsTest, NamesWhatCannotBeRead) {
  if (::geteuid() == 0) GTEST_SKIP() << "root reads everything";
  const std::string path = folder_.write("in/sub/a.jsonl", "");
  ::chmod(path.c_str(), 0);
  const Error file = error({path});
  EXPECT_EQ(file.code, ErrorCode::kIo);
  EXPECT_THAT(file.message, HasSubstr("a.jsonl: Permission denied"));
  const Result<std::vector<InputFile>> found = list_inputs({folder_.path("in")}, {});
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->front().fault, "cannot open: Permission denied");
  ::chmod(folder_.path("in/sub").c_str(), 0);
  EXPECT_THAT(error({folder_.path("in/sub")}).message, HasSubstr("in/sub: Permission denied"));
  const Result<std::vector<InputFile>> closed = list_inputs({folder_.path("in")}, {});
  ::chmod(folder_.path("in/sub").c_str(), 0700);
  ASSERT_TRUE(closed.ok());
  EXPECT_EQ(closed->front().name, folder_.path("in/sub"));
  EXPECT_EQ(closed->front().fault, "cannot list the folder: Permission denied");
}

}  // namespace
}  // namespace copydesk
