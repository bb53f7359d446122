// Where the article lies on a page: the run of lines in which running text outweighs the rest.
#ifndef COPYDESK_CLEANING_ZONES_H_
#define COPYDESK_CLEANING_ZONES_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace copydesk::cleaning {

// A run of lines, [begin, end).
struct Zone {
  std::size_t begin = 0;
  std::size_t end = 0;

  [[nodiscard]] bool empty() const { return begin == end; }
  [[nodiscard]] bool holds(std::size_t line) const { return line >= begin && line < end; }
};

// The run of lines with the largest sum of gains, the first of equals; empty if none is above 0.
// Kadane's maximum segment sum: one pass.
[[nodiscard]] Zone best_zone(std::span<const std::int64_t> gains);

// What a line adds to an article: running text its bytes, at most kMostGain of them; a sentence
// shorter than running text half of that; any other line costs `interruption` bytes.
inline constexpr std::int64_t kMostGain = 400;
// A shorter line is no sentence, whatever it ends in.
inline constexpr float kSentenceWords = 4.0F;
enum class LineWeight : std::uint8_t { kOther, kSentence, kBody };
[[nodiscard]] std::int64_t gain_of(LineWeight weight, std::uint64_t bytes,
                                   std::int64_t interruption);

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_ZONES_H_
