#include "cleaning/find_authors.h"

#include <algorithm>

#include "cleaning/bylines.h"
#include "copydesk/text/lines.h"

namespace copydesk::cleaning {
namespace {

// Bylines with no more lines than this between them are those of one article.
constexpr std::size_t kGroupGap = 2;
// More names alone on their lines than this are a list of people, not of authors.
constexpr std::size_t kMostAuthors = 6;

// The word before a name and its colon have at most so many bytes.
constexpr std::size_t kMaxMarkerBytes = 40;

constexpr ReasonMask kMetaCuts =
    mask_of({Reason::kMetaDateline, Reason::kMetaUpdated, Reason::kChromeReadtime});
constexpr ReasonMask kBylineCuts = mask_of({Reason::kMetaByline, Reason::kBioAuthor});

class Search {
 public:
  Search(const Article& article, std::optional<std::size_t> title) : a_(article), title_(title) {}

  std::vector<AuthorLine> run() {
    const std::size_t head_end = std::min(a_.zone.end, a_.zone.begin + kBylineInside);
    const std::size_t above = a_.zone.begin - std::min(a_.zone.begin, kBylineAboveArticle);
    const std::size_t begin = title_ ? *title_ - std::min(*title_, kBylineAboveTitle) : above;
    read(begin, std::max(head_end, begin));
    for (const Proof proof : {Proof::kMarked, Proof::kBeside, Proof::kNear}) {
      std::vector<AuthorLine> found = group(proof);
      if (!found.empty()) return found;
    }
    read(a_.zone.begin - std::min(a_.zone.begin, kBylineFarAbove), a_.zone.begin);
    std::vector<AuthorLine> found = last_group(Proof::kMarked);
    if (!found.empty()) return found;
    const std::size_t tail = a_.zone.end - std::min(a_.zone.end, kBylineAtEnd);
    read(std::max(tail, head_end), std::min(a_.lines.size(), a_.zone.end + kBylineAtEnd));
    return first_group(Proof::kMarked);
  }

 private:
  // What proves a byline, the best first.
  enum class Proof { kMarked, kBeside, kNear, kNone };
  struct Found {
    std::size_t line = 0;
    Byline byline;
    Proof proof = Proof::kNone;
  };

  [[nodiscard]] bool has_word(std::size_t line, std::uint64_t hash) const {
    const std::span<const text::Word> words = a_.words_of(line);
    return std::any_of(words.begin(), words.end(),
                       [&](const text::Word& word) { return word.hash == hash; });
  }

  // Whether the title or the running text of the article has a word.
  [[nodiscard]] bool has_word(std::uint64_t hash) const {
    if (title_ && has_word(*title_, hash)) return true;
    for (std::size_t i = a_.zone.begin; i < a_.zone.end; ++i) {
      if (a_.lines[i].body && has_word(i, hash)) return true;
    }
    return false;
  }

  // Whether the article speaks of one of the persons, by the last word of the name.
  [[nodiscard]] bool is_subject(const Byline& byline) const {
    return std::any_of(byline.names.begin(), byline.names.end(), [&](std::string_view name) {
      thread_local std::vector<text::Word> words;
      text::split_words(name, words);
      return !words.empty() && has_word(words.back().hash);
    });
  }

  [[nodiscard]] bool is_label(const Byline& byline) const {
    return std::any_of(byline.names.begin(), byline.names.end(),
                       [&](std::string_view name) { return makes_label(name, a_.text, a_.words); });
  }

  [[nodiscard]] bool tells_of_byline(std::size_t line) const {
    if (line >= a_.lines.size()) return false;
    return (a_.lines[line].cut & kMetaCuts) != 0 || is_dated(a_.bytes(line)) ||
           (is_role(a_.bytes(line)) && !a_.lines[line].body);
  }

  [[nodiscard]] Proof proof_of(std::size_t line, const Byline& byline) const {
    if (byline.marked || (line > 0 && is_byline_marker(a_.bytes(line - 1)))) return Proof::kMarked;
    if (byline.role && !(title_ && line < *title_)) return Proof::kBeside;
    if (is_subject(byline) || is_label(byline)) return Proof::kNone;
    if (byline.dated) return Proof::kBeside;
    if (!byline.alone) return Proof::kNone;
    const bool by_rule = (a_.lines[line].cut & kBylineCuts) != 0;
    bool near = false;
    for (std::size_t k = 1; k <= kGroupGap; ++k) {
      near = near || tells_of_byline(line + k) || (line >= k && tells_of_byline(line - k));
    }
    // Above a title stand sections and teasers; a name right above it can be the author's.
    const bool above = title_ && line < *title_;
    const bool right_above = above && line + 1 == *title_;
    const bool proven = above ? by_rule && (near || right_above) : by_rule || near;
    return proven ? Proof::kNear : Proof::kNone;
  }

  // A line that a rule has taken for a byline may begin with a word that only the rule knows.
  [[nodiscard]] std::optional<Byline> read_byline(std::size_t line) const {
    const std::string_view bytes = a_.bytes(line);
    std::optional<Byline> byline = byline_of(bytes);
    if (byline || (a_.lines[line].cut & mask_of({Reason::kMetaByline})) == 0) return byline;
    const std::size_t colon = bytes.find(':');
    if (colon == bytes.npos || colon > kMaxMarkerBytes) return std::nullopt;
    byline = byline_of(text::trim(bytes.substr(colon + 1)));
    if (byline) byline->marked = true;
    return byline;
  }

  void read(std::size_t begin, std::size_t end) {
    found_.clear();
    for (std::size_t i = begin; i < end; ++i) {
      if (title_ && i == *title_) continue;
      std::optional<Byline> byline = read_byline(i);
      if (!byline) continue;
      const Proof proof = proof_of(i, *byline);
      found_.push_back({i, std::move(*byline), proof});
    }
  }

  // The first bylines with a proof, and those right beside them.
  [[nodiscard]] std::vector<AuthorLine> first_group(Proof proof) const {
    std::vector<AuthorLine> group;
    for (const Found& found : found_) {
      if (found.proof != proof) continue;
      if (!group.empty() && found.line > group.back().line + kGroupGap) break;
      group.push_back({found.line, found.byline.names});
    }
    if (group.size() > kMostAuthors) group.clear();
    return group;
  }

  // The same for the last of them.
  [[nodiscard]] std::vector<AuthorLine> last_group(Proof proof) const {
    std::vector<AuthorLine> group;
    for (auto found = found_.rbegin(); found != found_.rend(); ++found) {
      if (found->proof != proof) continue;
      if (!group.empty() && found->line + kGroupGap < group.back().line) break;
      group.push_back({found->line, found->byline.names});
    }
    std::reverse(group.begin(), group.end());
    if (group.size() > kMostAuthors) group.clear();
    return group;
  }
  // Right after the title, or where that is not known, right before the article.
  [[nodiscard]] std::vector<AuthorLine> group(Proof proof) const {
    return title_ ? first_group(proof) : last_group(proof);
  }

  const Article& a_;
  const std::optional<std::size_t> title_;
  std::vector<Found> found_;
};

}  // namespace

std::vector<AuthorLine> find_authors(const Article& article, std::optional<std::size_t> title) {
  if (article.zone.empty()) return {};
  return Search(article, title).run();
}

std::vector<std::size_t> byline_lines(std::span<const AuthorLine> authors, const Article& article,
                                      const Document& document, std::span<const LineShape> shapes) {
  std::vector<std::size_t> found;
  if (article.chrome_lines < kMinChromeLines) return found;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    if (shapes[i].blank()) continue;
    const Span span = document.to_original(shapes[i].span);
    if (std::any_of(authors.begin(), authors.end(), [&](const AuthorLine& author) {
          return article.lines[author.line].span == span && article.lines[author.line].cut == 0;
        })) {
      found.push_back(i);
    }
  }
  return found;
}

}  // namespace copydesk::cleaning
