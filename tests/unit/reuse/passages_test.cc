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

TEST(MakePassages, SpansAreOfTheOriginal) {
  const Document a = with_cut("MENU\nThe pier burned down.", "MENU\n");
  const Document b = with_cut("Yes: the Pier burned, down!");
  const std::vector<Passage> passages = make_passages(a, b, std::vector<SharedRun>{{0, 1, 4}});
  ASSERT_THAT(passages, SizeIs(1));
  EXPECT_EQ(bytes(a, passages[0].a), "The pier burned down");
  EXPECT_EQ(bytes(b, passages[0].b), "the Pier burned, down");
  EXPECT_EQ(passages[0].words, 4U);
  EXPECT_FALSE(passages[0].quoted);
}

TEST(MakePassages, RunsAcrossParagraphsAreOnePassage) {
  const Document a = with_cut("The pier\n\nburned down.");
  const Document b = with_cut("The pier burned down.");
  EXPECT_THAT(make_passages(a, b, std::vector<SharedRun>{{0, 0, 4}}), SizeIs(1));
}

TEST(MakePassages, WhatWasCutInsideSplitsThem) {
  const std::string chrome = "SIGN UP\n";
  const Document a = with_cut("The pier burned\nSIGN UP\ndown on Friday.", chrome);
  const Document b = with_cut("The\nSIGN UP\npier burned down on Friday.", chrome);
  const std::vector<Passage> passages = make_passages(a, b, std::vector<SharedRun>{{0, 0, 6}});
  ASSERT_THAT(passages, SizeIs(3));
  EXPECT_EQ(bytes(a, passages[0].a), "The");
  EXPECT_EQ(bytes(b, passages[0].b), "The");
  EXPECT_EQ(bytes(a, passages[1].a), "pier burned");
  EXPECT_EQ(bytes(b, passages[1].b), "pier burned");
  EXPECT_EQ(bytes(a, passages[2].a), "down on Friday");
  EXPECT_EQ(bytes(b, passages[2].b), "down on Friday");
  EXPECT_EQ(passages[0].words + passages[1].words + passages[2].words, 6U);
}

TEST(MakePassages, WhatWasCutBesideThemDoesNot) {
  const Document a = with_cut("SIGN UP\nThe pier burned down.\nSIGN UP\nMore.", "SIGN UP\n");
  const Document b = with_cut("The pier burned down.");
  EXPECT_THAT(make_passages(a, b, std::vector<SharedRun>{{0, 0, 4}}), SizeIs(1));
}

TEST(MakePassages, QuotedOnlyIfInBoth) {
  const Document quoted = with_cut("He said: “the pier burned down”.");
  const Document plain = with_cut("We know the pier burned down.");
  EXPECT_TRUE(make_passages(quoted, quoted, std::vector<SharedRun>{{2, 2, 4}})[0].quoted);
  EXPECT_FALSE(make_passages(quoted, plain, std::vector<SharedRun>{{2, 2, 4}})[0].quoted);
  EXPECT_FALSE(make_passages(plain, quoted, std::vector<SharedRun>{{2, 2, 4}})[0].quoted);
}

TEST(MakePassages, ChineseBigrams) {
  const Document a = with_cut("市长说：我们将重建码头。");
  const Document b = with_cut("据说我们将重建码头了");
  // Bigrams of 我们将重建码头: six, from the second run of a and inside the only run of b.
  const std::vector<Passage> passages = make_passages(a, b, std::vector<SharedRun>{{2, 2, 6}});
  ASSERT_THAT(passages, SizeIs(1));
  EXPECT_EQ(bytes(a, passages[0].a), "我们将重建码头");
  EXPECT_EQ(bytes(b, passages[0].b), "我们将重建码头");
}

}  // namespace
}  // namespace copydesk::reuse
