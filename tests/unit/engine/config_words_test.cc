// Sizes and suggestions, which configs and the command line share.
#include <gtest/gtest.h>

#include <array>

#include "byte_size.h"
#include "suggest.h"

namespace copydesk {
namespace {

TEST(ByteSize, ReadsWhatPeopleWrite) {
  EXPECT_EQ(parse_byte_size("0"), 0U);
  EXPECT_EQ(parse_byte_size("17"), 17U);
  EXPECT_EQ(parse_byte_size("17 B"), 17U);
  EXPECT_EQ(parse_byte_size("1k"), 1024U);
  EXPECT_EQ(parse_byte_size("1KB"), 1000U);
  EXPECT_EQ(parse_byte_size("64 MiB"), 64U << 20);
  EXPECT_EQ(parse_byte_size(" 500MB "), 500'000'000U);
  EXPECT_EQ(parse_byte_size("4G"), 4ULL << 30);
  EXPECT_EQ(parse_byte_size("4 gb"), 4'000'000'000U);
  EXPECT_EQ(parse_byte_size("2TiB"), 2ULL << 40);
  EXPECT_EQ(parse_byte_size("1.5 GiB"), 3ULL << 29);
}

TEST(ByteSize, RefusesTheRest) {
  for (const std::string_view text : {"", " ", "G", "-1", "+1", "1.", ".5", "1,5G", "1 XB", "1 G G",
                                      "0x10", "4Gi B", "1e9", "99999999999999999999", "8388608T"}) {
    EXPECT_FALSE(parse_byte_size(text).has_value()) << text;
  }
  EXPECT_TRUE(parse_byte_size("8388607T").has_value()) << "one below the limit";
}

TEST(ByteSize, WritesWhatItReadsBack) {
  EXPECT_EQ(exact_byte_size(0), "0 B");
  EXPECT_EQ(exact_byte_size(1023), "1023 B");
  EXPECT_EQ(exact_byte_size(1024), "1 KiB");
  EXPECT_EQ(exact_byte_size(1025), "1025 B");
  EXPECT_EQ(exact_byte_size(64ULL << 20), "64 MiB");
  EXPECT_EQ(exact_byte_size(1024ULL << 40), "1024 TiB");
  for (const std::uint64_t bytes : {1ULL, 1000ULL, 3ULL << 29, 12345678ULL}) {
    EXPECT_EQ(parse_byte_size(exact_byte_size(bytes)), bytes);
  }
}

TEST(Suggest, CountsEdits) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", "abc"), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", "abcd"), 1U);
  EXPECT_EQ(edit_distance("abc", "ac"), 1U);
  EXPECT_EQ(edit_distance("abc", "axc"), 1U);
  EXPECT_EQ(edit_distance("abcd", "abdc"), 1U) << "a swap of neighbours";
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Suggest, NearestWithinAThird) {
  constexpr std::array<std::string_view, 4> kNames = {"strip_rules", "strip_templates", "abcdef",
                                                      "run"};
  EXPECT_EQ(nearest_name("strip_rule", kNames), "strip_rules");
  EXPECT_EQ(nearest_name("Strip-Rules", kNames), "strip_rules");
  EXPECT_EQ(nearest_name("rnu", kNames), "run");
  EXPECT_EQ(nearest_name("abcd", kNames), "abcdef") << "two of six differ";
  EXPECT_EQ(nearest_name("abc", kNames), "") << "three of six differ";
  EXPECT_EQ(nearest_name("", kNames), "");
  EXPECT_EQ(nearest_name(std::string(1000, 'a'), kNames), "");
}

}  // namespace
}  // namespace copydesk
