// Templates: lines that recur on one outlet's pages, learned from the pages themselves.
//
// A line is counted over groups of near-duplicate pages and not over pages: the same wire story
// fetched five times would otherwise look like chrome (content loss 3.4 % against 0.9 %, measured
// on 71 outlets). What is left of the risk is met by three rules, each measured on the same pages:
// a line that looks like a sentence needs twice the share; one that other outlets carry as well is
// body text unless most of this outlet's pages have it; and a line that stands right above the body
// is its headline, which other pages of the outlet show among their links.
//
// Which of an outlet's template lines go from one page depends on the page, too
// (choose_template_lines): subheads, disclaimers and background paragraphs recur in articles, and
// on a page that shows no other chrome they are most of what recurs.
#ifndef COPYDESK_STAGES_REUSE_TEMPLATES_H_
#define COPYDESK_STAGES_REUSE_TEMPLATES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "copydesk/document.h"
#include "copydesk/findings.h"
#include "copydesk/stage_state.h"
#include "reuse/sketch.h"

namespace copydesk::reuse {

// Lines of at least so many words or bytes are sketched: short ones are mostly chrome, and pages of
// one outlet would group by it.
inline constexpr std::size_t kLongLineWords = 15;
inline constexpr std::size_t kLongLineBytes = 120;
// Pages whose long lines have this Jaccard are one group.
inline constexpr double kGroupJaccard = 0.8;
// A line of at least so many words that ends like a sentence counts as one.
inline constexpr std::size_t kSentenceWords = 10;
// A line is sure to be a template with this support, if it is on half of the outlet's groups too.
inline constexpr std::uint64_t kSureSupport = 4;
// It is proven with this one, if it is on half of the groups too.
inline constexpr std::uint64_t kProvenSupport = 10;
// A sentence that more outlets carry must be sure.
inline constexpr std::size_t kSentenceOutlets = 2;
// A recurring beginning or end of a line (template_phrases.h) has at least so many words.
inline constexpr std::size_t kStartWords = 6;
// It is looked for in lines of at least so many words.
inline constexpr std::size_t kPhraseLineWords = 8;

// Whether the last character, closing quotes and brackets aside, ends a sentence.
[[nodiscard]] bool ends_like_sentence(std::string_view line);

// --- What is noted of a page -----------------------------------------------------------------

// What a line is, as far as the threshold depends on it.
enum class LineShape : std::uint8_t { kPlain, kSentence, kNumbers };

// One of the distinct lines of a page, at its first place.
struct LineNote {
  std::uint64_t key = 0;       // text::line_key(), never 0
  std::uint16_t position = 0;  // of its line in the page, in 1/1000 from head to tail
  std::uint16_t words = 0;     // at most 65535
  LineShape shape = LineShape::kPlain;
  // Of lines of at least kPhraseLineWords words the hash of the first and of the last kStartWords
  // (PhraseHash); else 0.
  std::uint64_t head = 0;
  std::uint64_t tail = 0;

  // The one of the two at `place`.
  [[nodiscard]] std::uint64_t start(TemplatePlace place) const {
    return place == TemplatePlace::kPrefix ? head : tail;
  }
};

// The bins of a sketch in half the bytes: as good for telling whether two agree.
using PageSketch = std::array<std::uint32_t, kSketchSize>;
// As of whole sketches that are not empty.
[[nodiscard]] double estimate_jaccard(const PageSketch& a, const PageSketch& b);

struct PageNote {
  std::uint64_t doc = 0;
  std::vector<LineNote> lines;         // ascending by key
  std::unique_ptr<PageSketch> sketch;  // of the shingles of its long lines; null if it has none
  std::optional<std::int64_t> time;
  std::string date;  // raw
};

// Notes a page. Cost: one pass over lines and words, and a sketch. Thread-safe.
[[nodiscard]] PageNote note_page(const Document& document);

// --- What an outlet's pages teach ------------------------------------------------------------

struct TemplateRule {
  std::uint64_t min_support = 2;  // groups a template line occurs in, at least
  double min_share = 0.1;         // of the outlet's groups; doubled for sentences and numbers
  std::uint64_t max_words = 0;    // longest line that can be a template; 0: any
};

// The support that a line of this shape needs among `groups` groups.
[[nodiscard]] std::uint64_t needed_support(const TemplateRule& rule, LineShape shape,
                                           std::uint64_t groups);

// Whether the support leaves no doubt.
[[nodiscard]] constexpr bool is_sure(std::uint64_t support, std::uint64_t groups) {
  return support >= kSureSupport && 2 * support >= groups;
}
// Whether it does so even on a page that looks clean.
[[nodiscard]] constexpr bool is_proven(std::uint64_t support, std::uint64_t groups) {
  return support >= kProvenSupport && 2 * support >= groups;
}

// The group of each page, named by its first page. Pages are joined when the estimated Jaccard of
// their long lines reaches kGroupJaccard, pages without long lines when they have the same lines.
// The partition does not depend on the order of the pages.
[[nodiscard]] std::vector<std::uint32_t> group_pages(std::span<const PageNote> pages);

struct LearnedLine {
  std::uint64_t key = 0;
  std::uint64_t support = 0;  // groups
  std::uint64_t pages = 0;
  double position = 0;  // mean, 0 head to 1 tail
  LineShape shape = LineShape::kPlain;
  std::uint64_t doc = 0;   // a document that has it: the smallest ordinal
  std::string first_date;  // raw dates of the first and last page by date
  std::string last_date;
};

struct OutletLines {
  std::uint64_t groups = 0;
  std::vector<LearnedLine> lines;            // with the support they need; descending by support,
                                             // then ascending by key
  std::vector<std::uint64_t> sentence_keys;  // of all its lines that look like sentences, ascending
  std::vector<std::uint32_t> page_groups;    // group_pages()
};

// Cost: O(n log n) in the lines of the outlet's pages.
[[nodiscard]] OutletLines learn_outlet(std::span<const PageNote> pages, const TemplateRule& rule);

// Which of the keys of all outlets' sentences (each once for each outlet that carries it) more than
// kSentenceOutlets carry, ascending. Sorts `keys`.
[[nodiscard]] std::vector<std::uint64_t> find_shared_sentences(std::vector<std::uint64_t>& keys);

// Takes from an outlet the sentences of `shared`, ascending keys, that it is not sure of.
void drop_shared_sentences(std::span<const std::uint64_t> shared, OutletLines& outlet);

// Whether page `a` comes before `b`: by time if it is known, then by raw date.
[[nodiscard]] bool is_earlier(const PageNote& a, const PageNote& b);

// --- What is done with it --------------------------------------------------------------------

// The outlet name of a row that holds for all outlets.
inline constexpr std::string_view kAllOutlets = "*";

// What stands behind a template.
struct Backing {
  std::uint64_t support = 0;
  std::uint64_t groups = 0;  // of the outlet
  bool given = false;        // by a template file that does not say on how many pages it stood

  [[nodiscard]] bool sure() const { return given || is_sure(support, groups); }
  [[nodiscard]] bool proven() const { return given || is_proven(support, groups); }
  // On three of four pages.
  [[nodiscard]] bool common() const { return given || 4 * support >= 3 * groups; }
};

// Of two the one that was given, then one that is proven, then one that is sure, then more support.
[[nodiscard]] const Backing& stronger(const Backing& a, const Backing& b);

// Recurring beginnings, or ends, of one outlet's lines: by key, and the lengths they have in phrase
// words, ascending.
struct PhraseSet {
  std::unordered_map<std::uint64_t, Backing> phrases;
  std::vector<std::size_t> lengths;
};

// Templates by outlet. Thread-safe once filled.
class TemplateTable {
 public:
  // Of a line that is added twice the stronger backing counts.
  void add(std::string_view outlet, std::uint64_t key, const Backing& backing);

  // What backs the line as a template of the outlet; nothing if it is none.
  [[nodiscard]] std::optional<Backing> find(std::string_view outlet, std::uint64_t key) const;

  // Adds what lines begin or end with. Precondition: words >= 1, place is not kLine.
  void add_phrase(std::string_view outlet, TemplatePlace place, std::uint64_t key,
                  std::size_t words, const Backing& backing);

  // The phrases of the outlet itself, or of all outlets (kAllOutlets); null if there are none.
  [[nodiscard]] const PhraseSet* phrases(std::string_view outlet, TemplatePlace place) const;

  // Templates of all places.
  [[nodiscard]] std::size_t size() const { return size_; }

  // Writes the templates, by outlet and key; some 12 bytes each.
  Result<void> save(StateWriter& state) const;
  // Takes back what save() wrote. Precondition: nothing was added. kCorrupt.
  Result<void> load(StateReader& state);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>()(s); }
  };
  using Lines = std::unordered_map<std::uint64_t, Backing>;

  using Phrases = std::unordered_map<std::string, PhraseSet, Hash, std::equal_to<>>;

  std::unordered_map<std::string, Lines, Hash, std::equal_to<>> outlets_;
  Phrases prefixes_;
  Phrases suffixes_;
  std::size_t size_ = 0;
};

struct TemplateCut {
  std::vector<std::uint32_t> lines;  // ascending
  bool guarded = false;  // too much sentence-like text would have gone: only sure lines are cut
  std::size_t chrome_cuts = 0;  // pieces of the page that were removed as chrome before
  bool dressed = false;         // the page shows its chrome
};

// A page shows its chrome when so many of its pieces were removed as chrome before (captions,
// bylines and dates apart, which articles have), or when this share of its lines recurs.
inline constexpr std::size_t kDressedCuts = 4;
inline constexpr double kDressedShare = 0.35;
// A line says what the body says when it has so many different words of kEchoLetters letters or
// more and this share of them is in the body.
inline constexpr std::size_t kEchoWords = 4;
inline constexpr double kEchoShare = 0.5;
inline constexpr std::size_t kEchoLetters = 4;
// So many lines of templates between lines that stay are no list of links.
inline constexpr std::size_t kLoneLines = 2;

// The lines of a document to cut. Of the template lines of its outlet stay
//   on a page that does not show its chrome, all that are not proven (or sure, if one piece of
//   chrome was removed);
//   a line that says what the body says, unless it is sure and on three of four pages: the page's
//   own headline or a quote from it, which other pages show among their links;
//   if they are not sure: the document's title, lines right above the body;
//   inside the body: lines of less than kSureSupport that come one or two at a time (the subheads
//   of a series), and running text that two groups share (background paragraphs).
// Lines that a template file gives without support always go. `max_share`: the largest share of the
// bytes of its sentence-like lines that lines which are not sure may take; more, and the document
// is guarded. Cost: a lookup a line; if any is found, one pass over the words.
[[nodiscard]] TemplateCut choose_template_lines(const Document& document,
                                                const TemplateTable& table, double max_share);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_TEMPLATES_H_
