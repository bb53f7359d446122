// What corpus stages find: pairs with passages, clusters, stories, templates. Documents are named
// by their ordinal; the engine adds ids, outlets and dates when it writes the files.
#ifndef COPYDESK_FINDINGS_H_
#define COPYDESK_FINDINGS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/document.h"
#include "copydesk/reason.h"
#include "copydesk/result.h"

namespace copydesk {

// What holds between documents a and b, a < b in input order.
enum class Relation : std::uint8_t {
  kExact,          // the same words in the same order
  kNearDuplicate,  // Jaccard reaches its threshold
  kContains,       // a contains most of b
  kContained,      // most of a is contained in b
  kSharesPassage,  // a run of words, and none of the above
};
inline constexpr std::size_t kRelationCount =
    static_cast<std::size_t>(Relation::kSharesPassage) + 1;

[[nodiscard]] std::string_view name_of(Relation relation);

// A gap-free run of words that two documents share. Spans are bytes of the original texts, on
// word edges. `quoted`: it stands in quotation marks in both.
struct Passage {
  Span a;
  Span b;
  std::uint32_t words = 0;
  bool quoted = false;
};

// A verified pair. Measures are exact, in [0, 1]: Jaccard and containment over sets of five-word
// shingles, coverage over words.
struct Pair {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  Relation relation = Relation::kSharesPassage;
  double jaccard = 0;
  double containment_a = 0;  // share of a's shingles that are found in b
  double containment_b = 0;
  double coverage_a = 0;  // share of a's words that stand in a shingle which b has, too
  double coverage_b = 0;
  std::vector<std::string> agencies;  // short names, sorted: credited by both for their text
  std::vector<Passage> passages;      // ascending in a
};

struct ClusterMember {
  std::uint64_t doc = 0;
  Relation relation = Relation::kExact;  // to the representative; kExact for itself
  double jaccard = 1;                    // with the representative
  double coverage = 1;                   // share of its words that the representative covers
  bool update = false;  // another member of its outlet came before: a new version, no copying
  std::vector<std::string> agencies;  // it credits for its text, sorted
};

// Documents joined by verified relations to one representative.
struct Cluster {
  std::uint64_t cluster = 0;
  std::uint64_t representative = 0;
  std::vector<ClusterMember> members;  // ascending by doc, the representative included
  double worst_jaccard = 1;            // lowest member-representative value
  // Who published it first, by date. Nothing if no member has a date or two outlets share the
  // first.
  std::optional<std::uint64_t> first;
};

// Documents that report one event. Members ascend.
struct Story {
  std::uint64_t story = 0;
  std::vector<std::uint64_t> members;
};

// Where a template stands: it is a whole line, or what a line begins or ends with.
enum class TemplatePlace : std::uint8_t { kLine, kPrefix, kSuffix };

[[nodiscard]] constexpr std::string_view name_of(TemplatePlace place) {
  constexpr std::string_view kNames[] = {"line", "prefix", "suffix"};
  return kNames[static_cast<std::size_t>(place)];
}

// A line that recurs on an outlet's pages, or a beginning or an end of lines that does.
struct TemplateLine {
  std::string outlet;
  TemplatePlace place = TemplatePlace::kLine;
  std::uint64_t key = 0;            // of a line text::line_key(), else of its words
  std::string text;                 // normalised text, for people
  std::uint64_t support = 0;        // near-duplicate groups it occurs in
  std::uint64_t pages = 0;          // documents it occurs in
  std::uint64_t outlet_groups = 0;  // near-duplicate groups of the outlet
  double position = 0;              // mean place in the page, 0 head to 1 tail
  std::string first_date;           // raw dates of the first and last page; may be empty
  std::string last_date;
};

// Where a corpus stage puts what it found, in the order in which it is to be written: pairs
// ascending by (a, b), clusters and stories ascending by their ordinals. Used by one thread.
class FindingsSink {
 public:
  virtual ~FindingsSink() = default;
  virtual Result<void> add(const Pair& pair) = 0;
  virtual Result<void> add(const Cluster& cluster) = 0;
  virtual Result<void> add(const Story& story) = 0;
  virtual Result<void> add(const TemplateLine& line) = 0;
  // Drops a document in the next phase. The first drop of a document counts.
  virtual void drop(std::uint64_t doc, DropReason reason, std::uint64_t of) = 0;
  // A number or a sentence for run.json and the run summary, e.g. ("candidates", 1234).
  virtual void note(std::string_view name, double value) = 0;
  virtual void note(std::string_view name, std::string_view value) = 0;
};

}  // namespace copydesk

#endif  // COPYDESK_FINDINGS_H_
