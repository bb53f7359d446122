// group_stories: which documents report the same event. Each document is a member of one story;
// most stories have a single member.
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cleaning/read_file.h"
#include "copydesk/stage_spec.h"
#include "copydesk/text/document_frequencies.h"
#include "reuse/stories.h"

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

  Result<void> combine(Observation& observation) override {
    std::vector<reuse::StoryNote>& notes = static_cast<StoryObservation&>(observation).notes;
    std::move(notes.begin(), notes.end(), std::back_inserter(notes_));
    return {};
  }

  Result<void> finalize(const Corpus& corpus, FindingsSink& sink) override {
    const reuse::StoryIndex index(std::move(notes_), rule_, background_);
    std::vector<std::vector<reuse::StoryEdge>> edges_of(index.size());
    COPYDESK_RETURN_IF_ERROR(corpus.parallel_for(index.size(), [&](std::size_t vertex) {
      edges_of[vertex] = index.edges_to_smaller(vertex);
      return Result<void>();
    }));
    std::vector<reuse::StoryEdge> edges;
    for (std::vector<reuse::StoryEdge>& some : edges_of) {
      edges.insert(edges.end(), some.begin(), some.end());
      some = {};
    }
    const std::vector<std::uint32_t> groups = reuse::link_stories(index.days(), edges, rule_);

    std::vector<Story> stories(index.size());  // by group, most of them empty
    for (std::size_t vertex = 0; vertex < index.size(); ++vertex) {
      const std::span<const std::uint64_t> docs = index.docs(vertex);
      std::vector<std::uint64_t>& members = stories[groups[vertex]].members;
      members.insert(members.end(), docs.begin(), docs.end());
    }
    std::erase_if(stories, [](const Story& story) { return story.members.empty(); });
    for (Story& story : stories) std::sort(story.members.begin(), story.members.end());
    std::sort(stories.begin(), stories.end(),
              [](const Story& a, const Story& b) { return a.members.front() < b.members.front(); });
    for (std::size_t i = 0; i < stories.size(); ++i) {
      stories[i].story = i;
      for (const std::uint64_t doc : stories[i].members) story_of_.emplace(doc, i);
      COPYDESK_RETURN_IF_ERROR(sink.add(stories[i]));
    }
    sink.note("story_edges", static_cast<double>(edges.size()));
    sink.note("capped_terms", static_cast<double>(index.capped_terms()));
    return {};
  }

  Verdict process(const Document& document, Local* /*local*/, Edits& /*edits*/,
                  DocumentFindings& findings) const override {
    if (const auto it = story_of_.find(document.doc()); it != story_of_.end()) {
      findings.story = it->second;
    }
    return Verdict::keep();
  }

 private:
  const reuse::StoryRule rule_;
  const text::DocumentFrequencies background_;
  std::vector<reuse::StoryNote> notes_;
  std::unordered_map<std::uint64_t, std::uint64_t> story_of_;
};

Result<std::unique_ptr<Stage>> make_stage(const Options& options) {
  std::string bytes;
  if (!options.background.empty()) {
    COPYDESK_ASSIGN_OR_RETURN(bytes,
                              cleaning::read_file(options.background, "the background table"));
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
