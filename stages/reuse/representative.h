// Representatives: which of several copies stands for the others, and what makes two texts the
// same.
#ifndef COPYDESK_STAGES_REUSE_REPRESENTATIVE_H_
#define COPYDESK_STAGES_REUSE_REPRESENTATIVE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/document.h"
#include "copydesk/text/words.h"

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

// What is known of a document when a representative is chosen.
struct Contender {
  std::uint64_t doc = 0;
  std::optional<std::int64_t> time;
  std::uint64_t content = 0;  // a hash of its words
  std::uint64_t words = 0;
  std::string outlet;
  std::string id;
  bool dropped = false;  // an earlier stage has dropped it: it can stand for others only if all are
};

[[nodiscard]] Contender make_contender(const Document& document, ExactKey key);

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

  // Whether `a` is to be taken before `b`.
  [[nodiscard]] bool before(const Contender& a, const Contender& b) const;

 private:
  enum class Policy { kEarliest, kLongest, kFirst, kPreferred };

  [[nodiscard]] std::size_t rank(const std::string& outlet) const;

  Policy policy_;
  std::vector<std::string> preferred_;
};

// What is wrong with the options `keep` and `preferred_outlets` of a stage, if they do not fit.
[[nodiscard]] std::optional<std::string> policy_fault(std::string_view keep,
                                                      std::span<const std::string> preferred);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_REPRESENTATIVE_H_
