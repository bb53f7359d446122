// drop_short: drops documents that have too few words left.
#include "copydesk/stage_spec.h"

namespace copydesk::stages {
namespace {

struct Options {
  std::int64_t min_words = 0;
};

class DropShort : public DocumentStage {
 public:
  explicit DropShort(const Options& options)
      : min_words_(static_cast<std::size_t>(options.min_words)) {}

  Verdict process(const Document& document, Local* /*local*/, Edits& /*edits*/,
                  DocumentFindings& /*findings*/) const override {
    // Words are split only if the option is on.
    if (min_words_ > 0 && document.words().size() < min_words_) {
      return Verdict::drop(DropReason::kTooShort);
    }
    return Verdict::keep();
  }

 private:
  const std::size_t min_words_;
};

}  // namespace

StageSpec drop_short() {
  return StageSpecBuilder<Options>("drop_short", StageKind::kDocument)
      .summary("Drops documents with few words.")
      .drop_reasons({DropReason::kTooShort})
      .option("min_words", &Options::min_words, {0, 1'000'000},
              "Fewest words of clean text a document may have; 0: any number.")
      .make([](const Options& options) { return std::make_unique<DropShort>(options); });
}

}  // namespace copydesk::stages
