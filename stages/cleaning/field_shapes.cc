#include "cleaning/field_shapes.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "cleaning/line_shape.h"
#include "copydesk/text/lines.h"
#include "copydesk/text/utf8.h"

namespace copydesk::cleaning {
namespace {

bool matches(std::string_view line, const RE2& pattern) {
  return RE2::FullMatch(re2::StringPiece(line.data(), line.size()), pattern);
}

// Capitalised parts; a part may be an initial, have hyphens, apostrophes and full stops.
const RE2& name_pattern() {
  static const RE2 kPattern(
      "(?:\\p{Lu}[\\p{L}\\p{M}.'’-]*)(?: (?:\\p{Lu}[\\p{L}\\p{M}.'’-]*|of|the|and|&|de|da|di|del|"
      "della|der|den|van|von|bin|ibn|al|el|la|le|du|dos|y))*",
      RE2::Quiet);
  return kPattern;
}

// Words that only stand in a picture's credit or near it.
const std::unordered_set<std::uint64_t>& credit_words() {
  static const std::unordered_set<std::uint64_t> kWords = [] {
    std::unordered_set<std::uint64_t> words;
    for (const std::string_view word :
         {"source",     "photo",   "photos",   "photograph", "photographer", "image",
          "images",     "picture", "credit",   "credits",    "courtesy",     "getty",
          "reuters",    "afp",     "ap",       "epa",        "xinhua",       "yonhap",
          "tass",       "pool",    "handout",  "file",       "via",          "shutterstock",
          "alamy",      "istock",  "unsplash", "screenshot", "foto",         "bild",
          "bildquelle", "fuente",  "crédit",   "fonte",      "фото"}) {
      words.insert(text::word_hash(word));
    }
    return words;
  }();
  return kWords;
}

// Where the dash is that ends a date line; npos if none is near the beginning.
std::size_t find_dash(std::string_view line) {
  const std::string_view start = line.substr(0, kMaxDatelineBytes + std::string_view("–").size());
  std::size_t first = std::string_view::npos;
  for (const std::string_view dash : {"–", "—", "―", "--", " - "}) {
    first = std::min(first, start.find(dash));
  }
  return first;
}

struct PlaceAndAgency {
  std::string_view place;
  std::string_view agency;  // without its brackets; empty if there is none
};

// Splits "SEOUL, Oct. 8 (Reuters)" before the bracket.
PlaceAndAgency split_agency(std::string_view dateline) {
  const std::size_t open = dateline.rfind('(');
  if (open == std::string_view::npos || dateline.back() != ')') return {dateline, {}};
  return {dateline.substr(0, open), dateline.substr(open + 1, dateline.size() - open - 2)};
}

// "SEOUL", "NEW DELHI", "WASHINGTON D.C.": three letters or more, all capitals.
const RE2& capitals_pattern() {
  static const RE2 kPattern("\\p{Lu}[\\p{Lu}.'’-]{2,}(?:[ /]\\p{Lu}[\\p{Lu}.'’-]*)*", RE2::Quiet);
  return kPattern;
}

// An acronym, or one of the agencies that are not one.
const RE2& agency_pattern() {
  static const RE2 kPattern("\\p{Lu}{2,6}|Reuters|Bloomberg|Xinhua|Yonhap|Kyodo|Interfax|Sputnik",
                            RE2::Quiet);
  return kPattern;
}

}  // namespace

bool is_headline(std::string_view line, std::size_t words) {
  static const RE2 kFirst("^(?:\\p{Lu}|\\p{Lt}|\\p{Lo}|\\p{N}|[\"'“‘«„¿¡$€£#@(\\[])", RE2::Quiet);
  if (words < kMinHeadlineWords || words > kMaxHeadlineWords) return false;
  if (line.empty() || line.size() > kMaxHeadlineBytes) return false;
  const bool ends = line.back() == '.' && line.substr(0, line.size() - 1).find_last_of('.') !=
                                              line.size() - 2;  // "…" written "..." may end one
  if (ends || line.back() == ':' || line.back() == ',') return false;
  return RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), kFirst);
}

bool is_name(std::string_view line, std::size_t min_words) {
  if (line.size() > kMaxNameBytes || !matches(line, name_pattern())) return false;
  const auto parts = static_cast<std::size_t>(std::count(line.begin(), line.end(), ' ')) + 1;
  return parts >= min_words && parts <= kMaxNameWords;
}

bool is_picture_label(std::string_view line, std::size_t words) {
  return words >= kMinLabelWords && words <= kMaxLabelWords && !has_sentence_mark(line) &&
         matches(line, name_pattern());
}

std::string_view without_site_suffix(std::string_view title) {
  std::size_t cut = std::string_view::npos;
  for (const std::string_view mark : {" | ", " - ", " – ", " — "}) {
    const std::size_t at = title.rfind(mark);
    if (at != std::string_view::npos && (cut == std::string_view::npos || at > cut)) cut = at;
  }
  if (cut == std::string_view::npos) return title;
  const std::string_view rest = text::trim(title.substr(0, cut));
  return text::count_words(rest) >= kMinHeadlineWords ? rest : title;
}

std::optional<std::string_view> undoubled(std::string_view line, std::uint32_t base,
                                          std::span<const text::Word> words) {
  const std::size_t half = words.size() / 2;
  if (words.size() % 2 != 0 || half < kMinDoubledWords) return std::nullopt;
  for (std::size_t i = 0; i < half; ++i) {
    if (words[i].hash != words[half + i].hash) return std::nullopt;
  }
  std::string_view first = line.substr(0, words[half].begin - base);
  // A bracket or quotation mark that opens the second half is not part of the first.
  while (!first.empty() && (first.back() == '(' || first.back() == '[')) first.remove_suffix(1);
  first = text::trim(first);
  const bool bracket = !first.empty() && (first.back() == ')' || first.back() == ']');
  if (!bracket && !ends_sentence(first)) return std::nullopt;
  return first;
}

bool is_title_with_credit(std::span<const text::Word> words, std::span<const text::Word> title) {
  if (title.size() < kMinHeadlineWords || words.size() <= title.size()) return false;
  for (std::size_t i = 0; i < title.size(); ++i) {
    if (words[i].hash != title[i].hash) return false;
  }
  const std::span<const text::Word> rest = words.subspan(title.size());
  return rest.size() <= kMaxCreditWords && has_credit_word(rest);
}

bool has_credit_word(std::span<const text::Word> words) {
  return std::any_of(words.begin(), words.end(),
                     [](const text::Word& w) { return credit_words().contains(w.hash); });
}

std::optional<std::string_view> dateline_of(std::string_view line) {
  const std::size_t dash = find_dash(line);
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view dateline = text::trim(line.substr(0, dash));
  if (dateline.empty() || dateline.size() > kMaxDatelineBytes) return std::nullopt;
  const auto [place, agency] = split_agency(dateline);
  const std::string_view town = text::trim(place.substr(0, place.find(',')));
  const bool sure = is_name(town, 1) && !agency.empty() && matches(agency, agency_pattern());
  const bool capitals = matches(town, capitals_pattern());
  if (!sure && !capitals) return std::nullopt;
  return dateline;
}

std::string_view host_of(std::string_view site) {
  site = text::trim(site);
  const std::size_t scheme = site.find("://");
  if (scheme != std::string_view::npos) site.remove_prefix(scheme + 3);
  site = site.substr(0, site.find_first_of("/?#: "));
  constexpr std::string_view kWww = "www.";
  const bool www = site.size() > kWww.size() &&
                   std::equal(kWww.begin(), kWww.end(), site.begin(),
                              [](char a, char b) { return a == b || a == (b | 0x20); });
  return www ? site.substr(kWww.size()) : site;
}

std::string_view tidy_value(std::string_view value) {
  constexpr std::array<char32_t, 18> kMarks = {U'|', U'•', U'·', U'-', U'–', U'—',
                                               U':', U',', U';', U'/', U'»', U'«',
                                               U'›', U'‹', U'>', U'<', U'*', U'●'};
  const auto is_mark = [&](char32_t c) {
    return std::find(kMarks.begin(), kMarks.end(), c) != kMarks.end();
  };
  while (true) {
    value = text::trim(value);
    if (value.empty()) return value;
    const text::CodePoint first = text::decode_utf8(value, 0);
    if (is_mark(first.value)) {
      value.remove_prefix(first.length);
      continue;
    }
    std::size_t last = value.size() - 1;
    while (!text::is_utf8_boundary(value, last)) --last;
    if (!is_mark(text::decode_utf8(value, last).value)) return value;
    value = value.substr(0, last);
  }
}

Overlap overlap(std::span<const text::Word> words, std::span<const text::Word> among) {
  std::unordered_set<std::uint64_t> known;
  for (const text::Word& word : among) known.insert(word.hash);
  Overlap result;
  std::size_t asked = 0;
  for (const text::Word& word : words) {
    if (word.end - word.begin < kContentWordBytes) continue;
    ++asked;
    if (known.contains(word.hash)) ++result.found;
  }
  if (asked > 0) result.share = static_cast<double>(result.found) / static_cast<double>(asked);
  return result;
}

}  // namespace copydesk::cleaning
