#include "cleaning/line_features.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <limits>
#include <string_view>
#include <unordered_map>

#include "cleaning/line_shape.h"
#include "cleaning/zones.h"
#include "copydesk/text/lines.h"
#include "copydesk/text/utf8.h"
#include "copydesk/text/words.h"
#include "reuse/seeded_hash.h"

namespace copydesk::cleaning {
namespace {

constexpr std::size_t kFirstWords = 16;  // of a line that become tokens
constexpr std::size_t kLastWords = 8;
static_assert(kFirstWords + kLastWords + 2 == kMaxLineTokens);
// Kinds of cuts: the families of reasons, then templates. Not rule_families(): part of the format.
constexpr std::array<std::string_view, 14> kFamilies = {
    "nav",  "chrome", "promo",   "wall", "legal", "comment", "related",
    "tags", "meta",   "caption", "bio",  "wire",  "outlet",  "form"};
constexpr std::size_t kind_of_family(std::string_view family) {
  std::size_t i = 0;
  while (kFamilies[i] != family) ++i;  // of a family that is not there no program is made
  return i;
}
constexpr std::size_t kComment = kind_of_family("comment");
constexpr std::size_t kRelated = kind_of_family("related");
constexpr std::size_t kTemplateKind = kFamilies.size();
constexpr std::size_t kKinds = kTemplateKind + 1;
constexpr std::size_t kNoKind = kKinds;
// A letter of a script without spaces is that much of a word.
constexpr float kUnspacedWord = 0.6F;

// log2(1 + n), linear between powers of two: exact in float, so the same everywhere.
float log_of(std::uint64_t n) {
  const std::uint64_t m = n + 1;
  const std::uint64_t base = std::bit_floor(m | 1);  // m is 1 or more, unless n has no next
  const auto octave = static_cast<float>(std::bit_width(base) - 1);
  return octave + static_cast<float>(m - base) / static_cast<float>(base);
}
// The same within [0, 1] for n below 2^octaves.
float scaled(std::uint64_t n, float octaves) { return std::min(log_of(n) / octaves, 1.0F); }
float share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0F : static_cast<float>(part) / static_cast<float>(whole);
}

enum class Kind : std::uint8_t { kUpper, kLower, kUncased, kUnspaced, kDigit, kSpace, kSign };

Kind kind_of_character(char32_t c) {
  if (c < 128) {
    if (c >= 'a' && c <= 'z') return Kind::kLower;
    if (c >= 'A' && c <= 'Z') return Kind::kUpper;
    if (c >= '0' && c <= '9') return Kind::kDigit;
    return c <= ' ' ? Kind::kSpace : Kind::kSign;
  }
  const auto value = static_cast<utf8proc_int32_t>(c);
  switch (utf8proc_category(value)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LT:
      return Kind::kUpper;
    case UTF8PROC_CATEGORY_LL:
      return Kind::kLower;
    case UTF8PROC_CATEGORY_LO: {
      const bool unspaced = (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x1000 && c <= 0x109F) ||
                            (c >= 0x1780 && c <= 0x17FF) || (c >= 0x3040 && c <= 0x30FF) ||
                            (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
                            (c >= 0x20000 && c <= 0x3FFFF);
      return unspaced ? Kind::kUnspaced : Kind::kUncased;
    }
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return Kind::kUncased;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return Kind::kDigit;
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
      return Kind::kSpace;
    default:
      return Kind::kSign;
  }
}

// What one pass over the code points of a line counts.
struct Counts {
  std::uint32_t letters = 0, upper = 0, unspaced = 0, digits = 0, signs = 0, points = 0;
  std::uint32_t commas = 0, stops = 0, quotes = 0, separators = 0, brackets = 0;
  bool copyright = false, at = false, slashes = false, colon_inside = false;
  char32_t first = 0, last = 0;
  Kind first_kind = Kind::kSpace, last_kind = Kind::kSpace;
};

Counts count(std::string_view line) {
  Counts n;
  for (std::size_t at = 0; at < line.size();) {
    const text::CodePoint c = text::decode_utf8(line, at);
    at += c.length;
    const Kind kind = kind_of_character(c.value);
    if (kind == Kind::kSpace) continue;
    if (n.points++ == 0) {
      n.first = c.value;
      n.first_kind = kind;
    }
    n.last = c.value;
    n.last_kind = kind;
    switch (kind) {
      case Kind::kUpper:
        ++n.upper;
        ++n.letters;
        break;
      case Kind::kUnspaced:
        ++n.unspaced;
        ++n.letters;
        break;
      case Kind::kLower:
      case Kind::kUncased:
        ++n.letters;
        break;
      case Kind::kDigit:
        ++n.digits;
        break;
      case Kind::kSign:
        ++n.signs;
        break;
      case Kind::kSpace:
        break;
    }
    if (kind != Kind::kSign) continue;
    switch (c.value) {
      case U',':
      case U'，':
      case U'、':
      case U'،':
        ++n.commas;
        break;
      case U'.':
      case U'!':
      case U'?':
      case U'。':
      case U'！':
      case U'？':
      case U'؟':
      case U'।':
      case U'…':
        ++n.stops;
        break;
      case U'"':
      case U'“':
      case U'”':
      case U'«':
      case U'»':
      case U'„':
      case U'「':
      case U'」':
        ++n.quotes;
        break;
      case U'|':
      case U'·':
      case U'•':
      case U'›':
      case U'>':
      case U'<':
      case U'/':
      case U'→':
      case U'▼':
      case U'｜':
        ++n.separators;
        break;
      case U'(':
      case U'[':
      case U'（':
      case U'【':
        ++n.brackets;
        break;
      case U'©':
        n.copyright = true;
        break;
      case U'@':
        n.at = true;
        break;
      case U':':
      case U'：':
        n.colon_inside = true;
        break;
      default:
        break;
    }
  }
  n.slashes =
      line.find("://") != std::string_view::npos || line.find("www.") != std::string_view::npos;
  return n;
}

// Of each line: how much of it is gone, and who took it.
struct Cuts {
  std::uint32_t gone = 0;  // bytes
  std::size_t kind = kNoKind;
};

std::size_t kind_of_cut(Reason reason) {
  if (reason == Reason::kTemplateLine) return kTemplateKind;
  const std::string_view name = name_of(reason);
  const std::string_view family = name.substr(0, name.find('.'));
  const auto* it = std::find(kFamilies.begin(), kFamilies.end(), family);
  return it == kFamilies.end() ? kNoKind : static_cast<std::size_t>(it - kFamilies.begin());
}

std::uint32_t token(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

// How often a word stands in the body lines, by the upper bits of its hash: a small table that
// forgets who is who once in a while is enough.
class BodyWords {
 public:
  void add(std::uint64_t hash) {
    std::uint8_t& n = counts_[hash >> 50];
    if (n < std::numeric_limits<std::uint8_t>::max()) ++n;
  }
  [[nodiscard]] std::uint8_t count(std::uint64_t hash) const { return counts_[hash >> 50]; }

 private:
  std::vector<std::uint8_t> counts_ = std::vector<std::uint8_t>(std::size_t{1} << 14);
};

class NumberWriter {
 public:
  explicit NumberWriter(std::span<float> out) : out_(out) {}
  void add(float value) { out_[next_++] = value; }
  void add(bool value) { add(value ? 1.0F : 0.0F); }
  [[nodiscard]] std::size_t written() const { return next_; }

 private:
  std::span<float> out_;
  std::size_t next_ = 0;
};

}  // namespace

void line_features(const Document& document, LineFeatures& out) {
  out.lines.clear();
  out.numbers.clear();
  out.tokens.clear();

  const std::string_view original = document.original();
  const TextView page = original_view(document);
  const std::vector<LineShape> shapes = line_shapes(page);

  // Lines with words, and what is gone of them.
  std::vector<const LineShape*> lines;
  std::vector<Cuts> cuts;
  {
    EditsOver edits(document.edits());
    for (const LineShape& shape : shapes) {
      if (shape.words == 0) continue;
      Cuts cut;
      std::uint32_t longest = 0;
      for (const AppliedEdit& edit : edits(shape.span)) {
        if (!edit.replacement.empty()) continue;  // something stands there
        const std::uint32_t size = common_bytes(edit.span, shape.span);
        cut.gone += size;
        if (edit.reason == Reason::kBlank) continue;
        if (size > longest) {
          longest = size;
          cut.kind = kind_of_cut(edit.reason);
        }
      }
      lines.push_back(&shape);
      cuts.push_back(cut);
    }
  }
  const std::size_t n = lines.size();
  if (n == 0) return;

  // What stands on the whole page.
  std::unordered_map<std::uint64_t, std::uint32_t, reuse::SeededHash> times;  // by line key
  std::vector<std::uint64_t> keys(n);
  BodyWords body_words;
  std::vector<float> words(n);
  std::vector<Counts> counts(n);
  std::uint64_t body_bytes = 0;
  std::uint64_t all_bytes = 0;
  std::uint32_t body_lines = 0;
  std::uint32_t cut_lines = 0;
  std::uint32_t template_lines = 0;
  std::vector<std::uint32_t> kind_counts(kKinds);
  for (std::size_t i = 0; i < n; ++i) {
    const LineShape& shape = *lines[i];
    const std::string_view line = page.text.substr(shape.span.begin, shape.span.size());
    keys[i] = text::line_key(line);
    ++times[keys[i]];
    counts[i] = count(line);
    const Counts& c = counts[i];
    const auto unspaced = static_cast<float>(c.unspaced);
    const float spaced = std::max(0.0F, static_cast<float>(shape.words) - unspaced);
    words[i] = spaced + kUnspacedWord * std::min(unspaced, static_cast<float>(shape.words));
    all_bytes += shape.span.size();
    const bool gone = cuts[i].gone >= shape.span.size();
    if (gone) {
      ++cut_lines;
      template_lines += cuts[i].kind == kTemplateKind ? 1 : 0;
    }
    if (cuts[i].kind != kNoKind) ++kind_counts[cuts[i].kind];
    if (shape.body && !gone) {
      ++body_lines;
      body_bytes += shape.span.size();
      for (std::uint32_t w = 0; w < shape.words; ++w) {
        body_words.add(page.words[shape.first_word + w].hash);
      }
    }
  }

  // Where the article seems to be: running text that not too many other lines interrupt.
  constexpr std::array<std::int64_t, 2> kInterruption = {40, 160};  // costs so many bytes
  std::array<Zone, kInterruption.size()> zones;
  {
    std::vector<std::int64_t> gains(n);
    for (std::size_t z = 0; z < zones.size(); ++z) {
      for (std::size_t i = 0; i < n; ++i) {
        const LineShape& shape = *lines[i];
        const bool gone = cuts[i].gone >= shape.span.size();
        const std::string_view line = page.text.substr(shape.span.begin, shape.span.size());
        const bool sentence = words[i] >= kSentenceWords && ends_sentence(line);
        const LineWeight weight = gone         ? LineWeight::kOther
                                  : shape.body ? LineWeight::kBody
                                  : sentence   ? LineWeight::kSentence
                                               : LineWeight::kOther;
        gains[i] = gain_of(weight, shape.span.size(), kInterruption[z]);
      }
      zones[z] = best_zone(gains);
    }
  }
  const Zone core = zones[1];
  BodyWords core_words;
  std::uint64_t core_total = 0;
  std::uint64_t core_bytes = 0;
  for (std::size_t i = core.begin; i < core.end; ++i) {
    core_total += lines[i]->words;
    core_bytes += lines[i]->span.size();
    for (std::uint32_t w = 0; w < lines[i]->words; ++w) {
      core_words.add(page.words[lines[i]->first_word + w].hash);
    }
  }
  // Words this frequent in the article are its function words.
  const auto frequent = static_cast<std::uint8_t>(
      std::clamp<std::uint64_t>(core_total / 100, 3, std::numeric_limits<std::uint8_t>::max()));

  // How far the next body line is, in lines.
  std::vector<std::uint32_t> to_next(n);
  std::uint32_t distance = 1U << 12;
  for (std::size_t i = n; i-- > 0;) {
    to_next[i] = distance;
    distance = lines[i]->body ? 1 : distance + 1;
  }
  std::uint32_t since_last = 1U << 12;

  out.lines.resize(n);
  out.numbers.assign(n * kLineNumbers, 0.0F);
  std::unordered_map<std::uint64_t, std::uint32_t, reuse::SeededHash> seen;
  constexpr std::array<std::size_t, 2> kLasting = {kComment, kRelated};
  std::array<std::uint64_t, kLasting.size()> since_kind;
  since_kind.fill(1U << 12);
  std::uint64_t bytes_before = 0;
  std::uint64_t body_before = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const LineShape& shape = *lines[i];
    const Counts& c = counts[i];
    const std::string_view line = page.text.substr(shape.span.begin, shape.span.size());
    const std::span<const text::Word> own = page.words.subspan(shape.first_word, shape.words);
    const bool gone = cuts[i].gone >= shape.span.size();
    const bool counted = shape.body && !gone;

    ModelLine& model_line = out.lines[i];
    model_line.span = shape.span;
    model_line.living = shape.span.size() - std::min(cuts[i].gone, shape.span.size());
    model_line.alive = !gone;
    model_line.body = shape.body;
    model_line.first_token = static_cast<std::uint32_t>(out.tokens.size());
    const auto token_of = [&](const text::Word& word) {
      // Numbers are alike by their length.
      const char first = original[word.begin];
      if (first >= '0' && first <= '9') return word.end - word.begin;
      return token(word.hash);
    };
    for (std::size_t w = 0; w < own.size(); ++w) {
      if (w < kFirstWords || w + kLastWords >= own.size()) out.tokens.push_back(token_of(own[w]));
    }
    out.tokens.push_back(token(own.front().hash * 0x9E3779B97F4A7C15U));
    out.tokens.push_back(token(own.back().hash * 0xC2B2AE3D27D4EB4FU));
    model_line.tokens = static_cast<std::uint32_t>(out.tokens.size()) - model_line.first_token;

    // The words of the line that the body has, too, beside this once.
    std::uint32_t known = 0;
    std::uint32_t capitals = 0;
    std::uint32_t asked = 0;
    std::uint32_t of_core = 0;
    std::uint32_t function_words = 0;
    const std::uint8_t self = core.holds(i) ? 1 : 0;
    std::uint64_t word_bytes = 0;
    for (const text::Word& word : own) {
      word_bytes += word.end - word.begin;
      const std::uint8_t in_core = core_words.count(word.hash);
      if (in_core >= frequent) ++function_words;
      if (in_core > self && in_core < frequent) ++of_core;
      const char first = original[word.begin];
      if (first >= 'A' && first <= 'Z') ++capitals;
      if (static_cast<unsigned char>(first) >= 0x80 &&
          kind_of_character(text::decode_utf8(original, word.begin).value) == Kind::kUpper) {
        ++capitals;
      }
      if (word.end - word.begin < 4) continue;
      ++asked;
      if (body_words.count(word.hash) > (counted ? 1 : 0)) ++known;
    }

    NumberWriter to(std::span(out.numbers).subspan(i * kLineNumbers, kLineNumbers));
    to.add(std::min((log_of(static_cast<std::uint64_t>(words[i]))) / 8.0F, 1.0F));
    to.add(scaled(c.points, 10.0F));
    to.add(words[i] <= 1.0F);
    to.add(words[i] > 1.0F && words[i] <= 3.0F);
    to.add(words[i] > 3.0F && words[i] <= 6.0F);
    to.add(words[i] > 6.0F && words[i] < 12.0F);
    to.add(words[i] >= 12.0F && words[i] < 25.0F);
    to.add(words[i] >= 25.0F && words[i] < 60.0F);
    to.add(words[i] >= 60.0F);
    to.add(shape.body);
    to.add(has_sentence_mark(line));
    to.add(ends_sentence(line));
    to.add(c.last == U':' || c.last == U'：');
    to.add(c.last == U'…' || line.ends_with("..."));
    to.add(c.last == U'?' || c.last == U'？');
    to.add(c.last_kind == Kind::kSign);
    to.add(c.last_kind == Kind::kDigit);
    to.add(c.first_kind == Kind::kLower);
    to.add(c.first_kind == Kind::kUpper);
    to.add(c.first_kind == Kind::kDigit);
    to.add(c.first_kind == Kind::kSign);
    to.add(c.first == U'"' || c.first == U'“' || c.first == U'„' || c.first == U'«' ||
           c.first == U'「' || c.first == U'‘' || c.first == U'—' || c.first == U'–');
    to.add(c.brackets > 0 &&
           (c.first == U'(' || c.first == U'[' || c.first == U'（' || c.first == U'【'));
    to.add(share(c.upper, c.letters));
    to.add(share(capitals, own.size()));
    to.add(share(c.unspaced, c.points));
    to.add(share(c.digits, c.points));
    to.add(share(c.signs, c.points));
    to.add(scaled(c.commas, 5.0F));
    to.add(scaled(c.stops, 5.0F));
    to.add(scaled(c.quotes, 4.0F));
    to.add(scaled(c.separators, 4.0F));
    to.add(c.copyright);
    to.add(c.at);
    to.add(c.slashes);
    to.add(c.colon_inside);
    to.add(std::min(share(word_bytes, own.size()) / 16.0F, 1.0F));
    to.add(share(known, asked));
    to.add(asked == 0);
    to.add(scaled(times[keys[i]] - 1, 5.0F));
    to.add(seen[keys[i]]++ > 0);

    to.add(share(i, n));
    to.add(share(bytes_before, all_bytes));
    to.add(scaled(i, 10.0F));
    to.add(scaled(n - 1 - i, 10.0F));
    to.add(share(body_before, body_bytes));
    to.add(share(body_bytes - body_before - (counted ? shape.span.size() : 0), body_bytes));
    to.add(body_before == 0);
    to.add(body_before + (counted ? shape.span.size() : 0) == body_bytes);
    to.add(scaled(since_last, 10.0F));
    to.add(scaled(to_next[i], 10.0F));

    to.add(scaled(n, 12.0F));
    to.add(share(body_lines, n));
    to.add(share(body_bytes, all_bytes));
    to.add(scaled(body_bytes, 16.0F));
    to.add(share(cut_lines, n));
    to.add(share(template_lines, n));
    to.add(share(kind_counts[kComment] + kind_counts[kRelated], n));

    to.add(gone);
    to.add(!gone && cuts[i].gone > 0);
    for (std::size_t kind = 0; kind < kKinds; ++kind) to.add(gone && cuts[i].kind == kind);

    for (const Zone& zone : zones) {
      to.add(zone.holds(i));
      to.add(i < zone.begin ? scaled(zone.begin - i, 8.0F) : 0.0F);
      to.add(zone.holds(i) ? 0.0F : i >= zone.end ? scaled(i + 1 - zone.end, 8.0F) : 0.0F);
      to.add(share(zone.end - zone.begin, n));
    }
    to.add(share(function_words, own.size()));
    to.add(share(of_core, own.size()));
    to.add(scaled(of_core, 5.0F));
    to.add(share(core_bytes, all_bytes));
    // Much of what follows a comment form or a list of links is of their kind.
    for (std::size_t k = 0; k < kLasting.size(); ++k) {
      if (gone && cuts[i].kind == kLasting[k]) since_kind[k] = 0;
      to.add(1.0F - scaled(since_kind[k], 8.0F));
      ++since_kind[k];
    }
    assert(to.written() == kLineNumbers);

    bytes_before += shape.span.size();
    if (counted) body_before += shape.span.size();
    since_last = shape.body ? 1 : since_last + 1;
  }
}

}  // namespace copydesk::cleaning
