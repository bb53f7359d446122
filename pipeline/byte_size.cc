#include "byte_size.h"

#include <array>
#include <charconv>

namespace copydesk {
namespace {

struct Unit {
  std::string_view name;  // lower case
  std::uint64_t bytes;
};
constexpr std::uint64_t kKi = 1024;
constexpr std::uint64_t kK = 1000;
constexpr std::array<Unit, 14> kUnits = {{
    {"", 1},
    {"b", 1},
    {"k", kKi},
    {"kib", kKi},
    {"kb", kK},
    {"m", kKi* kKi},
    {"mib", kKi* kKi},
    {"mb", kK* kK},
    {"g", kKi* kKi* kKi},
    {"gib", kKi* kKi* kKi},
    {"gb", kK* kK* kK},
    {"t", kKi* kKi* kKi* kKi},
    {"tib", kKi* kKi* kKi* kKi},
    {"tb", kK* kK* kK* kK},
}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_spaces(std::string_view s) {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  return s;
}

}  // namespace

std::optional<std::uint64_t> parse_byte_size(std::string_view text) {
  text = without_spaces(text);
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  std::uint64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (error != std::errc()) return std::nullopt;
  std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));

  double fraction = 0;
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    if (rest.empty() || !is_digit(rest.front())) return std::nullopt;
    for (double place = 0.1; !rest.empty() && is_digit(rest.front()); place /= 10) {
      fraction += (rest.front() - '0') * place;
      rest.remove_prefix(1);
    }
  }

  std::string unit_name(without_spaces(rest));
  for (char& c : unit_name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  for (const Unit& unit : kUnits) {
    if (unit.name != unit_name) continue;
    constexpr std::uint64_t kLimit = 1ULL << 63;
    if (whole >= kLimit / unit.bytes) return std::nullopt;
    return whole * unit.bytes +
           static_cast<std::uint64_t>(fraction * static_cast<double>(unit.bytes));
  }
  return std::nullopt;
}

std::string exact_byte_size(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> kNames = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes > 0 && bytes % kKi == 0 && unit + 1 < kNames.size()) {
    bytes /= kKi;
    ++unit;
  }
  return std::to_string(bytes) + " " + std::string(kNames[unit]);
}

}  // namespace copydesk
