// Text for benchmarks, made up here: the same bytes for the same seed on every machine.
//
// Words are syllables drawn from 20,000 ranks, the n-th with probability ~ 1/n; most are ASCII, a
// few end in "é" and take the Unicode path. Sentences have capitals, commas, numbers, curly quotes
// and dashes; lines are paragraphs, with short ones and empty ones between, as on scraped pages.
//
// What references may rely on: a byte is part of a word if it is an ASCII letter or digit or one of
// the two bytes of "é" (is_word_byte()); no other letter beyond ASCII occurs, and no mark.
#ifndef COPYDESK_BENCH_MICRO_SYNTHETIC_TEXT_H_
#define COPYDESK_BENCH_MICRO_SYNTHETIC_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace copydesk::bench {

// Size of a document in bytes: about that of a news article with its chrome.
inline constexpr std::size_t kDocumentBytes = 4096;

// Whole lines, at least `bytes` bytes of them (a line more at most).
[[nodiscard]] std::string synthetic_text(std::uint64_t seed, std::size_t bytes);

// Documents of about 4 KB that all text benchmarks run over, so that their rates compare. More than
// the branch predictor can learn by heart. Made at the first call; thread-safe.
[[nodiscard]] const std::vector<std::string>& documents();

// The bytes of all documents().
[[nodiscard]] std::size_t documents_bytes();

[[nodiscard]] bool is_word_byte(char c);

}  // namespace copydesk::bench

#endif  // COPYDESK_BENCH_MICRO_SYNTHETIC_TEXT_H_
