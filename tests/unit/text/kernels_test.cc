// The kernels against their slow twins: the same for every input.
#include <gtest/gtest.h>
#include <xxhash.h>

#define HWY_WANT_AVX3_DL 1
#include <hwy/targets.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "copydesk/text/lines.h"
#include "copydesk/text/utf8.h"
#include "copydesk/text/words.h"
#include "pipeline/text/scan_bytes.h"
#include "pipeline/text/short_hash.h"
#include "support/plain_text.h"

namespace copydesk::text {
namespace {

std::string utf8(char32_t c) {
  std::string out;
  append_utf8(out, c);
  return out;
}

// What no text may show a difference in.
void expect_as_plain(const std::string& text) {
  const std::vector<Word> plain = plain_words(text);
  std::vector<Word> words;
  split_words(text, words);
  ASSERT_EQ(words.size(), plain.size()) << ::testing::PrintToString(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    ASSERT_EQ(words[i].begin, plain[i].begin) << ::testing::PrintToString(text);
    ASSERT_EQ(words[i].end, plain[i].end) << ::testing::PrintToString(text);
    ASSERT_EQ(words[i].hash, plain[i].hash) << ::testing::PrintToString(text);
  }
  ASSERT_EQ(count_words(text), plain.size()) << ::testing::PrintToString(text);

  ASSERT_EQ(fold(text), plain_fold(text)) << ::testing::PrintToString(text);
  const std::string folded = plain_fold(text);
  ASSERT_EQ(word_hash(text), XXH3_64bits(folded.data(), folded.size()))
      << ::testing::PrintToString(text);
  const std::string line = plain_normalized_line(text);
  ASSERT_EQ(normalized_line(text), line) << ::testing::PrintToString(text);
  ASSERT_EQ(line_key(text), line.empty() ? 0 : XXH3_64bits(line.data(), line.size()))
      << ::testing::PrintToString(text);
}

// Each set of instructions that this machine has.
class EveryInstructionSet : public ::testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { hwy::SetSupportedTargetsForTest(GetParam()); }
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }
};

INSTANTIATE_TEST_SUITE_P(Kernels, EveryInstructionSet,
                         ::testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         [](const auto& test) { return hwy::TargetName(test.param); });

TEST(Kernels, ShortHashesAreXxh3AtEveryLength) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::string bytes(300, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
      ASSERT_EQ(hash_bytes({bytes.data(), size}), XXH3_64bits(bytes.data(), size)) << size;
    }
  }
}

TEST_P(EveryInstructionSet, BytesAreClassifiedAsByTheScalarTwin) {
  std::mt19937 random(2);
  constexpr std::size_t kBlocks = 5;
  for (int round = 0; round < 3000; ++round) {
    std::array<char, kBlocks * kBlock> bytes;
    // Every byte at every place of a block, random ones, and parts of quotes and dashes.
    constexpr std::string_view kParts = "\xE2\x80\x8C\x8D\x93\xE2\x80\xBF\xC0 a";
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<char>(round < 256 ? i + static_cast<std::size_t>(round) : random());
      if (round >= 400) bytes[i] = kParts[random() % kParts.size()];
    }
    struct Result {
      std::array<char, kBlocks * kBlock> folded{};
      std::array<std::uint64_t, kBlocks> word{};
      std::array<std::uint64_t, kBlocks> digit{};
      std::array<std::uint64_t, kBlocks> beyond{};
      bool operator==(const Result&) const = default;
    };
    Result fast;
    Result slow;
    const std::size_t size = random() % bytes.size();
    classify_bytes(bytes.data(), size, fast.folded.data(),
                   {fast.word.data(), fast.digit.data(), fast.beyond.data()});
    classify_bytes_scalar(bytes.data(), size, slow.folded.data(),
                          {slow.word.data(), slow.digit.data(), slow.beyond.data()});
    ASSERT_TRUE(fast == slow) << ::testing::PrintToString(bytes);
  }
}

TEST_P(EveryInstructionSet, EdgesAreThoseOfTheScalarTwin) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 3000; ++round) {
    std::array<std::uint64_t, 9> masks;
    for (std::uint64_t& mask : masks) {
      mask = random();
      for (std::uint64_t sparser = random() % 4; sparser > 0; --sparser) mask &= random();
      if (random() % 4 == 0) mask = random() % 2 == 0 ? 0 : ~std::uint64_t{0};
      if (round == 0) mask = 0x5555555555555555;
    }
    const std::size_t blocks = random() % masks.size() + 1;
    masks[blocks - 1] &= ~(std::uint64_t{1} << 63);
    std::vector<std::uint16_t> fast(masks.size() * kBlock + kSpareEdges);
    std::vector<std::uint16_t> slow(fast.size());
    const std::size_t count = find_edges(masks.data(), blocks, fast.data());
    ASSERT_EQ(count, find_edges_scalar(masks.data(), blocks, slow.data()));
    fast.resize(count);
    slow.resize(count);
    ASSERT_EQ(fast, slow);
  }
}

TEST_P(EveryInstructionSet, BytesAreKeptAsByTheScalarTwin) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::uint64_t> masks(1 + random() % (round % 10 == 0 ? 400 : 8));
    for (std::uint64_t& mask : masks) {
      mask = random() | (random() % 2 == 0 ? random() : 0);
      if (random() % 4 == 0) mask = random() % 2 == 0 ? 0 : ~std::uint64_t{0};
    }
    std::string bytes(masks.size() * kBlock + kSpareBytes, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    std::string fast(bytes.size(), '\0');
    std::string slow(bytes.size(), '\0');
    const std::size_t size = keep_bytes(bytes.data(), masks.data(), masks.size(), fast.data());
    ASSERT_EQ(size, keep_bytes_scalar(bytes.data(), masks.data(), masks.size(), slow.data()));
    ASSERT_EQ(fast.substr(0, size), slow.substr(0, size));
  }
}

TEST_P(EveryInstructionSet, WordsAreMadeAsByTheScalarTwin) {
  std::mt19937 random(6);
  for (int round = 0; round < 1000; ++round) {
    std::vector<std::uint16_t> edges;
    std::size_t at = 0;
    const std::size_t most = random() % 300;
    const auto longest = 1 + random() % 40;
    while (edges.size() < 2 * most && at + 50 < kMostWordBytes) {
      at += 1 + random() % 3;
      edges.push_back(static_cast<std::uint16_t>(at));
      at += 1 + random() % longest;
      edges.push_back(static_cast<std::uint16_t>(at));
    }
    const std::size_t count = edges.size() / 2;
    edges.resize(edges.size() + kSpareEdges, 7);
    std::string bytes(at + kBlock, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    std::vector<Word> fast(count + kSpareWords, Word{1, 2, 3});
    std::vector<Word> slow(count);
    make_words(bytes.data(), edges.data(), count, 1000000, fast.data());
    make_words_scalar(bytes.data(), edges.data(), count, 1000000, slow.data());
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(fast[i].begin, slow[i].begin);
      ASSERT_EQ(fast[i].end, slow[i].end);
      ASSERT_EQ(fast[i].hash, slow[i].hash);
      ASSERT_EQ(slow[i].begin, 1000000U + edges[2 * i]);
      ASSERT_EQ(slow[i].end, 1000000U + edges[2 * i + 1]);
      ASSERT_EQ(slow[i].hash,
                XXH3_64bits(bytes.data() + edges[2 * i],
                            static_cast<std::size_t>(edges[2 * i + 1] - edges[2 * i])));
    }
  }
}

// Each code point beside what it might change or compose with.
TEST(Kernels, EveryCodePointAgreesWithThePlainWay) {
  for (char32_t c = 1; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    if (c >= 0x30000 && c < 0xE0000) c = 0xE0000;  // unassigned
    if (c >= 0xF0000) break;                       // private use
    const std::string s = utf8(c);
    std::string text = "a" + s;
    text += "e Z" + s + s + "7 " + s + "\u0301x " + s + "\u0323\u0301 \u1100" + s;
    text += " \uAC00" + s + " か" + s + " ก" + s + "\u0E48 e\u0323" + s + " 1," + s + "2";
    expect_as_plain(text);
    if (HasFatalFailure()) {
      FAIL() << "U+" << std::hex << static_cast<std::uint32_t>(c);
    }
  }
}

// Pieces of text of many kinds, plain ones and ones that need a second look.
constexpr std::string_view kTokens[] = {"a",
                                        "Z",
                                        "the",
                                        "Mayor",
                                        "7",
                                        "12",
                                        "1,234",
                                        "2.5",
                                        " ",
                                        " ",
                                        " ",
                                        ", ",
                                        ". ",
                                        "-",
                                        "\n",
                                        "’",
                                        "“",
                                        "”",
                                        " — ",
                                        "…",
                                        "é",
                                        "É",
                                        "ß",
                                        "ñ",
                                        "Ž",
                                        "Ÿ",
                                        "İ",
                                        "ſ",
                                        "я",
                                        "Я",
                                        "Σ",
                                        "ς",
                                        "한",
                                        "각",
                                        "漢",
                                        "字",
                                        "の",
                                        "が",
                                        "ก",
                                        "กิ",
                                        "น้",
                                        "हि",
                                        "न्दी",
                                        "\u0301",
                                        "\u0323",
                                        "\u0345",
                                        "\uFE0F",
                                        "\u00AD",
                                        "\u200D",
                                        "\u200B",
                                        "\u00A0",
                                        "²",
                                        "½",
                                        "٣",
                                        "Ⅷ",
                                        "😀",
                                        "\xFF",
                                        "\xC3",
                                        "\xE2",
                                        "\x80",
                                        "\xF0",
                                        ",",
                                        ".",
                                        "ﬁ",
                                        "ẞ",
                                        "Ω",
                                        "\u1100",
                                        "\u1161",
                                        "\u11A8",
                                        "𝒜",
                                        "𠀀",
                                        "\u3099",
                                        "\xE0\x9B\x8A",
                                        "\xED\xA0\x81",
                                        "\xF0\x82\x82\xAC",
                                        "\xF4\x90\x80\x80",
                                        "extraordinarily",
                                        "counterrevolutionaries",
                                        "internationalisation"};

TEST_P(EveryInstructionSet, RandomTextsAgreeWithThePlainWay) {
  std::mt19937 random(4);
  for (int round = 0; round < 10000; ++round) {
    // A few tokens only, so that runs and whole lines of one kind occur.
    const std::size_t kinds = 1 + random() % 8;
    std::vector<std::string_view> some;
    for (std::size_t i = 0; i < kinds; ++i) some.push_back(kTokens[random() % std::size(kTokens)]);
    std::string text;
    for (std::size_t n = random() % 60; n > 0; --n) text += some[random() % kinds];
    expect_as_plain(text);
    if (HasFatalFailure()) return;
  }
}

// Texts of several pieces: what stands where one ends must not be parted.
TEST_P(EveryInstructionSet, LongTextsAgreeWithThePlainWay) {
  std::mt19937 random(5);
  for (int round = 0; round < 100; ++round) {
    const std::size_t kinds = 1 + random() % 12;
    std::vector<std::string_view> some;
    for (std::size_t i = 0; i < kinds; ++i) some.push_back(kTokens[random() % std::size(kTokens)]);
    const std::size_t size = 7000 + random() % 10000;
    std::string text;
    while (text.size() < size) text += some[random() % kinds];
    expect_as_plain(text);
    if (HasFatalFailure()) return;
  }
  // One long word, and long words about the ends of pieces.
  for (std::size_t size = 7660; size <= 7760; ++size) {
    expect_as_plain(std::string(size, 'x'));
    expect_as_plain(std::string(size - 64, 'x') + " " + std::string(64, 'y'));
    expect_as_plain(std::string(size - 64, '.') + "1,234,567" + std::string(64, '9'));
    expect_as_plain(std::string(size, ',') + "é“é” 1,2");
    std::string digits;
    while (digits.size() < size) digits += "1,";
    expect_as_plain(digits + "a");
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace copydesk::text
