#include <gtest/gtest.h>

#include "support/probe.h"

namespace copydesk::testing {
namespace {

const std::string kTitle = "Osterby council closes ancient bridge";
const std::string kCaption = "The old bridge on Sep. 3. (Larkwire)";
const std::string kBody =
    "OSTERBY (Larkwire) – The river rose above the ancient bridge and the council closed it.";

Outcome run(const std::string& text, const OptionValues& options = {}) {
  Page page;
  page.text = text;
  page.outlet = "";
  return probe("lift_fields", options, {page}).outcomes.at(0);
}

std::string lifted(const Outcome& outcome, Field field) {
  for (const LiftedField& found : outcome.lifted) {
    if (found.field == field) return found.value;
  }
  return "-";
}

TEST(LiftFields, MovesWhatIsNotTheStoryIntoFields) {
  const Outcome outcome = run("Harbour Post\nHarbour Post\nAda Kestrel\n\n" + kTitle + "\n\n" +
                              kCaption + " " + kCaption + "\n\n" + kBody);
  EXPECT_EQ(outcome.text, kTitle + "\n\n" + kBody);
  EXPECT_EQ(lifted(outcome, Field::kTitle), kTitle);
  EXPECT_EQ(lifted(outcome, Field::kOutlet), "Harbour Post");
  EXPECT_EQ(lifted(outcome, Field::kAuthor), "Ada Kestrel");
  EXPECT_EQ(lifted(outcome, Field::kCaptions), kCaption);
  EXPECT_EQ(lifted(outcome, Field::kDateline), "OSTERBY (Larkwire)");
}

TEST(LiftFields, SaysWhyInTheAudit) {
  const Outcome outcome = run("Harbour Post\nHarbour Post\n" + kTitle + "\n" + kBody);
  ASSERT_EQ(outcome.edits.size(), 2u);
  EXPECT_EQ(outcome.edits[0].reason, Reason::kOutletName);
  EXPECT_EQ(outcome.edits[0].rule, "doubled_name");
}

TEST(LiftFields, CaptionsCanStay) {
  const std::string text = kTitle + "\n" + kCaption + " " + kCaption + "\n" + kBody;
  const Outcome outcome = run(text, {{"captions", std::string("keep")}});
  EXPECT_EQ(outcome.text, text);
  EXPECT_EQ(lifted(outcome, Field::kCaptions), "-");
}

TEST(LiftFields, MovesASlideShowIntoCaptions) {
  const std::string show = "1 of 3\nThe mill. Larkwire\n2 of 3\nThe weir. Larkwire\n3 of 3\n";
  const std::string text = kTitle + "\n" + kBody + "\nThe lock. Larkwire\n" + show + kBody;
  const Outcome outcome = run(text);
  EXPECT_EQ(outcome.text, kTitle + "\n" + kBody + "\n" + kBody);
  EXPECT_EQ(lifted(outcome, Field::kCaptions), "The lock. Larkwire");
  ASSERT_EQ(outcome.edits.size(), 6u);
  EXPECT_EQ(outcome.edits[0].reason, Reason::kCaptionCredit);
  EXPECT_EQ(outcome.edits[0].rule, "slide_show");
  EXPECT_EQ(run(text, {{"captions", std::string("keep")}}).text, text);
}

// Without anything else it is what the page has to say.
TEST(LiftFields, LeavesAPageThatIsASlideShow) {
  const std::string text = kTitle + "\n1 of 3\n" + kBody + "\n2 of 3\n" + kBody + "\n3 of 3";
  EXPECT_EQ(run(text).text, text);
}

TEST(LiftFields, FindsTitleAndAuthorsBelowAnAdvert) {
  const std::string advert =
      "Read all our stories for a month for free, then pay four a month. Now.";
  const Outcome outcome =
      run("Menu\nSearch\n" + advert + "\nMenu\nLogin\nHome\n" + kTitle +
          "\nBy Ada Kestrel and Jonas Wren\n8 October 2024\n" + kBody + "\n" + kBody);
  EXPECT_EQ(lifted(outcome, Field::kTitle), kTitle);
  std::vector<std::string> authors;
  for (const LiftedField& found : outcome.lifted) {
    if (found.field == Field::kAuthor) authors.push_back(found.value);
  }
  EXPECT_EQ(authors, (std::vector<std::string>{"Ada Kestrel", "Jonas Wren"}));
}

TEST(LiftFields, OptionsAreClosed) {
  EXPECT_EQ(option_fault("lift_fields", "captions", std::string("keep")), "");
  EXPECT_NE(option_fault("lift_fields", "captions", std::string("drop")), "");
}

TEST(LiftFields, LeavesPlainTextAlone) {
  const std::string text = kTitle + "\n\n" + kBody + "\n\n“It was loud,” she said.";
  const Outcome outcome = run(text);
  EXPECT_EQ(outcome.text, text);
  EXPECT_TRUE(outcome.edits.empty());
}

}  // namespace
}  // namespace copydesk::testing
