#include "copydesk/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace copydesk {
namespace {

Result<std::unique_ptr<int>> make(bool good) {
  if (!good) return Error{ErrorCode::kNotFound, "no such thing"};
  return std::make_unique<int>(5);
}

Result<int> through_macros(bool good) {
  COPYDESK_ASSIGN_OR_RETURN(const std::unique_ptr<int> value, make(good));
  COPYDESK_RETURN_IF_ERROR(make(good));
  return *value + 1;
}

TEST(Result, HoldsAValueThatMayOnlyMove) {
  Result<std::unique_ptr<int>> result = make(true);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(**result, 5);
  EXPECT_EQ(*result->get(), 5);
  const std::unique_ptr<int> moved = *std::move(result);
  EXPECT_EQ(*moved, 5);
}

TEST(Result, HoldsAnError) {
  const Result<std::unique_ptr<int>> result = make(false);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(result.error().message, "no such thing");
}

TEST(Result, MacrosPassErrorsOn) {
  EXPECT_EQ(*through_macros(true), 6);
  const Result<int> failed = through_macros(false);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kNotFound);
}

TEST(Result, OfNothing) {
  EXPECT_TRUE(Result<void>().ok());
  const Result<void> failed = Error{ErrorCode::kIo, "disk full"};
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().message, "disk full");
}

TEST(Diagnostic, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ((Diagnostic{"a.toml", 3, 7, "wrong"}).to_string(), "a.toml:3:7: wrong");
  EXPECT_EQ((Diagnostic{"a.toml", 3, 0, "wrong"}).to_string(), "a.toml:3: wrong");
  EXPECT_EQ((Diagnostic{"a.toml", 0, 0, "wrong"}).to_string(), "a.toml: wrong");
  EXPECT_EQ((Diagnostic{"", 3, 7, "wrong"}).to_string(), "3:7: wrong");
  EXPECT_EQ((Diagnostic{"", 0, 0, "wrong"}).to_string(), "wrong");
}

}  // namespace
}  // namespace copydesk
