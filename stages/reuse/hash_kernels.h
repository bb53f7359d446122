// The loops over hashes, with SIMD. Each has a scalar twin that gives the same for every input; the
// fast ones choose the instructions of the machine when they are first called. All are pure.
#ifndef COPYDESK_STAGES_REUSE_HASH_KERNELS_H_
#define COPYDESK_STAGES_REUSE_HASH_KERNELS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "copydesk/text/words.h"

namespace copydesk::reuse {

// Hashes of `n` words in a row, one for each place: words.size() - n + 1 of them, see hash_grams().
// Precondition: 1 <= n <= words.size().
void gram_hashes(std::span<const text::Word> words, int n, std::uint64_t* out);
void gram_hashes_scalar(std::span<const text::Word> words, int n, std::uint64_t* out);

// A bit for each bin of a sketch.
using BinSet = std::array<std::uint64_t, 2>;

// Where the bin of a dart is in its hash: the uppermost bits.
inline constexpr int kBinBits = 7;

// Throws a dart of round `round` for each element, and writes the hashes of those that hit a bin of
// `open` to `out`, in order; gives their number. out: elements.size() + kSpareDarts.
inline constexpr std::size_t kSpareDarts = 8;
std::size_t throw_darts(std::span<const std::uint64_t> elements, std::uint32_t round,
                        const BinSet& open, std::uint64_t* out);
std::size_t throw_darts_scalar(std::span<const std::uint64_t> elements, std::uint32_t round,
                               const BinSet& open, std::uint64_t* out);

// What a dart that has this hash leaves in its bin, in round 0: the bits below those of the bin,
// but for the lowest, which a multiplication mixes least.
constexpr std::uint64_t dart_place(std::uint64_t hash) {
  return (hash << kBinBits) >> (kBinBits + 1);
}

// Round 0, which every bin is open in: the smallest dart_place() of each bin, or `empty`, which is
// larger. Gives the bins that are empty.
BinSet first_round(std::span<const std::uint64_t> elements, std::uint64_t empty,
                   std::array<std::uint64_t, 1U << kBinBits>& bins);
BinSet first_round_scalar(std::span<const std::uint64_t> elements, std::uint64_t empty,
                          std::array<std::uint64_t, 1U << kBinBits>& bins);

// The smallest of each `window` values in a row, by the place of the first; and the places of the
// last values of those windows whose smallest value, the rightmost of equals, stands at another
// place than that of the window before. The first window is one of them. Writes values.size() -
// window + 1 minima, and gives the number of ends. minima: values.size() + kSpareMinima; ends: as
// many. Precondition: 1 <= window <= values.size() < 2^32.
inline constexpr std::size_t kSpareMinima = 8;
std::size_t find_minima(std::span<const std::uint64_t> values, std::size_t window,
                        std::uint64_t* minima, std::uint32_t* ends);
std::size_t find_minima_scalar(std::span<const std::uint64_t> values, std::size_t window,
                               std::uint64_t* minima, std::uint32_t* ends);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_HASH_KERNELS_H_
