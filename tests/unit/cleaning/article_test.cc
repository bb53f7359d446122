#include "cleaning/article.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "copydesk/edits.h"

namespace copydesk::cleaning {
namespace {

const std::string kBody =
    "The river near Osterby rose above the ancient bridge on Tuesday and the council closed it.";

Document page(const std::string& text,
              const std::vector<std::pair<std::size_t, Reason>>& removed = {}) {
  Document document(DocumentFields{}, text);
  Edits edits(document);
  for (const auto& [line, reason] : removed) edits.cut_line(line, reason);
  document.apply(edits.take());
  return document;
}

TEST(Article, HasTheLinesOfTheOriginalThatHoldAWord) {
  const Document document = page("Menu\n\n***\n  Harbour Post \n" + kBody, {{0, Reason::kNavMenu}});
  const Article article = article_of(document);
  ASSERT_EQ(article.lines.size(), 3u);
  EXPECT_EQ(article.bytes(1), "Harbour Post");
  EXPECT_EQ(article.words_of(1).size(), 2u);
  EXPECT_EQ(article.lines[0].cut, mask_of({Reason::kNavMenu}));
  EXPECT_TRUE(article.lines[0].gone);
  EXPECT_FALSE(article.lines[1].gone);
  EXPECT_TRUE(article.lines[2].body);
}

TEST(Article, KnowsWhatWasCutOfALine) {
  Document document(DocumentFields{}, "By Ada Kestrel Share\n" + kBody);
  Edits edits(document);
  edits.cut({14, 20}, Reason::kChromeShare);
  document.apply(edits.take());
  const Article article = article_of(document);
  EXPECT_EQ(article.lines[0].cut, mask_of({Reason::kChromeShare}));
  EXPECT_FALSE(article.lines[0].gone);
}

TEST(Article, LiesWhereRunningTextIs) {
  const Document document = page("Menu\nSearch\n" + kBody + "\n" + kBody + "\nMore news");
  const Zone zone = article_of(document).zone;
  EXPECT_EQ(zone.begin, 2u);
  EXPECT_EQ(zone.end, 4u);
}

TEST(Article, DoesNotCountWhatIsGone) {
  const Document document =
      page(kBody + "\nMenu\nSearch\n" + kBody, {{0, Reason::kPromoSubscribe}});
  EXPECT_EQ(article_of(document).zone.begin, 3u);
}

TEST(Article, CountsLinesOfChromeThatAreGone) {
  const Document document = page("Menu\nSearch\nBy Ada Kestrel\n" + kBody,
                                 {{0, Reason::kNavMenu}, {2, Reason::kMetaByline}});
  EXPECT_EQ(article_of(document).chrome_lines, 1u);
}

TEST(WordsKey, IsOfTheWordsAndTheirOrder) {
  const auto key = [](std::string_view text) {
    std::vector<text::Word> words;
    text::split_words(text, words);
    return words_key(words);
  };
  EXPECT_EQ(key("Harbour Post"), key("HARBOUR: post!"));
  EXPECT_NE(key("Harbour Post"), key("Post Harbour"));
  EXPECT_NE(key("Harbour Post"), key("Harbour"));
  EXPECT_NE(key("Harbour Harbour"), key("Harbour"));
}

TEST(Article, HasNoZoneWithoutRunningText) {
  EXPECT_TRUE(article_of(page("Menu\nSearch")).zone.empty());
  EXPECT_TRUE(article_of(page("")).zone.empty());
}

TEST(Article, ASentenceHasFourWords) {
  EXPECT_TRUE(article_of(page("It was loud.")).zone.empty());
  EXPECT_FALSE(article_of(page("It was very loud.")).zone.empty());
}

TEST(Article, ThreeIdeographsAreAWord) {
  const Article article = article_of(page("河水漲了三天"));
  ASSERT_EQ(article.lines.size(), 1u);
  EXPECT_FLOAT_EQ(article.lines[0].length, 2.0F);
}

}  // namespace
}  // namespace copydesk::cleaning
