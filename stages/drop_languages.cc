// drop_languages: drops documents by their language.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "copydesk/stage_spec.h"
#include "copydesk/text/language.h"

namespace copydesk::stages {
namespace {

struct Options {
  std::vector<std::string> keep;
  std::vector<std::string> drop;
  bool keep_unknown = true;
};

bool holds(const std::vector<std::string>& codes, std::string_view code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

class DropLanguages : public DocumentStage {
 public:
  explicit DropLanguages(const Options& options) : options_(options) {}

  Verdict process(const Document& document, Local* /*local*/, Edits& /*edits*/,
                  DocumentFindings& /*findings*/) const override {
    return keeps(document.language()) ? Verdict::keep() : Verdict::drop(DropReason::kLanguage);
  }

 private:
  [[nodiscard]] bool keeps(const std::string& language) const {
    if (language.empty()) return options_.keep_unknown;
    if (holds(options_.drop, language)) return false;
    return options_.keep.empty() || holds(options_.keep, language);
  }

  const Options options_;
};

std::optional<std::string> fault_of(const Options& options) {
  const std::pair<std::string_view, const std::vector<std::string>*> lists[] = {
      {"keep", &options.keep}, {"drop", &options.drop}};
  for (const auto& [name, codes] : lists) {
    for (const std::string& code : *codes) {
      const std::string known = text::language_code(code);
      if (known == code && !code.empty()) continue;
      return fmt::format("{}: \"{}\" is not the code of a language{}", name, code,
                         known.empty() ? "" : fmt::format("; did you mean \"{}\"?", known));
    }
  }
  for (const std::string& code : options.keep) {
    if (holds(options.drop, code)) return fmt::format("\"{}\" is in keep and in drop", code);
  }
  return std::nullopt;
}

}  // namespace

StageSpec drop_languages() {
  return StageSpecBuilder<Options>("drop_languages", StageKind::kDocument)
      .summary("Drops documents by their language.")
      .drop_reasons({DropReason::kLanguage})
      .option("keep", &Options::keep,
              "Codes of the languages whose documents stay, such as \"en\"; none: all.")
      .option("drop", &Options::drop, "Codes of the languages whose documents go.")
      .option("keep_unknown", &Options::keep_unknown,
              "Whether documents whose language is not known stay.")
      .validate(fault_of)
      .make([](const Options& options) { return std::make_unique<DropLanguages>(options); });
}

}  // namespace copydesk::stages
