// StoryIndex: the texts of a run and which of them are alike.
#ifndef COPYDESK_STAGES_REUSE_STORY_INDEX_H_
#define COPYDESK_STAGES_REUSE_STORY_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "copydesk/result.h"
#include "copydesk/text/document_frequencies.h"
#include "reuse/stories.h"
#include "reuse/story_notes.h"

namespace copydesk::reuse {

// Corpus::parallel_for().
using ParallelFor =
    std::function<Result<void>(std::size_t, const std::function<Result<void>(std::size_t)>&)>;

// One vertex for all copies of a text that were published within the window of each other, in an
// order made from day and content. The vectors of texts are made of their notes when they are
// needed, so that they may be more than memory holds: in memory stay some 30 bytes a document and
// 50 a distinct word. Const members are thread-safe.
class StoryIndex {
 public:
  // `notes` are finished. Cost: reads each note once, and compares it with the texts before it that
  // share its weightiest terms.
  [[nodiscard]] static Result<StoryIndex> make(StoryNotes notes, const StoryRule& rule,
                                               const text::DocumentFrequencies& background,
                                               const ParallelFor& parallel_for);

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(days_.size()); }
  // The documents of a vertex, ascending.
  [[nodiscard]] std::span<const std::uint32_t> docs(std::uint32_t vertex) const {
    return std::span(docs_).subspan(first_doc_[vertex],
                                    first_doc_[vertex + 1] - first_doc_[vertex]);
  }
  [[nodiscard]] std::optional<DayRange> days(std::uint32_t vertex) const;
  // Terms that are in too many texts to find candidates by, for the run's notes.
  [[nodiscard]] std::size_t capped_terms() const;

  // In [0, 1]; 0 if the days are too far apart. Reads both notes: what find_edges() is tested by.
  [[nodiscard]] Result<double> similarity(std::uint32_t a, std::uint32_t b) const;

  // Edges between all that share index terms and are not quite unlike, in no order. `memory`: bytes
  // of vectors to be held at once. Where there are more, texts are read again: those of the window
  // of other days; all of them if texts have no date.
  [[nodiscard]] Result<std::vector<StoryEdge>> find_edges(std::uint64_t memory,
                                                          const ParallelFor& parallel_for) const;

  // Frees all but the days and documents of vertices: what is alike cannot be asked any more.
  void forget_texts();

 private:
  // The vector of a text and the terms through which it meets others.
  struct Vertex {
    ReadNote text;
    std::vector<std::uint32_t> index_terms;  // ascending
  };
  // The vertices [begin, end) with their postings.
  struct Segment {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::vector<Vertex> vertices;
    std::vector<std::uint32_t> first_posting;  // by word; one more than words
    std::vector<std::uint32_t> postings;       // vertices, ascending for each word
  };
  // Which vertices a vertex may meet: those below `undated_end` and those from `window_begin` on.
  struct Reach {
    std::uint32_t undated_end = 0;
    std::uint32_t window_begin = 0;
  };
  class CopyFinder;

  struct Days {
    std::int32_t first = 0;
    std::int32_t last = 0;
  };

  StoryIndex(StoryNotes notes, const StoryRule& rule) : notes_(std::move(notes)), rule_(rule) {}

  // Weighs words by their rarity in so many texts, of which counts_ have them.
  void weigh_words(std::size_t texts, const text::DocumentFrequencies& background);
  // Reads a note and makes its terms a vector of length 1; words of a single note count in the
  // length and are left out.
  Result<void> read_vector(std::uint32_t note, ReadNote& out) const;
  Result<void> read_vertex(std::uint32_t vertex, Vertex& out) const;
  // The vertices: of each note in order the first one of which it is a copy, or itself.
  Result<void> make_vertices(std::span<const std::uint32_t> order,
                             std::span<const std::int32_t> days, std::uint32_t undated,
                             std::vector<std::uint32_t> firsts);
  [[nodiscard]] Reach reach_of(std::uint32_t vertex) const;
  // One behind the last vertex that may meet one of [0, end).
  [[nodiscard]] std::uint32_t reach_end(std::uint32_t begin, std::uint32_t end) const;
  Result<void> load_segment(Segment& segment, const ParallelFor& parallel_for) const;
  // Edges from vertices [first, last) to smaller ones of the segment.
  Result<void> find_edges(const Segment& segment, std::uint32_t first, std::uint32_t last,
                          std::vector<StoryEdge>& edges) const;

  std::optional<StoryNotes> notes_;
  StoryRule rule_;
  std::vector<std::uint32_t> counts_;  // by word: texts that have it
  std::vector<double> rarity_;         // by word
  std::uint32_t undated_ = 0;          // the first so many vertices have no date
  std::vector<Days> days_;             // ascending by the first
  std::vector<std::uint32_t> note_of_;
  std::vector<std::uint32_t> first_doc_;  // one more than vertices
  std::vector<std::uint32_t> docs_;
};

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_STORY_INDEX_H_
