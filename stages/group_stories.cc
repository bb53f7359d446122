// group_stories: which documents report the same event. Each document is a member of one story;
// most stories have a single member.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "copydesk/read_file.h"
#include "copydesk/stage_spec.h"
#include "copydesk/text/document_frequencies.h"
#include "reuse/group_code.h"
#include "reuse/stories.h"
#include "reuse/story_index.h"
#include "reuse/story_notes.h"

namespace copydesk::stages {
namespace {

constexpr reuse::StoryRule kDefaults;

struct Options {
  double threshold = kDefaults.threshold;
  std::int64_t window_days = kDefaults.window_days;
  double title_weight = kDefaults.title_weight;
  std::string background;
};

struct StoryObservation : Observation {
  explicit StoryObservation(reuse::StoryNoter its_noter) : noter(std::move(its_noter)) {}

  reuse::StoryNoter noter;
  std::vector<reuse::StoryNote> notes;
};

class GroupStories : public CorpusStage {
 public:
  GroupStories(const reuse::StoryRule& rule, text::DocumentFrequencies background)
      : rule_(rule), background_(std::move(background)) {}

  std::unique_ptr<Observation> make_observation() const override {
    return std::make_unique<StoryObservation>(reuse::StoryNoter(rule_.title_weight, background_));
  }

  void observe(const Document& document, Observation& observation) const override {
    auto& stories = static_cast<StoryObservation&>(observation);
    stories.notes.push_back(stories.noter.note(document));
  }

  void use_scratch(ScratchSpace& scratch) override {
    scratch_ = &scratch;
    notes_.emplace(scratch);
  }

  Result<void> combine(Observation& observation) override {
    for (const reuse::StoryNote& note : static_cast<StoryObservation&>(observation).notes) {
      COPYDESK_RETURN_IF_ERROR(notes_->add(note));
    }
    return {};
  }

  Result<void> finalize(const Corpus& corpus, FindingsSink& sink) override {
    COPYDESK_RETURN_IF_ERROR(notes_->finish());
    const reuse::ParallelFor parallel_for =
        [&](std::size_t n, const std::function<Result<void>(std::size_t)>& fn) {
          return corpus.parallel_for(n, fn);
        };
    reuse::StoryNotes notes = std::move(*notes_);
    notes_.reset();
    COPYDESK_ASSIGN_OR_RETURN(
        reuse::StoryIndex index,
        reuse::StoryIndex::make(std::move(notes), rule_, background_, parallel_for));
    COPYDESK_ASSIGN_OR_RETURN(std::vector<reuse::StoryEdge> edges,
                              index.find_edges(scratch_->memory(), parallel_for));
    sink.note("story_edges", static_cast<double>(edges.size()));
    sink.note("capped_terms", static_cast<double>(index.capped_terms()));
    index.forget_texts();
    const std::vector<std::uint32_t> groups = reuse::link_stories(
        index.size(), [&](std::uint32_t vertex) { return index.days(vertex); }, std::move(edges),
        rule_);
    return report(index, groups, corpus.size(), sink);
  }

  Verdict process(const Document& document, Local* /*local*/, Edits& /*edits*/,
                  DocumentFindings& findings) const override {
    if (document.doc() < story_of_.size() && story_of_[document.doc()] != kNone) {
      findings.story = story_of_[document.doc()];
    }
    return Verdict::keep();
  }

  // For each document 0 if it has no story, or 1 and its story, coded.
  Result<void> save(StateWriter& state) const override {
    COPYDESK_RETURN_IF_ERROR(state.number(story_of_.size()));
    reuse::GroupCode code;
    for (const std::uint32_t story : story_of_) {
      COPYDESK_RETURN_IF_ERROR(state.number(story == kNone ? 0 : 1 + code.encode(story)));
    }
    return {};
  }

  Result<void> load(StateReader& state) override {
    COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t documents, state.count(1));
    if (documents >= kNone) return damaged_state("more documents than there can be");
    story_of_.reserve(documents);
    reuse::GroupCode code;
    for (std::uint64_t doc = 0; doc < documents; ++doc) {
      COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t coded, state.number());
      story_of_.push_back(kNone);
      if (coded == 0) continue;
      COPYDESK_ASSIGN_OR_RETURN(story_of_.back(), code.decode(coded - 1));
    }
    return {};
  }

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  // Numbers the stories by their first documents.
  Result<void> report(const reuse::StoryIndex& index, const std::vector<std::uint32_t>& groups,
                      std::uint64_t documents, FindingsSink& sink) {
    story_of_.assign(documents, kNone);
    for (std::uint32_t vertex = 0; vertex < index.size(); ++vertex) {
      for (const std::uint32_t doc : index.docs(vertex)) story_of_[doc] = groups[vertex];
    }
    std::vector<std::uint32_t> number_of(index.size(), kNone);  // by group
    std::vector<std::uint32_t> first;                           // of a story's documents, below
    for (std::uint32_t& story : story_of_) {
      if (story == kNone) continue;
      std::uint32_t& number = number_of[story];
      if (number == kNone) {
        number = static_cast<std::uint32_t>(first.size());
        first.push_back(0);
      }
      story = number;
      ++first[number];
    }
    number_of = {};
    std::uint32_t sum = 0;
    for (std::uint32_t& end : first) end = sum += end;
    std::vector<std::uint32_t> docs(sum);
    for (std::size_t doc = story_of_.size(); doc-- > 0;) {
      if (story_of_[doc] != kNone) docs[--first[story_of_[doc]]] = static_cast<std::uint32_t>(doc);
    }
    Story story;
    for (std::size_t i = 0; i < first.size(); ++i) {
      const std::size_t end = i + 1 < first.size() ? first[i + 1] : docs.size();
      story.story = i;
      story.members.assign(docs.begin() + first[i],
                           docs.begin() + static_cast<std::ptrdiff_t>(end));
      COPYDESK_RETURN_IF_ERROR(sink.add(story));
    }
    return {};
  }

  const reuse::StoryRule rule_;
  const text::DocumentFrequencies background_;
  ScratchSpace* scratch_ = nullptr;
  std::optional<reuse::StoryNotes> notes_;
  std::vector<std::uint32_t> story_of_;  // by document
};

Result<std::unique_ptr<Stage>> make_stage(const Options& options) {
  std::string bytes;
  if (!options.background.empty()) {
    COPYDESK_ASSIGN_OR_RETURN(
        bytes, read_file(options.background, "the background table", kMaxTableBytes));
  }
  Result<text::DocumentFrequencies> background =
      options.background.empty() ? text::DocumentFrequencies::parse(reuse::builtin_background(),
                                                                    "the built-in background table")
                                 : text::DocumentFrequencies::parse(bytes, options.background);
  if (!background.ok()) return background.error();
  return std::unique_ptr<Stage>(std::make_unique<GroupStories>(
      reuse::StoryRule{options.threshold, options.window_days, options.title_weight},
      *std::move(background)));
}

}  // namespace

StageSpec group_stories() {
  return StageSpecBuilder<Options>("group_stories", StageKind::kCorpus)
      .summary("Groups documents that report the same event.")
      .option("threshold", &Options::threshold, {0.01, 1},
              "Similarity that joins two documents; closely knit groups need more.")
      .option("window_days", &Options::window_days, {0, 36'500},
              "Days that may lie between two reports of one event, when both are dated.")
      .option("title_weight", &Options::title_weight, {0, 100},
              "How many words of the body a word of the title counts as.")
      .option("background", &Options::background,
              "Path of a table from `copydesk learn --background`; empty: the built-in one.")
      .make(make_stage);
}

}  // namespace copydesk::stages
