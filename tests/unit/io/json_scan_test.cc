#include "io/json_scan.h"

#include <gtest/gtest.h>

namespace copydesk {
namespace {

TEST(FindJsonFault, AcceptsJson) {
  constexpr std::string_view kRows[] = {
      "{}",          "[]",
      " { } ",       "\t[\n]\r",
      "true",        "false",
      "null",        "0",
      "-0",          "10",
      "-1.50e+10",   "1E5",
      "1e999",       "123456789012345678901234567890",
      R"("")",       R"("\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00")",
      R"("\ud800")", R"({"a":[1,{"b":null},"c"],"a":2})",
      "\"\x7f\"",
  };
  for (const std::string_view row : kRows) {
    const std::optional<JsonFault> fault = find_json_fault(row);
    EXPECT_FALSE(fault.has_value()) << row << ": " << (fault ? fault->message : "");
  }
}

TEST(FindJsonFault, NamesTheFirstByteThatDoesNotFit) {
  const struct {
    std::string_view json;
    std::size_t offset;
    std::string_view message;
  } kRows[] = {
      {"", 0, "unexpected end"},
      {"  ", 2, "unexpected end"},
      {"x", 0, "unexpected character"},
      {"tru", 0, "unexpected character"},
      {"nul1", 0, "unexpected character"},
      {"{", 1, "unexpected end"},
      {"{]", 1, "expected a member name"},
      {"{a:1}", 1, "expected a member name"},
      {R"({"a")", 4, "unexpected end"},
      {R"({"a" 1})", 5, "expected ':'"},
      {R"({"a":})", 5, "unexpected character"},
      {R"({"a":1)", 6, "unexpected end"},
      {R"({"a":1 "b":2})", 7, "expected ',' or '}'"},
      {R"({"a":"b":"c"})", 8, "expected ',' or '}'"},
      {R"({"a":1,})", 7, "expected a member name"},
      {R"({"a":1]})", 6, "expected ',' or '}'"},
      {"[", 1, "unexpected end"},
      {"[1", 2, "unexpected end"},
      {"[1,]", 3, "unexpected character"},
      {"[1 2]", 3, "expected ',' or ']'"},
      {"[,1]", 1, "unexpected character"},
      {"{} {}", 3, "unexpected character after the value"},
      {"1x", 1, "unexpected character after the value"},
      {"01", 1, "unexpected character after the value"},
      {"-", 0, "broken number"},
      {"1.", 0, "broken number"},
      {"1e", 0, "broken number"},
      {"1e+", 0, "broken number"},
      {".5", 0, "unexpected character"},
      {"+1", 0, "unexpected character"},
      {R"({"a":"b)", 5, "string without end"},
      {R"({"a":"b\)", 7, "broken escape in a string"},
      {R"(["\x"])", 2, "broken escape in a string"},
      {R"(["\u12g4"])", 2, "broken escape in a string"},
      {R"(["\u12"])", 2, "broken escape in a string"},
      {"[\"a\tb\"]", 3, "control character in a string"},
  };
  for (const auto& row : kRows) {
    const std::optional<JsonFault> fault = find_json_fault(row.json);
    ASSERT_TRUE(fault.has_value()) << row.json;
    EXPECT_EQ(fault->offset, row.offset) << row.json;
    EXPECT_EQ(fault->message, row.message) << row.json;
  }
}

TEST(FindJsonFault, LimitsTheDepth) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_FALSE(find_json_fault(nested(kMaxJsonDepth - 1)).has_value());
  EXPECT_FALSE(find_json_fault(nested(kMaxJsonDepth)).has_value());
  const std::optional<JsonFault> fault = find_json_fault(nested(kMaxJsonDepth + 1));
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->offset, std::size_t{kMaxJsonDepth});
  EXPECT_STREQ(fault->message, "nested too deep");
}

TEST(IsJsonNumber, WantsAllOfTheToken) {
  for (const std::string_view row : {"0", "-0", "12", "1.5", "1e5", "-1.5E-5", "1e999"}) {
    EXPECT_TRUE(is_json_number(row)) << row;
  }
  for (const std::string_view row :
       {"", "-", "+1", "01", "1.", ".1", "1e", "1x", " 1", "1 ", "0x1", "NaN", "Infinity"}) {
    EXPECT_FALSE(is_json_number(row)) << row;
  }
}

TEST(AppendUnescaped, DecodesEveryEscape) {
  const struct {
    std::string_view inside;
    std::string_view text;
    std::size_t lone;
  } kRows[] = {
      {"", "", 0},
      {"plain", "plain", 0},
      {R"(a\"b\\c\/d)", "a\"b\\c/d", 0},
      {R"(\b\f\n\r\t)", "\b\f\n\r\t", 0},
      {R"(\u0041\u00e9\uC11C\u20AC)", "Aé서€", 0},
      {R"(\\u0041)", R"(\u0041)", 0},
      {R"(\ud83d\ude00)", "😀", 0},
      {R"(\uD83D\uDE00!)", "😀!", 0},
      {R"(\udbff\udfff)", "\U0010FFFF", 0},
      {R"(\ud83d)", "\uFFFD", 1},
      {R"(\ude00)", "\uFFFD", 1},
      {R"(a\ud83db)",
       "a\uFFFD"
       "b",
       1},
      {R"(\ud83d\n)", "\uFFFD\n", 1},
      {R"(\ud83d\u0041)",
       "\uFFFD"
       "A",
       1},
      {R"(\ud83d\ud83d\ude00)", "\uFFFD😀", 1},
      {R"(\ude00\ud83d)", "\uFFFD\uFFFD", 2},
  };
  for (const auto& row : kRows) {
    EXPECT_TRUE(has_valid_escapes(row.inside)) << row.inside;
    std::string out = ">";
    EXPECT_EQ(append_unescaped(out, row.inside), row.lone) << row.inside;
    EXPECT_EQ(out, ">" + std::string(row.text)) << row.inside;
  }
}

TEST(HasValidEscapes, RefusesWhatJsonDoesNotKnow) {
  for (const std::string_view row : {R"(\)", R"(a\)", R"(\x41)", R"(\u)", R"(\u123)", R"(\u12G4)",
                                     R"(\')", R"(\U0041)", R"(\\\)"}) {
    EXPECT_FALSE(has_valid_escapes(row)) << row;
  }
}

}  // namespace
}  // namespace copydesk
