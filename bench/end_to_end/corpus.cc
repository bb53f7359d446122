#include "end_to_end/corpus.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <chrono>
#include <cstring>
#include <utility>

#include "invented_words.h"

namespace copydesk::bench {
namespace {

constexpr std::size_t kWords = 65536;
constexpr std::size_t kFirstName = 1024;  // names of an article are words of this rank and rarer
constexpr std::size_t kMaxWordBytes = 15;
constexpr std::uint32_t kBytesPerWord = 6;  // with the space behind it and its share of marks
constexpr std::uint32_t kMaxSentenceWords = 40;
// Most a word takes up with comma, dash, quotation marks and what is copied beyond its end.
constexpr std::size_t kMaxWordRoom = 32;
constexpr std::int64_t kFirstSecond = 1704067200;  // 1 January 2024
constexpr std::uint64_t kSeconds = 63072000;       // two years

// The most frequent words, which make the text English for whoever looks.
constexpr std::array<std::string_view, 128> kFunctionWords = {
    "the",   "of",    "to",     "and",    "in",      "a",      "that",   "for",   "was",    "is",
    "on",    "with",  "as",     "it",     "by",      "at",     "from",   "be",    "have",   "has",
    "this",  "are",   "not",    "which",  "were",    "had",    "but",    "an",    "they",   "their",
    "its",   "he",    "she",    "who",    "would",   "will",   "been",   "more",  "when",   "there",
    "about", "her",   "his",    "we",     "our",     "or",     "one",    "all",   "after",  "said",
    "than",  "could", "other",  "into",   "some",    "if",     "over",   "out",   "also",   "two",
    "first", "new",   "what",   "so",     "can",     "no",     "many",   "most",  "only",   "year",
    "time",  "up",    "you",    "people", "between", "while",  "where",  "how",   "before", "under",
    "these", "any",   "made",   "them",   "because", "last",   "during", "may",   "both",   "each",
    "then",  "since", "being",  "such",   "against", "those",  "now",    "even",  "much",   "him",
    "back",  "still", "should", "just",   "through", "do",     "years",  "work",  "three",  "way",
    "until", "own",   "part",   "same",   "public",  "place",  "few",    "local", "early",  "city",
    "day",   "again", "around", "never",  "without", "report", "later",  "week"};

// Lines of the web that no outlet owns. The built-in rule packs know many of them.
constexpr std::array<std::string_view, 12> kMenuLines = {
    "Home",    "Log in",  "Subscribe", "Search", "Most read",   "Weather",
    "Sign in", "Opinion", "Menu",      "Sport",  "Newsletters", "Skip to main content"};
constexpr std::array<std::string_view, 8> kShareLines = {"Share this article",
                                                         "Share on Facebook",
                                                         "Copy link",
                                                         "Print this page",
                                                         "Share",
                                                         "Follow us on X",
                                                         "Tweet",
                                                         "Email this to a friend"};
constexpr std::array<std::string_view, 6> kBoxLines = {
    "Sign up for our newsletter", "Advertisement", "Story continues below",
    "Enter your email address",   "Read more",     "Support our journalism"};
constexpr std::array<std::string_view, 8> kFootLines = {
    "Privacy Policy",  "Terms of Use", "Contact us",      "About us",
    "Leave a comment", "Most popular", "Related stories", "Cookie settings"};

std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31);
}

// What a sequence of random numbers is for: different ones of one document must not be the same.
enum class Purpose : std::uint64_t {
  kArticle = 1,
  kName,
  kCopy,
  kEditor,
  kOutlet,
  kFrame,
  kRecord
};

template <std::size_t size>
std::string_view pick(const std::array<std::string_view, size>& lines, std::uint64_t draw) {
  return lines[draw % size];
}

void append_number(std::string& out, std::uint64_t number, std::size_t digits = 1) {
  const std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i < digits; ++i) out += '0';
  out += text;
}

void capitalise(char* word) {
  if (*word >= 'a' && *word <= 'z') *word = static_cast<char>(*word - 'a' + 'A');
}

}  // namespace

// Splitmix64 (Steele, Lea, Flood 2014): integers only, so the same on every machine.
class Corpus::Random {
 public:
  Random(std::uint64_t seed, Purpose purpose, std::uint64_t which)
      : state_(mix(seed * 0x9E3779B97F4A7C15ULL + static_cast<std::uint64_t>(purpose)) ^
               mix(which + 0x632BE59BD9B4E019ULL)) {}

  std::uint64_t next() { return mix(state_ += 0x9E3779B97F4A7C15ULL); }
  // Below `limit`, which is at most 2^32.
  std::uint64_t below(std::uint64_t limit) { return ((next() >> 32) * limit) >> 32; }

 private:
  std::uint64_t state_;
};

std::string_view copy_kind_name(CopyKind kind) {
  constexpr std::array<std::string_view, kCopyKinds> kNames = {"verbatim", "edited", "cut",
                                                               "excerpt", "quotation"};
  return kNames[static_cast<std::size_t>(kind)];
}

// Writes words to memory that has room for them (kMaxWordRoom each).
class Corpus::Pen {
 public:
  Pen(const Corpus& corpus, char* at) : corpus_(corpus), at_(at) {}

  [[nodiscard]] char* at() const { return at_; }

  void write(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void write_word(std::size_t rank) {
    const Word& word = corpus_.words_[rank];
    std::memcpy(at_, word.bytes, kMaxWordBytes);  // whole, because that is one instruction
    at_ += word.length;
  }
  void write_name(std::size_t rank) {
    char* const begin = at_;
    write_word(rank);
    capitalise(begin);
  }
  void write_number(std::uint64_t number) {  // below 10^4
    if (number >= 1000) *at_++ = static_cast<char>('0' + number / 1000);
    if (number >= 100) *at_++ = static_cast<char>('0' + number / 100 % 10);
    if (number >= 10) *at_++ = static_cast<char>('0' + number / 10 % 10);
    *at_++ = static_cast<char>('0' + number % 10);
  }

 private:
  const Corpus& corpus_;
  char* at_;
};

Corpus::Corpus(const CorpusOptions& options) : options_(options) {
  make_words();
  make_outlets();
}

void Corpus::make_words() {
  words_.resize(kWords);
  for (std::size_t rank = 0; rank < kWords; ++rank) {
    const std::string word = rank < kFunctionWords.size()
                                 ? std::string(kFunctionWords[rank])
                                 : invented_word(rank - kFunctionWords.size());
    assert(word.size() <= kMaxWordBytes);
    std::memcpy(words_[rank].bytes, word.data(), word.size());
    words_[rank].length = static_cast<std::uint8_t>(word.size());
  }

  // Vose's construction of the alias table, in integers. Shares are in units of 1 / (kWords * sum).
  std::vector<std::uint64_t> shares(kWords);
  std::uint64_t sum = 0;
  for (std::size_t rank = 0; rank < kWords; ++rank) {
    shares[rank] = (std::uint64_t{1} << 28) / (rank + 3);
    sum += shares[rank];
  }
  std::vector<std::uint16_t> small;
  std::vector<std::uint16_t> large;
  for (std::size_t rank = 0; rank < kWords; ++rank) {
    shares[rank] *= kWords;
    (shares[rank] < sum ? small : large).push_back(static_cast<std::uint16_t>(rank));
  }
  chances_.resize(kWords);
  while (!small.empty() && !large.empty()) {
    const std::uint16_t rank = small.back();
    const std::uint16_t alias = large.back();
    small.pop_back();
    chances_[rank] = {static_cast<std::uint16_t>(shares[rank] * 65536 / sum), alias};
    shares[alias] -= sum - shares[rank];
    if (shares[alias] < sum) {
      large.pop_back();
      small.push_back(alias);
    }
  }
  for (const std::vector<std::uint16_t>* rest : {&small, &large}) {
    for (const std::uint16_t rank : *rest) chances_[rank] = {0, rank};
  }
}

std::string Corpus::draw_label(Random& random, std::uint32_t words) const {
  std::string label;
  for (std::uint32_t i = 0; i < words; ++i) {
    if (i > 0) label += ' ';
    const std::size_t begin = label.size();
    const Word& word = words_[kFunctionWords.size() + random.below(8192)];
    label.append(word.bytes, word.length);
    capitalise(&label[begin]);
  }
  return label;
}

void Corpus::make_outlets() {
  std::uint64_t count = options_.outlets;
  if (count == 0) count = std::clamp<std::uint64_t>(options_.documents / 100, 10, 2000);
  std::uint64_t weight = 0;
  for (std::uint64_t index = 0; index < count; ++index) {
    weight += (std::uint64_t{1} << 32) / (index + 1);
    outlet_weights_.push_back(weight);

    Random random(options_.seed, Purpose::kFrame, index);
    const bool whole_pages = index % 5 == 3;
    Outlet outlet;
    const std::string first = draw_label(random, 1);
    const std::string second = draw_label(random, 1);
    outlet.name = first + ' ' + second;
    outlet.domain = "outlet" + std::to_string(index) + ".example";
    for (std::string& reporter : outlet.reporters) reporter = draw_label(random, 2);
    outlet.byline = random.below(2) == 0;
    outlet.date_line = random.below(3) == 0;
    const bool straight = random.below(5) < 2;
    outlet.open_quote = straight ? "\\\"" : "“";
    outlet.close_quote = straight ? "\\\"" : "”";

    const auto add_line = [](std::string& lines, std::string_view line) {
      lines += line;
      lines += "\\n";
    };
    const std::uint64_t menu = whole_pages ? 8 + random.below(12) : random.below(3);
    for (std::uint64_t i = 0; i < menu; ++i) {
      if (random.below(3) == 0) {
        add_line(outlet.head, pick(kMenuLines, random.next()));
      } else {
        add_line(outlet.head, draw_label(random, static_cast<std::uint32_t>(1 + random.below(3))));
      }
    }
    if (random.below(2) == 0) {
      add_line(outlet.box, pick(kBoxLines, random.next()));
      add_line(outlet.box, "Get the " + draw_label(random, 2) + " letter every morning");
    }
    const std::uint64_t foot = whole_pages ? 8 + random.below(16) : random.below(4);
    std::string lines;
    add_line(lines, pick(kShareLines, random.next()));
    for (std::uint64_t i = 0; i < foot; ++i) {
      switch (random.below(4)) {
        case 0:
          add_line(lines, pick(kShareLines, random.next()));
          break;
        case 1:
          add_line(lines, pick(kFootLines, random.next()));
          break;
        case 2:
          add_line(lines, draw_label(random, static_cast<std::uint32_t>(1 + random.below(2))));
          break;
        default:
          add_line(lines, draw_label(random, static_cast<std::uint32_t>(4 + random.below(6))));
      }
    }
    lines += "© 2026 " + outlet.name + ". All rights reserved.";
    outlet.foot = "\\n" + lines;
    outlets_.push_back(std::move(outlet));
  }
}

std::optional<PlantedCopy> Corpus::copy_of(std::uint64_t document) const {
  // The kind of one document by itself, and what it points to.
  const auto look = [this](std::uint64_t at) -> std::optional<PlantedCopy> {
    if (at == 0) return std::nullopt;
    Random random(options_.seed, Purpose::kCopy, at);
    std::uint64_t draw = random.below(1000000);
    for (std::size_t kind = 0; kind < kCopyKinds; ++kind) {
      if (draw >= options_.copies_per_million[kind]) {
        draw -= options_.copies_per_million[kind];
        continue;
      }
      // As likely within 2 to 4 documents as within 2^20 to 2^21.
      const auto widths = static_cast<std::uint64_t>(std::bit_width(at));
      const std::uint64_t reach = std::min(at, std::uint64_t{1} << (1 + random.below(widths)));
      return PlantedCopy{static_cast<CopyKind>(kind), at - 1 - random.below(reach)};
    }
    return std::nullopt;
  };
  std::optional<PlantedCopy> copy = look(document);
  if (copy.has_value()) {
    while (const std::optional<PlantedCopy> further = look(copy->source)) {
      copy->source = further->source;
    }
  }
  return copy;
}

const Corpus::Outlet& Corpus::outlet_of(std::uint64_t document) const {
  const auto draw = [this](std::uint64_t at) {
    Random random(options_.seed, Purpose::kOutlet, at);
    const std::uint64_t scaled = (random.next() >> 16) % outlet_weights_.back();
    return static_cast<std::size_t>(
        std::upper_bound(outlet_weights_.begin(), outlet_weights_.end(), scaled) -
        outlet_weights_.begin());
  };
  std::size_t index = draw(document);
  const std::optional<PlantedCopy> copy = copy_of(document);
  if (copy.has_value() && draw(copy->source) == index) index = (index + 1) % outlets_.size();
  return outlets_[index];
}

void Corpus::write_title(std::uint64_t article, std::string& out) const {
  Random names(options_.seed, Purpose::kName, article);
  Random random(options_.seed, Purpose::kArticle, article);
  const std::uint64_t words = 5 + random.below(4);
  const std::size_t begin = out.size();
  out.resize(begin + words * kMaxWordRoom);
  Pen pen(*this, out.data() + begin);
  for (std::uint64_t i = 0; i < words; ++i) {
    if (i > 0) pen.write(" ");
    if (i % 3 == 0) {
      pen.write_name(kFirstName + names.below(kWords - kFirstName));
    } else {
      pen.write_word(random.below(4096));
    }
  }
  out.resize(static_cast<std::size_t>(pen.at() - out.data()));
}

void Corpus::write_article(std::uint64_t article, const Outlet& outlet,
                           std::uint32_t edits_per_65536, std::uint64_t editor,
                           Article& out) const {
  std::array<std::size_t, 4> names;
  Random name_random(options_.seed, Purpose::kName, article);
  for (std::size_t& name : names) name = kFirstName + name_random.below(kWords - kFirstName);

  Random random(options_.seed, Purpose::kArticle, article);
  Random edits(options_.seed, Purpose::kEditor, editor);
  // From a quarter of the mean to seven quarters. In words, so that edits do not move the end.
  const std::uint64_t mean = options_.article_bytes / kBytesPerWord;
  const std::uint64_t words = mean / 4 + random.below(mean * 3 / 2);
  out.sentences.clear();
  out.body.resize((words + 2 * kMaxSentenceWords) * kMaxWordRoom);
  char* const begin = out.body.data();
  Pen pen(*this, begin);

  const auto write_words = [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      std::uint64_t draw = random.next();
      if (edits_per_65536 > 0 && (edits.next() & 65535) < edits_per_65536) draw = edits.next();
      // 32 bits for the word, 7 for what else happens at this place, the rest for numbers.
      const std::uint64_t event = (draw >> 32) & 127;
      char* const word = pen.at();
      if (event < 8) {
        pen.write_name(names[event & 3]);
      } else if (event < 11) {
        pen.write_number(((draw >> 40) & 8191) % 2100);
      } else {
        const std::size_t rank = draw & 65535;
        const Chance chance = chances_[rank];
        pen.write_word(((draw >> 16) & 65535) < chance.limit ? rank : chance.alias);
      }
      if (i == 0) capitalise(word);
      if (i + 1 == count) continue;
      pen.write(event < 116 ? " " : event < 127 ? ", " : " — ");
    }
  };

  std::uint64_t written = 0;
  std::uint64_t in_paragraph = 0;
  while (true) {
    Sentence sentence;
    sentence.begin = static_cast<std::uint32_t>(pen.at() - begin);
    // The second one of each article is a quotation, so that there is one.
    if (random.below(8) == 0 || out.sentences.size() == 1) {
      const std::uint64_t count = 14 + random.below(13);
      pen.write(outlet.open_quote);
      write_words(count);
      pen.write(",");
      pen.write(outlet.close_quote);
      sentence.quote_end = static_cast<std::uint32_t>(pen.at() - begin);
      pen.write(" said ");
      pen.write_name(names[0]);
      pen.write(" ");
      pen.write_name(names[1]);
      written += count + 3;
    } else {
      const std::uint64_t count = 8 + random.below(20);
      write_words(count);
      written += count;
    }
    pen.write(".");
    sentence.end = static_cast<std::uint32_t>(pen.at() - begin);
    ++in_paragraph;
    sentence.ends_paragraph = in_paragraph == 3 || random.below(2) == 0;
    const bool last = written >= words && out.sentences.size() > 0;
    out.sentences.push_back(sentence);
    if (last) break;
    pen.write(sentence.ends_paragraph ? "\\n" : " ");
    if (sentence.ends_paragraph) in_paragraph = 0;
  }
  out.body.resize(static_cast<std::size_t>(pen.at() - begin));
}

void Corpus::write_passage(const PlantedCopy& copy, std::uint64_t document, const Outlet& outlet) {
  passage_.clear();
  if (copy.kind != CopyKind::kExcerpt && copy.kind != CopyKind::kQuotation) return;
  Random random(options_.seed, Purpose::kEditor, document);
  write_article(copy.source, outlet, 0, document, source_);
  const std::vector<Sentence>& sentences = source_.sentences;
  if (copy.kind == CopyKind::kExcerpt) {
    const std::size_t count = std::min(sentences.size(), std::size_t{2} + random.below(4));
    const std::size_t first = random.below(sentences.size() - count + 1);
    const std::size_t begin = sentences[first].begin;
    passage_.assign(source_.body, begin, sentences[first + count - 1].end - begin);
  } else {
    std::size_t at = random.below(sentences.size());
    while (sentences[at].quote_end == 0) at = (at + 1) % sentences.size();
    const std::size_t begin = sentences[at].begin;
    passage_.assign(source_.body, begin, sentences[at].quote_end - begin);
    passage_ += " the report said.";
  }
  passage_ += "\\n";
}

void Corpus::append_record(std::uint64_t document, std::string& out) {
  const Outlet& outlet = outlet_of(document);
  const std::optional<PlantedCopy> copy = copy_of(document);
  Random random(options_.seed, Purpose::kRecord, document);

  std::uint64_t article = document;
  std::uint32_t edits_per_65536 = 0;
  passage_.clear();
  if (copy.has_value()) {
    if (copy->kind <= CopyKind::kCut) article = copy->source;
    if (copy->kind == CopyKind::kEdited) {
      edits_per_65536 = static_cast<std::uint32_t>(655 + random.below(3277));
    }
    write_passage(*copy, document, outlet);
  }
  write_article(article, outlet, edits_per_65536, document, own_);
  if (copy.has_value() && copy->kind == CopyKind::kCut) {
    const std::size_t kept = own_.sentences.size() * (40 + random.below(41)) / 100;
    own_.sentences.resize(std::max<std::size_t>(kept, 1));
    own_.body.resize(own_.sentences.back().end);
  }

  const std::chrono::sys_seconds time{std::chrono::seconds(
      kFirstSecond + static_cast<std::int64_t>(document * kSeconds / options_.documents))};
  const auto midnight = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss clock(time - midnight);
  const auto append_date = [&](char separator) {
    append_number(out, static_cast<std::uint64_t>(static_cast<int>(date.year())));
    out += separator;
    append_number(out, static_cast<unsigned>(date.month()), 2);
    out += separator;
    append_number(out, static_cast<unsigned>(date.day()), 2);
  };

  out += R"({"id":"doc-)";
  append_number(out, document);
  out += R"(","outlet":")";
  out += outlet.name;
  out += R"(","url":"https://www.)";
  out += outlet.domain;
  out += "/news/";
  append_date('/');
  out += '/';
  append_number(out, document);
  out += R"(","title":")";
  // Half of the copies have a title of their own.
  write_title(random.below(2) == 0 ? article : document, out);
  out += R"(","date":")";
  append_date('-');
  out += 'T';
  append_number(out, static_cast<std::uint64_t>(clock.hours().count()), 2);
  out += ':';
  append_number(out, static_cast<std::uint64_t>(clock.minutes().count()), 2);
  out += ':';
  append_number(out, static_cast<std::uint64_t>(clock.seconds().count()), 2);
  out += R"(Z","text":")";

  out += outlet.head;
  if (outlet.byline) {
    out += "By ";
    out += outlet.reporters[random.below(outlet.reporters.size())];
    out += "\\n";
  }
  if (outlet.date_line) {
    out += "Published ";
    append_date('-');
    out += "\\n";
  }
  // Passage and box come between the first paragraph and the second.
  std::size_t first = own_.body.size();
  for (const Sentence& sentence : own_.sentences) {
    if (!sentence.ends_paragraph || sentence.end == own_.body.size()) continue;
    first = sentence.end + 2;
    break;
  }
  out.append(own_.body, 0, first);
  if (!passage_.empty() || !outlet.box.empty()) {
    const bool only_one = first == own_.body.size();
    if (only_one) out += "\\n";
    out += passage_;
    out += outlet.box;
    if (only_one) out.resize(out.size() - 2);
  }
  out.append(own_.body, first);
  if (document > 0 && random.below(4) == 0) {
    out += "\\nRead more: ";
    write_title(random.below(std::min<std::uint64_t>(document, 4096)), out);
  }
  out += outlet.foot;
  out += "\"}\n";
}

}  // namespace copydesk::bench
