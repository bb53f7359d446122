// Phrases: beginnings and ends of lines that recur on one outlet's pages. An extractor that glues a
// whole page into one line, or a button into a paragraph, leaves chrome that no line template sees.
//
// A page notes one hash for the first and the last kStartWords words of each long line. Only pages
// whose hash recurs on enough groups are read again, and there the phrase is followed word by word
// to where the pages begin to differ. So notes stay small and a phrase may have any length.
//
// Ordinary language recurs, too: datelines, a columnist's phrases, wire copy. So a phrase needs
// more than a line: kStartWords words, kPhraseSupport groups, three times the share of a line, and
// twice that again where no sentence ends at its inner edge; the lines must differ beyond it; and
// what other outlets have as well does not count.
#ifndef COPYDESK_STAGES_REUSE_TEMPLATE_PHRASES_H_
#define COPYDESK_STAGES_REUSE_TEMPLATE_PHRASES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "copydesk/document.h"
#include "copydesk/findings.h"
#include "reuse/templates.h"

namespace copydesk::reuse {

// Groups that have a phrase, at least.
inline constexpr std::uint64_t kPhraseSupport = 3;
// Its share of the outlet's groups, in shares that a line needs; twice that where it does not end
// (a beginning) or begin (an end) at the edge of a sentence.
inline constexpr double kPhraseShares = 3;
// Of the pages that have the phrase but for its last kEdgeWords words, so many must have all of it:
// otherwise its last words are those that some articles happen to begin with.
inline constexpr std::size_t kEdgeWords = 3;
inline constexpr double kEdgeShare = 0.75;
// A sentence edge so many words back is preferred to an edge inside a sentence.
inline constexpr std::size_t kBackWords = 4;
// The longest phrase in words.
inline constexpr std::size_t kPhraseWords = 1024;

// --- The words of a line as phrases count them -----------------------------------------------

// A word, or a run of numbers, which counts as one word whatever the numbers are.
struct PhraseWord {
  std::uint64_t hash = 0;
  std::uint32_t begin = 0;  // bytes of the text
  std::uint32_t end = 0;
};

// The hash of a word of a phrase: digits as one 0. number_hash() if there is nothing else.
[[nodiscard]] std::uint64_t phrase_word_hash(std::string_view text, const text::Word& word);
[[nodiscard]] std::uint64_t number_hash();

// Writes the phrase words of `words`, which are words of `text`, to `out` (cleared first).
void phrase_words(std::string_view text, std::span<const text::Word> words,
                  std::vector<PhraseWord>& out);

// The hash of a phrase that stands at `place`, word by word from its outer end (the first word of a
// beginning, the last word of an end).
class PhraseHash {
 public:
  explicit PhraseHash(TemplatePlace place);
  void add(std::uint64_t word);
  [[nodiscard]] std::uint64_t value() const { return value_; }  // never 0

 private:
  std::uint64_t value_;
};

// The key of a phrase given as text, any spelling, and its length in phrase words; 0 words: none.
struct PhraseKey {
  std::uint64_t key = 0;
  std::size_t words = 0;
};
[[nodiscard]] PhraseKey phrase_key(std::string_view phrase, TemplatePlace place);

// How a phrase stands in a template file: folded words, numbers as "0". phrase_key() of it is that
// of the phrase.
[[nodiscard]] std::string normalized_phrase(std::string_view phrase);

// Where a cut between two words goes, given the bytes between them: for a beginning behind the
// white space (what opens the next sentence stays), for an end before it (what closes the sentence
// stays); beside a mark of a script without spaces. Nothing if the two must not be parted
// ("well-known", "don't"). Offset in `gap`.
[[nodiscard]] std::optional<std::size_t> cut_in_gap(std::string_view gap, TemplatePlace place);

// --- Learning --------------------------------------------------------------------------------

// A phrase word seen from one end of a line: the edge is what follows it inward.
struct EdgeWord {
  std::uint64_t hash = 0;
  std::uint32_t edge = 0;  // byte of the text: the end of the word, for an end its beginning
  bool may_end = false;    // a phrase may end here: something follows, and a cut is possible
  bool sentence = false;   // a sentence ends (an end: begins) here
  bool lower = false;  // the word inside the cut (for an end: the first that goes) is lower case
  std::uint8_t weight = 2;  // 1: a bigram of a script without spaces, which is half a word
};

// A line of a page, from one end inward: at most kPhraseWords words.
struct EdgeLine {
  std::uint32_t page = 0;
  std::uint32_t group = 0;
  std::uint32_t line = 0;  // of the document
  std::uint64_t key = 0;   // text::line_key()
  std::vector<EdgeWord> words;
};

// Line `line` of a document from the end that `place` names. Page and group stay 0.
[[nodiscard]] EdgeLine edge_line(const Document& document, std::size_t line, TemplatePlace place);

struct LearnedPhrase {
  std::uint64_t key = 0;
  std::uint64_t support = 0;           // the smaller of: groups, different lines
  std::uint64_t start = 0;             // hash of its first kStartWords words, or of all if fewer
  std::vector<std::uint32_t> members;  // the lines that have it: indices, ascending
  std::size_t words = 0;
};

// Groups that a phrase must have among `groups`.
[[nodiscard]] std::uint64_t needed_phrase_support(const TemplateRule& rule, bool sentence,
                                                  std::uint64_t groups);

// The phrases at `place` of lines of one outlet with `groups` groups, ascending by key. Cost: sorts
// the lines by their words, then one pass over what recurs.
[[nodiscard]] std::vector<LearnedPhrase> learn_phrases(std::span<const EdgeLine> lines,
                                                       TemplatePlace place,
                                                       const TemplateRule& rule,
                                                       std::uint64_t groups);

// The first words of lines that recur in enough groups to be looked at, ascending. Lines that are
// templates or of `shared` (ascending keys of sentences that many outlets carry) do not count.
[[nodiscard]] std::vector<std::uint64_t> recurring_starts(std::span<const PageNote> pages,
                                                          const OutletLines& learned,
                                                          std::span<const std::uint64_t> shared,
                                                          TemplatePlace place,
                                                          const TemplateRule& rule);

// Which of `starts` the pages of an outlet have at `place` of a line. Cost: one pass over their
// notes.
[[nodiscard]] std::unordered_set<std::uint64_t> starts_on(
    std::span<const PageNote> pages, const std::unordered_map<std::uint64_t, std::size_t>& starts,
    TemplatePlace place);

// --- Cutting ---------------------------------------------------------------------------------

struct PhraseCut {
  Span span;  // of the living text
  std::uint64_t key = 0;
};

struct PhraseCuts {
  std::vector<PhraseCut> cuts;  // ascending
  bool guarded = false;         // too much would have gone: only sure phrases are cut
};

// The phrases of a document to cut, beside the lines that `lines` takes: of each other line the
// longest beginning and the longest end, unless nothing would stay between them. None go from a
// page that does not show its chrome: that lost none before, and has no phrase that is on three of
// four pages or proven. `max_share`: the largest share of the text that phrases which are not sure
// may take. Cost: for outlets with phrases one pass over the words.
[[nodiscard]] PhraseCuts choose_phrases(const Document& document, const TemplateTable& table,
                                        const TemplateCut& lines, double max_share);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_TEMPLATE_PHRASES_H_
