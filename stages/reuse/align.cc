#include "reuse/align.h"

#include <algorithm>
#include <cassert>
#include <queue>

#include "reuse/shingles.h"

namespace copydesk::reuse {
namespace {

// A gram may be this long before it misses runs of small changes; longer ones seed less by chance.
constexpr std::uint32_t kMaxSeedWords = 8;

// A place where a gram of both texts matches, by its diagonal: matches of one run follow each
// other.
struct Seed {
  std::int64_t diagonal = 0;  // a - b
  std::uint32_t a = 0;

  friend auto operator<=>(const Seed&, const Seed&) = default;
};

// The end of the range of entries that share the gram of `grams[at]`.
std::size_t end_of_gram(std::span<const GramPosition> grams, std::size_t at) {
  const std::uint64_t gram = grams[at].gram;
  while (at < grams.size() && grams[at].gram == gram) ++at;
  return at;
}

// All places where a gram of `a` stands in `b`, by diagonal.
std::vector<Seed> find_seeds(std::span<const GramPosition> a, std::span<const GramPosition> b) {
  std::vector<Seed> seeds;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (a[i].gram < b[j].gram) {
      ++i;
      continue;
    }
    if (b[j].gram < a[i].gram) {
      ++j;
      continue;
    }
    const std::size_t end_i = end_of_gram(a, i);
    const std::size_t end_j = end_of_gram(b, j);
    std::size_t count_i = end_i - i;
    std::size_t count_j = end_j - j;
    if (count_i * count_j > kMaxSeedsPerGram) {
      // Up to 64 places of the text that has fewer, and as many of the other as there is room for.
      const std::size_t few = std::clamp<std::size_t>(std::min(count_i, count_j), 1, 64);
      const std::size_t many = kMaxSeedsPerGram / few;
      const bool fewer_in_a = count_i <= count_j;
      count_i = std::min(count_i, fewer_in_a ? few : many);
      count_j = std::min(count_j, fewer_in_a ? many : few);
    }
    for (std::size_t x = i; x < i + count_i; ++x) {
      for (std::size_t y = j; y < j + count_j; ++y) {
        seeds.push_back({static_cast<std::int64_t>(a[x].word) - b[y].word, a[x].word});
      }
    }
    i = end_i;
    j = end_j;
  }
  std::sort(seeds.begin(), seeds.end());
  return seeds;
}

// Every maximal run that holds a seed, once.
std::vector<SharedRun> maximal_runs(std::span<const text::Word> a, std::span<const text::Word> b,
                                    std::span<const Seed> seeds, std::uint32_t min_words) {
  std::vector<SharedRun> runs;
  std::int64_t diagonal = 0;
  std::uint32_t covered = 0;  // words of a before this are in a run of this diagonal
  for (const Seed& seed : seeds) {
    if (seed.diagonal != diagonal) {
      diagonal = seed.diagonal;
      covered = 0;
    }
    if (seed.a < covered) continue;
    std::uint32_t begin_a = seed.a;
    auto begin_b = static_cast<std::uint32_t>(seed.a - diagonal);
    std::uint32_t end_a = begin_a;
    std::uint32_t end_b = begin_b;
    while (begin_a > 0 && begin_b > 0 && a[begin_a - 1].hash == b[begin_b - 1].hash) {
      --begin_a;
      --begin_b;
    }
    while (end_a < a.size() && end_b < b.size() && a[end_a].hash == b[end_b].hash) {
      ++end_a;
      ++end_b;
    }
    covered = std::max(end_a, seed.a + 1);
    if (end_a - begin_a >= min_words) runs.push_back({begin_a, begin_b, end_a - begin_a});
  }
  return runs;
}

// The words of a text that stand in some shingles.
class CoveredWords {
 public:
  explicit CoveredWords(std::size_t words) : begins_(words) {}

  void add_shingle(std::uint32_t first_word) { begins_[first_word] = true; }

  // How many they are, and the longest stretch of others.
  void count(std::size_t& covered, std::size_t& longest_gap) const {
    std::size_t end = 0;  // of the shingles so far
    for (std::size_t word = 0; word < begins_.size(); ++word) {
      if (begins_[word]) end = std::min(word + kShingleWords, begins_.size());
      if (word < end) {
        ++covered;
      } else {
        longest_gap = std::max(longest_gap, word + 1 - end);
      }
    }
  }

 private:
  std::vector<bool> begins_;
};

// Whether `x` is served after `y`.
struct ServedLater {
  bool operator()(const SharedRun& x, const SharedRun& y) const {
    if (x.length != y.length) return x.length < y.length;
    if (x.a != y.a) return x.a > y.a;
    return x.b > y.b;
  }
};

}  // namespace

int seed_words(std::uint32_t min_words) {
  return static_cast<int>(std::min(std::max(min_words, 1U), kMaxSeedWords));
}

void index_grams(std::span<const text::Word> words, int n, std::vector<GramPosition>& out) {
  std::vector<std::uint64_t> grams;
  hash_grams(words, n, grams);
  out.resize(grams.size());
  for (std::size_t i = 0; i < grams.size(); ++i) {
    out[i] = {grams[i], static_cast<std::uint32_t>(i)};
  }
  std::sort(out.begin(), out.end());
}

std::vector<SharedRun> shared_runs(const IndexedWords& a, const IndexedWords& b,
                                   std::uint32_t min_words) {
  assert(min_words >= 1);
  const std::vector<Seed> seeds = find_seeds(a.grams, b.grams);
  std::priority_queue<SharedRun, std::vector<SharedRun>, ServedLater> waiting(
      ServedLater(), maximal_runs(a.words, b.words, seeds, min_words));

  std::vector<bool> taken_a(a.words.size());
  std::vector<bool> taken_b(b.words.size());
  std::vector<SharedRun> chosen;
  while (!waiting.empty()) {
    const SharedRun run = waiting.top();
    waiting.pop();
    // The parts of the run that are still free on both sides. A run that is free as a whole is
    // served; parts go back to the queue, where longer runs may come before them.
    for (std::uint32_t begin = 0; begin < run.length;) {
      std::uint32_t end = begin;
      while (end < run.length && !taken_a[run.a + end] && !taken_b[run.b + end]) ++end;
      if (end - begin == run.length) {
        std::fill_n(taken_a.begin() + run.a, run.length, true);
        std::fill_n(taken_b.begin() + run.b, run.length, true);
        chosen.push_back(run);
      } else if (end - begin >= min_words) {
        waiting.push({run.a + begin, run.b + begin, end - begin});
      }
      begin = end + 1;
    }
  }
  std::sort(chosen.begin(), chosen.end(),
            [](const SharedRun& x, const SharedRun& y) { return x.a < y.a; });
  return chosen;
}

void index_shingles(std::span<const text::Word> words, std::vector<GramPosition>& out) {
  out.clear();
  if (words.empty()) return;
  index_grams(words, static_cast<int>(std::min<std::size_t>(words.size(), kShingleWords)), out);
}

Similarity compare_shingles(const ShingledWords& a, const ShingledWords& b) {
  Similarity result;
  CoveredWords covered_a(a.words.size());
  CoveredWords covered_b(b.words.size());
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.shingles.size() && j < b.shingles.size()) {
    const std::uint64_t x = a.shingles[i].gram;
    const std::uint64_t y = b.shingles[j].gram;
    if (x <= y) {
      const std::size_t end = end_of_gram(a.shingles, i);
      ++result.shingles_a;
      if (x == y) {
        ++result.shared;
        for (std::size_t k = i; k < end; ++k) covered_a.add_shingle(a.shingles[k].word);
      }
      i = end;
    }
    if (y <= x) {
      const std::size_t end = end_of_gram(b.shingles, j);
      ++result.shingles_b;
      if (x == y) {
        for (std::size_t k = j; k < end; ++k) covered_b.add_shingle(b.shingles[k].word);
      }
      j = end;
    }
  }
  for (; i < a.shingles.size(); i = end_of_gram(a.shingles, i)) ++result.shingles_a;
  for (; j < b.shingles.size(); j = end_of_gram(b.shingles, j)) ++result.shingles_b;

  const auto ratio = [](std::size_t part, std::size_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  };
  result.jaccard = ratio(result.shared, result.shingles_a + result.shingles_b - result.shared);
  result.containment_a = ratio(result.shared, result.shingles_a);
  result.containment_b = ratio(result.shared, result.shingles_b);
  covered_a.count(result.covered_a, result.own_a);
  covered_b.count(result.covered_b, result.own_b);
  result.coverage_a = ratio(result.covered_a, a.words.size());
  result.coverage_b = ratio(result.covered_b, b.words.size());
  return result;
}

}  // namespace copydesk::reuse
