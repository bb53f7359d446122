// Shared runs of two sequences the slow obvious way. What reuse/align.h is held against.
#ifndef COPYDESK_TESTS_SUPPORT_PLAIN_RUNS_H_
#define COPYDESK_TESTS_SUPPORT_PLAIN_RUNS_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "reuse/align.h"

namespace copydesk::reuse {

// The definition: serve the longest run of free words again and again, by trying all places.
template <class T>
std::vector<SharedRun> plain_runs(const std::vector<T>& a, const std::vector<T>& b,
                                  std::uint32_t min_words) {
  std::vector<bool> taken_a(a.size());
  std::vector<bool> taken_b(b.size());
  std::vector<SharedRun> chosen;
  while (true) {
    SharedRun best;
    for (std::uint32_t i = 0; i < a.size(); ++i) {
      for (std::uint32_t j = 0; j < b.size(); ++j) {
        std::uint32_t length = 0;
        while (i + length < a.size() && j + length < b.size() && !taken_a[i + length] &&
               !taken_b[j + length] && a[i + length] == b[j + length]) {
          ++length;
        }
        if (length > best.length) best = {i, j, length};
      }
    }
    if (best.length < min_words || best.length == 0) break;
    std::fill_n(taken_a.begin() + best.a, best.length, true);
    std::fill_n(taken_b.begin() + best.b, best.length, true);
    chosen.push_back(best);
  }
  std::sort(chosen.begin(), chosen.end(),
            [](const SharedRun& x, const SharedRun& y) { return x.a < y.a; });
  return chosen;
}

}  // namespace copydesk::reuse

#endif  // COPYDESK_TESTS_SUPPORT_PLAIN_RUNS_H_
