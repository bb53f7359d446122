#include "background_learner.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "copydesk/text/words.h"

namespace copydesk {
namespace {

struct Text {
  std::uint64_t content = 0;
  std::vector<std::uint64_t> words;  // each once
};

struct Texts : Observation {
  std::vector<Text> texts;
};

Error has_no_state() {
  return {ErrorCode::kInternal, "learning a table of words cannot be resumed"};
}

}  // namespace

std::unique_ptr<Observation> BackgroundLearner::make_observation() const {
  return std::make_unique<Texts>();
}

void BackgroundLearner::observe(const Document& document, Observation& observation) const {
  Text text;
  const auto add = [&](const text::Word& word) {
    text.content = std::rotl((text.content ^ word.hash) * 0x9E3779B97F4A7C15, 29);
    text.words.push_back(word.hash);
  };
  std::vector<text::Word> title;
  text::split_words(document.title().empty() ? document.lifted(Field::kTitle) : document.title(),
                    title);
  for (const text::Word& word : title) add(word);
  for (const text::Word& word : document.words()) add(word);
  if (text.words.empty()) return;
  std::sort(text.words.begin(), text.words.end());
  text.words.erase(std::unique(text.words.begin(), text.words.end()), text.words.end());
  static_cast<Texts&>(observation).texts.push_back(std::move(text));
}

Result<void> BackgroundLearner::combine(Observation& observation) {
  for (const Text& text : static_cast<Texts&>(observation).texts) {
    if (!texts_.insert(text.content).second) continue;
    for (const std::uint64_t word : text.words) ++documents_of_[word];
  }
  return {};
}

Result<void> BackgroundLearner::finalize(const Corpus& /*corpus*/, FindingsSink& sink) {
  if (texts_.empty()) {
    return Error{ErrorCode::kInvalidArgument, "the input has no words to learn from"};
  }
  sink.note("texts", static_cast<double>(texts_.size()));
  sink.note("words", static_cast<double>(table().words()));
  return {};
}

Verdict BackgroundLearner::process(const Document& /*document*/, Local* /*local*/, Edits& /*edits*/,
                                   DocumentFindings& /*findings*/) const {
  return Verdict::keep();
}

Result<void> BackgroundLearner::save(StateWriter& /*state*/) const { return has_no_state(); }

Result<void> BackgroundLearner::load(StateReader& /*state*/) { return has_no_state(); }

}  // namespace copydesk
