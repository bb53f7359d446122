#include "cleaning/find_fields.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "copydesk/edits.h"

namespace copydesk::cleaning {
namespace {

const std::string kBody =
    "The river near Osterby rose above the ancient bridge on Tuesday and the council closed it.";
const std::string kTitle = "Osterby council closes ancient bridge";

struct Found {
  std::vector<std::string> rules;
  std::vector<std::size_t> lines;
  std::vector<std::pair<Field, std::string>> lifted;

  [[nodiscard]] std::string field(Field field) const {
    for (const auto& [name, value] : lifted) {
      if (name == field) return value;
    }
    return "-";
  }
};

struct Given {
  std::string title = {};
  std::string outlet = {};
  bool keep_captions = false;
  // Lines of the text that an earlier stage removes, and why.
  std::vector<std::pair<std::size_t, Reason>> removed = {};
  std::vector<LiftedField> lifted = {};
  std::vector<std::size_t> slides = {};  // lines of a slide show
};

Found find(const std::string& text, const Given& given = {}) {
  DocumentFields fields;
  fields.title = given.title;
  fields.outlet = given.outlet;
  Document document(fields, text);
  Edits edits(document);
  for (const auto& [line, reason] : given.removed) edits.cut_line(line, reason);
  document.apply(edits.take());
  for (const LiftedField& field : given.lifted) document.lift(field);
  const TextView page = TextView::of(document);
  const std::vector<LineShape> shapes = line_shapes(page);
  PageContext context = context_of(document, shapes);
  context.keep_captions = given.keep_captions;
  if (!given.slides.empty()) context.slides.resize(shapes.size());
  for (const std::size_t line : given.slides) context.slides[line] = true;
  const FieldOutcome outcome = find_fields(page, shapes, context);
  Found found;
  for (const FieldCut& cut : outcome.cuts) {
    found.rules.emplace_back(cut.rule);
    found.lines.push_back(cut.line);
  }
  for (const LiftedField& field : outcome.lifted)
    found.lifted.emplace_back(field.field, field.value);
  return found;
}

using Rules = std::vector<std::string>;

TEST(FindFields, FindsNothingOnAPageWithoutRunningText) {
  const Found found = find("Harbour Post\nHarbour Post\n" + kTitle);
  EXPECT_TRUE(found.rules.empty());
  EXPECT_TRUE(found.lifted.empty());
  EXPECT_TRUE(find("").lifted.empty());
}

TEST(FindTitle, TakesTheHeadlineOfAShortHead) {
  EXPECT_EQ(find("Strange noises heard at night\n" + kBody).field(Field::kTitle),
            "Strange noises heard at night");
}

TEST(FindTitle, ShortHeadHasALongestLength) {
  const auto title = [](int lines_before) {
    std::string text;
    for (int i = 0; i < lines_before; ++i) text += "Menu\n";
    return find(text + "Strange noises heard at night\n" + kBody).field(Field::kTitle);
  };
  EXPECT_NE(title(1), "-");
  EXPECT_NE(title(2), "-");
  EXPECT_EQ(title(3), "-");
}

// The title of a page with a headline that says nothing and `line` after it.
std::string title_after_other(const std::string& line, const std::string& body = kBody) {
  return find("Strange noises heard at night\n" + line + "\n" + body).field(Field::kTitle);
}

TEST(FindTitle, TakesTheHeadlineThatTheStorySpeaksOf) {
  const std::string other = "Strange noises heard at night";
  EXPECT_EQ(title_after_other("Osterby bridge is no more"), other);  // two words
  EXPECT_EQ(title_after_other("Osterby council and its bridge"), "Osterby council and its bridge");
  EXPECT_EQ(title_after_other(kTitle), kTitle);
}

TEST(FindTitle, OfWhichTheStoryKnowsHalfTheWords) {
  const std::string three = "Osterby council bridge zebra quagga";
  const std::string other = "Strange noises heard at night";
  EXPECT_EQ(title_after_other(three), three);                          // 3 of 5
  EXPECT_EQ(title_after_other(three + " ocelot"), three + " ocelot");  // 3 of 6
  EXPECT_EQ(title_after_other(three + " ocelot wombat"), other);       // 3 of 7
}

TEST(FindTitle, TakesTheFirstOfAShortHead) {
  const std::string deck = "Osterby council closed ancient bridge on Tuesday as river rose";
  EXPECT_EQ(find(kTitle + "\n" + deck + "\n" + kBody).field(Field::kTitle), kTitle);
}

TEST(FindTitle, TenBodyLinesAreTheBeginningOfAStory) {
  const auto title = [](int lines_before) {
    std::string body;
    for (int i = 0; i < lines_before; ++i) body += "A b c d e f g h i j k l.\n";
    return title_after_other(kTitle, body + kBody);
  };
  EXPECT_EQ(title(8), kTitle);
  EXPECT_EQ(title(9), kTitle);
  EXPECT_EQ(title(10), "Strange noises heard at night");
}

TEST(FindTitle, LeavesATitleThatIsKnown) {
  EXPECT_EQ(find(kTitle + "\n" + kBody, {.title = "Another"}).field(Field::kTitle), "-");
}

TEST(FindTitle, NeverRemovesATitle) {
  const Found found = find(kTitle + "\n" + kTitle + "\n" + kBody, {.title = kTitle + " | Post"});
  EXPECT_TRUE(found.rules.empty());
}

TEST(FindOutlet, CutsALineThatIsTheOutletAtEitherEnd) {
  const Found found = find("HARBOUR POST\n" + kBody + "\nHarbour Post\n" + kBody + "\nHarbour Post",
                           {.outlet = "Harbour Post"});
  EXPECT_EQ(found.rules, (Rules{"outlet_line", "outlet_line"}));
  EXPECT_EQ(found.lines, (std::vector<std::size_t>{0, 4}));
}

TEST(FindOutlet, ANameThatStandsTwiceIsTheOutlet) {
  const Found found = find("Harbour Post\n\nHarbour Post\n" + kTitle + "\n" + kBody);
  EXPECT_EQ(found.rules, (Rules{"doubled_name", "doubled_name"}));
  EXPECT_EQ(found.field(Field::kOutlet), "Harbour Post");
}

TEST(FindOutlet, DoubledNamesMayStandInOneAnother) {
  const Found found = find("Post\nHarbour\nHarbour\nHarbour\nPost\nMenu\n" + kTitle + "\n" + kBody);
  EXPECT_EQ(found.lines, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
  EXPECT_EQ(found.field(Field::kOutlet), "Harbour");
}

TEST(FindOutlet, DoubledNamesOutsideTheHeadStay) {
  EXPECT_TRUE(find(kBody + "\nHarbour Post\nHarbour Post\n" + kBody).rules.empty());
  EXPECT_TRUE(find(kBody + "\nHarbour Post\nHarbour Post").rules.empty());
}

TEST(FindOutlet, AKnownOutletIsNotReplaced) {
  const Found found = find("Ada Kestrel\nAda Kestrel\n" + kBody, {.outlet = "post.example"});
  EXPECT_EQ(found.field(Field::kOutlet), "-");
  EXPECT_EQ(found.rules.size(), 2u);
}

TEST(FindOutlet, IsTheSiteIfThereIsNoOther) {
  const LiftedField site{Field::kSite, "www.harbourpost.example"};
  EXPECT_EQ(find(kBody, {.lifted = {site}}).field(Field::kOutlet), "harbourpost.example");
  EXPECT_EQ(find(kBody, {.outlet = "Post", .lifted = {site}}).field(Field::kOutlet), "-");
}

Given after_section() { return {.removed = {{0, Reason::kMetaSection}}}; }

TEST(FindBareName, BesideTheTitleUnderARemovedLine) {
  const Found found = find("World\nAda Kestrel\n\n" + kTitle + "\n" + kBody, after_section());
  EXPECT_EQ(found.rules, Rules{"bare_name"});
  EXPECT_EQ(found.field(Field::kAuthor), "Ada Kestrel");
}

TEST(FindBareName, BeforeARemovedDateLine) {
  EXPECT_EQ(find(kTitle + "\nAda Kestrel\n8 October 2024\n" + kBody,
                 {.removed = {{2, Reason::kMetaDateline}}})
                .rules,
            Rules{"bare_name"});
}

TEST(FindBareName, UnderADoubledOutlet) {
  EXPECT_EQ(
      find("Harbour Post\nHarbour Post\nAda Kestrel\n" + kTitle + "\n" + kBody, {.title = kTitle})
          .rules,
      (Rules{"doubled_name", "doubled_name", "bare_name"}));
}

TEST(FindBareName, WithItsOutlet) {
  Given given = after_section();
  given.outlet = "Harbour Post";
  const Found found = find("World\nAda Kestrel, Harbour Post\n" + kTitle + "\n" + kBody, given);
  EXPECT_EQ(found.field(Field::kAuthor), "Ada Kestrel");
  given.outlet = "Mill Weekly";
  EXPECT_TRUE(
      find("World\nAda Kestrel, Harbour Post\n" + kTitle + "\n" + kBody, given).rules.empty());
}

TEST(FindBareName, IsNoLabel) {
  const auto rules = [](const std::string& line, const std::string& more) {
    return find("World\n" + line + "\n" + kTitle + "\n" + kBody + more, after_section()).rules;
  };
  EXPECT_EQ(rules("Wren Larks", ""), Rules{"bare_name"});
  EXPECT_EQ(rules("Wren Larks", " The larks sang."), Rules{});
  EXPECT_EQ(rules("Related Links", ""), Rules{});
}

TEST(FindBareName, StaysWithoutEvidence) {
  EXPECT_TRUE(find("Ada Kestrel\n" + kTitle + "\n" + kBody).rules.empty());
}

TEST(FindBareName, StaysIfTheStoryNamesThePerson) {
  EXPECT_TRUE(find("World\nAda Kestrel\n" + kTitle + "\n" + kBody + " So said Ada Kestrel.",
                   after_section())
                  .rules.empty());
}

TEST(FindBareName, StaysFarFromTheTitle) {
  const auto rules = [](const std::string& between) {
    return find("World\nAda Kestrel\n" + between + kTitle + "\n" + kBody, after_section()).rules;
  };
  EXPECT_EQ(rules(""), Rules{"bare_name"});
  EXPECT_EQ(rules("Menu\n"), Rules{"bare_name"});
  EXPECT_EQ(rules("Menu\nSearch\n"), Rules{});
}

TEST(FindCaptions, LiftsOnceWhatStandsTwice) {
  const std::string caption = "The old bridge on Sep. 3. (Larkwire)";
  const Found found = find(kTitle + "\n" + caption + " " + caption + "\n" + kBody);
  EXPECT_EQ(found.rules, Rules{"doubled_caption"});
  EXPECT_EQ(found.field(Field::kCaptions), caption);
}

TEST(FindCaptions, TheTitleWithACredit) {
  const std::string line = kTitle + ". Source: Ada Kestrel, Larkwire";
  const Found found = find(kTitle + "\n" + line + "\n" + kBody, {.title = kTitle});
  EXPECT_EQ(found.rules, Rules{"title_credit"});
  EXPECT_EQ(found.field(Field::kCaptions), line);
}

TEST(FindCaptions, TheLabelOfAPictureAfterARemovedDate) {
  const std::string text = kTitle + "\nPublished\nOsterby Bridge Council\n" + kBody;
  EXPECT_EQ(find(text, {.removed = {{1, Reason::kMetaDateline}}}).rules, Rules{"picture_label"});
  EXPECT_TRUE(find(text).rules.empty());
  EXPECT_TRUE(find(text, {.removed = {{1, Reason::kPromoAd}}}).rules.empty());
}

TEST(FindCaptions, ALabelSpeaksOfWhatTheStorySpeaksOf) {
  const auto rules = [](const std::string& label) {
    return find(kTitle + "\nPublished\n" + label + "\n" + kBody,
                {.removed = {{1, Reason::kMetaDateline}}})
        .rules;
  };
  EXPECT_EQ(rules("Osterby Bridge Zebra Quagga"), Rules{});                         // 2 of 4
  EXPECT_EQ(rules("Osterby Bridge Council Zebra Quagga"), Rules{"picture_label"});  // 3 of 5
  EXPECT_EQ(rules("Osterby Bridge Council Zebra"), Rules{"picture_label"});         // 3 of 4
}

TEST(FindCaptions, CanStay) {
  const std::string caption = "The old bridge on Sep. 3. (Larkwire)";
  const Found found =
      find(kTitle + "\n" + caption + " " + caption + "\n" + kBody, {.keep_captions = true});
  EXPECT_TRUE(found.rules.empty());
  EXPECT_EQ(found.field(Field::kCaptions), "-");
}

TEST(FindCaptions, OfASlideShowWithoutItsCounters) {
  const Found found = find(kBody + "\n1 of 3\nThe mill\n\n***\n2 of 3\nThe weir\n3 of 3",
                           {.slides = {1, 2, 3, 4, 5, 6, 7}});
  EXPECT_EQ(found.lines, (std::vector<std::size_t>{1, 2, 4, 5, 6, 7}));
  EXPECT_EQ(found.rules, Rules(6, "slide_show"));
  EXPECT_EQ(found.lifted, (std::vector<std::pair<Field, std::string>>{
                              {Field::kCaptions, "The mill"}, {Field::kCaptions, "The weir"}}));
}

TEST(FindCaptions, OfASlideShowOnce) {
  const std::string caption = "The old bridge on Sep. 3. (Larkwire)";
  const Found found = find("1 of 3\n" + caption + " " + caption + "\n" + kBody, {.slides = {0, 1}});
  EXPECT_EQ(found.rules, (Rules{"slide_show", "doubled_caption"}));
  EXPECT_EQ(found.lifted.size(), 1u);
}

TEST(FindCaptions, OfASlideShowCanStay) {
  const Found found = find(kBody + "\n1 of 3\nThe mill", {.keep_captions = true, .slides = {1, 2}});
  EXPECT_TRUE(found.rules.empty());
  EXPECT_TRUE(found.lifted.empty());
}

TEST(FindCaptions, OfASlideShowAreNotTheStory) {
  EXPECT_TRUE(find("1 of 3\n" + kBody + "\n2 of 3", {.slides = {0, 1, 2}}).rules.empty());
  EXPECT_EQ(
      find("OSTERBY (Larkwire) – " + kBody + "\n" + kBody, {.slides = {0}}).field(Field::kDateline),
      "-");
}

TEST(FindDateline, IsCopiedFromTheFirstBodyLine) {
  const Found found = find(kTitle + "\nOSTERBY (Larkwire) – " + kBody);
  EXPECT_EQ(found.field(Field::kDateline), "OSTERBY (Larkwire)");
  EXPECT_TRUE(found.rules.empty());
  EXPECT_EQ(find(kBody + "\nOSTERBY (Larkwire) – " + kBody).field(Field::kDateline), "-");
}

TEST(FindDateline, TheFirstBodyLineIsNoCaption) {
  const std::string credit = ". Source: Ada Kestrel and Jonas Wren, Larkwire Pool Photo via AP";
  const std::string text = kTitle + "\n" + kTitle + credit + "\nOSTERBY (Larkwire) – " + kBody;
  EXPECT_EQ(find(text, {.title = kTitle}).field(Field::kDateline), "OSTERBY (Larkwire)");
}

TEST(ContextOf, SaysWhatWasRemovedBeforeEachLine) {
  Document document(DocumentFields{}, "Menu\nWorld\nA title\n\nToday\nText");
  Edits edits(document);
  edits.cut_line(0, Reason::kNavMenu);
  edits.cut_line(1, Reason::kMetaSection);
  edits.cut_line(4, Reason::kMetaDateline);
  document.apply(edits.take());
  const TextView page = TextView::of(document);
  const std::vector<LineShape> shapes = line_shapes(page);
  const PageContext context = context_of(document, shapes);
  const auto bit = [](Reason reason) { return ReasonMask{1} << static_cast<unsigned>(reason); };
  ASSERT_EQ(document.line(0), "A title");
  EXPECT_EQ(context.removed_before.front(), bit(Reason::kNavMenu) | bit(Reason::kMetaSection));
  EXPECT_EQ(context.removed_before.back(), bit(Reason::kMetaDateline));
}

}  // namespace
}  // namespace copydesk::cleaning
