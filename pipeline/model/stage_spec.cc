#include "copydesk/stage_spec.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <system_error>
#include <utility>

namespace copydesk {
namespace {

// A number as a person writes it: 0.4, 1000000.
std::string number_text(double value) {
  std::array<char, 64> buffer;
  // Fixed form needs up to 300 characters outside this range.
  const double size = std::abs(value);
  const bool plain = value == 0 || (size >= 1e-6 && size < 1e18);
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                    plain ? std::chars_format::fixed : std::chars_format::general);
  assert(error == std::errc());
  return std::string(buffer.data(), end);
}

std::optional<std::string> choice_fault(const std::vector<std::string>& choices,
                                        const std::string& value) {
  if (choices.empty() || std::find(choices.begin(), choices.end(), value) != choices.end()) {
    return std::nullopt;
  }
  std::string message = "must be one of ";
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (i > 0) message += i + 1 == choices.size() ? " or " : ", ";
    message += '"' + choices[i] + '"';
  }
  return message + ", got \"" + value + '"';
}

}  // namespace

OptionValue::OptionValue(const OptionValue& other) : OptionValue() {
  std::visit(
      [this]<class T>(const T& value) {
        T copy = value;
        emplace<T>(std::move(copy));  // does not throw
      },
      static_cast<const variant&>(other));
}

OptionValue& OptionValue::operator=(const OptionValue& other) { return *this = OptionValue(other); }

std::string_view type_name(const OptionValue& value) {
  constexpr std::array<std::string_view, 5> kNames = {"a boolean", "an integer", "a number",
                                                      "a string", "a list of strings"};
  return kNames[value.index()];
}

std::optional<std::string> OptionSpec::fault(const OptionValue& value) const {
  const bool integer_for_number =
      std::holds_alternative<double>(default_value) && std::holds_alternative<std::int64_t>(value);
  if (value.index() != default_value.index() && !integer_for_number) {
    return "must be " + std::string(type_name(default_value)) + ", got " +
           std::string(type_name(value));
  }
  if (const auto* text = std::get_if<std::string>(&value)) return choice_fault(choices, *text);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& item : *list) {
      if (auto found = choice_fault(choices, item)) return found;
    }
    return std::nullopt;
  }
  double number = 0;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    number = static_cast<double>(*integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    number = *real;
  } else {
    return std::nullopt;
  }
  // Written so that NaN is out of range.
  if (number >= min && number <= max) return std::nullopt;
  return "must be between " + number_text(min) + " and " + number_text(max) + ", got " +
         number_text(number);
}

const OptionSpec* StageSpec::option(std::string_view option_name) const {
  const auto it = std::find_if(options.begin(), options.end(),
                               [&](const OptionSpec& o) { return o.name == option_name; });
  return it == options.end() ? nullptr : &*it;
}

}  // namespace copydesk
