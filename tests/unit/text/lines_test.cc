#include "copydesk/text/lines.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "copydesk/text/utf8.h"
#include "copydesk/text/words.h"

namespace copydesk::text {
namespace {

using Bounds = std::vector<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>>;

Bounds bounds_of(std::string_view text) {
  std::vector<Line> lines = {{1, 2, 3}};  // must be cleared
  split_lines(text, lines);
  Bounds out;
  for (const Line& line : lines) out.emplace_back(line.begin, line.end, line.next);
  return out;
}

// The slow obvious way: byte by byte.
Bounds slow_lines(const std::string& text) {
  Bounds out;
  std::uint32_t begin = 0;
  std::string line;
  for (std::uint32_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\n') line += text[i];
    const bool last = i + 1 == text.size();
    if (text[i] != '\n' && !last) continue;
    auto end = static_cast<std::uint32_t>(begin + line.size());
    if (text[i] == '\n' && !line.empty() && line.back() == '\r') --end;
    out.emplace_back(begin, end, i + 1);
    begin = i + 1;
    line.clear();
  }
  return out;
}

TEST(SplitLines, Table) {
  EXPECT_EQ(bounds_of(""), Bounds());
  EXPECT_EQ(bounds_of("\n"), (Bounds{{0, 0, 1}}));
  EXPECT_EQ(bounds_of("a"), (Bounds{{0, 1, 1}}));
  EXPECT_EQ(bounds_of("a\n"), (Bounds{{0, 1, 2}}));
  EXPECT_EQ(bounds_of("a\nb"), (Bounds{{0, 1, 2}, {2, 3, 3}}));
  EXPECT_EQ(bounds_of("a\n\nb\n"), (Bounds{{0, 1, 2}, {2, 2, 3}, {3, 4, 5}}));
  EXPECT_EQ(bounds_of("a\r\nb\r\n"), (Bounds{{0, 1, 3}, {3, 4, 6}}));
  EXPECT_EQ(bounds_of("\r\n"), (Bounds{{0, 0, 2}}));
  EXPECT_EQ(bounds_of("a\r\r\n"), (Bounds{{0, 2, 4}}));
  // A '\r' that stands before no break is text.
  EXPECT_EQ(bounds_of("a\rb"), (Bounds{{0, 3, 3}}));
  EXPECT_EQ(bounds_of("a\r"), (Bounds{{0, 2, 2}}));
}

TEST(SplitLines, EveryShortTextAgreesWithOracleAndCoversEveryByteOnce) {
  constexpr std::string_view kBytes = "a\r\n";
  for (std::size_t size = 0; size <= 8; ++size) {
    std::size_t texts = 1;
    for (std::size_t i = 0; i < size; ++i) texts *= kBytes.size();
    for (std::size_t number = 0; number < texts; ++number) {
      std::string text;
      for (std::size_t i = 0, rest = number; i < size; ++i, rest /= kBytes.size()) {
        text += kBytes[rest % kBytes.size()];
      }
      const Bounds got = bounds_of(text);
      ASSERT_EQ(got, slow_lines(text)) << ::testing::PrintToString(text);
      std::uint32_t covered = 0;
      for (const auto& [begin, end, next] : got) {
        ASSERT_EQ(begin, covered);
        ASSERT_LE(begin, end);
        ASSERT_LE(end, next);
        ASSERT_LT(begin, next);
        covered = next;
      }
      ASSERT_EQ(covered, text.size());
    }
  }
}

TEST(Trim, WhiteSpaceAndPaddingOfEveryKind) {
  for (const std::string_view space :
       {" ",      "\t",     "\n",     "\r",     "\v",     "\f",     "\x1F",   "\x7F",
        "\u0085", "\u00A0", "\u1680", "\u2003", "\u200B", "\u200C", "\u200E", "\u2028",
        "\u2029", "\u202F", "\u205F", "\u2060", "\u3000", "\uFEFF"}) {
    const std::string s(space);
    EXPECT_EQ(trim(s), "") << ::testing::PrintToString(s);
    EXPECT_EQ(trim(s + s + "a b" + s), "a b") << ::testing::PrintToString(s);
    EXPECT_EQ(trim("漢" + s + "字" + s), "漢" + s + "字") << ::testing::PrintToString(s);
  }
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim(std::string_view("\0a\0", 3)), "a");
  for (const std::string_view text : {"a", "é", "😀", "—", "\u00AD", "\u0301", "\uFFFD"}) {
    EXPECT_EQ(trim(text), text);
  }
}

TEST(Trim, InvalidBytesAreNoSpace) {
  // Parts of U+00A0, U+2003 and U+3000.
  for (const std::string_view text :
       {"\xA0", "\x85", "\xC2", "\xE2\x80", "\x80\x80", "\xE3\x80", "\xFF"}) {
    const std::string s(text);
    EXPECT_EQ(trim(s), s);
    EXPECT_EQ(trim(" " + s + " "), s);
  }
  EXPECT_EQ(trim("\xE2\u00A0"), "\xE2");
}

TEST(Trim, ReturnsAViewIntoItsArgument) {
  const std::string_view text = "  ab ";
  EXPECT_EQ(trim(text).data(), text.data() + 2);
  EXPECT_GE(trim("   ").data() - std::string_view("   ").data(), 0);
}

TEST(Trim, FrontAndBackAreItsHalves) {
  EXPECT_EQ(trim_front(" \u00A0a b\t "), "a b\t ");
  EXPECT_EQ(trim_back(" \u00A0a b\t "), " \u00A0a b");
  EXPECT_EQ(trim_front(" \n\u3000"), "");
  EXPECT_EQ(trim_back(" \n\u3000"), "");
  EXPECT_EQ(trim_front(""), "");
  EXPECT_EQ(trim_back(""), "");

  // Each code point at an end is asked by itself.
  const std::vector<std::string> tokens = {"a",      "漢",     " ",    "\n",
                                           "\u00A0", "\u3000", "\xE2", "\x80"};
  std::mt19937 random(8);
  for (int round = 0; round < 5000; ++round) {
    std::vector<std::string> parts;
    for (std::size_t n = random() % 7; n > 0; --n)
      parts.push_back(tokens[random() % tokens.size()]);
    // Bytes that together are a space would be one code point.
    std::string text;
    for (const std::string& part : parts) text += part;
    if (text.find("\xE2\x80") != std::string::npos) continue;
    std::size_t begin = 0;
    std::size_t first = 0;
    while (first < parts.size() && trim(parts[first]).empty()) begin += parts[first++].size();
    std::size_t end = text.size();
    std::size_t last = parts.size();
    while (last > 0 && trim(parts[last - 1]).empty()) end -= parts[--last].size();
    SCOPED_TRACE(::testing::PrintToString(text));
    ASSERT_EQ(trim_front(text), text.substr(begin));
    ASSERT_EQ(trim_back(text), text.substr(0, end));
    ASSERT_EQ(trim(text), begin < end ? text.substr(begin, end - begin) : "");
  }
}

TEST(NormalizedLine, Table) {
  const std::vector<std::pair<std::string_view, std::string_view>> table = {
      {"Sign Up!", "sign up"},
      {"  Share   this\tpage ", "share this page"},
      {"12 comments", "0 comments"},
      {"1,234 comments", "0 comments"},
      {"1,234,567.89", "0"},
      {"12:30", "0 0"},
      {"12, 30", "0 0"},
      {"1,,2", "0 0"},
      {"1,", "0"},
      {",1", "0"},
      {"1.a", "0 a"},
      {"3rd", "0rd"},
      {"covid19", "covid0"},
      {"a1b22c", "a0b0c"},
      {"٣٤ تعليق", "0 تعليق"},
      {"๒๕ นาที", "0 นาที"},
      {"½", "0"},
      {"1\u034F2\uFE0F3", "0"},  // what is invisible parts no number
      {"Don't", "don t"},
      {"Don’t", "don t"},
      {"STRASSE", "strasse"},
      {"Straße", "strasse"},
      {"E\u0301lyse\u0301e", "élysée"},
      {"今日2024年", "今日 0 年"},
      {"今日 2024 年", "今日 0 年"},
      {"NHK東京", "nhk 東京"},
      {"❤\uFE0F Follow", "follow"},
      {"Dampf\u00ADschiff", "dampfschiff"},
      {"a\xFF"
       "b",
       "a b"},
      {"", ""},
      {"* * *", ""},
      {"❤\uFE0F", ""},
      {"\u200C\u00A0\u00AD", ""},
  };
  for (const auto& [line, expected] : table) {
    EXPECT_EQ(normalized_line(line), expected) << line;
    EXPECT_EQ(line_key(line), line_key(expected)) << line;
    EXPECT_EQ(line_key(line) == 0, expected.empty()) << line;
    EXPECT_EQ(count_words(line) == 0, expected.empty()) << line;
  }
}

TEST(LineKey, DifferentWordsHaveDifferentKeys) {
  EXPECT_NE(line_key("sign up"), line_key("sign in"));
  EXPECT_NE(line_key("sign up"), line_key("signup"));
  EXPECT_NE(line_key("ab c"), line_key("a bc"));
  EXPECT_NE(line_key("0"), line_key("0 0"));
}

TEST(LineKey, DependsOnTheWordsAlone) {
  // The same words behind other cases, numbers, spaces and punctuation.
  struct Spelling {
    std::vector<std::string> forms;
  };
  const std::vector<Spelling> words = {
      {{"share", "Share", "SHARE"}},
      {{"7", "12", "1,234", "٣", "1.5"}},
      {{"été", "ÉTÉ", "e\u0301te\u0301"}},
      {{"漢字"}},
      {{"don't", "DON’T"}},
      {{"straße", "STRASSE", "Stra\u00ADße"}},
  };
  const std::vector<std::string> gaps = {" ", "  ", " – ", ", ", "\u00A0", "|", "… ", " 😀\uFE0F "};
  std::mt19937 random(4);
  for (int round = 0; round < 5000; ++round) {
    std::vector<std::size_t> chosen;
    for (std::size_t n = 1 + random() % 6; n > 0; --n) chosen.push_back(random() % words.size());
    const auto write = [&] {
      std::string line = random() % 2 == 0 ? "" : gaps[random() % gaps.size()];
      for (const std::size_t word : chosen) {
        line += words[word].forms[random() % words[word].forms.size()];
        line += gaps[random() % gaps.size()];
      }
      return line;
    };
    const std::string a = write();
    const std::string b = write();
    ASSERT_EQ(line_key(a), line_key(b)) << a << " / " << b;
    ASSERT_EQ(normalized_line(normalized_line(a)), normalized_line(a)) << a;
  }
}

}  // namespace
}  // namespace copydesk::text
