// StageSpec: everything the rest of the world knows about a stage - its name, what it does, its
// options with defaults and ranges, and how to make one.
//
//   struct Options { std::int64_t min_words = 0; };
//
//   StageSpec drop_short() {
//     return StageSpecBuilder<Options>("drop_short", StageKind::kDocument)
//         .summary("Drops documents with few words.")
//         .drop_reasons({DropReason::kTooShort})
//         .option("min_words", &Options::min_words, {0, 1'000'000}, "Fewest words; 0: off.")
//         .make([](const Options& options) { return std::make_unique<DropShort>(options); });
//   }
//
// The default of an option stands in one place, the member initialiser of Options.
#ifndef COPYDESK_STAGE_SPEC_H_
#define COPYDESK_STAGE_SPEC_H_

#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "copydesk/result.h"
#include "copydesk/stage.h"

namespace copydesk {

// A std::variant with copies of its own: where copying an alternative throws, libstdc++ (seen in
// 12) destroys one that was never made, because it takes for granted that a variant of only these
// types always has one. std::visit, std::get and == are those of the variant.
struct OptionValue
    : std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>> {
  using variant::variant;
  OptionValue(const OptionValue& other);
  OptionValue(OptionValue&&) noexcept = default;
  OptionValue& operator=(const OptionValue& other);
  OptionValue& operator=(OptionValue&&) noexcept = default;
  ~OptionValue() = default;
};

// Values a user gave, by option name; an absent name means the default.
using OptionValues = std::map<std::string, OptionValue, std::less<>>;

// "a boolean", "an integer", "a number", "a string", "a list of strings".
[[nodiscard]] std::string_view type_name(const OptionValue& value);

struct OptionSpec {
  std::string name;
  std::string summary;        // one sentence with its unit
  OptionValue default_value;  // its alternative is the option's type
  double min = 0;             // both ends included; for integers and numbers
  double max = 0;
  std::vector<std::string> choices;  // for strings and lists: the allowed values, if closed

  // Nothing if `value` is allowed; otherwise what is wrong with it, e.g.
  // "must be between 1 and 100, got 0". An integer is accepted for a number.
  [[nodiscard]] std::optional<std::string> fault(const OptionValue& value) const;
};

// What a stage is by default. A corpus stage may turn out a DocumentStage when it is made with what
// it would have learned (strip_templates with a template file): the plan asks the object.
enum class StageKind : std::uint8_t { kDocument, kCorpus };

struct StageSpec {
  std::string name;  // verb_object = file name = config key
  StageKind kind = StageKind::kDocument;
  bool edits_text = false;  // a corpus stage that edits ends the pass of those before it
  bool idempotent = true;   // a second run on its own output changes nothing
  std::string summary;      // one sentence, ends with a full stop
  std::vector<OptionSpec> options;
  std::vector<Reason> reasons;           // the span reasons it may give
  std::vector<DropReason> drop_reasons;  // the drop reasons it may give

  // Makes the stage. `values` must have passed fault(); cross-option faults are the error.
  std::function<Result<std::unique_ptr<Stage>>(const OptionValues& values)> make;

  [[nodiscard]] const OptionSpec* option(std::string_view option_name) const;
};

// Range of a number, both ends included.
struct OptionRange {
  double min = 0;
  double max = 0;
};

template <class Options>
class StageSpecBuilder {
 public:
  StageSpecBuilder(std::string_view name, StageKind kind) {
    spec_.name = name;
    spec_.kind = kind;
  }

  StageSpecBuilder& summary(std::string_view text) {
    spec_.summary = text;
    return *this;
  }
  StageSpecBuilder& edits_text() {
    spec_.edits_text = true;
    return *this;
  }
  StageSpecBuilder& not_idempotent() {
    spec_.idempotent = false;
    return *this;
  }
  StageSpecBuilder& reasons(std::vector<Reason> reasons) {
    spec_.reasons = std::move(reasons);
    return *this;
  }
  StageSpecBuilder& drop_reasons(std::vector<DropReason> reasons) {
    spec_.drop_reasons = std::move(reasons);
    return *this;
  }
  // A number with its range.
  template <class T>
  requires std::same_as<T, std::int64_t> || std::same_as<T, double> StageSpecBuilder& option(
      std::string_view name, T Options::*member, OptionRange range, std::string_view summary) {
    return add(name, member, range, {}, summary);
  }
  // A boolean, a free string or a free list of strings.
  template <class T>
  requires std::same_as<T, bool> || std::same_as<T, std::string> ||
      std::same_as<T, std::vector<std::string>>
          StageSpecBuilder& option(std::string_view name, T Options::*member,
                                   std::string_view summary) {
    return add(name, member, {}, {}, summary);
  }
  // A string or a list of strings from a closed list.
  template <class T>
  requires std::same_as<T, std::string> || std::same_as<T, std::vector<std::string>>
      StageSpecBuilder& option(std::string_view name, T Options::*member,
                               std::vector<std::string> choices, std::string_view summary) {
    return add(name, member, {}, std::move(choices), summary);
  }
  // Cross-option rule: returns a message if the options do not fit each other.
  StageSpecBuilder& validate(std::function<std::optional<std::string>(const Options&)> rule) {
    validate_ = std::move(rule);
    return *this;
  }

  // Ends the building. `factory`: const Options& -> unique_ptr<StageType> or
  // Result<unique_ptr<Stage>>.
  template <class Factory>
  StageSpec make(Factory factory) {
    spec_.make = [binders = std::move(binders_), validate = std::move(validate_), factory,
                  name = spec_.name](const OptionValues& values) -> Result<std::unique_ptr<Stage>> {
      Options options;
      for (const auto& bind : binders) bind(options, values);
      if (validate) {
        if (std::optional<std::string> fault = validate(options)) {
          return Error{ErrorCode::kInvalidArgument, name + ": " + *fault};
        }
      }
      if constexpr (std::same_as<std::invoke_result_t<Factory, const Options&>,
                                 Result<std::unique_ptr<Stage>>>) {
        return factory(options);
      } else {
        return std::unique_ptr<Stage>(factory(options));
      }
    };
    return std::move(spec_);
  }

 private:
  template <class T>
  StageSpecBuilder& add(std::string_view name, T Options::*member, OptionRange range,
                        std::vector<std::string> choices, std::string_view summary) {
    OptionSpec option;
    option.name = name;
    option.summary = summary;
    option.default_value = Options().*member;
    option.min = range.min;
    option.max = range.max;
    option.choices = std::move(choices);
    spec_.options.push_back(std::move(option));
    binders_.push_back(
        [name = std::string(name), member](Options& options, const OptionValues& values) {
          const auto it = values.find(name);
          if (it == values.end()) return;
          if constexpr (std::same_as<T, double>) {
            if (const auto* integer = std::get_if<std::int64_t>(&it->second)) {
              options.*member = static_cast<double>(*integer);
              return;
            }
          }
          options.*member = std::get<T>(it->second);
        });
    return *this;
  }

  StageSpec spec_;
  std::vector<std::function<void(Options&, const OptionValues&)>> binders_;
  std::function<std::optional<std::string>(const Options&)> validate_;
};

// All stages that are built in, by name. Generated from the file names in stages/. Thread-safe; the
// list lives as long as the program. The order in which stages run is the config's.
[[nodiscard]] std::span<const StageSpec> builtin_stages();

}  // namespace copydesk

#endif  // COPYDESK_STAGE_SPEC_H_
