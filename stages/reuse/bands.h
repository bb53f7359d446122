// Bands: slices of a sketch used as keys. Documents that agree in all rows of one band become
// candidates (locality-sensitive hashing, Indyk and Motwani 1998, Broder 1997).
#ifndef COPYDESK_STAGES_REUSE_BANDS_H_
#define COPYDESK_STAGES_REUSE_BANDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "reuse/sketch.h"

namespace copydesk::reuse {

struct Bands {
  int bands = 0;
  int rows = 0;
};

// A band has at least this many rows. One or two would make pairs of texts that have little in
// common; three carry more than the 56 bits that a key needs, whatever the length of the text.
inline constexpr int kMinRows = 3;

// The most selective bands (most rows) that still make a pair of Jaccard `threshold` a candidate
// with probability `recall` or more; kMinRows rows if none does. Precondition: both in (0, 1].
[[nodiscard]] Bands choose_bands(double threshold, double recall = 0.9);

// The probability that a pair of this Jaccard becomes a candidate: 1 - (1 - J^rows)^bands.
[[nodiscard]] double candidate_probability(Bands bands, double jaccard);

// How many bands a pair of this Jaccard shares on average, at least 1.
[[nodiscard]] std::uint32_t expected_shared(Bands bands, double jaccard);

// "J .30: .680, J .40: .938, …" for people: the S-curve these bands really have.
[[nodiscard]] std::string describe_curve(Bands bands);

// One 64-bit key for each band, out[i] of band i, `out` cleared first; keys of different bands do
// not meet. Nothing for the sketch of an empty set. Pure and thread-safe.
void band_keys(const Sketch& sketch, Bands bands, std::vector<std::uint64_t>& out);

// What postings keep of a band's key. Among n documents some n^2 / 2^37 pairs a band meet for
// nothing and are compared in vain: 700 of 10^7.
inline constexpr int kBandKeyBits = 36;
[[nodiscard]] constexpr std::uint64_t short_band_key(std::uint64_t key) {
  return key >> (64 - kBandKeyBits);
}

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_BANDS_H_
