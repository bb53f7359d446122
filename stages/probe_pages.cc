// probe_pages: tells whole pages from text that is already clean, outlet by outlet.
//
// On the text of a whole page most lines are labels: neither running text nor the end of a
// sentence. On the output of an extractor few are. The mean share over an outlet's pages, drawn
// towards that of the whole input while the outlet has few, decides; measured on labelled pages in
// decision 0002. Documents of such outlets are flagged, for stages that dare more there. Documents
// without an outlet are judged together, as one.
#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cleaning/line_shape.h"
#include "copydesk/stage_spec.h"

namespace copydesk::stages {
namespace {

// A share in millionths: sums of integers do not depend on their order.
constexpr std::int64_t kWhole = 1'000'000;
// Pages that the whole input stands for when an outlet is judged.
constexpr std::int64_t kPriorPages = 2;
// A text with fewer lines says nothing of how it was made.
constexpr std::size_t kMinLines = 5;

struct Options {
  double min_label_share = 0.55;
};

struct Tally {
  std::int64_t pages = 0;
  std::int64_t share = 0;  // sum over the pages

  void add(const Tally& other) {
    pages += other.pages;
    share += other.share;
  }
};

// The share of labels among the lines of the original.
Tally tally(const Document& document) {
  const cleaning::TextView page = cleaning::original_view(document);
  std::int64_t counted = 0;
  std::int64_t labels = 0;
  for (const cleaning::LineShape& shape : cleaning::line_shapes(page)) {
    if (shape.words == 0) continue;
    ++counted;
    const std::string_view line = page.text.substr(shape.span.begin, shape.span.size());
    if (!shape.body && !cleaning::ends_sentence(line)) ++labels;
  }
  if (counted < static_cast<std::int64_t>(kMinLines)) return {};
  return {1, labels * kWhole / counted};
}

struct PageObservation : Observation {
  std::map<std::string, Tally, std::less<>> outlets;
};

class ProbePages : public CorpusStage {
 public:
  explicit ProbePages(const Options& options)
      : threshold_(
            static_cast<std::int64_t>(options.min_label_share * static_cast<double>(kWhole))) {}

  std::unique_ptr<Observation> make_observation() const override {
    return std::make_unique<PageObservation>();
  }

  void observe(const Document& document, Observation& observation) const override {
    static_cast<PageObservation&>(observation).outlets[document.outlet()].add(tally(document));
  }

  Result<void> combine(Observation& observation) override {
    for (const auto& [outlet, seen] : static_cast<PageObservation&>(observation).outlets) {
      outlets_[outlet].add(seen);
      all_.add(seen);
    }
    return {};
  }

  Result<void> finalize(const Corpus& /*corpus*/, FindingsSink& sink) override {
    const std::int64_t mean = all_.pages == 0 ? 0 : all_.share / all_.pages;
    for (const auto& [outlet, seen] : outlets_) {
      const std::int64_t pages = seen.pages + kPriorPages;
      if (seen.share + kPriorPages * mean >= threshold_ * pages) full_pages_.insert(outlet);
    }
    const auto percent = [](std::int64_t share) {
      return static_cast<double>(share) * 100.0 / static_cast<double>(kWhole);
    };
    sink.note("label_share", static_cast<double>(mean) / static_cast<double>(kWhole));
    sink.note("outlets", static_cast<double>(outlets_.size()));
    sink.note("full_page_outlets", static_cast<double>(full_pages_.size()));
    sink.note(
        "whole_pages",
        fmt::format("{} of {} outlets: of the lines of a page {:.1f} % are labels on average; "
                    "from {:.1f} % on a text is taken for a whole page, and strip_lines may "
                    "judge it",
                    full_pages_.size(), outlets_.size(), percent(mean), percent(threshold_)));
    outlets_.clear();
    return {};
  }

  Verdict process(const Document& document, Local* /*local*/, Edits& /*edits*/,
                  DocumentFindings& findings) const override {
    if (full_pages_.contains(document.outlet())) findings.flags.push_back(Flag::kFullPage);
    return Verdict::keep();
  }

  Result<void> save(StateWriter& state) const override {
    COPYDESK_RETURN_IF_ERROR(state.number(full_pages_.size()));
    for (const std::string& outlet : full_pages_) COPYDESK_RETURN_IF_ERROR(state.bytes(outlet));
    return {};
  }

  Result<void> load(StateReader& state) override {
    COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t outlets, state.count(1));
    std::string outlet;
    for (std::uint64_t i = 0; i < outlets; ++i) {
      COPYDESK_RETURN_IF_ERROR(state.bytes(outlet));
      if (!full_pages_.insert(outlet).second) return damaged_state("an outlet stands there twice");
    }
    return {};
  }

 private:
  std::int64_t threshold_;
  std::map<std::string, Tally, std::less<>> outlets_;
  Tally all_;
  std::set<std::string> full_pages_;
};

}  // namespace

StageSpec probe_pages() {
  return StageSpecBuilder<Options>("probe_pages", StageKind::kCorpus)
      .summary("Flags the documents of outlets whose text holds whole pages, not clean articles.")
      .option("min_label_share", &Options::min_label_share, {0, 1},
              "Share of lines that neither are running text nor end a sentence, from which text "
              "is taken for whole pages; mean over an outlet.")
      .make([](const Options& options) { return std::make_unique<ProbePages>(options); });
}

}  // namespace copydesk::stages
