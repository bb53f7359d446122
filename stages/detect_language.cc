// detect_language: says the language of documents whose record does not.
#include "cleaning/detect.h"
#include "copydesk/stage_spec.h"

namespace copydesk::stages {
namespace {

struct Options {};

struct DetectLocal : Local {
  cleaning::DetectScratch scratch;
};

class DetectLanguage : public DocumentStage {
 public:
  [[nodiscard]] std::unique_ptr<Local> make_local() const override {
    return std::make_unique<DetectLocal>();
  }

  Verdict process(const Document& document, Local* local, Edits& /*edits*/,
                  DocumentFindings& findings) const override {
    if (!document.language().empty()) return Verdict::keep();
    std::string language = cleaning::detect_language(document.text(), document.lines(),
                                                     static_cast<DetectLocal*>(local)->scratch);
    if (!language.empty()) findings.language = std::move(language);
    return Verdict::keep();
  }
};

}  // namespace

StageSpec detect_language() {
  return StageSpecBuilder<Options>("detect_language", StageKind::kDocument)
      .summary("Says the language of documents whose record does not.")
      .make([](const Options& /*options*/) { return std::make_unique<DetectLanguage>(); });
}

}  // namespace copydesk::stages
