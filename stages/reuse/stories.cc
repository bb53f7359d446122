#include "reuse/stories.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <numeric>
#include <queue>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "copydesk/text/lines.h"
#include "copydesk/text/utf8.h"
#include "copydesk/text/words.h"
#include "reuse/shingles.h"
#include "reuse/union_find.h"

namespace copydesk::reuse {
namespace {

constexpr double kLeadWeight = 3;  // a word of the lead counts as so many of the rest
constexpr double kNameWeight = 2;
// A first line that is taken for the title is no longer than this.
constexpr std::size_t kTitleWords = 30;

constexpr std::int64_t kSecondsPerDay = 86400;

std::int64_t day_of(std::int64_t time) {
  return time >= 0 ? time / kSecondsPerDay : (time - kSecondsPerDay + 1) / kSecondsPerDay;
}

// How a word begins. Scripts without case are kOther.
enum class Case : std::uint8_t { kUpper, kLower, kOther };

Case case_of(std::string_view word) {
  const char first = word.front();
  if (first >= 'A' && first <= 'Z') return Case::kUpper;
  if (first >= 'a' && first <= 'z') return Case::kLower;
  if (static_cast<unsigned char>(first) < 0x80) return Case::kOther;
  const std::string_view letter = word.substr(0, text::decode_utf8(word, 0).length);
  return text::fold(letter) != letter ? Case::kUpper : Case::kOther;
}

// Whether what stands between two words begins a new sentence, quotation or line.
bool begins_sentence(std::string_view gap) {
  if (gap == " ") return false;
  return gap.find_first_of(".!?:\"\n") != std::string_view::npos ||
         gap.find("\u201C") != std::string_view::npos ||
         gap.find("\u00AB") != std::string_view::npos;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<std::uint32_t> number_of(std::string_view digits) {
  std::uint32_t number = 0;
  if (digits.empty() || digits.size() > 4) return std::nullopt;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    number = 10 * number + static_cast<std::uint32_t>(c - '0');
  }
  return number;
}

// The number of "70th", in the spellings of English.
std::optional<std::uint32_t> ordinal_of(std::string_view word) {
  if (word.size() < 3 || !is_digit(word.front())) return std::nullopt;
  const std::string suffix = text::fold(word.substr(word.size() - 2));
  if (suffix != "st" && suffix != "nd" && suffix != "rd" && suffix != "th") return std::nullopt;
  return number_of(word.substr(0, word.size() - 2));
}

std::optional<std::uint32_t> year_of(std::string_view word) {
  const std::optional<std::uint32_t> number = number_of(word);
  if (word.size() != 4 || !number || *number < 1900 || *number > 2099) return std::nullopt;
  return number;
}

// Words after which "8th" is a day of the month.
bool is_month_or_of(std::uint64_t word) {
  static const std::vector<std::uint64_t> kWords = [] {
    std::vector<std::uint64_t> words;
    for (const char* name :
         {"january", "february", "march",    "april", "may", "june", "july", "august", "september",
          "october", "november", "december", "jan",   "feb", "mar",  "apr",  "jun",    "jul",
          "aug",     "sep",      "sept",     "oct",   "nov", "dec",  "of"}) {
      words.push_back(text::word_hash(name));
    }
    std::sort(words.begin(), words.end());
    return words;
  }();
  return std::binary_search(kWords.begin(), kWords.end(), word);
}

std::string_view word_at(std::string_view text, const text::Word& word) {
  return text.substr(word.begin, word.end - word.begin);
}

// A first line that is short and does not end like a sentence is a headline.
std::string_view first_line_title(const Document& document) {
  for (std::size_t i = 0; i < document.lines().size(); ++i) {
    const std::string_view line = text::trim(document.line(i));
    const std::size_t words = text::count_words(line);
    if (words == 0) continue;
    const bool ends = line.ends_with('.') || line.ends_with(':');
    return words >= 3 && words <= kTitleWords && !ends ? line : std::string_view();
  }
  return {};
}

std::string_view title_of(const Document& document) {
  if (!text::trim(document.title()).empty()) return document.title();
  const std::string_view lifted = document.lifted(Field::kTitle);
  return lifted.empty() ? first_line_title(document) : lifted;
}

// What a word weighs that counts as `n`.
double count_weight(double n) { return std::max(1 + std::log(n), 0.1); }

// Adds a word to the hash of all words in order.
void hash_in(std::uint64_t word, std::uint64_t& content) {
  content = std::rotl((content ^ word) * 0x9E3779B97F4A7C15, 29);
}

bool meet(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  return std::any_of(a.begin(), a.end(),
                     [&](std::uint32_t x) { return std::binary_search(b.begin(), b.end(), x); });
}

bool ordinal_is_missing(const TitleNumbers& a, const TitleNumbers& b) {
  return std::any_of(a.ordinals.begin(), a.ordinals.end(), [&](const auto& ordinal) {
    return std::binary_search(b.words.begin(), b.words.end(), ordinal.second) &&
           !std::binary_search(b.text_ordinals.begin(), b.text_ordinals.end(), ordinal.first);
  });
}

}  // namespace

StoryNoter::StoryNoter(double title_weight, const text::DocumentFrequencies& background)
    : title_weight_(title_weight), background_(background) {
  for (std::size_t i = 1; i < count_weights_.size(); ++i) {
    count_weights_[i] = count_weight(static_cast<double>(i));
  }
}

StoryNote StoryNoter::note(const Document& document) {
  StoryNote note;
  note.doc = document.doc();
  if (document.time()) note.day = day_of(*document.time());
  const std::string_view title = title_of(document);
  note.bytes = XXH3_64bits_withSeed(document.text().data(), document.text().size(),
                                    XXH3_64bits(title.data(), title.size()));
  text::split_words(title, title_words_);
  note.is_short = document.words().size() <= kLeadWords;
  clear_counts(title_words_.size() + document.words().size());
  count_title(title, note);
  hash_in(0, note.content);  // a title is not a first line
  count_text(document, note);
  sort_unique(note.numbers.words);
  sort_unique(note.numbers.years);
  sort_unique(note.numbers.text_ordinals);
  weigh_terms();
  choose_terms(note);
  std::sort(note.terms.begin(), note.terms.end(),
            [](const StoryTerm& a, const StoryTerm& b) { return a.word < b.word; });
  return note;
}

void StoryNoter::clear_counts(std::size_t words) {
  counts_.clear();
  const int bits = std::max(1, static_cast<int>(std::bit_width(2 * words)));
  shift_ = 64 - bits;
  slots_.assign(std::size_t{1} << bits, 0);
}

StoryNoter::WordCount& StoryNoter::count_of(std::uint64_t word) {
  std::size_t at = spread_key(word, factor_) >> shift_;
  for (; slots_[at] != 0; at = (at + 1) & (slots_.size() - 1)) {
    WordCount& count = counts_[slots_[at] - 1];
    if (count.word == word) return count;
  }
  counts_.push_back({.word = word});
  slots_[at] = static_cast<std::uint32_t>(counts_.size());
  return counts_.back();
}

void StoryNoter::count_title(std::string_view title, StoryNote& note) {
  note.numbers.words.reserve(title_words_.size());
  for (std::size_t i = 0; i < title_words_.size(); ++i) {
    const text::Word& word = title_words_[i];
    const std::string_view bytes = word_at(title, word);
    hash_in(word.hash, note.content);
    note.numbers.words.push_back(word.hash);
    if (const auto year = year_of(bytes)) note.numbers.years.push_back(*year);
    if (const auto ordinal = ordinal_of(bytes)) {
      note.numbers.text_ordinals.push_back(*ordinal);
      if (i + 1 < title_words_.size() && !is_month_or_of(title_words_[i + 1].hash)) {
        note.numbers.ordinals.emplace_back(*ordinal, title_words_[i + 1].hash);
      }
    }
    if (bytes.size() < 2) continue;
    WordCount& count = count_of(word.hash);
    count.body += title_weight_;
    count.head += title_weight_;
  }
}

void StoryNoter::count_text(const Document& document, StoryNote& note) {
  const std::string_view text = document.text();
  const std::span<const text::Word> words = document.words();
  std::uint64_t content = note.content;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const text::Word& word = words[i];
    const std::string_view bytes = word_at(text, word);
    hash_in(word.hash, content);
    if (is_digit(bytes.front())) {
      if (const auto ordinal = ordinal_of(bytes)) note.numbers.text_ordinals.push_back(*ordinal);
    }
    if (bytes.size() < 2) continue;
    WordCount& count = count_of(word.hash);
    const bool lead = i < kLeadWords;
    count.body += lead ? kLeadWeight : 1;
    if (lead) count.head += 1;
    const Case letter = case_of(bytes);
    if (letter == Case::kLower) {
      --count.upper_minus_lower;
    } else if (letter == Case::kUpper && i > 0 &&
               !begins_sentence(text.substr(words[i - 1].end, word.begin - words[i - 1].end))) {
      ++count.upper_minus_lower;
    }
  }
  note.content = content;
}

double StoryNoter::weigh_count(double n) const {
  if (n <= 0) return 0;
  if (n < static_cast<double>(count_weights_.size())) {
    const auto whole = static_cast<std::size_t>(n);
    if (static_cast<double>(whole) == n) return count_weights_[whole];
  }
  return count_weight(n);
}

void StoryNoter::weigh_terms() {
  terms_.clear();
  for (const WordCount& count : counts_) background_.prefetch(count.word);
  for (const WordCount& count : counts_) {
    if (count.body <= 0) continue;  // title weight 0
    const double name = count.upper_minus_lower > 0 ? kNameWeight : 1;
    const StoryTerm term{count.word, static_cast<float>(name * weigh_count(count.body)),
                         static_cast<float>(name * weigh_count(count.head))};
    terms_.push_back({-static_cast<double>(term.body) * background_.log_share(count.word), term});
  }
}

void StoryNoter::choose_terms(StoryNote& note) {
  note.terms.reserve(std::min(terms_.size(), kStoryTerms));
  if (terms_.size() <= kStoryTerms) {
    for (const WeighedTerm& weighed : terms_) note.terms.push_back(weighed.term);
    return;
  }
  // By weight in steps: of one step only some may be among the weightiest.
  std::array<std::uint32_t, 256> counts{};
  const auto step_of = [&](double weight) {
    return static_cast<std::size_t>(std::min(8 * weight, static_cast<double>(counts.size() - 1)));
  };
  for (const WeighedTerm& weighed : terms_) ++counts[step_of(weighed.weight)];
  std::size_t step = counts.size() - 1;
  std::size_t above = 0;
  while (above + counts[step] < kStoryTerms) above += counts[step--];
  doubtful_.clear();
  for (const WeighedTerm& weighed : terms_) {
    const std::size_t its_step = step_of(weighed.weight);
    if (its_step > step) note.terms.push_back(weighed.term);
    if (its_step == step) doubtful_.push_back(weighed);
  }
  const auto end = doubtful_.begin() + static_cast<std::ptrdiff_t>(kStoryTerms - above);
  std::nth_element(doubtful_.begin(), end - 1, doubtful_.end(),
                   [](const WeighedTerm& a, const WeighedTerm& b) {
                     return a.weight != b.weight ? a.weight > b.weight : a.term.word < b.term.word;
                   });
  for (auto it = doubtful_.begin(); it != end; ++it) note.terms.push_back(it->term);
}

bool numbers_conflict(const TitleNumbers& a, const TitleNumbers& b) {
  if (ordinal_is_missing(a, b) || ordinal_is_missing(b, a)) return true;
  return !a.years.empty() && !b.years.empty() && !meet(a.years, b.years);
}

bool may_meet(const std::optional<DayRange>& a, const std::optional<DayRange>& b,
              std::int64_t window_days) {
  return !a || !b || (a->first - b->last <= window_days && b->first - a->last <= window_days);
}

namespace {

// The groups of one component: vertices that edges join, directly or not.
std::vector<std::uint32_t> link_component(std::span<const std::optional<DayRange>> days,
                                          std::span<const StoryEdge> edges, const StoryRule& rule) {
  // A group is named by its smallest vertex.
  struct Group {
    double size = 1;
    double inside = 0;  // the sum of similarities over its pairs
    std::optional<DayRange> days;
    std::uint32_t version = 0;
    std::unordered_map<std::uint32_t, double> across;  // the same, with each group it has edges to
  };
  std::vector<Group> groups(days.size());
  std::vector<std::uint32_t> parents(days.size());
  std::iota(parents.begin(), parents.end(), 0U);
  for (std::size_t v = 0; v < days.size(); ++v) groups[v].days = days[v];
  std::vector<std::uint32_t> degree(days.size());
  for (const StoryEdge& edge : edges) {
    ++degree[edge.a];
    ++degree[edge.b];
  }
  for (std::size_t v = 0; v < days.size(); ++v) groups[v].across.reserve(degree[v]);
  for (const StoryEdge& edge : edges) {
    groups[edge.a].across[edge.b] += edge.similarity;
    groups[edge.b].across[edge.a] += edge.similarity;
  }

  struct Join {
    double strength;
    std::uint32_t a;  // < b
    std::uint32_t b;
    std::uint32_t version_a;
    std::uint32_t version_b;
    bool operator<(const Join& other) const {  // the top of the queue is the greatest
      if (strength != other.strength) return strength < other.strength;
      return std::tie(other.a, other.b) < std::tie(a, b);
    }
  };
  std::priority_queue<Join> queue;
  const auto bar = [&](const Group& group) {
    const double pairs = group.size * (group.size - 1) / 2;
    return (rule.threshold + kCohesion * group.inside) / (1 + pairs);
  };
  const auto offer = [&](std::uint32_t a, std::uint32_t b, double sum) {
    if (b < a) std::swap(a, b);
    const Group& x = groups[a];
    const Group& y = groups[b];
    if (!may_meet(x.days, y.days, rule.window_days)) return;
    const double strength = sum / (x.size * y.size) / std::sqrt(bar(x) * bar(y));
    if (strength >= 1) queue.push({strength, a, b, x.version, y.version});
  };
  for (std::uint32_t b = 0; b < groups.size(); ++b) {
    for (const auto& [a, sum] : groups[b].across) {
      if (a < b) offer(a, b, sum);
    }
  }

  while (!queue.empty()) {
    const Join join = queue.top();
    queue.pop();
    Group& kept = groups[join.a];
    Group& gone = groups[join.b];
    if (kept.version != join.version_a || gone.version != join.version_b) continue;
    parents[join.b] = join.a;
    kept.inside = (kept.inside + gone.inside) + kept.across[join.b];
    kept.size += gone.size;
    if (!kept.days) {
      kept.days = gone.days;
    } else if (gone.days) {
      kept.days = DayRange{std::min(kept.days->first, gone.days->first),
                           std::max(kept.days->last, gone.days->last)};
    }
    ++kept.version;
    ++gone.version;
    kept.across.erase(join.b);
    gone.across.erase(join.a);
    // Sums of two are the same in either order, so the smaller table is poured into the bigger.
    std::unordered_map<std::uint32_t, double> poured = std::move(gone.across);
    gone.across.clear();
    for (const auto& [other, sum] : poured) groups[other].across.erase(join.b);
    if (poured.size() > kept.across.size()) std::swap(poured, kept.across);
    for (const auto& [other, sum] : poured) kept.across[other] += sum;
    for (const auto& [other, sum] : kept.across) {
      groups[other].across[join.a] = sum;
      offer(join.a, other, sum);
    }
  }

  // A parent is smaller than its child, so parents are at their roots already.
  for (std::uint32_t v = 0; v < parents.size(); ++v) parents[v] = parents[parents[v]];
  return parents;
}

// The edges of a component after those of another.
std::vector<StoryEdge> by_component(std::span<const StoryEdge> edges,
                                    std::span<const std::uint32_t> component_of) {
  std::vector<std::size_t> end_of(component_of.size());
  for (const StoryEdge& edge : edges) ++end_of[component_of[edge.a]];
  std::partial_sum(end_of.begin(), end_of.end(), end_of.begin());
  std::vector<StoryEdge> sorted(edges.size());
  for (const StoryEdge& edge : edges) sorted[--end_of[component_of[edge.a]]] = edge;
  return sorted;
}

}  // namespace

std::vector<std::uint32_t> link_stories(std::uint32_t vertices, const DaysOf& days_of,
                                        std::vector<StoryEdge> edges, const StoryRule& rule) {
  std::vector<std::uint32_t> component_of(vertices);
  {
    UnionFind components(vertices);
    for (const StoryEdge& edge : edges) components.unite(edge.a, edge.b);
    for (std::uint32_t v = 0; v < vertices; ++v) component_of[v] = components.find(v);
  }
  edges = by_component(edges, component_of);

  std::vector<std::uint32_t> groups(vertices);
  std::iota(groups.begin(), groups.end(), 0U);
  // Within a component, vertices go by their places among its vertices: their order is the same.
  constexpr std::uint32_t kUnseen = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> place_of(vertices, kUnseen);
  std::vector<std::uint32_t> members;
  std::vector<std::optional<DayRange>> days;
  for (auto begin = edges.begin(), end = begin; begin != edges.end(); begin = end) {
    const std::uint32_t component = component_of[begin->a];
    members.clear();
    for (; end != edges.end() && component_of[end->a] == component; ++end) {
      for (const std::uint32_t vertex : {end->a, end->b}) {
        if (std::exchange(place_of[vertex], 0U) == kUnseen) members.push_back(vertex);
      }
    }
    std::sort(members.begin(), members.end());
    days.clear();
    for (std::uint32_t i = 0; i < members.size(); ++i) {
      place_of[members[i]] = i;
      days.push_back(days_of(members[i]));
    }
    for (auto edge = begin; edge != end; ++edge) {
      edge->a = place_of[edge->a];
      edge->b = place_of[edge->b];
    }
    const std::vector<std::uint32_t> linked = link_component(days, {begin, end}, rule);
    for (std::uint32_t i = 0; i < linked.size(); ++i) groups[members[i]] = members[linked[i]];
  }
  return groups;
}

}  // namespace copydesk::reuse
