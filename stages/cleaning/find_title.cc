#include "cleaning/find_title.h"

#include <re2/re2.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <initializer_list>
#include <unordered_map>

#include "cleaning/bylines.h"
#include "cleaning/field_shapes.h"
#include "reuse/seeded_hash.h"

namespace copydesk::cleaning {
namespace {

// How many lines after a title its byline and its date are looked for.
constexpr std::size_t kNear = 3;
constexpr std::size_t kFar = 8;
// A line that repeats a title has at most so many words more: the name of the site, "Share".
constexpr std::uint32_t kRepeatExtra = 10;
// It repeats a text of at least so many bytes, and is mostly this if it has such a share of it.
constexpr std::size_t kRepeatBytes = 15;
constexpr float kRepeatShare = 0.6F;
// An address tells of a title if it has this share of its words.
constexpr float kSlugShare = 0.5F;
// So many body lines are the lead of an article.
constexpr std::size_t kLeadLines = 3;

constexpr ReasonMask kMetaCuts = mask_of(
    {Reason::kMetaByline, Reason::kMetaDateline, Reason::kMetaUpdated, Reason::kChromeReadtime});
constexpr ReasonMask kSectionCuts =
    mask_of({Reason::kMetaSection, Reason::kNavSection, Reason::kNavMenu, Reason::kOutletName});
constexpr ReasonMask kTemplateCuts = mask_of({Reason::kTemplateLine});
constexpr ReasonMask kArticleCuts =
    mask_of({Reason::kMetaByline, Reason::kMetaDateline, Reason::kMetaUpdated, Reason::kMetaSection,
             Reason::kCaptionCredit, Reason::kCaptionDup, Reason::kBioAuthor, Reason::kWireCredit});

// In the order of Candidates::describe(). Learned from the headlines that 218 news pages state in
// their metadata, lines of a page against each other; figures with pages of other sites stand in
// tests/quality/results.csv.
constexpr std::array<double, kTitleFeatures> kWeights = {
    -1.72, -0.33, -0.20, -0.48, -0.43, -0.07, 0.26,  -0.09, -0.39, -1.53, -0.65, 0.55,  -0.13,
    -0.64, 0.97,  1.46,  0.79,  0.06,  0.33,  -1.28, -1.99, -0.20, 0.27,  -0.24, -0.46, -0.14,
    -0.30, -0.25, -0.32, -0.64, -0.08, -0.87, 0.17,  -0.93, -0.77, -0.79, -0.02, -1.11, -0.10,
    -0.23, -0.03, -0.18, -0.45, 0.30,  0.39,  0.80,  0.80,  0.39,  -0.55, 1.25,  0.88,  1.66,
    1.11,  0.23,  0.81,  -0.04, 0.34,  0.18,  -0.37, 0.29,  0.90,  1.25,  1.07};
// The least probability of a line that is called the title.
constexpr double kMinProbability = 0.52;

class FeatureWriter {
 public:
  explicit FeatureWriter(std::array<float, kTitleFeatures>& out) : out_(out) {}
  void add(float value) { out_[next_++] = value; }
  void add(bool value) { add(value ? 1.0F : 0.0F); }
  [[nodiscard]] std::size_t written() const { return next_; }

 private:
  std::array<float, kTitleFeatures>& out_;
  std::size_t next_ = 0;
};

// The first character that is a letter or a digit: lower case?
bool begins_lower(std::string_view line) {
  static const RE2 kLower("^[^\\p{L}\\p{N}]*\\p{Ll}", RE2::Quiet);
  return RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), kLower);
}
bool has_separator(std::string_view line) {
  static const RE2 kSeparator(" [|›»/·•–—-] |[|›•]", RE2::Quiet);
  return RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), kSeparator);
}
bool has_quote(std::string_view line) {
  static const RE2 kQuote("[\"“”„«»「」]", RE2::Quiet);
  return RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), kQuote);
}
bool all_capitals(std::string_view line) {
  static const RE2 kLower("\\p{Ll}|\\p{Lo}", RE2::Quiet);
  return !RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), kLower);
}
bool begins_with_bracket(std::string_view line) {
  return line.starts_with('(') || line.starts_with('[') || line.starts_with('*');
}
bool ends_in(std::string_view line, std::initializer_list<std::string_view> marks) {
  return std::any_of(marks.begin(), marks.end(),
                     [&](std::string_view mark) { return line.ends_with(mark); });
}

// A full stop, whatever closes after it; not one of three.
bool ends_in_full_stop(std::string_view line) {
  static const RE2 kStop("(?:^|[^.])[.。][\"”“»’\')\\]]*$", RE2::Quiet);
  return RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), kStop);
}

class Candidates {
 public:
  explicit Candidates(const Article& article) : a_(article) {
    begin_ = a_.zone.begin - std::min(a_.zone.begin, kTitleLinesBefore);
    end_ = std::min(a_.zone.begin + kTitleLinesInside, a_.zone.end);
    read_story();
    read_url();
    read_neighbours();
  }

  std::vector<TitleCandidate> run() {
    std::vector<TitleCandidate> found;
    for (std::size_t i = begin_; i < end_; ++i) {
      if (!may_be_title(i)) continue;
      TitleCandidate candidate;
      candidate.line = i;
      found.push_back(candidate);
    }
    for (const TitleCandidate& c : found) {
      best_overlap_ = std::max(best_overlap_, overlap_score(c.line));
      best_slug_ = std::max(best_slug_, share_of(c.line, slug_).share);
    }
    find_repeats(found);
    for (TitleCandidate& c : found) describe(c);
    return found;
  }

 private:
  // Word hashes of the article, and how often each is there.
  void read_story() {
    for (std::size_t i = a_.zone.begin; i < a_.zone.end; ++i) {
      for (const text::Word& word : a_.words_of(i)) ++story_[word.hash];
    }
    for (std::size_t i = 0; i < a_.lines.size(); ++i) {
      const bool before = i < a_.zone.begin;
      auto& times = times_[a_.lines[i].key];
      ++(before ? times.first : times.second);
    }
    std::size_t seen = 0;
    for (std::size_t i = a_.zone.begin; i < a_.zone.end && seen < kLeadLines; ++i) {
      if (!a_.lines[i].body) continue;
      ++seen;
      for (const text::Word& word : a_.words_of(i)) ++lead_[word.hash];
    }
  }

  void read_url() {
    const std::size_t scheme = a_.url.find("://");
    const std::size_t host = scheme == a_.url.npos ? 0 : scheme + 3;
    const std::size_t path = a_.url.find('/', host);
    if (path == a_.url.npos) return;
    std::vector<text::Word> words;
    text::split_words(a_.url.substr(path), words);
    for (const text::Word& word : words) ++slug_[word.hash];
  }

  void read_neighbours() {
    const std::size_t end = std::min(a_.lines.size(), end_ + kFar + 1);
    byline_.resize(a_.lines.size());
    dated_.resize(a_.lines.size());
    for (std::size_t i = begin_; i < end; ++i) {
      const std::optional<Byline> byline = byline_of(a_.bytes(i));
      byline_[i] = (byline && (byline->marked || byline->role || byline->dated)) ||
                   (a_.lines[i].cut & mask_of({Reason::kMetaByline})) != 0;
      dated_[i] = (a_.lines[i].cut & kMetaCuts) != 0 || is_dated(a_.bytes(i));
    }
  }

  [[nodiscard]] bool may_be_title(std::size_t i) const {
    const ArticleLine& line = a_.lines[i];
    return line.length >= kMinTitleWords && line.length <= kMaxTitleWords &&
           line.span.size() <= 2 * kMaxHeadlineBytes;
  }
  // Like a headline in a list: no sentence, several words.
  [[nodiscard]] bool is_listed(std::size_t i) const {
    return i < a_.lines.size() && a_.lines[i].length >= kSentenceWords && !a_.lines[i].sentence;
  }

  using Bag = std::unordered_map<std::uint64_t, std::uint32_t, reuse::SeededHash>;
  struct Share {
    float found = 0;
    float share = 0;
  };
  // How many words of a line are in the article or its lead, besides the line itself.
  [[nodiscard]] Share share_of(std::size_t i, const Bag& bag) const {
    float asked = 0;
    float found = 0;
    // Of lines of the article, the line itself is in the bag, too.
    const std::uint32_t own = &bag != &slug_ && a_.zone.holds(i) ? 1 : 0;
    for (const text::Word& word : a_.words_of(i)) {
      if (word.end - word.begin < kContentWordBytes) continue;
      asked += 1.0F;
      const auto it = bag.find(word.hash);
      if (it != bag.end() && it->second > own) found += 1.0F;
    }
    return {found, asked > 0 ? found / asked : 0.0F};
  }
  [[nodiscard]] Share story_share(std::size_t i) const { return share_of(i, story_); }
  // The largest share of a living headline among lines [begin, end).
  [[nodiscard]] float nearby_share(std::size_t begin, std::size_t end) const {
    float most = 0;
    for (std::size_t k = begin; k < std::min(end, a_.lines.size()); ++k) {
      if (!a_.lines[k].gone && is_listed(k)) most = std::max(most, story_share(k).share);
    }
    return most;
  }
  // How many living headlines stand between a line and the article.
  [[nodiscard]] std::size_t listed_below(std::size_t i) const {
    std::size_t n = 0;
    for (std::size_t k = i + 1; k < a_.zone.begin; ++k) {
      if (!a_.lines[k].gone && is_listed(k) && !byline_[k] && !dated_[k]) ++n;
    }
    return n;
  }
  [[nodiscard]] float overlap_score(std::size_t i) const {
    const Share share = story_share(i);
    return share.found * share.share;
  }

  struct Repeats {
    std::uint32_t mostly = 0;  // lines that hold this one and little besides
    std::uint32_t partly = 0;  // that hold it and more
    std::uint32_t holds = 0;   // candidates that it holds itself
  };
  // Lines that hold another one, bytes or words; bytes, too, because a breadcrumb that lost its
  // links has no space before the title.
  void find_repeats(const std::vector<TitleCandidate>& found) {
    repeats_.resize(a_.lines.size());
    for (const TitleCandidate& c : found) {
      const std::string_view bytes = a_.bytes(c.line);
      for (std::size_t k = 0; k < a_.lines.size(); ++k) {
        if (a_.lines[k].key == a_.lines[c.line].key) continue;
        if (a_.lines[k].words > a_.lines[c.line].words + kRepeatExtra) continue;
        const bool held = (bytes.size() >= kRepeatBytes && a_.bytes(k).find(bytes) != bytes.npos) ||
                          holds_words(k, c.line);
        if (!held) continue;
        const bool mostly = static_cast<float>(bytes.size()) >=
                            kRepeatShare * static_cast<float>(a_.bytes(k).size());
        ++(mostly ? repeats_[c.line].mostly : repeats_[c.line].partly);
        ++repeats_[k].holds;
      }
      most_repeats_ = std::max(most_repeats_, repeats_[c.line].mostly);
    }
  }
  [[nodiscard]] bool holds_words(std::size_t line, std::size_t part) const {
    const std::span<const text::Word> words = a_.words_of(part);
    const std::span<const text::Word> other = a_.words_of(line);
    return other.size() > words.size() &&
           std::search(other.begin(), other.end(), words.begin(), words.end(),
                       [](const text::Word& a, const text::Word& b) { return a.hash == b.hash; }) !=
               other.end();
  }

  [[nodiscard]] bool within(const std::vector<bool>& what, std::size_t i, std::size_t from,
                            std::size_t to) const {
    for (std::size_t k = from; k <= to; ++k) {
      if (i + k < what.size() && what[i + k]) return true;
    }
    return false;
  }

  void describe(TitleCandidate& candidate) const {
    const std::size_t i = candidate.line;
    const ArticleLine& line = a_.lines[i];
    const std::string_view bytes = a_.bytes(i);
    FeatureWriter f(candidate.features);
    f.add(true);
    // Where it stands.
    const std::size_t before = a_.zone.begin > i ? a_.zone.begin - i : 0;
    f.add(i == a_.zone.begin);
    f.add(i > a_.zone.begin);
    f.add(before == 1);
    f.add(before >= 2 && before <= 3);
    f.add(before >= 4 && before <= 6);
    f.add(before >= 7 && before <= 12);
    f.add(before >= 13 && before <= 24);
    f.add(before >= 25);
    // How long it is.
    f.add(line.length < 4.0F);
    f.add(line.length >= 4.0F && line.length < 6.0F);
    f.add(line.length >= 9.0F && line.length < 15.0F);
    f.add(line.length >= 15.0F && line.length < 21.0F);
    f.add(line.length >= 21.0F);
    // What the article says of it.
    const Share share = story_share(i);
    const float score = share.found * share.share;
    f.add(share.share);
    f.add(share_of(i, lead_).share);
    f.add(std::min(1.0F, share.found / 8.0F));
    f.add(best_overlap_ > 0 && score >= best_overlap_);
    f.add(best_overlap_ > 0 ? score / best_overlap_ : 0.0F);
    f.add(share.found == 0.0F);
    // How it ends and begins.
    f.add(ends_in_full_stop(bytes));
    f.add(ends_in(bytes, {":", ",", ";", "："}));
    f.add(ends_in(bytes, {"?", "!", "？", "！"}));
    f.add(ends_in(bytes, {"…", ".."}));
    f.add(begins_lower(bytes));
    f.add(has_quote(bytes));
    f.add(has_separator(bytes));
    f.add(all_capitals(bytes));
    f.add(byline_[i]);
    f.add(dated_[i]);
    f.add(bytes.find("://") != bytes.npos || bytes.find("www.") != bytes.npos);
    f.add(has_credit_word(a_.words_of(i)));
    f.add(begins_with_bracket(bytes));
    // What was cut of it.
    f.add(line.gone && (line.cut & kTemplateCuts) != 0);
    f.add(line.gone && (line.cut & kArticleCuts) != 0);
    f.add(line.gone && (line.cut & (kTemplateCuts | kArticleCuts)) == 0);
    f.add(!line.gone && line.cut != 0);
    // What speaks of the same above and below it, and how many headlines stand below.
    f.add(i > 0 ? nearby_share(i - std::min<std::size_t>(i, kNear), i) : 0.0F);
    f.add(nearby_share(i + 1, i + 1 + kNear));
    const std::size_t below = listed_below(i);
    f.add(below == 0);
    f.add(below == 1);
    f.add(below == 2);
    f.add(below > 2 && below <= 5);
    // Who repeats it.
    const auto& [head_times, other_times] = times_.at(line.key);
    f.add(head_times + (i >= a_.zone.begin ? 1U : 0U) > 1);
    f.add(other_times > (i >= a_.zone.begin ? 1U : 0U));
    f.add(repeats_[i].mostly > 0);
    f.add(repeats_[i].mostly > 0 && repeats_[i].mostly >= most_repeats_);
    f.add(repeats_[i].partly > 0);
    f.add(repeats_[i].holds > 0);
    // What stands around it.
    f.add(within(byline_, i, 1, kNear));
    f.add(!within(byline_, i, 1, kNear) && within(byline_, i, kNear + 1, kFar));
    f.add(within(dated_, i, 1, kNear));
    f.add(!within(dated_, i, 1, kNear) && within(dated_, i, kNear + 1, kFar));
    const ReasonMask above = i > 0 ? a_.lines[i - 1].cut : 0;
    f.add((above & kMetaCuts) != 0);
    f.add((above & kSectionCuts) != 0);
    f.add(i > 0 && a_.lines[i - 1].gone);
    f.add(i > 0 && is_listed(i - 1));
    f.add(is_listed(i + 1));
    f.add(i > 0 && is_listed(i - 1) && is_listed(i + 1));
    f.add(i + 1 < a_.lines.size() && !a_.lines[i + 1].gone &&
          (a_.lines[i + 1].body || (a_.lines[i + 1].sentence && a_.lines[i + 1].length > 6)));
    f.add(i > 0 && !a_.lines[i - 1].gone && a_.lines[i - 1].length < 4.0F);
    // What the address of the page says: many have the words of the title in it.
    const float slug = share_of(i, slug_).share;
    f.add(slug);
    f.add(slug >= kSlugShare && slug >= best_slug_);
    assert(f.written() == kTitleFeatures);
  }

  const Article& a_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  Bag story_;
  Bag lead_;
  Bag slug_;  // the words of the address, without the host
  std::unordered_map<std::uint64_t, std::pair<std::uint32_t, std::uint32_t>, reuse::SeededHash>
      times_;
  std::vector<Repeats> repeats_;
  std::vector<bool> byline_;
  std::vector<bool> dated_;
  float best_overlap_ = 0;
  float best_slug_ = 0;
  std::uint32_t most_repeats_ = 0;
};

// The last line with a title before the article ends.
std::optional<std::size_t> find_known_title(const Article& article, std::string_view known) {
  thread_local std::vector<text::Word> words;
  text::split_words(known, words);
  const std::uint64_t key = words_key(words);
  text::split_words(without_site_suffix(known), words);
  const std::uint64_t short_key = words_key(words);
  for (std::size_t i = std::min(article.zone.begin + kTitleLinesInside, article.zone.end);
       i-- > 0;) {
    const std::uint64_t own = article.lines[i].key;
    if (own == key || own == short_key) return i;
  }
  return std::nullopt;
}

}  // namespace

std::vector<TitleCandidate> title_candidates(const Article& article) {
  if (article.zone.empty()) return {};
  return Candidates(article).run();
}

std::optional<std::size_t> find_title(const Article& article, std::string_view known) {
  if (!known.empty()) return find_known_title(article, known);
  const std::vector<TitleCandidate> candidates = title_candidates(article);
  double sum = 1;                                      // "none of them" weighs e^0
  std::unordered_map<std::uint64_t, double> by_title;  // the same words twice are one title
  std::optional<std::size_t> best;
  double most = 0;
  for (const TitleCandidate& candidate : candidates) {
    double score = 0;
    for (std::size_t k = 0; k < kTitleFeatures; ++k) {
      score += kWeights[k] * static_cast<double>(candidate.features[k]);
    }
    const double weight = std::exp(score);
    sum += weight;
    double& total = by_title[article.lines[candidate.line].key];
    total += weight;
    if (total > most) {
      most = total;
      best = candidate.line;
    }
  }
  return most >= kMinProbability * sum ? best : std::nullopt;
}

}  // namespace copydesk::cleaning
