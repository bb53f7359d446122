#include "reuse/story_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <utility>

namespace copydesk::reuse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(KeyNumbers, AreGivenInOrderAndStay) {
  std::mt19937_64 rng(8);
  KeyNumbers numbers;
  std::map<std::uint64_t, std::uint32_t> expected;
  // More than the table begins with, many of them again, some that begin or end alike.
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t some = rng() % 6000;
    const std::uint64_t key = std::array{some, some << 50, ~some}[static_cast<std::size_t>(i % 3)];
    const auto [known, is_new] =
        expected.try_emplace(key, static_cast<std::uint32_t>(expected.size()));
    numbers.prefetch(key);
    ASSERT_EQ(numbers.number(key), known->second);
  }
  EXPECT_THAT(numbers.keys(), SizeIs(expected.size()));
  for (const auto& [key, number] : expected) EXPECT_EQ(numbers.keys()[number], key);
}

StoryNote random_note(std::mt19937_64& rng, std::uint64_t doc) {
  StoryNote note;
  note.doc = doc;
  note.content = rng() % 3;
  note.bytes = rng() % 2;
  if (rng() % 3 != 0) note.day = static_cast<std::int64_t>(rng() % 5) - 2;
  note.is_short = rng() % 2 == 0;
  std::map<std::uint64_t, StoryTerm> terms;
  for (std::size_t n = rng() % 40; n > 0; --n) {
    const std::uint64_t word = (rng() % 90) * 0x9E3779B97F4A7C15;
    terms[word] = {word, static_cast<float>(rng() % 7) / 3, static_cast<float>(rng() % 3)};
  }
  for (const auto& [word, term] : terms) note.terms.push_back(term);
  for (std::size_t n = rng() % 4; n > 0; --n) note.numbers.words.push_back(rng());
  for (std::size_t n = rng() % 3; n > 0; --n)
    note.numbers.ordinals.emplace_back(rng() % 9999, rng());
  for (std::size_t n = rng() % 3; n > 0; --n)
    note.numbers.years.push_back(2000 + static_cast<std::uint32_t>(n));
  // Numbers of one, two and five bytes.
  note.numbers.text_ordinals = {127, 128, 16'383, 16'384, 0xFFFFFFFF};
  return note;
}

// What is read is what was noted; words go by their places among all, ascending.
TEST(StoryNotes, ReadBackWhatWasNoted) {
  std::mt19937_64 rng(9);
  for (const std::uint64_t memory : {std::uint64_t{1024}, std::uint64_t{1} << 30}) {
    ScratchSpace space(::testing::TempDir(), memory);
    StoryNotes notes(space);
    std::vector<StoryNote> noted;
    std::map<std::uint64_t, std::uint32_t> counts;
    for (std::uint64_t i = 0; i < 2100; ++i) {  // three groups
      noted.push_back(random_note(rng, 10 + 3 * i));
      for (const StoryTerm& term : noted.back().terms) ++counts[term.word];
      ASSERT_TRUE(notes.add(noted.back()).ok());
    }
    ASSERT_TRUE(notes.finish().ok());
    ASSERT_EQ(notes.size(), noted.size());
    ASSERT_THAT(notes.words(), SizeIs(counts.size()));
    EXPECT_TRUE(std::is_sorted(notes.words().begin(), notes.words().end()));
    for (std::size_t i = 0; i < notes.words().size(); ++i) {
      EXPECT_EQ(notes.counts()[i], counts[notes.words()[i]]);
    }
    ReadNote read;
    for (std::uint32_t i = static_cast<std::uint32_t>(noted.size()); i-- > 0;) {
      ASSERT_TRUE(notes.read(i, read).ok());
      EXPECT_EQ(notes.doc(i), noted[i].doc);
      EXPECT_EQ(read.is_short, noted[i].is_short);
      EXPECT_EQ(read.numbers.words, noted[i].numbers.words);
      EXPECT_EQ(read.numbers.ordinals, noted[i].numbers.ordinals);
      EXPECT_EQ(read.numbers.years, noted[i].numbers.years);
      EXPECT_EQ(read.numbers.text_ordinals, noted[i].numbers.text_ordinals);
      ASSERT_THAT(read.terms, SizeIs(noted[i].terms.size()));
      for (std::size_t t = 0; t < read.terms.size(); ++t) {
        EXPECT_EQ(notes.words()[read.terms[t].word], noted[i].terms[t].word);
        EXPECT_EQ(read.terms[t].body, noted[i].terms[t].body);
        EXPECT_EQ(read.terms[t].head, noted[i].terms[t].head);
      }
    }

    // Undated ones first, then by day, content and bytes, and then as they came.
    std::vector<std::uint32_t> expected(noted.size());
    for (std::uint32_t i = 0; i < expected.size(); ++i) expected[i] = i;
    std::stable_sort(expected.begin(), expected.end(), [&](std::uint32_t x, std::uint32_t y) {
      return std::tie(noted[x].day, noted[x].content, noted[x].bytes) <
             std::tie(noted[y].day, noted[y].content, noted[y].bytes);
    });
    std::vector<std::uint32_t> order;
    ASSERT_TRUE(notes
                    .take_in_order([&](const StoryNotes::Key& key) {
                      order.push_back(key.note);
                      EXPECT_EQ(key.dated, noted[key.note].day.has_value());
                      EXPECT_EQ(key.day, noted[key.note].day.value_or(0));
                    })
                    .ok());
    EXPECT_EQ(order, expected);
  }
}

TEST(StoryNotes, DocumentsBelowAndAtTheirLimit) {
  ScratchSpace space;
  StoryNotes notes(space);
  StoryNote note;
  note.doc = 4'294'967'294;
  EXPECT_TRUE(notes.add(note).ok());
  ++note.doc;
  const Result<void> added = notes.add(note);
  ASSERT_FALSE(added.ok());
  EXPECT_EQ(added.error().code, ErrorCode::kInvalidArgument);
}

TEST(StoryNotes, None) {
  ScratchSpace space;
  StoryNotes notes(space);
  EXPECT_TRUE(notes.finish().ok());
  EXPECT_EQ(notes.size(), 0U);
  EXPECT_THAT(notes.words(), IsEmpty());
}

}  // namespace
}  // namespace copydesk::reuse
