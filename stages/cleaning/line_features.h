// What the line model sees of a page: numbers and word buckets for each of its lines.
//
// Features speak of the ORIGINAL text and of what earlier stages have cut from it: a menu that a
// rule has taken tells what kind of line stands beside it. Nothing here is learned; the one
// implementation serves training (stages/data) and use alike.
#ifndef COPYDESK_CLEANING_LINE_FEATURES_H_
#define COPYDESK_CLEANING_LINE_FEATURES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "copydesk/document.h"

namespace copydesk::cleaning {

// Of each line; a model names the version it was trained on, and no other fits.
inline constexpr std::uint32_t kLineFeatureVersion = 1;
// Numbers per line, each within [0, 1].
inline constexpr std::size_t kLineNumbers = 89;
// Tokens per line at most: the first words, the last ones, and the first and last once more as
// what they are.
inline constexpr std::size_t kMaxLineTokens = 26;

// A line of the original that holds a word. Lines without are as if they were not there.
struct ModelLine {
  Span span;                      // of the original, white space at the ends apart
  bool alive = true;              // some of it is left
  std::uint32_t living = 0;       // bytes of it that are left
  bool body = false;              // running text (line_shape.h)
  std::uint32_t first_token = 0;  // index in LineFeatures::tokens
  std::uint32_t tokens = 0;
};

struct LineFeatures {
  std::vector<ModelLine> lines;       // in the order of the text
  std::vector<float> numbers;         // kLineNumbers a line
  std::vector<std::uint32_t> tokens;  // upper halves of word hashes, and what is made of them

  [[nodiscard]] std::span<const float> numbers_of(std::size_t line) const {
    return std::span(numbers).subspan(line * kLineNumbers, kLineNumbers);
  }
  [[nodiscard]] std::span<const std::uint32_t> tokens_of(std::size_t line) const {
    return std::span(tokens).subspan(lines[line].first_token, lines[line].tokens);
  }
};

// Writes the features of a document to `out` (what it held is gone). The same bytes on every
// machine: only single operations of IEEE floats, in one order. Cost: one more split into words if
// the text was edited, and a few passes over the bytes; about 500 bytes of memory a line.
void line_features(const Document& document, LineFeatures& out);

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_LINE_FEATURES_H_
