// drop_exact_duplicates: of documents with the same words in the same order one stays.
//
// Case, spacing, punctuation and chrome that was cut make no difference; a single other word does.
// Which one stays does not depend on the order of the input unless the policy is "first".
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "copydesk/stage_spec.h"
#include "reuse/representative.h"

namespace copydesk::stages {
namespace {

struct Options {
  std::int64_t min_words = 20;
  std::string keep = "earliest";
  std::vector<std::string> preferred_outlets;
};

struct Text {
  reuse::ExactKey key;
  reuse::Contender contender;
};

struct TextObservation : Observation {
  std::vector<Text> texts;
};

class DropExactDuplicates : public CorpusStage {
 public:
  explicit DropExactDuplicates(const Options& options)
      : min_words_(static_cast<std::size_t>(options.min_words)),
        order_(options.keep, options.preferred_outlets) {}

  std::unique_ptr<Observation> make_observation() const override {
    return std::make_unique<TextObservation>();
  }

  void observe(const Document& document, Observation& observation) const override {
    const std::optional<reuse::ExactKey> key =
        reuse::exact_key(document.words(), document.title(), min_words_);
    if (!key) return;
    static_cast<TextObservation&>(observation)
        .texts.push_back({*key, reuse::make_contender(document, *key)});
  }

  Result<void> combine(Observation& observation) override {
    auto& texts = static_cast<TextObservation&>(observation).texts;
    std::move(texts.begin(), texts.end(), std::back_inserter(texts_));
    return {};
  }

  Result<void> finalize(const Corpus& corpus, FindingsSink& sink) override {
    std::erase_if(texts_, [&](const Text& text) { return !corpus.alive(text.contender.doc); });
    std::sort(texts_.begin(), texts_.end(), [&](const Text& a, const Text& b) {
      return a.key != b.key ? a.key < b.key : order_.before(a.contender, b.contender);
    });
    std::uint64_t groups = 0;
    for (std::size_t kept = 0; kept < texts_.size();) {
      std::size_t copy = kept + 1;
      for (; copy < texts_.size() && texts_[copy].key == texts_[kept].key; ++copy) {
        sink.drop(texts_[copy].contender.doc, DropReason::kExactDuplicate,
                  texts_[kept].contender.doc);
      }
      groups += copy > kept + 1 ? 1 : 0;
      kept = copy;
    }
    sink.note("groups", static_cast<double>(groups));
    texts_ = {};
    return {};
  }

  // The engine applies the drops.
  Verdict process(const Document& /*document*/, Local* /*local*/, Edits& /*edits*/,
                  DocumentFindings& /*findings*/) const override {
    return Verdict::keep();
  }

 private:
  std::size_t min_words_;
  reuse::RepresentativeOrder order_;
  std::vector<Text> texts_;
};

}  // namespace

StageSpec drop_exact_duplicates() {
  return StageSpecBuilder<Options>("drop_exact_duplicates", StageKind::kCorpus)
      .summary("Drops documents that have the same words in the same order as another.")
      .drop_reasons({DropReason::kExactDuplicate})
      .option("min_words", &Options::min_words, {0, 1'000'000},
              "Words from which texts alone decide; shorter ones must have the same title, too.")
      .option("keep", &Options::keep, reuse::RepresentativeOrder::policies(),
              "Which copy stays: the earliest by date, the longest, the first in the input, or "
              "that of a preferred outlet.")
      .option("preferred_outlets", &Options::preferred_outlets,
              "For keep = \"preferred\": outlets, the best first; then the earliest.")
      .validate([](const Options& options) {
        return reuse::policy_fault(options.keep, options.preferred_outlets);
      })
      .make([](const Options& options) { return std::make_unique<DropExactDuplicates>(options); });
}

}  // namespace copydesk::stages
