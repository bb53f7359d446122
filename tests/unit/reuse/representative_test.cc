#include "reuse/representative.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/reuse/invented_words.h"

namespace copydesk::reuse {
namespace {

using ::testing::HasSubstr;

std::optional<ExactKey> key(const std::string& text, const std::string& title = "",
                            std::size_t min_words = 3) {
  return exact_key(testing::words_of(text), title, min_words);
}

TEST(ExactKey, SameWordsInTheSameOrder) {
  EXPECT_EQ(key("The pier burned."), key("the PIER\n\nburned"));
  EXPECT_NE(key("the pier burned"), key("pier the burned"));
  EXPECT_NE(key("the pier burned"), key("the pier burned down"));
}

TEST(ExactKey, TextsWithoutWordsAreNeverTheSame) {
  EXPECT_EQ(key(""), std::nullopt);
  EXPECT_EQ(key("— !", "A title"), std::nullopt);
}

TEST(ExactKey, ShortTextsNeedTheSameTitle) {
  EXPECT_NE(key("photo gallery", "Harbour fire"), key("photo gallery", "Town fair"));
  EXPECT_EQ(key("photo gallery", "Harbour fire"), key("Photo gallery", "Harbour FIRE"));
  EXPECT_EQ(key("photo gallery today", "Harbour fire"), key("photo gallery today", "Town fair"));
  EXPECT_EQ(key("photo gallery today now", "Harbour fire"), key("photo gallery today now", ""));
}

Contender contender(std::uint64_t doc) {
  return {.doc = doc, .time = 100, .content = 7, .words = 50, .outlet = "m.example", .id = "m"};
}

// Whether `a` comes before `b` and not the other way round.
bool strictly_before(const RepresentativeOrder& order, const Contender& a, const Contender& b) {
  EXPECT_NE(order.before(a, b), order.before(b, a));
  return order.before(a, b);
}

TEST(RepresentativeOrder, EarliestThenContentOutletIdAndPlace) {
  const RepresentativeOrder order("earliest", {});
  Contender first = contender(9);
  const Contender other = contender(1);
  EXPECT_FALSE(strictly_before(order, first, other));  // all the same: place in the input
  first.id = "l";
  EXPECT_TRUE(strictly_before(order, first, other));
  first.id = "n";
  first.outlet = "l.example";
  EXPECT_TRUE(strictly_before(order, first, other));
  first.outlet = "n.example";
  first.content = 6;
  EXPECT_TRUE(strictly_before(order, first, other));
  first.content = 8;
  first.time = 99;
  EXPECT_TRUE(strictly_before(order, first, other));
  first.time = 101;
  EXPECT_FALSE(strictly_before(order, first, other));
  first.time = std::nullopt;
  EXPECT_FALSE(strictly_before(order, first, other));
}

TEST(RepresentativeOrder, Longest) {
  const RepresentativeOrder order("longest", {});
  Contender longer = contender(9);
  longer.words = 51;
  longer.time = 200;
  EXPECT_TRUE(strictly_before(order, longer, contender(1)));
  longer.words = 50;
  EXPECT_FALSE(strictly_before(order, longer, contender(1)));
}

TEST(RepresentativeOrder, First) {
  const RepresentativeOrder order("first", {});
  Contender later = contender(9);
  later.time = 1;
  EXPECT_FALSE(strictly_before(order, later, contender(1)));
}

TEST(RepresentativeOrder, Preferred) {
  const RepresentativeOrder order("preferred", {"wire.example", "z.example"});
  Contender wire = contender(9);
  wire.outlet = "wire.example";
  wire.time = 200;
  Contender second = contender(8);
  second.outlet = "z.example";
  second.time = 150;
  EXPECT_TRUE(strictly_before(order, wire, second));
  EXPECT_TRUE(strictly_before(order, second, contender(1)));
}

TEST(RepresentativeOrder, DroppedDocumentsComeLast) {
  for (const std::string& policy : RepresentativeOrder::policies()) {
    const RepresentativeOrder order(policy, {"m.example"});
    Contender dropped = contender(0);
    dropped.time = 1;
    dropped.words = 1000;
    dropped.dropped = true;
    EXPECT_FALSE(strictly_before(order, dropped, contender(1))) << policy;
  }
}

TEST(PolicyFault, PreferredNeedsOutletsAndOutletsNeedPreferred) {
  const std::vector<std::string> some = {"wire.example"};
  EXPECT_EQ(policy_fault("earliest", {}), std::nullopt);
  EXPECT_EQ(policy_fault("preferred", some), std::nullopt);
  EXPECT_THAT(policy_fault("preferred", {}).value_or(""), HasSubstr("needs preferred_outlets"));
  EXPECT_THAT(policy_fault("longest", some).value_or(""), HasSubstr("needs keep"));
}

}  // namespace
}  // namespace copydesk::reuse
