// Sketches: a fixed-size summary of a set from which the Jaccard similarity of two sets can be
// estimated.
//
// Fast Similarity Sketching (Dahlgaard, Knudsen, Thorup: Fast Similarity Sketching, FOCS 2017). In
// round r < k every element throws one dart into a random bin; in round r >= k every element throws
// into bin r - k. A bin keeps the smallest dart it ever got, darts of earlier rounds being smaller;
// the first round after which no bin is empty is the last. Two sets agree in a bin with probability
// J, and the bins of one sketch are drawn almost without replacement, so the error is below that of
// MinHash with as many permutations, most of all for short texts.
#ifndef COPYDESK_STAGES_REUSE_SKETCH_H_
#define COPYDESK_STAGES_REUSE_SKETCH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace copydesk::reuse {

inline constexpr std::size_t kSketchSize = 128;

// A bin: the round in the upper 8 bits, the place of the dart within the round in the lower 56. So
// many because the smallest of n places has log2(n / kSketchSize) bits less to tell texts apart by:
// three bins of a text of a million words still carry more than 120.
using Sketch = std::array<std::uint64_t, kSketchSize>;

// What all bins of an empty set's sketch hold. Matches nothing, not even itself.
inline constexpr std::uint64_t kEmptyBin = ~std::uint64_t{0};

// Sketches a set of hashes, which must be well mixed (shingles are); their order does not matter,
// nor does one that stands there again. Cost: O(n + k log k) expected. Pure and thread-safe.
void sketch_shingles(std::span<const std::uint64_t> elements, Sketch& sketch);

// The share of bins that agree: an unbiased estimate of Jaccard. 0 if a set is empty.
[[nodiscard]] double estimate_jaccard(const Sketch& a, const Sketch& b);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_SKETCH_H_
