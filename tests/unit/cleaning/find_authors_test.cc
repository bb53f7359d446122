#include "cleaning/find_authors.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "copydesk/edits.h"

namespace copydesk::cleaning {
namespace {

const std::string kTitle = "Osterby council closes ancient bridge";
const std::string kBody =
    "The river near Osterby rose above the ancient bridge on Tuesday and the council closed it.\n"
    "Nobody was hurt in the flood, a spokeswoman of the council said, and ferries carry the "
    "cars.\n";

using Names = std::vector<std::string>;

// The title is the line kTitle, if there is one.
Names authors(const std::string& text,
              const std::vector<std::pair<std::size_t, Reason>>& removed = {}) {
  Document document(DocumentFields{}, text);
  Edits edits(document);
  for (const auto& [line, reason] : removed) edits.cut_line(line, reason);
  document.apply(edits.take());
  const Article article = article_of(document);
  std::optional<std::size_t> title;
  for (std::size_t i = 0; i < article.lines.size(); ++i) {
    if (article.bytes(i) == kTitle) title = i;
  }
  Names names;
  for (const AuthorLine& line : find_authors(article, title)) {
    names.insert(names.end(), line.names.begin(), line.names.end());
  }
  return names;
}

std::string lines(const std::string& line, std::size_t n) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += line + "\n";
  return out;
}

const Names kAda = {"Ada Kestrel"};

TEST(FindAuthors, MarkedByline) {
  EXPECT_EQ(authors(kTitle + "\nBy Ada Kestrel\n" + kBody), kAda);
  EXPECT_EQ(authors(kTitle + "\nVon\nAda Kestrel\n" + kBody), kAda);
  EXPECT_EQ(authors(kTitle + "\nBy Ada Kestrel\n" + kBody, {{1, Reason::kMetaByline}}), kAda);
}

TEST(FindAuthors, AfterAStandfirst) {
  const std::string first = kBody.substr(0, kBody.find('\n') + 1);
  EXPECT_EQ(authors(kTitle + "\n" + first + "By Ada Kestrel\n" + kBody), kAda);
}

TEST(FindAuthors, ABareNameNeedsADateARoleOrARule) {
  EXPECT_EQ(authors(kTitle + "\nAda Kestrel\n" + kBody), Names{});
  EXPECT_EQ(authors(kTitle + "\nAda Kestrel\n8 October 2024\n" + kBody), kAda);
  EXPECT_EQ(authors(kTitle + "\nAda Kestrel\nSenior Reporter\n" + kBody), kAda);
  EXPECT_EQ(authors(kTitle + "\nAda Kestrel\n" + kBody, {{1, Reason::kMetaByline}}), kAda);
  EXPECT_EQ(authors(kTitle + "\nAda Kestrel, Political Correspondent\n" + kBody), kAda);
}

// Above a title a rule alone is no proof, but for the line right above it.
TEST(FindAuthors, ANameRightAboveTheTitle) {
  EXPECT_EQ(authors("World\nAda Kestrel\n" + kTitle + "\n" + kBody, {{1, Reason::kMetaByline}}),
            kAda);
  EXPECT_EQ(authors("Ada Kestrel\nWorld\n" + kTitle + "\n" + kBody, {{0, Reason::kMetaByline}}),
            Names{});
  EXPECT_EQ(authors("World\nAda Kestrel\n" + kTitle + "\n" + kBody), Names{});
}

TEST(FindAuthors, ADateIsAtMostTwoLinesAway) {
  const auto at = [](std::size_t between) {
    return authors(kTitle + "\nAda Kestrel\n" + lines("Share", between) + "8 October 2024\n" +
                   kBody);
  };
  EXPECT_EQ(at(0), kAda);
  EXPECT_EQ(at(1), kAda);
  EXPECT_EQ(at(2), Names{});
}

TEST(FindAuthors, ABareNameIsNotWhomTheArticleSpeaksOf) {
  const std::string head = kTitle + "\nAda Kestrel\n8 October 2024\n";
  EXPECT_EQ(authors(head + kBody +
                    "It is very loud there, Kestrel said to the council of the town "
                    "on Tuesday.\n"),
            Names{});
  EXPECT_EQ(authors(head + kBody + "Menu of a kestrel\n"), Names{});  // a word, not a name
}

TEST(FindAuthors, ABareNameStandsBelowTheTitle) {
  EXPECT_EQ(authors("8 October 2024\nAda Kestrel\n" + kTitle + "\n" + kBody), Names{});
  EXPECT_EQ(
      authors("8 October 2024\nAda Kestrel\n" + kTitle + "\n" + kBody, {{1, Reason::kMetaByline}}),
      kAda);
  EXPECT_EQ(authors("By Ada Kestrel\n" + kTitle + "\n" + kBody), kAda);
}

TEST(FindAuthors, SeveralLinesOfNames) {
  EXPECT_EQ(authors(kTitle + "\nAda Kestrel\nJonas Wren\n8 October 2024\n" + kBody),
            (Names{"Ada Kestrel", "Jonas Wren"}));
  EXPECT_EQ(authors(kTitle + "\nBy Ada Kestrel\nShare\nShare\nBy Jonas Wren\n" + kBody), kAda);
}

TEST(FindAuthors, SixLinesAtMost) {
  const auto count = [](std::size_t n) {
    return authors(kTitle + "\n" + lines("By Ada Kestrel", n) + kBody).size();
  };
  EXPECT_EQ(count(5), 5u);
  EXPECT_EQ(count(6), 6u);
  EXPECT_EQ(count(7), 0u);
}

TEST(FindAuthors, AMarkerGoesBeforeADate) {
  EXPECT_EQ(authors(kTitle + "\nJonas Wren, 8 October 2024\nBy Ada Kestrel\n" + kBody), kAda);
}

TEST(FindAuthors, WithoutATitleTheNearestToTheArticle) {
  const std::string teaser = "Jonas Wren\n7 October 2024\nMenu\nSearch\n";
  EXPECT_EQ(authors(teaser + "Ada Kestrel\n8 October 2024\n" + kBody), kAda);
}

TEST(FindAuthors, HaveALongestDistance) {
  const auto above = [](const std::string& byline, std::size_t between) {
    return authors(byline + "\n" + lines("Menu", between) + kBody);
  };
  EXPECT_EQ(above("Ada Kestrel, Reporter", kBylineAboveArticle - 2), kAda);
  EXPECT_EQ(above("Ada Kestrel, Reporter", kBylineAboveArticle - 1), kAda);
  EXPECT_EQ(above("Ada Kestrel, Reporter", kBylineAboveArticle), Names{});
  EXPECT_EQ(above("By Ada Kestrel", kBylineFarAbove - 2), kAda);
  EXPECT_EQ(above("By Ada Kestrel", kBylineFarAbove - 1), kAda);
  EXPECT_EQ(above("By Ada Kestrel", kBylineFarAbove), Names{});
  const auto below = [](std::size_t between) {
    return authors("By Ada Kestrel\n" + lines("Menu", between) + kTitle + "\n" + kBody +
                   lines("It is loud there by night.", 60));
  };
  EXPECT_EQ(below(kBylineAboveTitle - 2), kAda);
  EXPECT_EQ(below(kBylineAboveTitle - 1), kAda);
}

TEST(FindAuthors, SignsAtTheEnd) {
  EXPECT_EQ(authors(kTitle + "\n" + lines(kBody, 6) + "By Ada Kestrel\n"), kAda);
  EXPECT_EQ(authors(kTitle + "\n" + lines(kBody, 6) + lines("Share", 2) + "By Ada Kestrel\n"),
            kAda);
  EXPECT_EQ(authors(kTitle + "\n" + lines(kBody, 6) + lines("Share", 3) + "By Ada Kestrel\n"),
            Names{});
  EXPECT_EQ(authors(kTitle + "\n" + lines(kBody, 6) + "Ada Kestrel, Reporter\n"), Names{});
}

TEST(FindAuthors, AWordThatOnlyTheRuleKnows) {
  const std::string text = kTitle + "\nMuhabir: Ada Kestrel\n" + kBody;
  EXPECT_EQ(authors(text), Names{});
  EXPECT_EQ(authors(text, {{1, Reason::kMetaByline}}), kAda);
}

// The living lines that go, of a page from which the first `removed` lines went.
std::vector<std::size_t> cut_lines(const std::string& text, std::size_t removed, Reason reason) {
  Document document(DocumentFields{}, text);
  Edits edits(document);
  for (std::size_t i = 0; i < removed; ++i) edits.cut_line(i, reason);
  document.apply(edits.take());
  const Article article = article_of(document);
  const std::vector<LineShape> shapes = line_shapes(TextView::of(document));
  return byline_lines(find_authors(article, std::nullopt), article, document, shapes);
}

TEST(BylineLines, GoFromWholePagesOnly) {
  const std::string text = lines("Menu", 4) + "By Ada Kestrel\n" + kBody;
  using Lines = std::vector<std::size_t>;
  EXPECT_EQ(cut_lines(text, kMinChromeLines - 1, Reason::kNavMenu), Lines{});
  EXPECT_EQ(cut_lines(text, kMinChromeLines, Reason::kNavMenu), Lines{1});
  EXPECT_EQ(cut_lines(text, kMinChromeLines + 1, Reason::kNavMenu), Lines{0});
  EXPECT_EQ(cut_lines(text, kMinChromeLines, Reason::kMetaDateline), Lines{});
  EXPECT_EQ(cut_lines(text, kMinChromeLines + 2, Reason::kNavMenu), Lines{});  // gone already
}

TEST(FindAuthors, NoneWithoutAnArticle) {
  EXPECT_EQ(authors("By Ada Kestrel\nMenu"), Names{});
  EXPECT_EQ(authors(""), Names{});
}

}  // namespace
}  // namespace copydesk::cleaning
