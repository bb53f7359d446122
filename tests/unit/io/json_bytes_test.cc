// The kernels against their scalar twins: the same for every input, on each set of instructions.
#include "io/json_bytes.h"

#include <gtest/gtest.h>

#define HWY_WANT_AVX3_DL 1
#include <hwy/targets.h>

#include <random>
#include <string>
#include <vector>

#include "io/json.h"
#include "io/json_scan.h"

namespace copydesk {
namespace {

class JsonBytes : public ::testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { hwy::SetSupportedTargetsForTest(GetParam()); }
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }

  // Bytes of which some need an escape, or none do.
  std::string random_bytes() {
    static constexpr std::string_view kBytes = "ab  \"\\\n\r\t\b\f\x01\x1F\x20\x7F\x80\xC3\xA9";
    std::string s;
    const std::uint32_t rare = 1U << random_() % 8;
    for (std::size_t n = random_() % 300; n > 0; --n) {
      s += random_() % rare == 0 ? kBytes[random_() % kBytes.size()] : 'x';
    }
    return s;
  }

  std::mt19937 random_{5};
};

INSTANTIATE_TEST_SUITE_P(EveryInstructionSet, JsonBytes,
                         ::testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         [](const auto& test) { return hwy::TargetName(test.param); });

TEST_P(JsonBytes, EscapeAsTheScalarTwin) {
  for (int round = 0; round < 5000; ++round) {
    const std::string s = random_bytes();
    std::string fast(s.size() * kMostEscaped + kSpareJsonBytes, '\0');
    std::string slow = fast;
    const std::size_t size = escape_json(s, fast.data());
    ASSERT_EQ(size, escape_json_scalar(s, slow.data()));
    fast.resize(size);
    slow.resize(size);
    ASSERT_EQ(fast, slow) << ::testing::PrintToString(s);
  }
}

TEST_P(JsonBytes, EveryByteAtEveryPlace) {
  for (int c = 0; c < 256; ++c) {
    for (std::size_t size = 1; size <= 140; size += 23) {
      for (std::size_t place = 0; place < size; ++place) {
        std::string s(size, 'x');
        s[place] = static_cast<char>(c);
        std::string fast(size * kMostEscaped + kSpareJsonBytes, '\0');
        std::string slow = fast;
        fast.resize(escape_json(s, fast.data()));
        slow.resize(escape_json_scalar(s, slow.data()));
        ASSERT_EQ(fast, slow) << c << " at " << place << " of " << size;
        ASSERT_EQ(has_control_bytes(s), has_control_bytes_scalar(s)) << c << " at " << place;
      }
    }
  }
}

TEST_P(JsonBytes, UnescapeAsTheScalarTwin) {
  for (int round = 0; round < 5000; ++round) {
    const std::string s = random_bytes();
    std::string inside(s.size() * kMostEscaped + kSpareJsonBytes, '\0');
    inside.resize(escape_json_scalar(s, inside.data()));
    std::string fast(inside.size() + kSpareJsonBytes, '\0');
    std::string slow = fast;
    const Unescaped done = unescape_json(inside, fast.data());
    const Unescaped expected = unescape_json_scalar(inside, slow.data());
    ASSERT_EQ(done.read, expected.read);
    ASSERT_EQ(done.written, expected.written);
    fast.resize(done.written);
    slow.resize(done.written);
    ASSERT_EQ(fast, slow) << ::testing::PrintToString(inside);
  }
}

TEST_P(JsonBytes, BackslashesAsTheScalarTwin) {
  for (int round = 0; round < 2000; ++round) {
    const std::string s = random_bytes();
    std::vector<std::uint64_t> fast(s.size() / 64 + 1, 7);
    std::vector<std::uint64_t> slow(fast.size(), 9);
    find_backslashes(s, fast.data());
    find_backslashes_scalar(s, slow.data());
    ASSERT_EQ(fast, slow) << ::testing::PrintToString(s);
  }
}

// The slow obvious way.
bool slow_valid(std::string_view inside) {
  for (std::size_t at = 0; at < inside.size(); ++at) {
    if (inside[at] != '\\') continue;
    ++at;
    if (at == inside.size()) return false;
    if (inside[at] == 'u') {
      const std::string_view digits = inside.substr(at + 1, 4);
      if (digits.size() < 4) return false;
      if (digits.find_first_not_of("0123456789abcdefABCDEF") != digits.npos) return false;
      at += 4;
    } else if (std::string_view("\"\\/bfnrt").find(inside[at]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

TEST_P(JsonBytes, EscapesAreValidWhereverTheyStand) {
  constexpr std::string_view kParts[] = {R"(\\)", R"(\u00e9)", R"(\n)", "x",    "some plain text ",
                                         R"(\)",  R"(\u12)",   "u",     R"(\x)"};
  for (int round = 0; round < 20000; ++round) {
    // Broken ones seldom.
    const std::size_t kinds = random_() % 4 == 0 ? std::size(kParts) : 5;
    std::string s(random_() % 3 == 0 ? 4096 - random_() % 80 : random_() % 70, 'x');
    for (std::size_t n = random_() % 40; n > 0; --n) s += kParts[random_() % kinds];
    ASSERT_EQ(has_valid_escapes(s), slow_valid(s)) << s;
  }
}

// Strings of several pieces come back, whatever stands where a piece ends.
TEST_P(JsonBytes, LongStringsComeBack) {
  constexpr std::string_view kParts[] = {"\\", "\"", "\n", "x", "\x01", "é", "some plain text "};
  for (int round = 0; round < 400; ++round) {
    std::string s;
    const std::size_t kinds = 1 + random_() % 3;
    const std::size_t first = random_() % std::size(kParts);
    const std::size_t size = random_() % 12000;
    while (s.size() < size) s += kParts[(first + random_() % kinds) % std::size(kParts)];
    std::string json = "<";
    append_json_string(json, s);
    ASSERT_EQ(json.substr(0, 2), "<\"");
    ASSERT_EQ(json.back(), '"');
    const std::string_view inside = std::string_view(json).substr(2, json.size() - 3);
    ASSERT_TRUE(has_valid_escapes(inside));
    std::string back = "<";
    ASSERT_EQ(append_unescaped(back, inside), 0U);
    ASSERT_EQ(back, "<" + s);
  }
}

// \uXXXX about the end of a piece, alone and in pairs.
TEST_P(JsonBytes, CodeUnitsAboutTheEndOfAPiece) {
  for (std::size_t before = 4080; before <= 4100; ++before) {
    std::string out;
    const std::string plain(before, 'x');
    EXPECT_EQ(append_unescaped(out, plain + R"(\u00e9\ud83d\ude00\\\n\ud800!)"), 1U);
    EXPECT_EQ(out, plain + "é😀\\\n\uFFFD!");
  }
}

}  // namespace
}  // namespace copydesk
