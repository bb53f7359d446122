// Representatives: which of several copies stands for the others, and what makes two texts the
// same.
#ifndef COPYDESK_STAGES_REUSE_REPRESENTATIVE_H_
#define COPYDESK_STAGES_REUSE_REPRESENTATIVE_H_

#include <compare>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "copydesk/document.h"
#include "copydesk/scratch.h"
#include "copydesk/stage.h"
#include "copydesk/stage_state.h"
#include "copydesk/text/words.h"
#include "reuse/seeded_hash.h"

namespace copydesk::reuse {

// A 128-bit hash; equal keys mean equal texts.
struct ExactKey {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend auto operator<=>(const ExactKey&, const ExactKey&) = default;
};

// The key of a text: equal for the same words in the same order, whatever their case, spacing and
// punctuation. Texts of fewer than `min_words` words ("Photo gallery") are the same only if the
// titles are, too. Nothing for a text without words: such texts are never copies of each other.
[[nodiscard]] std::optional<ExactKey> exact_key(std::span<const text::Word> words,
                                                std::string_view title, std::size_t min_words);

// Names by number, in the order in which they came; 0 is the empty name. Not thread-safe.
class NameTable {
 public:
  NameTable() { number(""); }
  NameTable(const NameTable&) = delete;
  NameTable& operator=(const NameTable&) = delete;

  // The number of a name, a new one if it has none.
  std::uint32_t number(std::string_view name);
  [[nodiscard]] const std::string& name(std::uint32_t number) const { return *names_[number]; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(names_.size()); }
  // place[number]: where the name stands among all, sorted.
  [[nodiscard]] std::vector<std::uint32_t> places() const;

  // Writes the names in order.
  Result<void> save(StateWriter& state) const;
  // Takes back what save() wrote. Precondition: there is no name but the empty one. kCorrupt.
  Result<void> load(StateReader& state);

 private:
  std::unordered_map<std::string, std::uint32_t, SeededHash, std::equal_to<>> numbers_;
  std::vector<const std::string*> names_;  // keys of numbers_
};

// The time of a document without one: after all others.
inline constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::max();

// What is known of a document when a representative is chosen.
struct Contender {
  ExactKey key;
  std::uint64_t doc = 0;
  std::int64_t time = kNoTime;
  std::uint32_t words = 0;
  std::uint32_t outlet = 0;    // in a NameTable
  std::uint32_t node = 0;      // the stage's own
  std::uint32_t agencies = 0;  // the stage's own
};

// Contenders of a whole corpus, in a scratch file: by key, so that copies are found together.
class ContenderFile {
 public:
  ContenderFile() = default;
  explicit ContenderFile(ScratchSpace& space);

  // By one thread at a time; in the order in which documents come.
  Result<void> add(const Contender& contender);
  Result<void> finish() { return file_.finish(); }
  [[nodiscard]] std::uint64_t size() const { return size_; }

  // Calls take(contenders) for each part of the file; those of one key are in one part, in the
  // order in which they were added. `take` may change them.
  Result<void> for_each_part(
      const std::function<Result<void>(std::vector<Contender>&)>& take) const;

 private:
  ScratchFile file_;
  std::uint64_t size_ = 0;
};

// Where a document stands among the contenders. Documents that stand equal differ in nothing but
// their id and their place in the input: see order_equals().
struct Standing {
  std::uint64_t first = 0;  // what the policy puts first
  std::int64_t time = 0;
  std::uint64_t content = 0;
  std::uint32_t outlet = 0;

  friend auto operator<=>(const Standing&, const Standing&) = default;
};

// The order in which documents are taken as representatives. Total, and but for kFirst independent
// of the order of arrival: what the policy leaves open is decided by time (documents without one
// come last), content, outlet, id, and only then by the place in the input. Documents that are
// dropped come last.
class RepresentativeOrder {
 public:
  // The names of the policies: earliest, longest, first, preferred.
  [[nodiscard]] static std::vector<std::string> policies();

  // `policy` is one of policies(). `preferred`: outlets, the best first; for the policy "preferred"
  // documents of outlets in the list come before all others, then the earliest.
  RepresentativeOrder(std::string_view policy, std::vector<std::string> preferred);

  // Takes the outlets of all contenders. Before the first standing().
  void know_outlets(const NameTable& outlets);
  // `dropped`: an earlier stage has dropped the document: it can stand for others only if all are.
  [[nodiscard]] Standing standing(const Contender& contender, bool dropped) const;

 private:
  enum class Policy { kEarliest, kLongest, kFirst, kPreferred };

  Policy policy_;
  std::vector<std::string> preferred_;
  std::vector<std::uint32_t> place_of_;       // by outlet: among all names
  std::vector<std::uint32_t> preference_of_;  // by outlet: in preferred_
};

// A document that stands equal with others.
struct Equal {
  std::uint64_t doc = 0;
  std::uint32_t node = 0;  // the caller's own
};

// Sorts documents that stand equal, by id and then by their place in the input. Reads their ids.
Result<void> order_equals(const Corpus& corpus, std::vector<Equal>& equals);

// What is wrong with the options `keep` and `preferred_outlets` of a stage, if they do not fit.
[[nodiscard]] std::optional<std::string> policy_fault(std::string_view keep,
                                                      std::span<const std::string> preferred);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_REPRESENTATIVE_H_
