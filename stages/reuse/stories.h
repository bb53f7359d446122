// Stories: which documents report the same event, copied or not.
//
// A document is a vector of its words, weighed by rarity (TF-IDF: Sparck Jones 1972, Salton and
// Buckley 1988), the title, the first words and names counting more; two documents are as alike as
// the cosine of their vectors. Rarity is learned from the documents themselves, blended with a
// background table that weighs as much as the first thousand of them. Copies of one text count
// once, in the rarity of words as in the making of groups: fifty prints of a wire story say no more
// than one.
//
// Groups are made by agglomeration over the mean similarity of all pairs across, since single link
// chains stories that have nothing in common. How much two groups must have in common depends on
// how much each has in itself: reports of two look-alike events (two quakes, two elections) share
// the words of their kind, yet those of one event share more.
//
// Everything here is done in an order made from content and date, so the groups do not depend on
// the order in which documents come.
#ifndef COPYDESK_STAGES_REUSE_STORIES_H_
#define COPYDESK_STAGES_REUSE_STORIES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "copydesk/document.h"
#include "copydesk/text/document_frequencies.h"
#include "reuse/seeded_hash.h"

namespace copydesk::reuse {

// Words at the beginning of the body that count more; a document of no more than these is short.
inline constexpr std::size_t kLeadWords = 60;
// Words kept of a document: the weightiest.
inline constexpr std::size_t kStoryTerms = 150;
// Cosine from which two documents are taken for copies of one text, if the threshold is no higher.
inline constexpr double kCopy = 0.75;
// Terms of a document through which it meets others, and the most documents a term may be in to
// serve for that.
inline constexpr std::size_t kIndexTerms = 30;
inline constexpr std::uint32_t kMaxPostings = 1000;
// What remains of the similarity of two documents whose titles name different numbers.
inline constexpr double kNumberPenalty = 0.4;
// Groups must be alike by this share of what the members of each are alike among themselves.
inline constexpr double kCohesion = 0.7;

struct StoryRule {
  double threshold = 0.16;       // similarity that joins two documents
  std::int64_t window_days = 3;  // documents further apart do not meet; without date: all do
  double title_weight = 3;       // a word of the title counts as so many of the body
};

struct StoryTerm {
  std::uint64_t word = 0;
  float body = 0;  // weight before rarity, in the whole document
  float head = 0;  // in its title and lead; 0 if it is not there
};

// What titles say in numbers, for telling apart what recurs: "70th birthday", "the 2024 marathon".
struct TitleNumbers {
  std::vector<std::uint64_t> words;                               // of the title, ascending
  std::vector<std::pair<std::uint32_t, std::uint64_t>> ordinals;  // with the word that follows
  std::vector<std::uint32_t> years;                               // ascending
  std::vector<std::uint32_t> text_ordinals;                       // of title and text, ascending
};

struct StoryNote {
  std::uint64_t doc = 0;
  std::uint64_t content = 0;        // hash of all words in order, title first
  std::uint64_t bytes = 0;          // hash of title and text as they stand, for ties
  std::optional<std::int64_t> day;  // since 1970
  bool is_short = false;
  std::vector<StoryTerm> terms;  // ascending by word
  TitleNumbers numbers;
};

// The built-in background table: English; stages/data/background_en.md says where it is from.
[[nodiscard]] std::string_view builtin_background();

// Notes documents one after the other. Belongs to one thread; keeps its memory from document to
// document.
class StoryNoter {
 public:
  // `background` must outlive it.
  StoryNoter(double title_weight, const text::DocumentFrequencies& background);

  // Notes a document. The title is the record's, else a lifted one, else a first line that looks
  // like one. Cost: one pass over the words.
  [[nodiscard]] StoryNote note(const Document& document);

 private:
  struct WordCount {
    std::uint64_t word = 0;
    double body = 0;
    double head = 0;
    std::int32_t upper_minus_lower = 0;  // inside sentences of the body
  };
  // A term and what it weighs in the background.
  struct WeighedTerm {
    double weight = 0;
    StoryTerm term;
  };

  void clear_counts(std::size_t words);
  WordCount& count_of(std::uint64_t word);
  void count_title(std::string_view title, StoryNote& note);
  void count_text(const Document& document, StoryNote& note);
  [[nodiscard]] double weigh_count(double n) const;
  void weigh_terms();
  void choose_terms(StoryNote& note);

  double title_weight_;
  const text::DocumentFrequencies& background_;
  // Open addressing by the first bits of a word, spread, at most half full: 0, or one more than an
  // index.
  std::vector<std::uint32_t> slots_;
  int shift_ = 0;
  std::uint64_t factor_ = slot_factor();
  std::vector<WordCount> counts_;  // in the order of their first places
  std::vector<text::Word> title_words_;
  std::vector<WeighedTerm> terms_;
  std::vector<WeighedTerm> doubtful_;
  std::array<double, 64> count_weights_{};  // of words that count as 1, 2, …
};

// Whether the titles name different numbers of the same thing: one says "70th birthday" where the
// other says "birthday" and nowhere "70th", or both name years and none in common.
[[nodiscard]] bool numbers_conflict(const TitleNumbers& a, const TitleNumbers& b);

// The days on which a text or a story was published, both ends included.
struct DayRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

// Whether no more than `window_days` lie between them. A missing one may be any day.
[[nodiscard]] bool may_meet(const std::optional<DayRange>& a, const std::optional<DayRange>& b,
                            std::int64_t window_days);

// A word, as an index into all words of a run, and what it weighs in a document.
struct VectorTerm {
  std::uint32_t word = 0;
  float body = 0;
  float head = 0;
};

// Two texts that are alike, as indexes.
struct StoryEdge {
  std::uint32_t a = 0;
  std::uint32_t b = 0;  // < a
  double similarity = 0;
};

// Agglomeration. A group's bar is the mean of kCohesion times the similarity of each pair inside
// it, and of `threshold` as one pair more: the bar of a single text is the threshold. Two groups
// are joined if the mean similarity over all pairs across, pairs without an edge counting 0,
// reaches the geometric mean of their bars and no more than `window_days` lie between their days;
// those first that exceed it most, and among equals those with the smallest members. Returns for
// each of the vertices, 0 … `vertices` - 1, the smallest vertex of its group. Cost: O(e log e) for
// e edges, more where big groups meet; memory for what edges join, directly or not, at a time.
using DaysOf = std::function<std::optional<DayRange>(std::uint32_t)>;
[[nodiscard]] std::vector<std::uint32_t> link_stories(std::uint32_t vertices, const DaysOf& days_of,
                                                      std::vector<StoryEdge> edges,
                                                      const StoryRule& rule);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_STORIES_H_
