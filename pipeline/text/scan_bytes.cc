#include "scan_bytes.h"

#include <bit>
#include <cstring>

#include "characters.h"

// This file is compiled once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "scan_bytes.cc"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace copydesk::text {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

void classify(const char* in, std::size_t blocks, char* lower, const ByteMasks& masks) {
  classify_bytes_scalar(in, blocks, lower, masks);
}

#else

void classify(const char* in, std::size_t blocks, char* lower, const ByteMasks& masks) {
  const hn::CappedTag<std::uint8_t, kBlock> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto upper_to_lower = hn::Set(d, 0x20);
  const auto letter_a = hn::Set(d, 'a');
  const auto letters = hn::Set(d, 'z' - 'a' + 1);
  const auto digit_0 = hn::Set(d, '0');
  const auto digits = hn::Set(d, 10);
  const auto last_ascii = hn::Set(d, 0x7F);
  for (std::size_t block = 0; block < blocks; ++block) {
    std::uint8_t word_bits[kBlock / 8];
    std::uint8_t digit_bits[kBlock / 8];
    std::uint8_t beyond_bits[kBlock / 8];
    for (std::size_t i = 0; i < kBlock; i += lanes) {
      const std::size_t at = block * kBlock + i;
      const auto bytes = hn::LoadU(d, reinterpret_cast<const std::uint8_t*>(in + at));
      const auto lowered = hn::Or(bytes, upper_to_lower);
      const auto is_letter = hn::Lt(hn::Sub(lowered, letter_a), letters);
      const auto is_digit = hn::Lt(hn::Sub(bytes, digit_0), digits);
      hn::StoreU(hn::IfThenElse(is_letter, lowered, bytes), d,
                 reinterpret_cast<std::uint8_t*>(lower + at));
      hn::StoreMaskBits(d, hn::Or(is_letter, is_digit), word_bits + i / 8);
      hn::StoreMaskBits(d, is_digit, digit_bits + i / 8);
      hn::StoreMaskBits(d, hn::Lt(last_ascii, bytes), beyond_bits + i / 8);
    }
    std::memcpy(masks.word + block, word_bits, sizeof word_bits);
    std::memcpy(masks.digit + block, digit_bits, sizeof digit_bits);
    std::memcpy(masks.beyond + block, beyond_bits, sizeof beyond_bits);
  }
}

#endif

// Compiled for each instruction set too: counting and clearing bits are instructions of their own
// where there is AVX2.
std::size_t edges_of(const std::uint64_t* masks, std::size_t blocks, std::uint16_t* edges) {
  constexpr int kUnrolled = 8;
  std::uint16_t* out = edges;
  std::uint64_t carry = 0;
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::uint64_t mask = masks[block];
    std::uint64_t left = mask ^ (mask << 1 | carry);
    carry = mask >> 63;
    const int count = std::popcount(left);
    const std::size_t base = block * kBlock;
    // More are written than there are, so that there is one branch for eight.
    for (int done = 0; done < count; done += kUnrolled) {
      for (int i = 0; i < kUnrolled; ++i) {
        out[done + i] =
            static_cast<std::uint16_t>(base + static_cast<std::size_t>(std::countr_zero(left)));
        left &= left - 1;
      }
    }
    out += count;
  }
  return static_cast<std::size_t>(out - edges);
}

}  // namespace HWY_NAMESPACE
}  // namespace copydesk::text
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace copydesk::text {

HWY_EXPORT(classify);
HWY_EXPORT(edges_of);

void classify_bytes(const char* in, std::size_t blocks, char* lower, const ByteMasks& masks) {
  HWY_DYNAMIC_DISPATCH(classify)(in, blocks, lower, masks);
}

std::size_t find_edges(const std::uint64_t* masks, std::size_t blocks, std::uint16_t* edges) {
  return HWY_DYNAMIC_DISPATCH(edges_of)(masks, blocks, edges);
}

void classify_bytes_scalar(const char* in, std::size_t blocks, char* lower,
                           const ByteMasks& masks) {
  for (std::size_t block = 0; block < blocks; ++block) {
    std::uint64_t word = 0;
    std::uint64_t digit = 0;
    std::uint64_t beyond = 0;
    for (std::size_t i = 0; i < kBlock; ++i) {
      const std::size_t at = block * kBlock + i;
      const auto byte = static_cast<unsigned char>(in[at]);
      const std::uint64_t bit = std::uint64_t{1} << i;
      lower[at] = in[at];
      if (byte >= 128) {
        beyond |= bit;
        continue;
      }
      lower[at] = kAscii.lower[byte];
      if (kAscii.classes[byte] != CharacterClass::kSeparator) word |= bit;
      if (kAscii.classes[byte] == CharacterClass::kDigit) digit |= bit;
    }
    masks.word[block] = word;
    masks.digit[block] = digit;
    masks.beyond[block] = beyond;
  }
}

std::size_t find_edges_scalar(const std::uint64_t* masks, std::size_t blocks,
                              std::uint16_t* edges) {
  std::size_t count = 0;
  bool inside = false;
  for (std::size_t at = 0; at < blocks * kBlock; ++at) {
    const bool one = (masks[at / kBlock] >> at % kBlock & 1) != 0;
    if (one != inside) edges[count++] = static_cast<std::uint16_t>(at);
    inside = one;
  }
  return count;
}

}  // namespace copydesk::text
#endif  // HWY_ONCE
