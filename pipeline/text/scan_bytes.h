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

namespace copydesk::text {

// Bytes in a block: bit i of a mask is of its byte i.
inline constexpr std::size_t kBlock = 64;

// What the ASCII characters of blocks are, a mask a block.
struct ByteMasks {
  std::uint64_t* word = nullptr;    // letters and digits
  std::uint64_t* digit = nullptr;   // digits
  std::uint64_t* beyond = nullptr;  // not ASCII
};

// Classifies `blocks` blocks of bytes and copies them to `lower`, upper-case ASCII letters as
// lower-case ones. in and lower: blocks * 64 bytes, which do not overlap.
void classify_bytes(const char* in, std::size_t blocks, char* lower, const ByteMasks& masks);
void classify_bytes_scalar(const char* in, std::size_t blocks, char* lower, const ByteMasks& masks);

// Most blocks of which edges can be listed.
inline constexpr std::size_t kMaxBlocks = 1023;

// Spare places that `edges` needs behind the last edge.
inline constexpr std::size_t kSpareEdges = 64;

// Writes to `edges` where runs of ones begin and end, in order and in turns: a run is
// [edges[2 i], edges[2 i + 1]). Gives the number of edges, which is even: the last bit of the last
// mask must be 0. Precondition: blocks <= kMaxBlocks.
std::size_t find_edges(const std::uint64_t* masks, std::size_t blocks, std::uint16_t* edges);
std::size_t find_edges_scalar(const std::uint64_t* masks, std::size_t blocks, std::uint16_t* edges);

}  // namespace copydesk::text

#endif  // COPYDESK_PIPELINE_TEXT_SCAN_BYTES_H_
