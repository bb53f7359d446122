#include "reuse/verify.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <list>
#include <numeric>
#include <queue>
#include <unordered_map>
#include <utility>

#include "reuse/passages.h"
#include "reuse/representative.h"
#include "reuse/shingles.h"

namespace copydesk::reuse {
namespace {

// Texts that cover each other to this share, and have no stretch of so many words of their own, are
// copies even if every passage of theirs is stock language: nothing is quoted more than what
// everybody prints. A sentence over a long disclaimer is another matter.
constexpr double kWholeText = 0.9;
constexpr std::size_t kOwnWords = 8;

constexpr std::size_t kBlockPairs = 2048;

// Words of all documents that a block keeps at once: about 60 bytes each with their indexes.
constexpr std::size_t kCacheWords = 1U << 19;

// The documents a block used last. References stay good until the second-next get().
class DocumentCache {
 public:
  explicit DocumentCache(const Corpus& corpus) : corpus_(corpus) {}

  Result<const PreparedDocument*> get(std::uint64_t doc) {
    const auto found = places_.find(doc);
    if (found != places_.end()) {
      recent_.splice(recent_.begin(), recent_, found->second);
      return static_cast<const PreparedDocument*>(&recent_.front());
    }
    COPYDESK_ASSIGN_OR_RETURN(Document document, corpus_.read(doc));
    recent_.emplace_front(std::move(document));
    words_ += recent_.front().document().words().size();
    places_[doc] = recent_.begin();
    // The last two stay whatever their size: a pair is being compared.
    while (words_ > kCacheWords && recent_.size() > 2) {
      words_ -= recent_.back().document().words().size();
      places_.erase(recent_.back().document().doc());
      recent_.pop_back();
    }
    return static_cast<const PreparedDocument*>(&recent_.front());
  }

 private:
  const Corpus& corpus_;
  std::list<PreparedDocument> recent_;  // the last used first
  std::unordered_map<std::uint64_t, std::list<PreparedDocument>::iterator> places_;
  std::size_t words_ = 0;
};

// The documents of pairs in an order in which those of many pairs stand close together: next comes
// the one that has the most pairs with the last kWindow, for the root of its pairs.
class DocumentOrder {
 public:
  explicit DocumentOrder(std::span<const NodePair> pairs) : neighbours_(2 * pairs.size()) {
    for (const NodePair& pair : pairs) {
      nodes_.push_back(pair.a);
      nodes_.push_back(pair.b);
    }
    sort_unique(nodes_);
    const std::size_t nodes = nodes_.size();
    first_.resize(nodes + 1);
    place_.assign(nodes, kUnplaced);
    near_.resize(nodes);
    for (const NodePair& pair : pairs) {
      ++first_[number(pair.a)];
      ++first_[number(pair.b)];
    }
    // The ends of the lists, and then, filled from behind, their beginnings.
    std::partial_sum(first_.begin(), first_.end(), first_.begin());
    for (const NodePair& pair : pairs) {
      const std::uint32_t a = number(pair.a);
      const std::uint32_t b = number(pair.b);
      neighbours_[--first_[a]] = b;
      neighbours_[--first_[b]] = a;
    }
    for (std::uint32_t node = 0; node < nodes; ++node) {
      if (place_[node] == kUnplaced) place_all_from(node);
    }
  }

  // Of a node that is in a pair.
  [[nodiscard]] std::uint32_t place(std::uint32_t node) const { return place_[number(node)]; }

 private:
  static constexpr std::uint32_t kUnplaced = std::numeric_limits<std::uint32_t>::max();
  // About as many documents as the cache has room for.
  static constexpr std::size_t kWindow = 500;

  struct Candidate {
    float weight = 0;
    std::uint32_t near = 0;  // as near_ when it was made
    std::uint32_t node = 0;

    bool operator<(const Candidate& other) const {
      return weight != other.weight ? weight < other.weight : node > other.node;
    }
  };

  // Nodes go by their numbers among those of the pairs, which may be few of all.
  [[nodiscard]] std::uint32_t number(std::uint32_t node) const {
    return static_cast<std::uint32_t>(std::lower_bound(nodes_.begin(), nodes_.end(), node) -
                                      nodes_.begin());
  }
  [[nodiscard]] std::span<const std::uint32_t> neighbours(std::uint32_t node) const {
    return std::span(neighbours_).subspan(first_[node], degree(node));
  }
  [[nodiscard]] std::size_t degree(std::uint32_t node) const {
    return first_[node + 1] - first_[node];
  }

  void place_all_from(std::uint32_t start) {
    put(start);
    while (!waiting_.empty()) {
      const Candidate best = waiting_.top();
      waiting_.pop();
      if (place_[best.node] != kUnplaced) continue;
      // What has more now waits there, too; what has less waits on, unless it has none.
      if (near_[best.node] < best.near) wait(best.node);
      if (near_[best.node] == best.near) put(best.node);
    }
  }

  void put(std::uint32_t node) {
    place_[node] = placed_++;
    window_.push_back(node);
    for (const std::uint32_t neighbour : neighbours(node)) {
      ++near_[neighbour];
      wait(neighbour);
    }
    if (window_.size() <= kWindow) return;
    for (const std::uint32_t neighbour : neighbours(window_.front())) --near_[neighbour];
    window_.pop_front();
  }

  void wait(std::uint32_t node) {
    if (place_[node] != kUnplaced || near_[node] == 0) return;
    const float weight =
        static_cast<float>(near_[node]) / std::sqrt(static_cast<float>(degree(node)));
    waiting_.push({weight, near_[node], node});
  }

  std::vector<std::uint32_t> nodes_;  // ascending
  std::vector<std::size_t> first_;    // of a node's neighbours; one more than nodes
  std::vector<std::uint32_t> neighbours_;
  std::vector<std::uint32_t> place_;
  std::vector<std::uint32_t> near_;  // by node: its pairs with those of the window
  std::deque<std::uint32_t> window_;
  std::priority_queue<Candidate> waiting_;
  std::uint32_t placed_ = 0;
};

// Pairs by their later document, which so meets those that were read before it.
std::vector<NodePair> in_reading_order(std::span<const NodePair> pairs) {
  const DocumentOrder order(pairs);
  struct Placed {
    std::uint32_t later = 0;
    std::uint32_t earlier = 0;
    NodePair pair;
  };
  std::vector<Placed> placed;
  placed.reserve(pairs.size());
  for (const NodePair& pair : pairs) {
    const auto [earlier, later] = std::minmax({order.place(pair.a), order.place(pair.b)});
    placed.push_back({later, earlier, pair});
  }
  std::sort(placed.begin(), placed.end(), [](const Placed& x, const Placed& y) {
    return x.later != y.later ? x.later < y.later : x.earlier < y.earlier;
  });
  std::vector<NodePair> ordered;
  ordered.reserve(pairs.size());
  for (const Placed& one : placed) ordered.push_back(one.pair);
  return ordered;
}

// Whether a line ends after the same word of a run in both texts.
bool share_line_break(const Document& a, const Document& b, const SharedRun& run) {
  const auto ends_line = [](const Document& document, std::uint32_t word) {
    const std::span<const text::Word> words = document.words();
    const std::uint32_t begin = words[word].end;
    const std::uint32_t end = words[word + 1].begin;
    return begin < end &&
           document.text().substr(begin, end - begin).find('\n') != std::string_view::npos;
  };
  for (std::uint32_t i = 0; i + 1 < run.length; ++i) {
    if (ends_line(a, run.a + i) && ends_line(b, run.b + i)) return true;
  }
  return false;
}

}  // namespace

std::optional<Relation> classify(const Similarity& similarity, std::size_t words_a,
                                 std::size_t words_b, const RelationThresholds& thresholds) {
  const bool long_enough = std::min(words_a, words_b) >= thresholds.min_words;
  if (long_enough && similarity.jaccard >= thresholds.near_duplicate) {
    return Relation::kNearDuplicate;
  }
  const bool a_contains = similarity.coverage_b >= thresholds.contains &&
                          similarity.covered_b >= thresholds.contains_min_words;
  const bool b_contains = similarity.coverage_a >= thresholds.contains &&
                          similarity.covered_a >= thresholds.contains_min_words;
  if (!a_contains && !b_contains) return std::nullopt;
  if (a_contains != b_contains) return a_contains ? Relation::kContains : Relation::kContained;
  return similarity.coverage_b >= similarity.coverage_a ? Relation::kContains
                                                        : Relation::kContained;
}

PreparedDocument::PreparedDocument(Document document)
    : document_(std::move(document)),
      shingles_(document_.words()),
      content_(exact_key(document_.words(), {}, 0).value_or(ExactKey{}).low),
      outlet_(outlet_hash(document_.outlet())) {}

const Quotations& PreparedDocument::quotations() const {
  if (!quotations_) quotations_.emplace(document_.text());
  return *quotations_;
}

std::span<const Fingerprint> PreparedDocument::fingerprints(int guarantee) const {
  if (!fingerprints_) winnow(document_.words(), guarantee, fingerprints_.emplace());
  return *fingerprints_;
}

std::optional<Pair> PairVerifier::verify(const PreparedDocument& a, const PreparedDocument& b,
                                         bool exact) const {
  // Of equal alternatives the alignment takes the first in its `a`: which document that is must not
  // depend on the order of the input.
  if (b.content() < a.content()) {
    std::optional<Pair> pair = verify(b, a, exact);
    if (!pair) return pair;
    std::swap(pair->a, pair->b);
    std::swap(pair->containment_a, pair->containment_b);
    std::swap(pair->coverage_a, pair->coverage_b);
    if (pair->relation == Relation::kContains) {
      pair->relation = Relation::kContained;
    } else if (pair->relation == Relation::kContained) {
      pair->relation = Relation::kContains;
    }
    for (Passage& passage : pair->passages) std::swap(passage.a, passage.b);
    std::sort(pair->passages.begin(), pair->passages.end(),
              [](const Passage& x, const Passage& y) { return x.a.begin < y.a.begin; });
    return pair;
  }

  const auto [similarity, runs] = align(a.words(), b.words(), thresholds_.min_passage_words);
  const std::optional<Relation> relation = exact
                                               ? Relation::kExact
                                               : classify(similarity, a.document().words().size(),
                                                          b.document().words().size(), thresholds_);
  if (!relation && (runs.empty() || maybe_chance(a, b, runs))) return std::nullopt;
  const bool is_whole_text =
      exact || (relation == Relation::kNearDuplicate &&
                std::min(similarity.coverage_a, similarity.coverage_b) >= kWholeText &&
                std::max(similarity.own_a, similarity.own_b) < kOwnWords);
  if (!is_whole_text && only_stock(a, b, runs)) return std::nullopt;

  return Pair{.a = a.document().doc(),
              .b = b.document().doc(),
              .relation = relation.value_or(Relation::kSharesPassage),
              .jaccard = similarity.jaccard,
              .containment_a = similarity.containment_a,
              .containment_b = similarity.containment_b,
              .coverage_a = similarity.coverage_a,
              .coverage_b = similarity.coverage_b,
              .agencies = {},
              .passages = make_passages({a.document(), a.quotations()},
                                        {b.document(), b.quotations()}, runs)};
}

bool PairVerifier::only_stock(const PreparedDocument& a, const PreparedDocument& b,
                              std::span<const SharedRun> runs) const {
  if (stock_.empty() || runs.empty()) return false;
  const std::uint64_t outlet = a.outlet() == b.outlet() ? a.outlet() : 0;
  return std::all_of(runs.begin(), runs.end(), [&](const SharedRun& run) {
    // Places of fingerprints, in words from the beginning of the run.
    std::vector<std::uint32_t> common;
    std::vector<std::uint32_t> rare;
    const auto collect = [&](std::span<const Fingerprint> fingerprints, std::uint32_t begin) {
      auto it = std::lower_bound(fingerprints.begin(), fingerprints.end(), begin,
                                 [](const Fingerprint& f, std::uint32_t w) { return f.word < w; });
      for (; it != fingerprints.end() && it->word + kFingerprintWords <= begin + run.length; ++it) {
        const bool is_stock = stock_.contains(fingerprint_key(it->hash), outlet);
        (is_stock ? common : rare).push_back(it->word - begin);
      }
    };
    collect(a.fingerprints(guarantee_), run.a);
    collect(b.fingerprints(guarantee_), run.b);
    // At the ends of stock language stand fingerprints that owe to what is around it in one text or
    // another, and are rare. Farther off a rare one is a passage of its own.
    const auto is_own = [&](std::uint32_t place) {
      return std::none_of(common.begin(), common.end(), [&](std::uint32_t stock) {
        return std::max(place, stock) - std::min(place, stock) <
               static_cast<std::uint32_t>(guarantee_);
      });
    };
    return !common.empty() && std::none_of(rare.begin(), rare.end(), is_own);
  });
}

bool PairVerifier::maybe_chance(const PreparedDocument& a, const PreparedDocument& b,
                                std::span<const SharedRun> runs) const {
  // Two passages are no chance any more.
  if (runs.size() != 1 || runs.front().length >= thresholds_.min_unquoted_words) return false;
  const SharedRun& run = runs.front();
  const auto is_quoted = [&](const PreparedDocument& document, std::uint32_t first) {
    const std::span<const text::Word> words =
        document.document().words().subspan(first, run.length);
    const auto quoted = std::count_if(words.begin(), words.end(), [&](const text::Word& word) {
      return document.quotations().cover(word.begin);
    });
    return 2 * quoted >= static_cast<std::ptrdiff_t>(run.length);
  };
  return !is_quoted(a, run.a) && !is_quoted(b, run.b) &&
         !share_line_break(a.document(), b.document(), run);
}

Result<std::vector<Pair>> verify_pairs(const Corpus& corpus, std::span<const std::uint64_t> doc_of,
                                       std::span<const std::uint32_t> copy_of,
                                       std::span<const NodePair> pairs,
                                       const PairVerifier& verifier) {
  const std::vector<NodePair> ordered = in_reading_order(pairs);
  const std::size_t blocks = (ordered.size() + kBlockPairs - 1) / kBlockPairs;
  std::vector<std::vector<Pair>> found(blocks);
  const auto verify_block = [&](std::size_t block) -> Result<void> {
    DocumentCache cache(corpus);
    const std::size_t end = std::min(ordered.size(), (block + 1) * kBlockPairs);
    for (std::size_t i = block * kBlockPairs; i < end; ++i) {
      const NodePair& pair = ordered[i];
      COPYDESK_ASSIGN_OR_RETURN(const PreparedDocument* a, cache.get(doc_of[pair.a]));
      COPYDESK_ASSIGN_OR_RETURN(const PreparedDocument* b, cache.get(doc_of[pair.b]));
      std::optional<Pair> verified = verifier.verify(*a, *b, copy_of[pair.a] == copy_of[pair.b]);
      if (verified) found[block].push_back(std::move(*verified));
    }
    return {};
  };
  COPYDESK_RETURN_IF_ERROR(corpus.parallel_for(blocks, verify_block));

  std::vector<Pair> result;
  for (std::vector<Pair>& block : found) {
    std::move(block.begin(), block.end(), std::back_inserter(result));
    block = {};
  }
  std::sort(result.begin(), result.end(), ascends);
  return result;
}

}  // namespace copydesk::reuse
