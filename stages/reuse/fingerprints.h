// Fingerprints: a sample of the word grams of a text, chosen so that no long shared run is missed.
//
// Winnowing (Schleimer, Wilkerson, Aiken: Winnowing: Local Algorithms for Document Fingerprinting,
// SIGMOD 2003): of every window of consecutive gram hashes the smallest is kept. Two texts that
// share a run of `guarantee` words share a whole window and therefore a fingerprint.
#ifndef COPYDESK_STAGES_REUSE_FINGERPRINTS_H_
#define COPYDESK_STAGES_REUSE_FINGERPRINTS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "copydesk/text/words.h"

namespace copydesk::reuse {

// Words in the gram of a fingerprint: long enough that it is rarely a coincidence.
inline constexpr int kFingerprintWords = 8;

struct Fingerprint {
  std::uint64_t hash = 0;
  std::uint32_t word = 0;  // the gram's words are [word, word + kFingerprintWords)
};

// What postings and stock language keep of a fingerprint: enough that among 10^9 articles two that
// are not the same hardly ever meet.
inline constexpr int kFingerprintKeyBits = 48;
[[nodiscard]] constexpr std::uint64_t fingerprint_key(std::uint64_t hash) {
  // The smallest hashes of windows are small: the product spreads them.
  return (hash * 0x9E3779B97F4A7C15) >> (64 - kFingerprintKeyBits);
}

// The fingerprints of a text in order, `out` cleared first; a gram that occurs again may stand
// there again. Any run of `guarantee` words contains one and yields the same ones wherever it
// stands, up to kFingerprintWords - 1 words and a window from its ends. A text of fewer than
// `guarantee` but at least kFingerprintWords words has one fingerprint; a shorter one has none.
// About 2 / (guarantee - kFingerprintWords + 2) fingerprints a word. Pure and thread-safe.
// Precondition: guarantee >= kFingerprintWords.
void winnow(std::span<const text::Word> words, int guarantee, std::vector<Fingerprint>& out);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_FINGERPRINTS_H_
