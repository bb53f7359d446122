#include "reuse/templates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "copydesk/text/lines.h"
#include "reuse/templates_file.h"
#include "support/state_bytes.h"

namespace copydesk::reuse {
namespace {

using copydesk::testing::StateFromBytes;
using copydesk::testing::StateToBytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

PageNote note(const std::string& text) { return note_page(Document(DocumentFields{}, text)); }

std::string words(int from, int count) {
  std::string text;
  for (int i = from; i < from + count; ++i) {
    text += "w" + std::string(1, static_cast<char>('a' + i / 26 % 26)) +
            static_cast<char>('a' + i % 26) + " ";
  }
  return text;
}

TEST(EndsLikeSentence, LooksThroughClosingMarks) {
  for (const char* line : {"It rained.", "Why?", "“It rained.”", "(No!)  ", "下雨了。", "नमस्ते।"}) {
    EXPECT_TRUE(ends_like_sentence(line)) << line;
  }
  for (const char* line : {"", "Menu", "Share this:", "”", "1.5 km", "\xE2\x80"}) {
    EXPECT_FALSE(ends_like_sentence(line)) << line;
  }
}

TEST(NotePage, KeepsDistinctLinesAtTheirFirstPlace) {
  const PageNote page = note("Menu\n\nRain\nmenu\n12 / 7");
  ASSERT_THAT(page.lines, SizeIs(3));
  for (const LineNote& line : page.lines) {
    if (line.key == text::line_key("menu")) {
      EXPECT_EQ(line.position, 0);
    }
    if (line.key == text::line_key("rain")) {
      EXPECT_EQ(line.position, 500);
    }
    EXPECT_EQ(line.shape == LineShape::kNumbers, line.key == text::line_key("12 / 7"));
  }
}

TEST(NotePage, ASentenceHasTenWordsAndAnEnd) {
  for (const auto& [count, sentence] : {std::pair(9, false), {10, true}, {11, true}}) {
    EXPECT_EQ(note(words(0, count) + ".").lines[0].shape == LineShape::kSentence, sentence);
    EXPECT_EQ(note(words(0, count)).lines[0].shape, LineShape::kPlain);
  }
}

TEST(NotePage, SketchesOnlyLongLines) {
  for (const auto& [count, is_long] : {std::pair(14, false), {15, true}, {16, true}}) {
    EXPECT_EQ(note("Menu\n" + words(0, count)).sketch != nullptr, is_long) << count;
  }
  for (const auto& [bytes, is_long] : {std::pair(119U, false), {120U, true}, {121U, true}}) {
    EXPECT_EQ(note(std::string(bytes, 'x')).sketch != nullptr, is_long) << bytes;
  }
}

TEST(NeededSupport, RoundsUpAndDoublesForSentences) {
  const TemplateRule rule{2, 0.1, 0};
  EXPECT_EQ(needed_support(rule, LineShape::kPlain, 2), 2U);
  EXPECT_EQ(needed_support(rule, LineShape::kPlain, 20), 2U);
  EXPECT_EQ(needed_support(rule, LineShape::kPlain, 21), 3U);
  EXPECT_EQ(needed_support(rule, LineShape::kPlain, 30), 3U);
  EXPECT_EQ(needed_support(rule, LineShape::kPlain, 31), 4U);
  EXPECT_EQ(needed_support(rule, LineShape::kSentence, 30), 6U);
  EXPECT_EQ(needed_support(rule, LineShape::kNumbers, 30), 6U);
  EXPECT_EQ(needed_support({2, 1.0, 0}, LineShape::kSentence, 30), 30U);
}

TEST(IsSure, NeedsSupportAndHalfOfTheGroups) {
  EXPECT_FALSE(is_sure(3, 3));
  EXPECT_TRUE(is_sure(4, 4));
  EXPECT_TRUE(is_sure(4, 8));
  EXPECT_FALSE(is_sure(4, 9));
  EXPECT_TRUE(is_sure(5, 9));
}

// Against all pairs: pages made of windows over one run of words overlap to any degree.
TEST(GroupPages, AgreesWithAllPairsAwayFromTheThreshold) {
  std::mt19937 random(7);
  std::vector<PageNote> pages;
  for (int i = 0; i < 60; ++i) {
    // Windows of 100 words, moved by 0 to 5 words inside five far places: J > .88 or 0.
    pages.push_back(
        note(words(static_cast<int>(random() % 5) * 130 + static_cast<int>(random() % 3), 100)));
  }
  std::vector<std::uint32_t> expected(pages.size());
  for (std::uint32_t i = 0; i < pages.size(); ++i) {
    expected[i] = i;
    for (std::uint32_t j = 0; j < i; ++j) {
      if (estimate_jaccard(*pages[i].sketch, *pages[j].sketch) >= kGroupJaccard) {
        expected[i] = expected[j];
        break;
      }
    }
  }
  EXPECT_EQ(group_pages(pages), expected);
}

TEST(GroupPages, EmptyInput) { EXPECT_THAT(group_pages({}), IsEmpty()); }

TEST(SharedSentences, OfMoreThanTwoOutlets) {
  std::vector<std::uint64_t> keys = {5, 3, 5, 3, 5, 9, 3, 3, 7, 7};
  EXPECT_THAT(find_shared_sentences(keys), ElementsAre(3, 5));
  keys.clear();
  EXPECT_THAT(find_shared_sentences(keys), IsEmpty());
}

TEST(SharedSentences, GoUnlessTheOutletIsSure) {
  OutletLines outlet;
  outlet.groups = 8;
  for (const auto& [key, support, shape] : {std::tuple{3U, 3U, LineShape::kSentence},
                                            {5U, 4U, LineShape::kSentence},
                                            {7U, 3U, LineShape::kPlain},
                                            {9U, 3U, LineShape::kSentence}}) {
    LearnedLine& line = outlet.lines.emplace_back();
    line.key = key;
    line.support = support;
    line.shape = shape;
  }
  const std::vector<std::uint64_t> shared = {3, 5, 7};
  drop_shared_sentences(shared, outlet);
  std::vector<std::uint64_t> left;
  for (const LearnedLine& line : outlet.lines) left.push_back(line.key);
  EXPECT_THAT(left, ElementsAre(5, 7, 9));
}

TEST(IsProven, NeedsMoreSupportAndHalfOfTheGroups) {
  EXPECT_FALSE(is_proven(9, 9));
  EXPECT_TRUE(is_proven(10, 10));
  EXPECT_TRUE(is_proven(10, 20));
  EXPECT_FALSE(is_proven(10, 21));
  EXPECT_TRUE(is_proven(11, 21));
}

TEST(TemplateTable, FindsLinesOfTheOutletAndOfAll) {
  TemplateTable table;
  table.add("a.example", 1, {3, 9, false});
  table.add("*", 2, {0, 0, true});
  table.add("*", 1, {4, 8, false});
  table.add("*", 1, {5, 80, false});
  EXPECT_EQ(table.size(), 3U);
  EXPECT_EQ(table.find("a.example", 1)->support, 4U);  // sure wins over support
  EXPECT_EQ(table.find("b.example", 1)->support, 4U);
  EXPECT_TRUE(table.find("", 2)->given);
  EXPECT_FALSE(table.find("a.example", 3).has_value());
  table.add("a.example", 1, {0, 0, true});
  EXPECT_TRUE(table.find("a.example", 1)->given);
  EXPECT_EQ(table.size(), 3U);
}

std::string saved(const TemplateTable& table) {
  StateToBytes state;
  EXPECT_TRUE(table.save(state).ok());
  return state.written;
}

Result<void> load(TemplateTable& table, const std::string& bytes) {
  StateFromBytes state(bytes);
  COPYDESK_RETURN_IF_ERROR(table.load(state));
  EXPECT_EQ(state.remaining(), 0U);
  return {};
}

TEST(TemplateTable, ComesBackAsItWasSaved) {
  // The same in another order.
  TemplateTable table;
  table.add("b.example", 7, {3, 9, false});
  table.add("a.example", ~0ULL, {300, 900, false});
  table.add("*", 2, {0, 0, true});
  table.add_phrase("a.example", TemplatePlace::kPrefix, 5, 8, {4, 8, false});
  table.add_phrase("a.example", TemplatePlace::kPrefix, 4, 6, {5, 8, false});
  table.add_phrase("b.example", TemplatePlace::kSuffix, 5, 1024, {6, 8, false});
  TemplateTable other;
  other.add_phrase("b.example", TemplatePlace::kSuffix, 5, 1024, {6, 8, false});
  other.add_phrase("a.example", TemplatePlace::kPrefix, 4, 6, {5, 8, false});
  other.add_phrase("a.example", TemplatePlace::kPrefix, 5, 8, {4, 8, false});
  other.add("*", 2, {0, 0, true});
  other.add("a.example", ~0ULL, {300, 900, false});
  other.add("b.example", 7, {3, 9, false});
  EXPECT_EQ(saved(table), saved(other));

  TemplateTable back;
  ASSERT_TRUE(load(back, saved(table)).ok());
  EXPECT_EQ(back.size(), 6U);
  EXPECT_EQ(saved(back), saved(table));
  EXPECT_EQ(back.find("b.example", 7)->support, 3U);
  EXPECT_EQ(back.find("b.example", 7)->groups, 9U);
  EXPECT_EQ(back.find("a.example", ~0ULL)->support, 300U);
  EXPECT_TRUE(back.find("c.example", 2)->given);
  const PhraseSet* heads = back.phrases("a.example", TemplatePlace::kPrefix);
  ASSERT_NE(heads, nullptr);
  EXPECT_THAT(heads->lengths, ElementsAre(6, 8));
  EXPECT_EQ(heads->phrases.at(5).support, 4U);
  EXPECT_EQ(back.phrases("a.example", TemplatePlace::kSuffix), nullptr);
  const PhraseSet* tails = back.phrases("b.example", TemplatePlace::kSuffix);
  ASSERT_NE(tails, nullptr);
  EXPECT_THAT(tails->lengths, ElementsAre(1024));
}

TEST(TemplateTable, RefusesWhatItDoesNotSave) {
  const std::string key(8, 'k');
  const std::string line = key + "\3\7";  // support and groups
  const std::string no(1, '\0');
  const std::string lines = "\1\1a\1";  // one outlet, its name, one line
  TemplateTable fine;
  EXPECT_TRUE(load(fine, lines + line + no + no + no).ok());
  for (const std::string& bytes : {
           lines + line + "\2" + no + no,                                // neither given nor not
           "\1\1a\2" + key + key + "\3\7" + no + "\3\7" + no + no + no,  // a line twice
           "\2\1a" + no + "\1a" + no + no + no,                          // an outlet twice
           no + "\1\1a\2\6\6" + no + no,                                 // lengths of phrases
           no + "\1\1a\1" + no + no + no,                                // a phrase of no words
           no + "\1\1a\2\6\5" + no + no,
       }) {
    TemplateTable table;
    const Result<void> loaded = load(table, bytes);
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt);
  }
}

// --- choose_template_lines ---

Document page_of(const std::string& text, const std::string& title = "") {
  DocumentFields fields;
  fields.outlet = "a.example";
  fields.title = title;
  return Document(fields, text);
}

// The lines of a text that go when `recurring` are templates with this backing.
std::vector<std::uint32_t> chosen(const Document& document,
                                  const std::vector<std::string>& recurring, const Backing& backing,
                                  double max_share = 1.0) {
  TemplateTable table;
  for (const std::string& line : recurring) table.add("a.example", text::line_key(line), backing);
  return choose_template_lines(document, table, max_share).lines;
}

// A sentence of running text of its own for each letter.
std::string sentence(char letter) {
  std::string text = "The";
  for (int i = 0; i < 16; ++i) {
    text += " " + std::string(4, letter) + std::string(1, static_cast<char>('a' + i));
  }
  return text + " said so.";
}

std::string sentences(const std::string& letters) {
  std::string text;
  for (const char letter : letters) text += sentence(letter) + "\n";
  return text;
}

TEST(ChooseTemplateLines, APageThatLooksCleanLosesOnlyWhatIsProven) {
  const Document clean = page_of(sentences("bcdefgh") + "Our picks\nSign in");  // 2 of 9 lines
  const std::vector<std::string> lines = {"Our picks", "Sign in"};
  EXPECT_THAT(chosen(clean, lines, {9, 9, false}), IsEmpty());
  EXPECT_THAT(chosen(clean, lines, {10, 10, false}), ElementsAre(7U, 8U));
  EXPECT_THAT(chosen(clean, lines, {0, 0, true}), ElementsAre(7U, 8U));
}

TEST(ChooseTemplateLines, TheShareOfLinesThatRecurShowsChrome) {
  const std::vector<std::string> lines = {"A", "B", "C", "D", "E", "F", "G"};
  const std::string tail = "A\nB\nC\nD\nE\nF\nG";
  const auto gone = [&](const std::string& letters) {
    return chosen(page_of(sentences(letters) + tail), lines, {3, 9, false}).size();
  };
  EXPECT_EQ(gone("bcdefghijklmno"), 0U);  // 7 of 21
  EXPECT_EQ(gone("bcdefghijklmn"), 7U);   // 7 of 20
  EXPECT_EQ(gone("bcdefghijklm"), 7U);
}

TEST(ChooseTemplateLines, WhatWasRemovedAsChromeShowsIt) {
  const auto cut_before = [](Reason reason, std::uint32_t cuts, const Backing& backing) {
    std::string head;
    for (std::uint32_t i = 0; i < cuts; ++i) head += "menu\n";
    Document document = page_of(head + sentences("bcdefgh") + "Our picks");
    std::vector<AppliedEdit> edits;
    for (std::uint32_t i = 0; i < cuts; ++i) {
      edits.push_back({{5 * i, 5 * i + 5}, reason, "strip_rules", "nav.x", ""});
    }
    document.apply(std::move(edits));
    return chosen(document, {"Our picks"}, backing).size();
  };
  const Backing doubtful{3, 9, false};
  EXPECT_EQ(cut_before(Reason::kNavMenu, kDressedCuts - 1, doubtful), 0U);
  EXPECT_EQ(cut_before(Reason::kNavMenu, kDressedCuts, doubtful), 1U);
  EXPECT_EQ(cut_before(Reason::kNavMenu, kDressedCuts + 1, doubtful), 1U);
  const Backing sure{4, 8, false};
  EXPECT_EQ(cut_before(Reason::kNavMenu, 0, sure), 0U);
  EXPECT_EQ(cut_before(Reason::kNavMenu, 1, sure), 1U);
  // Articles have captions, bylines and dates.
  for (const Reason reason : {Reason::kMetaByline, Reason::kMetaSection, Reason::kCaptionCredit,
                              Reason::kCaptionDup, Reason::kBlank}) {
    EXPECT_EQ(cut_before(reason, 2 * kDressedCuts, sure), 0U) << name_of(reason);
  }
}

TEST(ChooseTemplateLines, ALineThatSaysWhatTheBodySaysStays) {
  const std::string body = "Lantern granite orchard weather teacher " + sentence('b');
  const auto goes = [&](const std::string& line, const Backing& backing) {
    const Document document = page_of(line + "\nOne\nTwo\nThree\nFour\nFive\n" + body);
    return chosen(document, {line, "One", "Two", "Three", "Four", "Five"}, backing).size() == 6;
  };
  const Backing sure{5, 9, false};
  EXPECT_FALSE(goes("Lantern granite orchard weather", sure));
  EXPECT_FALSE(goes("Lantern granite orchard weather", {3, 3, false}));
  EXPECT_FALSE(goes("Lantern granite orchard weather", {5, 7, false}));
  EXPECT_TRUE(goes("Lantern granite orchard weather", {6, 8, false}));  // three of four pages
  EXPECT_TRUE(goes("Lantern granite orchard weather", {7, 8, false}));
  EXPECT_FALSE(goes("Lantern granite quarry pebble", sure));  // half of it
  EXPECT_TRUE(goes("Lantern granite quarry pebble mortar", sure));
  EXPECT_TRUE(goes("Lantern granite orchard", sure));  // three words prove nothing
  EXPECT_TRUE(goes("Lantern granite orchard the", sure));
  EXPECT_TRUE(goes("Lantern granite orchard weather", {0, 0, true}));
}

TEST(ChooseTemplateLines, LoneLinesInsideTheBodyAreSubheads) {
  const auto gone = [](const std::string& inside, const Backing& backing) {
    const Document document =
        page_of(sentences("b") + inside + sentences("c") + "One\nTwo\nThree\nFour");
    return chosen(document, {"Pros", "Cons", "Price", "One", "Two", "Three", "Four"}, backing)
               .size() -
           4;
  };
  EXPECT_EQ(gone("Pros\nCons\n", {3, 9, false}), 0U);
  EXPECT_EQ(gone("Pros\nCons\nPrice\n", {3, 9, false}), 3U);
  EXPECT_EQ(gone("Pros\nCons\n", {4, 9, false}), 2U);
  EXPECT_EQ(gone("Pros\nCons\n", {0, 0, true}), 2U);
}

TEST(ChooseTemplateLines, RunningTextInsideTheBodyOfTwoPagesIsBackground) {
  const auto gone = [](const std::string& inside, const Backing& backing) {
    const Document document =
        page_of(sentences("b") + inside + sentences("c") + "One\nTwo\nThree\nFour\nFive");
    std::vector<std::string> lines = {"One", "Two", "Three", "Four", "Five", "Short", "Brief"};
    for (const char letter : {'m', 'n', 'o'}) lines.push_back(sentence(letter));
    return chosen(document, lines, backing).size() - 5;
  };
  EXPECT_EQ(gone(sentences("mno"), {2, 9, false}), 0U);
  EXPECT_EQ(gone(sentences("mno"), {3, 9, false}), 3U);
  EXPECT_EQ(gone("Short\n" + sentences("m") + "Brief\n" + sentences("n"), {2, 9, false}), 0U);
  // A list of headlines with a teaser.
  EXPECT_EQ(gone("Short\n" + sentences("m") + "Brief\n", {2, 9, false}), 3U);
}

TEST(ParseTemplates, TakesRowsOfARunAndOfAPerson) {
  TemplateTable table;
  std::vector<Diagnostic> faults;
  parse_templates(
      "# what we know\n"
      "\n"
      R"({"outlet":"a.example","key":"00000000000000ff","support":3,"outlet_groups":9})"
      "\r\n"
      R"({"outlet":"a.example","text":"Sign in","key":"00000000000000fe"})"
      "\n"
      R"({"outlet":"*","text":"Menu","support":4,"outlet_groups":8,"position":0.5})",
      "t.jsonl", table, faults);
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_EQ(table.size(), 3U);
  EXPECT_FALSE(table.find("a.example", 0xFF)->sure());
  EXPECT_EQ(table.find("a.example", 0xFF)->support, 3U);
  EXPECT_EQ(table.find("a.example", 0xFF)->groups, 9U);
  EXPECT_TRUE(table.find("a.example", text::line_key("SIGN IN"))->given);
  EXPECT_FALSE(table.find("a.example", 0xFE).has_value());
  EXPECT_TRUE(table.find("b.example", text::line_key("menu"))->sure());
  EXPECT_FALSE(table.find("b.example", text::line_key("menu"))->proven());
}

TEST(ParseTemplates, NamesEveryFaultyLineAndGoesOn) {
  TemplateTable table;
  std::vector<Diagnostic> faults;
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"{\"outlet\":", "not JSON"},
      {"[1]", "not a JSON object"},
      {R"({"text":"Menu"})", "no \"outlet\""},
      {R"({"outlet":"","text":"Menu"})", "must be a string that is not empty"},
      {R"({"outlet":"a.example"})", "neither \"text\" nor \"key\""},
      {R"({"outlet":"a.example","text":7})", "\"text\" must be a string"},
      {R"({"outlet":"a.example","text":"--"})", "no word"},
      {R"({"outlet":"a.example","key":"12"})", "16 hex digits"},
      {R"({"outlet":"a.example","key":"000000000000000g"})", "16 hex digits"},
      {R"({"outlet":"a.example","text":"Menu","support":"x","outlet_groups":2})", "whole numbers"},
  };
  std::string content;
  for (const auto& row : rows) content += row.first + "\n";
  content += R"({"outlet":"a.example","text":"Menu"})";
  parse_templates(content, "t.jsonl", table, faults);
  ASSERT_EQ(faults.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(faults[i].line, static_cast<int>(i) + 1);
    EXPECT_EQ(faults[i].file, "t.jsonl");
    EXPECT_THAT(faults[i].message, HasSubstr(rows[i].second));
  }
  EXPECT_EQ(table.size(), 1U);
}

TEST(ReadTemplates, SaysWhatIsWrongWithAFile) {
  const std::string path = ::testing::TempDir() + "templates_test.jsonl";
  EXPECT_EQ(read_templates(path + ".absent").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read_templates(::testing::TempDir()).error().code, ErrorCode::kIo);
  std::ofstream(path) << "{\"outlet\":\"a.example\",\"text\":\"Menu\"}\nx\n";
  const Result<TemplateTable> bad = read_templates(path);
  ASSERT_FALSE(bad.ok());
  EXPECT_THAT(bad.error().message, HasSubstr("templates_test.jsonl:2: the row is not JSON"));
  std::ofstream(path, std::ios::trunc) << "\x28\xB5\x2F\xFD zst";
  EXPECT_THAT(read_templates(path).error().message, HasSubstr("compressed"));
  std::ofstream(path, std::ios::trunc) << "{\"outlet\":\"a.example\",\"text\":\"Menu\"}\n";
  EXPECT_TRUE(read_templates(path).ok());
  std::remove(path.c_str());
}

}  // namespace
}  // namespace copydesk::reuse
