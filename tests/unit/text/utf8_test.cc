#include "copydesk/text/utf8.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace copydesk::text {
namespace {

constexpr char32_t kLast = 0x10FFFF;

bool is_surrogate(char32_t c) { return c >= 0xD800 && c <= 0xDFFF; }

// The slow obvious decoder: counts the leading ones, collects six bits a byte, then asks whether
// the value is a code point that needs just so many bytes. Nothing if it is not.
std::optional<CodePoint> slow_decode(std::string_view s, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(s[i]); };
  std::uint32_t ones = 0;
  while (ones < 8 && (byte(at) & (0x80 >> ones)) != 0) ++ones;
  const std::uint32_t length = ones == 0 ? 1 : ones;
  if (ones == 1 || ones > 4 || at + length > s.size()) return std::nullopt;
  char32_t value = byte(at) & (0xFF >> (ones + 1));
  if (ones == 0) value = byte(at);
  for (std::size_t i = at + 1; i < at + length; ++i) {
    if (byte(i) / 64 != 2) return std::nullopt;
    value = value * 64 + byte(i) % 64;
  }
  constexpr std::array<char32_t, 5> kFirst = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kFirst[length] || value > kLast || is_surrogate(value)) return std::nullopt;
  return CodePoint{value, length};
}

// Agreement of everything in the header with the slow decoder on one string.
testing::AssertionResult agrees(const std::string& s) {
  std::vector<bool> boundary(s.size() + 1, false);
  std::optional<std::size_t> invalid;
  for (std::size_t at = 0; at < s.size();) {
    boundary[at] = true;
    const std::optional<CodePoint> expected = slow_decode(s, at);
    if (!expected && !invalid) invalid = at;
    const CodePoint got = decode_utf8(s, at);
    const CodePoint want = expected.value_or(CodePoint{0xFFFD, 1});
    if (got.value != want.value || got.length != want.length) {
      return testing::AssertionFailure()
             << "decode at " << at << " of " << testing::PrintToString(s);
    }
    at += want.length;
  }
  boundary[s.size()] = true;
  if (find_invalid_utf8(s) != invalid) {
    return testing::AssertionFailure() << "first invalid byte of " << testing::PrintToString(s);
  }
  for (std::size_t at = 0; at <= s.size(); ++at) {
    if (is_utf8_boundary(s, at) != boundary[at]) {
      return testing::AssertionFailure()
             << "boundary " << at << " of " << testing::PrintToString(s);
    }
  }
  return testing::AssertionSuccess();
}

std::string bytes(std::initializer_list<unsigned> values) {
  std::string s;
  for (const unsigned value : values) s.push_back(static_cast<char>(value));
  return s;
}

TEST(Utf8, EverySequenceOfOneOrTwoBytes) {
  ASSERT_TRUE(agrees(""));
  for (unsigned a = 0; a < 256; ++a) {
    ASSERT_TRUE(agrees(bytes({a})));
    for (unsigned b = 0; b < 256; ++b) ASSERT_TRUE(agrees(bytes({a, b})));
  }
}

TEST(Utf8, EveryLeadWithEveryClassOfFollowers) {
  // Both ends of each range of the well-formedness table, and what lies beside them.
  constexpr std::array<unsigned, 12> kFollowers = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F,
                                                   0xA0, 0xBF, 0xC0, 0xC2, 0xE1, 0xF4};
  for (unsigned lead = 0x7F; lead < 256; ++lead) {
    for (const unsigned b : kFollowers) {
      for (const unsigned c : kFollowers) {
        for (const unsigned d : kFollowers) ASSERT_TRUE(agrees(bytes({lead, b, c, d})));
      }
    }
  }
}

TEST(Utf8, EveryCodePointComesBack) {
  for (char32_t c = 0; c <= kLast; ++c) {
    std::string s;
    append_utf8(s, c);
    const char32_t expected = is_surrogate(c) ? 0xFFFD : c;
    const CodePoint got = decode_utf8(s, 0);
    ASSERT_EQ(got.value, expected);
    ASSERT_EQ(got.length, s.size());
    ASSERT_EQ(find_invalid_utf8(s), std::nullopt);
  }
}

TEST(Utf8, WhatIsNoCodePointIsWrittenAsReplacement) {
  for (const char32_t c :
       {char32_t{0xD800}, char32_t{0xDFFF}, char32_t{0x110000}, char32_t{0xFFFFFFFF}}) {
    std::string s = "a";
    append_utf8(s, c);
    EXPECT_EQ(s, "a\xEF\xBF\xBD");
  }
  for (const char32_t c : {char32_t{0xD7FF}, char32_t{0xE000}, kLast}) {
    std::string s;
    append_utf8(s, c);
    EXPECT_EQ(decode_utf8(s, 0).value, c);
  }
}

TEST(Utf8, FirstInvalidByteInLongText) {
  // Longer than any vector register, the fault at every place.
  std::string valid;
  for (int i = 0; i < 30; ++i) valid += "aé漢😀";
  EXPECT_EQ(find_invalid_utf8(valid), std::nullopt);
  for (std::size_t at = 0; at <= valid.size(); ++at) {
    if (!is_utf8_boundary(valid, at)) continue;
    std::string broken = valid;
    broken.insert(at, 1, '\xFF');
    ASSERT_EQ(find_invalid_utf8(broken), at);
  }
  for (std::size_t size = 0; size < valid.size(); ++size) {
    ASSERT_TRUE(agrees(valid.substr(0, size)));
  }
}

TEST(Utf8, RandomBytesAgreeWithSlowDecoder) {
  std::mt19937 random(1);
  // Leads and followers often enough that whole sequences come about.
  constexpr std::array<unsigned, 14> kBytes = {0x41, 0x80, 0xBF, 0x9F, 0xA0, 0xC2, 0xDF,
                                               0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0x8F};
  for (int round = 0; round < 20000; ++round) {
    std::string s;
    for (std::size_t n = random() % 12; n > 0; --n) {
      s.push_back(static_cast<char>(kBytes[random() % kBytes.size()]));
    }
    ASSERT_TRUE(agrees(s));
  }
}

TEST(Utf8, PastTheEndIsNoBoundary) {
  EXPECT_TRUE(is_utf8_boundary("ab", 2));
  EXPECT_FALSE(is_utf8_boundary("ab", 3));
  EXPECT_TRUE(is_utf8_boundary("", 0));
}

}  // namespace
}  // namespace copydesk::text
