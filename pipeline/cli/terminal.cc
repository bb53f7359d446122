#include "cli/terminal.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "copydesk/text/utf8.h"

namespace copydesk::cli {
namespace {

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0); }

// Embeddings, overrides, isolates and marks: they can make text look like other text.
bool turns_direction(char32_t c) {
  return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

std::string safe(std::string_view data, bool one_line) {
  std::string out;
  out.reserve(data.size());
  for (std::size_t at = 0; at < data.size();) {
    const text::CodePoint c = text::decode_utf8(data, at);
    if (c.value == '\n' || c.value == '\t') {
      if (one_line) {
        out += c.value == '\n' ? "\\n" : "\\t";
      } else {
        out += static_cast<char>(c.value);
      }
    } else if (is_control(c.value)) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(c.value));
    } else if (turns_direction(c.value)) {
      out += fmt::format("\\u{{{:x}}}", static_cast<unsigned>(c.value));
    } else {
      text::append_utf8(out, c.value);
    }
    at += c.length;
  }
  return out;
}

}  // namespace

bool is_terminal(int fd) { return isatty(fd) == 1; }

bool wants_colour(int fd) {
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && no_color[0] != '\0') return false;
  const char* term = std::getenv("TERM");
  if (term == nullptr || std::string_view(term) == "dumb") return false;
  return is_terminal(fd);
}

int terminal_width(int fd) {
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

std::string printable(std::string_view data) { return safe(data, false); }

std::string printable_line(std::string_view data) { return safe(data, true); }

std::string Paint::operator()(Colour colour, std::string_view text) const {
  if (!on_) return std::string(text);
  std::string out;
  while (!text.empty()) {
    const std::size_t line_break = text.find('\n');
    const std::string_view line = text.substr(0, line_break);
    if (!line.empty()) out += fmt::format("\x1b[{}m{}\x1b[0m", static_cast<int>(colour), line);
    if (line_break == std::string_view::npos) break;
    out += '\n';
    text.remove_prefix(line_break + 1);
  }
  return out;
}

bool print(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
         std::fflush(stdout) == 0;
}

void say(std::string_view text) { print_error(fmt::format("copydesk: {}\n", text)); }

void print_error(std::string_view text) {
  // Nobody is left to hear of a failure here.
  (void)std::fwrite(text.data(), 1, text.size(), stderr);
}

bool reader_is_gone(int fd) {
  pollfd entry{.fd = fd, .events = 0, .revents = 0};
  return poll(&entry, 1, 0) == 1 && (entry.revents & POLLERR) != 0;
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string human_bytes(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  // 999.95 would be shown as 1000.0.
  while (value >= (unit == 0 ? 1000 : 999.95) && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string human_time(double seconds) {
  if (seconds < 10) return fmt::format("{:.2f} s", seconds);
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace copydesk::cli
