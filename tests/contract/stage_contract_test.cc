// What every stage promises, tested on every registered stage by name. A new stage is picked up
// without a line here; only one that does nothing by default needs one, in settings_of().
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fstream>
#include <limits>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "copydesk/stage_spec.h"
#include "copydesk/text/utf8.h"
#include "copydesk/text/words.h"
#include "support/probe.h"

namespace copydesk {

// How GoogleTest shows the parameter of a test.
static void PrintTo(const StageSpec& spec, std::ostream* out) { *out << spec.name; }

namespace {

using testing::Found;
using testing::Outcome;
using testing::Page;
using testing::probe;
using testing::probe_resumed;

std::string repeat(std::string_view s, std::size_t n) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += s;
  return out;
}

constexpr std::string_view kStory =
    "The harbour board of Port Ellery voted on Tuesday to close the old swing bridge for nine "
    "weeks, after engineers found cracks in two of its bearings.\n\n"
    "“We would rather close it for nine weeks than for ever,” said the chair, Ottoline Marsh, who "
    "added that a ferry would carry passengers between the two quays at no charge.\n\n"
    "Traders on the north side said that they had not been asked, and that the work would fall in "
    "the weeks of the herring market, when most of their year is earned.\n";

// Ordinary pages of two outlets with chrome, copies and an update, and everything degenerate.
std::vector<Page> contract_pages() {
  const std::string story(kStory);
  std::vector<Page> pages = {
      {.text = "Menu\nHome | News | Sport\n\nBridge to close for nine weeks\nBy Ilse Corran\n\n" +
               story + "\nShare this article\nLeave a Reply\nYour email address will not be " +
               "published. Required fields are marked *\n",
       .outlet = "ledger.example",
       .title = "Bridge to close for nine weeks",
       .date = "2025-03-04",
       .time = 1741046400},
      {.text = "Menu\nHome | News | Sport\n\n" + story + "\nShare this article\nLeave a Reply\n",
       .outlet = "gazette.example",
       .title = "Swing bridge shuts",
       .date = "2025-03-05",
       .time = 1741132800},
      {.text = "Menu\nHome | News | Sport\n\nA different day, a different page, with a line of its "
               "own that nobody else has.\n\nThe Ledger: first with the tide tables\n",
       .outlet = "ledger.example"},
      {.text = "Menu\nThe Ledger: first with the tide tables\n\nThe weather will be fair on the "
               "coast, the station said, with a light wind from the west until Friday evening.\n",
       .outlet = "ledger.example"},
      {.text = story, .outlet = "ledger.example", .title = "Bridge to close for nine weeks"},
      {.text = story, .outlet = "", .title = ""},
      {.text = ""},
      {.text = " \n\t\n\xC2\xA0\n"},
      {.text = "x"},
      {.text = "\n\n\n"},
      {.text = "\r\nLeave a Reply\r\n\r\nNot a word more was said that evening in the hall.\r\n"},
      {.text = std::string("NUL \0 inside, and \x01 too\nMenu\n", 29)},
      {.text = repeat("word ", 5000)},
      {.text = repeat("a", 20000)},
      {.text = repeat("Menu\n", 2000)},
      {.text = repeat("\n", 3000)},
      {.text = "港湾局は火曜日、旧旋回橋を九週間閉鎖することを決めた。\n共有\n関連記事\n",
       .outlet = "kisui.example"},
      {.text = "القناة مغلقة لمدة تسعة أسابيع\nمشاركة\n", .outlet = "mina.example"},
      {.text = "A title alone\n", .title = "A title alone"},
      {.text = "", .title = "Only a title, no text"},
      {.text = "\xF0\x9F\x8C\x8E\xF0\x9F\x8C\x8E\n“Share”\n(-)\n***\n"},
  };
  for (int i = 0; i < 6; ++i) {
    pages.push_back({.text = "Quill Markets box\n\nReport number " + std::to_string(i) +
                             " of the day told of something quite its own, item " +
                             std::to_string(i * 7919) + ".\n\nQuill Markets is a trade name.\n",
                     .outlet = "quill.example",
                     .date = "2025-04-0" + std::to_string(i + 1)});
  }
  return pages;
}

// The options that a stage is tested with: its defaults, and options that wake it if it does
// nothing by default.
std::vector<OptionValues> settings_of(std::string_view stage) {
  std::vector<OptionValues> settings = {{}};
  if (stage == "drop_short") settings.push_back({{"min_words", std::int64_t{50}}});
  if (stage == "strip_lines") settings.push_back({{"mode", "aggressive"}});
  if (stage == "drop_languages") settings.push_back({{"keep_unknown", false}});
  return settings;
}

bool does_something(const Found& found, const std::vector<Page>& pages) {
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const Outcome& outcome = found.outcomes[i];
    if (outcome.text != pages[i].text || !outcome.verdict.kept() || !outcome.lifted.empty() ||
        !outcome.flags.empty() || outcome.language) {
      return true;
    }
  }
  return !found.pairs.empty() ||
         std::any_of(found.stories.begin(), found.stories.end(),
                     [](const Story& story) { return story.members.size() > 1; });
}

std::string told(const std::optional<ClusterTag>& tag) {
  if (!tag) return "none";
  std::string out = std::to_string(tag->cluster) + " of " + std::to_string(tag->size);
  for (const std::string& outlet : tag->outlets) out += ", " + outlet;
  return out;
}

std::vector<std::string> spans(const std::vector<AppliedEdit>& edits) {
  std::vector<std::string> out;
  for (const AppliedEdit& edit : edits) {
    out.push_back(std::to_string(edit.span.begin) + "-" + std::to_string(edit.span.end) + " " +
                  std::string(name_of(edit.reason)) + " " + edit.rule + ": " + edit.replacement);
  }
  return out;
}

void expect_same_outcomes(const Found& x, const Found& y) {
  ASSERT_EQ(x.outcomes.size(), y.outcomes.size());
  for (std::size_t i = 0; i < x.outcomes.size(); ++i) {
    EXPECT_EQ(x.outcomes[i].text, y.outcomes[i].text) << "page " << i;
    EXPECT_EQ(x.outcomes[i].verdict, y.outcomes[i].verdict) << "page " << i;
    EXPECT_EQ(x.outcomes[i].flags, y.outcomes[i].flags) << "page " << i;
    EXPECT_EQ(x.outcomes[i].story, y.outcomes[i].story) << "page " << i;
    EXPECT_EQ(x.outcomes[i].language, y.outcomes[i].language) << "page " << i;
    EXPECT_EQ(told(x.outcomes[i].cluster), told(y.outcomes[i].cluster)) << "page " << i;
    EXPECT_EQ(spans(x.outcomes[i].edits), spans(y.outcomes[i].edits)) << "page " << i;
    ASSERT_EQ(x.outcomes[i].lifted.size(), y.outcomes[i].lifted.size()) << "page " << i;
    for (std::size_t k = 0; k < x.outcomes[i].lifted.size(); ++k) {
      EXPECT_EQ(x.outcomes[i].lifted[k].value, y.outcomes[i].lifted[k].value) << "page " << i;
    }
  }
}

void expect_same(const Found& x, const Found& y) {
  expect_same_outcomes(x, y);
  EXPECT_EQ(x.state, y.state);
  EXPECT_EQ(x.pairs.size(), y.pairs.size());
  EXPECT_EQ(x.clusters.size(), y.clusters.size());
  EXPECT_EQ(x.stories.size(), y.stories.size());
  EXPECT_EQ(x.templates.size(), y.templates.size());
  EXPECT_EQ(x.numbers, y.numbers);
}

void expect_sound(const StageSpec& spec, const std::vector<Page>& pages, const Found& found) {
  ASSERT_EQ(found.outcomes.size(), pages.size());
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const Outcome& outcome = found.outcomes[i];
    const std::string& original = pages[i].text;
    std::string rebuilt;
    std::uint32_t at = 0;
    for (const AppliedEdit& edit : outcome.edits) {
      ASSERT_LE(at, edit.span.begin) << "page " << i;
      ASSERT_LT(edit.span.begin, edit.span.end) << "page " << i;
      ASSERT_LE(edit.span.end, original.size()) << "page " << i;
      EXPECT_TRUE(text::is_utf8_boundary(original, edit.span.begin)) << "page " << i;
      EXPECT_TRUE(text::is_utf8_boundary(original, edit.span.end)) << "page " << i;
      EXPECT_FALSE(text::splits_word(original, edit.span.begin)) << "page " << i;
      EXPECT_FALSE(text::splits_word(original, edit.span.end)) << "page " << i;
      if (edit.reason != Reason::kBlank) {
        EXPECT_NE(std::find(spec.reasons.begin(), spec.reasons.end(), edit.reason),
                  spec.reasons.end())
            << spec.name << " gives the undeclared reason " << name_of(edit.reason);
      }
      rebuilt.append(original, at, edit.span.begin - at);
      rebuilt += edit.replacement;
      at = edit.span.end;
    }
    rebuilt.append(original, at);
    EXPECT_EQ(rebuilt, outcome.text) << "page " << i;
    EXPECT_EQ(text::find_invalid_utf8(outcome.text), std::nullopt) << "page " << i;
    if (!outcome.verdict.kept()) {
      EXPECT_NE(
          std::find(spec.drop_reasons.begin(), spec.drop_reasons.end(), outcome.verdict.reason()),
          spec.drop_reasons.end())
          << spec.name << " gives an undeclared drop reason";
    }
  }
}

class StageContract : public ::testing::TestWithParam<StageSpec> {};

TEST_P(StageContract, NameAndSummaryKeepTheirForm) {
  const StageSpec& spec = GetParam();
  EXPECT_NE(spec.name.find('_'), std::string::npos) << "a name is verb_object";
  for (const char c : spec.name) {
    EXPECT_TRUE((c >= 'a' && c <= 'z') || c == '_') << spec.name;
  }
  ASSERT_FALSE(spec.summary.empty());
  EXPECT_TRUE(std::isupper(static_cast<unsigned char>(spec.summary.front())));
  EXPECT_EQ(spec.summary.back(), '.');
  for (const OptionSpec& option : spec.options) {
    ASSERT_FALSE(option.summary.empty()) << option.name;
    EXPECT_EQ(option.summary.back(), '.') << option.name;
  }
}

TEST_P(StageContract, StandsInTheCatalogue) {
  std::ifstream file(COPYDESK_SOURCE_DIR "/stages/README.md");
  std::stringstream readme;
  readme << file.rdbuf();
  EXPECT_NE(readme.str().find("`" + GetParam().name + "`"), std::string::npos);
}

TEST_P(StageContract, DefaultsAreAllowedAndOutOfRangeIsNot) {
  for (const OptionSpec& option : GetParam().options) {
    EXPECT_EQ(option.fault(option.default_value), std::nullopt) << option.name;
    if (std::holds_alternative<std::int64_t>(option.default_value)) {
      EXPECT_LT(option.min, option.max) << option.name;
      EXPECT_NE(option.fault(static_cast<std::int64_t>(option.min) - 1), std::nullopt);
      EXPECT_EQ(option.fault(static_cast<std::int64_t>(option.min)), std::nullopt);
      EXPECT_EQ(option.fault(static_cast<std::int64_t>(option.max)), std::nullopt);
      EXPECT_NE(option.fault(static_cast<std::int64_t>(option.max) + 1), std::nullopt);
      EXPECT_NE(option.fault(std::string("3")), std::nullopt);
    } else if (std::holds_alternative<double>(option.default_value)) {
      EXPECT_LT(option.min, option.max) << option.name;
      EXPECT_NE(option.fault(std::nextafter(option.min, -1e300)), std::nullopt);
      EXPECT_EQ(option.fault(option.min), std::nullopt);
      EXPECT_EQ(option.fault(option.max), std::nullopt);
      EXPECT_NE(option.fault(std::nextafter(option.max, 1e300)), std::nullopt);
      EXPECT_NE(option.fault(std::numeric_limits<double>::quiet_NaN()), std::nullopt);
    } else if (!option.choices.empty()) {
      EXPECT_NE(option.fault(std::string("no such choice")), std::nullopt);
    }
  }
}

TEST_P(StageContract, IsDeterministicAndIndependentOfBatches) {
  const std::vector<Page> pages = contract_pages();
  for (const OptionValues& options : settings_of(GetParam().name)) {
    const Found first = probe(GetParam().name, options, pages, 7);
    expect_same(first, probe(GetParam().name, options, pages, 7));
    expect_same(first, probe(GetParam().name, options, pages, 1));
    expect_same(first, probe(GetParam().name, options, pages, 1024));
  }
}

TEST_P(StageContract, EditsAreSoundAndExplained) {
  const std::vector<Page> pages = contract_pages();
  for (const OptionValues& options : settings_of(GetParam().name)) {
    expect_sound(GetParam(), pages, probe(GetParam().name, options, pages));
  }
}

// Without this the tests above could pass on a stage that never did anything.
TEST_P(StageContract, IsSeenAtWork) {
  const std::vector<Page> pages = contract_pages();
  const Found found = probe(GetParam().name, settings_of(GetParam().name).back(), pages);
  ASSERT_EQ(found.outcomes.size(), pages.size());
  EXPECT_TRUE(does_something(found, pages)) << "switch it on in settings_of(), or bring it a page";
}

TEST_P(StageContract, IsIdempotentIfItSaysSo) {
  if (!GetParam().idempotent) GTEST_SKIP() << "not claimed";
  for (const OptionValues& options : settings_of(GetParam().name)) {
    std::vector<Page> pages = contract_pages();
    const Found first = probe(GetParam().name, options, pages);
    for (std::size_t i = 0; i < pages.size(); ++i) pages[i].text = first.outcomes[i].text;
    const Found second = probe(GetParam().name, options, pages);
    for (std::size_t i = 0; i < pages.size(); ++i) {
      EXPECT_EQ(second.outcomes[i].text, first.outcomes[i].text) << "page " << i;
    }
  }
}

TEST_P(StageContract, PairsClustersAndStoriesKeepTheirOrder) {
  const Found found = probe(GetParam().name, {}, contract_pages());
  for (std::size_t i = 0; i < found.pairs.size(); ++i) {
    EXPECT_LT(found.pairs[i].a, found.pairs[i].b);
    if (i > 0) {
      EXPECT_LT(std::pair(found.pairs[i - 1].a, found.pairs[i - 1].b),
                std::pair(found.pairs[i].a, found.pairs[i].b));
    }
    for (const double measure :
         {found.pairs[i].jaccard, found.pairs[i].containment_a, found.pairs[i].containment_b}) {
      EXPECT_GE(measure, 0);
      EXPECT_LE(measure, 1);
    }
  }
  for (std::size_t i = 0; i < found.clusters.size(); ++i) {
    EXPECT_EQ(found.clusters[i].cluster, i);
    EXPECT_GE(found.clusters[i].members.size(), 2U);
  }
  for (std::size_t i = 0; i < found.stories.size(); ++i) {
    EXPECT_EQ(found.stories[i].story, i);
    EXPECT_FALSE(found.stories[i].members.empty());
  }
}

TEST_P(StageContract, TakesNothingAtAll) {
  const Found found = probe(GetParam().name, {}, {});
  EXPECT_TRUE(found.outcomes.empty());
  EXPECT_TRUE(found.pairs.empty());
}

class CorpusStageContract : public ::testing::TestWithParam<StageSpec> {
 protected:
  const std::vector<Page> pages_ = contract_pages();
  const Found learned_ = probe(GetParam().name, {}, pages_);

  [[nodiscard]] Result<Found> resumed(std::string_view state) const {
    return probe_resumed(GetParam().name, {}, pages_, learned_, state);
  }
};

TEST_P(CorpusStageContract, GoesOnFromItsState) {
  for (const OptionValues& options : settings_of(GetParam().name)) {
    const Found before = probe(GetParam().name, options, pages_);
    const Result<Found> after =
        probe_resumed(GetParam().name, options, pages_, before, before.state);
    ASSERT_TRUE(after.ok()) << after.error().message;
    expect_same_outcomes(before, *after);
    EXPECT_EQ(before.state, after->state);
  }
}

TEST_P(CorpusStageContract, GoesOnFromTheStateOfNothing) {
  const Found nothing = probe(GetParam().name, {}, {});
  const Result<Found> after = resumed(nothing.state);
  ASSERT_TRUE(after.ok()) << after.error().message;
  EXPECT_EQ(nothing.state, after->state);
}

TEST_P(CorpusStageContract, RefusesAStateThatWasCut) {
  for (std::size_t size = 0; size < learned_.state.size(); ++size) {
    const Result<Found> after = resumed(std::string_view(learned_.state).substr(0, size));
    ASSERT_FALSE(after.ok()) << size << " of " << learned_.state.size() << " bytes";
    ASSERT_EQ(after.error().code, ErrorCode::kCorrupt);
  }
  EXPECT_FALSE(resumed(learned_.state + "x").ok());
}

// A flipped bit in a key cannot be told from another key: that is for the checksum of the file. But
// whatever the bytes are, the stage refuses them or does what it may.
TEST_P(CorpusStageContract, ADamagedStateDoesNoHarm) {
  constexpr std::size_t kPositions = 100;
  const std::size_t step = std::max<std::size_t>(1, learned_.state.size() / kPositions);
  for (std::size_t at = 0; at < learned_.state.size(); at += step) {
    for (const unsigned flip : {0x01U, 0x80U, 0xFFU}) {
      std::string state = learned_.state;
      state[at] = static_cast<char>(static_cast<unsigned char>(state[at]) ^ flip);
      const Result<Found> after = resumed(state);
      if (after.ok()) {
        expect_sound(GetParam(), pages_, *after);
      } else {
        EXPECT_EQ(after.error().code, ErrorCode::kCorrupt) << after.error().message;
      }
    }
  }
}

std::string test_name(const ::testing::TestParamInfo<StageSpec>& info) { return info.param.name; }

std::vector<StageSpec> corpus_stages() {
  std::vector<StageSpec> specs;
  for (const StageSpec& spec : builtin_stages()) {
    if (spec.kind == StageKind::kCorpus) specs.push_back(spec);
  }
  return specs;
}

INSTANTIATE_TEST_SUITE_P(EveryStage, CorpusStageContract, ::testing::ValuesIn(corpus_stages()),
                         test_name);

INSTANTIATE_TEST_SUITE_P(EveryStage, StageContract,
                         ::testing::ValuesIn(std::vector<StageSpec>(builtin_stages().begin(),
                                                                    builtin_stages().end())),
                         test_name);

}  // namespace
}  // namespace copydesk
