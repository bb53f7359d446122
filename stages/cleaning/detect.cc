#include "cleaning/detect.h"

// clang-format off: CLD2's header uses FILE and does not include it.
#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include <cstdio>
// clang-format on

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "copydesk/text/language.h"
#include "copydesk/text/utf8.h"

namespace copydesk::cleaning {
namespace {

// Lines that an ordinary sample is made of; short ones leave room for more.
constexpr std::size_t kSampleLines = 4;
constexpr std::size_t kMaxSampleLines = 16;
// A line that has less than this share of the longest one's bytes stands beside the article; one of
// so many bytes may be a short paragraph of it.
constexpr std::size_t kShareOfLongest = 4;
constexpr std::size_t kParagraphBytes = 80;

// A look at a sample: how many bytes, and which share of its letters, in percent, must be in one
// language to believe it.
struct Look {
  std::size_t bytes = 0;
  int share = 0;
};
constexpr std::array<Look, 2> kLooks = {{{256, 90}, {1024, 50}}};

// Bytes of letters and the spaces between them. Of Russian texts of 40 bytes CLD2 takes one in
// eleven for another language, of 64 bytes one in thirty; other languages fare better.
constexpr int kMinLetterBytes = 64;

std::size_t size_of(const text::Line& line) { return line.end - line.begin; }

bool is_longer(const text::Line& x, const text::Line& y) {
  return size_of(x) != size_of(y) ? size_of(x) > size_of(y) : x.begin < y.begin;
}

// The bytes that a line of the article has at least.
std::size_t least_bytes(std::span<const text::Line> longest) {
  if (longest.empty()) return 0;
  return std::min(size_of(longest.front()) / kShareOfLongest, kParagraphBytes);
}

// The language CLD2 sees in a sample; empty if it is not sure, or less of it than `share` percent
// is in the language.
std::string look_at(const std::string& sample, int share) {
  const CLD2::CLDHints no_hints = {nullptr, nullptr, CLD2::UNKNOWN_ENCODING,
                                   CLD2::UNKNOWN_LANGUAGE};
  std::array<CLD2::Language, 3> languages = {};
  std::array<int, 3> percents = {};
  std::array<double, 3> scores = {};
  int letter_bytes = 0;
  bool reliable = false;
  // The "Ext" functions say "unknown" where the plain ones say "English".
  // What it returns is its guess at the language that readers are after: it prefers the second
  // language of a page to a first one that is common in chrome. We leave chrome out ourselves.
  CLD2::ExtDetectLanguageSummary(sample.data(), static_cast<int>(sample.size()), true, &no_hints, 0,
                                 languages.data(), percents.data(), scores.data(), nullptr,
                                 &letter_bytes, &reliable);
  if (!reliable || letter_bytes < kMinLetterBytes || percents[0] < share) return {};
  return text::language_code(CLD2::LanguageCode(languages[0]));
}

}  // namespace

void sample_article(std::string_view text, std::span<const text::Line> lines, std::size_t bytes,
                    DetectScratch& scratch) {
  std::vector<text::Line>& longest = scratch.longest;
  longest.resize(std::min(lines.size(), kMaxSampleLines));
  std::partial_sort_copy(lines.begin(), lines.end(), longest.begin(), longest.end(), is_longer);
  const std::size_t least = least_bytes(longest);
  while (!longest.empty() && size_of(longest.back()) < least) longest.pop_back();

  const std::size_t piece = bytes / std::clamp<std::size_t>(longest.size(), 1, kSampleLines);
  std::string& sample = scratch.sample;
  sample.clear();
  std::size_t left = bytes;
  for (const text::Line& line : longest) {
    std::size_t size = std::min({size_of(line), piece, left});
    while (!text::is_utf8_boundary(text, line.begin + size)) --size;
    sample.append(text, line.begin, size);
    sample += '\n';
    left -= size;
    if (left == 0) break;
  }
}

std::string detect_language(std::string_view text, std::span<const text::Line> lines,
                            DetectScratch& scratch) {
  for (const Look& look : kLooks) {
    sample_article(text, lines, look.bytes, scratch);
    std::string language = look_at(scratch.sample, look.share);
    if (!language.empty()) return language;
  }
  return {};
}

}  // namespace copydesk::cleaning
