#include "reuse/align.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <queue>
#include <utility>

#include "reuse/shingles.h"

namespace copydesk::reuse {
namespace {

// A gram may be this long before it misses runs of small changes; longer ones seed less by chance.
constexpr std::uint32_t kMaxSeedWords = 8;

// --- Runs by sorted grams: for texts that repeat themselves --------------------------------------

// A gram of a text and the word it begins at.
struct GramPosition {
  std::uint64_t gram = 0;
  std::uint32_t word = 0;

  friend auto operator<=>(const GramPosition&, const GramPosition&) = default;
};

// All grams of `n` words, ascending.
std::vector<GramPosition> sort_grams(std::span<const text::Word> words, int n) {
  std::vector<std::uint64_t> grams;
  hash_grams(words, n, grams);
  std::vector<GramPosition> sorted(grams.size());
  for (std::size_t i = 0; i < grams.size(); ++i) {
    sorted[i] = {grams[i], static_cast<std::uint32_t>(i)};
  }
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

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

// Every maximal run of at least `min_words` words that a gram leads to, once.
std::vector<SharedRun> runs_by_grams(std::span<const text::Word> a, std::span<const text::Word> b,
                                     std::uint32_t min_words) {
  const int n = static_cast<int>(std::min(min_words, kMaxSeedWords));
  return maximal_runs(a, b, find_seeds(sort_grams(a, n), sort_grams(b, n)), min_words);
}

// --- Runs and measures by shared shingles --------------------------------------------------------

// A set of words of a text, a bit each.
class WordSet {
 public:
  explicit WordSet(std::size_t words) : words_(words), bits_((words + 63) / 64) {}

  void add(std::uint32_t word) { bits_[word / 64] |= std::uint64_t{1} << (word % 64); }
  void add(std::uint32_t first, std::uint32_t count) {
    for (std::uint32_t word = first; word < first + count; ++word) add(word);
  }
  [[nodiscard]] bool contains(std::uint32_t word) const {
    return (bits_[word / 64] >> (word % 64) & 1) != 0;
  }

  // How many words stand in the shingles that begin at the words of the set, and the longest
  // stretch of others.
  void count_covered(std::size_t& covered, std::size_t& longest_gap) const {
    std::size_t gap = 0;
    std::uint64_t before = 0;
    for (std::size_t i = 0; i < bits_.size(); ++i) {
      std::uint64_t in_shingles = bits_[i];
      for (int k = 1; k < kShingleWords; ++k) {
        in_shingles |= bits_[i] << k | before >> (64 - k);
      }
      before = bits_[i];
      const std::size_t size = std::min<std::size_t>(64, words_ - 64 * i);
      if (size < 64) in_shingles &= (std::uint64_t{1} << size) - 1;
      covered += static_cast<std::size_t>(std::popcount(in_shingles));
      for (std::size_t at = 0; at < size;) {
        const std::uint64_t rest = in_shingles >> at;
        const std::size_t free =
            std::min(size - at, static_cast<std::size_t>(std::countr_zero(rest)));
        gap += free;
        longest_gap = std::max(longest_gap, gap);
        at += free;
        if (at == size) break;
        gap = 0;
        at += static_cast<std::size_t>(std::countr_one(in_shingles >> at));
      }
    }
  }

 private:
  std::size_t words_;
  std::vector<std::uint64_t> bits_;
};

// Two words that are the same in both texts, and those before them are not.
struct RunBegin {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
};

// The shingles that two texts share. `a` is the one in whose index those of `b` are looked up.
class SharedShingles {
 public:
  SharedShingles(const IndexedWords& a, const IndexedWords& b)
      : a_(a), b_(b), begins_a_(a.words.size()), begins_b_(b.words.size()) {
    const std::span<const std::uint64_t> shingles = b.shingles.in_order();
    // First through the filter, which the compiler makes without a branch.
    std::vector<std::uint64_t> likely(shingles.size());
    std::size_t count = 0;
    for (const std::uint64_t shingle : shingles) {
      likely[count] = shingle;
      count += a.shingles.may_contain(shingle) ? 1U : 0U;
    }
    likely.resize(count);
    for (const std::uint64_t shingle : likely) {
      const std::uint32_t in_a = a.shingles.find(shingle);
      if (in_a != ShingleIndex::kNone) add(in_a, shingle);
    }
  }

  [[nodiscard]] std::size_t shared() const { return shared_; }
  [[nodiscard]] const WordSet& begins_a() const { return begins_a_; }
  [[nodiscard]] const WordSet& begins_b() const { return begins_b_; }
  // Whether a shingle stands so often in both texts that run_begins() are not all.
  [[nodiscard]] bool are_crowded() const { return crowded_; }

  // Every maximal run of at least `min_words` words, once. Preconditions: they are not crowded;
  // min_words >= kShingleWords.
  [[nodiscard]] std::vector<SharedRun> maximal_runs(std::uint32_t min_words) const {
    std::vector<SharedRun> runs;
    for (const RunBegin& begin : run_begins_) {
      std::uint32_t length = 0;
      while (begin.a + length < a_.words.size() && begin.b + length < b_.words.size() &&
             a_.words[begin.a + length].hash == b_.words[begin.b + length].hash) {
        ++length;
      }
      if (length >= min_words) runs.push_back({begin.a, begin.b, length});
    }
    return runs;
  }

 private:
  // A shingle of both.
  void add(std::uint32_t in_a, std::uint64_t shingle) {
    // It comes as often as it stands in b: only once its places may be asked for.
    if (begins_a_.contains(a_.shingles.first_place(in_a))) return;
    const std::span<const std::uint32_t> places_a = a_.shingles.places(in_a);
    const std::span<const std::uint32_t> places_b = b_.shingles.places(b_.shingles.find(shingle));
    ++shared_;
    for (const std::uint32_t word : places_a) begins_a_.add(word);
    for (const std::uint32_t word : places_b) begins_b_.add(word);
    if (places_a.size() * places_b.size() > kMaxSeedsPerGram) crowded_ = true;
    if (crowded_) return;
    for (const std::uint32_t a : places_a) {
      for (const std::uint32_t b : places_b) {
        const bool goes_on = a > 0 && b > 0 && a_.words[a - 1].hash == b_.words[b - 1].hash;
        if (!goes_on) run_begins_.push_back({a, b});
      }
    }
  }

  IndexedWords a_;
  IndexedWords b_;
  std::size_t shared_ = 0;
  WordSet begins_a_;
  WordSet begins_b_;
  std::vector<RunBegin> run_begins_;
  bool crowded_ = false;
};

// --- Tiling --------------------------------------------------------------------------------------

// Whether `x` is served after `y`.
struct ServedLater {
  bool operator()(const SharedRun& x, const SharedRun& y) const {
    if (x.length != y.length) return x.length < y.length;
    if (x.a != y.a) return x.a > y.a;
    return x.b > y.b;
  }
};

// Chooses among maximal runs of at least `min_words` words.
std::vector<SharedRun> tile(std::vector<SharedRun> runs, std::size_t words_a, std::size_t words_b,
                            std::uint32_t min_words) {
  if (runs.size() < 2) return runs;
  std::priority_queue<SharedRun, std::vector<SharedRun>, ServedLater> waiting(ServedLater(),
                                                                              std::move(runs));
  WordSet taken_a(words_a);
  WordSet taken_b(words_b);
  std::vector<SharedRun> chosen;
  while (!waiting.empty()) {
    const SharedRun run = waiting.top();
    waiting.pop();
    // The parts of the run that are still free on both sides. A run that is free as a whole is
    // served; parts go back to the queue, where longer runs may come before them.
    for (std::uint32_t begin = 0; begin < run.length;) {
      std::uint32_t end = begin;
      while (end < run.length && !taken_a.contains(run.a + end) && !taken_b.contains(run.b + end)) {
        ++end;
      }
      if (end - begin == run.length) {
        taken_a.add(run.a, run.length);
        taken_b.add(run.b, run.length);
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

Similarity measure(const IndexedWords& a, const IndexedWords& b, const SharedShingles& shared) {
  Similarity result;
  result.shingles_a = a.shingles.size();
  result.shingles_b = b.shingles.size();
  result.shared = shared.shared();
  shared.begins_a().count_covered(result.covered_a, result.own_a);
  shared.begins_b().count_covered(result.covered_b, result.own_b);
  const auto ratio = [](std::size_t part, std::size_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  };
  result.jaccard = ratio(result.shared, result.shingles_a + result.shingles_b - result.shared);
  result.containment_a = ratio(result.shared, result.shingles_a);
  result.containment_b = ratio(result.shared, result.shingles_b);
  result.coverage_a = ratio(result.covered_a, a.words.size());
  result.coverage_b = ratio(result.covered_b, b.words.size());
  return result;
}

void turn(Similarity& similarity) {
  std::swap(similarity.shingles_a, similarity.shingles_b);
  std::swap(similarity.containment_a, similarity.containment_b);
  std::swap(similarity.covered_a, similarity.covered_b);
  std::swap(similarity.coverage_a, similarity.coverage_b);
  std::swap(similarity.own_a, similarity.own_b);
}

bool are_equal(std::span<const text::Word> a, std::span<const text::Word> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const text::Word& x, const text::Word& y) { return x.hash == y.hash; });
}

// What align() makes of a text and itself, without looking for it: copies may be many and long.
Alignment align_copies(const IndexedWords& text, std::uint32_t min_words) {
  const std::size_t words = text.words.size();
  Alignment result;
  Similarity& similarity = result.similarity;
  similarity.shingles_a = similarity.shingles_b = similarity.shared = text.shingles.size();
  if (similarity.shared > 0) {
    similarity.jaccard = similarity.containment_a = similarity.containment_b = 1;
    similarity.covered_a = similarity.covered_b = words;
    similarity.coverage_a = similarity.coverage_b = 1;
  } else {
    similarity.own_a = similarity.own_b = words;
  }
  if (words >= min_words) result.runs.push_back({0, 0, static_cast<std::uint32_t>(words)});
  return result;
}

}  // namespace

Alignment align(const IndexedWords& a, const IndexedWords& b, std::uint32_t min_words) {
  assert(min_words >= 1);
  if (are_equal(a.words, b.words)) return align_copies(a, min_words);
  const bool turned = a.words.size() < b.words.size();
  const IndexedWords& longer = turned ? b : a;
  const IndexedWords& shorter = turned ? a : b;
  const SharedShingles shared(longer, shorter);

  Alignment result;
  result.similarity = measure(longer, shorter, shared);
  if (turned) turn(result.similarity);
  std::vector<SharedRun> runs;
  if (min_words < kShingleWords || shared.are_crowded()) {
    runs = runs_by_grams(a.words, b.words, min_words);
  } else {
    runs = shared.maximal_runs(min_words);
    if (turned) {
      for (SharedRun& run : runs) std::swap(run.a, run.b);
    }
  }
  result.runs = tile(std::move(runs), a.words.size(), b.words.size(), min_words);
  return result;
}

}  // namespace copydesk::reuse
