#include "io/parse_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>
#include <xxhash.h>

#include <cstdio>
#include <random>

#include "copydesk/text/utf8.h"
#include "io/json_scan.h"

namespace copydesk {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

InputOptions options() {
  InputOptions options;
  options.fields.id = {"id", "meta.id"};
  options.fields.outlet = {"outlet", "meta.site.name"};
  options.fields.url = {"url"};
  options.fields.title = {"title", "headline"};
  options.fields.date = {"date"};
  options.fields.text = {"text", "body.text"};
  options.fields.language = {"lang"};
  return options;
}

Record parse(std::string json, std::uint64_t doc = 0) {
  RecordParser parser(options());
  RawRecord raw;
  raw.bytes = std::move(json);
  return parser.parse(std::move(raw), doc);
}

std::string generated_id(std::string_view bytes) {
  char id[21];
  std::snprintf(id, sizeof id, "gen-%016llx",
                static_cast<unsigned long long>(XXH3_64bits(bytes.data(), bytes.size())));
  return id;
}

std::string_view slice(const Record& record, Span span) {
  return std::string_view(record.raw.bytes).substr(span.begin, span.size());
}

// What the parser still has of the record before is no part of a list that is not closed.
TEST(ParseRecord, ForgetsTheRecordBefore) {
  RecordParser parser(options());
  const std::string open = R"({"text":"","a":[[[{})";
  const std::string commas = R"({"text":"x","a":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18]})";
  const std::string braces = R"({"text":"x","a":[[[[[[[[[[{}]]]]]]]]],{},{},{},{},{},{},{}]})";
  for (std::size_t shift = 0; shift < 3; ++shift) {
    for (const std::string& before : {commas, braces}) {
      RawRecord raw;
      raw.bytes = before;
      raw.bytes.insert(9, shift, 'x');
      parser.parse(std::move(raw), 0);
      raw = {};
      raw.bytes = open;
      const Record record = parser.parse(std::move(raw), 1);
      ASSERT_TRUE(record.rejection.has_value());
      EXPECT_EQ(record.rejection->reason, RejectReason::kBrokenJson);
      EXPECT_THAT(record.rejection->message, HasSubstr("byte 20"));
    }
  }
}

TEST(ParseRecord, ReadsAllFields) {
  const Record record = parse(
      R"({"id":"a1","outlet":"The Harbour Post","url":"https://harbour-post.example/a",)"
      R"("title":"Ferry stops","date":"2024-10-12T15:05:00Z","lang":"en","text":"One.\nTwo."})",
      7);
  ASSERT_FALSE(record.rejection.has_value()) << record.rejection->message;
  const Document& document = record.document;
  EXPECT_EQ(document.doc(), 7U);
  EXPECT_EQ(document.id(), "a1");
  EXPECT_EQ(document.outlet(), "The Harbour Post");
  EXPECT_EQ(document.url(), "https://harbour-post.example/a");
  EXPECT_EQ(document.title(), "Ferry stops");
  EXPECT_EQ(document.date(), "2024-10-12T15:05:00Z");
  EXPECT_EQ(document.time(), 1728745500);
  EXPECT_EQ(document.language(), "en");
  EXPECT_EQ(document.original(), "One.\nTwo.");
  EXPECT_THAT(document.flags(), IsEmpty());
  EXPECT_EQ(slice(record, record.layout.text_value), R"("One.\nTwo.")");
}

TEST(ParseRecord, TakesNestedAndLiteralDottedKeys) {
  const struct {
    std::string_view json;
    std::string_view outlet;
  } kRows[] = {
      {R"({"text":"x","meta":{"site":{"name":"A"}}})", "A"},
      {R"({"text":"x","meta.site.name":"A"})", "A"},
      {R"({"text":"x","meta":{"site.name":"A"}})", "A"},
      {R"({"text":"x","meta.site":{"name":"A"}})", "A"},
      {R"({"text":"x","m\u0065ta":{"site":{"n\u0061me":"A"}}})", "A"},
      {R"({"text":"x","meta":[{"site":{"name":"A"}}]})", ""},
      {R"({"text":"x","meta":{"meta":{"site":{"name":"A"}}}})", ""},
      {R"({"text":"x","meta":{"site":{"name":{"name":"A"}}}})", ""},
      {R"({"text":"x","other":{"outlet":"A"}})", ""},
      {R"({"text":"x","Outlet":"A"})", ""},
  };
  for (const auto& row : kRows) {
    const Record record = parse(std::string(row.json));
    ASSERT_FALSE(record.rejection.has_value()) << row.json;
    EXPECT_EQ(record.document.outlet(), row.outlet) << row.json;
  }
}

TEST(ParseRecord, TheFirstPathThatIsThereAndNotNullCounts) {
  const struct {
    std::string_view json;
    std::string_view title;
  } kRows[] = {
      {R"({"text":"x","title":"A","headline":"B"})", "A"},
      {R"({"text":"x","headline":"B","title":"A"})", "A"},
      {R"({"text":"x","headline":"B"})", "B"},
      {R"({"text":"x","title":null,"headline":"B"})", "B"},
      {R"({"text":"x","title":"","headline":"B"})", ""},
      {R"({"text":"x","title":5,"headline":"B"})", "B"},  // of a kind that is no title
      {R"({"text":"x","title":["A"]})", ""},
      {R"({"text":"x","title":{"a":"A"}})", ""},
      {R"({"text":"x","title":true})", ""},
      {R"({"text":"x","title":"A","title":"B"})", "B"},  // the last of two members
      {R"({"text":"x","title":"A","title":null,"headline":"C"})", "C"},
      {R"({"text":"x","title":"a\u00e9\n\ud83d\ude00"})", "aé\n😀"},
  };
  for (const auto& row : kRows) {
    const Record record = parse(std::string(row.json));
    ASSERT_FALSE(record.rejection.has_value()) << row.json;
    EXPECT_EQ(record.document.title(), row.title) << row.json;
  }
}

TEST(ParseRecord, TheTextIsTheLastMemberOfTheFirstPath) {
  const Record record = parse(R"({"text":"first","body":{"text":"inner"},"text": "last" ,"a":1})");
  EXPECT_EQ(record.document.original(), "last");
  EXPECT_EQ(slice(record, record.layout.text_value), R"("last")");
  EXPECT_EQ(record.layout.text_value.begin, 48U);

  const Record nested = parse(R"({"text":null,"body":{"n":1,"text":"inner"}})");
  EXPECT_EQ(nested.document.original(), "inner");
  EXPECT_EQ(slice(nested, nested.layout.text_value), R"("inner")");
}

TEST(ParseRecord, IdsAreStringsOrNumbersOrMadeFromTheBytes) {
  const struct {
    std::string_view json;
    std::string_view id;  // empty: generated
  } kRows[] = {
      {R"({"id":"x-1","text":""})", "x-1"},
      {R"({"id":12345678901234567890123,"text":""})", "12345678901234567890123"},
      {R"({"id": 1.50 ,"text":""})", "1.50"},
      {R"({"id":"","text":""})", ""},
      {R"({"id":null,"text":""})", ""},
      {R"({"id":null,"meta":{"id":"m"},"text":""})", "m"},
      {R"({"id":true,"text":""})", ""},
      {R"({"id":["x"],"text":""})", ""},
      {R"({"text":""})", ""},
  };
  for (const auto& row : kRows) {
    const Record record = parse(std::string(row.json));
    ASSERT_FALSE(record.rejection.has_value()) << row.json;
    if (row.id.empty()) {
      EXPECT_EQ(record.document.id(), generated_id(row.json));
      EXPECT_THAT(record.document.flags(), ElementsAre(Flag::kIdGenerated)) << row.json;
    } else {
      EXPECT_EQ(record.document.id(), row.id);
      EXPECT_THAT(record.document.flags(), IsEmpty()) << row.json;
    }
  }
}

TEST(ParseRecord, TheOutletMayComeFromTheUrl) {
  const struct {
    std::string_view json;
    std::string_view outlet;
    bool from_url;
  } kRows[] = {
      {R"({"id":1,"text":"","url":"https://www.harbour.co.uk/a"})", "harbour.co.uk", true},
      {R"({"id":1,"text":"","outlet":"","url":"https://www.harbour.co.uk/a"})", "harbour.co.uk",
       true},
      {R"({"id":1,"text":"","outlet":"A","url":"https://www.harbour.co.uk/a"})", "A", false},
      {R"({"id":1,"text":"","url":"/relative"})", "", false},
      {R"({"id":1,"text":""})", "", false},
  };
  for (const auto& row : kRows) {
    const Record record = parse(std::string(row.json));
    EXPECT_EQ(record.document.outlet(), row.outlet) << row.json;
    EXPECT_EQ(!record.document.flags().empty(), row.from_url) << row.json;
    if (row.from_url) {
      EXPECT_THAT(record.document.flags(), ElementsAre(Flag::kOutletFromUrl));
    }
  }
}

TEST(ParseRecord, DatesAreStringsOrNumbers) {
  const Record number = parse(R"({"id":1,"text":"","date":1728745500})");
  EXPECT_EQ(number.document.date(), "1728745500");
  EXPECT_EQ(number.document.time(), 1728745500);
  const Record unknown = parse(R"({"id":1,"text":"","date":"last week"})");
  EXPECT_EQ(unknown.document.date(), "last week");
  EXPECT_EQ(unknown.document.time(), std::nullopt);
  const Record absent = parse(R"({"id":1,"text":"","date":null})");
  EXPECT_EQ(absent.document.date(), "");
  EXPECT_EQ(absent.document.time(), std::nullopt);
}

TEST(ParseRecord, LoneSurrogatesBecomeReplacementCharacters) {
  const Record text = parse(R"({"id":1,"text":"a\ud800b"})");
  EXPECT_EQ(text.document.original(),
            "a\uFFFD"
            "b");
  EXPECT_THAT(text.document.flags(), ElementsAre(Flag::kLoneSurrogates));
  const Record title = parse(R"({"id":1,"text":"a","title":"\udc00"})");
  EXPECT_EQ(title.document.title(), "\uFFFD");
  EXPECT_THAT(title.document.flags(), ElementsAre(Flag::kLoneSurrogates));
  // What is passed through is not decoded.
  const Record other = parse(R"({"id":1,"text":"a","x":"\ud800","\ud800":["\udc00"]})");
  ASSERT_FALSE(other.rejection.has_value());
  EXPECT_THAT(other.document.flags(), IsEmpty());
  const Record pair = parse(R"({"id":1,"text":"\ud83d\ude00"})");
  EXPECT_THAT(pair.document.flags(), IsEmpty());
}

TEST(ParseRecord, FlagsControlBytesInTheText) {
  const struct {
    std::string_view text;
    bool flagged;
  } kRows[] = {
      {R"(a\tb\nc\rd)", false}, {R"(a\u0000b)", true}, {R"(\b)", true}, {R"(\u001f)", true},
      {R"(\u0020)", false},     {"a\x7f", true},       {"a~", false},   {"é\\u0085", false},
  };
  for (const auto& row : kRows) {
    const Record record = parse(R"({"id":1,"text":")" + std::string(row.text) + R"("})");
    ASSERT_FALSE(record.rejection.has_value()) << row.text;
    const std::vector<Flag> flags =
        row.flagged ? std::vector{Flag::kControlBytes} : std::vector<Flag>{};
    EXPECT_THAT(record.document.flags(), ElementsAreArray(flags)) << row.text;
  }
  for (std::size_t at = 0; at < 200; ++at) {
    const std::string text = std::string(at, 'x') + "\x7f" + std::string(199 - at, 'x');
    const Record record = parse(R"({"id":1,"text":")" + text + R"("})");
    EXPECT_THAT(record.document.flags(), ElementsAre(Flag::kControlBytes)) << at;
  }
  EXPECT_EQ(parse(R"({"id":1,"text":"a\u0000b"})").document.original(),
            std::string_view("a\0b", 3));
}

TEST(ParseRecord, RejectsWithTheByteInsideTheRecord) {
  const struct {
    std::string_view json;
    RejectReason reason;
    std::string_view message;
  } kRows[] = {
      {"", RejectReason::kBrokenJson, "byte 0: unexpected end"},
      {"not json", RejectReason::kBrokenJson, "byte 0: unexpected character"},
      {R"({"text":"a")", RejectReason::kBrokenJson, "byte 11: unexpected end"},
      {R"({"text":"a)", RejectReason::kBrokenJson, "byte 8: string without end"},
      {R"({"text":"a"} x)", RejectReason::kBrokenJson,
       "byte 13: unexpected character after the value"},
      {R"({"text":"a"}{"text":"b"})", RejectReason::kBrokenJson,
       "byte 12: unexpected character after the value"},
      {R"({"text":"a","x":tru})", RejectReason::kBrokenJson, "byte 16: unexpected character"},
      {R"({"text":"a","x":{"y":[1,02]}})", RejectReason::kBrokenJson,
       "byte 25: expected ',' or ']'"},
      {R"({"text":"a","x":"\q"})", RejectReason::kBrokenJson, "byte 17: broken escape in a string"},
      {R"({"text":"a","\q":1})", RejectReason::kBrokenJson, "byte 13: broken escape in a string"},
      {R"({"text":"a":"b"})", RejectReason::kBrokenJson, "byte 11: expected ',' or '}'"},
      {"{\"text\":\"a\nb\"}", RejectReason::kBrokenJson, "byte 10: control character in a string"},
      {"{\"text\":\"a\xff\"}", RejectReason::kInvalidUtf8, "byte 10: invalid UTF-8"},
      {"{\"text\":\"a\",\"x\":\"\xed\xa0\x80\"}", RejectReason::kInvalidUtf8,
       "byte 17: invalid UTF-8"},
      {"{\"text\":\"\xc3", RejectReason::kInvalidUtf8, "byte 9: invalid UTF-8"},
      {"[]", RejectReason::kNotAnObject, "byte 0: the record is a list, not an object"},
      {R"( "text")", RejectReason::kNotAnObject, "byte 1: the record is a string, not an object"},
      {"12", RejectReason::kNotAnObject, "byte 0: the record is a number, not an object"},
      {"null", RejectReason::kNotAnObject, "byte 0: the record is null, not an object"},
      {"true", RejectReason::kNotAnObject, "byte 0: the record is a boolean, not an object"},
      {"[1", RejectReason::kBrokenJson, "byte 2: unexpected end"},
      {"[", RejectReason::kBrokenJson,
       "byte 1: unexpected end; each record must stand on a line of its own"},
      {"{ \r", RejectReason::kBrokenJson,
       "byte 3: unexpected end; each record must stand on a line of its own"},
      {"[{", RejectReason::kBrokenJson,
       "byte 2: unexpected end; each record must stand on a line of its own"},
      {R"({"text":5})", RejectReason::kTextNotString, "byte 8: the text is a number, not a string"},
      {R"({"text":["a"]})", RejectReason::kTextNotString,
       "byte 8: the text is a list, not a string"},
      {R"({"text": {"a":"b"}})", RejectReason::kTextNotString,
       "byte 9: the text is an object, not a string"},
      {R"({"text":false,"title":"A"})", RejectReason::kTextNotString,
       "byte 8: the text is a boolean, not a string"},
      {"{}", RejectReason::kNoTextOrTitle,
       "neither a text (text, body.text) nor a title (title, headline)"},
      {R"({"text":null,"title":null})", RejectReason::kNoTextOrTitle,
       "neither a text (text, body.text) nor a title (title, headline)"},
      {R"({"title":5})", RejectReason::kNoTextOrTitle,
       "byte 9: no text (text, body.text), and the title is a number, not a string"},
      {R"({"title":null,"headline":["A"],"text":null})", RejectReason::kNoTextOrTitle,
       "byte 25: no text (text, body.text), and the title is a list, not a string"},
  };
  for (const auto& row : kRows) {
    const Record record = parse(std::string(row.json), 3);
    ASSERT_TRUE(record.rejection.has_value()) << row.json;
    EXPECT_EQ(record.rejection->reason, row.reason) << row.json;
    EXPECT_EQ(record.rejection->message, row.message) << row.json;
    EXPECT_EQ(record.document.doc(), 3U);
    EXPECT_EQ(record.document.id(), "");
    EXPECT_EQ(record.raw.bytes, row.json);
    EXPECT_FALSE(record.alive());
  }
}

TEST(ParseRecord, EmptyValuesAreADocument) {
  for (const std::string_view json :
       {R"({"text":""})", R"({"title":""})", R"({"text":"  ","title":"\n"})", R"({"title":"A"})"}) {
    EXPECT_FALSE(parse(std::string(json)).rejection.has_value()) << json;
  }
  const Record only_title = parse(R"({"title":"A"})");
  EXPECT_EQ(only_title.document.original(), "");
  EXPECT_EQ(only_title.layout.text_value, (Span{0, 0}));
}

TEST(ParseRecord, SaysSoWhenNoFieldIsMapped) {
  InputOptions no_fields;
  RecordParser parser(no_fields);
  RawRecord raw;
  raw.bytes = R"({"text":"a"})";
  const Record record = parser.parse(std::move(raw), 0);
  ASSERT_TRUE(record.rejection.has_value());
  EXPECT_EQ(record.rejection->message, "neither a text (no field) nor a title (no field)");
}

TEST(ParseRecord, NumbersThatFitNoDoublePass) {
  EXPECT_FALSE(parse(R"({"text":"a","n":[1e999,123456789012345678901234567890,-0.0]})")
                   .rejection.has_value());
}

TEST(ParseRecord, LimitsTheDepth) {
  const auto nested = [](std::size_t depth) {  // of the whole record
    return R"({"text":"a","x":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  EXPECT_FALSE(parse(nested(kMaxJsonDepth - 1)).rejection.has_value());
  EXPECT_FALSE(parse(nested(kMaxJsonDepth)).rejection.has_value());
  const Record record = parse(nested(kMaxJsonDepth + 1));
  ASSERT_TRUE(record.rejection.has_value());
  EXPECT_THAT(record.rejection->message, HasSubstr("nested too deep"));
  EXPECT_TRUE(parse(nested(100000)).rejection.has_value());
}

TEST(ParseRecord, PassesOnWhatTheSourceRejected) {
  RecordParser parser(options());
  RawRecord raw;
  raw.bytes = R"({"text":"cut)";
  raw.rejection = Rejection{RejectReason::kTooLarge, "too long"};
  const Record record = parser.parse(std::move(raw), 4);
  ASSERT_TRUE(record.rejection.has_value());
  EXPECT_EQ(record.rejection->reason, RejectReason::kTooLarge);
  EXPECT_EQ(record.rejection->message, "too long");
  EXPECT_EQ(record.document.doc(), 4U);
  EXPECT_EQ(record.raw.bytes, R"({"text":"cut)");
}

TEST(ParseRecord, PlainTextIsADocument) {
  RecordParser parser(options());
  const auto parse_text = [&parser](std::string bytes, std::string id) {
    RawRecord raw;
    raw.bytes = std::move(bytes);
    raw.is_text = true;
    raw.text_id = std::move(id);
    return parser.parse(std::move(raw), 2);
  };
  const Record record = parse_text("{\"text\": 1\nTwo.", "a/b.txt");
  ASSERT_FALSE(record.rejection.has_value());
  EXPECT_EQ(record.document.id(), "a/b.txt");
  EXPECT_EQ(record.document.doc(), 2U);
  EXPECT_EQ(record.document.original(), "{\"text\": 1\nTwo.");
  EXPECT_THAT(record.document.flags(), IsEmpty());
  EXPECT_FALSE(parse_text("", "empty.txt").rejection.has_value());
  EXPECT_THAT(parse_text("a\fb", "a.txt").document.flags(), ElementsAre(Flag::kControlBytes));
  const Record invalid = parse_text("ab\x80", "a.txt");
  ASSERT_TRUE(invalid.rejection.has_value());
  EXPECT_EQ(invalid.rejection->reason, RejectReason::kInvalidUtf8);
  EXPECT_EQ(invalid.rejection->message, "byte 2: invalid UTF-8");
  const Record no_id = parse_text("ab", "");
  EXPECT_EQ(no_id.document.id(), generated_id("ab"));
}

// --- The layout ---

TEST(RecordLayout, KnowsTheBraceAndTheMembers) {
  const Record record = parse(" {\"text\" :\t\"a\\\"}\" , \"x\":{} } \r");
  ASSERT_FALSE(record.rejection.has_value());
  EXPECT_EQ(record.raw.bytes[record.layout.closing_brace], '}');
  EXPECT_EQ(record.layout.closing_brace, record.raw.bytes.rfind('}'));
  EXPECT_EQ(slice(record, record.layout.text_value), R"("a\"}")");
  EXPECT_TRUE(record.layout.has_members);
  EXPECT_EQ(record.layout.annotation, (Span{0, 0}));
}

TEST(RecordLayout, TheAnnotationGoesWithOneComma) {
  const struct {
    std::string_view json;
    std::string_view without;
  } kRows[] = {
      {R"({"text":"a","copydesk":{"cluster":1}})", R"({"text":"a"})"},
      {R"({"copydesk":{"cluster":1},"text":"a"})", R"({"text":"a"})"},
      {R"({"text":"a","copydesk":{},"x":1})", R"({"text":"a","x":1})"},
      {R"({ "text" : "a" , "copydesk" : [ 1 ] , "x" : 1 })", R"({ "text" : "a"  , "x" : 1 })"},
      {R"({ "copydesk" : null , "text" : "a" })", R"({  "text" : "a" })"},
      {R"({"text":"a" , "copydesk" : "}" } )", R"({"text":"a"  } )"},
      {R"({"text":"a","copyd\u0065sk":5})", R"({"text":"a"})"},
      {R"({"text":"a","x":{"copydesk":1}})", R"({"text":"a","x":{"copydesk":1}})"},
      {R"({"copydesk":1,"text":"a","copydesk":2})", R"({"copydesk":1,"text":"a"})"},
  };
  simdjson::dom::parser parser;
  for (const auto& row : kRows) {
    const Record record = parse(std::string(row.json));
    ASSERT_FALSE(record.rejection.has_value()) << row.json;
    const Span span = record.layout.annotation;
    std::string without = record.raw.bytes;
    without.erase(span.begin, span.size());
    EXPECT_EQ(without, row.without) << row.json;
    EXPECT_EQ(parser.parse(without).error(), simdjson::SUCCESS) << row.json;
    EXPECT_TRUE(record.layout.has_members);
  }
}

TEST(RecordLayout, TheAnnotationMayBeTheOnlyMember) {
  InputOptions inner = options();
  inner.fields.text = {"copydesk.text"};
  RecordParser parser(inner);
  RawRecord raw;
  raw.bytes = R"({ "copydesk": {"text":"a"} })";
  const Record record = parser.parse(std::move(raw), 0);
  ASSERT_FALSE(record.rejection.has_value());
  EXPECT_FALSE(record.layout.has_members);
  EXPECT_EQ(slice(record, record.layout.annotation), R"("copydesk": {"text":"a"})");
}

TEST(RecordLayout, IsEmptyForARejectedRecord) {
  const Record record = parse(R"({"text":5,"copydesk":{}})");
  EXPECT_EQ(record.layout.annotation, (Span{0, 0}));
  EXPECT_EQ(record.layout.closing_brace, 0U);
}

// --- Oracles ---

std::string random_json(std::mt19937& random, int depth) {
  constexpr std::string_view kScalars[] = {
      "1",
      "-2.5e3",
      "true",
      "false",
      "null",
      R"("a")",
      R"("b\n\u00e9")",
      R"("\ud800")",
      R"("long text with \"quotes\" and more, to cross a block of sixty-four bytes")",
      R"("서")"};
  if (depth == 0 || random() % 3 == 0) return std::string(kScalars[random() % 10]);
  const bool object = random() % 2 == 0;
  std::string json = object ? "{" : "[";
  for (std::size_t i = 0, n = random() % 4; i < n; ++i) {
    if (i > 0) json += random() % 2 == 0 ? "," : " , ";
    if (object) json += "\"k" + std::to_string(i) + (random() % 2 == 0 ? "\":" : "\" : ");
    json += random_json(random, depth - 1);
  }
  return json + (object ? "}" : "]");
}

// The parser refuses exactly what the plain scanner refuses, whatever is broken where. And what
// stands behind a record in the parser's memory from an earlier one never matters.
TEST(ParseRecord, AgreesWithThePlainScanner) {
  constexpr std::string_view kBytes = "{}[]:,\"\\ 0-.eE1tfnu\tx\n/";
  std::mt19937 random(11);
  RecordParser parser(options());
  int accepted = 0;
  int refused = 0;
  for (int round = 0; round < 60000; ++round) {
    std::string json = R"({"text":"t","x":)" + random_json(random, 3) + "}";
    for (std::size_t i = 0, n = random() % 3; i < n; ++i) {
      const std::size_t at = random() % json.size();
      const char byte = kBytes[random() % kBytes.size()];
      switch (random() % 3) {
        case 0:
          json[at] = byte;
          break;
        case 1:
          json.insert(at, 1, byte);
          break;
        default:
          json.erase(at, 1);
      }
    }
    RawRecord raw;
    raw.bytes = json;
    const Record record = parser.parse(std::move(raw), 0);
    const std::optional<JsonFault> fault =
        text::find_invalid_utf8(json) ? JsonFault{0, "invalid UTF-8"} : find_json_fault(json);
    const bool broken =
        record.rejection && (record.rejection->reason == RejectReason::kBrokenJson ||
                             record.rejection->reason == RejectReason::kInvalidUtf8);
    ASSERT_EQ(broken, fault.has_value()) << json << "\n" << (fault ? fault->message : "");
    ++(broken ? refused : accepted);
  }
  EXPECT_GT(accepted, 10000);
  EXPECT_GT(refused, 10000);
}

// Where simdjson's tree parser is not too strict, it accepts the same.
TEST(FindJsonFault, AgreesWithSimdjson) {
  constexpr std::string_view kBytes = "{}[]:,\"\\ 0-.eE1tfnu\tx\n/";
  std::mt19937 random(12);
  simdjson::dom::parser parser;
  for (int round = 0; round < 60000; ++round) {
    std::string json = random_json(random, 3);
    if (random() % 4 != 0) {
      json.insert(random() % json.size(), 1, kBytes[random() % kBytes.size()]);
    }
    if (json.find("\\ud") != std::string::npos || text::find_invalid_utf8(json)) continue;
    const simdjson::error_code error = parser.parse(json).error();
    if (error == simdjson::NUMBER_ERROR && !find_json_fault(json)) continue;  // out of range
    ASSERT_EQ(find_json_fault(json).has_value(), error != simdjson::SUCCESS) << json;
  }
}

TEST(ParseRecord, NothingOfOneRecordShowsInTheNext) {
  RecordParser parser(options());
  const auto next = [&parser](std::string_view json) {
    RawRecord raw;
    raw.bytes = json;
    return parser.parse(std::move(raw), 0);
  };
  const Record full = next(R"({"id":1,"title":"A","text":"\ud800","date":"2024","lang":"en"})");
  EXPECT_EQ(full.document.title(), "A");
  EXPECT_TRUE(next(R"({"id":1,"broken":)").rejection.has_value());
  EXPECT_TRUE(next(R"({"id":1})").rejection.has_value());
  const Record bare = next(R"({"id":1,"text":"b"})");
  ASSERT_FALSE(bare.rejection.has_value());
  EXPECT_EQ(bare.document.title(), "");
  EXPECT_EQ(bare.document.date(), "");
  EXPECT_EQ(bare.document.language(), "");
  EXPECT_THAT(bare.document.flags(), IsEmpty());
}

TEST(ParseRecord, ReusesItsMemoryAcrossRecordsOfAllSizes) {
  RecordParser parser(options());
  for (const std::size_t size : {10UL, 70000UL, 3UL, 9UL << 20, 100UL, 200000UL}) {
    RawRecord raw;
    raw.bytes = R"({"id":1,"text":")" + std::string(size, 'x') + R"("})";
    const Record record = parser.parse(std::move(raw), 0);
    ASSERT_FALSE(record.rejection.has_value());
    EXPECT_EQ(record.document.original(), std::string(size, 'x'));
    EXPECT_EQ(record.layout.text_value.size(), size + 2);
  }
}

}  // namespace
}  // namespace copydesk
