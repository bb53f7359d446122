#include "cleaning/find_slides.h"

#include <re2/re2.h>

#include <algorithm>
#include <string>
#include <utility>

#include "cleaning/field_shapes.h"
#include "copydesk/text/lines.h"

namespace copydesk::cleaning {
namespace {

constexpr std::size_t kMaxCounterBytes = 60;
constexpr ReasonMask kCaptionReasons = mask_of({Reason::kCaptionCredit, Reason::kCaptionDup});

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

// Label, number, separator, total, label: with a label on one side, a slash is enough.
const RE2& counter_pattern() {
  static const std::string kLabel =
      "(?:photos?|images?|pictures?|slides?|videos?|fotos?|bild(?:er)?|imagen|imágenes|imagem|"
      "imagens|immagin[ei]|diapositive|afbeelding|zdjęcie|slajd|фото|слайд|fotoğraf|φωτογραφία|"
      "صورة|写真|图片|사진)";
  static const RE2 kPattern("(?i)\\(?(" + kLabel +
                                "\\s*[:#]?\\s*)?\\(?(\\d{1,3})"
                                "(\\s*/|\\s+(?:(?:out )?of|von|sur|de|di|van|z|из|з|من)\\s*/?)"
                                "\\s*(\\d{1,3})\\)?(\\s*" +
                                kLabel + ")?\\)?",
                            RE2::Quiet);
  return kPattern;
}

// A short tail behind the last sentence: "… opens the bridge. Larkwire", not "… of the U.S.
// Senate".
bool has_tail(std::string_view line) {
  static const RE2 kTail("[\\pL\\pN)\"”’]{2}[.!?…][^\\pL\\pN\\s]{0,3}\\s[^.!?…]{1,40}$",
                         RE2::Quiet);
  return RE2::PartialMatch(piece(line), kTail);
}

class Shows {
 public:
  explicit Shows(const Article& article) : article_(article) {
    for (std::size_t i = 0; i < article.lines.size(); ++i) {
      const ArticleLine& line = article.lines[i];
      const auto counter = slide_counter(article.bytes(i));
      if (counter || !line.gone || (line.cut & kCaptionReasons) != 0) rows_.push_back({i, counter});
    }
  }

  std::vector<Span> run() {
    std::vector<std::size_t> counters;  // rows that count up so far
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (!rows_[row].counter) continue;
      if (!counters.empty() && !follows(counters.back(), row)) {
        close(counters);
        counters.clear();
      }
      counters.push_back(row);
    }
    close(counters);
    return std::move(found_);
  }

 private:
  // A counter, or a line of text that is alive or was a caption.
  struct Row {
    std::size_t line = 0;
    std::optional<SlideCounter> counter;
  };

  [[nodiscard]] const ArticleLine& line(std::size_t row) const {
    return article_.lines[rows_[row].line];
  }
  [[nodiscard]] bool follows(std::size_t before, std::size_t row) const {
    const SlideCounter& a = *rows_[before].counter;
    const SlideCounter& b = *rows_[row].counter;
    return a.total == b.total && a.number + 1 == b.number;
  }

  void close(const std::vector<std::size_t>& counters) {
    if (!is_show(counters)) return;
    std::size_t first = counters.front();
    std::size_t last = counters.back();
    if (const std::size_t n = lines_of_slides(counters); n > 0 && mostly_credited(counters)) {
      const bool before = first >= n && is_slide(first - n, first) && is_credited(first - 1);
      const bool after =
          last + n < rows_.size() && is_slide(last + 1, last + n + 1) && is_credited(last + n);
      if (before && !after) first -= n;
      if (after && !before) last += n;
    }
    const Span show{line(first).span.begin, line(last).span.end};
    // What stands between two shows belongs to one of them.
    if (!found_.empty() && found_.back().end > show.begin) {
      found_.back().end = show.end;
    } else {
      found_.push_back(show);
    }
  }

  [[nodiscard]] bool is_show(const std::vector<std::size_t>& counters) const {
    if (counters.size() < kMinSlideCounters) return false;
    const SlideCounter& first = *rows_[counters.front()].counter;
    const SlideCounter& last = *rows_[counters.back()].counter;
    const bool complete = first.number == 1 && last.number == last.total;
    for (std::size_t i = 0; i < counters.size(); ++i) {
      if (rows_[counters[i]].counter->bare && !complete) return false;
      if (i > 0 && !is_slide(counters[i - 1] + 1, counters[i])) return false;
    }
    return true;
  }

  // Whether rows [begin, end) can be what belongs to one picture. A heading over running text is of
  // an article with numbered parts, unless a credit ends it.
  [[nodiscard]] bool is_slide(std::size_t begin, std::size_t end) const {
    if (end - begin > kMaxSlideLines) return false;
    std::size_t body = 0;
    for (std::size_t row = begin; row < end; ++row) {
      if (rows_[row].counter || line(row).span.size() > kMaxSlideBytes) return false;
      if (!line(row).body) continue;
      ++body;
      if (row > begin && !is_credited(end - 1)) return false;
    }
    return body <= 1;
  }

  // How many lines each slide has; 0 if they differ.
  [[nodiscard]] static std::size_t lines_of_slides(const std::vector<std::size_t>& counters) {
    const std::size_t step = counters[1] - counters[0];
    for (std::size_t i = 2; i < counters.size(); ++i) {
      if (counters[i] - counters[i - 1] != step) return 0;
    }
    return step - 1;
  }

  // Precondition: there are lines between all counters.
  [[nodiscard]] bool mostly_credited(const std::vector<std::size_t>& counters) const {
    const auto n = std::count_if(counters.begin() + 1, counters.end(),
                                 [&](std::size_t row) { return is_credited(row - 1); });
    return 2 * static_cast<std::size_t>(n) > counters.size() - 1;
  }

  // Whether a line goes on after its last sentence, is a credit in brackets, or was taken for a
  // caption before.
  [[nodiscard]] bool is_credited(std::size_t row) const {
    if ((line(row).cut & kCaptionReasons) != 0) return true;
    const std::string_view bytes = article_.bytes(rows_[row].line);
    if (bytes.front() == '(' && bytes.back() == ')' && line(row).words <= kMaxCreditWords &&
        has_credit_word(article_.words_of(rows_[row].line))) {
      return true;
    }
    return !ends_sentence(bytes) && has_tail(bytes);
  }

  const Article& article_;
  std::vector<Row> rows_;
  std::vector<Span> found_;
};

}  // namespace

std::optional<SlideCounter> slide_counter(std::string_view line) {
  if (line.size() > kMaxCounterBytes) return std::nullopt;
  // Most lines are no counters: no need to ask the pattern.
  if (!has_digit(line)) return std::nullopt;
  SlideCounter counter;
  re2::StringPiece label;
  re2::StringPiece separator;
  re2::StringPiece label_after;
  if (!RE2::FullMatch(piece(line), counter_pattern(), &label, &counter.number, &separator,
                      &counter.total, &label_after)) {
    return std::nullopt;
  }
  if (counter.number < 1 || counter.number > counter.total) return std::nullopt;
  const std::string_view between(separator.data(), separator.size());
  counter.bare = label.empty() && label_after.empty() && text::trim(between) == "/";
  return counter;
}

std::vector<Span> find_slides(const Article& article) {
  // Most pages have no counter.
  for (std::size_t i = 0; i < article.lines.size(); ++i) {
    if (slide_counter(article.bytes(i))) return Shows(article).run();
  }
  return {};
}

std::vector<bool> slide_lines(const std::vector<Span>& shows, const Document& document,
                              const std::vector<LineShape>& shapes) {
  std::vector<bool> inside(shapes.size());
  auto show = shows.begin();
  for (std::size_t i = 0; i < shapes.size() && show != shows.end(); ++i) {
    if (shapes[i].blank()) continue;
    const Span span = document.to_original(shapes[i].span);
    while (show != shows.end() && show->end <= span.begin) ++show;
    inside[i] = show != shows.end() && show->begin <= span.begin && span.end <= show->end;
  }
  return inside;
}

}  // namespace copydesk::cleaning
