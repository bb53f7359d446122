// strip_lines: removes the lines that the line model takes for chrome.
//
// For whole pages only. In mode `auto` that is what probe_pages says; text that is already clean is
// left alone.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cleaning/choose_lines.h"
#include "cleaning/line_features.h"
#include "cleaning/line_model.h"
#include "copydesk/read_file.h"
#include "copydesk/stage_spec.h"

namespace copydesk::stages {
namespace {

using cleaning::LineModel;

// Longer texts are no pages: they stay as they are. Bounds the memory of a worker to some 20 MB.
constexpr std::ptrdiff_t kMostLines = 20'000;

struct Options {
  std::string mode = "auto";
  double max_content_loss = 0.005;
  double max_document_loss = 0.05;
  std::string model;
};

enum class Mode : std::uint8_t { kAuto, kConservative, kAggressive };

class StripLines : public DocumentStage {
 public:
  StripLines(LineModel model, Mode mode, const Options& options)
      : model_(std::move(model)),
        mode_(mode),
        threshold_(model_.threshold(options.max_content_loss)),
        max_document_loss_(options.max_document_loss) {}

  std::unique_ptr<Local> make_local() const override { return std::make_unique<Scratch>(); }

  Verdict process(const Document& document, Local* local, Edits& edits,
                  DocumentFindings& findings) const override {
    if (!wanted(document) || threshold_ == std::numeric_limits<float>::infinity()) {
      return Verdict::keep();
    }
    const std::string_view original = document.original();
    if (std::count(original.begin(), original.end(), '\n') > kMostLines) {
      findings.flags.push_back(Flag::kGuarded);
      return Verdict::keep();
    }
    auto& scratch = static_cast<Scratch&>(*local);
    cleaning::line_features(document, scratch.features);
    const std::vector<cleaning::ModelLine>& lines = scratch.features.lines;
    model_.score(scratch.features, scratch.model, scratch.scores);
    scratch.chances.resize(lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
      scratch.chances[i] = model_.probability(scratch.scores[i]);
    }
    const cleaning::LineChoice choice = cleaning::choose_lines(
        lines, scratch.scores, scratch.chances, threshold_, max_document_loss_);
    if (choice.guarded) findings.flags.push_back(Flag::kGuarded);
    cut(document, scratch, choice.lines, edits);
    return Verdict::keep();
  }

 private:
  struct Scratch : Local {
    cleaning::LineFeatures features;
    LineModel::Scratch model;
    std::vector<float> scores;
    std::vector<float> chances;
    std::vector<bool> goes;    // by line of the features
    std::vector<Span> pieces;  // of a living line
  };

  [[nodiscard]] bool wanted(const Document& document) const {
    if (mode_ != Mode::kAuto) return mode_ == Mode::kAggressive;
    const std::span<const Flag> flags = document.flags();
    return std::find(flags.begin(), flags.end(), Flag::kFullPage) != flags.end();
  }

  // The model speaks of lines of the original, edits of living ones; both ascend. A living line
  // goes if every line of the original that it has bytes of was chosen: an earlier cut may have
  // joined two.
  static void cut(const Document& document, Scratch& scratch,
                  const std::vector<std::uint32_t>& chosen, Edits& edits) {
    const std::vector<cleaning::ModelLine>& lines = scratch.features.lines;
    scratch.goes.assign(lines.size(), false);
    for (const std::uint32_t line : chosen) scratch.goes[line] = true;
    const std::span<const text::Line> living = document.lines();
    std::size_t first = 0;
    for (std::size_t i = 0; i < living.size(); ++i) {
      scratch.pieces.clear();
      document.living_pieces({living[i].begin, living[i].end}, scratch.pieces);
      bool some = false;
      bool all = true;
      for (const Span piece : scratch.pieces) {
        while (first < lines.size() && lines[first].span.end <= piece.begin) ++first;
        for (std::size_t line = first; line < lines.size() && lines[line].span.begin < piece.end;
             ++line) {
          some = true;
          all = all && scratch.goes[line];
        }
      }
      if (some && all) edits.cut_line(i, Reason::kModelLine);
    }
  }

  const LineModel model_;
  const Mode mode_;
  const float threshold_;
  const double max_document_loss_;
};

Result<std::unique_ptr<Stage>> make_stage(const Options& options) {
  const Mode mode = options.mode == "aggressive"     ? Mode::kAggressive
                    : options.mode == "conservative" ? Mode::kConservative
                                                     : Mode::kAuto;
  std::string bytes;
  if (!options.model.empty()) {
    COPYDESK_ASSIGN_OR_RETURN(bytes, read_file(options.model, "the line model", kMaxTableBytes));
  }
  Result<LineModel> model = options.model.empty() ? LineModel::parse(cleaning::builtin_line_model(),
                                                                     "the built-in line model")
                                                  : LineModel::parse(bytes, options.model);
  if (!model.ok()) return model.error();
  return std::unique_ptr<Stage>(std::make_unique<StripLines>(*std::move(model), mode, options));
}

}  // namespace

StageSpec strip_lines() {
  return StageSpecBuilder<Options>("strip_lines", StageKind::kDocument)
      .summary("Removes lines of whole pages that a trained model takes for chrome.")
      .not_idempotent()
      .reasons({Reason::kModelLine})
      .option("mode", &Options::mode, {"auto", "conservative", "aggressive"},
              "Documents that are judged: those that probe_pages took for whole pages, none, all.")
      .option("max_content_loss", &Options::max_content_loss, {0, 0.1},
              "Share of the content that may be lost over a collection of whole pages.")
      .option("max_document_loss", &Options::max_document_loss, {0, 1},
              "The same for one document; where more is at stake, doubtful lines stay.")
      .option("model", &Options::model, "Path of a model file; empty: the built-in one.")
      .make(make_stage);
}

}  // namespace copydesk::stages
