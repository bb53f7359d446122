#include "io/json.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <cmath>
#include <limits>
#include <random>

namespace copydesk {
namespace {

std::string json_string(std::string_view s) {
  std::string out;
  append_json_string(out, s);
  return out;
}

template <class T>
std::string json_number(T value) {
  std::string out;
  append_json_number(out, value);
  return out;
}

std::string json_base64(std::string_view bytes) {
  std::string out;
  append_json_base64(out, bytes);
  return out;
}

TEST(JsonString, EscapesOnlyWhatJsonDemands) {
  EXPECT_EQ(json_string(""), R"("")");
  EXPECT_EQ(json_string("plain / text"), R"("plain / text")");
  EXPECT_EQ(json_string("say \"no\" \\ now"), R"("say \"no\" \\ now")");
  EXPECT_EQ(json_string("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(json_string(std::string_view("\0\x01\x1f", 3)), R"("\u0000\u0001\u001f")");
  EXPECT_EQ(json_string("\x7f"), R"("\u007f")");
  EXPECT_EQ(json_string("Zürich 서울 😀"), R"("Zürich 서울 😀")");
}

TEST(JsonString, AppendsToWhatIsThere) {
  std::string out = "[";
  append_json_string(out, "a");
  EXPECT_EQ(out, R"(["a")");
}

TEST(JsonString, FindsEveryByteAtEveryPlaceOfAWord) {
  for (int c = 0; c < 0x80; ++c) {
    const bool escaped = c < 0x20 || c == '"' || c == '\\' || c == 0x7F;
    for (std::size_t place = 0; place < 20; ++place) {
      std::string s(20, 'x');
      s[place] = static_cast<char>(c);
      const std::string out = json_string(s);
      EXPECT_EQ(out.find('\\') != std::string::npos, escaped) << c << " at " << place;
    }
  }
}

TEST(JsonString, ReadsBackWithSimdjson) {
  constexpr std::string_view kPieces[] = {"a",    "\"", "\\", "\n", "\x01",
                                          "\x7f", "é",  "서", "😀",  " long plain run of text "};
  std::mt19937 random(7);
  simdjson::dom::parser parser;
  for (int round = 0; round < 2000; ++round) {
    std::string s(1, '\0');
    for (std::size_t n = random() % 40; n > 0; --n) s += kPieces[random() % std::size(kPieces)];
    const std::string json = json_string(s);
    std::string_view read;
    ASSERT_EQ(parser.parse(json).get(read), simdjson::SUCCESS) << json;
    EXPECT_EQ(read, s);
  }
}

TEST(JsonNumber, WritesIntegersInFull) {
  EXPECT_EQ(json_number(std::uint64_t{0}), "0");
  EXPECT_EQ(json_number(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
}

TEST(JsonNumber, RoundsDoublesToSixDecimals) {
  const struct {
    double value;
    std::string_view json;
  } kRows[] = {
      {0, "0"},
      {1, "1"},
      {0.5, "0.5"},
      {1.0 / 3, "0.333333"},
      {2.0 / 3, "0.666667"},
      {0.0000004, "0"},
      {0.0000006, "0.000001"},
      {-0.0000001, "0"},
      {-1.25, "-1.25"},
      {100, "100"},
      {1234567.891, "1234567.891"},
      {999999999999999.0, "999999999999999"},
      {1e15, "1e+15"},
      {1e300, "1e+300"},
  };
  for (const auto& row : kRows) EXPECT_EQ(json_number(row.value), row.json);
}

// The vectors of RFC 4648, and bytes that are not text.
TEST(JsonBase64, IsPadded) {
  EXPECT_EQ(json_base64(""), R"("")");
  EXPECT_EQ(json_base64("f"), R"("Zg==")");
  EXPECT_EQ(json_base64("fo"), R"("Zm8=")");
  EXPECT_EQ(json_base64("foo"), R"("Zm9v")");
  EXPECT_EQ(json_base64("foobar"), R"("Zm9vYmFy")");
  EXPECT_EQ(json_base64(std::string_view("\xff\xfe\x00\xfb", 4)), R"("//4A+w==")");
}

TEST(JsonBase64, ComesBack) {
  for (const char* text : {"", "f", "fo", "foo", "foobar", "\xff\xfe\x01\xfb"}) {
    const std::string digits = json_base64(text);
    EXPECT_EQ(base64_decoded(std::string_view(digits).substr(1, digits.size() - 2)), text);
  }
  EXPECT_EQ(base64_decoded("Zm9v\nYmFy"), "foo");
}

}  // namespace
}  // namespace copydesk
