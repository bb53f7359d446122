#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "copydesk/text/document_frequencies.h"
#include "copydesk/text/words.h"
#include "support/probe.h"

namespace copydesk::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Page report(const std::string& title, const std::string& text, int day = 0) {
  Page page;
  page.title = title;
  page.text = text;
  if (day > 0) page.time = 86400LL * day;
  return page;
}

const char kFerryA[] =
    "The ferry Aldana ran aground off Port Merrin on Tuesday with 212 passengers on board. Nobody "
    "was hurt, the Merrin coastguard said, but the hull was torn open on the Kestrel reef and "
    "tugboats were called from Sandhaven.";
const char kFerryB[] =
    "Tugboats from Sandhaven pulled at the stranded Aldana all night. The ferry had struck Kestrel "
    "reef near Port Merrin, and its 212 passengers were taken off in lifeboats without injury, "
    "according to the coastguard.";
const char kOrchestra[] =
    "The Lindholm orchestra will open its season with a new violin concerto by Petra Vance. "
    "Conductor Ilse Marden called the work the boldest thing she has rehearsed in Lindholm hall.";

std::vector<std::vector<std::uint64_t>> members_of(const Found& found) {
  std::vector<std::vector<std::uint64_t>> members;
  for (const Story& story : found.stories) members.push_back(story.members);
  return members;
}

TEST(GroupStories, JoinsReportsOfOneEventInOtherWords) {
  const Found found = probe("group_stories", {},
                            {report("Ferry runs aground off Port Merrin", kFerryA),
                             report("Orchestra opens season", kOrchestra),
                             report("Aldana passengers safe after ferry hits reef", kFerryB)});
  EXPECT_THAT(members_of(found), ElementsAre(ElementsAre(0, 2), ElementsAre(1)));
  EXPECT_EQ(found.stories[0].story, 0U);
  EXPECT_EQ(found.stories[1].story, 1U);
  EXPECT_EQ(found.outcomes[0].story, 0U);
  EXPECT_EQ(found.outcomes[1].story, 1U);
  EXPECT_EQ(found.outcomes[2].story, 0U);
  EXPECT_THAT(found.outcomes[0].edits, IsEmpty());
}

TEST(GroupStories, ATitleAloneIsEnough) {
  const Found found = probe("group_stories", {},
                            {report("Ferry Aldana runs aground on reef off Port Merrin", kFerryA),
                             report("Ferry Aldana strikes reef off Port Merrin", ""),
                             report("Orchestra opens season in Lindholm", "")});
  EXPECT_THAT(members_of(found), ElementsAre(ElementsAre(0, 1), ElementsAre(2)));
}

TEST(GroupStories, TheWindowBelowAtAndAbove) {
  for (const auto& [later, joined] : {std::pair(12, true), {13, true}, {14, false}}) {
    const Found found =
        probe("group_stories", {{"window_days", std::int64_t{3}}},
              {report("Ferry aground", kFerryA, 10), report("Ferry aground", kFerryB, later)});
    EXPECT_EQ(found.stories.size(), joined ? 1U : 2U) << later;
  }
  // A report without a date may belong to any day.
  const Found undated =
      probe("group_stories", {},
            {report("Ferry aground", kFerryA, 10), report("Ferry aground", kFerryB)});
  EXPECT_EQ(undated.stories.size(), 1U);
}

TEST(GroupStories, TheThresholdDecides) {
  const std::vector<Page> pages = {report("Ferry aground", kFerryA), report("Ferry safe", kFerryB)};
  EXPECT_EQ(probe("group_stories", {{"threshold", 0.1}}, pages).stories.size(), 1U);
  EXPECT_EQ(probe("group_stories", {{"threshold", 0.9}}, pages).stories.size(), 2U);
}

TEST(GroupStories, AnOrdinalInTheTitleTellsLookAlikesApart) {
  const std::string text = "The Orlen regatta was won by the Sandhaven crew in calm weather. ";
  const std::string first = text + "Skipper Tam Oster thanked the town and the harbour master.";
  const std::string second = text + "The mayor Edda Quill gave the cup and praised the crowd.";
  EXPECT_EQ(probe("group_stories", {},
                  {report("Sandhaven wins Orlen regatta", first),
                   report("Sandhaven wins Orlen regatta again", second)})
                .stories.size(),
            1U);
  EXPECT_EQ(probe("group_stories", {{"threshold", 0.35}},
                  {report("Sandhaven wins 40th Orlen regatta", first),
                   report("Sandhaven wins 41st Orlen regatta", second)})
                .stories.size(),
            2U);
}

// The same words every year: with dates they never meet, also not through a copy without one.
TEST(GroupStories, TheSameEventOfAnotherYearIsAnotherStory) {
  std::vector<Page> pages = {report("Sandhaven wins Orlen regatta", kFerryA, 100),
                             report("Sandhaven wins Orlen regatta", kFerryA, 101),
                             report("Sandhaven wins Orlen regatta", kFerryA, 466)};
  EXPECT_THAT(members_of(probe("group_stories", {}, pages)),
              ElementsAre(ElementsAre(0, 1), ElementsAre(2)));
  pages.push_back(report("Sandhaven wins Orlen regatta", kFerryA));
  const Found found = probe("group_stories", {}, pages);
  EXPECT_EQ(found.outcomes[0].story, found.outcomes[1].story);
  EXPECT_NE(found.outcomes[0].story, found.outcomes[2].story);
}

// Two storms, three reports of each: more than enough words of all storms in common to join two
// single reports, but the reports of one storm have far more.
TEST(GroupStories, LookAlikeEventsStayApartWithoutDates) {
  std::mt19937 random(7);
  std::vector<Page> pages;
  for (int i = 0; i < 6; ++i) {
    std::string text;
    const auto say = [&](const std::string& stem, int of, int words) {
      std::vector<int> pool;
      for (int w = 0; w < of; ++w) pool.push_back(w);
      std::shuffle(pool.begin(), pool.end(), random);
      for (int w = 0; w < words; ++w) {
        text += stem + static_cast<char>('a' + pool[static_cast<std::size_t>(w)]) + " ";
      }
    };
    say("storm", 24, 15);
    say(i % 2 == 0 ? "merrin" : "lindholm", 18, 14);
    pages.push_back(report("", text));
  }
  EXPECT_THAT(members_of(probe("group_stories", {}, pages)),
              ElementsAre(ElementsAre(0, 2, 4), ElementsAre(1, 3, 5)));
  EXPECT_EQ(probe("group_stories", {}, {pages[0], pages[1]}).stories.size(), 1U);
}

TEST(GroupStories, DocumentsWithoutWordsStayAlone) {
  const Found found = probe("group_stories", {}, {report("", ""), report("", "!"), report("", "")});
  std::set<std::uint64_t> members;
  for (const Story& story : found.stories)
    members.insert(story.members.begin(), story.members.end());
  EXPECT_THAT(members, ElementsAre(0, 1, 2));
  EXPECT_EQ(found.stories.size(), 3U);
}

TEST(GroupStories, TheOrderOfTheDocumentsDoesNotMatter) {
  std::vector<Page> pages;
  std::mt19937 random(11);
  for (int i = 0; i < 60; ++i) {
    const std::string topic(1, static_cast<char>('a' + i % 12));
    std::string text = "Report on ";
    for (int w = 0; w < 25; ++w) {
      text += "word" + topic + std::string(1, static_cast<char>('a' + random() % 20)) + " ";
    }
    pages.push_back(report("Title", text, 1 + i % 5));
    pages.back().id = "page-" + std::to_string(i);
  }
  pages.push_back(pages[7]);
  pages.back().id = "copy";
  const auto outcome = [](const std::vector<Page>& order, std::size_t batch) {
    const Found found = probe("group_stories", {{"threshold", 0.45}}, order, batch);
    std::set<std::set<std::string>> stories;
    for (const Story& story : found.stories) {
      std::set<std::string> ids;
      for (const std::uint64_t doc : story.members) ids.insert(order[doc].id);
      stories.insert(ids);
    }
    return stories;
  };
  const std::set<std::set<std::string>> expected = outcome(pages, 1);
  EXPECT_GT(expected.size(), 12U);
  EXPECT_LT(expected.size(), 61U);
  for (int i = 0; i < 5; ++i) {
    std::shuffle(pages.begin(), pages.end(), random);
    EXPECT_EQ(outcome(pages, 7), expected);
  }
}

class BackgroundFile : public ::testing::Test {
 protected:
  void TearDown() override { std::remove(path_.c_str()); }
  void write(const std::string& bytes) { std::ofstream(path_, std::ios::binary) << bytes; }

  const std::string path_ =
      ::testing::TempDir() + "copydesk-background-" + std::to_string(::getpid()) + ".txt";
};

// Words that every document has say nothing.
TEST_F(BackgroundFile, DecidesWhatIsRare) {
  const std::vector<Page> pages = {report("", kFerryA), report("", kFerryB)};
  std::unordered_map<std::uint64_t, std::uint32_t> counts;
  for (const char* text : {kFerryA, kFerryB}) {
    std::vector<text::Word> words;
    text::split_words(text, words);
    for (const text::Word& word : words) counts[word.hash] = 2000;
  }
  write(text::DocumentFrequencies(2000, counts).render());
  EXPECT_EQ(probe("group_stories", {}, pages).stories.size(), 1U);
  EXPECT_EQ(probe("group_stories", {{"background", path_}}, pages).stories.size(), 2U);
}

TEST_F(BackgroundFile, Faults) {
  const auto fault = [](const std::string& path) -> std::string {
    for (const StageSpec& spec : builtin_stages()) {
      if (spec.name != "group_stories") continue;
      const auto stage = spec.make({{"background", path}});
      return stage.ok() ? "" : stage.error().message;
    }
    return "no such stage";
  };
  write("copydesk background 1\ndocuments 9\nleast 2\n9 0000000a\n");
  EXPECT_EQ(fault(path_), "");
  write("copydesk background 1\ndocuments none\n");
  EXPECT_EQ(fault(path_), path_ + ": line 2: must be \"documents\" and a number above 0");
  EXPECT_EQ(fault("/nowhere.txt"),
            "cannot open the background table /nowhere.txt: No such file or directory");
}

TEST(GroupStories, OptionRanges) {
  for (const auto& [value, fine] :
       {std::pair(0.0, false), {0.01, true}, {1.0, true}, {1.01, false}}) {
    EXPECT_EQ(option_fault("group_stories", "threshold", value).empty(), fine) << value;
  }
  for (const auto& [value, fine] :
       {std::pair<std::int64_t, bool>(-1, false), {0, true}, {36'500, true}, {36'501, false}}) {
    EXPECT_EQ(option_fault("group_stories", "window_days", value).empty(), fine) << value;
  }
}

// A document that an earlier stage has dropped is in no story.
TEST(GroupStories, TheStateKnowsDocumentsWithoutAStory) {
  const std::vector<Page> pages(4);
  const std::string state("\4\0\1\2\1", 5);
  const Result<Found> found = probe_resumed("group_stories", {}, pages, {}, state);
  ASSERT_TRUE(found.ok()) << found.error().message;
  std::vector<std::optional<std::uint64_t>> stories;
  for (const Outcome& outcome : found->outcomes) stories.push_back(outcome.story);
  EXPECT_THAT(stories, ElementsAre(std::nullopt, 0U, 0U, 1U));
  EXPECT_EQ(found->state, state);
}

TEST(GroupStories, TheStateNamesNoStoryBeforeItsFirstDocument) {
  const Result<Found> found = probe_resumed("group_stories", {}, {}, {}, "\1\2");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace copydesk::testing
