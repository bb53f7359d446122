#include "reuse/posting_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace copydesk::reuse {

void PrintTo(const Posting& posting, std::ostream* out) {
  *out << posting.key << "@" << posting.node;
}

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PostingFile, GivesBackWhatWasAdded) {
  std::mt19937_64 rng(5);
  for (const PostingShape shape : {PostingShape{42, 36, 8, 7}, PostingShape{1, 48, 12, 6},
                                   PostingShape{2, 57, 1, 1}, PostingShape{1, 9, 8, 8}}) {
    ScratchSpace space;
    PostingFile file(space, "postings", shape);
    std::map<std::size_t, std::vector<Posting>> expected;  // by partition
    std::uint32_t node = 0;
    for (int i = 0; i < 30'000; ++i) {
      // Repeated nodes, small steps, and steps that are too long for Rice code.
      const auto kind = rng() % 200;
      if (kind == 0) node += static_cast<std::uint32_t>(rng() % 50'000);
      if (kind > 100) ++node;
      const auto group = static_cast<std::uint32_t>(rng() % shape.groups);
      const std::uint64_t key = rng() >> (64 - shape.key_bits);
      ASSERT_TRUE(file.add(group, key, node).ok());
      expected[(std::size_t{group} << shape.partition_bits) +
               (key >> (shape.key_bits - shape.partition_bits))]
          .push_back({key, node});
    }
    ASSERT_TRUE(file.add(0, 0, 4'294'967'294U).ok());
    expected[0].push_back({0, 4'294'967'294U});
    ASSERT_TRUE(file.finish().ok());
    ASSERT_EQ(file.partitions(), std::size_t{shape.groups} << shape.partition_bits);
    std::vector<Posting> postings = {{1, 1}};
    for (std::size_t partition = 0; partition < file.partitions(); ++partition) {
      ASSERT_TRUE(file.read(partition, postings).ok());
      EXPECT_EQ(postings, expected[partition]) << partition;
    }
  }
}

TEST(PostingFile, APostingCostsItsKeyAndAByteAndAHalfBit) {
  std::mt19937_64 rng(6);
  ScratchSpace space;
  PostingFile file(space, "bands",
                   {.groups = 1, .key_bits = 36, .partition_bits = 8, .step_bits = 7});
  constexpr std::uint32_t kDocuments = 200'000;
  for (std::uint32_t node = 0; node < kDocuments; ++node) {
    ASSERT_TRUE(file.add(0, rng() >> 28, node).ok());
  }
  ASSERT_TRUE(file.finish().ok());
  EXPECT_LT(static_cast<double>(space.usage()[0].bytes) * 8 / kDocuments, 37.7);
}

TEST(DropLoneKeys, KeepsEveryKeyThatOccursTwice) {
  std::mt19937_64 rng(8);
  std::vector<Posting> postings;
  for (std::uint32_t node = 0; node < 5'000; ++node) postings.push_back({rng() >> 28, node});
  std::vector<Posting> twice;
  for (std::uint32_t node = 5'000; node < 5'100; ++node) {
    const Posting& other = postings[rng() % 5'000];
    twice.push_back(other);
    twice.push_back({other.key, node});
    postings.push_back({other.key, node});
  }
  const std::size_t before = postings.size();
  const std::uint64_t gone = drop_lone_keys(postings);
  EXPECT_EQ(postings.size() + gone, before);
  EXPECT_LT(postings.size(), before / 2);
  for (const Posting& posting : twice) {
    EXPECT_NE(std::find(postings.begin(), postings.end(), posting), postings.end());
  }
}

TEST(DropLoneKeys, OfFewPostings) {
  std::vector<Posting> none;
  EXPECT_EQ(drop_lone_keys(none), 0U);
  EXPECT_THAT(none, IsEmpty());
  std::vector<Posting> two = {{7, 1}, {7, 2}};
  EXPECT_EQ(drop_lone_keys(two), 0U);
  EXPECT_THAT(two, ElementsAre(Posting{7, 1}, Posting{7, 2}));
  std::vector<Posting> lone = {{7, 1}};
  EXPECT_EQ(drop_lone_keys(lone), 1U);
  EXPECT_THAT(lone, IsEmpty());
}

}  // namespace
}  // namespace copydesk::reuse
