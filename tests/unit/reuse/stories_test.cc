#include "reuse/stories.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "copydesk/text/document_frequencies.h"
#include "copydesk/text/words.h"
#include "unit/reuse/story_notes_of.h"

namespace copydesk::reuse {
namespace {

using testing::background;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::note;
using ::testing::SizeIs;

TEST(BuiltinBackground, KnowsCommonFromRareWords) {
  const auto share = [](const char* word) { return background().share(text::word_hash(word)); };
  EXPECT_GT(share("the"), 0.9);
  EXPECT_GT(share("president"), share("harbor"));
  EXPECT_GT(share("harbor"), share("qwvxzt"));
  EXPECT_GT(share("qwvxzt"), 0);
}

TEST(NoteStory, CountsDaysFromTheEpochAlsoBeforeIt) {
  for (const auto& [time, day] : {std::pair<std::int64_t, std::int64_t>(-86401, -2),
                                  {-86400, -1},
                                  {-1, -1},
                                  {0, 0},
                                  {86399, 0},
                                  {86400, 1}}) {
    EXPECT_EQ(note("", "a b", time).day, day) << time;
  }
  EXPECT_EQ(note("", "a b").day, std::nullopt);
}

TEST(NoteStory, KeepsTheWeightiestTerms) {
  std::string text;
  for (int i = 0; i < 400; ++i) text += "the and of x" + std::to_string(i) + "y ";
  const StoryNote noted = note("", text);
  EXPECT_THAT(noted.terms, SizeIs(kStoryTerms));
  for (const StoryTerm& term : noted.terms) EXPECT_NE(term.word, text::word_hash("the"));
}

// Against a sort of all: many words weigh the same, and some are common.
TEST(NoteStory, TheWeightiestTermsAgreeWithASort) {
  for (const int words : {149, 150, 151, 400}) {
    std::string text;
    for (int i = 0; i < 60; ++i) text += "a ";  // the lead: words of one letter are no terms
    std::vector<std::tuple<double, std::uint64_t>> expected;
    for (int i = 0; i < words; ++i) {
      const std::string word = i < 6
                                   ? std::array{"the",    "and",   "president",
                                                "harbor", "ferry", "said"}[static_cast<std::size_t>(
                                         i)]
                                   : "word" + std::to_string(i);
      const int times = 1 + i % 7 * (i % 3);
      for (int n = 0; n < times; ++n) text += word + " ";
      const std::uint64_t hash = text::word_hash(word);
      const auto body = static_cast<float>(1 + std::log(times));
      expected.emplace_back(static_cast<double>(body) * std::log(background().share(hash)), hash);
    }
    std::sort(expected.begin(), expected.end());
    expected.resize(std::min<std::size_t>(expected.size(), kStoryTerms));
    std::vector<std::uint64_t> hashes;
    for (const auto& [weight, hash] : expected) hashes.push_back(hash);
    std::sort(hashes.begin(), hashes.end());
    std::vector<std::uint64_t> kept;
    for (const StoryTerm& term : note("", text).terms) kept.push_back(term.word);
    EXPECT_EQ(kept, hashes) << words;
  }
}

TEST(NoteStory, ShortUpToTheLengthOfALead) {
  for (const auto& [words, is_short] : {std::pair(59, true), {60, true}, {61, false}}) {
    std::string text;
    for (int i = 0; i < words; ++i) text += "word ";
    EXPECT_EQ(note("", text).is_short, is_short) << words;
  }
}

TEST(NoteStory, NamesWeighMore) {
  const StoryNote noted = note("", "yesterday the mayor Orlin spoke; then the gardener spoke");
  std::map<std::uint64_t, float> weights;
  for (const StoryTerm& term : noted.terms) weights[term.word] = term.body;
  EXPECT_FLOAT_EQ(weights[text::word_hash("orlin")], 2 * weights[text::word_hash("gardener")]);
  // At the beginning of a sentence every word has a capital.
  for (const StoryTerm& term : note("", "Orlin spoke. Orlin left.").terms) {
    EXPECT_LT(term.body, 2 * weights[text::word_hash("gardener")]);
  }
}

TEST(NoteStory, TheContentHashTellsTitleFromText) {
  EXPECT_EQ(note("Two words", "more text").content, note("two  WORDS", "More text.").content);
  EXPECT_NE(note("Two words", "more text").content, note("Two", "words more text").content);
  EXPECT_NE(note("", "one two").content, note("", "two one").content);
}

TEST(NumbersConflict, OrdinalsAndYearsInTitles) {
  const auto conflict = [](const StoryNote& a, const StoryNote& b) {
    EXPECT_EQ(numbers_conflict(a.numbers, b.numbers), numbers_conflict(b.numbers, a.numbers));
    return numbers_conflict(a.numbers, b.numbers);
  };
  const StoryNote ours = note("Mayor sends note for 70th birthday", "Text");
  EXPECT_TRUE(conflict(ours, note("Note for 71st birthday", "Text")));
  EXPECT_TRUE(conflict(ours, note("A birthday note", "Text")));
  EXPECT_FALSE(conflict(ours, note("A birthday note", "It was the 70th.")));
  EXPECT_FALSE(conflict(ours, note("A note for the mayor", "Text")));
  EXPECT_FALSE(conflict(ours, note("70TH BIRTHDAY", "Text")));
  EXPECT_FALSE(conflict(note("On the 8th of May", "Text"), note("Of May", "Text")));
  EXPECT_TRUE(conflict(note("Marathon 2024", "x"), note("Marathon 2025", "x")));
  EXPECT_FALSE(conflict(note("Marathon 2024", "x"), note("Marathon", "2025")));
  EXPECT_FALSE(conflict(note("From 2024 to 2025", "x"), note("Marathon 2025", "x")));
  EXPECT_FALSE(conflict(note("Room 1899", "x"), note("Room 2100", "x")));
  EXPECT_TRUE(conflict(note("Room 1900", "x"), note("Room 2099", "x")));
}

TEST(MayMeet, DaysBelowAtAndAboveTheWindow) {
  const auto meet = [](std::optional<DayRange> a, std::optional<DayRange> b) {
    EXPECT_EQ(may_meet(a, b, 3), may_meet(b, a, 3));
    return may_meet(a, b, 3);
  };
  EXPECT_TRUE(meet(DayRange{10, 12}, DayRange{14, 14}));
  EXPECT_TRUE(meet(DayRange{10, 12}, DayRange{15, 15}));
  EXPECT_FALSE(meet(DayRange{10, 12}, DayRange{16, 16}));
  EXPECT_TRUE(meet(DayRange{10, 12}, DayRange{11, 11}));
  EXPECT_TRUE(meet(DayRange{10, 12}, std::nullopt));
  EXPECT_TRUE(meet(std::nullopt, std::nullopt));
}

// The slow obvious version: the best pair of groups over all pairs, again and again.
std::vector<std::uint32_t> slow_link(const std::vector<std::optional<DayRange>>& days,
                                     const std::vector<StoryEdge>& edges, const StoryRule& rule) {
  const std::size_t n = days.size();
  std::vector<std::vector<double>> alike(n, std::vector<double>(n, 0));
  for (const StoryEdge& e : edges) alike[e.a][e.b] = alike[e.b][e.a] = e.similarity;
  std::vector<std::uint32_t> group(n);
  for (std::uint32_t i = 0; i < n; ++i) group[i] = i;
  const auto bar = [&](std::uint32_t g) {
    double sum = rule.threshold;
    double pairs = 1;
    for (std::size_t x = 0; x < n; ++x) {
      for (std::size_t y = 0; y < x; ++y) {
        if (group[x] != g || group[y] != g) continue;
        sum += 0.7 * alike[x][y];
        ++pairs;
      }
    }
    return sum / pairs;
  };
  const auto days_of = [&](std::uint32_t g) {
    std::optional<DayRange> range;
    for (std::size_t x = 0; x < n; ++x) {
      if (group[x] != g || !days[x]) continue;
      if (!range) range = days[x];
      range->first = std::min(range->first, days[x]->first);
      range->last = std::max(range->last, days[x]->last);
    }
    return range;
  };
  for (;;) {
    double best = 0;
    std::pair<std::uint32_t, std::uint32_t> join;
    for (std::uint32_t a = 0; a < n; ++a) {
      for (std::uint32_t b = a + 1; b < n; ++b) {
        double sum = 0;
        double pairs = 0;
        for (std::size_t x = 0; x < n; ++x) {
          for (std::size_t y = 0; y < n; ++y) {
            if (group[x] != a || group[y] != b) continue;
            sum += alike[x][y];
            ++pairs;
          }
        }
        if (pairs == 0 || !may_meet(days_of(a), days_of(b), rule.window_days)) continue;
        const double strength = sum / pairs / std::sqrt(bar(a) * bar(b));
        if (strength > best + 1e-12) {
          best = strength;
          join = {a, b};
        }
      }
    }
    if (best < 1) return group;
    for (std::uint32_t& g : group) {
      if (g == join.second) g = join.first;
    }
  }
}

std::vector<std::uint32_t> link(const std::vector<std::optional<DayRange>>& days,
                                const std::vector<StoryEdge>& edges, const StoryRule& rule) {
  return link_stories(
      static_cast<std::uint32_t>(days.size()), [&](std::uint32_t v) { return days[v]; }, edges,
      rule);
}

StoryRule with_threshold(double threshold) {
  StoryRule rule;
  rule.threshold = threshold;
  return rule;
}

TEST(LinkStories, AgreesWithTheSlowVersion) {
  std::mt19937 random(5);
  std::size_t joined = 0;
  for (int round = 0; round < 80; ++round) {
    const auto n = static_cast<std::uint32_t>(2 + random() % 14);
    std::vector<std::optional<DayRange>> days(n);
    std::vector<StoryEdge> edges;
    for (std::uint32_t a = 0; a < n; ++a) {
      if (random() % 3 != 0) {
        const auto day = static_cast<std::int64_t>(random() % 12);
        days[a] = DayRange{day, day + static_cast<std::int64_t>(random() % 3)};
      }
      for (std::uint32_t b = 0; b < a; ++b) {
        if (random() % 3 != 0) edges.push_back({a, b, static_cast<double>(random() % 1000) / 1000});
      }
    }
    const std::vector<std::uint32_t> groups = link(days, edges, with_threshold(0.4));
    EXPECT_EQ(groups, slow_link(days, edges, with_threshold(0.4))) << round;
    for (std::uint32_t v = 0; v < n; ++v) joined += groups[v] == v ? 0U : 1U;
  }
  EXPECT_GT(joined, 200U);
}

TEST(LinkStories, ThresholdBelowAtAndAbove) {
  const std::vector<std::optional<DayRange>> undated(2);
  for (const auto& [similarity, joined] : {std::pair(0.39, false), {0.4, true}, {0.41, true}}) {
    const std::vector<StoryEdge> edges = {{1, 0, similarity}};
    EXPECT_EQ(link(undated, edges, with_threshold(0.4))[1] == 0, joined) << similarity;
  }
}

TEST(LinkStories, DoesNotChain) {
  const std::vector<std::optional<DayRange>> undated(4);
  const std::vector<StoryEdge> chain = {{1, 0, 0.5}, {2, 1, 0.5}, {3, 2, 0.5}};
  EXPECT_THAT(link(undated, chain, with_threshold(0.4)), ElementsAre(0, 0, 2, 2));
}

// Two pairs that are .9 alike inside stay apart where two that are .3 alike join: the bars are
// (.2 + .7 * .9) / 2 and (.2 + .7 * .3) / 2.
TEST(LinkStories, CloselyKnitGroupsNeedMore) {
  const std::vector<std::optional<DayRange>> undated(4);
  for (const auto& [inside, across, joined] :
       {std::tuple(0.9, 0.41, false), {0.9, 0.42, true}, {0.3, 0.2, false}, {0.3, 0.21, true}}) {
    const std::vector<StoryEdge> edges = {{1, 0, inside}, {3, 2, inside}, {2, 0, across},
                                          {2, 1, across}, {3, 0, across}, {3, 1, across}};
    EXPECT_EQ(link(undated, edges, with_threshold(0.2))[2] == 0, joined) << across;
  }
}

// Edges in any order, of components that lie between each other.
TEST(LinkStories, ComponentsDoNotDisturbEachOther) {
  const std::vector<std::optional<DayRange>> undated(9);
  const std::vector<StoryEdge> edges = {{8, 4, 0.5}, {5, 0, 0.5}, {3, 1, 0.1}, {7, 3, 0.9},
                                        {4, 2, 0.5}, {6, 5, 0.5}, {8, 2, 0.5}};
  EXPECT_THAT(link(undated, edges, with_threshold(0.4)), ElementsAre(0, 1, 2, 3, 2, 0, 6, 3, 2));
  EXPECT_THAT(link({}, {}, {}), IsEmpty());
  EXPECT_THAT(link(std::vector<std::optional<DayRange>>(2), {}, {}), ElementsAre(0, 1));
}

TEST(LinkStories, ATextWithoutDateDoesNotJoinTwoYears) {
  const std::vector<std::optional<DayRange>> days = {std::nullopt, DayRange{1, 1},
                                                     DayRange{366, 366}};
  const std::vector<StoryEdge> edges = {{1, 0, 0.9}, {2, 0, 0.9}};
  EXPECT_THAT(link(days, edges, with_threshold(0.2)), ElementsAre(0, 0, 2));
}

}  // namespace
}  // namespace copydesk::reuse
