// A piece of text as masks: which bytes are of words, and their folded form in place. What words
// and line keys are made of. Internal to pipeline/text.
#ifndef COPYDESK_PIPELINE_TEXT_SCAN_H_
#define COPYDESK_PIPELINE_TEXT_SCAN_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "scan_bytes.h"

namespace copydesk::text {

// For the stack, and large: left uninitialised until scan() fills it.
//
// Characters that are letters or digits and fold to as many bytes as they have are "plain": ASCII,
// most of Latin, Greek and Cyrillic, Hangul, and more. All others that words are made of are
// "special": a run of ones with a special byte has to be looked at character by character.
struct Scan {
  static constexpr std::size_t kMaxBytes = 7680;
  static constexpr std::size_t kMaxBlocks = kMaxBytes / kBlock + 1;
  using Masks = std::array<std::uint64_t, kMaxBlocks>;

  // Takes off what follows the last separator, and gives the bytes that are left: 0 if there is no
  // separator.
  std::size_t cut_at_separator();

  std::size_t size = 0;          // bytes of the piece
  std::size_t blocks = 0;        // masks that are filled: one more than the whole blocks in `size`
  bool any_special = false;      // else `special` is not filled
  bool any_other_digit = false;  // a plain digit that is not ASCII, such as "²"
  Masks word;                    // no ones from `size` on
  Masks digit;                   // of ASCII
  Masks special;
  std::array<char, kMaxBlocks * kBlock + kSpareBytes>
      folded;  // plain characters; separators are spaces

 private:
  friend void scan(std::string_view text, std::size_t begin, Scan& out);

  void add_beyond_ascii(std::string_view text, std::size_t begin, const Masks& beyond);
};

// Scans what follows `begin` in `text`, as much as fits. Precondition: begin <= text.size().
void scan(std::string_view text, std::size_t begin, Scan& out);

// The edges of the runs of ones in scan.word and the like, see find_edges().
using Edges = std::array<std::uint16_t, Scan::kMaxBytes + kSpareEdges>;

inline std::span<const std::uint16_t> edges_of(const Scan::Masks& masks, std::size_t blocks,
                                               Edges& room) {
  return {room.data(), find_edges(masks.data(), blocks, room.data())};
}

}  // namespace copydesk::text

#endif  // COPYDESK_PIPELINE_TEXT_SCAN_H_
