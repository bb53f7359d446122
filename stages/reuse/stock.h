// Stock language: what stands in so many documents that sharing it says nothing. Disclaimers,
// clauses of a constitution, market notes made from a form; in one outlet the notes, boxes and
// background paragraphs that it puts under many of its stories.
#ifndef COPYDESK_STAGES_REUSE_STOCK_H_
#define COPYDESK_STAGES_REUSE_STOCK_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace copydesk::reuse {

// A hash of an outlet's name; 0 for no name. Documents without an outlet are of no common one.
[[nodiscard]] std::uint64_t outlet_hash(std::string_view name);

// Fingerprints, by fingerprint_key(), that are too common to make a pair. Const members are
// thread-safe.
class StockLanguage {
 public:
  // Notes a fingerprint of too many documents, or of too many documents of one outlet. Call sort()
  // before the first question.
  void add(std::uint64_t fingerprint) { everywhere_.push_back(fingerprint); }
  void add(std::uint64_t fingerprint, std::uint64_t outlet);
  void sort();

  // Whether a fingerprint is stock language between two documents. `common_outlet`: the
  // outlet_hash() of both, 0 if they have none in common. Cost: two binary searches.
  [[nodiscard]] bool contains(std::uint64_t fingerprint, std::uint64_t common_outlet) const;

  [[nodiscard]] bool empty() const { return everywhere_.empty() && of_outlets_.empty(); }
  [[nodiscard]] std::size_t everywhere() const { return everywhere_.size(); }
  [[nodiscard]] std::size_t of_outlets() const { return of_outlets_.size(); }

 private:
  std::vector<std::uint64_t> everywhere_;
  std::vector<std::uint64_t> of_outlets_;  // fingerprint and outlet, mixed
};

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_STOCK_H_
