#include "reuse/templates.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <tuple>
#include <utility>

#include "copydesk/text/lines.h"
#include "copydesk/text/utf8.h"
#include "copydesk/text/words.h"
#include "reuse/bands.h"
#include "reuse/shingles.h"
#include "reuse/template_phrases.h"
#include "reuse/union_find.h"

namespace copydesk::reuse {
namespace {

// Lines that may stand between a headline and the body (byline, date, share bar), itself included.
constexpr std::size_t kHeadlineLines = 4;
// A shorter line is no headline.
constexpr std::size_t kHeadlineWords = 4;
// A sentence inside the body that so many groups share is background.
constexpr std::uint64_t kBackgroundSupport = 2;
// Probability that pages at kGroupJaccard meet in a band.
constexpr double kGroupRecall = 0.99;

bool is_closing(char32_t c) {
  switch (c) {
    case U'"':
    case U'\'':
    case U')':
    case U']':
    case U'\u00BB':
    case U'\u2019':
    case U'\u201D':
    case U'\u300D':
    case U'\u300F':
    case U'\uFF09':
      return true;
    default:
      return false;
  }
}

bool ends_sentence(char32_t c) {
  switch (c) {
    case U'.':
    case U'!':
    case U'?':
    case U'\u0589':  // Armenian
    case U'\u061F':  // Arabic question mark
    case U'\u06D4':  // Urdu
    case U'\u0964':  // danda
    case U'\u2026':
    case U'\u3002':
    case U'\uFF01':
    case U'\uFF1F':
      return true;
    default:
      return false;
  }
}

// Whether any word of the line begins with something else than a digit.
bool has_letters(std::string_view text, std::span<const text::Word> words) {
  return std::any_of(words.begin(), words.end(), [&](const text::Word& word) {
    const char first = text[word.begin];
    return first < '0' || first > '9';
  });
}

bool is_sentence(std::string_view line, std::size_t words) {
  return words >= kSentenceWords && ends_like_sentence(line);
}

// The hash of kStartWords words from one end of a line inward; 0 if there are fewer. A run of
// numbers is one word, so more words are looked at.
template <class Iterator>
std::uint64_t start_hash(std::string_view text, Iterator word, Iterator end, TemplatePlace place) {
  constexpr std::ptrdiff_t kLook = 4 * kStartWords;
  if (end - word > kLook) end = word + kLook;
  PhraseHash start(place);
  std::size_t found = 0;
  for (bool after_number = false; word != end && found < kStartWords; ++word) {
    const std::uint64_t hash = phrase_word_hash(text, *word);
    const bool number = hash == number_hash();
    if (number && after_number) continue;
    after_number = number;
    start.add(hash);
    ++found;
  }
  return found == kStartWords ? start.value() : 0;
}

// Notes the first and the last words of a line that is long enough.
void note_starts(std::string_view text, std::span<const text::Word> words, LineNote& note) {
  if (words.size() < kPhraseLineWords) return;
  const std::uint64_t head = start_hash(text, words.begin(), words.end(), TemplatePlace::kPrefix);
  const std::uint64_t tail = start_hash(text, words.rbegin(), words.rend(), TemplatePlace::kSuffix);
  if (head == 0 || tail == 0) return;
  note.head = head;
  note.tail = tail;
}

// --- Saved tables ------------------------------------------------------------------------------

using Backings = std::unordered_map<std::uint64_t, Backing>;

// The keys of a map, ascending.
template <class Map>
auto keys_of(const Map& map) {
  std::vector<typename Map::key_type> keys;
  keys.reserve(map.size());
  for (const auto& [key, value] : map) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  return keys;
}

Result<void> save_backings(const Backings& backings, StateWriter& state) {
  const std::vector<std::uint64_t> keys = keys_of(backings);
  COPYDESK_RETURN_IF_ERROR(state.records(std::span<const std::uint64_t>(keys)));
  for (const std::uint64_t key : keys) {
    const Backing& backing = backings.at(key);
    COPYDESK_RETURN_IF_ERROR(state.number(backing.support));
    COPYDESK_RETURN_IF_ERROR(state.number(backing.groups));
    COPYDESK_RETURN_IF_ERROR(state.number(backing.given ? 1 : 0));
  }
  return {};
}

Result<void> load_backings(Backings& backings, StateReader& state) {
  std::vector<std::uint64_t> keys;
  COPYDESK_RETURN_IF_ERROR(state.records(keys));
  backings.reserve(keys.size());
  for (const std::uint64_t key : keys) {
    Backing backing;
    COPYDESK_ASSIGN_OR_RETURN(backing.support, state.number());
    COPYDESK_ASSIGN_OR_RETURN(backing.groups, state.number());
    COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t given, state.number());
    if (given > 1) return damaged_state("what backs a template");
    backing.given = given == 1;
    if (!backings.emplace(key, backing).second) return damaged_state("a template stands twice");
  }
  return {};
}

Result<void> save_phrases(const PhraseSet& set, StateWriter& state) {
  COPYDESK_RETURN_IF_ERROR(state.number(set.lengths.size()));
  for (const std::size_t length : set.lengths) COPYDESK_RETURN_IF_ERROR(state.number(length));
  return save_backings(set.phrases, state);
}

Result<void> load_phrases(PhraseSet& set, StateReader& state) {
  COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t lengths, state.count(1));
  for (std::uint64_t i = 0, last = 0; i < lengths; ++i) {
    COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t length, state.number());
    if (length <= last) return damaged_state("the lengths of phrases");
    set.lengths.push_back(length);
    last = length;
  }
  return load_backings(set.phrases, state);
}

// A map by outlet; save_one(value, state) writes what an outlet has.
template <class Map, class SaveOne>
Result<void> save_outlets(const Map& outlets, StateWriter& state, SaveOne save_one) {
  COPYDESK_RETURN_IF_ERROR(state.number(outlets.size()));
  for (const std::string& outlet : keys_of(outlets)) {
    COPYDESK_RETURN_IF_ERROR(state.bytes(outlet));
    COPYDESK_RETURN_IF_ERROR(save_one(outlets.find(outlet)->second, state));
  }
  return {};
}

template <class Map, class LoadOne>
Result<void> load_outlets(Map& outlets, StateReader& state, LoadOne load_one) {
  COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t size, state.count(1));
  std::string outlet;
  for (std::uint64_t i = 0; i < size; ++i) {
    COPYDESK_RETURN_IF_ERROR(state.bytes(outlet));
    const auto [place, is_new] = outlets.try_emplace(outlet);
    if (!is_new) return damaged_state("an outlet stands there twice");
    COPYDESK_RETURN_IF_ERROR(load_one(place->second, state));
  }
  return {};
}

// --- Learning ----------------------------------------------------------------------------------

struct Sighting {
  std::uint64_t key;
  std::uint32_t group;
  std::uint32_t page;
  LineNote line;
};

// Joins the pages of one bucket whose sketches are alike. Pages that are joined already are not
// compared: a bucket of n copies costs n comparisons.
void join_bucket(std::span<const PageNote> pages, std::span<const std::uint32_t> bucket,
                 UnionFind& sets) {
  std::vector<std::vector<std::uint32_t>> classes;
  for (const std::uint32_t page : bucket) {
    std::vector<std::uint32_t> joined = {page};
    std::erase_if(classes, [&](const std::vector<std::uint32_t>& members) {
      const bool alike =
          sets.find(members.front()) == sets.find(page) ||
          std::any_of(members.begin(), members.end(), [&](std::uint32_t member) {
            return estimate_jaccard(*pages[member].sketch, *pages[page].sketch) >= kGroupJaccard;
          });
      if (!alike) return false;
      sets.unite(members.front(), page);
      joined.insert(joined.end(), members.begin(), members.end());
      return true;
    });
    classes.push_back(std::move(joined));
  }
}

// Whether a removal tells of chrome on the page. Articles have captions, bylines and dates.
bool tells_of_chrome(Reason reason) {
  const bool of_articles = reason >= Reason::kMetaByline && reason <= Reason::kCaptionDup;
  return reason != Reason::kBlank && !of_articles;
}

// Whether a word is long enough to tell anything: of kEchoLetters letters, or of a script whose
// code points have three bytes and more (a bigram of Chinese tells as much as a word).
bool is_telling(std::string_view word) {
  const auto letters = std::count_if(word.begin(), word.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  });
  return static_cast<std::size_t>(letters) >= kEchoLetters ||
         (!word.empty() && static_cast<unsigned char>(word.front()) >= 0xE0U);
}

// Decides for one document which of the lines that recur on its outlet's pages go.
class Choice {
 public:
  Choice(const Document& document, const TemplateTable& table)
      : document_(document), keys_(document.line_keys()), lines_(keys_.size()) {
    note_words();
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i] == 0) continue;
      ++filled_;
      if (const std::optional<Backing> found = table.find(document.outlet(), keys_[i])) {
        lines_[i].backing = *found;
        lines_[i].gone = true;
        ++recurring_;
      }
    }
  }

  TemplateCut run(double max_share) {
    TemplateCut cut;
    const std::size_t cuts = cut.chrome_cuts = chrome_cuts();
    const bool dressed = cut.dressed =
        cuts >= kDressedCuts ||
        (recurring_ > 0 &&
         static_cast<double>(recurring_) >= kDressedShare * static_cast<double>(filled_));
    if (recurring_ == 0) return cut;
    keep_if([&](const Line& line) {
      return !dressed && !line.backing.proven() && (cuts == 0 || !line.backing.sure());
    });
    keep_echoes();
    keep_title();
    keep_headlines();
    keep_inside_body();
    if (doubtful_share() > max_share) {
      // What is sure to be chrome goes all the same.
      keep_if([](const Line& line) { return !line.backing.sure(); });
      cut.guarded = true;
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i].gone) cut.lines.push_back(static_cast<std::uint32_t>(i));
    }
    return cut;
  }

 private:
  struct Line {
    Backing backing;
    bool gone = false;
    std::span<const text::Word> words;
  };

  void note_words() {
    const std::span<const text::Line> lines = document_.lines();
    const std::span<const text::Word> words = document_.words();
    std::size_t next = 0;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const std::size_t first = next;
      while (next < words.size() && words[next].begin < lines[i].next) ++next;
      lines_[i].words = words.subspan(first, next - first);
    }
  }

  template <class Test>
  void keep_if(Test test) {
    for (Line& line : lines_) {
      if (line.gone && test(line)) line.gone = false;
    }
  }

  // How many pieces of the page were removed as chrome.
  [[nodiscard]] std::size_t chrome_cuts() const {
    const auto cuts =
        std::count_if(document_.edits().begin(), document_.edits().end(),
                      [](const AppliedEdit& edit) { return tells_of_chrome(edit.reason); });
    return static_cast<std::size_t>(cuts);
  }

  [[nodiscard]] bool is_long(std::size_t line) const {
    return lines_[line].words.size() >= kLongLineWords ||
           text::trim(document_.line(line)).size() >= kLongLineBytes;
  }

  [[nodiscard]] bool is_sentence_line(std::size_t line) const {
    return is_sentence(document_.line(line), lines_[line].words.size());
  }

  // The different words of a line that are not too short to tell anything.
  void telling_words(const Line& line, std::vector<std::uint64_t>& out) const {
    for (const text::Word& word : line.words) {
      const std::string_view bytes = document_.text().substr(word.begin, word.end - word.begin);
      if (is_telling(bytes)) out.push_back(word.hash);
    }
  }

  void keep_echoes() {
    const auto may_echo = [](const Line& line) {
      const Backing& backing = line.backing;
      const bool everywhere = backing.sure() && 4 * backing.support >= 3 * backing.groups;
      return !everywhere && line.words.size() >= kEchoWords;
    };
    // The few words that are asked for, and which of them the body has.
    std::vector<std::uint64_t> asked;
    for (const Line& line : lines_) {
      if (line.gone && may_echo(line)) telling_words(line, asked);
    }
    if (asked.empty()) return;
    sort_unique(asked);
    std::uint64_t sieve = 0;  // a bit for the last bits of each
    for (const std::uint64_t word : asked) sieve |= std::uint64_t{1} << (word & 63);
    std::vector<std::uint64_t> body;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i].gone || !is_long(i)) continue;
      for (const text::Word& word : lines_[i].words) {
        if ((sieve >> (word.hash & 63) & 1) != 0 &&
            std::binary_search(asked.begin(), asked.end(), word.hash) &&
            is_telling(document_.text().substr(word.begin, word.end - word.begin))) {
          body.push_back(word.hash);
        }
      }
    }
    sort_unique(body);
    std::vector<std::uint64_t> own;
    keep_if([&](const Line& line) {
      if (!may_echo(line)) return false;
      own.clear();
      telling_words(line, own);
      sort_unique(own);
      const auto found = std::count_if(own.begin(), own.end(), [&](std::uint64_t word) {
        return std::binary_search(body.begin(), body.end(), word);
      });
      return own.size() >= kEchoWords &&
             static_cast<double>(found) >= kEchoShare * static_cast<double>(own.size());
    });
  }

  void keep_title() {
    const std::uint64_t title = text::line_key(document_.title());
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i].gone && keys_[i] == title && !lines_[i].backing.sure()) lines_[i].gone = false;
    }
  }

  // Doubtful lines right above the body, which begins with the first long line that stays.
  void keep_headlines() {
    std::size_t body = 0;
    while (body < lines_.size() &&
           (keys_[body] == 0 || lines_[body].gone || lines_[body].words.size() < kLongLineWords)) {
      ++body;
    }
    if (body == lines_.size()) return;
    std::size_t above = 0;  // lines with words
    for (std::size_t i = body; i-- > 0 && above < kHeadlineLines;) {
      if (keys_[i] == 0) continue;
      ++above;
      Line& line = lines_[i];
      if (!line.backing.sure() && line.words.size() >= kHeadlineWords) line.gone = false;
    }
  }

  void keep_inside_body() {
    std::size_t first = lines_.size();  // sentences that stay
    std::size_t last = 0;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (keys_[i] == 0 || lines_[i].gone || !is_sentence_line(i)) continue;
      first = std::min(first, i);
      last = i;
    }
    std::vector<std::size_t> run;
    for (std::size_t i = first; i < last; ++i) {
      if (keys_[i] == 0) continue;
      if (lines_[i].gone) {
        run.push_back(i);
        continue;
      }
      keep_of_run(run);
      run.clear();
    }
    keep_of_run(run);
  }

  // Lines that go one after the other, between lines that stay.
  void keep_of_run(const std::vector<std::size_t>& run) {
    const auto sentences =
        std::count_if(run.begin(), run.end(), [&](std::size_t i) { return is_sentence_line(i); });
    // In a list of links with teasers, headlines and dates stand between the sentences.
    const bool running_text = 2 * static_cast<std::size_t>(sentences) >= run.size();
    for (const std::size_t i : run) {
      const Backing& backing = lines_[i].backing;
      if (backing.given) continue;
      const bool lone = run.size() <= kLoneLines && backing.support < kSureSupport;
      const bool background = running_text && backing.support <= kBackgroundSupport;
      if (lone || background) lines_[i].gone = false;
    }
  }

  // The share of the bytes of sentences that lines which are not sure would take.
  [[nodiscard]] double doubtful_share() const {
    std::size_t all = 0;
    std::size_t taken = 0;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (keys_[i] == 0 || !is_sentence_line(i)) continue;
      const std::size_t bytes = document_.line(i).size();
      all += bytes;
      if (lines_[i].gone && !lines_[i].backing.sure()) taken += bytes;
    }
    return all == 0 ? 0.0 : static_cast<double>(taken) / static_cast<double>(all);
  }

  const Document& document_;
  const std::span<const std::uint64_t> keys_;
  std::vector<Line> lines_;
  std::size_t filled_ = 0;     // lines with words
  std::size_t recurring_ = 0;  // of them on other pages too
};

}  // namespace

bool ends_like_sentence(std::string_view line) {
  line = text::trim(line);
  while (!line.empty()) {
    std::size_t at = line.size() - 1;
    while (at > 0 && !text::is_utf8_boundary(line, at)) --at;
    const char32_t last = text::decode_utf8(line, at).value;
    if (!is_closing(last)) return ends_sentence(last);
    line = line.substr(0, at);
  }
  return false;
}

double estimate_jaccard(const PageSketch& a, const PageSketch& b) {
  std::uint32_t same = 0;
  for (std::size_t bin = 0; bin < a.size(); ++bin) same += a[bin] == b[bin] ? 1U : 0U;
  return static_cast<double>(same) / static_cast<double>(a.size());
}

PageNote note_page(const Document& document) {
  PageNote note;
  note.doc = document.doc();
  note.time = document.time();
  note.date = document.date();

  const std::span<const text::Line> lines = document.lines();
  const std::span<const std::uint64_t> keys = document.line_keys();
  const std::span<const text::Word> words = document.words();
  std::vector<std::uint64_t> shingles;
  std::vector<std::uint64_t> line_shingles;
  std::size_t next_word = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t first_word = next_word;
    while (next_word < words.size() && words[next_word].begin < lines[i].next) ++next_word;
    if (keys[i] == 0) continue;
    const auto line_words = words.subspan(first_word, next_word - first_word);
    const std::string_view line = document.line(i);
    LineNote seen;
    seen.key = keys[i];
    seen.position =
        static_cast<std::uint16_t>(lines.size() > 1 ? 1000 * i / (lines.size() - 1) : 0);
    seen.words = static_cast<std::uint16_t>(std::min<std::size_t>(line_words.size(), 65535));
    if (!has_letters(document.text(), line_words)) {
      seen.shape = LineShape::kNumbers;
    } else if (is_sentence(line, line_words.size())) {
      seen.shape = LineShape::kSentence;
    }
    note_starts(document.text(), line_words, seen);
    note.lines.push_back(seen);
    if (line_words.size() >= kLongLineWords || text::trim(line).size() >= kLongLineBytes) {
      shingle_words(line_words, line_shingles);
      shingles.insert(shingles.end(), line_shingles.begin(), line_shingles.end());
    }
  }
  // Stable, so that a line that repeats is kept at its first place.
  std::stable_sort(note.lines.begin(), note.lines.end(),
                   [](const LineNote& a, const LineNote& b) { return a.key < b.key; });
  note.lines.erase(std::unique(note.lines.begin(), note.lines.end(),
                               [](const LineNote& a, const LineNote& b) { return a.key == b.key; }),
                   note.lines.end());
  note.lines.shrink_to_fit();
  if (!shingles.empty()) {
    Sketch sketch{};
    sketch_shingles(shingles, sketch);
    note.sketch = std::make_unique<PageSketch>();
    for (std::size_t bin = 0; bin < sketch.size(); ++bin) {
      (*note.sketch)[bin] = static_cast<std::uint32_t>((sketch[bin] * 0x9E3779B97F4A7C15) >> 32);
    }
  }
  return note;
}

std::uint64_t needed_support(const TemplateRule& rule, LineShape shape, std::uint64_t groups) {
  const double share = shape == LineShape::kPlain ? rule.min_share : 2 * rule.min_share;
  // The small subtraction undoes rounding: a tenth of 30 groups is 3, not 4.
  const double needed = std::ceil(std::min(share, 1.0) * static_cast<double>(groups) - 1e-9);
  return std::max(rule.min_support, static_cast<std::uint64_t>(std::max(needed, 0.0)));
}

std::vector<std::uint32_t> group_pages(std::span<const PageNote> pages) {
  UnionFind sets(pages.size());
  std::vector<std::pair<std::uint64_t, std::uint32_t>> bands;  // band key, page
  std::vector<std::uint32_t> plain;                            // pages without long lines
  const Bands shape = choose_bands(kGroupJaccard, kGroupRecall);
  std::vector<std::uint64_t> keys;
  Sketch bins{};
  for (std::uint32_t page = 0; page < pages.size(); ++page) {
    if (!pages[page].sketch) {
      plain.push_back(page);
      continue;
    }
    std::copy(pages[page].sketch->begin(), pages[page].sketch->end(), bins.begin());
    band_keys(bins, shape, keys);
    for (const std::uint64_t key : keys) bands.emplace_back(key, page);
  }

  std::sort(bands.begin(), bands.end());
  std::vector<std::uint32_t> bucket;
  for (std::size_t begin = 0, end = 0; begin < bands.size(); begin = end) {
    bucket.clear();
    while (end < bands.size() && bands[end].first == bands[begin].first) {
      bucket.push_back(bands[end++].second);
    }
    if (bucket.size() > 1) join_bucket(pages, bucket, sets);
  }

  const auto same_keys = [](const LineNote& a, const LineNote& b) { return a.key == b.key; };
  const auto less_key = [](const LineNote& a, const LineNote& b) { return a.key < b.key; };
  std::sort(plain.begin(), plain.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::lexicographical_compare(pages[a].lines.begin(), pages[a].lines.end(),
                                        pages[b].lines.begin(), pages[b].lines.end(), less_key);
  });
  for (std::size_t i = 1; i < plain.size(); ++i) {
    const std::vector<LineNote>& a = pages[plain[i - 1]].lines;
    const std::vector<LineNote>& b = pages[plain[i]].lines;
    if (std::equal(a.begin(), a.end(), b.begin(), b.end(), same_keys)) {
      sets.unite(plain[i - 1], plain[i]);
    }
  }

  std::vector<std::uint32_t> groups(pages.size());
  for (std::uint32_t page = 0; page < pages.size(); ++page) groups[page] = sets.find(page);
  return groups;
}

OutletLines learn_outlet(std::span<const PageNote> pages, const TemplateRule& rule) {
  OutletLines learned;
  learned.page_groups = group_pages(pages);
  const std::vector<std::uint32_t>& groups = learned.page_groups;
  std::vector<Sighting> sightings;
  for (std::uint32_t page = 0; page < pages.size(); ++page) {
    if (groups[page] == page) ++learned.groups;
    for (const LineNote& line : pages[page].lines) {
      sightings.push_back({line.key, groups[page], page, line});
    }
  }
  std::sort(sightings.begin(), sightings.end(), [](const Sighting& a, const Sighting& b) {
    if (a.key != b.key) return a.key < b.key;
    if (a.group != b.group) return a.group < b.group;
    return a.page < b.page;
  });

  for (std::size_t begin = 0, end = 0; begin < sightings.size(); begin = end) {
    LearnedLine line;
    line.key = sightings[begin].key;
    line.doc = pages[sightings[begin].page].doc;
    std::uint32_t earliest = sightings[begin].page;
    std::uint32_t latest = earliest;
    std::uint64_t position = 0;
    std::size_t words = 0;
    std::size_t shapes[3] = {};
    for (; end < sightings.size() && sightings[end].key == line.key; ++end) {
      const Sighting& seen = sightings[end];
      if (end == begin || seen.group != sightings[end - 1].group) ++line.support;
      ++line.pages;
      ++shapes[static_cast<std::size_t>(seen.line.shape)];
      position += seen.line.position;
      words = std::max<std::size_t>(words, seen.line.words);
      line.doc = std::min(line.doc, pages[seen.page].doc);
      if (is_earlier(pages[seen.page], pages[earliest])) earliest = seen.page;
      if (is_earlier(pages[latest], pages[seen.page])) latest = seen.page;
    }
    // Lines of one key differ in punctuation at most; when one of them looks like a sentence, all
    // are held to that.
    if (shapes[static_cast<std::size_t>(LineShape::kNumbers)] > 0) line.shape = LineShape::kNumbers;
    if (shapes[static_cast<std::size_t>(LineShape::kSentence)] > 0) {
      line.shape = LineShape::kSentence;
      learned.sentence_keys.push_back(line.key);
    }
    if (line.support < needed_support(rule, line.shape, learned.groups)) continue;
    if (rule.max_words > 0 && words > rule.max_words) continue;
    line.position = static_cast<double>(position) / 1000 / static_cast<double>(line.pages);
    line.first_date = pages[earliest].date;
    line.last_date = pages[latest].date;
    learned.lines.push_back(std::move(line));
  }
  std::sort(learned.lines.begin(), learned.lines.end(),
            [](const LearnedLine& a, const LearnedLine& b) {
              return a.support != b.support ? a.support > b.support : a.key < b.key;
            });
  return learned;
}

std::vector<std::uint64_t> find_shared_sentences(std::vector<std::uint64_t>& keys) {
  std::sort(keys.begin(), keys.end());
  std::vector<std::uint64_t> shared;
  for (std::size_t begin = 0, end = 0; begin < keys.size(); begin = end) {
    while (end < keys.size() && keys[end] == keys[begin]) ++end;
    if (end - begin > kSentenceOutlets) shared.push_back(keys[begin]);
  }
  return shared;
}

void drop_shared_sentences(std::span<const std::uint64_t> shared, OutletLines& outlet) {
  std::erase_if(outlet.lines, [&](const LearnedLine& line) {
    if (line.shape != LineShape::kSentence || is_sure(line.support, outlet.groups)) return false;
    return std::binary_search(shared.begin(), shared.end(), line.key);
  });
}

// Pages with a known time come before those without, so that a raw date decides only if it must.
bool is_earlier(const PageNote& a, const PageNote& b) {
  if (a.time.has_value() != b.time.has_value()) return a.time.has_value();
  if (a.time != b.time) return a.time < b.time;
  return a.date < b.date;
}

const Backing& stronger(const Backing& a, const Backing& b) {
  const auto rank = [](const Backing& backing) {
    return std::tuple(backing.given, backing.proven(), backing.sure(), backing.support);
  };
  return rank(a) < rank(b) ? b : a;
}

void TemplateTable::add(std::string_view outlet, std::uint64_t key, const Backing& backing) {
  auto it = outlets_.find(outlet);
  if (it == outlets_.end()) it = outlets_.emplace(std::string(outlet), Lines()).first;
  const auto [line, added] = it->second.try_emplace(key, backing);
  line->second = stronger(line->second, backing);
  if (added) ++size_;
}

void TemplateTable::add_phrase(std::string_view outlet, TemplatePlace place, std::uint64_t key,
                               std::size_t words, const Backing& backing) {
  assert(words >= 1 && place != TemplatePlace::kLine);
  Phrases& outlets = place == TemplatePlace::kPrefix ? prefixes_ : suffixes_;
  auto it = outlets.find(outlet);
  if (it == outlets.end()) it = outlets.emplace(std::string(outlet), PhraseSet()).first;
  const auto [phrase, added] = it->second.phrases.try_emplace(key, backing);
  phrase->second = stronger(phrase->second, backing);
  if (added) ++size_;
  std::vector<std::size_t>& lengths = it->second.lengths;
  const auto at = std::lower_bound(lengths.begin(), lengths.end(), words);
  if (at == lengths.end() || *at != words) lengths.insert(at, words);
}

const PhraseSet* TemplateTable::phrases(std::string_view outlet, TemplatePlace place) const {
  const Phrases& outlets = place == TemplatePlace::kPrefix ? prefixes_ : suffixes_;
  const auto it = outlets.find(outlet);
  return it == outlets.end() ? nullptr : &it->second;
}

std::optional<Backing> TemplateTable::find(std::string_view outlet, std::uint64_t key) const {
  std::optional<Backing> found;
  for (const std::string_view name : {outlet, kAllOutlets}) {
    const auto lines = outlets_.find(name);
    if (lines == outlets_.end()) continue;
    const auto line = lines->second.find(key);
    if (line == lines->second.end()) continue;
    found = found ? stronger(*found, line->second) : line->second;
  }
  return found;
}

Result<void> TemplateTable::save(StateWriter& state) const {
  COPYDESK_RETURN_IF_ERROR(save_outlets(outlets_, state, save_backings));
  for (const Phrases* phrases : {&prefixes_, &suffixes_}) {
    COPYDESK_RETURN_IF_ERROR(save_outlets(*phrases, state, save_phrases));
  }
  return {};
}

Result<void> TemplateTable::load(StateReader& state) {
  COPYDESK_RETURN_IF_ERROR(load_outlets(outlets_, state, load_backings));
  for (Phrases* phrases : {&prefixes_, &suffixes_}) {
    COPYDESK_RETURN_IF_ERROR(load_outlets(*phrases, state, load_phrases));
  }
  for (const auto& [outlet, lines] : outlets_) size_ += lines.size();
  for (const Phrases* phrases : {&prefixes_, &suffixes_}) {
    for (const auto& [outlet, set] : *phrases) size_ += set.phrases.size();
  }
  return {};
}

TemplateCut choose_template_lines(const Document& document, const TemplateTable& table,
                                  double max_share) {
  if (table.size() == 0) return {};
  return Choice(document, table).run(max_share);
}

}  // namespace copydesk::reuse
