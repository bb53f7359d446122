#include "rows.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/parse_record.h"

namespace copydesk {
namespace {

// The row if it is one line of valid JSON; what is wrong otherwise.
std::string checked(const std::string& row) {
  if (row.empty() || row.find('\n') != row.size() - 1) return "not one line: " + row;
  simdjson::dom::parser parser;
  const auto parsed = parser.parse(row);
  if (parsed.error() != simdjson::SUCCESS) return "not JSON: " + row;
  return row;
}

// The keys of the object a row holds, in order, with their values as minified JSON.
std::vector<std::pair<std::string, std::string>> members_of(const std::string& row) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  std::vector<std::pair<std::string, std::string>> members;
  if (parser.parse(row).get(object) != simdjson::SUCCESS) return members;
  for (const auto member : object) {
    members.emplace_back(member.key, simdjson::minify(member.value));
  }
  return members;
}

RawRecord raw_of(std::string bytes) {
  RawRecord raw;
  raw.bytes = std::move(bytes);
  raw.line = 1;
  return raw;
}

Record parsed(std::string json, std::uint64_t doc = 0) {
  InputOptions options;
  options.fields.id = {"id"};
  options.fields.title = {"title"};
  options.fields.text = {"text"};
  options.fields.outlet = {"outlet"};
  options.fields.url = {"url"};
  RecordParser parser(options);
  Record record = parser.parse(raw_of(std::move(json)), doc);
  EXPECT_FALSE(record.rejection) << record.rejection->message;
  return record;
}

void cut(Record& record, std::uint32_t begin, std::uint32_t end, std::string with = "") {
  record.document.apply(
      {{{begin, end}, Reason::kChromeShare, "strip_rules", "en.share", std::move(with)}});
}

std::string clean_row(const Record& record) {
  std::string out;
  append_clean_row(record, out);
  return checked(out);
}

std::string original_row(const Record& record) {
  std::string out;
  append_original_row(record, out);
  return checked(out);
}

Result<Identity> identity_of(std::uint64_t doc) {
  if (doc >= 90) return Error{ErrorCode::kIo, "no record " + std::to_string(doc)};
  const std::string n = std::to_string(doc);
  return Identity{"id-" + n, doc == 3 ? "" : "o" + std::to_string(doc % 2) + ".example",
                  "date-" + n};
}

// --- clean.jsonl ------------------------------------------------------------------------------

constexpr std::string_view kPlain = R"("copydesk":{"doc":0,"fields":{}}})"
                                    "\n";

TEST(CleanRow, UntouchedRecordsPassByteForByte) {
  for (const std::string body : {
           R"({"id":"a","text":"The bridge.")",
           R"({"text":"T\u00e9xt \/ \ud83d\ude00","id":"a","n":1.0,"big":1234567890123456789)",
           R"({ "id" : "a" , "text":"x", "meta" : { "copydesk" : [ 1 ] }, "e": 1E+2 )",
           R"({"id":"a","title":"No text here")",
           R"({"id":"a","text":"")",
       }) {
    EXPECT_EQ(clean_row(parsed(body + "}")), body + "," + std::string(kPlain));
    EXPECT_EQ(original_row(parsed(body + "}")), body + "}\n");
  }
}

TEST(CleanRow, HalfSurrogatesBecomeReplacementCharactersInTheTextOnly) {
  EXPECT_EQ(clean_row(parsed(R"({"id":"a","text":"a \ud800 b\/c"})")),
            "{\"id\":\"a\",\"text\":\"a \uFFFD b/c\"," + std::string(kPlain));
  std::string row;  // not checked(): the title is not what every JSON library reads
  append_clean_row(parsed(R"({"id":"a","title":"T \udc00","text":"\ud800"})"), row);
  EXPECT_EQ(row, R"({"id":"a","title":"T \udc00","text":")"
                 "\uFFFD\"," +
                     std::string(kPlain));
  row.clear();
  append_clean_row(parsed(R"({"id":"a","title":"T \udc00"})"), row);
  EXPECT_EQ(row, R"({"id":"a","title":"T \udc00",)" + std::string(kPlain));
}

TEST(CleanRow, WhatStandsBehindTheRecordGoes) {
  EXPECT_EQ(clean_row(parsed("{\"id\":\"a\",\"text\":\"x\"} \t\r")),
            "{\"id\":\"a\",\"text\":\"x\"," + std::string(kPlain));
  EXPECT_EQ(original_row(parsed("{\"id\":\"a\",\"text\":\"x\"}\r")),
            "{\"id\":\"a\",\"text\":\"x\"}\n");
}

TEST(CleanRow, OnlyTheTextIsReplaced) {
  Record record = parsed(R"({"id":"a", "text" : "Share\n\"T\u00e9xt\"", "n":1.0})");
  cut(record, 0, 6);
  EXPECT_EQ(clean_row(record), R"({"id":"a", "text" : "\"Téxt\"", "n":1.0,)" + std::string(kPlain));
  EXPECT_EQ(original_row(record), R"({"id":"a", "text" : "Share\n\"T\u00e9xt\"", "n":1.0})"
                                  "\n");
  cut(record, 6, 13);
  EXPECT_EQ(clean_row(record), R"({"id":"a", "text" : "", "n":1.0,)" + std::string(kPlain));
}

TEST(CleanRow, AReplacementIsWrittenAsJson) {
  Record record = parsed(R"({"text":"a?b","id":"a"})");
  cut(record, 1, 2, "\"\\\n\x01é");
  EXPECT_EQ(clean_row(record), R"({"text":"a\"\\\n\u0001éb","id":"a",)" + std::string(kPlain));
}

TEST(CleanRow, AnEmptyObject) {
  Record record;
  record.raw.bytes = "{}";
  record.layout.closing_brace = 1;
  EXPECT_EQ(clean_row(record), "{" + std::string(kPlain));
}

TEST(CleanRow, AnEarlierAnnotationIsReplacedWhereverItStands) {
  const std::string old = R"("copydesk":{"doc":99,"fields":{"author":["Ada, \"}"]}})";
  const std::vector<std::string> others = {R"("id":"a")", R"("text":"Share x")",
                                           R"("meta":{"copydesk":1,"text":"y"})", R"("n":1.0)"};
  for (const std::string comma : {",", " , ", ",\t"}) {
    for (std::size_t place = 0; place <= others.size(); ++place) {
      for (const bool edited : {false, true}) {
        std::vector<std::string> members = others;
        members.insert(members.begin() + static_cast<std::ptrdiff_t>(place), old);
        std::string json = "{ ";
        for (const std::string& member : members) {
          if (json.size() > 2) json += comma;
          json += member;
        }
        Record record = parsed(json + " }");
        if (edited) cut(record, 0, 6);
        const std::string row = clean_row(record);
        SCOPED_TRACE(json + " -> " + row);
        const std::vector<std::pair<std::string, std::string>> expected = {
            {"id", "\"a\""},
            {"text", edited ? "\"x\"" : "\"Share x\""},
            {"meta", R"({"copydesk":1,"text":"y"})"},
            {"n", "1.0"},
            {"copydesk", R"({"doc":0,"fields":{}})"}};
        ASSERT_EQ(members_of(row), expected);
      }
    }
  }
}

TEST(CleanRow, AnAnnotationBesideTheTextAlone) {
  EXPECT_EQ(clean_row(parsed(R"({"copydesk":{},"text":"x","id":"a"})")),
            R"({"text":"x","id":"a",)" + std::string(kPlain));
  EXPECT_EQ(clean_row(parsed(R"({"text":"x","id":"a","copydesk":{}})")),
            R"({"text":"x","id":"a",)" + std::string(kPlain));
  Record only;
  only.raw.bytes = R"({"copydesk":1})";
  only.layout.annotation = {1, 13};
  only.layout.closing_brace = 13;
  EXPECT_EQ(clean_row(only), "{" + std::string(kPlain));
}

TEST(CleanRow, CleaningItsOwnOutputChangesNothing) {
  Record record = parsed(R"({"id":"a","text":"Share x","n":1})");
  cut(record, 0, 6);
  std::string row = clean_row(record);
  row.pop_back();
  EXPECT_EQ(clean_row(parsed(row)), row + "\n");
}

TEST(CleanRow, TextDocuments) {
  Record record;
  DocumentFields fields;
  fields.doc = 4;
  fields.id = "folder/\"a\".txt";
  record.document = Document(std::move(fields), "Share\nThe bridge.\n");
  record.raw.is_text = true;
  record.raw.bytes = "Share\nThe bridge.\n";
  EXPECT_EQ(original_row(record), R"({"id":"folder/\"a\".txt","text":"Share\nThe bridge.\n"})"
                                  "\n");
  cut(record, 0, 6);
  EXPECT_EQ(clean_row(record),
            R"({"id":"folder/\"a\".txt","text":"The bridge.\n","copydesk":{"doc":4,"fields":{}}})"
            "\n");
}

TEST(CleanRow, AnnotationSaysWhatWasFound) {
  Record record = parsed(R"({"text":"x","url":"https://www.gazette.example/1"})", 12);
  record.cluster = ClusterTag{3, 2, {"gazette.example", "herald.example"}};
  record.story = 5;
  record.document.lift({Field::kCaptions, "A bridge"});
  record.document.lift({Field::kAuthor, "Ada"});
  record.document.lift({Field::kAuthor, "Ben"});
  record.document.lift({Field::kAuthor, "Ada"});
  record.document.lift({Field::kSection, "Local"});
  record.document.lift({Field::kSection, "World"});
  record.document.lift({Field::kCredit, ""});
  const std::string row = clean_row(record);
  EXPECT_EQ(row.substr(row.find("\"copydesk\"")),
            R"("copydesk":{"doc":12,"id":")" + record.document.id() +
                R"(","outlet":"gazette.example","cluster":3,"cluster_size":2,)"
                R"("outlets":["gazette.example","herald.example"],"story":5,)"
                R"("fields":{"author":["Ada","Ben"],"section":"Local","captions":["A bridge"]}}})"
                "\n");
}

TEST(CleanRow, SaysADetectedLanguageOnly) {
  Record record = parsed(R"({"id":"a","text":"x"})");
  record.document.detect_language("de");
  EXPECT_EQ(clean_row(record),
            R"({"id":"a","text":"x","copydesk":{"doc":0,"language":"de","fields":{}}})"
            "\n");
  DocumentFields fields;
  fields.id = "a";
  fields.language = "fr";
  record.document = Document(std::move(fields), "x");
  record.document.detect_language("de");
  EXPECT_EQ(clean_row(record), R"({"id":"a","text":"x",)" + std::string(kPlain));
}

// --- audit.jsonl, rejected.jsonl --------------------------------------------------------------

std::string audit_row(const Record& record, bool keep_removed = false) {
  std::string out;
  const Result<void> result = append_audit_row(record, keep_removed, identity_of, out);
  return result.ok() ? checked(out) : result.error().message;
}

TEST(AuditRow, Kept) {
  EXPECT_EQ(audit_row(parsed(R"({"id":"a","text":"x"})", 2)),
            R"({"id":"a","doc":2,"verdict":"kept","reason":null,"of":null,"of_doc":null,)"
            R"("flags":[],"spans":[]})"
            "\n");
}

TEST(AuditRow, SpansWithAndWithoutWhatWasRemoved) {
  Record record = parsed(R"({"id":"a","text":"Share\nx ? y"})");
  cut(record, 0, 6);
  cut(record, 8, 9, "—");
  record.document.flag(Flag::kGuarded);
  EXPECT_EQ(
      audit_row(record),
      R"({"id":"a","doc":0,"verdict":"kept","reason":null,"of":null,"of_doc":null,)"
      R"("flags":["guarded"],"spans":[)"
      R"({"begin":0,"end":6,"stage":"strip_rules","reason":"chrome.share","rule":"en.share"},)"
      R"({"begin":8,"end":9,"stage":"strip_rules","reason":"chrome.share","rule":"en.share",)"
      R"("replacement":"—"}]})"
      "\n");
  const std::string with = audit_row(record, true);
  EXPECT_NE(with.find(R"("rule":"en.share","removed":"Share\n"})"), std::string::npos) << with;
  EXPECT_NE(with.find(R"("replacement":"—","removed":"?"})"), std::string::npos) << with;
}

TEST(AuditRow, Dropped) {
  Record record = parsed(R"({"id":"a","text":"x"})");
  record.verdict = Verdict::drop(DropReason::kNearDuplicate, 8);
  EXPECT_EQ(audit_row(record),
            R"({"id":"a","doc":0,"verdict":"dropped","reason":"near_duplicate","of":"id-8",)"
            R"("of_doc":8,"flags":[],"spans":[]})"
            "\n");
  record.verdict = Verdict::drop(DropReason::kTooShort);
  EXPECT_NE(audit_row(record).find(R"("reason":"too_short","of":null)"), std::string::npos);
  record.verdict = Verdict::drop(DropReason::kNearDuplicate, 99);
  EXPECT_EQ(audit_row(record), "no record 99");
}

Record rejected(std::string bytes) {
  Record record;
  DocumentFields fields;
  fields.doc = 6;
  record.document = Document(std::move(fields), "");
  record.raw = raw_of(std::move(bytes));
  record.raw.line = 4;
  record.raw.offset = 120;
  record.rejection = Rejection{RejectReason::kBrokenJson, "byte 3: no \"quote\""};
  return record;
}

TEST(AuditRow, Rejected) {
  EXPECT_EQ(audit_row(rejected("{")),
            R"({"id":null,"doc":6,"verdict":"rejected","reason":"broken_json","of":null,)"
            R"("of_doc":null,"flags":[],"spans":[]})"
            "\n");
}

TEST(RejectedRow, TextAsItIsAndBytesAsBase64) {
  std::string out;
  append_rejected_row(rejected("{\"é\n"), "in/a.jsonl", out);
  EXPECT_EQ(checked(out),
            R"({"doc":6,"source":"in/a.jsonl","line":4,"offset":120,"reason":"broken_json",)"
            R"("message":"byte 3: no \"quote\"","raw":"{\"é\n"})"
            "\n");
  out.clear();
  append_rejected_row(rejected("{\xFF\n"), "in/a.jsonl", out);
  EXPECT_NE(checked(out).find(R"("raw_base64":"e/8K")"), std::string::npos) << out;
}

TEST(RejectedLine, SaysWhereAndWhyWithoutTheBytes) {
  std::string out;
  append_rejected_line(rejected("{\"secret\n"), "in/a.jsonl", out);
  EXPECT_EQ(out, "in/a.jsonl: line 4, byte 120: broken_json: byte 3: no \"quote\"\n");
  Record text = rejected("x");
  text.raw.line = 0;
  text.raw.offset = 0;
  append_rejected_line(text, "in/two\nlines.txt", out);
  EXPECT_EQ(out,
            "in/a.jsonl: line 4, byte 120: broken_json: byte 3: no \"quote\"\n"
            "in/two lines.txt: byte 0: broken_json: byte 3: no \"quote\"\n");
}

// --- What corpus stages found -----------------------------------------------------------------

TEST(PairRow, MeasuresAndPassages) {
  Pair pair;
  pair.a = 1;
  pair.b = 2;
  pair.relation = Relation::kContains;
  pair.jaccard = 0.5;
  pair.containment_a = 1;
  pair.containment_b = 0.25;
  pair.coverage_a = 1;
  pair.coverage_b = 0.5;
  pair.agencies = {"AP", "Reuters"};
  pair.passages = {{{0, 10}, {5, 15}, 12, true}, {{20, 30}, {40, 50}, 13, false}};
  std::string out;
  ASSERT_TRUE(append_pair_row(pair, identity_of, out).ok());
  EXPECT_EQ(checked(out),
            R"({"a":"id-1","a_doc":1,"b":"id-2","b_doc":2,"relation":"contains",)"
            R"("same_outlet":false,"jaccard":0.5,"containment_a":1,"containment_b":0.25,)"
            R"("coverage_a":1,"coverage_b":0.5,"agencies":["AP","Reuters"],"passages":[)"
            R"({"a":[0,10],"b":[5,15],"words":12,"quoted":true},)"
            R"({"a":[20,30],"b":[40,50],"words":13,"quoted":false}]})"
            "\n");
  out.clear();
  pair.b = 3;
  ASSERT_TRUE(append_pair_row(pair, identity_of, out).ok());
  EXPECT_NE(out.find(R"("same_outlet":false)"), std::string::npos);  // neither is known
  out.clear();
  pair.a = 2;
  pair.b = 4;
  ASSERT_TRUE(append_pair_row(pair, identity_of, out).ok());
  EXPECT_NE(out.find(R"("same_outlet":true)"), std::string::npos);
  pair.b = 95;
  EXPECT_EQ(append_pair_row(pair, identity_of, out).error().message, "no record 95");
}

Result<void> no_pieces(std::string_view /*some*/) {
  ADD_FAILURE() << "a short row was passed on in pieces";
  return {};
}

TEST(ClusterRow, MembersAndTheirOutletsOnce) {
  Cluster cluster;
  cluster.cluster = 7;
  cluster.representative = 2;
  cluster.members = {
      {2, Relation::kExact, 1, 1, false, {"AP"}},
      {3, Relation::kNearDuplicate, 0.5, 0.75, false, {}},
      {4, Relation::kNearDuplicate, 0.75, 0.875, true, {"AFP", "AP"}},
  };
  cluster.worst_jaccard = 0.5;
  std::string out;
  ASSERT_TRUE(append_cluster_row(cluster, identity_of, no_pieces, out).ok());
  EXPECT_EQ(
      checked(out),
      R"({"cluster":7,"representative":"id-2","representative_doc":2,"first":null,)"
      R"("first_doc":null,"outlets":["o0.example"],"agencies":["AFP","AP"],"members":[)"
      R"({"id":"id-2","doc":2,"outlet":"o0.example","date":"date-2","relation":"exact",)"
      R"("jaccard":1,"coverage":1,"update":false,"agencies":["AP"]},)"
      R"({"id":"id-3","doc":3,"outlet":"","date":"date-3","relation":"near_duplicate",)"
      R"("jaccard":0.5,"coverage":0.75,"update":false,"agencies":[]},)"
      R"({"id":"id-4","doc":4,"outlet":"o0.example","date":"date-4","relation":"near_duplicate",)"
      R"("jaccard":0.75,"coverage":0.875,"update":true,"agencies":["AFP","AP"]}],)"
      R"("worst_jaccard":0.5})"
      "\n");
  out.clear();
  cluster.first = 4;
  ASSERT_TRUE(append_cluster_row(cluster, identity_of, no_pieces, out).ok());
  EXPECT_NE(out.find(R"("first":"id-4","first_doc":4,)"), std::string::npos);
  cluster.members.push_back({91, Relation::kExact, 1, 1, false, {}});
  EXPECT_EQ(append_cluster_row(cluster, identity_of, no_pieces, out).error().message,
            "no record 91");
}

// Never in one piece in memory, whatever the number of members; the pieces are the row.
TEST(ClusterRow, OfVeryManyMembersGoesInPieces) {
  Cluster cluster;
  Story story;
  for (std::uint64_t doc = 0; doc < 30'000; ++doc) {
    cluster.members.push_back({doc % 90, Relation::kExact, 1, 1, false, {}});
    story.members.push_back(doc % 90);
  }
  std::string pieces;
  std::size_t longest = 0;
  const PassOn take = [&](std::string_view some) {
    pieces += some;
    longest = std::max(longest, some.size());
    return Result<void>();
  };
  std::string rest;
  ASSERT_TRUE(append_cluster_row(cluster, identity_of, take, rest).ok());
  EXPECT_GT(longest, 0U);
  EXPECT_LT(longest, kPassOnBytes + 1000);
  EXPECT_LT(rest.size(), kPassOnBytes + 1000);
  const std::string row = checked(pieces + rest);
  EXPECT_EQ(std::count(row.begin(), row.end(), '{'), 30'001);
  pieces.clear();
  rest.clear();
  ASSERT_TRUE(append_story_row(story, identity_of, take, rest).ok());
  const std::string docs = checked(pieces + rest);
  EXPECT_EQ(std::count(docs.begin(), docs.end(), ','), 2 * 29'999 + 2);

  const PassOn full = [](std::string_view) { return Result<void>(Error{ErrorCode::kIo, "full"}); };
  rest.clear();
  EXPECT_EQ(append_cluster_row(cluster, identity_of, full, rest).error().message, "full");
}

TEST(StoryRow, IdsAndOrdinals) {
  std::string out;
  ASSERT_TRUE(append_story_row({4, {1, 5}}, identity_of, no_pieces, out).ok());
  EXPECT_EQ(checked(out), "{\"story\":4,\"members\":[\"id-1\",\"id-5\"],\"docs\":[1,5]}\n");
  EXPECT_EQ(append_story_row({4, {1, 90}}, identity_of, no_pieces, out).error().message,
            "no record 90");
}

TEST(TemplateRow, KeyAsSixteenHexDigits) {
  TemplateLine line;
  line.outlet = "gazette.example";
  line.place = TemplatePlace::kSuffix;
  line.key = 0xAB;
  line.text = "sign up";
  line.support = 4;
  line.pages = 6;
  line.outlet_groups = 9;
  line.position = 0.125;
  line.first_date = "2024-01-01";
  line.last_date = "2024-02-01";
  std::string out;
  append_template_row(line, out);
  EXPECT_EQ(checked(out),
            R"({"outlet":"gazette.example","place":"suffix","key":"00000000000000ab",)"
            R"("text":"sign up","support":4,"pages":6,"outlet_groups":9,"position":0.125,)"
            R"("first_date":"2024-01-01","last_date":"2024-02-01"})"
            "\n");
}

TEST(Rows, AreAppended) {
  std::string out = "{}\n";
  append_clean_row(parsed(R"({"id":"a","text":"x"})"), out);
  append_original_row(parsed(R"({"id":"a","text":"x"})"), out);
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 3);
  EXPECT_EQ(out.substr(0, 4), "{}\n{");
}

}  // namespace
}  // namespace copydesk
