#include "copydesk/reason.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "copydesk/findings.h"

namespace copydesk {
namespace {

// Every value of an enumeration has a name of its own, in the alphabet of names. A name that was
// forgotten in reason.cc is empty.
template <class Enum>
void expect_unique_names(std::size_t count) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view name = name_of(static_cast<Enum>(i));
    EXPECT_FALSE(name.empty()) << i;
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_.8"), std::string_view::npos)
        << name;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
}

TEST(Names, AreCompleteAndUnique) {
  expect_unique_names<Reason>(kReasonCount);
  expect_unique_names<DropReason>(kDropReasonCount);
  expect_unique_names<RejectReason>(kRejectReasonCount);
  expect_unique_names<Field>(kFieldCount);
  expect_unique_names<Flag>(kFlagCount);
  expect_unique_names<Relation>(kRelationCount);
}

TEST(Names, OfReasonsComeBack) {
  ASSERT_EQ(reason_names().size(), kReasonCount);
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_EQ(reason_names()[i], name_of(reason));
    EXPECT_EQ(reason_named(name_of(reason)), reason);
  }
  for (const std::string_view name : {"", "nav", "nav.", "Nav.menu", "nav.menu ", "title"}) {
    EXPECT_EQ(reason_named(name), std::nullopt) << name;
  }
}

TEST(Names, OfFieldsComeBack) {
  ASSERT_EQ(field_names().size(), kFieldCount);
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    const auto field = static_cast<Field>(i);
    EXPECT_EQ(field_names()[i], name_of(field));
    EXPECT_EQ(field_named(name_of(field)), field);
  }
  EXPECT_EQ(field_named("headline"), std::nullopt);
  EXPECT_EQ(field_named(""), std::nullopt);
}

// They stand in output files and configs: a change breaks what people stored.
TEST(Names, StandAtTheirValues) {
  EXPECT_EQ(name_of(Reason::kNavMenu), "nav.menu");
  EXPECT_EQ(name_of(Reason::kChromeShare), "chrome.share");
  EXPECT_EQ(name_of(Reason::kPromoNewsletter), "promo.newsletter");
  EXPECT_EQ(name_of(Reason::kWallSignin), "wall.signin");
  EXPECT_EQ(name_of(Reason::kLegalCopyright), "legal.copyright");
  EXPECT_EQ(name_of(Reason::kCommentForm), "comment.form");
  EXPECT_EQ(name_of(Reason::kRelatedItem), "related.item");
  EXPECT_EQ(name_of(Reason::kMetaByline), "meta.byline");
  EXPECT_EQ(name_of(Reason::kCaptionDup), "caption.dup");
  EXPECT_EQ(name_of(Reason::kWireCredit), "wire.credit");
  EXPECT_EQ(name_of(Reason::kOutletAddress), "outlet.address");
  EXPECT_EQ(name_of(Reason::kFormError), "form.error");
  EXPECT_EQ(name_of(Reason::kTemplateLine), "template.line");
  EXPECT_EQ(name_of(Reason::kModelLine), "model.line");
  EXPECT_EQ(name_of(Reason::kBlank), "blank");
  EXPECT_EQ(name_of(DropReason::kEmpty), "empty");
  EXPECT_EQ(name_of(DropReason::kNearDuplicate), "near_duplicate");
  EXPECT_EQ(name_of(DropReason::kLanguage), "language");
  EXPECT_EQ(name_of(RejectReason::kBrokenJson), "broken_json");
  EXPECT_EQ(name_of(RejectReason::kSourceFailed), "source_failed");
  EXPECT_EQ(name_of(RejectReason::kUnpackLimit), "unpack_limit");
  EXPECT_EQ(name_of(Field::kAuthorEmail), "author_email");
  EXPECT_EQ(name_of(Field::kCredit), "credit");
  EXPECT_EQ(name_of(Flag::kIdGenerated), "id_generated");
  EXPECT_EQ(name_of(Flag::kGuarded), "guarded");
  EXPECT_EQ(name_of(Relation::kContains), "contains");
  EXPECT_EQ(name_of(Relation::kContained), "contained");
}

}  // namespace
}  // namespace copydesk
