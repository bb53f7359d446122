#include "cleaning/article.h"

#include <algorithm>

namespace copydesk::cleaning {
namespace {

// What a line that is no running text costs the article, in bytes. Learned from labelled pages:
// a list of teasers ends an article, a row of share buttons does not.
constexpr std::int64_t kInterruption = 160;

// What goes for these reasons stands on clean text, too.
constexpr ReasonMask kArticleReasons =
    mask_of({Reason::kMetaByline, Reason::kMetaDateline, Reason::kMetaUpdated, Reason::kMetaSection,
             Reason::kCaptionCredit, Reason::kCaptionDup, Reason::kBioAuthor, Reason::kBioEmail,
             Reason::kWireCredit, Reason::kOutletName});

float length_in_words(std::string_view line, std::uint32_t words) {
  const std::size_t ideographs = count_ideographs(line);
  const std::size_t spaced = words - std::min<std::size_t>(words, ideographs);
  return static_cast<float>(spaced) +
         static_cast<float>(ideographs) / static_cast<float>(kIdeographsOfAWord);
}

}  // namespace

std::uint64_t words_key(std::span<const text::Word> words) {
  std::uint64_t key = words.size();
  for (const text::Word& word : words) {
    key = (key ^ word.hash) * 0x9E3779B97F4A7C15ULL;  // odd, so that no word is lost
    key ^= key >> 32;
  }
  return key;
}

Article article_of(const Document& document) {
  Article article;
  article.text = document.original();
  article.url = document.url();
  const TextView page = original_view(document);
  article.words = page.words;
  EditsOver edits(document.edits());
  const std::vector<LineShape> shapes = line_shapes(page);
  std::vector<std::int64_t> gains;
  gains.reserve(shapes.size());
  article.lines.reserve(shapes.size());
  for (const LineShape& shape : shapes) {
    if (shape.words == 0) continue;
    ArticleLine line;
    line.span = shape.span;
    line.first_word = shape.first_word;
    line.words = shape.words;
    line.body = shape.body;
    const std::string_view bytes = article.text.substr(shape.span.begin, shape.span.size());
    line.key = words_key(article.words.subspan(line.first_word, line.words));
    line.length = length_in_words(bytes, shape.words);
    std::uint32_t gone = 0;
    for (const AppliedEdit& edit : edits(shape.span)) {
      if (edit.reason == Reason::kBlank) continue;
      gone += common_bytes(edit.span, shape.span);
      line.cut |= mask_of({edit.reason});
    }
    line.gone = gone >= shape.span.size();
    if (line.gone && (line.cut & ~kArticleReasons) != 0) ++article.chrome_lines;
    line.sentence = line.length >= kSentenceWords && ends_sentence(bytes);
    LineWeight weight = LineWeight::kOther;
    if (!line.gone && line.body) {
      weight = LineWeight::kBody;
    } else if (!line.gone && line.sentence) {
      weight = LineWeight::kSentence;
    }
    gains.push_back(gain_of(weight, shape.span.size(), kInterruption));
    article.lines.push_back(line);
  }
  article.zone = best_zone(gains);
  return article;
}

}  // namespace copydesk::cleaning
