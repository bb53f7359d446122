#include "reuse/agencies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace copydesk::reuse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> credited(Field field, const std::string& value) {
  Document document({}, "The pier burned down.");
  document.lift({field, value});
  return names_of(credited_agencies(document));
}

TEST(CreditedAgencies, InTheBracketsOfADateline) {
  EXPECT_THAT(credited(Field::kDateline, "PORT ELM (Reuters)"), ElementsAre("Reuters"));
  EXPECT_THAT(credited(Field::kDateline, "PORT ELM, Nov 3 (AP)"), ElementsAre("AP"));
  EXPECT_THAT(credited(Field::kDateline, "Port Elm (dpa)"), ElementsAre("dpa"));
  EXPECT_THAT(credited(Field::kDateline, "PORT ELM (ТАСС"), ElementsAre("TASS"));
  EXPECT_THAT(credited(Field::kDateline, "PORT AP"), IsEmpty());
  EXPECT_THAT(credited(Field::kDateline, "PORT ELM (ap)"), IsEmpty());
  EXPECT_THAT(credited(Field::kDateline, "PORT ELM (Tide News)"), IsEmpty());
}

TEST(CreditedAgencies, AsAuthors) {
  EXPECT_THAT(credited(Field::kAuthor, "Associated Press"), ElementsAre("AP"));
  EXPECT_THAT(credited(Field::kAuthor, "Jo Elm, The Associated Press"), ElementsAre("AP"));
  EXPECT_THAT(credited(Field::kAuthor, "AP"), ElementsAre("AP"));
  EXPECT_THAT(credited(Field::kAuthor, "AP Elm"), IsEmpty());
}

TEST(CreditedAgencies, AsContributors) {
  EXPECT_THAT(credited(Field::kCredit, "The Associated Press and Reuters contributed to this."),
              ElementsAre("AP", "Reuters"));
  EXPECT_THAT(credited(Field::kCredit, "Jo Elm contributed to this report."), IsEmpty());
}

TEST(CreditedAgencies, TheLongestNameCounts) {
  EXPECT_THAT(credited(Field::kCredit, "Australian Associated Press"), ElementsAre("AAP"));
}

TEST(CreditedAgencies, PicturesAreNoText) {
  EXPECT_THAT(credited(Field::kCredit, "Jo Elm/Reuters"), IsEmpty());
  EXPECT_THAT(credited(Field::kCredit, "(Reuters photo)"), IsEmpty());
  EXPECT_THAT(credited(Field::kCredit, "Reuters via Tide Pictures"), IsEmpty());
}

TEST(CreditedAgencies, OtherFieldsSayNothing) {
  EXPECT_THAT(credited(Field::kTitle, "Reuters to move"), IsEmpty());
  EXPECT_EQ(credited_agencies(Document()), 0U);
}

}  // namespace
}  // namespace copydesk::reuse
