#include "cleaning/rule_pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include "copydesk/rule_pack.h"
#include "copydesk/text/lines.h"

namespace copydesk::cleaning {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kSound = R"(language = "en"

[[rule]]
id = "nav.menu"
reason = "nav.menu"
phrases = ["menu", "main menu"]
match = ["Main Menu »"]
no_match = ["Menu of the day"]
)";

// The messages of a pack that holds one rule with these lines.
std::vector<std::string> faults_of(const std::string& rule) {
  std::vector<std::string> messages;
  for (const Diagnostic& fault : check_rule_pack("language = \"en\"\n[[rule]]\n" + rule, "f")) {
    messages.push_back(fault.to_string());
  }
  return messages;
}

std::string one_fault_of(const std::string& rule) {
  const std::vector<std::string> faults = faults_of(rule);
  EXPECT_EQ(faults.size(), 1u) << ::testing::PrintToString(faults);
  return faults.empty() ? "" : faults[0];
}

TEST(CheckRulePack, FindsNothingWrongWithASoundPack) {
  EXPECT_THAT(check_rule_pack(kSound, "f"), IsEmpty());
}

TEST(CheckRulePack, ReportsSyntaxWithItsPlace) {
  const auto faults = check_rule_pack("language = \"en\"\n[[rule]\n", "f.toml");
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].file, "f.toml");
  EXPECT_EQ(faults[0].line, 2);
  EXPECT_GT(faults[0].column, 0);
}

TEST(CheckRulePack, ReportsEveryFaultAtOnceInOrder) {
  const std::vector<std::string> faults = faults_of(
      "id = \"nav.a\"\nreason = \"nav.men\"\nphrases = [\"a\"]\nscop = \"line\"\n"
      "zone = \"heads\"\nmax_bytes = 0\nmatch = [\"a\"]\n");
  ASSERT_EQ(faults.size(), 4u) << ::testing::PrintToString(faults);
  EXPECT_EQ(faults[0], "f:4:10: no reason is called \"nav.men\"; did you mean \"nav.menu\"?");
  EXPECT_EQ(faults[1], "f:6:1: a rule has no key \"scop\"; did you mean \"scope\"?");
  EXPECT_EQ(faults[2], "f:7:8: no zone is called \"heads\"; did you mean \"head\"?");
  EXPECT_EQ(faults[3], "f:8:13: max_bytes must be an integer between 1 and 65535");
}

TEST(CheckRulePack, WantsALanguageAndRules) {
  const auto faults = check_rule_pack("langage = \"en\"\n", "f");
  ASSERT_EQ(faults.size(), 3u);
  EXPECT_THAT(faults[0].message, HasSubstr("did you mean \"language\"?"));
  EXPECT_THAT(check_rule_pack("language = \"English\"\n[[rule]]\n", "f")[0].message,
              HasSubstr("not a language"));
}

TEST(CheckRulePack, WantsIdReasonMatcherAndExample) {
  EXPECT_EQ(faults_of("zone = \"any\"\n").size(), 4u);
}

TEST(CheckRulePack, ChecksIds) {
  const std::string rest = "reason = \"nav.menu\"\nphrases = [\"a\"]\nmatch = [\"a\"]\n";
  EXPECT_THAT(one_fault_of("id = \"Nav.Menu\"\n" + rest), HasSubstr("is not an id"));
  EXPECT_THAT(one_fault_of("id = \"menu\"\n" + rest), HasSubstr("is not an id"));
  EXPECT_THAT(one_fault_of("id = \"navv.menu\"\n" + rest), HasSubstr("did you mean \"nav\"?"));
  const std::string rule = "id = \"nav.menu\"\n" + rest;
  EXPECT_THAT(one_fault_of(rule + "[[rule]]\n" + rule), HasSubstr("another rule"));
}

TEST(CheckRulePack, ChecksWhatDoesNotFitTogether) {
  const std::string head = "id = \"nav.a\"\nreason = \"nav.menu\"\nmatch = [\"a\"]\n";
  EXPECT_THAT(one_fault_of(head + "phrases = [\"a\"]\nscope = \"prefix\"\n"),
              HasSubstr("compared with whole lines"));
  EXPECT_THAT(one_fault_of(head + "phrases = [\"a\"]\nscope = \"block\"\n"),
              HasSubstr("needs block_lines"));
  EXPECT_THAT(one_fault_of(head + "phrases = [\"a\"]\nblock_lines = 3\n"),
              HasSubstr("scope \"block\" only"));
  EXPECT_THAT(one_fault_of(head + "phrases = [\"a\"]\ncopy = true\n"), HasSubstr("needs a field"));
  EXPECT_THAT(one_fault_of(head + "phrases = [\"a\"]\ncopy = true\nfield = \"author\"\n"
                                  "scope = \"to_end\"\n"),
              HasSubstr("removes nothing"));
  EXPECT_THAT(one_fault_of(head + "phrases = [\"a\"]\ntriggers = [\"a\"]\n"),
              HasSubstr("for a pattern only"));
  EXPECT_THAT(one_fault_of(head + "phrases = [\"a\", \"–\"]\n"), HasSubstr("has no word"));
}

TEST(ParseRulePack, ReadsCertainAndTheBodyZone) {
  const std::string head =
      "language = \"en\"\n[[rule]]\nid = \"nav.a\"\nreason = \"nav.menu\"\n"
      "phrases = [\"a\"]\nmatch = [\"a\"]\n";
  std::vector<Diagnostic> faults;
  const std::vector<Rule> rules =
      parse_rule_pack(head + "certain = false\nzone = \"body\"\n", "f", faults);
  ASSERT_EQ(rules.size(), 1u);
  EXPECT_FALSE(rules[0].certain);
  EXPECT_EQ(rules[0].zone, RuleZone::kBody);
  EXPECT_TRUE(parse_rule_pack(head + "certain = 1\n", "f", faults).empty());
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].message, "certain must be true or false");
}

TEST(CheckRulePack, ChecksPatternsAndTriggers) {
  const std::string head = "id = \"nav.a\"\nreason = \"nav.menu\"\nmatch = [\"a\"]\n";
  EXPECT_THAT(one_fault_of(head + "pattern = '(a'\n"), HasSubstr("RE2 refuses"));
  EXPECT_THAT(one_fault_of(head + "pattern = 'a)|(?:b'\nscope = \"suffix\"\n"),
              HasSubstr("RE2 refuses"));
  EXPECT_THAT(one_fault_of(head + "pattern = 'a*'\n"), HasSubstr("matches nothing at all"));
  EXPECT_THAT(one_fault_of(head + "pattern = 'a'\ntriggers = [\"a b\"]\n"),
              HasSubstr("is not one word"));
}

TEST(CheckRulePack, RunsTheExamples) {
  const std::string head = "id = \"nav.a\"\nreason = \"nav.menu\"\n";
  EXPECT_THAT(one_fault_of(head + "pattern = 'ab'\nmatch = [\"ab\", \"abc\"]\n"),
              HasSubstr("f:6:16: nav.a does not match"));
  EXPECT_THAT(one_fault_of(head + "pattern = 'ab'\nmatch = [\"ab\"]\nno_match = [\"AB\"]\n"),
              HasSubstr("must not match"));
  EXPECT_THAT(one_fault_of(head + "pattern = 'a .*'\ntriggers = [\"b\"]\nmatch = [\"a c\"]\n"),
              HasSubstr("none of its triggers"));
}

TEST(CheckRulePack, ExamplesRespectTheLongestLine) {
  const std::string rule = "id = \"nav.a\"\nreason = \"nav.menu\"\npattern = 'a+'\nmax_bytes = 5\n";
  EXPECT_THAT(faults_of(rule + "match = [\"aaaa\", \"aaaaa\"]\n"), IsEmpty());
  EXPECT_THAT(one_fault_of(rule + "match = [\"aaaaaa\"]\n"), HasSubstr("has 6 bytes"));
  EXPECT_THAT(faults_of(rule + "match = [\"a\"]\nno_match = [\"aaaaaa\"]\n"), IsEmpty());
}

TEST(CheckRulePack, BuiltInPacksAreSound) {
  EXPECT_FALSE(builtin_rule_packs().empty());
  for (const BuiltinRulePack& pack : builtin_rule_packs()) {
    for (const Diagnostic& fault : check_rule_pack(pack.toml, pack.path)) {
      ADD_FAILURE() << fault.to_string();
    }
  }
}

TEST(CheckRulePack, BuiltInPacksStandInTheFolderOfTheirLanguage) {
  for (const BuiltinRulePack& pack : builtin_rule_packs()) {
    std::vector<Diagnostic> faults;
    const std::string_view folder = pack.path.substr(0, pack.path.find('/'));
    for (const Rule& rule : parse_rule_pack(pack.toml, pack.path, faults)) {
      EXPECT_EQ(rule.language, folder) << pack.path << " " << rule.id;
    }
    // strip_rules takes their patterns unchecked.
    for (const Diagnostic& fault : faults) ADD_FAILURE() << fault.to_string();
  }
}

std::string faults_of_pattern(const std::string& pattern, int max_bytes) {
  const std::string toml =
      "language = \"en\"\n[[rule]]\nid = \"nav.x\"\nreason = \"nav.menu\"\n"
      "scope = \"line\"\nmax_bytes = " +
      std::to_string(max_bytes) + "\npattern = '" + pattern + "'\nmatch = [\"x\"]\n";
  std::vector<Diagnostic> faults;
  EXPECT_LE(parse_rule_pack(toml, "f", faults).size(), 1U);
  std::string out;
  for (const Diagnostic& fault : faults) out += fault.to_string() + "\n";
  return out;
}

// What RE2 does when its automaton outgrows its memory is linear in program and line; their product
// is bounded.
TEST(CheckRulePack, APatternMayBeLargeOrItsLinesLong) {
  const std::string large = "x(?:[a-z]{1,900})?";
  EXPECT_EQ(faults_of_pattern(large, 2000), "");
  EXPECT_THAT(faults_of_pattern(large, 65535), HasSubstr("f:7:11: the pattern is too large for "
                                                         "lines of 65535 bytes: "));
  EXPECT_EQ(faults_of_pattern("x", 65535), "");
  // A byte of max_bytes decides.
  const auto instructions = static_cast<int>(RE2(large, pattern_options()).ProgramSize());
  const int most = (1 << 27) / instructions;
  ASSERT_LT(most, 65535);
  EXPECT_EQ(faults_of_pattern(large, most), "");
  EXPECT_NE(faults_of_pattern(large, most + 1), "");
}

TEST(CheckRulePack, PatternsThatGrowAreRefused) {
  EXPECT_THAT(faults_of_pattern("(((x{100}){100}){100}){100}", 200),
              HasSubstr("invalid repetition size"));
  EXPECT_THAT(faults_of_pattern("\\pL{1000}\\pN{1000}", 200), HasSubstr("pattern too large"));
  std::string words = "w0";
  for (int i = 1; i < 20'000; ++i) words += "|w" + std::to_string(i) + ".*y{2,50}";
  EXPECT_THAT(faults_of_pattern(words, 200), HasSubstr("pattern too large"));
}

TEST(CheckRulePack, AKeyOfVeryManyPartsIsAFault) {
  std::string toml = "a";
  for (int i = 0; i < 1'000'000; ++i) toml += ".a";
  const std::vector<Diagnostic> faults = check_rule_pack("[" + toml + "]\n", "f");
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].to_string(), "f: line 1: a key of more than 16 parts");
}

TEST(CheckRulePack, FaultsEndAtAHundred) {
  std::string toml = "language = \"en\"\n";
  for (int i = 0; i < 5000; ++i) toml += "[[rule]]\n";
  const std::size_t faults = check_rule_pack(toml, "f").size();
  EXPECT_GE(faults, 100U);
  EXPECT_LT(faults, 120U);
}

TEST(ParseRulePack, ReadsEveryKey) {
  std::vector<Diagnostic> faults;
  const std::vector<Rule> rules = parse_rule_pack(R"(language = "any"
[[rule]]
id = "meta.byline"
reason = "meta.byline"
scope = "block"
block_lines = 3
zone = "head"
max_bytes = 90
field = "author"
pattern = 'by (\w+)'
triggers = ["by"]
phrases = ["words by"]
match = ["By Ada"]
no_match = ["By and by"]
)",
                                                  "f", faults);
  ASSERT_EQ(rules.size(), 1u) << ::testing::PrintToString(faults.size());
  const Rule& rule = rules[0];
  EXPECT_EQ(rule.id, "meta.byline");
  EXPECT_EQ(rule.reason, Reason::kMetaByline);
  EXPECT_EQ(rule.scope, RuleScope::kBlock);
  EXPECT_EQ(rule.block_lines, 3u);
  EXPECT_EQ(rule.zone, RuleZone::kHead);
  EXPECT_EQ(rule.max_bytes, 90u);
  EXPECT_EQ(rule.field, Field::kAuthor);
  EXPECT_FALSE(rule.copy);
  EXPECT_TRUE(rule.certain);
  EXPECT_EQ(rule.language, "");
  EXPECT_EQ(rule.phrases, std::vector<std::uint64_t>{text::line_key("words by")});
  EXPECT_EQ(rule.triggers, std::vector<std::uint64_t>{text::word_hash("by")});
  ASSERT_EQ(rule.examples.size(), 2u);
  EXPECT_TRUE(rule.examples[0].wanted);
  EXPECT_FALSE(rule.examples[1].wanted);
}

TEST(ParseRulePack, LeavesRulesWithAFaultOut) {
  std::vector<Diagnostic> faults;
  const std::string pack = std::string(kSound) + "[[rule]]\nid = \"nav.b\"\n";
  EXPECT_EQ(parse_rule_pack(pack, "f", faults).size(), 1u);
  EXPECT_FALSE(faults.empty());
}

TEST(ParseRulePack, TakesTheFirstBigramOfATriggerWithoutSpaces) {
  std::vector<Diagnostic> faults;
  const std::vector<Rule> rules = parse_rule_pack(
      "language = \"ja\"\n[[rule]]\nid = \"nav.a\"\nreason = \"nav.menu\"\n"
      "pattern = '.*コメント.*'\ntriggers = [\"コメント\"]\nmatch = [\"全コメント\"]\n",
      "f", faults);
  ASSERT_EQ(rules.size(), 1u) << faults[0].to_string();
  EXPECT_EQ(rules[0].triggers, std::vector<std::uint64_t>{text::word_hash("コメ")});
}

Rule rule_with(std::string_view pattern, RuleScope scope) {
  Rule rule;
  rule.scope = scope;
  rule.pattern = std::make_unique<const RulePattern>(std::string(pattern));
  if (scope == RuleScope::kSuffix) {
    rule.pattern = std::make_unique<const RulePattern>(anchored_pattern(rule));
  }
  return rule;
}

TEST(MatchPattern, LineMustMatchWhollyAndCaseDoesNotMatter) {
  const Rule rule = rule_with("share|share this", RuleScope::kLine);
  EXPECT_TRUE(match_pattern(rule, "SHARE THIS"));
  EXPECT_FALSE(match_pattern(rule, "Share this now"));
  EXPECT_FALSE(match_pattern(rule, "Do share"));
}

TEST(MatchPattern, PrefixAndSuffixGiveTheirPart) {
  const auto prefix = match_pattern(rule_with("by (\\w+):", RuleScope::kPrefix), "By Ada: news");
  ASSERT_TRUE(prefix);
  EXPECT_EQ(prefix->matched, (Span{0, 7}));
  EXPECT_EQ(prefix->lifted, (Span{3, 6}));
  const auto suffix = match_pattern(rule_with("\\(photo\\)", RuleScope::kSuffix), "A (photo)");
  ASSERT_TRUE(suffix);
  EXPECT_EQ(suffix->matched, (Span{2, 9}));
  EXPECT_EQ(suffix->lifted, suffix->matched);
  EXPECT_FALSE(match_pattern(rule_with("\\(photo\\)", RuleScope::kSuffix), "A (photo) B"));
}

TEST(MatchPattern, NeverCutsAWord) {
  EXPECT_FALSE(match_pattern(rule_with("ad", RuleScope::kPrefix), "Adverse winds"));
  EXPECT_TRUE(match_pattern(rule_with("ad", RuleScope::kPrefix), "Ad: winds"));
  EXPECT_FALSE(match_pattern(rule_with("ad", RuleScope::kSuffix), "The road"));
  EXPECT_TRUE(match_pattern(rule_with("ad", RuleScope::kSuffix), "The ad"));
}

TEST(DidYouMean, OnlyForNamesThatAreClose) {
  const std::vector<std::string_view> names = {"prefix", "suffix"};
  EXPECT_EQ(did_you_mean("sufix", names), "; did you mean \"suffix\"?");
  EXPECT_EQ(did_you_mean("prefyxx", names), "; did you mean \"prefix\"?");
  EXPECT_EQ(did_you_mean("block", names), "");
}

TEST(RuleFamilies, AreThoseOfTheReasonsThatRulesMayGive) {
  const auto families = rule_families();
  EXPECT_THAT(
      std::vector<std::string_view>(families.begin(), families.end()),
      ::testing::ElementsAre("nav", "chrome", "promo", "wall", "legal", "comment", "related",
                             "tags", "meta", "caption", "bio", "wire", "outlet", "form"));
}

TEST(WithoutCounts, MakesEachCountAnyNumber) {
  EXPECT_EQ(without_counts("a.{0,40}b{2}c{3,}d{1,2}?"), "a.*b*c*d*?");
  EXPECT_EQ(without_counts("(?:[a-z]{2,3}\\s){0,9}"), "(?:[a-z]*\\s)*");
}

TEST(WithoutCounts, LeavesWhatIsNoCount) {
  for (const char* regex : {"", "ferry (?:on|off)", "\\{2}", "[{2}]", "[]{2}]", "[^]{2}]",
                            "\\x{3000}", "\\p{Lu}", "a{", "a{,2}", "a{x}", "\\Qa{2}\\E"}) {
    EXPECT_EQ(without_counts(regex), regex);
  }
  EXPECT_EQ(without_counts("\\x{3000}{2}[{]{1,2}"), "\\x{3000}*[{]*");
  EXPECT_EQ(without_counts("[[:alpha:]{2}]{3}[[:digit:]]{4}[[:"), "[[:alpha:]{2}]*[[:digit:]]*[[:");
}

// What the built-in patterns match, they match without counts.
TEST(WithoutCounts, MatchesTheExamplesOfTheBuiltInRules) {
  std::size_t patterns = 0;
  for (const BuiltinRulePack& pack : builtin_rule_packs()) {
    std::vector<Diagnostic> faults;
    for (const Rule& rule : parse_rule_pack(pack.toml, pack.path, faults)) {
      if (rule.pattern == nullptr) continue;
      ++patterns;
      const RE2 loose(without_counts(anchored_pattern(rule)), pattern_options());
      ASSERT_TRUE(loose.ok()) << rule.id;
      for (const RuleExample& example : rule.examples) {
        if (!match_pattern(rule, example.line)) continue;
        EXPECT_TRUE(RE2::PartialMatch(example.line, loose)) << rule.id << ": " << example.line;
      }
    }
  }
  EXPECT_GT(patterns, 100U);
}

TEST(RulePack, CharactersThatALineHolds) {
  std::vector<Diagnostic> faults;
  const std::vector<Rule> rules = parse_rule_pack(R"(language = "en"
[[rule]]
id = "nav.a"
reason = "nav.menu"
pattern = '.*[@©]\d.*'
holds = "@©"
match = ["a@1", "©2"]
[[rule]]
id = "nav.b"
reason = "nav.menu"
pattern = '\d+|x'
holds = "0-9"
match = ["1", "x"]
[[rule]]
id = "nav.c"
reason = "nav.menu"
phrases = ["c"]
holds = "c"
match = ["c"]
)",
                                                  "test", faults);
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_EQ(rules[0].holds, "@\xA9");
  EXPECT_EQ(rules[1].holds, "0123456789");
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].message, "holds are of use for a pattern only");
  check_examples(rules, "test", faults);
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_EQ(faults[1].message, "nav.b: none of the characters it holds is in this example");
}

}  // namespace
}  // namespace copydesk::cleaning
