#include "cleaning/apply_rules.h"

#include <gtest/gtest.h>

#include "copydesk/edits.h"

namespace copydesk::cleaning {
namespace {

constexpr std::string_view kPack = R"toml(language = "en"
[[rule]]
id = "nav.menu"
reason = "nav.menu"
phrases = ["menu"]
match = ["menu"]
[[rule]]
id = "nav.head_only"
reason = "nav.section"
zone = "head"
phrases = ["world"]
match = ["world"]
[[rule]]
id = "nav.tail_only"
reason = "nav.section"
zone = "tail"
phrases = ["top"]
match = ["top"]
[[rule]]
id = "meta.byline"
reason = "meta.byline"
field = "author"
pattern = 'by ([a-z ]+)'
triggers = ["by"]
match = ["By Ada Kestrel"]
[[rule]]
id = "meta.dateline"
reason = "meta.dateline"
scope = "prefix"
field = "dateline"
copy = true
max_bytes = 1000
pattern = '([A-Z]+) \(Larkwire\) –'
triggers = ["larkwire"]
match = ["OSTERBY (Larkwire) – It rained."]
[[rule]]
id = "chrome.share"
reason = "chrome.share"
scope = "prefix"
max_bytes = 1000
pattern = 'share:'
triggers = ["share"]
match = ["Share: this"]
[[rule]]
id = "chrome.caption"
reason = "chrome.player"
scope = "suffix"
max_bytes = 1000
pattern = 'show caption'
triggers = ["caption"]
match = ["A ferry. Show caption"]
[[rule]]
id = "related.header"
reason = "related.header"
scope = "block"
block_lines = 2
phrases = ["related stories"]
match = ["Related stories"]
[[rule]]
id = "comment.end"
reason = "comment.form"
scope = "to_end"
phrases = ["leave a reply"]
match = ["Leave a reply"]
[[rule]]
id = "legal.notice"
reason = "legal.copyright"
pattern = 'copyright .*'
triggers = ["copyright"]
max_bytes = 1000
match = ["Copyright 2024"]
[[rule]]
id = "caption.credit"
reason = "caption.credit"
field = "captions"
pattern = '.* \(Larkwire\)'
triggers = ["larkwire"]
match = ["A ferry (Larkwire)"]
[[rule]]
id = "meta.place"
reason = "meta.section"
field = "section"
pattern = 'in: (.*)'
triggers = ["in"]
match = ["In: Sport"]
[[rule]]
id = "wire.doubtful"
reason = "wire.credit"
certain = false
max_bytes = 1000
pattern = 'first printed .*'
triggers = ["printed"]
match = ["First printed in the Larkwire"]
[[rule]]
id = "nav.doubtful_tail"
reason = "nav.section"
certain = false
zone = "tail"
phrases = ["letters"]
match = ["Letters"]
[[rule]]
id = "caption.between"
reason = "caption.credit"
zone = "body"
phrases = ["picture desk"]
match = ["Picture desk"]
)toml";

const std::string kBody = "The river rose above the old bridge on Tuesday and the town closed it.";
static_assert(kBodyWords == 12);

const RuleSet& rules() {
  static const RuleSet kRules = [] {
    std::vector<Diagnostic> faults;
    Result<RuleSet> set = RuleSet::compile(parse_rule_pack(kPack, "test", faults));
    EXPECT_TRUE(faults.empty() && set.ok());
    return std::move(*set);
  }();
  return kRules;
}

struct Applied {
  std::string left;
  std::vector<std::string> ids;
  RuleOutcome outcome;
};

// Applies the rules as the stage does; blank lines stay.
Applied apply(const std::string& text) {
  Document document(DocumentFields{}, text);
  Applied applied;
  applied.outcome = apply_rules(rules(), rules().mask_for(""), TextView::of(document));
  Edits edits(document);
  for (const RuleCut& cut : applied.outcome.cuts) {
    const Rule& rule = rules().rules()[cut.rule];
    applied.ids.push_back(rule.id);
    if (cut.whole_line) {
      edits.cut_line(cut.line, rule.reason, rule.id);
    } else {
      edits.cut(cut.span, rule.reason, rule.id);
    }
  }
  document.apply(edits.take());
  applied.left = document.text();
  // What is left must give no rule anything more to do.
  EXPECT_TRUE(apply_rules(rules(), rules().mask_for(""), TextView::of(document)).cuts.empty())
      << applied.left;
  return applied;
}

using Ids = std::vector<std::string>;

TEST(ApplyRules, TakesALineWithItsBreak) {
  const Applied applied = apply("Menu\n" + kBody + "\n");
  EXPECT_EQ(applied.left, kBody + "\n");
  EXPECT_EQ(applied.ids, Ids{"nav.menu"});
}

TEST(ApplyRules, LeavesOtherTextAlone) {
  const std::string text = "  A headline\n\n" + kBody + "\r\n\nThe end";
  EXPECT_EQ(apply(text).left, text);
  EXPECT_EQ(apply("").left, "");
}

TEST(ApplyRules, ZonesLimitARule) {
  EXPECT_EQ(apply("World\n" + kBody + "\nWorld\n" + kBody + "\nWorld").left,
            kBody + "\nWorld\n" + kBody + "\nWorld");
  EXPECT_EQ(apply("Top\n" + kBody + "\nTop\n" + kBody + "\nTop\n").left,
            "Top\n" + kBody + "\nTop\n" + kBody + "\n");
}

TEST(ApplyRules, ALineThatAnotherRuleTakesIsNoBodyForTheZones) {
  const std::string notice = "Copyright of the words and of the pictures is with us, all of it.";
  EXPECT_EQ(apply(kBody + "\nTop\n" + notice + "\n").left, kBody + "\n");
}

TEST(ApplyRules, LiftsTheFirstGroup) {
  const Applied applied = apply("By Ada Kestrel\nBy Ada Kestrel\n" + kBody);
  ASSERT_EQ(applied.outcome.lifted.size(), 1u);
  EXPECT_EQ(applied.outcome.lifted[0].field, Field::kAuthor);
  EXPECT_EQ(applied.outcome.lifted[0].value, "Ada Kestrel");
}

TEST(ApplyRules, LiftsTidyValues) {
  const auto lifted = [](const std::string& line) {
    const std::vector<LiftedField> fields = apply(line + "\n" + kBody).outcome.lifted;
    return fields.empty() ? "" : fields[0].value;
  };
  EXPECT_EQ(lifted("In: | Sport »"), "Sport");
  EXPECT_EQ(lifted("In: 2024"), "");
  const std::string caption = "The old bridge in May. (Larkwire)";
  EXPECT_EQ(lifted(caption + " " + caption), caption);
}

TEST(ApplyRules, ManySectionsAreAMenuAndNotLifted) {
  const auto sections = [](std::size_t n) {
    std::string menu;
    for (std::size_t i = 0; i < n; ++i)
      menu += "In: Section " + std::string(1, static_cast<char>('A' + i)) + "\n";
    return apply(menu + kBody).outcome.lifted.size();
  };
  EXPECT_EQ(sections(kMaxFieldValues - 1), kMaxFieldValues - 1);
  EXPECT_EQ(sections(kMaxFieldValues), kMaxFieldValues);
  EXPECT_EQ(sections(kMaxFieldValues + 1), 0u);
}

TEST(ApplyRules, AnyNumberOfCaptionsIsLifted) {
  std::string captions;
  for (char c = 'A'; c < 'A' + 9; ++c) captions += std::string("Ferry ") + c + " (Larkwire)\n";
  EXPECT_EQ(apply(captions + kBody).outcome.lifted.size(), 9u);
}

TEST(ApplyRules, CopyLiftsAndLeavesTheText) {
  const std::string text = "OSTERBY (Larkwire) – " + kBody;
  const Applied applied = apply(text);
  EXPECT_EQ(applied.left, text);
  ASSERT_EQ(applied.outcome.lifted.size(), 1u);
  EXPECT_EQ(applied.outcome.lifted[0].value, "OSTERBY");
}

TEST(ApplyRules, PrefixAndSuffixTakeTheSpaceAtTheJoint) {
  const Applied applied = apply("  Share:  " + kBody + "  Show caption \nx");
  EXPECT_EQ(applied.left, "  " + kBody + " \nx");
  EXPECT_EQ(applied.ids, (Ids{"chrome.share", "chrome.caption"}));
}

TEST(ApplyRules, CutsALineDownUntilNothingMatches) {
  const Applied applied = apply("Share: share: menu show caption\n" + kBody);
  EXPECT_EQ(applied.left, kBody);
  EXPECT_EQ(applied.ids, Ids{"nav.menu"});
}

TEST(ApplyRules, BlockTakesShortLinesAfterItAndSkipsBlanks) {
  const Applied applied =
      apply(kBody + "\nRelated stories\n\nMill burns\n\nFerry late\nHarbour open\n");
  EXPECT_EQ(applied.left, kBody + "\n\n\nHarbour open\n");
  EXPECT_EQ(applied.ids, (Ids{"related.header", "related.header", "related.header"}));
}

TEST(ApplyRules, BlockStopsAtASentenceOrAtRunningText) {
  EXPECT_EQ(apply("Related stories\nIt rained.\nMill burns\n").left, "It rained.\nMill burns\n");
  EXPECT_EQ(apply("Related stories\n" + kBody + "\nMill burns").left, kBody + "\nMill burns");
  const std::string unfinished = "It rained. a b c d e f g h i j k";
  EXPECT_EQ(apply("Related stories\n" + unfinished).left, unfinished);
}

TEST(ApplyRules, BlockLinesHaveALongestLength) {
  const auto left = [](std::size_t bytes) {
    return apply("Related stories\n" + std::string(bytes, 'x')).left;
  };
  EXPECT_EQ(left(kMaxBlockLineBytes - 1), "");
  EXPECT_EQ(left(kMaxBlockLineBytes), "");
  EXPECT_EQ(left(kMaxBlockLineBytes + 1).size(), kMaxBlockLineBytes + 1);
}

TEST(ApplyRules, ALineInABlockKeepsItsOwnReason) {
  EXPECT_EQ(apply("Related stories\nMenu\nMill burns\nFerry late").ids,
            (Ids{"related.header", "nav.menu", "related.header"}));
}

TEST(ApplyRules, ToEndTakesWhatFollowsTheLastBodyLine) {
  EXPECT_EQ(apply(kBody + "\nLeave a reply\nName\n\nWebsite\n").left, kBody + "\n\n");
}

TEST(ApplyRules, ToEndTakesItsLineAloneWhenBodyFollows) {
  EXPECT_EQ(apply(kBody + "\nLeave a reply\nName\n" + kBody).left, kBody + "\nName\n" + kBody);
}

TEST(ApplyRules, ToEndTakesItsLineAloneOnAPageWithoutBody) {
  EXPECT_EQ(apply("Mill burns\nLeave a reply\nName").left, "Mill burns\nName");
}

TEST(ApplyRules, MeasuresTheRunningTextThatGoes) {
  EXPECT_EQ(apply("Menu").outcome.body_share(), 0.0);
  EXPECT_EQ(apply("").outcome.body_share(), 0.0);
  const std::string notice = "Copyright " + kBody;
  const RuleOutcome outcome = apply(notice + "\n" + kBody + "\nMenu").outcome;
  EXPECT_EQ(outcome.body_bytes, notice.size() + kBody.size());
  EXPECT_EQ(outcome.body_bytes_cut, notice.size());
  const RuleOutcome part = apply("Share: " + kBody).outcome;
  EXPECT_EQ(part.body_bytes_cut, std::string("Share: ").size());
}

std::string menus(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "Menu\n";
  return text;
}

TEST(ApplyRules, DoubtfulRulesWantEvidenceOfChrome) {
  const std::string rest = kBody + "\nFirst printed in May";
  EXPECT_EQ(apply(rest).left, rest);
  EXPECT_EQ(apply(menus(kMinEvidence - 1) + rest).left, rest);
  EXPECT_EQ(apply(menus(kMinEvidence) + rest).left, kBody + "\n");
  EXPECT_EQ(apply(menus(kMinEvidence + 1) + rest).left, kBody + "\n");
}

TEST(ApplyRules, PartsOfLinesAreEvidence) {
  std::string text;
  for (std::size_t i = 0; i < kMinEvidence; ++i) text += "Share: " + kBody + "\n";
  const Applied applied = apply(text + "First printed in May");
  EXPECT_EQ(applied.ids.back(), "wire.doubtful");
}

TEST(ApplyRules, BylinesAndCaptionsAreNoEvidence) {
  std::string text;
  for (std::size_t i = 0; i < kMinEvidence; ++i) {
    text += "By Ada Kestrel\nA ferry in the harbour (Larkwire)\nIn: Sport\n";
  }
  const std::string rest = kBody + "\nFirst printed in May";
  EXPECT_EQ(apply(text + rest).left, rest);
}

TEST(ApplyRules, DoubtfulRulesKeepToTheirZone) {
  const std::string menu = menus(kMinEvidence);
  EXPECT_EQ(apply(menu + kBody + "\nLetters").left, kBody + "\n");
  EXPECT_EQ(apply(menu + "Letters\n" + kBody).left, "Letters\n" + kBody);
}

TEST(ApplyRules, WhatDoubtfulRulesTakeNoLongerEndsTheBody) {
  // The notice looks like running text.
  const std::string notice =
      "First printed in the Larkwire, which has a paper for each of the nine towns.";
  EXPECT_EQ(apply(menus(kMinEvidence) + kBody + "\nTop\nLetters\n" + notice).left, kBody + "\n");
  EXPECT_EQ(apply(kBody + "\nTop\n" + notice).left, kBody + "\nTop\n" + notice);
}

TEST(ApplyRules, TheBodyZoneIsNeitherHeadNorTail) {
  EXPECT_EQ(apply(kBody + "\nPicture desk\n" + kBody).left, kBody + "\n" + kBody);
  for (const std::string& text :
       {"Picture desk\n" + kBody, kBody + "\nPicture desk", std::string("Picture desk")}) {
    EXPECT_EQ(apply(text).left, text);
  }
}

}  // namespace
}  // namespace copydesk::cleaning
