// drop_exact_duplicates: of documents with the same words in the same order one stays.
//
// Case, spacing, punctuation and chrome that was cut make no difference; a single other word does.
// Which one stays does not depend on the order of the input unless the policy is "first".
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
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

struct TextObservation : Observation {
  std::vector<reuse::Contender> texts;
  reuse::NameTable outlets;
};

class DropExactDuplicates : public CorpusStage {
 public:
  explicit DropExactDuplicates(const Options& options)
      : min_words_(static_cast<std::size_t>(options.min_words)),
        order_(options.keep, options.preferred_outlets) {}

  void use_scratch(ScratchSpace& scratch) override { texts_ = reuse::ContenderFile(scratch); }

  std::unique_ptr<Observation> make_observation() const override {
    return std::make_unique<TextObservation>();
  }

  void observe(const Document& document, Observation& observation) const override {
    const std::optional<reuse::ExactKey> key =
        reuse::exact_key(document.words(), document.title(), min_words_);
    if (!key) return;
    auto& seen = static_cast<TextObservation&>(observation);
    seen.texts.push_back({.key = *key,
                          .doc = document.doc(),
                          .time = document.time().value_or(reuse::kNoTime),
                          .words = static_cast<std::uint32_t>(document.words().size()),
                          .outlet = seen.outlets.number(document.outlet())});
  }

  Result<void> combine(Observation& observation) override {
    auto& batch = static_cast<TextObservation&>(observation);
    for (reuse::Contender& text : batch.texts) {
      text.outlet = outlets_.number(batch.outlets.name(text.outlet));
      COPYDESK_RETURN_IF_ERROR(texts_.add(text));
    }
    return {};
  }

  Result<void> finalize(const Corpus& corpus, FindingsSink& sink) override {
    COPYDESK_RETURN_IF_ERROR(texts_.finish());
    order_.know_outlets(outlets_);
    std::uint64_t groups = 0;
    const auto drop_copies = [&](std::vector<reuse::Contender>& texts) -> Result<void> {
      std::erase_if(texts, [&](const reuse::Contender& text) { return !corpus.alive(text.doc); });
      std::sort(texts.begin(), texts.end(),
                [](const reuse::Contender& x, const reuse::Contender& y) { return x.key < y.key; });
      for (std::size_t begin = 0, end = 0; begin < texts.size(); begin = end) {
        while (end < texts.size() && texts[end].key == texts[begin].key) ++end;
        if (end - begin < 2) continue;
        ++groups;
        const std::span<const reuse::Contender> copies(&texts[begin], end - begin);
        COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t kept, choose(corpus, copies));
        for (const reuse::Contender& copy : copies) {
          if (copy.doc != kept) sink.drop(copy.doc, DropReason::kExactDuplicate, kept);
        }
      }
      return {};
    };
    COPYDESK_RETURN_IF_ERROR(texts_.for_each_part(drop_copies));
    sink.note("groups", static_cast<double>(groups));
    texts_ = {};
    return {};
  }

  // The engine applies the drops, and remembers them.
  Verdict process(const Document& /*document*/, Local* /*local*/, Edits& /*edits*/,
                  DocumentFindings& /*findings*/) const override {
    return Verdict::keep();
  }

  Result<void> save(StateWriter& /*state*/) const override { return {}; }
  Result<void> load(StateReader& /*state*/) override { return {}; }

 private:
  // The document that stays.
  Result<std::uint64_t> choose(const Corpus& corpus,
                               std::span<const reuse::Contender> copies) const {
    reuse::Standing best = order_.standing(copies.front(), false);
    std::vector<reuse::Equal> equals;
    for (const reuse::Contender& copy : copies) {
      const reuse::Standing standing = order_.standing(copy, false);
      if (standing < best) equals.clear();
      if (standing > best) continue;
      best = standing;
      equals.push_back({copy.doc, 0});
    }
    if (equals.size() > 1) COPYDESK_RETURN_IF_ERROR(reuse::order_equals(corpus, equals));
    return equals.front().doc;
  }

  std::size_t min_words_;
  reuse::RepresentativeOrder order_;
  reuse::ContenderFile texts_;
  reuse::NameTable outlets_;
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
