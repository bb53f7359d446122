// Invented words, so that no text of a benchmark is anybody's.
#ifndef COPYDESK_BENCH_INVENTED_WORDS_H_
#define COPYDESK_BENCH_INVENTED_WORDS_H_

#include <cstddef>
#include <string>

namespace copydesk::bench {

// The word of a rank: two syllables for the most frequent, three for the rare ones; all distinct
// up to rank 340,000. Lower case; one in 40 ends in "é", the others are ASCII. At most 8 bytes.
[[nodiscard]] std::string invented_word(std::size_t rank);

}  // namespace copydesk::bench

#endif  // COPYDESK_BENCH_INVENTED_WORDS_H_
