#include <gtest/gtest.h>

#include "support/probe.h"

namespace copydesk::testing {
namespace {

bool kept(const std::string& text, const OptionValues& options) {
  Page page;
  page.text = text;
  const Outcome outcome = probe("drop_short", options, {page}).outcomes.at(0);
  if (!outcome.verdict.kept()) {
    EXPECT_EQ(outcome.verdict.reason(), DropReason::kTooShort);
    EXPECT_EQ(outcome.verdict.of(), std::nullopt);
  }
  EXPECT_TRUE(outcome.edits.empty());
  return outcome.verdict.kept();
}

TEST(DropShort, IsOffByDefault) {
  EXPECT_TRUE(kept("", {}));
  EXPECT_TRUE(kept("word", {}));
}

TEST(DropShort, DropsBelowTheLimitOnly) {
  const OptionValues options = {{"min_words", std::int64_t{3}}};
  EXPECT_FALSE(kept("", options));
  EXPECT_FALSE(kept("one two!", options));
  EXPECT_TRUE(kept("one, two, three", options));
  EXPECT_TRUE(kept("one two three four", options));
}

TEST(DropShort, OptionHasARange) {
  EXPECT_NE(option_fault("drop_short", "min_words", std::int64_t{-1}), "");
  EXPECT_EQ(option_fault("drop_short", "min_words", std::int64_t{0}), "");
  EXPECT_EQ(option_fault("drop_short", "min_words", std::int64_t{1'000'000}), "");
  EXPECT_NE(option_fault("drop_short", "min_words", std::int64_t{1'000'001}), "");
}

}  // namespace
}  // namespace copydesk::testing
