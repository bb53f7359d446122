// The loops over single bytes, with SIMD. Each has a scalar twin that gives the same for every
// input; the fast ones choose the instructions of the machine when they are first called. Internal
// to pipeline/text.
//
// Highway (https://github.com/google/highway) compiles them for every instruction set. Masks of 64
// bytes and a list of their edges: Langdale, Lemire, Parsing Gigabytes of JSON per Second, VLDB
// Journal 2019.
#ifndef COPYDESK_PIPELINE_TEXT_SCAN_BYTES_H_
#define COPYDESK_PIPELINE_TEXT_SCAN_BYTES_H_

#include <cstddef>
#include <cstdint>

#include "copydesk/text/words.h"

namespace copydesk::text {

// Bytes in a block: bit i of a mask is of its byte i.
inline constexpr std::size_t kBlock = 64;

// What the ASCII characters of blocks are, a mask a block.
struct ByteMasks {
  std::uint64_t* word = nullptr;   // letters and digits
  std::uint64_t* digit = nullptr;  // digits
  // Not ASCII; but of the general punctuation (U+2000 to U+203F), quotes and dashes most of all,
  // only the joiners, and what lies in two blocks. All else of it separates.
  std::uint64_t* beyond = nullptr;
};

// Classifies `size` bytes, and zeros behind them: size / 64 + 1 blocks of masks. Copies them to
// `folded`, which has room for the blocks: upper-case ASCII letters as lower-case ones, all that is
// no letter or digit of ASCII as a space. The two do not overlap.
void classify_bytes(const char* in, std::size_t size, char* folded, const ByteMasks& masks);
void classify_bytes_scalar(const char* in, std::size_t size, char* folded, const ByteMasks& masks);

// Spare bytes that keep_bytes() may write, and reads, behind the last.
inline constexpr std::size_t kSpareBytes = 64;

// Copies the bytes of blocks that `masks` has ones for to `out`, one behind the other, and gives
// their number.
std::size_t keep_bytes(const char* bytes, const std::uint64_t* masks, std::size_t blocks,
                       char* out);
std::size_t keep_bytes_scalar(const char* bytes, const std::uint64_t* masks, std::size_t blocks,
                              char* out);

// Most blocks of which edges can be listed.
inline constexpr std::size_t kMaxBlocks = 1023;

// Spare places that `edges` needs behind the last edge.
inline constexpr std::size_t kSpareEdges = 64;

// Writes to `edges` where runs of ones begin and end, in order and in turns: a run is
// [edges[2 i], edges[2 i + 1]). Gives the number of edges, which is even: the last bit of the last
// mask must be 0. Precondition: blocks <= kMaxBlocks.
std::size_t find_edges(const std::uint64_t* masks, std::size_t blocks, std::uint16_t* edges);
std::size_t find_edges_scalar(const std::uint64_t* masks, std::size_t blocks, std::uint16_t* edges);

// Spare places that make_words() needs behind the last word.
inline constexpr std::size_t kSpareWords = 16;

// Bytes and words that make_words() takes.
inline constexpr std::size_t kMostWordBytes = (1U << 13) - 1;
inline constexpr std::size_t kMostWords = 4000;

// Makes words of runs: words[i], i < count, is [edges[2 i] + at, edges[2 i + 1] + at) and has the
// XXH3-64 of the bytes between its edges in `folded`. The first bytes of `folded` behind a word, up
// to seven, and kSpareEdges edges behind the last are read, too. Preconditions: count <=
// kMostWords, no edge is above kMostWordBytes, no run is empty.
void make_words(const char* folded, const std::uint16_t* edges, std::size_t count, std::uint32_t at,
                Word* words);
void make_words_scalar(const char* folded, const std::uint16_t* edges, std::size_t count,
                       std::uint32_t at, Word* words);

}  // namespace copydesk::text

#endif  // COPYDESK_PIPELINE_TEXT_SCAN_BYTES_H_
