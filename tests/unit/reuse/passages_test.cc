#include "reuse/passages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "unit/reuse/invented_words.h"

namespace copydesk::reuse {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

std::string_view bytes(const Document& document, Span span) {
  return document.original().substr(span.begin, span.size());
}

// A document of which every `cut` in the text was removed.
Document with_cut(const std::string& text, const std::string& cut = {}) {
  Document document(DocumentFields{}, text);
  std::vector<AppliedEdit> edits;
  for (std::size_t at = 0; !cut.empty() && (at = text.find(cut, at)) != std::string::npos;
       at += cut.size()) {
    edits.push_back(
        {.span = {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + cut.size())},
         .reason = Reason::kPromoNewsletter,
         .stage = "test",
         .rule = {},
         .replacement = {}});
  }
  document.apply(std::move(edits));
  return document;
}

std::vector<Passage> passages_of(const Document& a, const Document& b,
                                 const std::vector<SharedRun>& runs) {
  const Quotations quotations_a(a.text());
  const Quotations quotations_b(b.text());
  return make_passages({a, quotations_a}, {b, quotations_b}, runs);
}

TEST(MakePassages, SpansAreOfTheOriginal) {
  const Document a = with_cut("MENU\nThe pier burned down.", "MENU\n");
  const Document b = with_cut("Yes: the Pier burned, down!");
  const std::vector<Passage> passages = passages_of(a, b, {{0, 1, 4}});
  ASSERT_THAT(passages, SizeIs(1));
  EXPECT_EQ(bytes(a, passages[0].a), "The pier burned down");
  EXPECT_EQ(bytes(b, passages[0].b), "the Pier burned, down");
  EXPECT_EQ(passages[0].words, 4U);
  EXPECT_FALSE(passages[0].quoted);
}

TEST(MakePassages, RunsAcrossParagraphsAreOnePassage) {
  const Document a = with_cut("The pier\n\nburned down.");
  const Document b = with_cut("The pier burned down.");
  EXPECT_THAT(passages_of(a, b, {{0, 0, 4}}), SizeIs(1));
}

TEST(MakePassages, WhatWasCutInOneInsideSplitsThem) {
  const std::string chrome = "SIGN UP\n";
  const Document a = with_cut("The pier burned\nSIGN UP\ndown on Friday.", chrome);
  const Document b = with_cut("The\nSIGN UP\npier burned down on Friday", chrome);
  const std::vector<Passage> passages = passages_of(a, b, {{0, 0, 6}});
  ASSERT_THAT(passages, SizeIs(3));
  EXPECT_EQ(bytes(a, passages[0].a), "The");
  EXPECT_EQ(bytes(b, passages[0].b), "The");
  EXPECT_EQ(bytes(a, passages[1].a), "pier burned");
  EXPECT_EQ(bytes(b, passages[1].b), "pier burned");
  EXPECT_EQ(bytes(a, passages[2].a), "down on Friday");
  EXPECT_EQ(bytes(b, passages[2].b), "down on Friday");
  EXPECT_EQ(passages[0].words + passages[1].words + passages[2].words, 6U);
}

TEST(MakePassages, WhatWasCutAlikeInBothDoesNot) {
  const std::string chrome = "SIGN UP\n";
  const Document a = with_cut("The pier burned\nSIGN UP\ndown.", chrome);
  const Document b = with_cut("Lo! The pier  burned.\n\nSign up\ndown", "Sign up\n");
  const std::vector<Passage> passages = passages_of(a, b, {{0, 1, 4}});
  ASSERT_THAT(passages, SizeIs(1));
  EXPECT_EQ(bytes(a, passages[0].a), "The pier burned\nSIGN UP\ndown");
  EXPECT_EQ(bytes(b, passages[0].b), "The pier  burned.\n\nSign up\ndown");
  EXPECT_EQ(passages[0].words, 6U);
}

// In b the advertisement is alive, so the runs are two.
TEST(MakePassages, WhatWasCutInOneAndStandsInTheOtherJoinsTheirRuns) {
  const Document a = with_cut("The pier burned\nSIGN UP\ndown on Friday", "SIGN UP\n");
  const Document b = with_cut("The pier burned\nSIGN UP\ndown on Friday");
  const std::vector<Passage> passages = passages_of(a, b, {{0, 0, 3}, {3, 5, 3}});
  ASSERT_THAT(passages, SizeIs(1));
  EXPECT_EQ(bytes(a, passages[0].a), a.original());
  EXPECT_EQ(bytes(b, passages[0].b), b.original());
  EXPECT_EQ(passages[0].words, 8U);
}

TEST(MakePassages, RunsAreNotJoinedOverAnother) {
  // In b another passage stands where a has the advertisement.
  const Document a = with_cut("The pier burned\nSIGN UP\ndown on Friday. Sign up", "SIGN UP\n");
  const Document b = with_cut("The pier burned sign up down on Friday");
  EXPECT_THAT(passages_of(a, b, {{0, 0, 3}, {3, 5, 3}, {6, 3, 2}}), SizeIs(3));
}

TEST(MakePassages, OtherWordsBetweenRunsPartThem) {
  const Document a = with_cut("The pier burned\nSIGN UP\ndown on Friday", "SIGN UP\n");
  const Document b = with_cut("The pier burned log in down on Friday");
  EXPECT_THAT(passages_of(a, b, {{0, 0, 3}, {3, 5, 3}}), SizeIs(2));
}

TEST(MakePassages, IncludePunctuationThatBothHave) {
  const Document a = with_cut("“Yes. “The pier burned down!” he said");
  const Document b = with_cut("So: “The pier burned down!”, said he");
  const std::vector<Passage> passages = passages_of(a, b, {{1, 1, 4}});
  ASSERT_THAT(passages, SizeIs(1));
  EXPECT_EQ(bytes(a, passages[0].a), " “The pier burned down!”");
  EXPECT_EQ(bytes(b, passages[0].b), " “The pier burned down!”");
}

TEST(MakePassages, PunctuationEndsWithTheLine) {
  const Document a = with_cut("No.\nThe pier burned down.\n\nMore");
  const Document b = with_cut("Yes.\nThe pier burned down.\n\nLess");
  const std::vector<Passage> passages = passages_of(a, b, {{1, 1, 4}});
  EXPECT_EQ(bytes(a, passages[0].a), "The pier burned down.");
}

TEST(MakePassages, PunctuationIsNotCutInTheMiddleOfACharacter) {
  // The closing marks “ and ” differ in their last byte only, the opening » and … in all but it.
  const Document a = with_cut("» pier burned“ more");
  const Document b = with_cut("« pier burned” more");
  const std::vector<Passage> passages = passages_of(a, b, {{0, 0, 2}});
  EXPECT_EQ(bytes(a, passages[0].a), " pier burned");
}

TEST(MakePassages, PunctuationThatWasCutDoesNotBelongToThem) {
  const Document a = with_cut("The pier burned!!\nMENU\n…", "!\nMENU\n");
  const Document b = with_cut("The pier burned!…");
  EXPECT_EQ(bytes(a, passages_of(a, b, {{0, 0, 3}})[0].a), "The pier burned");
}

// What stands between two passages belongs to the first of them, in both texts.
TEST(MakePassages, AreDisjoint) {
  const Document a = with_cut("one two. three four.");
  const Document b = with_cut("three four. one two.");
  const std::vector<Passage> passages = passages_of(a, b, {{0, 2, 2}, {2, 0, 2}});
  ASSERT_THAT(passages, SizeIs(2));
  EXPECT_EQ(bytes(a, passages[0].a), "one two.");
  EXPECT_EQ(bytes(b, passages[0].b), "one two.");
  EXPECT_EQ(bytes(a, passages[1].a), "three four.");
  const Document c = with_cut("one two. three four.");
  const Document d = with_cut("x. three four. one two. x");
  const std::vector<Passage> others = passages_of(c, d, {{0, 3, 2}, {2, 1, 2}});
  EXPECT_LE(others[0].a.end, others[1].a.begin);
  EXPECT_LE(others[1].b.end, others[0].b.begin);
}

TEST(MakePassages, WhatWasCutBesideThemDoesNot) {
  const Document a = with_cut("SIGN UP\nThe pier burned down.\nSIGN UP\nMore.", "SIGN UP\n");
  const Document b = with_cut("The pier burned down.");
  EXPECT_THAT(passages_of(a, b, {{0, 0, 4}}), SizeIs(1));
}

TEST(MakePassages, QuotedOnlyIfInBoth) {
  const Document quoted = with_cut("He said: “the pier burned down”.");
  const Document plain = with_cut("We know the pier burned down.");
  EXPECT_TRUE(passages_of(quoted, quoted, {{2, 2, 4}})[0].quoted);
  EXPECT_FALSE(passages_of(quoted, plain, {{2, 2, 4}})[0].quoted);
  EXPECT_FALSE(passages_of(plain, quoted, {{2, 2, 4}})[0].quoted);
}

// The letter behind the last shared pair is the same, its mark is not.
TEST(MakePassages, NeverPartALetterFromItsMark) {
  const Document a = with_cut("เรือออกหกโมงเช้ six");
  const Document b = with_cut("เรือออกหกโมงเช seven");
  std::uint32_t shared = 0;
  while (a.words()[shared].hash == b.words()[shared].hash) ++shared;
  const std::vector<Passage> passages = passages_of(a, b, {{0, 0, shared}});
  ASSERT_THAT(passages, SizeIs(1));
  EXPECT_EQ(passages[0].a.end, a.words()[shared - 1].end);
  EXPECT_EQ(passages[0].b.end, b.words()[shared - 1].end);
}

TEST(MakePassages, ChineseBigrams) {
  const Document a = with_cut("市长说：我们将重建码头。");
  const Document b = with_cut("据说我们将重建码头了");
  // Bigrams of 我们将重建码头: six, from the second run of a and inside the only run of b.
  const std::vector<Passage> passages = passages_of(a, b, {{2, 2, 6}});
  ASSERT_THAT(passages, SizeIs(1));
  EXPECT_EQ(bytes(a, passages[0].a), "我们将重建码头");
  EXPECT_EQ(bytes(b, passages[0].b), "我们将重建码头");
}

// The cut makes 日本 of two letters that stood apart: it is a word of neither original.
TEST(MakePassages, AWordThatACutMadeIsNone) {
  const Document a = with_cut("他日。广告。本語 is here", "。广告。");
  const Document b = with_cut("他日本語 is here");
  ASSERT_EQ(a.text(), b.text());
  for (const bool turned : {false, true}) {
    const std::vector<Passage> passages =
        turned ? passages_of(b, a, {{0, 0, 5}}) : passages_of(a, b, {{0, 0, 5}});
    ASSERT_THAT(passages, SizeIs(2));
    const Document& first = turned ? b : a;
    const Document& second = turned ? a : b;
    EXPECT_EQ(bytes(first, passages[0].a), "他日");
    EXPECT_EQ(bytes(second, passages[0].b), "他日");
    EXPECT_EQ(passages[0].words, 1U);
    EXPECT_EQ(bytes(first, passages[1].a), "本語 is here");
    EXPECT_EQ(bytes(second, passages[1].b), "本語 is here");
    EXPECT_EQ(passages[1].words, 3U);
  }
}

}  // namespace
}  // namespace copydesk::reuse
