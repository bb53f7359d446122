#include "cleaning/find_title.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "copydesk/edits.h"

namespace copydesk::cleaning {
namespace {

const std::string kTitle = "Osterby council closes ancient bridge after flood";
const std::string kBody =
    "The river near Osterby rose above the ancient bridge on Tuesday and the council closed it.\n"
    "Nobody was hurt in the flood, a spokeswoman of the council said, and ferries carry the cars.\n"
    "The bridge will be open again in May, she said, if the engineers find that the piers stand.\n";

std::string title_of(const std::string& text, const std::string& known = {},
                     const std::vector<std::pair<std::size_t, Reason>>& removed = {},
                     const std::string& url = {}) {
  DocumentFields fields;
  fields.url = url;
  Document document(fields, text);
  Edits edits(document);
  for (const auto& [line, reason] : removed) edits.cut_line(line, reason);
  document.apply(edits.take());
  const Article article = article_of(document);
  const auto line = find_title(article, known);
  return line ? std::string(article.bytes(*line)) : "-";
}

std::vector<TitleCandidate> candidates_of(const std::string& text) {
  const Document document(DocumentFields{}, text);
  return title_candidates(article_of(document));
}

const std::string kMenu = "Menu\nSearch\nNews\nSport\nCulture\n";

TEST(FindTitle, IsTheHeadlineAboveBylineAndArticle) {
  EXPECT_EQ(title_of(kMenu + kTitle + "\nBy Ada Kestrel\n8 October 2024\n" + kBody), kTitle);
}

TEST(FindTitle, StandsAboveAnAdvertThatLooksLikeText) {
  const std::string advert =
      "Read all our stories for one month for free, then pay four marks a month. Subscribe now.\n";
  EXPECT_EQ(title_of(kMenu + advert + "Menu\nHome\nLogin\n" + kTitle +
                     "\nBy Ada Kestrel\n8 October 2024\n" + kBody),
            kTitle);
}

TEST(FindTitle, IsNotTheStandfirst) {
  const std::string standfirst = "Ferries carry the cars until engineers have seen the piers";
  EXPECT_EQ(
      title_of(kMenu + kTitle + "\n" + standfirst + "\nBy Ada Kestrel\n8 October 2024\n" + kBody),
      kTitle);
}

TEST(FindTitle, SaysNothingWhereTheArticleKnowsNoHeadline) {
  EXPECT_EQ(title_of(kMenu + "Our best recipes for winter\nFind a job here\n" + kBody), "-");
  EXPECT_EQ(title_of(kMenu + kBody), "-");
  EXPECT_EQ(title_of(kBody), "-");
}

TEST(FindTitle, SaysNothingWithoutAnArticle) {
  EXPECT_EQ(title_of(kMenu + kTitle), "-");
  EXPECT_EQ(title_of(""), "-");
}

TEST(FindTitle, SaysNothingBetweenTwo) {
  const std::string other = "Engineers of Osterby close ancient bridge in flood";
  const std::string third = "Council of Osterby says ancient bridge will be open in May";
  const std::string tail = "\nBy Ada Kestrel\n8 October 2024\n";
  EXPECT_EQ(title_of(kMenu + kTitle + "\n" + other + "\n" + third + tail + kBody), "-");
}

TEST(FindTitle, ListensToTheAddress) {
  const std::string other = "Engineers of Osterby close ancient bridge in flood";
  const std::string text = kMenu + kTitle + "\n" + other + "\n" + kBody;
  const std::string site = "https://post.example";
  EXPECT_EQ(title_of(text, {}, {}, site), kTitle);
  EXPECT_EQ(title_of(text, {}, {}, site + "/news/engineers-close-ancient-bridge-flood-12"), other);
}

TEST(FindTitle, FindsTheTitleThatIsKnown) {
  const std::string page = kMenu + "Flood\n" + kTitle + "\n" + kBody;
  EXPECT_EQ(title_of(page, "Flood"), "Flood");
  EXPECT_EQ(title_of(page, kTitle + " | Harbour Post"), kTitle);
  EXPECT_EQ(title_of(page, "Another title of this page"), "-");
}

TEST(FindTitle, ALineThatIsGoneIsRead) {
  const std::string text = kMenu + kTitle + "\nBy Ada Kestrel\n8 October 2024\n" + kBody;
  EXPECT_EQ(title_of(text, {}, {{6, Reason::kMetaByline}, {7, Reason::kMetaDateline}}), kTitle);
  EXPECT_EQ(title_of(text, kTitle, {{5, Reason::kMetaSection}}), kTitle);
}

TEST(TitleCandidates, AreOfTheRightLength) {
  const auto count = [](std::size_t words) {
    std::string line = "Osterby";
    for (std::size_t i = 1; i < words; ++i) line += " bridge";
    return candidates_of(line + "\n" + kBody).front().line == 0;
  };
  EXPECT_FALSE(count(2));
  EXPECT_TRUE(count(3));
  EXPECT_TRUE(count(4));
  EXPECT_TRUE(count(31));
  EXPECT_TRUE(count(32));
  EXPECT_FALSE(count(33));
}

TEST(TitleCandidates, StandNearTheArticle) {
  const auto first = [](std::size_t between) {
    std::string text = kTitle + "\n";
    for (std::size_t i = 0; i < between; ++i) text += "Menu\n";
    return candidates_of(text + kBody).front().line == 0;
  };
  EXPECT_TRUE(first(kTitleLinesBefore - 2));
  EXPECT_TRUE(first(kTitleLinesBefore - 1));
  EXPECT_FALSE(first(kTitleLinesBefore));
  const std::vector<TitleCandidate> inside = candidates_of(kBody + kBody);
  ASSERT_EQ(inside.size(), kTitleLinesInside);
}

TEST(TitleCandidates, FeaturesAreShares) {
  for (const TitleCandidate& candidate :
       candidates_of(kMenu + kTitle + "\n(Share this story)\n" + kTitle + "\n" + kBody)) {
    EXPECT_TRUE(std::all_of(candidate.features.begin(), candidate.features.end(),
                            [](float f) { return f >= 0.0F && f <= 1.0F; }));
  }
}

}  // namespace
}  // namespace copydesk::cleaning
