// Templates: lines that recur on one outlet's pages, learned from the pages themselves.
//
// A line is counted over groups of near-duplicate pages and not over pages: the same wire story
// fetched five times would otherwise look like chrome (content loss 3.4 % against 0.9 %, measured
// on 71 outlets). What is left of the risk is met by three rules, each measured on the same pages:
// a line that looks like a sentence needs twice the share; one that other outlets carry as well is
// body text unless most of this outlet's pages have it; and a line that stands right above the body
// is its headline, which other pages of the outlet show among their links.
#ifndef COPYDESK_STAGES_REUSE_TEMPLATES_H_
#define COPYDESK_STAGES_REUSE_TEMPLATES_H_

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
// A sentence that more outlets carry must be sure.
inline constexpr std::size_t kSentenceOutlets = 2;

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
};

struct PageNote {
  std::uint64_t doc = 0;
  std::vector<LineNote> lines;     // ascending by key
  std::unique_ptr<Sketch> sketch;  // of the shingles of its long lines; null if it has none
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
  std::uint64_t doc = 0;       // a document that has it: the smallest ordinal
  std::uint32_t earliest = 0;  // indexes of the first and last page by date
  std::uint32_t latest = 0;
};

struct OutletLines {
  std::uint64_t groups = 0;
  std::vector<LearnedLine> lines;            // with the support they need; descending by support,
                                             // then ascending by key
  std::vector<std::uint64_t> sentence_keys;  // of all its lines that look like sentences, ascending
};

// Cost: O(n log n) in the lines of the outlet's pages.
[[nodiscard]] OutletLines learn_outlet(std::span<const PageNote> pages, const TemplateRule& rule);

// Takes the sentences that more than kSentenceOutlets of the outlets carry from those that are not
// sure of them. Cost: sorts all sentence keys.
void drop_shared_sentences(std::vector<OutletLines>& outlets);

// --- What is done with it --------------------------------------------------------------------

// The outlet name of a row that holds for all outlets.
inline constexpr std::string_view kAllOutlets = "*";

// Template lines by outlet. Thread-safe once filled.
class TemplateTable {
 public:
  // A line that is added twice is sure if one of the two is.
  void add(std::string_view outlet, std::uint64_t key, bool sure);

  // Whether the line is a template of the outlet, and then whether it is a sure one.
  [[nodiscard]] std::optional<bool> find(std::string_view outlet, std::uint64_t key) const;

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>()(s); }
  };
  using Lines = std::unordered_map<std::uint64_t, bool>;

  std::unordered_map<std::string, Lines, Hash, std::equal_to<>> outlets_;
  std::size_t size_ = 0;
};

struct TemplateCut {
  std::vector<std::uint32_t> lines;  // ascending
  bool guarded = false;  // too much sentence-like text would have gone: only sure lines are cut
};

// The lines of a document to cut. `max_share`: the largest share of the bytes of its sentence-like
// lines that lines which are not sure may take; more, and the document is guarded. Cost: a lookup a
// line; words are counted only where a rule asks for them.
[[nodiscard]] TemplateCut choose_template_lines(const Document& document,
                                                const TemplateTable& table, double max_share);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_TEMPLATES_H_
