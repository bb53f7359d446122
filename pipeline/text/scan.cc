#include "scan.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

#include "characters.h"
#include "decode.h"

namespace copydesk::text {
namespace {

// Sets `length` <= 4 bits from `at` on. The masks have one word more than the bits lie in.
void set_bits(Scan::Masks& masks, std::size_t at, std::size_t length) {
  const std::uint64_t ones = (std::uint64_t{1} << length) - 1;
  const std::size_t shift = at % kBlock;
  masks[at / kBlock] |= ones << shift;
  if (shift + length > kBlock) masks[at / kBlock + 1] |= ones >> (kBlock - shift);
}

// The ones of masks[block] that belong to [begin, end).
std::uint64_t clip(std::uint64_t mask, std::size_t block, std::size_t begin, std::size_t end) {
  const std::size_t first = block * kBlock;
  if (begin > first) mask &= ~std::uint64_t{0} << (begin - first);
  if (end < first + kBlock) mask &= (std::uint64_t{1} << (end - first)) - 1;
  return mask;
}

}  // namespace

std::size_t Scan::cut_at_separator() {
  while (size > 0) {
    const std::size_t block = (size - 1) / kBlock;
    const std::uint64_t others = clip(~word[block], block, 0, size);
    size = block * kBlock;
    if (others == 0) continue;
    size += static_cast<std::size_t>(std::bit_width(others));
    blocks = size / kBlock + 1;
    word[size / kBlock] = clip(word[size / kBlock], size / kBlock, 0, size);
    break;
  }
  return size;
}

// What is not ASCII, character by character.
void Scan::add_beyond_ascii(std::string_view text, std::size_t begin, const Masks& beyond) {
  std::size_t next = 0;  // what is before it is done
  for (std::size_t block = 0; block < blocks; ++block) {
    std::uint64_t left = beyond[block];
    if (next > block * kBlock) left = clip(left, block, next, (block + 1) * kBlock);
    while (left != 0) {
      const auto shift = static_cast<std::size_t>(std::countr_zero(left));
      const std::size_t at = block * kBlock + shift;
      char32_t value = 0;
      const std::uint32_t length = decode_sequence(text, begin + at, value);
      next = at + std::max(length, 1U);
      left &= ~(((std::uint64_t{1} << (next - at)) - 1) << shift);
      if (length == 0) continue;  // an invalid byte separates

      const Character& c = character(value);
      if (c.kind == CharacterClass::kSeparator) continue;
      set_bits(word, at, length);
      const bool plain = (c.kind == CharacterClass::kLetter || c.kind == CharacterClass::kDigit) &&
                         c.folded_length == length && c.first_rank == 0;
      if (!plain) {
        if (!any_special) std::fill_n(special.begin(), std::min(blocks + 1, kMaxBlocks), 0);
        any_special = true;
        set_bits(special, at, length);
        continue;
      }
      any_other_digit = any_other_digit || c.kind == CharacterClass::kDigit;
      std::memcpy(folded.data() + at, c.folded.data(), length);
    }
  }
}

void scan(std::string_view text, std::size_t begin, Scan& out) {
  assert(begin <= text.size());
  const char* const bytes = text.data() + begin;
  out.size = std::min(text.size() - begin, Scan::kMaxBytes);
  out.any_special = false;
  out.any_other_digit = false;

  Scan::Masks beyond;
  const std::size_t whole = out.size / kBlock;
  out.blocks = whole + 1;
  classify_bytes(bytes, out.size, out.folded.data(),
                 {out.word.data(), out.digit.data(), beyond.data()});

  std::uint64_t any = 0;
  for (std::size_t block = 0; block < out.blocks; ++block) any |= beyond[block];
  if (any == 0) return;
  if (out.blocks < Scan::kMaxBlocks) out.word[out.blocks] = 0;
  out.add_beyond_ascii(text, begin, beyond);
  out.word[whole] = clip(out.word[whole], whole, 0, out.size);
}

}  // namespace copydesk::text
