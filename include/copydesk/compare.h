// Compares two texts: every measure and every shared passage, whatever the thresholds of a run.
#ifndef COPYDESK_COMPARE_H_
#define COPYDESK_COMPARE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "copydesk/findings.h"

namespace copydesk {

struct Comparison {
  std::uint64_t words_a = 0;
  std::uint64_t words_b = 0;
  std::uint64_t shingles_a = 0;  // distinct five-word shingles
  std::uint64_t shingles_b = 0;
  std::uint64_t shared_shingles = 0;
  double jaccard = 0;  // 0 when both have no shingle
  double containment_a = 0;
  double containment_b = 0;
  double coverage_a = 0;  // share of a's words that stand in a shared shingle
  double coverage_b = 0;
  double sketch_jaccard = 0;       // what the sketch estimates, for comparison
  std::uint64_t shared_words = 0;  // words of a inside passages
  std::vector<Passage> passages;   // runs of at least min_passage_words, ascending in a
};

// Exact. `min_passage_words` >= 1. Cost: linear in the words plus the shared runs. Thread-safe.
[[nodiscard]] Comparison compare_texts(std::string_view a, std::string_view b,
                                       std::uint32_t min_passage_words = 5);

}  // namespace copydesk

#endif  // COPYDESK_COMPARE_H_
