#include "cleaning/rule_set.h"

#include <gtest/gtest.h>

#include <random>

#include "copydesk/text/lines.h"

namespace copydesk::cleaning {
namespace {

std::vector<Rule> rules_of(std::string_view toml) {
  std::vector<Diagnostic> faults;
  std::vector<Rule> rules = parse_rule_pack(toml, "test", faults);
  for (const Diagnostic& fault : faults) ADD_FAILURE() << fault.to_string();
  return rules;
}

RuleSet set_of(std::string_view toml) {
  Result<RuleSet> set = RuleSet::compile(rules_of(toml));
  EXPECT_TRUE(set.ok());
  return std::move(*set);
}

std::vector<std::string> ids_for(const RuleSet& set, std::string_view line,
                                 std::string_view language = "") {
  std::vector<text::Word> words;
  text::split_words(line, words);
  std::vector<std::uint32_t> candidates;
  std::vector<RuleHit> hits;
  const RuleFilter filter{.languages = set.mask_for(language)};
  (void)set.match({line, text::line_key(line), words}, filter, candidates, hits);
  std::vector<std::string> ids;
  for (const RuleHit& hit : hits) ids.push_back(set.rules()[hit.rule].id);
  return ids;
}

using Ids = std::vector<std::string>;

constexpr std::string_view kPack = R"(language = "en"
[[rule]]
id = "nav.phrase"
reason = "nav.menu"
phrases = ["share this", "share"]
match = ["share"]
[[rule]]
id = "nav.triggered"
reason = "nav.menu"
pattern = 'share (this|that)'
triggers = ["share", "this"]
max_bytes = 10
match = ["share this"]
[[rule]]
id = "nav.untriggered"
reason = "nav.menu"
pattern = '[a-z]+ this'
match = ["share this"]
[[rule]]
id = "nav.both"
reason = "nav.menu"
phrases = ["share this"]
pattern = 'share this|me'
triggers = ["share", "me"]
match = ["share this"]
[[rule]]
id = "nav.suffix"
reason = "nav.menu"
scope = "suffix"
pattern = 'this'
triggers = ["this"]
match = ["share this"]
)";

TEST(RuleSet, GivesEveryRuleThatMatchesOnceAndInOrder) {
  const RuleSet set = set_of(kPack);
  EXPECT_EQ(ids_for(set, "Share this"),
            (Ids{"nav.phrase", "nav.triggered", "nav.untriggered", "nav.both", "nav.suffix"}));
  EXPECT_EQ(ids_for(set, "SHARE!"), Ids{"nav.phrase"});
  EXPECT_EQ(ids_for(set, "tell me this"), Ids{"nav.suffix"});
  EXPECT_EQ(ids_for(set, ""), Ids{});
}

TEST(RuleSet, LongestLineIsInBytesAndIncluded) {
  const RuleSet set = set_of(R"(language = "en"
[[rule]]
id = "nav.a"
reason = "nav.menu"
pattern = 'a+'
max_bytes = 5
match = ["a"]
[[rule]]
id = "nav.b"
reason = "nav.menu"
phrases = ["b"]
max_bytes = 3
match = ["b"]
)");
  EXPECT_EQ(ids_for(set, "aaaa"), Ids{"nav.a"});
  EXPECT_EQ(ids_for(set, "aaaaa"), Ids{"nav.a"});
  EXPECT_EQ(ids_for(set, "aaaaaa"), Ids{});
  EXPECT_EQ(ids_for(set, "(b"), Ids{"nav.b"});
  EXPECT_EQ(ids_for(set, "(b)"), Ids{"nav.b"});
  EXPECT_EQ(ids_for(set, "(b))"), Ids{});
}

TEST(RuleSet, LanguageOfTheDocumentPicksItsRulesAndEnglish) {
  const auto pack = [](std::string language) {
    return rules_of("language = \"" + language + "\"\n[[rule]]\nid = \"nav." + language +
                    "\"\nreason = \"nav.menu\"\nphrases = [\"menu\"]\nmatch = [\"menu\"]\n");
  };
  std::vector<Rule> rules;
  for (const char* language : {"en", "de", "fr", "any"}) {
    for (Rule& rule : pack(language)) rules.push_back(std::move(rule));
  }
  Result<RuleSet> set = RuleSet::compile(std::move(rules));
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(ids_for(*set, "Menu"), (Ids{"nav.en", "nav.de", "nav.fr", "nav.any"}));
  EXPECT_EQ(ids_for(*set, "Menu", "de"), (Ids{"nav.en", "nav.de", "nav.any"}));
  EXPECT_EQ(ids_for(*set, "Menu", "FR-ca"), (Ids{"nav.en", "nav.fr", "nav.any"}));
  EXPECT_EQ(ids_for(*set, "Menu", "en_GB"), (Ids{"nav.en", "nav.any"}));
  EXPECT_EQ(ids_for(*set, "Menu", "sw"), (Ids{"nav.en", "nav.de", "nav.fr", "nav.any"}));
}

// Scripts without spaces have no words to look up; pairs of characters do as well.
TEST(RuleSet, TriggersWorkInScriptsWithoutSpaces) {
  const RuleSet set = set_of(R"(language = "zh"
[[rule]]
id = "meta.pair"
reason = "meta.byline"
pattern = '.*编辑：.*'
triggers = ["编辑"]
match = ["责任编辑：王小河"]
[[rule]]
id = "meta.three"
reason = "meta.byline"
pattern = '.*通讯员.*'
triggers = ["通讯员"]
match = ["本报通讯员李山"]
[[rule]]
id = "meta.one"
reason = "meta.dateline"
pattern = '\d+年\d+月'
triggers = ["年"]
match = ["2024年10月"]
)");
  EXPECT_EQ(ids_for(set, "（责任编辑：王小河）", "zh-Hans"), Ids{"meta.pair"});
  EXPECT_EQ(ids_for(set, "2024本报通讯员李山", "zh"), Ids{"meta.three"});
  EXPECT_EQ(ids_for(set, "2024年10月", "zh"), Ids{"meta.one"});
  EXPECT_EQ(ids_for(set, "编 辑：王小河", "zh"), Ids{});
}

TEST(RuleSet, RulesThatWaitAreNotTried) {
  const RuleSet set = set_of(R"(language = "en"
[[rule]]
id = "nav.any"
reason = "nav.menu"
pattern = 'menu \d'
triggers = ["menu"]
holds = "0-9"
match = ["menu 1"]
[[rule]]
id = "nav.tail"
reason = "nav.menu"
zone = "tail"
pattern = 'menu .*'
triggers = ["menu"]
match = ["menu 1"]
[[rule]]
id = "nav.doubtful"
reason = "nav.menu"
certain = false
phrases = ["menu 1"]
match = ["menu 1"]
)");
  const auto match = [&](std::string_view line, bool tail, bool certain_only) {
    std::vector<text::Word> words;
    text::split_words(line, words);
    std::vector<std::uint32_t> candidates;
    std::vector<RuleHit> hits;
    RuleFilter filter{.certain_only = certain_only};
    filter.zones = mask_of(RuleZone::kAny);
    if (tail) filter.zones |= mask_of(RuleZone::kTail);
    const Postponed postponed =
        set.match({line, text::line_key(line), words}, filter, candidates, hits);
    std::string found;
    for (const RuleHit& hit : hits) found += set.rules()[hit.rule].id + " ";
    EXPECT_TRUE(postponed.zones == 0 || postponed.zones == mask_of(RuleZone::kTail));
    return found + (postponed.zones != 0 ? "zone " : "") +
           (postponed.for_evidence ? "evidence" : "");
  };
  EXPECT_EQ(match("Menu 1", true, false), "nav.any nav.tail nav.doubtful ");
  EXPECT_EQ(match("Menu 1", false, false), "nav.any nav.doubtful zone ");
  EXPECT_EQ(match("Menu 1", true, true), "nav.any nav.tail evidence");
  EXPECT_EQ(match("Menu 1", false, true), "nav.any zone evidence");
  EXPECT_EQ(match("Menu B", true, true), "nav.tail ");  // no digit: the first is not asked
  EXPECT_EQ(match("Ferry", false, true), "");
}

TEST(RuleSet, RefusesTooManyHeldBytes) {
  std::vector<Rule> rules = rules_of(kPack);
  for (int c = 0; c < 63; ++c) rules[1].holds += static_cast<char>(c);
  EXPECT_TRUE(RuleSet::compile(rules_of(kPack)).ok());
  std::vector<Rule> again = rules_of(kPack);
  again[1].holds = rules[1].holds;
  EXPECT_TRUE(RuleSet::compile(std::move(again)).ok());
  rules[1].holds += static_cast<char>(63);
  const Result<RuleSet> set = RuleSet::compile(std::move(rules));
  ASSERT_FALSE(set.ok());
  EXPECT_EQ(set.error().message, "the rules hold more than 63 different bytes");
}

TEST(RuleSet, RefusesTwoRulesWithOneId) {
  std::vector<Rule> rules = rules_of(kPack);
  std::vector<Rule> again = rules_of(kPack);
  rules.push_back(std::move(again[0]));
  const Result<RuleSet> set = RuleSet::compile(std::move(rules));
  ASSERT_FALSE(set.ok());
  EXPECT_EQ(set.error().message, "two rules are called \"nav.phrase\"");
}

TEST(RuleSet, WithoutRulesNothingMatches) {
  EXPECT_EQ(ids_for(set_of(R"(language = "en"
[[rule]]
id = "nav.a"
reason = "nav.menu"
phrases = ["a"]
match = ["a"]
)"),
                    "b"),
            Ids{});
}

// Every rule asked by itself, without tables, sieve and set.
Ids slow_ids(const RuleSet& set, std::string_view line) {
  Ids ids;
  const std::uint64_t key = text::line_key(line);
  for (const Rule& rule : set.rules()) {
    if (line.size() > rule.max_bytes) continue;
    const bool phrase =
        std::find(rule.phrases.begin(), rule.phrases.end(), key) != rule.phrases.end();
    if (phrase || (rule.pattern != nullptr && match_pattern(rule, line))) ids.push_back(rule.id);
  }
  return ids;
}

TEST(RuleSet, AgreesWithAskingEachRule) {
  const RuleSet set = set_of(kPack);
  const std::vector<std::string> pieces = {"share", "this", "that", "tell", "THIS",
                                           "Share", "me",   "!",    "–"};
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string line;
    const std::size_t length = 1 + random() % 4;
    for (std::size_t i = 0; i < length; ++i) {
      if (!line.empty()) line += ' ';
      line += pieces[random() % pieces.size()];
    }
    EXPECT_EQ(ids_for(set, line), slow_ids(set, line)) << line;
  }
}

}  // namespace
}  // namespace copydesk::cleaning
