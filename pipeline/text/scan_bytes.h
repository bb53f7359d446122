// The loops over single bytes, with SIMD. Each has a scalar twin that gives the same for every
// input; the fast ones choose the instructions of the machine when they are first called. Internal
// to pipeline/text.
//
// Highway (https://github.com/google/highway) compiles them for every instruction set. Masks of 64
// bytes and a list of their edges: Langdale, Lemire, Parsing Gigabytes of JSON per Second, VLDB
// Journal 2019.
#ifndef COPYDESK_PIPELINE_TEXT_SCAN_BYTES_H_
#define COPYDESK_PIPELINE_TEXT_SCAN_BYTES_H_

#include <array>
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

// The words of a piece by what hash they need, which is by length: 1 to 3 bytes, 4 to 8, 9 to 16
// and longer. A word is packed: the begin in 13 bits, from bit 13 on the length in 5 (31: 31 or
// more), from bit 18 on its number in 14.
struct WordsByLength {
  static constexpr std::size_t kKinds = 4;
  static constexpr std::size_t kMostWords = 4000;
  static constexpr std::size_t kMostBegin = (1U << 13) - 1;
  static constexpr std::size_t kSpare = 64;

  static constexpr std::size_t begin(std::uint32_t packed) { return packed & 0x1FFF; }
  static constexpr std::size_t length(std::uint32_t packed) { return packed >> 13 & 0x1F; }
  static constexpr std::size_t number(std::uint32_t packed) { return packed >> 18; }

  std::array<std::size_t, kKinds> sizes;
  std::array<std::array<std::uint32_t, kMostWords + kSpare>, kKinds> words;  // ascending
};

// Sorts `count` <= kMostWords words, given as their edges with kSpareEdges behind, the last of
// which is <= kMostBegin.
void sort_by_length(const std::uint16_t* edges, std::size_t count, WordsByLength& out);
void sort_by_length_scalar(const std::uint16_t* edges, std::size_t count, WordsByLength& out);

// Spare places that place_words() needs behind the last word.
inline constexpr std::size_t kSpareWords = 16;

// Sets begin and end of words[i], i < count, to edges[2 i] + at and edges[2 i + 1] + at, and their
// hashes to 0.
void place_words(const std::uint16_t* edges, std::size_t count, std::uint32_t at, Word* words);
void place_words_scalar(const std::uint16_t* edges, std::size_t count, std::uint32_t at,
                        Word* words);

// Sets the hash of each word to the XXH3-64 of its bytes: those in `sorted` and in `words` at their
// numbers. `folded`: what the begins in `sorted` are relative to, with seven bytes behind the last.
void hash_words(const char* folded, const WordsByLength& sorted, Word* words);
void hash_words_scalar(const char* folded, const WordsByLength& sorted, Word* words);

}  // namespace copydesk::text

#endif  // COPYDESK_PIPELINE_TEXT_SCAN_BYTES_H_
