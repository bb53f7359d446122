#include "reuse/stories.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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

namespace copydesk::reuse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const text::DocumentFrequencies& background() {
  static const auto table = text::DocumentFrequencies::parse(builtin_background(), "background");
  return *table;
}

StoryNote note(const std::string& title, const std::string& text,
               std::optional<std::int64_t> time = std::nullopt, std::uint64_t doc = 0) {
  DocumentFields fields;
  fields.doc = doc;
  fields.title = title;
  fields.time = time;
  return StoryNoter(3, background()).note(Document(std::move(fields), text));
}

StoryIndex index_of(std::vector<StoryNote> notes, const StoryRule& rule = {}) {
  return {std::move(notes), rule, background()};
}

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

std::vector<std::vector<std::uint64_t>> docs_of(const StoryIndex& index) {
  std::vector<std::vector<std::uint64_t>> docs;
  for (std::size_t v = 0; v < index.size(); ++v) {
    docs.emplace_back(index.docs(v).begin(), index.docs(v).end());
  }
  return docs;
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

TEST(StoryIndex, OneVertexForCopiesWithinTheWindow) {
  const auto printed = [](int day, std::uint64_t doc) {
    return note("Title", "the same words on another day", 86400LL * day, doc);
  };
  const StoryIndex index = index_of({printed(0, 4), printed(0, 2), printed(3, 3), printed(4, 5),
                                     note("Title", "the same words on another day", {}, 1)});
  EXPECT_THAT(docs_of(index), ElementsAre(ElementsAre(1), ElementsAre(2, 3, 4), ElementsAre(5)));
  ASSERT_EQ(index.days().size(), 3U);
  EXPECT_FALSE(index.days()[0]);
  EXPECT_EQ(index.days()[1]->first, 0);
  EXPECT_EQ(index.days()[1]->last, 3);
  EXPECT_NEAR(index.similarity(1, 2), 1, 1e-5);
}

// The last day of a vertex is not its first: who comes within the window of either meets it.
TEST(StoryIndex, ACopyKeepsTheTextWithinReach) {
  const std::string text = "ferry aldana struck kestrel reef off merrin ";
  const std::string copied = text + "and tugboats were called from sandhaven harbour that night";
  const std::string other = text + "while a choir sang ashore";
  for (const auto& [day, meet] : {std::pair(5, true), {6, true}, {7, false}}) {
    const StoryIndex index = index_of(
        {note("", copied, 0, 0), note("", copied, 3 * 86400, 1), note("", other, day * 86400, 2)});
    ASSERT_THAT(docs_of(index), ElementsAre(ElementsAre(0, 1), ElementsAre(2)));
    EXPECT_EQ(index.edges_to_smaller(1).size(), meet ? 1U : 0U) << day;
  }
}

TEST(StoryIndex, CopiesBelowAndAboveTheirCosine) {
  const auto text = [](const std::string& own, int shared) {
    std::string words;
    for (int i = 0; i < 40; ++i) {
      words += (i < shared ? "both" : own) + std::string(1, static_cast<char>('a' + i / 20)) +
               std::string(1, static_cast<char>('a' + i % 20)) + " ";
    }
    return words;
  };
  // The words of one document are a little rarer than the shared ones: cosines .745 and .766.
  EXPECT_EQ(index_of({note("", text("x", 31), {}, 0), note("", text("y", 31), {}, 1)}).size(), 2U);
  EXPECT_EQ(index_of({note("", text("x", 32), {}, 0), note("", text("y", 32), {}, 1)}).size(), 1U);
}

TEST(StoryIndex, TextsWithOtherNumbersInTheirTitlesAreNoCopies) {
  const std::string text = "Sandhaven won the regatta in calm weather; the mayor gave the cup.";
  EXPECT_EQ(index_of({note("Regatta 2024", text, {}, 0), note("Regatta 2025", text, {}, 1)}).size(),
            2U);
  EXPECT_EQ(index_of({note("Regatta 2024", text, {}, 0), note("Regatta 2024", text, {}, 1)}).size(),
            1U);
}

// However often a text is printed, it is as like others as if it were printed once.
TEST(StoryIndex, CopiesCountOnce) {
  const std::string wire = "ferry aldana struck kestrel reef off merrin with many on board";
  const std::string own = "tugboats pulled aldana off kestrel reef while merrin watched from shore";
  const StoryIndex once = index_of({note("", wire, {}, 0), note("", own, {}, 1)});
  std::vector<StoryNote> notes = {note("", wire, {}, 0), note("", own, {}, 1)};
  for (std::uint64_t i = 2; i < 60; ++i) notes.push_back(note("", wire, {}, i));
  const StoryIndex often = index_of(std::move(notes));
  ASSERT_EQ(once.size(), 2U);
  ASSERT_EQ(often.size(), 2U);
  EXPECT_GT(once.similarity(0, 1), 0.1);
  EXPECT_EQ(once.similarity(0, 1), often.similarity(0, 1));
}

// Also if it stands in more documents than a term may to serve for candidates.
TEST(StoryIndex, AnyNumberOfCopiesIsOneText) {
  std::vector<StoryNote> notes;
  for (std::uint64_t i = 0; i <= kMaxPostings; ++i) {
    notes.push_back(note("", "ferry aldana struck kestrel reef off merrin", {}, i));
  }
  const StoryIndex index = index_of(std::move(notes));
  EXPECT_EQ(index.size(), 1U);
  EXPECT_EQ(index.docs(0).size(), kMaxPostings + 1);
}

// A table learned from one document weighs as much as one document: words of two of the three
// notes weigh ln(4 / 3), words of one ln(4 / 2).
TEST(StoryIndex, ASmallBackgroundWeighsLittle) {
  const text::DocumentFrequencies small(1, {});
  std::vector<StoryNote> notes;
  for (const char* words : {"ferry reef", "ferry choir", "storm barn"}) {
    DocumentFields fields;
    fields.doc = notes.size();
    notes.push_back(StoryNoter(3, small).note(Document(std::move(fields), words)));
  }
  const StoryIndex index(std::move(notes), {}, small);
  // One document of the background, in half of which a word is that it does not know.
  const double shared = std::log(4 / 2.5) * std::log(4 / 2.5);
  const double expected = shared / (shared + std::log(4 / 1.5) * std::log(4 / 1.5));
  double most = 0;
  for (std::size_t v = 0; v < 3; ++v) {
    for (std::size_t u = 0; u < v; ++u) most = std::max(most, index.similarity(v, u));
  }
  EXPECT_NEAR(most, expected, 1e-5);
}

TEST(StoryIndex, TheWindowBelowAtAndAbove) {
  StoryRule rule;
  rule.window_days = 2;
  const std::string both = "ferry aldana struck kestrel reef off merrin ";
  for (const auto& [days, meet] : {std::pair(1, true), {2, true}, {3, false}}) {
    const StoryIndex index =
        index_of({note("", both + "with women children sheep and dogs on board", 0, 0),
                  note("", both + "tugboats sandhaven pulled gently overnight", days * 86400, 1)},
                 rule);
    ASSERT_EQ(index.size(), 2U);
    EXPECT_EQ(index.similarity(0, 1) > 0, meet) << days;
    EXPECT_EQ(index.edges_to_smaller(1).size(), meet ? 1U : 0U);
  }
}

// Edges are all pairs that are alike, as long as no term is capped.
TEST(StoryIndex, EdgesAgreeWithAllPairs) {
  std::mt19937 random(3);
  std::vector<StoryNote> notes;
  for (std::uint64_t doc = 0; doc < 60; ++doc) {
    std::string text;
    for (int i = 0; i < 25; ++i) {
      text += "w" + std::string(1, static_cast<char>('a' + doc % 6)) +
              std::string(1, static_cast<char>('a' + random() % 26)) + " ";
    }
    std::optional<std::int64_t> time;
    if (doc % 4 != 0) time = static_cast<std::int64_t>(86400 * (doc * 7 % 9));
    notes.push_back(note("", text, time, doc));
  }
  const StoryRule rule;
  const StoryIndex index = index_of(std::move(notes), rule);
  std::size_t edges = 0;
  for (std::size_t v = 0; v < index.size(); ++v) {
    std::vector<std::pair<std::uint32_t, double>> found;
    for (const StoryEdge& edge : index.edges_to_smaller(v)) {
      EXPECT_EQ(edge.a, v);
      found.emplace_back(edge.b, edge.similarity);
    }
    std::vector<std::pair<std::uint32_t, double>> expected;
    for (std::uint32_t other = 0; other < v; ++other) {
      const double alike = index.similarity(v, other);
      if (alike >= rule.threshold) expected.emplace_back(other, alike);
    }
    std::erase_if(found, [&](const auto& edge) { return edge.second < rule.threshold; });
    EXPECT_EQ(found, expected);
    edges += found.size();
  }
  EXPECT_GT(edges, 50U);
}

// A document of few words meets the title and lead of a long one, not all of it.
TEST(StoryIndex, AShortDocumentIsComparedWithTheHead) {
  const std::string title = "Ferry Aldana strikes reef off Port Merrin";
  std::string text = title + ".";
  for (int i = 0; i < 400; ++i) {
    text += " filler" + std::string(1, static_cast<char>('a' + i / 20)) +
            std::string(1, static_cast<char>('a' + i % 20));
  }
  std::string other = title + ".";
  for (int i = 0; i < 60; ++i) other += " the";
  const StoryIndex with_short = index_of({note(title, text, {}, 0), note(title, "", {}, 1)});
  const StoryIndex with_long = index_of({note(title, text, {}, 0), note(title, other, {}, 1)});
  EXPECT_GT(with_short.similarity(0, 1), 1.2 * with_long.similarity(0, 1));
}

// Documents with enough terms must share three of them, others one.
TEST(StoryIndex, SharedTermsBelowAtAndAboveThree) {
  const auto text = [](const std::string& own, int shared, int count) {
    std::string words;
    for (int i = 0; i < count; ++i) {
      words += (i < shared ? "both" : own) + std::string(1, static_cast<char>('a' + i)) + " ";
    }
    return words + words;  // both sides: terms of no other document are not indexed
  };
  const auto edges = [&](int shared, int count) {
    StoryRule rule;
    rule.threshold = 0.01;
    const StoryIndex index = index_of(
        {note("", text("x", shared, count), {}, 0), note("", text("y", shared, count), {}, 1),
         note("", text("x", 0, count) + text("y", 0, count), {}, 2)},
        rule);
    std::size_t between = 0;
    for (std::size_t v = 0; v < index.size(); ++v) {
      for (const StoryEdge& edge : index.edges_to_smaller(v)) {
        if (index.docs(edge.a)[0] + index.docs(edge.b)[0] == 1) ++between;
      }
    }
    return between;
  };
  EXPECT_EQ(edges(0, 12), 0U);
  EXPECT_EQ(edges(1, 12), 0U);
  EXPECT_EQ(edges(2, 12), 0U);
  EXPECT_EQ(edges(3, 12), 1U);
  EXPECT_EQ(edges(4, 12), 1U);
  EXPECT_EQ(edges(1, 10), 0U);
  EXPECT_EQ(edges(1, 9), 1U);
}

TEST(StoryIndex, Empty) {
  const StoryIndex index = index_of({});
  EXPECT_EQ(index.size(), 0U);
  EXPECT_THAT(link_stories({}, {}, {}), IsEmpty());
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
    const std::vector<std::uint32_t> groups = link_stories(days, edges, with_threshold(0.4));
    EXPECT_EQ(groups, slow_link(days, edges, with_threshold(0.4))) << round;
    for (std::uint32_t v = 0; v < n; ++v) joined += groups[v] == v ? 0U : 1U;
  }
  EXPECT_GT(joined, 200U);
}

TEST(LinkStories, ThresholdBelowAtAndAbove) {
  const std::vector<std::optional<DayRange>> undated(2);
  for (const auto& [similarity, joined] : {std::pair(0.39, false), {0.4, true}, {0.41, true}}) {
    const std::vector<StoryEdge> edges = {{1, 0, similarity}};
    EXPECT_EQ(link_stories(undated, edges, with_threshold(0.4))[1] == 0, joined) << similarity;
  }
}

TEST(LinkStories, DoesNotChain) {
  const std::vector<std::optional<DayRange>> undated(4);
  const std::vector<StoryEdge> chain = {{1, 0, 0.5}, {2, 1, 0.5}, {3, 2, 0.5}};
  EXPECT_THAT(link_stories(undated, chain, with_threshold(0.4)), ElementsAre(0, 0, 2, 2));
}

// Two pairs that are .9 alike inside stay apart where two that are .3 alike join: the bars are
// (.2 + .7 * .9) / 2 and (.2 + .7 * .3) / 2.
TEST(LinkStories, CloselyKnitGroupsNeedMore) {
  const std::vector<std::optional<DayRange>> undated(4);
  for (const auto& [inside, across, joined] :
       {std::tuple(0.9, 0.41, false), {0.9, 0.42, true}, {0.3, 0.2, false}, {0.3, 0.21, true}}) {
    const std::vector<StoryEdge> edges = {{1, 0, inside}, {3, 2, inside}, {2, 0, across},
                                          {2, 1, across}, {3, 0, across}, {3, 1, across}};
    EXPECT_EQ(link_stories(undated, edges, with_threshold(0.2))[2] == 0, joined) << across;
  }
}

TEST(LinkStories, ATextWithoutDateDoesNotJoinTwoYears) {
  const std::vector<std::optional<DayRange>> days = {std::nullopt, DayRange{1, 1},
                                                     DayRange{366, 366}};
  const std::vector<StoryEdge> edges = {{1, 0, 0.9}, {2, 0, 0.9}};
  EXPECT_THAT(link_stories(days, edges, with_threshold(0.2)), ElementsAre(0, 0, 2));
}

}  // namespace
}  // namespace copydesk::reuse
