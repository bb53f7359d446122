// Shared runs of two sequences the slow obvious way. What reuse/align.h is held against.
#ifndef COPYDESK_TESTS_SUPPORT_PLAIN_RUNS_H_
#define COPYDESK_TESTS_SUPPORT_PLAIN_RUNS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
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

// How often each gram of a run's seed stands in `a` and in `b`: of min(min_words, 8) words.
template <class T>
class GramPairs {
 public:
  GramPairs(const std::vector<T>& a, const std::vector<T>& b, std::uint32_t min_words)
      : words_(std::min(min_words, 8U)) {
    for (std::size_t i = 0; i + words_ <= a.size(); ++i) ++counts_[gram(a, i)].first;
    for (std::size_t j = 0; j + words_ <= b.size(); ++j) ++counts_[gram(b, j)].second;
  }

  // Whether align() tries all pairs of the gram at this word of `text`.
  [[nodiscard]] bool is_rare(const std::vector<T>& text, std::size_t word) const {
    const auto& [in_a, in_b] = counts_.at(gram(text, word));
    return in_a * in_b <= kMaxSeedsPerGram;
  }
  // Whether it does so of every gram, so that its runs are those of plain_runs().
  [[nodiscard]] bool all_are_rare() const {
    return std::all_of(counts_.begin(), counts_.end(), [](const auto& entry) {
      return entry.second.first * entry.second.second <= kMaxSeedsPerGram;
    });
  }
  [[nodiscard]] std::size_t words() const { return words_; }

 private:
  std::vector<T> gram(const std::vector<T>& text, std::size_t word) const {
    const auto begin = text.begin() + static_cast<std::ptrdiff_t>(word);
    return {begin, begin + static_cast<std::ptrdiff_t>(words_)};
  }

  std::size_t words_;
  std::map<std::vector<T>, std::pair<std::size_t, std::size_t>> counts_;
};

// What align() promises of its runs however often a gram stands in both texts: they are shared, of
// at least `min_words` words, ascending and disjoint; none could be longer by free words; and no
// `min_words` words that are free and the same in both are left where the run has a rare gram.
template <class T>
bool are_sound_runs(const std::vector<SharedRun>& runs, const std::vector<T>& a,
                    const std::vector<T>& b, std::uint32_t min_words) {
  std::vector<bool> taken_a(a.size());
  std::vector<bool> taken_b(b.size());
  std::uint32_t last = 0;
  for (const SharedRun& run : runs) {
    if (run.length < min_words || run.a < last) return false;
    if (run.a + run.length > a.size() || run.b + run.length > b.size()) return false;
    last = run.a + run.length;
    for (std::uint32_t k = 0; k < run.length; ++k) {
      if (a[run.a + k] != b[run.b + k] || taken_b[run.b + k]) return false;
      taken_a[run.a + k] = taken_b[run.b + k] = true;
    }
  }
  const auto is_free = [&](std::size_t i, std::size_t j) {
    return i < a.size() && j < b.size() && a[i] == b[j] && !taken_a[i] && !taken_b[j];
  };
  for (const SharedRun& run : runs) {
    if (run.a > 0 && run.b > 0 && is_free(run.a - 1, run.b - 1)) return false;
    if (is_free(run.a + run.length, run.b + run.length)) return false;
  }
  const GramPairs<T> grams(a, b, min_words);
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) {
      if (a[i] != b[j] || (i > 0 && j > 0 && a[i - 1] == b[j - 1])) continue;
      std::size_t free = 0;
      std::size_t most_free = 0;
      std::size_t length = 0;
      for (; i + length < a.size() && j + length < b.size() && a[i + length] == b[j + length];
           ++length) {
        free = is_free(i + length, j + length) ? free + 1 : 0;
        most_free = std::max(most_free, free);
      }
      if (most_free < min_words) continue;
      for (std::size_t k = 0; k + grams.words() <= length; ++k) {
        if (grams.is_rare(a, i + k)) return false;
      }
    }
  }
  return true;
}

}  // namespace copydesk::reuse

#endif  // COPYDESK_TESTS_SUPPORT_PLAIN_RUNS_H_
