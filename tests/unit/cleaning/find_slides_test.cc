#include "cleaning/find_slides.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "copydesk/edits.h"

namespace copydesk::cleaning {
namespace {

using Lines = std::vector<std::string>;
using Removed = std::vector<std::pair<std::size_t, Reason>>;

const std::string kBody =
    "The river near Osterby rose above the ancient bridge on Tuesday and the council closed it.";
// A caption, and what most of a show end in.
const std::string kCaption = "The bridge at dusk.";
const std::string kCredited = "Rowers pass under the bridge at dusk. Larkwire";

std::string join(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

// The lines of `text` that are of a show; `removed` are lines that an earlier stage has cut.
Lines shown(const Lines& lines, const Removed& removed = {}) {
  Document document(DocumentFields{}, join(lines));
  Edits edits(document);
  for (const auto& [line, reason] : removed) edits.cut_line(line, reason);
  document.apply(edits.take());
  const Article article = article_of(document);
  const std::vector<LineShape> shapes = line_shapes(TextView::of(document));
  const std::vector<bool> inside = slide_lines(find_slides(article), document, shapes);
  EXPECT_EQ(inside.size(), shapes.size());
  Lines found;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (inside[i]) found.emplace_back(document.line(i));
  }
  return found;
}

bool is_counter(const std::string& line) { return slide_counter(line).has_value(); }

TEST(SlideCounter, IsOfManyForms) {
  for (const char* line :
       {"3 of 23",       "3 / 23",          "3/23",      "Photo 3 of 23",  "Slide 3 of 23",
        "(3/23)",        "Image 3 of / 23", "3 von 23",  "3 sur 23",       "3 de 23",
        "3 z 23",        "3 di 23",         "3 van 23",  "3 из 23",        "3 من 23",
        "Bild 3 von 23", "ФОТО 3/23",       "写真 3/23", "3 of 23 photos", "(Photo 3 of 23)",
        "Photo: 3/23"}) {
    const auto counter = slide_counter(line);
    ASSERT_TRUE(counter) << line;
    EXPECT_EQ(counter->number, 3) << line;
    EXPECT_EQ(counter->total, 23) << line;
  }
}

TEST(SlideCounter, SaysNothingElse) {
  for (const char* line : {"", "3", "3. The bridge", "3 of 4 jurors agreed", "Step 3 of 4",
                           "Method 3 of 4:", "Question 3 of 10", "3-4", "3:4", "3of4", "2016/11/08",
                           "3/23/2016", "1234 of 2345", "Page 3 of 4", "3 of them", "of 23"}) {
    EXPECT_FALSE(is_counter(line)) << line;
  }
}

TEST(SlideCounter, CountsFromOneToTheTotal) {
  EXPECT_FALSE(is_counter("0 of 3"));
  EXPECT_TRUE(is_counter("1 of 3"));
  EXPECT_TRUE(is_counter("3 of 3"));
  EXPECT_FALSE(is_counter("4 of 3"));
}

TEST(SlideCounter, TwoNumbersAndASlashAreBare) {
  EXPECT_TRUE(slide_counter("3/23")->bare);
  EXPECT_TRUE(slide_counter("(3 / 23)")->bare);
  EXPECT_FALSE(slide_counter("Photo 3/23")->bare);
  EXPECT_FALSE(slide_counter("3/23 photos")->bare);
  EXPECT_FALSE(slide_counter("3 of 23")->bare);
}

TEST(FindSlides, FromTheFirstCounterToTheLast) {
  EXPECT_EQ(shown({kBody, "1 of 3", kCaption, "", "2 of 3", kCaption, "3 of 3", kBody}),
            (Lines{"1 of 3", kCaption, "2 of 3", kCaption, "3 of 3"}));
  EXPECT_EQ(shown({}), Lines{});
}

TEST(FindSlides, ThreeCountersAreAShow) {
  EXPECT_EQ(shown({kBody, "1 of 4", kCaption, "2 of 4", kBody}).size(), 0u);
  EXPECT_EQ(shown({kBody, "1 of 4", kCaption, "2 of 4", kCaption, "3 of 4", kBody}).size(), 5u);
  EXPECT_EQ(
      shown({kBody, "1 of 4", kCaption, "2 of 4", kCaption, "3 of 4", kCaption, "4 of 4"}).size(),
      7u);
}

TEST(FindSlides, NumbersAscendByOneToOneTotal) {
  const auto count = [](const char* a, const char* b, const char* c) {
    return shown({kBody, a, kCaption, b, kCaption, c, kBody}).size();
  };
  EXPECT_EQ(count("3 of 9", "4 of 9", "5 of 9"), 5u);
  EXPECT_EQ(count("3 of 9", "4 of 9", "6 of 9"), 0u);
  EXPECT_EQ(count("3 of 9", "4 of 9", "4 of 9"), 0u);
  EXPECT_EQ(count("5 of 9", "4 of 9", "3 of 9"), 0u);
  EXPECT_EQ(count("3 of 9", "4 of 9", "5 of 8"), 0u);
}

// Days of a month and marks of a review look the same.
TEST(FindSlides, ASlashAloneNeedsACompleteShow) {
  const auto count = [](const char* a, const char* b, const char* c) {
    return shown({kBody, a, kCaption, b, kCaption, c, kBody}).size();
  };
  EXPECT_EQ(count("1/3", "2/3", "3/3"), 5u);
  EXPECT_EQ(count("1/12", "2/12", "3/12"), 0u);
  EXPECT_EQ(count("3/5", "4/5", "5/5"), 0u);
  EXPECT_EQ(count("Photo 3/5", "Photo 4/5", "Photo 5/5"), 5u);
}

TEST(FindSlides, ThreeLinesStandBetweenCounters) {
  const auto count = [](std::size_t lines) {
    Lines text = {kBody, "1 of 3", kCaption, "2 of 3"};
    text.insert(text.end(), lines, "The bridge");
    text.insert(text.end(), {"3 of 3", kBody});
    return shown(text).size();
  };
  EXPECT_EQ(count(0), 4u);
  EXPECT_EQ(count(2), 6u);
  EXPECT_EQ(count(3), 7u);
  EXPECT_EQ(count(4), 0u);
}

TEST(FindSlides, OfSixHundredBytesEach) {
  const auto count = [](std::size_t bytes) {
    std::string caption = kBody;
    caption.resize(bytes, 'x');
    return shown({kBody, "1 of 3", kCaption, "2 of 3", caption, "3 of 3", kBody}).size();
  };
  EXPECT_EQ(count(599), 5u);
  EXPECT_EQ(count(600), 5u);
  EXPECT_EQ(count(601), 0u);
}

TEST(FindSlides, OnePlaceThatIsNoneTellsOfAll) {
  EXPECT_EQ(shown({kBody, "1 of 5", kCaption, "2 of 5", kCaption, "3 of 5", kBody, kBody, "4 of 5",
                   kCaption, "5 of 5", kBody})
                .size(),
            0u);
}

TEST(FindSlides, PartsOfAnArticleStay) {
  EXPECT_EQ(shown({kBody, "1 of 3", kBody, kBody, "2 of 3", kBody, kBody, "3 of 3", kBody, kBody}),
            Lines{});
  EXPECT_EQ(shown({kBody, "1 of 3", "The mill", kBody, "2 of 3", "The weir", kBody, "3 of 3",
                   "The lock", kBody}),
            Lines{});
}

TEST(FindSlides, AHeadingOverACreditedCaptionIsOfAShow) {
  const std::string caption = kBody + " Larkwire";
  EXPECT_EQ(shown({kBody, "1 of 3", "The mill", caption, "2 of 3", "The weir", caption, "3 of 3",
                   "The lock", caption, kBody})
                .size(),
            9u);
}

TEST(FindSlides, ListsScoresAndStepsStay) {
  EXPECT_EQ(shown({kBody, "1. The mill", kCaption, "2. The weir", kCaption, "3. The lock", kBody}),
            Lines{});
  EXPECT_EQ(shown({kBody, "3 of 4", kCaption, "2 of 4", kCaption, "3 of 4", kBody}), Lines{});
  EXPECT_EQ(shown({kBody, "Step 1 of 3", kCaption, "Step 2 of 3", kCaption, "Step 3 of 3", kBody}),
            Lines{});
  EXPECT_EQ(shown({kBody, "The jury stood at 1 of 3", kCaption, "then at 2 of 3", kCaption,
                   "in the end at 3 of 3", kBody}),
            Lines{});
}

TEST(FindSlides, TheFirstCaptionStandsBeforeItsCounter) {
  EXPECT_EQ(shown({kBody, kCredited, "1 of 3", kCredited, "2 of 3", kCredited, "3 of 3", kBody}),
            (Lines{kCredited, "1 of 3", kCredited, "2 of 3", kCredited, "3 of 3"}));
}

TEST(FindSlides, TheLastCaptionStandsAfterItsCounter) {
  EXPECT_EQ(shown({kBody, "1 of 3", kCredited, "2 of 3", kCredited, "3 of 3", kCredited, kBody}),
            (Lines{"1 of 3", kCredited, "2 of 3", kCredited, "3 of 3", kCredited}));
}

TEST(FindSlides, OutsideStaysWhatIsInDoubt) {
  const auto count = [](const std::string& before, const std::string& caption,
                        const std::string& after) {
    return shown({before, "1 of 3", caption, "2 of 3", caption, "3 of 3", after}).size();
  };
  EXPECT_EQ(count(kCredited, kCredited, kBody), 6u);
  EXPECT_EQ(count(kBody, kCredited, kCredited), 6u);
  EXPECT_EQ(count(kCredited, kCredited, "Bridges of the U.S. Senate"), 6u);
  EXPECT_EQ(count(kBody, kCredited, kBody), 5u);
  EXPECT_EQ(count(kCredited, kCredited, kCredited), 5u);  // at both ends
  EXPECT_EQ(count(kCredited, kCaption, kBody), 5u);       // unlike the others
  EXPECT_EQ(count(kBody, kCaption, kCredited), 5u);
}

TEST(FindSlides, OutsideIsACaptionIfMostHaveACredit) {
  const auto count = [](const std::string& second, const std::string& third) {
    return shown({kBody, kCredited, "1 of 4", kCredited, "2 of 4", second, "3 of 4", third,
                  "4 of 4", kBody})
        .size();
  };
  EXPECT_EQ(count(kCredited, kCaption), 8u);  // 2 of 3
  EXPECT_EQ(count(kCaption, kCaption), 7u);
  // 1 of 2: no more than half.
  EXPECT_EQ(
      shown({kBody, kCredited, "1 of 3", kCredited, "2 of 3", kCaption, "3 of 3", kBody}).size(),
      5u);
}

TEST(FindSlides, OutsideStaysIfSlidesDiffer) {
  EXPECT_EQ(shown({kBody, kCredited, "1 of 3", kCredited, "2 of 3", "The bridge", kCredited,
                   "3 of 3", kBody})
                .size(),
            6u);
  EXPECT_EQ(shown({kBody, kCredited, "1 of 3", "2 of 3", "3 of 3", kBody}).size(), 3u);
}

TEST(FindSlides, OutsideAreAsManyLinesAsInside) {
  EXPECT_EQ(shown({kBody, "1 of 3", "The mill", "(Photo: Larkwire)", "2 of 3", "The weir",
                   "(Photo: Larkwire)", "3 of 3", "The lock", "(Photo: Larkwire)", kBody})
                .size(),
            9u);
  EXPECT_EQ(shown({kBody, "1 of 3", "The mill", "(At noon: Larkwire)", "2 of 3", "The weir",
                   "(At noon: Larkwire)", "3 of 3", "The lock", "(At noon: Larkwire)", kBody})
                .size(),
            7u);
  // The text has fewer lines.
  EXPECT_EQ(
      shown({kCredited, "1 of 3", "The mill", kCredited, "2 of 3", "The weir", kCredited, "3 of 3"})
          .size(),
      7u);
}

TEST(FindSlides, ACreditIsShort) {
  const auto count = [](std::size_t bytes) {
    const std::string caption = kCaption + " " + std::string(bytes, 'x');
    return shown({kBody, caption, "1 of 3", caption, "2 of 3", caption, "3 of 3", kBody}).size();
  };
  EXPECT_EQ(count(39), 6u);
  EXPECT_EQ(count(40), 6u);
  EXPECT_EQ(count(41), 5u);
}

TEST(FindSlides, CountersAndCreditsMayBeCutAlready) {
  const Lines text = {kBody,      "1 of 3", "The mill", "Larkwire", "2 of 3", "The weir",
                      "Larkwire", "3 of 3", "The lock", "Larkwire", kBody};
  EXPECT_EQ(shown(text, {{1, Reason::kChromePlayer},
                         {3, Reason::kCaptionCredit},
                         {4, Reason::kChromePlayer},
                         {6, Reason::kCaptionCredit},
                         {7, Reason::kChromePlayer},
                         {9, Reason::kCaptionCredit}}),
            (Lines{"The mill", "The weir", "The lock"}));
}

TEST(FindSlides, ChromeBetweenIsNoText) {
  const Lines text = {kBody,  "1 of 3", kCaption, "Menu",   "Menu",
                      "Menu", "2 of 3", kCaption, "3 of 3", kBody};
  EXPECT_EQ(shown(text).size(), 0u);
  EXPECT_EQ(shown(text, {{3, Reason::kNavMenu}, {4, Reason::kNavMenu}, {5, Reason::kNavMenu}}),
            (Lines{"1 of 3", kCaption, "2 of 3", kCaption, "3 of 3"}));
}

TEST(FindSlides, APageMayHaveSeveral) {
  EXPECT_EQ(shown({"1 of 3", kCaption, "2 of 3", kCaption, "3 of 3", kBody, "1 of 3", kCaption,
                   "2 of 3", kCaption, "3 of 3", kBody})
                .size(),
            10u);
  // The line between two is of the first and of the second.
  EXPECT_EQ(shown({kBody, "1 of 3", kCredited, "2 of 3", kCredited, "3 of 3", kCredited, "1 of 3",
                   kCredited, "2 of 3", kCredited, "3 of 3", kBody})
                .size(),
            11u);
}

}  // namespace
}  // namespace copydesk::cleaning
