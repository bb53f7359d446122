#include "reuse/story_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
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

// Backwards: the outcome must not depend on the order.
Result<void> for_each(std::size_t n, const std::function<Result<void>(std::size_t)>& fn) {
  while (n-- > 0) COPYDESK_RETURN_IF_ERROR(fn(n));
  return {};
}

StoryIndex index_of(std::vector<StoryNote> notes, const StoryRule& rule = {},
                    const text::DocumentFrequencies& table = background()) {
  // Little memory: notes go through files.
  ScratchSpace space(::testing::TempDir(), 1024);
  StoryNotes file(space);
  std::sort(notes.begin(), notes.end(),
            [](const StoryNote& a, const StoryNote& b) { return a.doc < b.doc; });
  for (const StoryNote& note : notes) EXPECT_TRUE(file.add(note).ok());
  EXPECT_TRUE(file.finish().ok());
  return std::move(*StoryIndex::make(std::move(file), rule, table, for_each));
}

// All edges, ascending. With any memory they are the same.
std::vector<StoryEdge> edges_of(const StoryIndex& index) {
  const auto by_vertices = [](const StoryEdge& x, const StoryEdge& y) {
    return std::tie(x.a, x.b) < std::tie(y.a, y.b);
  };
  std::vector<StoryEdge> all = *index.find_edges(~0ULL, for_each);
  std::sort(all.begin(), all.end(), by_vertices);
  for (const std::uint64_t memory : {0U, 2000U, 20'000U}) {
    std::vector<StoryEdge> some = *index.find_edges(memory, for_each);
    std::sort(some.begin(), some.end(), by_vertices);
    EXPECT_EQ(some.size(), all.size()) << memory;
    for (std::size_t i = 0; i < std::min(some.size(), all.size()); ++i) {
      EXPECT_EQ(std::tie(some[i].a, some[i].b, some[i].similarity),
                std::tie(all[i].a, all[i].b, all[i].similarity))
          << memory;
    }
  }
  return all;
}

std::vector<StoryEdge> edges_of(const StoryIndex& index, std::uint32_t vertex) {
  std::vector<StoryEdge> edges = edges_of(index);
  std::erase_if(edges, [&](const StoryEdge& edge) { return edge.a != vertex; });
  return edges;
}

std::vector<std::vector<std::uint32_t>> docs_of(const StoryIndex& index) {
  std::vector<std::vector<std::uint32_t>> docs;
  for (std::uint32_t v = 0; v < index.size(); ++v) {
    docs.emplace_back(index.docs(v).begin(), index.docs(v).end());
  }
  return docs;
}

TEST(StoryIndex, OneVertexForCopiesWithinTheWindow) {
  const auto printed = [](int day, std::uint64_t doc) {
    return note("Title", "the same words on another day", 86400LL * day, doc);
  };
  const StoryIndex index = index_of({printed(0, 4), printed(0, 2), printed(3, 3), printed(4, 5),
                                     note("Title", "the same words on another day", {}, 1)});
  EXPECT_THAT(docs_of(index), ElementsAre(ElementsAre(1), ElementsAre(2, 3, 4), ElementsAre(5)));
  ASSERT_EQ(index.size(), 3U);
  EXPECT_FALSE(index.days(0));
  EXPECT_EQ(index.days(1)->first, 0);
  EXPECT_EQ(index.days(1)->last, 3);
  EXPECT_NEAR(*index.similarity(1, 2), 1, 1e-5);
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
    EXPECT_EQ(edges_of(index, 1).size(), meet ? 1U : 0U) << day;
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
  EXPECT_GT(*once.similarity(0, 1), 0.1);
  EXPECT_EQ(*once.similarity(0, 1), *often.similarity(0, 1));
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
  const StoryIndex index = index_of(std::move(notes), {}, small);
  // One document of the background, in half of which a word is that it does not know.
  const double shared = std::log(4 / 2.5) * std::log(4 / 2.5);
  const double expected = shared / (shared + std::log(4 / 1.5) * std::log(4 / 1.5));
  double most = 0;
  for (std::uint32_t v = 0; v < 3; ++v) {
    for (std::uint32_t u = 0; u < v; ++u) most = std::max(most, *index.similarity(v, u));
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
    EXPECT_EQ(*index.similarity(0, 1) > 0, meet) << days;
    EXPECT_EQ(edges_of(index, 1).size(), meet ? 1U : 0U);
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
  for (std::uint32_t v = 0; v < index.size(); ++v) {
    std::vector<std::pair<std::uint32_t, double>> found;
    for (const StoryEdge& edge : edges_of(index, v)) {
      EXPECT_EQ(edge.a, v);
      found.emplace_back(edge.b, edge.similarity);
    }
    std::vector<std::pair<std::uint32_t, double>> expected;
    for (std::uint32_t other = 0; other < v; ++other) {
      const double alike = *index.similarity(v, other);
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
  EXPECT_GT(*with_short.similarity(0, 1), 1.2 * *with_long.similarity(0, 1));
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
    for (std::uint32_t v = 0; v < index.size(); ++v) {
      for (const StoryEdge& edge : edges_of(index, v)) {
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
  EXPECT_THAT(edges_of(index), IsEmpty());
}

}  // namespace
}  // namespace copydesk::reuse
