#include "copydesk/text/document_frequencies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "copydesk/text/words.h"

namespace copydesk::text {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

using Counts = std::unordered_map<std::uint64_t, std::uint32_t>;

std::uint64_t word(std::uint32_t half) { return std::uint64_t{half} << 32 | 0x77; }

TEST(DocumentFrequencies, Shares) {
  const DocumentFrequencies table(
      100, Counts{{word_hash("ferry"), 25}, {word_hash("the"), 100}, {word_hash("merrin"), 1}});
  EXPECT_EQ(table.documents(), 100U);
  EXPECT_EQ(table.words(), 2U);
  EXPECT_DOUBLE_EQ(table.share(word_hash("the")), 1);
  EXPECT_DOUBLE_EQ(table.share(word_hash("ferry")), 0.25);
  // As half of the two documents that a word of the table has.
  EXPECT_DOUBLE_EQ(table.share(word_hash("merrin")), 0.01);
  EXPECT_DOUBLE_EQ(table.share(word_hash("unheard")), 0.01);
}

// Against a map, with words that begin alike: they stand side by side in the table, over its end.
TEST(DocumentFrequencies, SharesOfManyWords) {
  for (const std::uint32_t size : {1U, 2U, 3U, 21U, 22U, 300U}) {
    Counts counts;
    for (std::uint32_t i = 0; i < size; ++i) {
      counts.emplace(word(i % 2 == 0 ? 0xFFFFFFFF - i : 0x10000 * i), 2 + i);
    }
    const DocumentFrequencies table(1000, counts);
    ASSERT_EQ(table.words(), size);
    for (const auto& [hash, count] : counts) {
      EXPECT_EQ(table.share(hash), count / 1000.0) << size;
      EXPECT_EQ(table.log_share(hash), std::log(count / 1000.0)) << size;
    }
    for (std::uint32_t i = 1; i < 400; i += 2) {
      const std::uint64_t unknown = word(0xFFFFFFFF - i);
      EXPECT_EQ(table.share(unknown), 0.001) << size;
      EXPECT_EQ(table.log_share(unknown), std::log(0.001)) << size;
    }
  }
}

TEST(DocumentFrequencies, TheLeastCountBelowAtAndAbove) {
  const auto words = [](std::uint64_t documents, std::uint32_t count) {
    return DocumentFrequencies(documents, Counts{{word(5), count}}).words();
  };
  EXPECT_EQ(words(1, 1), 1U);  // never above the documents
  EXPECT_EQ(words(2, 1), 0U);
  EXPECT_EQ(words(1499, 1), 0U);
  EXPECT_EQ(words(1499, 2), 1U);
  EXPECT_EQ(words(1500, 2), 0U);
  EXPECT_EQ(words(1500, 3), 1U);
  EXPECT_EQ(words(10'000, 19), 0U);
  EXPECT_EQ(words(10'000, 20), 1U);
  EXPECT_EQ(words(1'000'000, 20), 1U);
}

TEST(DocumentFrequencies, OfOneDocument) {
  const DocumentFrequencies one(1, Counts{{word(2), 1}});
  EXPECT_DOUBLE_EQ(one.share(word(1)), 0.5);
  EXPECT_DOUBLE_EQ(one.share(word(2)), 1);
  const auto read = DocumentFrequencies::parse(one.render(), "t");
  ASSERT_TRUE(read.ok());
  EXPECT_DOUBLE_EQ(read->share(word(2)), 1);
}

TEST(DocumentFrequencies, WritesWhatTheHeaderShows) {
  EXPECT_EQ(DocumentFrequencies(
                9, Counts{{word(0xAB), 2}, {word(0x12345678), 9}, {word(1), 2}, {word(7), 1}})
                .render(),
            "copydesk background 1\n"
            "documents 9\n"
            "least 2\n"
            "9 12345678\n"
            "2 00000001 000000ab\n");
  EXPECT_EQ(DocumentFrequencies(9, Counts{}).render(),
            "copydesk background 1\ndocuments 9\nleast 2\n");
}

TEST(DocumentFrequencies, OfTwoWordsWithOneHalfTheMoreFrequentStays) {
  const DocumentFrequencies table(
      10, Counts{{word(3), 4}, {word(3) + 1, 8}, {word(3) + 2, 6}, {word(4), 2}});
  EXPECT_EQ(table.words(), 2U);
  EXPECT_DOUBLE_EQ(table.share(word(3)), 0.8);
}

TEST(DocumentFrequencies, ReadsWhatItWrites) {
  Counts counts;
  for (std::uint32_t i = 0; i < 200; ++i) counts[word(i * 0x9E3779B1U)] = 1 + i % 23;
  const DocumentFrequencies table(30, counts);
  const Result<DocumentFrequencies> read = DocumentFrequencies::parse(table.render(), "t");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->documents(), 30U);
  EXPECT_EQ(read->words(), table.words());
  for (const auto& [hash, count] : counts) EXPECT_EQ(read->share(hash), table.share(hash));
  EXPECT_EQ(read->render(), table.render());
}

std::string fault_of(const std::string& bytes) {
  const Result<DocumentFrequencies> table = DocumentFrequencies::parse(bytes, "table.txt");
  if (table.ok()) return "";
  EXPECT_EQ(table.error().code, ErrorCode::kCorrupt);
  return table.error().message;
}

TEST(DocumentFrequencies, FaultsNameTheLine) {
  const std::string head = "copydesk background 1\ndocuments 9\nleast 2\n";
  EXPECT_EQ(fault_of(head + "9 0000000a\n2 0000000b 0000000c"), "");
  for (const char* other : {"", "\n", "copydesk background 2\n", "{\"text\":\"x\"}\n"}) {
    EXPECT_THAT(fault_of(other), StartsWith("table.txt: line 1: ")) << other;
  }
  for (const char* other : {"", "9\n", "documents\n", "documents 0\n", "documents -1\n",
                            "documents 9 9\n", "documents x\n"}) {
    EXPECT_THAT(fault_of(std::string("copydesk background 1\n") + other),
                StartsWith("table.txt: line 2: "))
        << other;
  }
  for (const char* other : {"", "least 0\n", "least 10\n", "least 4294967296\n", "most 1\n"}) {
    EXPECT_THAT(fault_of(std::string("copydesk background 1\ndocuments 9\n") + other),
                StartsWith("table.txt: line 3: "))
        << other;
  }
  EXPECT_THAT(fault_of(head + "9 0000000a\n1 0000000b\n"),
              HasSubstr("line 5: must begin with a count from 2 to 9"));
  EXPECT_THAT(fault_of(head + "10 0000000a\n"), HasSubstr("line 4: must begin with a count"));
  EXPECT_THAT(fault_of(head + "x 0000000a\n"), HasSubstr("line 4: must begin with a count"));
  EXPECT_THAT(fault_of(head + "\n"), HasSubstr("line 4: must begin with a count"));
  EXPECT_THAT(fault_of(head + "9\n"), HasSubstr("line 4: has no words"));
  EXPECT_THAT(fault_of(head + "9 0000000g\n"), HasSubstr("line 4: \"0000000g\" is not a word"));
  EXPECT_THAT(fault_of(head + "9 000000a\n"), HasSubstr("line 4: \"000000a\" is not a word"));
  EXPECT_THAT(fault_of(head + "9 00000000a\n"), HasSubstr("line 4: \"00000000a\" is not a word"));
  EXPECT_THAT(fault_of(head + "9 0000000a  0000000b\n"), HasSubstr("line 4: \"\" is not a word"));
  EXPECT_THAT(fault_of(head + "9 0000000a\n8 0000000a\n"),
              HasSubstr("0000000a stands there twice"));
}

}  // namespace
}  // namespace copydesk::text
