#include "copydesk/varint.h"

#include <gtest/gtest.h>

#include <limits>

namespace copydesk {
namespace {

std::string varint(std::uint64_t value) {
  std::string out;
  append_varint(value, out);
  return out;
}

std::optional<std::uint64_t> number_of(std::string_view bytes) { return take_varint(bytes); }

TEST(Varint, ComesBackInTheBytesItNeeds) {
  for (int bits = 0; bits <= 64; ++bits) {
    const std::uint64_t power = bits < 64 ? std::uint64_t{1} << bits : 0;
    for (const std::uint64_t value : {power - 1, power, power + 1}) {
      const std::string bytes = varint(value) + "more";
      std::string_view in = bytes;
      EXPECT_EQ(take_varint(in), value);
      EXPECT_EQ(in, "more");
      std::size_t needed = 1;
      while (needed < 10 && value >> (7 * needed) != 0) ++needed;
      EXPECT_EQ(bytes.size() - in.size(), needed) << value;
    }
  }
}

TEST(Varint, IsTheStandards) {
  // Examples of the DWARF standard, version 5, table 7.7.
  EXPECT_EQ(varint(2), "\x02");
  EXPECT_EQ(varint(127), "\x7f");
  EXPECT_EQ(varint(128), std::string("\x80\x01", 2));
  EXPECT_EQ(varint(129), std::string("\x81\x01", 2));
  EXPECT_EQ(varint(12857), std::string("\xb9\x64", 2));
}

TEST(Varint, ThatIsCutOffIsNone) {
  const std::string longest = varint(std::numeric_limits<std::uint64_t>::max());
  for (std::size_t size = 0; size < longest.size(); ++size) {
    EXPECT_EQ(number_of(std::string_view(longest).substr(0, size)), std::nullopt) << size;
  }
}

TEST(Varint, HasOneForm) {
  EXPECT_EQ(number_of(std::string_view("\x80\x00", 2)), std::nullopt);
  EXPECT_EQ(number_of(std::string_view("\xff\x80\x00", 3)), std::nullopt);
  EXPECT_EQ(number_of(std::string_view("\x00", 1)), 0U);
}

TEST(Varint, HasAtMost64Bits) {
  const std::string nine(9, '\xff');
  EXPECT_EQ(number_of(nine + "\x01"), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(number_of(nine + "\x02"), std::nullopt);
  EXPECT_EQ(number_of(nine + "\x81\x01"), std::nullopt);
}

}  // namespace
}  // namespace copydesk
