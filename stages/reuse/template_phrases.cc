#include "reuse/template_phrases.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <unordered_set>
#include <utility>

#include "copydesk/text/lines.h"
#include "copydesk/text/utf8.h"
#include "copydesk/text/words.h"
#include "reuse/shingles.h"

namespace copydesk::reuse {
namespace {

// A word counts two in weights, a bigram of a script without spaces one.
constexpr std::size_t kStartWeight = 2 * kStartWords;
// More than half of the lines of a node say what its edge is like.
constexpr std::size_t kMajority = 2;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whether the word begins with a lower-case letter, as far as scripts of up to two bytes a letter
// have case.
bool is_lower(std::string_view word) {
  const auto first = static_cast<unsigned char>(word.front());
  if (first < 0x80) return first >= 'a' && first <= 'z';
  if (first >= 0xD7) return false;  // Hebrew and what follows has no case
  const std::string_view letter = word.substr(0, text::decode_utf8(word, 0).length);
  return text::fold(letter) == letter;
}

// Whether the bytes between two words hold a comma or a dash: what they part goes on, as behind a
// dateline. A hyphen in a word has no space beside it and is no edge anyway.
bool goes_on(std::string_view gap) {
  for (std::size_t at = 0; at < gap.size();) {
    const text::CodePoint c = text::decode_utf8(gap, at);
    switch (c.value) {
      case U',':
      case U'-':
      case U'\u060C':  // Arabic comma
      case U'\u2013':
      case U'\u2014':
      case U'\u2015':
      case U'\u3001':
      case U'\uFF0C':
        return true;
      default:
        at += c.length;
    }
  }
  return false;
}

std::size_t first_space(std::string_view gap) {
  std::size_t at = 0;
  while (at < gap.size()) {
    const std::size_t length = text::decode_utf8(gap, at).length;
    if (text::trim(gap.substr(at, length)).empty()) return at;
    at += length;
  }
  return gap.size();
}

// A node of the tree of lines: the lines that share their first words, up to one of them.
struct Node {
  std::uint64_t support = 0;
  std::size_t begin = 0;  // of the sorted lines
  std::size_t end = 0;
  std::size_t weight = 0;  // of all words up to here
  bool may_end = false;
  bool sentence = false;
  bool lower = false;
};

// Follows the lines of one outlet from their outer ends to where they begin to differ.
class PhraseTree {
 public:
  PhraseTree(std::span<const EdgeLine> lines, TemplatePlace place, const TemplateRule& rule,
             std::uint64_t groups)
      : lines_(lines),
        place_(place),
        least_(needed_phrase_support(rule, true, groups)),
        least_inside_(needed_phrase_support(rule, false, groups)),
        order_(lines.size()) {
    std::iota(order_.begin(), order_.end(), 0U);
    std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::lexicographical_compare(
          lines[a].words.begin(), lines[a].words.end(), lines[b].words.begin(),
          lines[b].words.end(),
          [](const EdgeWord& x, const EdgeWord& y) { return x.hash < y.hash; });
    });
  }

  std::vector<LearnedPhrase> run() {
    Node root;
    root.end = order_.size();
    walk(root);
    std::sort(found_.begin(), found_.end(),
              [](const LearnedPhrase& a, const LearnedPhrase& b) { return a.key < b.key; });
    found_.erase(
        std::unique(found_.begin(), found_.end(),
                    [](const LearnedPhrase& a, const LearnedPhrase& b) { return a.key == b.key; }),
        found_.end());
    return std::move(found_);
  }

 private:
  [[nodiscard]] const EdgeLine& at(std::size_t i) const { return lines_[order_[i]]; }

  // Visits the node and what is below it; path_ holds the nodes above it but the root.
  void walk(Node node) {
    const std::size_t entry = path_.size();
    while (true) {
      // Lines that end here come first. A path that goes on with every line is followed in a loop.
      const std::size_t depth = path_.size();
      std::size_t begin = node.begin;
      while (begin < node.end && at(begin).words.size() == depth) ++begin;
      bool leaf = begin > node.begin;
      std::vector<Node> children;
      while (begin < node.end) {
        Node child;
        child.begin = begin;
        const std::uint64_t word = at(begin).words[depth].hash;
        while (begin < node.end && at(begin).words[depth].hash == word) ++begin;
        child.end = begin;
        describe(child, depth);
        child.weight = node.weight + at(child.begin).words[depth].weight;
        if (child.support >= least_) {
          children.push_back(child);
        } else {
          leaf = true;
        }
      }
      if (leaf) end_path();
      if (children.size() == 1) {
        path_.push_back(children.front());
        node = children.front();
        continue;
      }
      for (const Node& child : children) {
        path_.push_back(child);
        walk(child);
        path_.pop_back();
      }
      break;
    }
    path_.resize(entry);
  }

  void describe(Node& node, std::size_t depth) {
    std::size_t may_end = 0;
    std::size_t sentence = 0;
    std::size_t lower = 0;
    groups_.clear();
    keys_.clear();
    for (std::size_t i = node.begin; i < node.end; ++i) {
      const EdgeWord& word = at(i).words[depth];
      may_end += word.may_end ? 1 : 0;
      sentence += word.sentence ? 1 : 0;
      lower += word.lower ? 1 : 0;
      groups_.push_back(at(i).group);
      keys_.push_back(at(i).key);
    }
    const std::size_t count = node.end - node.begin;
    node.may_end = kMajority * may_end > count;
    node.sentence = kMajority * sentence > count;
    node.lower = kMajority * lower > count;
    sort_unique(groups_);
    sort_unique(keys_);
    node.support = std::min(groups_.size(), keys_.size());
  }

  // Whether a phrase may end with the word path_[i].
  [[nodiscard]] bool fits(std::size_t i) const {
    const Node& node = path_[i];
    if (node.weight < kStartWeight || !node.may_end) return false;
    if (!node.sentence && (node.lower || node.support < least_inside_)) return false;
    const Node& before = path_[i - std::min(i, kEdgeWords)];
    return static_cast<double>(node.support) >= kEdgeShare * static_cast<double>(before.support);
  }

  // Finds the phrase of the lines that leave the tree at the end of path_.
  void end_path() {
    std::size_t i = path_.size();
    while (i > 0 && !fits(i - 1)) --i;
    if (i == 0) return;
    --i;
    for (std::size_t back = 1; !path_[i].sentence && back <= std::min(i, kBackWords); ++back) {
      if (path_[i - back].sentence && fits(i - back)) i -= back;
    }
    const Node& node = path_[i];
    LearnedPhrase phrase;
    PhraseHash hash(place_);
    for (std::size_t word = 0; word <= i; ++word) {
      hash.add(at(node.begin).words[word].hash);
      if (word < kStartWords) phrase.start = hash.value();
    }
    phrase.key = hash.value();
    phrase.support = node.support;
    phrase.words = i + 1;
    phrase.members.assign(order_.begin() + static_cast<std::ptrdiff_t>(node.begin),
                          order_.begin() + static_cast<std::ptrdiff_t>(node.end));
    std::sort(phrase.members.begin(), phrase.members.end());
    found_.push_back(std::move(phrase));
  }

  std::span<const EdgeLine> lines_;
  TemplatePlace place_;
  std::uint64_t least_;
  std::uint64_t least_inside_;
  std::vector<std::uint32_t> order_;
  std::vector<Node> path_;
  std::vector<std::uint64_t> groups_;  // scratch
  std::vector<std::uint64_t> keys_;
  std::vector<LearnedPhrase> found_;
};

// A phrase that was found in a line.
struct Match {
  std::size_t words = 0;  // 0: none
  std::uint64_t key = 0;
  Backing backing;
  bool evident = false;  // it or a shorter one is common or proven
};

// The longest phrase of `sets` that `words` begin with, from the outer end; the words come in the
// order in which they are asked for.
template <class WordAt>
Match longest(const std::vector<const PhraseSet*>& sets, TemplatePlace place, std::size_t count,
              WordAt word_at) {
  Match best;
  for (const PhraseSet* set : sets) {
    PhraseHash hash(place);
    std::size_t words = 0;
    for (const std::size_t length : set->lengths) {
      if (length > count) break;
      for (; words < length; ++words) hash.add(word_at(words));
      const auto phrase = set->phrases.find(hash.value());
      if (phrase == set->phrases.end()) continue;
      const Backing& backing = phrase->second;
      best.evident = best.evident || backing.common() || backing.proven();
      if (length < best.words) continue;
      best.words = length;
      best.key = hash.value();
      best.backing = backing;
    }
  }
  return best;
}

std::vector<const PhraseSet*> sets_of(const TemplateTable& table, std::string_view outlet,
                                      TemplatePlace place) {
  std::vector<const PhraseSet*> sets;
  for (const std::string_view name : {outlet, kAllOutlets}) {
    const PhraseSet* const set = table.phrases(name, place);
    if (set != nullptr && (sets.empty() || sets.front() != set)) sets.push_back(set);
  }
  return sets;
}

}  // namespace

std::uint64_t number_hash() {
  static const std::uint64_t kNumber = text::word_hash("0");
  return kNumber;
}

std::uint64_t phrase_word_hash(std::string_view text, const text::Word& word) {
  const std::string_view bytes = text.substr(word.begin, word.end - word.begin);
  const auto digits = std::count_if(bytes.begin(), bytes.end(), is_digit);
  if (digits == 0) return word.hash;
  if (static_cast<std::size_t>(digits) == bytes.size()) return number_hash();
  return text::word_hash(text::normalized_line(bytes));
}

void phrase_words(std::string_view text, std::span<const text::Word> words,
                  std::vector<PhraseWord>& out) {
  const std::uint64_t number = number_hash();
  out.clear();
  for (const text::Word& word : words) {
    const std::uint64_t hash = phrase_word_hash(text, word);
    if (hash == number && !out.empty() && out.back().hash == number) {
      out.back().end = word.end;
    } else {
      out.push_back({hash, word.begin, word.end});
    }
  }
}

PhraseHash::PhraseHash(TemplatePlace place)
    : value_(place == TemplatePlace::kPrefix ? 0x9E3779B97F4A7C15ULL : 0xC2B2AE3D27D4EB4FULL) {}

void PhraseHash::add(std::uint64_t word) {
  // Multiply and shift: order counts, and every bit of a word reaches every bit of the value.
  value_ = (value_ ^ word) * 0xFF51AFD7ED558CCDULL;
  value_ ^= value_ >> 32;
  value_ *= 0xC4CEB9FE1A85EC53ULL;
  value_ ^= value_ >> 29;
  if (value_ == 0) value_ = 1;
}

PhraseKey phrase_key(std::string_view phrase, TemplatePlace place) {
  std::vector<text::Word> words;
  std::vector<PhraseWord> found;
  text::split_words(phrase, words);
  phrase_words(phrase, words, found);
  if (place == TemplatePlace::kSuffix) std::reverse(found.begin(), found.end());
  PhraseHash hash(place);
  for (const PhraseWord& word : found) hash.add(word.hash);
  return {hash.value(), found.size()};
}

std::string normalized_phrase(std::string_view phrase) {
  std::vector<text::Word> words;
  std::vector<PhraseWord> found;
  text::split_words(phrase, words);
  phrase_words(phrase, words, found);
  const std::uint64_t number = number_hash();
  std::string out;
  std::uint32_t done = 0;  // bytes of the phrase that are out: bigrams overlap
  for (const PhraseWord& word : found) {
    const std::uint32_t begin = std::max(done, word.begin);
    if (begin >= word.end) continue;
    if (!out.empty() && word.begin >= done) out += ' ';
    const std::string_view bytes = phrase.substr(begin, word.end - begin);
    if (word.hash == number) {
      out += '0';
    } else if (std::any_of(bytes.begin(), bytes.end(), is_digit)) {
      out += text::normalized_line(bytes);
    } else {
      out += text::fold(bytes);
    }
    done = word.end;
  }
  return out;
}

std::optional<std::size_t> cut_in_gap(std::string_view gap, TemplatePlace place) {
  const std::size_t space = first_space(gap);
  if (space < gap.size()) {
    if (place == TemplatePlace::kSuffix) return space;
    std::size_t behind = space;
    for (std::size_t at = space; at < gap.size();) {
      const std::size_t length = text::decode_utf8(gap, at).length;
      if (text::trim(gap.substr(at, length)).empty()) behind = at + length;
      at += length;
    }
    return behind;
  }
  // Full-width marks part what stands beside them; apostrophes and hyphens do not.
  if (gap.empty()) return std::nullopt;
  const text::CodePoint first = text::decode_utf8(gap, 0);
  if (first.value < 0x3000) return std::nullopt;
  return first.length;
}

EdgeLine edge_line(const Document& document, std::size_t line, TemplatePlace place) {
  EdgeLine out;
  out.line = static_cast<std::uint32_t>(line);
  out.key = document.line_keys()[line];
  const std::string_view text = document.text();
  const text::Line& where = document.lines()[line];
  const std::span<const text::Word> all = document.words();
  const auto begins_before = [](const text::Word& word, std::uint32_t at) {
    return word.begin < at;
  };
  const auto first = std::lower_bound(all.begin(), all.end(), where.begin, begins_before);
  const auto last = std::lower_bound(first, all.end(), where.end, begins_before);
  std::vector<PhraseWord> words;
  phrase_words(text, {first, last}, words);

  const std::size_t count = std::min(words.size(), kPhraseWords);
  const bool prefix = place == TemplatePlace::kPrefix;
  out.words.resize(count);
  for (std::size_t n = 0; n < count; ++n) {
    const std::size_t i = prefix ? n : words.size() - 1 - n;
    EdgeWord& word = out.words[n];
    word.hash = words[i].hash;
    word.edge = prefix ? words[i].end : words[i].begin;
    if (i + 1 < words.size() && words[i].end > words[i + 1].begin) word.weight = 1;
    if (n + 1 == words.size()) continue;  // nothing would stay
    const std::size_t left = prefix ? i : i - 1;
    const PhraseWord& a = words[left];
    const PhraseWord& b = words[left + 1];
    if (a.end > b.begin) continue;  // bigrams of one run
    const std::string_view gap = text.substr(a.end, b.begin - a.end);
    word.sentence = ends_like_sentence(gap.substr(0, first_space(gap)));
    word.may_end = (word.sentence || !goes_on(gap)) && cut_in_gap(gap, place).has_value();
    word.lower = is_lower(text.substr(b.begin, b.end - b.begin));
  }
  return out;
}

std::uint64_t needed_phrase_support(const TemplateRule& rule, bool sentence, std::uint64_t groups) {
  TemplateRule phrases = rule;
  phrases.min_support = std::max(rule.min_support, kPhraseSupport);
  phrases.min_share = rule.min_share * (sentence ? kPhraseShares : 2 * kPhraseShares);
  return needed_support(phrases, LineShape::kPlain, groups);
}

std::vector<LearnedPhrase> learn_phrases(std::span<const EdgeLine> lines, TemplatePlace place,
                                         const TemplateRule& rule, std::uint64_t groups) {
  return PhraseTree(lines, place, rule, groups).run();
}

std::vector<std::uint64_t> recurring_starts(std::span<const PageNote> pages,
                                            const OutletLines& learned,
                                            std::span<const std::uint64_t> shared,
                                            TemplatePlace place, const TemplateRule& rule) {
  const std::uint64_t least = needed_phrase_support(rule, true, learned.groups);
  if (learned.groups < least) return {};
  std::unordered_set<std::uint64_t> templates;
  for (const LearnedLine& line : learned.lines) templates.insert(line.key);
  struct Start {
    std::uint64_t start;
    std::uint32_t group;
    auto operator<=>(const Start&) const = default;
  };
  std::vector<Start> starts;
  for (std::size_t page = 0; page < pages.size(); ++page) {
    for (const LineNote& line : pages[page].lines) {
      const std::uint64_t start = line.start(place);
      if (start == 0 || templates.contains(line.key)) continue;
      if (std::binary_search(shared.begin(), shared.end(), line.key)) continue;
      starts.push_back({start, learned.page_groups[page]});
    }
  }
  sort_unique(starts);
  std::vector<std::uint64_t> found;
  for (std::size_t begin = 0, end = 0; begin < starts.size(); begin = end) {
    while (end < starts.size() && starts[end].start == starts[begin].start) ++end;
    if (end - begin >= least) found.push_back(starts[begin].start);
  }
  return found;
}

std::unordered_set<std::uint64_t> starts_on(
    std::span<const PageNote> pages, const std::unordered_map<std::uint64_t, std::size_t>& starts,
    TemplatePlace place) {
  std::unordered_set<std::uint64_t> here;
  for (const PageNote& page : pages) {
    for (const LineNote& line : page.lines) {
      const std::uint64_t start = line.start(place);
      if (start != 0 && starts.contains(start)) here.insert(start);
    }
  }
  return here;
}

PhraseCuts choose_phrases(const Document& document, const TemplateTable& table,
                          const TemplateCut& lines, double max_share) {
  const auto heads = sets_of(table, document.outlet(), TemplatePlace::kPrefix);
  const auto tails = sets_of(table, document.outlet(), TemplatePlace::kSuffix);
  if (heads.empty() && tails.empty()) return {};

  struct Wanted {
    PhraseCut cut;
    bool sure;
  };
  std::vector<Wanted> wanted;
  const std::string_view text = document.text();
  std::span<const text::Word> rest = document.words();
  std::vector<PhraseWord> words;
  bool shown = lines.dressed || lines.chrome_cuts > 0;
  for (std::uint32_t i = 0; i < document.lines().size(); ++i) {
    const text::Line& line = document.lines()[i];
    std::size_t count = 0;
    while (count < rest.size() && rest[count].begin < line.next) ++count;
    phrase_words(text, rest.first(count), words);
    rest = rest.subspan(count);
    if (words.empty() || std::binary_search(lines.lines.begin(), lines.lines.end(), i)) continue;

    // The inner edge of each: the line between them stays.
    std::size_t begin = 0;
    std::size_t end = words.size();
    const Match head = longest(heads, TemplatePlace::kPrefix, words.size(),
                               [&](std::size_t n) { return words[n].hash; });
    begin = head.words;
    const Match tail = longest(tails, TemplatePlace::kSuffix, words.size(),
                               [&](std::size_t n) { return words[words.size() - 1 - n].hash; });
    end -= tail.words;
    shown = shown || head.evident || tail.evident;
    // A line that is nothing but phrases is no line with chrome in it.
    if (begin >= end) continue;
    const auto gap = [&](std::size_t right) {  // between a word and the one before it
      return text.substr(words[right - 1].end, words[right].begin - words[right - 1].end);
    };
    if (begin > 0 && words[begin - 1].end <= words[begin].begin) {
      if (const auto at = cut_in_gap(gap(begin), TemplatePlace::kPrefix)) {
        const auto to = static_cast<std::uint32_t>(words[begin - 1].end + *at);
        wanted.push_back({{{line.begin, to}, head.key}, head.backing.sure()});
      }
    }
    if (end < words.size() && words[end - 1].end <= words[end].begin) {
      if (const auto at = cut_in_gap(gap(end), TemplatePlace::kSuffix)) {
        const auto from = static_cast<std::uint32_t>(words[end - 1].end + *at);
        wanted.push_back({{{from, line.end}, tail.key}, tail.backing.sure()});
      }
    }
  }

  PhraseCuts chosen;
  if (!shown) return chosen;
  std::size_t doubtful = 0;
  for (const Wanted& want : wanted) doubtful += want.sure ? 0 : want.cut.span.size();
  chosen.guarded = static_cast<double>(doubtful) > max_share * static_cast<double>(text.size());
  for (const Wanted& want : wanted) {
    if (want.sure || !chosen.guarded) chosen.cuts.push_back(want.cut);
  }
  return chosen;
}

}  // namespace copydesk::reuse
