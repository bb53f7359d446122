#include "cli/terminal.h"

#include <gtest/gtest.h>

namespace copydesk::cli {
namespace {

TEST(Printable, LeavesTextAlone) {
  EXPECT_EQ(printable(""), "");
  EXPECT_EQ(printable("Fähre, 渡し船\n\tlast line"), "Fähre, 渡し船\n\tlast line");
  EXPECT_EQ(printable_line("two\nlines\tand a tab"), "two\\nlines\\tand a tab");
}

TEST(Printable, DefusesWhatSteersATerminal) {
  EXPECT_EQ(printable("\x1b[2J"), "\\x1b[2J");
  EXPECT_EQ(printable("a\rb\x7f"), "a\\x0db\\x7f");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(printable("\x1f \x20"), "\\x1f  ") << "the last control and the first printable";
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\x9b31m")
      << "the one-byte CSI";
  EXPECT_EQ(printable("\xc2\x9f\xc2\xa0"), "\\x9f\xc2\xa0") << "the last C1 control, U+00A0";
  EXPECT_EQ(printable("\u202eevil\u2066"), "\\u{202e}evil\\u{2066}");
  EXPECT_EQ(printable("\u2029\u202f\u2065\u206a"), "\u2029\u202f\u2065\u206a") << "beside them";
  EXPECT_EQ(printable("a\xff"
                      "b"),
            "a\uFFFD"
            "b");
}

TEST(Paint, ColoursLineByLine) {
  EXPECT_EQ(Paint(false)(Colour::kRed, "a\nb"), "a\nb");
  EXPECT_EQ(Paint(true)(Colour::kRed, "a\n\nb\n"), "\x1b[31ma\x1b[0m\n\n\x1b[31mb\x1b[0m\n");
}

TEST(Figures, AreForPeople) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(1000), "1.0 kB");
  EXPECT_EQ(human_bytes(999'949), "999.9 kB");
  EXPECT_EQ(human_bytes(999'950), "1.0 MB");
  EXPECT_EQ(human_bytes(2'500'000'000), "2.5 GB");
  EXPECT_EQ(human_time(0), "0.00 s");
  EXPECT_EQ(human_time(9.99), "9.99 s");
  EXPECT_EQ(human_time(10), "10.0 s");
  EXPECT_EQ(human_time(60), "1:00");
  EXPECT_EQ(human_time(125.4), "2:05");
  EXPECT_EQ(human_time(3599.4), "59:59");
  EXPECT_EQ(human_time(3600), "1:00:00");
  EXPECT_EQ(human_time(7384), "2:03:04");
}

}  // namespace
}  // namespace copydesk::cli
