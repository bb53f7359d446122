// What the command writes for people: colour or not, safe to show, how wide.
#ifndef COPYDESK_PIPELINE_CLI_TERMINAL_H_
#define COPYDESK_PIPELINE_CLI_TERMINAL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "copydesk/result.h"

namespace copydesk::cli {

[[nodiscard]] bool is_terminal(int fd);
// A terminal that is not "dumb", and NO_COLOR is unset or empty (https://no-color.org).
[[nodiscard]] bool wants_colour(int fd);
// Columns; 80 if nobody knows.
[[nodiscard]] int terminal_width(int fd);

// `data` as it may be shown: control characters but line breaks and tabs, and characters that turn
// the direction of text, become "\x1b" or "\u{202e}"; invalid UTF-8 becomes U+FFFD. Everything that
// comes from documents or file names goes through here before a person sees it.
[[nodiscard]] std::string printable(std::string_view data);
// The same on one line: line breaks and tabs become "\n" and "\t".
[[nodiscard]] std::string printable_line(std::string_view data);

// SGR parameters of the colours in use.
enum class Colour : std::uint8_t {
  kBold = 1,
  kDim = 2,
  kRed = 31,
  kGreen = 32,
  kYellow = 33,
  kBlue = 34,
  kMagenta = 35,
  kCyan = 36,
  kBrightRed = 91,
  kBrightGreen = 92,
  kBrightYellow = 93,
  kBrightBlue = 94,
  kBrightMagenta = 95,
  kBrightCyan = 96,
};

// Colours text, or not.
class Paint {
 public:
  explicit Paint(bool on) : on_(on) {}
  [[nodiscard]] bool on() const { return on_; }
  // Each line of `text` is coloured by itself, so that a pager may cut anywhere.
  [[nodiscard]] std::string operator()(Colour colour, std::string_view text) const;

 private:
  bool on_;
};

// Writes to standard output; false if that fails. The reader of a pipe may be gone: no signal.
bool print(std::string_view text);
// Writes "copydesk: <text>" and a line break to standard error.
void say(std::string_view text);
// Writes to standard error as it is.
void print_error(std::string_view text);

// Whether the reader of the pipe at `fd` has closed it.
[[nodiscard]] bool reader_is_gone(int fd);

// "1,234,567".
[[nodiscard]] std::string grouped(std::uint64_t number);
// "0 B", "999 B", "1.2 kB", "34.5 MB": powers of 1000.
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);
// "0.42 s", "12.3 s", "2:05", "1:02:03".
[[nodiscard]] std::string human_time(double seconds);

}  // namespace copydesk::cli

#endif  // COPYDESK_PIPELINE_CLI_TERMINAL_H_
