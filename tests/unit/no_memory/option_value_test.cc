#include <gtest/gtest.h>

#include <new>
#include <string>
#include <vector>

#include "copydesk/stage_spec.h"
#include "support/no_memory.h"

namespace copydesk {
namespace {

OptionValue long_text() { return std::string(100, 'x'); }
OptionValue languages() { return std::vector<std::string>{"en", "de"}; }

bool copy_throws(const OptionValue& value) {
  const testing::NoMemory nothing_left;
  try {
    const OptionValue copy = value;  // NOLINT(performance-unnecessary-copy-initialization)
    return false;
  } catch (const std::bad_alloc&) {
    return true;
  }
}

TEST(OptionValue, ACopyForWhichThereIsNoMemoryThrows) {
  EXPECT_TRUE(copy_throws(long_text()));
  EXPECT_TRUE(copy_throws(languages()));
  EXPECT_FALSE(copy_throws(std::string("auto")));
  EXPECT_FALSE(copy_throws(true));
}

TEST(OptionValue, KeepsWhatItHadIfThereIsNoMemoryForAnother) {
  const OptionValue other = languages();
  OptionValue value = std::string("auto");
  bool thrown = false;
  try {
    const testing::NoMemory nothing_left;
    value = other;
  } catch (const std::bad_alloc&) {
    thrown = true;
  }
  EXPECT_TRUE(thrown);
  EXPECT_TRUE(value == OptionValue(std::string("auto")));
  value = other;
  EXPECT_TRUE(value == other);
}

}  // namespace
}  // namespace copydesk
