#include "cli/markdown.h"

#include <gtest/gtest.h>

namespace copydesk::cli {
namespace {

TEST(Markdown, FindsTomlBlocksWithTheirPlace) {
  const auto blocks = toml_blocks("text\n```toml\na = 1\n\nb = 2\n```\nmore\n~~~~toml\nc\n~~~~\n");
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[0].content, "a = 1\n\nb = 2\n");
  EXPECT_EQ(blocks[0].first_line, 3);
  EXPECT_EQ(blocks[0].indent, 0);
  EXPECT_EQ(blocks[1].content, "c\n");
  EXPECT_EQ(blocks[1].first_line, 9);
}

TEST(Markdown, OnlyTomlAlone) {
  EXPECT_TRUE(toml_blocks("```toml fragment\na\n```\n```tomlx\na\n```\n```\na\n```\n").empty());
  EXPECT_EQ(toml_blocks("``` toml \r\na\n```\n").size(), 1U);
  EXPECT_TRUE(toml_blocks("``toml\na\n``\n").empty()) << "two marks are no fence";
}

TEST(Markdown, BlocksInBlocksDoNotCount) {
  EXPECT_TRUE(toml_blocks("````\n```toml\na\n```\n````\n").empty());
  EXPECT_TRUE(toml_blocks("~~~\n```toml\na\n```\n~~~\n").empty());
}

TEST(Markdown, ShorterFencesDoNotClose) {
  const auto blocks = toml_blocks("````toml\na\n```\nb\n````\n");
  ASSERT_EQ(blocks.size(), 1U);
  EXPECT_EQ(blocks[0].content, "a\n```\nb\n");
}

TEST(Markdown, IndentationOfTheFenceIsTakenOff) {
  const auto blocks = toml_blocks("   ```toml\n   a\n     b\n c\n   ```\n");
  ASSERT_EQ(blocks.size(), 1U);
  EXPECT_EQ(blocks[0].content, "a\n  b\nc\n");
  EXPECT_EQ(blocks[0].indent, 3);
}

TEST(Markdown, OpenBlockGoesToTheEnd) {
  const auto blocks = toml_blocks("```toml\na");
  ASSERT_EQ(blocks.size(), 1U);
  EXPECT_EQ(blocks[0].content, "a\n");
  EXPECT_TRUE(toml_blocks("").empty());
}

}  // namespace
}  // namespace copydesk::cli
