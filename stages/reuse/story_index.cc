#include "reuse/story_index.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <unordered_map>
#include <utility>

namespace copydesk::reuse {
namespace {

// The background table weighs as much as so many documents of the input, but no more than it has.
constexpr std::uint64_t kBackgroundDocuments = 1000;
// Pairs below this share of the threshold are taken to be unlike.
constexpr double kEdgeFloor = 0.25;
// Index terms that two documents must share to be compared, and how many both must have for that;
// with fewer, one is enough.
constexpr std::uint8_t kSharedTerms = 3;
constexpr std::size_t kFewTerms = 10;
// Terms by which copies of a text find each other; they must share half of them.
constexpr std::size_t kCopyTerms = 8;

// Notes that are read ahead of the search for copies, and again on its way back.
constexpr std::size_t kCopyBlock = 4096;
constexpr std::size_t kLoadBlock = 64;
constexpr std::uint32_t kEdgeBlock = 128;
// A vector takes so many bytes for one of its note, and a vertex so many besides.
constexpr std::uint64_t kVectorBytes = 4;
constexpr std::uint64_t kVertexBytes = 600;

using Terms = std::vector<VectorTerm>;  // ascending by word

// The words of the weightiest terms, ascending. `terms` is scratch.
void find_weightiest(Terms& terms, std::size_t most, std::vector<std::uint32_t>& words) {
  if (terms.size() > most) {
    std::nth_element(terms.begin(), terms.begin() + static_cast<std::ptrdiff_t>(most), terms.end(),
                     [](const VectorTerm& a, const VectorTerm& b) {
                       return a.body != b.body ? a.body > b.body : a.word < b.word;
                     });
    terms.resize(most);
  }
  words.clear();
  for (const VectorTerm& term : terms) words.push_back(term.word);
  std::sort(words.begin(), words.end());
}

struct Cosines {
  double body = 0;
  double head = 0;
};

// The cosines of one vector with others. Most words are in one of two only: a filter of one bit for
// some of all words tells them quickly.
class CosinesWith {
 public:
  // `terms` must outlive it.
  explicit CosinesWith(const Terms& terms) : terms_(terms) {
    for (const VectorTerm& term : terms) filter_[bit(term) / 64] |= 1ULL << (bit(term) % 64);
  }

  [[nodiscard]] Cosines of(const Terms& other) const {
    Cosines sum;
    auto at = terms_.begin();
    for (const VectorTerm& term : other) {
      if ((filter_[bit(term) / 64] >> (bit(term) % 64) & 1) == 0) continue;
      at = std::lower_bound(at, terms_.end(), term.word,
                            [](const VectorTerm& t, std::uint32_t word) { return t.word < word; });
      if (at == terms_.end()) break;
      if (at->word != term.word) continue;
      sum.body += static_cast<double>(at->body) * static_cast<double>(term.body);
      sum.head += static_cast<double>(at->head) * static_cast<double>(term.head);
    }
    return sum;
  }

 private:
  static constexpr std::uint32_t kBits = 4096;

  static std::uint32_t bit(const VectorTerm& term) { return term.word % kBits; }

  const Terms& terms_;
  std::array<std::uint64_t, kBits / 64> filter_{};
};

double similarity_of(const CosinesWith& cosines, const ReadNote& a, const ReadNote& b) {
  const Cosines alike = cosines.of(b.terms);
  // A title and a few words are compared with no more than title and lead of the other.
  double similarity = a.is_short || b.is_short ? std::max(alike.body, alike.head) : alike.body;
  if (numbers_conflict(a.numbers, b.numbers)) similarity *= kNumberPenalty;
  return std::min(similarity, 1.0);
}

// Runs fn(i) for 0 … n - 1 on all workers, neighbours one after the other.
Result<void> for_each_of(std::size_t n, const ParallelFor& parallel_for,
                         const std::function<Result<void>(std::size_t)>& fn) {
  return parallel_for((n + kLoadBlock - 1) / kLoadBlock, [&](std::size_t block) -> Result<void> {
    const std::size_t end = std::min(n, (block + 1) * kLoadBlock);
    for (std::size_t i = block * kLoadBlock; i < end; ++i) COPYDESK_RETURN_IF_ERROR(fn(i));
    return {};
  });
}

}  // namespace

// Finds for each note the first one of which it is a copy. Notes come by day, undated ones first: a
// copy is no more than the window later than the first, or both are undated.
class StoryIndex::CopyFinder {
 public:
  CopyFinder(const StoryIndex& index, std::span<const std::uint32_t> order,
             std::span<const std::int32_t> days, std::uint32_t undated)
      : index_(index), order_(order), days_(days), undated_(undated), firsts_(order.size()) {}

  Result<std::vector<std::uint32_t>> find(const ParallelFor& parallel_for) {
    std::vector<Noted> block;
    for (std::size_t begin = 0; begin < order_.size(); begin += kCopyBlock) {
      block.resize(std::min(kCopyBlock, order_.size() - begin));
      COPYDESK_RETURN_IF_ERROR(for_each_of(block.size(), parallel_for, [&](std::size_t i) {
        return read(static_cast<std::uint32_t>(begin + i), block[i]);
      }));
      for (std::size_t i = 0; i < block.size(); ++i) {
        COPYDESK_RETURN_IF_ERROR(place(static_cast<std::uint32_t>(begin + i), block, i));
      }
    }
    return std::move(firsts_);
  }

 private:
  struct Noted {
    ReadNote text;
    std::vector<std::uint32_t> words;  // by which copies find each other
    Terms scratch;
  };

  Result<void> read(std::uint32_t at, Noted& out) const {
    COPYDESK_RETURN_IF_ERROR(index_.read_vector(order_[at], out.text));
    out.scratch = out.text.terms;
    find_weightiest(out.scratch, kCopyTerms, out.words);
    return {};
  }

  // The text of a note before block[i], which is the one at `at`.
  Result<const ReadNote*> text_of(std::uint32_t other, std::uint32_t at,
                                  const std::vector<Noted>& block, std::size_t i) {
    if (at - other <= i) return &block[i - (at - other)].text;
    if (read_again_.size() >= kCopyBlock) read_again_.clear();
    const auto [found, is_new] = read_again_.try_emplace(other);
    if (is_new) COPYDESK_RETURN_IF_ERROR(index_.read_vector(order_[other], found->second));
    return static_cast<const ReadNote*>(&found->second);
  }

  Result<void> place(std::uint32_t at, const std::vector<Noted>& block, std::size_t i) {
    const Noted& self = block[i];
    firsts_[at] = at;
    if (at >= undated_) {
      reach_ = std::max(reach_, undated_);
      while (days_[reach_] < std::int64_t{days_[at]} - index_.rule_.window_days) ++reach_;
    }
    others_.clear();
    for (const std::uint32_t word : self.words) {
      const auto found = postings_.find(word);
      if (found == postings_.end()) continue;
      const std::vector<std::uint32_t>& places = found->second;
      const auto begin = std::lower_bound(places.begin(), places.end(), reach_);
      if (static_cast<std::size_t>(places.end() - begin) > kMaxPostings) continue;
      others_.insert(others_.end(), begin, places.end());
    }
    std::sort(others_.begin(), others_.end());

    const CosinesWith cosines(self.text.terms);
    double best = std::max(kCopy, index_.rule_.threshold);
    for (std::size_t begin = 0, next = 0; begin < others_.size(); begin = next) {
      const std::uint32_t other = others_[begin];
      while (next < others_.size() && others_[next] == other) ++next;
      if (2 * (next - begin) < self.words.size()) continue;
      COPYDESK_ASSIGN_OR_RETURN(const ReadNote* text, text_of(other, at, block, i));
      const double alike = cosines.of(text->terms).body;
      if (alike < best || (alike == best && firsts_[at] != at)) continue;
      if (numbers_conflict(self.text.numbers, text->numbers)) continue;
      best = alike;
      firsts_[at] = other;
    }
    if (firsts_[at] == at) post(at, self.words);
    return {};
  }

  // Only the first of copies is found by others.
  void post(std::uint32_t at, const std::vector<std::uint32_t>& words) {
    for (const std::uint32_t word : words) {
      std::vector<std::uint32_t>& places = postings_[word];
      // Undated notes are never too old: what is too common stays so.
      if (at < undated_ && places.size() > kMaxPostings) continue;
      places.push_back(at);
      ++posted_;
    }
    // The postings of notes that are too old go once they may be most.
    if (posted_ < 2 * kCopyTerms * (at - reach_) + kCopyBlock * kCopyTerms) return;
    posted_ = 0;
    for (auto it = postings_.begin(); it != postings_.end();) {
      std::vector<std::uint32_t>& places = it->second;
      places.erase(places.begin(), std::lower_bound(places.begin(), places.end(), reach_));
      posted_ += places.size();
      it = places.empty() ? postings_.erase(it) : std::next(it);
    }
  }

  const StoryIndex& index_;
  std::span<const std::uint32_t> order_;
  std::span<const std::int32_t> days_;
  std::uint32_t undated_;
  std::vector<std::uint32_t> firsts_;
  std::uint32_t reach_ = 0;  // the first note that is not too old for this one
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> postings_;  // by word
  std::size_t posted_ = 0;
  std::unordered_map<std::uint32_t, ReadNote> read_again_;
  std::vector<std::uint32_t> others_;  // once for each shared term
};

Result<StoryIndex> StoryIndex::make(StoryNotes notes, const StoryRule& rule,
                                    const text::DocumentFrequencies& background,
                                    const ParallelFor& parallel_for) {
  StoryIndex index(std::move(notes), rule);
  std::vector<std::uint32_t> order;
  std::vector<std::int32_t> days;
  std::uint32_t undated = 0;
  order.reserve(index.notes_->size());
  days.reserve(index.notes_->size());
  COPYDESK_RETURN_IF_ERROR(index.notes_->take_in_order([&](const StoryNotes::Key& key) {
    order.push_back(key.note);
    days.push_back(key.day);
    undated += key.dated ? 0U : 1U;
  }));
  index.counts_ = index.notes_->counts();
  index.weigh_words(order.size(), background);
  COPYDESK_ASSIGN_OR_RETURN(std::vector<std::uint32_t> firsts,
                            CopyFinder(index, order, days, undated).find(parallel_for));
  COPYDESK_RETURN_IF_ERROR(index.make_vertices(order, days, undated, std::move(firsts)));
  index.weigh_words(index.size(), background);
  return index;
}

void StoryIndex::weigh_words(std::size_t texts, const text::DocumentFrequencies& background) {
  const double weight = static_cast<double>(std::min(background.documents(), kBackgroundDocuments));
  const double documents = static_cast<double>(texts) + weight;
  rarity_.resize(counts_.size());
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    const double expected = counts_[i] + weight * background.share(notes_->words()[i]);
    rarity_[i] = std::max(-std::log(expected / documents), 0.0);
  }
}

Result<void> StoryIndex::read_vector(std::uint32_t note, ReadNote& out) const {
  COPYDESK_RETURN_IF_ERROR(notes_->read(note, out));
  double body_square = 0;
  double head_square = 0;
  std::size_t kept = 0;
  for (const VectorTerm& term : out.terms) {
    const double body = term.body * rarity_[term.word];
    const double head = term.head * rarity_[term.word];
    body_square += body * body;
    head_square += head * head;
    if (counts_[term.word] < 2) continue;
    out.terms[kept++] = {term.word, static_cast<float>(body), static_cast<float>(head)};
  }
  out.terms.resize(kept);
  const double body_length = body_square > 0 ? std::sqrt(body_square) : 1;
  const double head_length = head_square > 0 ? std::sqrt(head_square) : 1;
  for (VectorTerm& term : out.terms) {
    term.body = static_cast<float>(term.body / body_length);
    term.head = static_cast<float>(term.head / head_length);
  }
  return {};
}

Result<void> StoryIndex::make_vertices(std::span<const std::uint32_t> order,
                                       std::span<const std::int32_t> days, std::uint32_t undated,
                                       std::vector<std::uint32_t> firsts) {
  ReadNote copy;
  for (std::uint32_t at = 0; at < order.size(); ++at) {
    if (firsts[at] != at) {
      firsts[at] = firsts[firsts[at]];  // a vertex already
      days_[firsts[at]].last = days[at];
      COPYDESK_RETURN_IF_ERROR(notes_->read(order[at], copy));
      for (const VectorTerm& term : copy.terms) --counts_[term.word];
      continue;
    }
    firsts[at] = size();
    days_.push_back({days[at], days[at]});
    note_of_.push_back(order[at]);
    if (at < undated) undated_ = size();
  }

  first_doc_.resize(size() + 1);
  for (const std::uint32_t vertex : firsts) ++first_doc_[vertex];
  std::uint32_t sum = 0;
  for (std::uint32_t& first : first_doc_) first = sum += first;  // the ends
  docs_.resize(order.size());
  for (std::size_t at = 0; at < order.size(); ++at) {
    docs_[--first_doc_[firsts[at]]] = notes_->doc(order[at]);
  }
  for (std::uint32_t vertex = 0; vertex < size(); ++vertex) {
    std::sort(docs_.begin() + first_doc_[vertex], docs_.begin() + first_doc_[vertex + 1]);
  }
  return {};
}

std::optional<DayRange> StoryIndex::days(std::uint32_t vertex) const {
  if (vertex < undated_) return std::nullopt;
  return DayRange{days_[vertex].first, days_[vertex].last};
}

std::size_t StoryIndex::capped_terms() const {
  return static_cast<std::size_t>(std::count_if(counts_.begin(), counts_.end(),
                                                [](std::uint32_t n) { return n > kMaxPostings; }));
}

void StoryIndex::forget_texts() {
  notes_.reset();
  counts_ = {};
  rarity_ = {};
  note_of_ = {};
}

Result<void> StoryIndex::read_vertex(std::uint32_t vertex, Vertex& out) const {
  COPYDESK_RETURN_IF_ERROR(read_vector(note_of_[vertex], out.text));
  Terms terms;
  terms.reserve(out.text.terms.size());
  for (const VectorTerm& term : out.text.terms) {
    if (counts_[term.word] <= kMaxPostings) terms.push_back(term);
  }
  find_weightiest(terms, kIndexTerms, out.index_terms);
  return {};
}

Result<double> StoryIndex::similarity(std::uint32_t a, std::uint32_t b) const {
  if (!may_meet(days(a), days(b), rule_.window_days)) return 0.0;
  Vertex x;
  Vertex y;
  COPYDESK_RETURN_IF_ERROR(read_vertex(a, x));
  COPYDESK_RETURN_IF_ERROR(read_vertex(b, y));
  return similarity_of(CosinesWith(x.text.terms), x.text, y.text);
}

StoryIndex::Reach StoryIndex::reach_of(std::uint32_t vertex) const {
  // A vertex itself lasts no longer than the window.
  if (vertex < undated_) return {undated_, undated_};
  const std::int64_t begin = std::int64_t{days_[vertex].first} - 2 * rule_.window_days;
  const auto found = std::partition_point(days_.begin() + undated_, days_.end(),
                                          [&](const Days& d) { return d.first < begin; });
  return {undated_, static_cast<std::uint32_t>(found - days_.begin())};
}

std::uint32_t StoryIndex::reach_end(std::uint32_t begin, std::uint32_t end) const {
  if (begin < undated_) return size();
  const std::int64_t last = std::int64_t{days_[end - 1].first} + 2 * rule_.window_days;
  const auto found = std::partition_point(days_.begin() + end, days_.end(),
                                          [&](const Days& d) { return d.first <= last; });
  return static_cast<std::uint32_t>(found - days_.begin());
}

Result<void> StoryIndex::load_segment(Segment& segment, const ParallelFor& parallel_for) const {
  segment.vertices.resize(segment.end - segment.begin);
  COPYDESK_RETURN_IF_ERROR(for_each_of(segment.vertices.size(), parallel_for, [&](std::size_t i) {
    return read_vertex(segment.begin + static_cast<std::uint32_t>(i), segment.vertices[i]);
  }));
  segment.first_posting.assign(counts_.size() + 1, 0);
  for (const Vertex& vertex : segment.vertices) {
    for (const std::uint32_t word : vertex.index_terms) ++segment.first_posting[word];
  }
  std::uint32_t sum = 0;
  for (std::uint32_t& first : segment.first_posting) first = sum += first;  // the ends
  segment.postings.resize(sum);
  for (std::uint32_t vertex = segment.end; vertex-- > segment.begin;) {
    for (const std::uint32_t word : segment.vertices[vertex - segment.begin].index_terms) {
      segment.postings[--segment.first_posting[word]] = vertex;
    }
  }
  return {};
}

Result<std::vector<StoryEdge>> StoryIndex::find_edges(std::uint64_t memory,
                                                      const ParallelFor& parallel_for) const {
  std::vector<StoryEdge> edges;
  Segment segment;
  for (std::uint32_t begin = 0; begin < size(); begin = segment.end) {
    segment.begin = begin;
    segment.end = begin;
    for (std::uint64_t bytes = 0; segment.end < size() && (bytes < memory || bytes == 0);) {
      bytes += kVertexBytes + kVectorBytes * notes_->bytes(note_of_[segment.end++]);
    }
    COPYDESK_RETURN_IF_ERROR(load_segment(segment, parallel_for));
    const std::uint32_t vertices = reach_end(segment.begin, segment.end) - begin;
    std::vector<std::vector<StoryEdge>> found((vertices + kEdgeBlock - 1) / kEdgeBlock);
    COPYDESK_RETURN_IF_ERROR(parallel_for(found.size(), [&](std::size_t block) {
      const auto first = static_cast<std::uint32_t>(block * kEdgeBlock);
      return find_edges(segment, begin + first, begin + std::min(first + kEdgeBlock, vertices),
                        found[block]);
    }));
    for (std::vector<StoryEdge>& some : found) {
      edges.insert(edges.end(), some.begin(), some.end());
      some = {};
    }
  }
  return edges;
}

Result<void> StoryIndex::find_edges(const Segment& segment, std::uint32_t first, std::uint32_t last,
                                    std::vector<StoryEdge>& edges) const {
  std::vector<std::uint8_t> shared(segment.end - segment.begin);  // terms with this vertex
  std::vector<std::uint32_t> others;                              // that share any
  Vertex beyond;
  for (std::uint32_t vertex = first; vertex < last; ++vertex) {
    const bool is_beyond = vertex >= segment.end;
    if (is_beyond) COPYDESK_RETURN_IF_ERROR(read_vertex(vertex, beyond));
    const Vertex& self = is_beyond ? beyond : segment.vertices[vertex - segment.begin];
    const Reach reach = reach_of(vertex);
    others.clear();
    for (const std::uint32_t word : self.index_terms) {
      for (std::uint32_t i = segment.first_posting[word]; i < segment.first_posting[word + 1];
           ++i) {
        const std::uint32_t other = segment.postings[i];
        if (other >= vertex) break;
        if (other >= reach.undated_end && other < reach.window_begin) continue;
        if (shared[other - segment.begin]++ == 0) others.push_back(other);
      }
    }
    const CosinesWith cosines(self.text.terms);
    for (const std::uint32_t other : others) {
      const std::uint8_t terms = std::exchange(shared[other - segment.begin], std::uint8_t{0});
      const Vertex& candidate = segment.vertices[other - segment.begin];
      const std::size_t fewest = std::min(self.index_terms.size(), candidate.index_terms.size());
      if (terms < kSharedTerms && fewest >= kFewTerms) continue;
      if (!may_meet(days(vertex), days(other), rule_.window_days)) continue;
      const double alike = similarity_of(cosines, self.text, candidate.text);
      if (alike < kEdgeFloor * rule_.threshold || alike <= 0) continue;
      edges.push_back({vertex, other, alike});
    }
  }
  return {};
}

}  // namespace copydesk::reuse
