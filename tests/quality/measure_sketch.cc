// How far the sketch's estimate is from the exact Jaccard similarity, beside the ideal of as many
// independent draws, sqrt(J (1 - J) / k).
//
//   measure_sketch < DOCS.jsonl      records with a "text"; prints kind,size,pairs,ratio,bias
//
// kind "made": two sets of shingles of real articles with a known overlap, kMadePairs of each size;
// "real": stretches of articles that share text, found by an exact index. Sizes are those of the
// union. `ratio` is the root of the mean squared error over that of the ideal, `bias` the mean
// error. The same input gives the same figures.
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "copydesk/text/words.h"
#include "reuse/shingles.h"
#include "reuse/sketch.h"

namespace {

using copydesk::reuse::Sketch;
using Shingles = std::vector<std::uint64_t>;

constexpr std::size_t kMadePairs = 20'000;
constexpr double kLeastJaccard = 0.05;
// Shingles of more articles suggest no real pairs: they would be too many.
constexpr std::size_t kMostArticles = 30;
// Errors of pairs that have an article in common are not independent.
constexpr int kPairsOfArticle = 2;
constexpr int kStretchesOfPair = 8;  // of each size

// Unions of `least` to `most` shingles.
struct SizeClass {
  const char* name;
  std::size_t least;
  std::size_t most;
};
constexpr std::array kSizes = {SizeClass{"<=50", 5, 50}, SizeClass{"50-150", 51, 150},
                               SizeClass{"150-600", 151, 600}, SizeClass{">600", 601, 2000}};

class Errors {
 public:
  void add(double estimate, double jaccard) {
    const double error = estimate - jaccard;
    ++pairs_;
    sum_ += error;
    squares_ += error * error;
    ideal_ += jaccard * (1 - jaccard) / copydesk::reuse::kSketchSize;
  }

  void print(const char* kind, const char* size) const {
    if (pairs_ == 0 || ideal_ == 0) return;
    std::printf("%s,%s,%zu,%.4f,%.5f\n", kind, size, pairs_, std::sqrt(squares_ / ideal_),
                sum_ / static_cast<double>(pairs_));
  }

 private:
  std::size_t pairs_ = 0;
  double sum_ = 0;
  double squares_ = 0;
  double ideal_ = 0;
};

// The shingles of each article in their order.
bool read_articles(std::vector<Shingles>& articles) {
  simdjson::dom::parser parser;
  std::vector<copydesk::text::Word> words;
  for (std::string line; std::getline(std::cin, line);) {
    simdjson::dom::element row;
    std::string_view text;
    if (parser.parse(line).get(row) != simdjson::SUCCESS ||
        row["text"].get(text) != simdjson::SUCCESS) {
      std::cerr << "record " << articles.size() + 1 << ": no JSON with a text\n";
      return false;
    }
    copydesk::text::split_words(text, words);
    copydesk::reuse::shingle_words(words, articles.emplace_back());
  }
  return true;
}

void measure(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b, double jaccard,
             Errors& errors) {
  Sketch sketch_a;
  Sketch sketch_b;
  copydesk::reuse::sketch_shingles(a, sketch_a);
  copydesk::reuse::sketch_shingles(b, sketch_b);
  errors.add(copydesk::reuse::estimate_jaccard(sketch_a, sketch_b), jaccard);
}

// A number in [least, most]. The standard's distributions differ between libraries.
std::size_t draw(std::mt19937_64& random, std::size_t least, std::size_t most) {
  return least + random() % (most - least + 1);
}

// Unions are stretches of `pool`, distinct shingles; of each some are shared, and the others are
// dealt to the two sets.
Errors measure_made(const Shingles& pool, const SizeClass& size) {
  std::mt19937_64 random(size.most);
  Errors errors;
  Shingles a;
  Shingles b;
  for (std::size_t i = 0; i < kMadePairs; ++i) {
    const std::size_t whole = draw(random, size.least, size.most);
    const std::size_t shared = draw(random, 1, whole - 1);
    const std::size_t first = draw(random, 0, pool.size() - whole);
    const std::size_t only_a = draw(random, 0, whole - shared);
    const auto begin = pool.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end_shared = begin + static_cast<std::ptrdiff_t>(shared);
    const auto end_a = end_shared + static_cast<std::ptrdiff_t>(only_a);
    a.assign(begin, end_a);
    b.assign(begin, end_shared);
    b.insert(b.end(), end_a, begin + static_cast<std::ptrdiff_t>(whole));
    measure(a, b, static_cast<double>(shared) / static_cast<double>(whole), errors);
  }
  return errors;
}

using Pair = std::pair<std::uint32_t, std::uint32_t>;

// Pairs of articles that share a shingle which at most kMostArticles have, each article in at most
// kPairsOfArticle of them.
std::vector<Pair> find_pairs(const std::vector<Shingles>& articles) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> postings;
  for (std::uint32_t i = 0; i < articles.size(); ++i) {
    for (const std::uint64_t shingle : articles[i]) postings.emplace_back(shingle, i);
  }
  std::sort(postings.begin(), postings.end());
  postings.erase(std::unique(postings.begin(), postings.end()), postings.end());
  std::vector<Pair> shared;  // a pair for each shingle
  for (std::size_t i = 0; i < postings.size();) {
    std::size_t end = i;
    while (end < postings.size() && postings[end].first == postings[i].first) ++end;
    if (end - i <= kMostArticles) {
      for (std::size_t x = i; x < end; ++x) {
        for (std::size_t y = x + 1; y < end; ++y) {
          shared.emplace_back(postings[x].second, postings[y].second);
        }
      }
    }
    i = end;
  }
  std::sort(shared.begin(), shared.end());

  std::vector<int> pairs_of(articles.size(), 0);
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < shared.size();) {
    std::size_t end = i;
    while (end < shared.size() && shared[end] == shared[i]) ++end;
    const auto [x, y] = shared[i];
    const auto most = static_cast<double>(std::max(articles[x].size(), articles[y].size()));
    if (static_cast<double>(end - i) >= kLeastJaccard * most &&
        std::max(pairs_of[x], pairs_of[y]) < kPairsOfArticle) {
      pairs.emplace_back(x, y);
      ++pairs_of[x];
      ++pairs_of[y];
    }
    i = end;
  }
  return pairs;
}

// Stretches of both articles from a shingle on that they share, as many as there are of each size.
void measure_real(const Shingles& x, const Shingles& y, std::mt19937_64& random,
                  std::array<Errors, kSizes.size()>& errors) {
  std::vector<std::pair<std::size_t, std::size_t>> starts;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto found = std::find(y.begin(), y.end(), x[i]);
    if (found != y.end()) starts.emplace_back(i, found - y.begin());
  }
  Shingles a;
  Shingles b;
  const auto cut = [](const Shingles& article, std::size_t first, std::size_t length,
                      Shingles& out) {
    const std::size_t end = std::min(article.size(), first + length);
    out.assign(article.begin() + static_cast<std::ptrdiff_t>(first),
               article.begin() + static_cast<std::ptrdiff_t>(end));
    copydesk::reuse::sort_unique(out);
  };
  for (const SizeClass& wanted : kSizes) {
    for (int i = 0; i < kStretchesOfPair; ++i) {
      const auto [first_x, first_y] = starts[draw(random, 0, starts.size() - 1)];
      const std::size_t length = draw(random, wanted.least, wanted.most);
      cut(x, first_x, length, a);
      cut(y, first_y, length, b);
      const std::size_t shared = copydesk::reuse::count_shared(a, b);
      const std::size_t whole = a.size() + b.size() - shared;
      const double jaccard = static_cast<double>(shared) / static_cast<double>(whole);
      if (jaccard < kLeastJaccard || shared == whole) continue;
      const auto size = std::find_if(kSizes.begin(), kSizes.end() - 1,
                                     [&](const SizeClass& s) { return whole <= s.most; });
      measure(a, b, jaccard, errors[static_cast<std::size_t>(size - kSizes.begin())]);
    }
  }
}

}  // namespace

int main() {
  std::vector<Shingles> articles;
  if (!read_articles(articles)) return 1;
  Shingles pool;
  for (const Shingles& article : articles) pool.insert(pool.end(), article.begin(), article.end());
  copydesk::reuse::sort_unique(pool);
  if (pool.size() < kSizes.back().most) {
    std::cerr << "too few articles\n";
    return 1;
  }
  std::mt19937_64 random(1);
  for (std::size_t i = pool.size() - 1; i > 0; --i) std::swap(pool[i], pool[draw(random, 0, i)]);

  std::printf("kind,size,pairs,ratio,bias\n");
  for (const SizeClass& size : kSizes) measure_made(pool, size).print("made", size.name);

  std::array<Errors, kSizes.size()> real;
  for (const auto& [x, y] : find_pairs(articles)) {
    measure_real(articles[x], articles[y], random, real);
  }
  for (std::size_t i = 0; i < kSizes.size(); ++i) real[i].print("real", kSizes[i].name);
  return 0;
}
