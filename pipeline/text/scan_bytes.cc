#include "scan_bytes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

#include "characters.h"
#include "short_hash.h"

// This file is compiled once for each instruction set, AVX-512 with byte compression among them.
#define HWY_WANT_AVX3_DL 1
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "scan_bytes.cc"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#ifndef COPYDESK_PIPELINE_TEXT_SCAN_BYTES_SHARED_
#define COPYDESK_PIPELINE_TEXT_SCAN_BYTES_SHARED_

namespace copydesk::text {
namespace {

// The words of a piece by what hash they need, which is by length: 1 to 3 bytes, 4 to 8, 9 to 16
// and longer. A word is packed: the begin in 13 bits, from bit 13 on the length in 5 (31: 31 or
// more), from bit 18 on its number in 14.
struct WordsByLength {
  static constexpr std::size_t kKinds = 4;
  static constexpr std::size_t kSpare = 64;

  static constexpr std::size_t begin(std::uint32_t packed) { return packed & 0x1FFF; }
  static constexpr std::size_t length(std::uint32_t packed) { return packed >> 13 & 0x1F; }
  static constexpr std::size_t number(std::uint32_t packed) { return packed >> 18; }

  std::array<std::size_t, kKinds> sizes;
  std::array<std::array<std::uint32_t, kMostWords + kSpare>, kKinds> words;  // ascending
};

}  // namespace
}  // namespace copydesk::text

#endif  // COPYDESK_PIPELINE_TEXT_SCAN_BYTES_SHARED_

HWY_BEFORE_NAMESPACE();
namespace copydesk::text {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

void classify(const char* in, std::size_t size, char* folded, const ByteMasks& masks) {
  classify_bytes_scalar(in, size, folded, masks);
}

#else

using Bytes = hn::CappedTag<std::uint8_t, kBlock>;
using ByteVector = hn::Vec<Bytes>;

// A mask of 64 bits from those of vectors.
class BlockMask {
 public:
  template <class Mask>
  HWY_INLINE void set(std::size_t first, Mask mask) {
    hn::StoreMaskBits(Bytes(), mask, bits_ + first / 8);
  }
  [[nodiscard]] HWY_INLINE std::uint64_t get() const {
    std::uint64_t mask = 0;
    std::memcpy(&mask, bits_, sizeof mask);
    return mask;
  }

 private:
  std::uint8_t bits_[kBlock / 8];
};

// Classifies the block whose bytes load(i) gives, a vector from the i-th on.
template <class Load>
HWY_INLINE void classify_block(Load load, char* folded, const ByteMasks& masks, std::size_t block) {
  const Bytes d;
  const std::size_t lanes = hn::Lanes(d);
  const auto space = hn::Set(d, ' ');
  const auto letter_a = hn::Set(d, 'a');
  const auto letters = hn::Set(d, 'z' - 'a' + 1);
  const auto digit_0 = hn::Set(d, '0');
  const auto digits = hn::Set(d, 10);
  const auto last_ascii = hn::Set(d, 0x7F);
  BlockMask word_mask;
  BlockMask digit_mask;
  BlockMask beyond_mask;
  for (std::size_t i = 0; i < kBlock; i += lanes) {
    const auto bytes = load(i);
    const auto lowered = hn::Or(bytes, space);  // digits have the bit of a space already
    const auto is_digit = hn::Lt(hn::Sub(bytes, digit_0), digits);
    const auto is_word = hn::Or(hn::Lt(hn::Sub(lowered, letter_a), letters), is_digit);
    hn::StoreU(hn::IfThenElse(is_word, lowered, space), d,
               reinterpret_cast<std::uint8_t*>(folded + block * kBlock + i));
    word_mask.set(i, is_word);
    digit_mask.set(i, is_digit);
    beyond_mask.set(i, hn::Lt(last_ascii, bytes));
  }
  masks.word[block] = word_mask.get();
  masks.digit[block] = digit_mask.get();
  std::uint64_t beyond = beyond_mask.get();
  if (beyond != 0) {
    // Without the general punctuation that lies in the block.
    const auto lead = hn::Set(d, 0xE2);
    const auto first = hn::Set(d, 0x80);
    const auto lasts = hn::Set(d, 0x40);
    const auto but_one = hn::Set(d, 0xFE);
    const auto joiner = hn::Set(d, 0x8C);
    BlockMask leads;
    BlockMask middles;
    BlockMask ends;
    for (std::size_t i = 0; i < kBlock; i += lanes) {
      const auto bytes = load(i);
      const auto is_joiner = hn::Eq(hn::And(bytes, but_one), joiner);
      leads.set(i, hn::Eq(bytes, lead));
      middles.set(i, hn::Eq(bytes, first));
      ends.set(i, hn::AndNot(is_joiner, hn::Lt(hn::Sub(bytes, first), lasts)));
    }
    const std::uint64_t begins = leads.get() & middles.get() >> 1 & ends.get() >> 2;
    beyond &= ~(begins | begins << 1 | begins << 2);
  }
  masks.beyond[block] = beyond;
}

void classify(const char* in, std::size_t size, char* folded, const ByteMasks& masks) {
  const Bytes d;
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(in);
  const std::size_t whole = size / kBlock;
  for (std::size_t block = 0; block < whole; ++block) {
    const auto load = [&](std::size_t i)
                          HWY_ATTR { return hn::LoadU(d, bytes + block * kBlock + i); };
    classify_block(load, folded, masks, block);
  }
  const std::uint8_t* const last = bytes + whole * kBlock;
  const std::size_t rest = size % kBlock;
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  const auto load = [&](std::size_t)
                        HWY_ATTR { return hn::MaskedLoad(hn::FirstN(d, rest), d, last); };
  classify_block(load, folded, masks, whole);
#else
  std::array<std::uint8_t, kBlock> padded{};
  if (rest > 0) std::memcpy(padded.data(), last, rest);
  const auto load = [&](std::size_t i) HWY_ATTR { return hn::LoadU(d, padded.data() + i); };
  classify_block(load, folded, masks, whole);
#endif
}

#endif

#if HWY_TARGET == HWY_AVX3_DL

std::size_t edges_of(const std::uint64_t* masks, std::size_t blocks, std::uint16_t* edges) {
  constexpr int kAtOnce = 32;
  const hn::ScalableTag<std::uint8_t> d8;
  const __m512i places = hn::Iota(d8, 0).raw;
  std::uint16_t* out = edges;
  std::uint64_t carry = 0;
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::uint64_t mask = masks[block];
    const std::uint64_t edge = mask ^ (mask << 1 | carry);
    carry = mask >> 63;
    const int count = std::popcount(edge);
    const __m512i base = _mm512_set1_epi16(static_cast<std::int16_t>(block * kBlock));
    const __m512i found = _mm512_maskz_compress_epi8(edge, places);
    const __m512i first = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(found));
    _mm512_storeu_si512(out, _mm512_add_epi16(first, base));
    if (count > kAtOnce) [[unlikely]] {
      const __m512i second = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(found, 1));
      _mm512_storeu_si512(out + kAtOnce, _mm512_add_epi16(second, base));
    }
    out += count;
  }
  return static_cast<std::size_t>(out - edges);
}

std::size_t keep(const char* bytes, const std::uint64_t* masks, std::size_t blocks, char* out) {
  char* const begin = out;
  for (std::size_t block = 0; block < blocks; ++block) {
    const __m512i all = _mm512_loadu_si512(bytes + block * kBlock);
    _mm512_storeu_si512(out, _mm512_maskz_compress_epi8(masks[block], all));
    out += std::popcount(masks[block]);
  }
  return static_cast<std::size_t>(out - begin);
}

#else

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

// Run by run.
std::size_t keep(const char* bytes, const std::uint64_t* masks, std::size_t blocks, char* out) {
  constexpr std::size_t kStride = 16;
  constexpr std::size_t kBlocksAtOnce = 128;
  std::array<std::uint16_t, kBlocksAtOnce * kBlock + kSpareEdges> edges;
  char* const begin = out;
  for (std::size_t done = 0; done < blocks; done += kBlocksAtOnce) {
    // A run that goes on beyond the last block has its begin only.
    const std::size_t some = std::min(kBlocksAtOnce, blocks - done);
    std::size_t count = edges_of(masks + done, some, edges.data());
    if (count % 2 != 0) edges[count++] = static_cast<std::uint16_t>(some * kBlock);
    for (std::size_t i = 0; i < count; i += 2) {
      const char* const from = bytes + done * kBlock + edges[i];
      const std::size_t size = edges[i + 1] - std::size_t{edges[i]};
      for (std::size_t at = 0; at < size; at += kStride) {
        std::memcpy(out + at, from + at, kStride);
      }
      out += size;
    }
  }
  return static_cast<std::size_t>(out - begin);
}

#endif

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL

void sort_words(const std::uint16_t* edges, std::size_t count, WordsByLength& out) {
  const hn::CappedTag<std::uint32_t, 16> d;
  const hn::Repartition<std::uint16_t, decltype(d)> d16;
  const std::size_t lanes = hn::Lanes(d);
  const auto low = hn::Set(d, 0xFFFF);
  const auto most = hn::Set(d, 31);
  const auto three = hn::Set(d, 3);
  const auto eight = hn::Set(d, 8);
  const auto sixteen = hn::Set(d, 16);
  auto numbers = hn::ShiftLeft<18>(hn::Iota(d, 0));
  const auto step = hn::Set(d, static_cast<std::uint32_t>(lanes) << 18);
  std::size_t size_3 = 0;
  std::size_t size_8 = 0;
  std::size_t size_16 = 0;
  std::size_t longer = 0;
  for (std::size_t i = 0; i < count; i += lanes) {
    // A lane is a word: its begin in the lower half, its end in the upper.
    const auto both = hn::BitCast(d, hn::LoadU(d16, edges + 2 * i));
    const auto begin = hn::And(both, low);
    const auto length = hn::Min(hn::Sub(hn::ShiftRight<16>(both), begin), most);
    const auto packed = hn::Or(hn::Or(begin, hn::ShiftLeft<13>(length)), numbers);
    numbers = hn::Add(numbers, step);
    const auto real = hn::FirstN(d, count - i);
    const auto over_3 = hn::Gt(length, three);
    const auto over_8 = hn::Gt(length, eight);
    const auto over_16 = hn::Gt(length, sixteen);
    // Not CompressStore(): some machines take a hundred cycles to compress into memory.
    const auto append = [&](auto mask, std::size_t kind, std::size_t& size) {
      hn::StoreU(hn::Compress(packed, mask), d, out.words[kind].data() + size);
      size += hn::CountTrue(d, mask);
    };
    append(hn::AndNot(over_3, real), 0, size_3);
    append(hn::And(hn::AndNot(over_8, over_3), real), 1, size_8);
    append(hn::And(hn::AndNot(over_16, over_8), real), 2, size_16);
    append(hn::And(over_16, real), 3, longer);
  }
  out.sizes = {size_3, size_8, size_16, longer};
}

#else

// Without a branch on the length: it is hard to foresee.
void sort_words(const std::uint16_t* edges, std::size_t count, WordsByLength& out) {
  std::size_t size_3 = 0;
  std::size_t size_8 = 0;
  std::size_t size_16 = 0;
  std::size_t longer = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t begin = edges[2 * i];
    const std::uint32_t length = edges[2 * i + 1] - begin;
    const std::uint32_t packed =
        begin | std::min(length, 31U) << 13 | static_cast<std::uint32_t>(i) << 18;
    out.words[0][size_3] = packed;
    size_3 += length <= 3 ? 1 : 0;
    out.words[1][size_8] = packed;
    size_8 += length - 4 <= 4 ? 1 : 0;
    out.words[2][size_16] = packed;
    size_16 += length - 9 <= 7 ? 1 : 0;
    out.words[3][longer] = packed;
    longer += length > 16 ? 1 : 0;
  }
  out.sizes = {size_3, size_8, size_16, longer};
}

#endif

#if HWY_TARGET == HWY_SCALAR

void place(const std::uint16_t* edges, std::size_t count, std::uint32_t at, Word* words) {
  for (std::size_t i = 0; i < count; ++i) {
    words[i].begin = edges[2 * i] + at;
    words[i].end = edges[2 * i + 1] + at;
  }
}

#else

void place(const std::uint16_t* edges, std::size_t count, std::uint32_t at, Word* words) {
  static_assert(sizeof(Word) == 16 && offsetof(Word, end) == 4 && offsetof(Word, hash) == 8);
  const hn::CappedTag<std::uint64_t, 8> d64;
  const hn::Repartition<std::uint32_t, decltype(d64)> d32;
  const hn::Rebind<std::uint16_t, decltype(d32)> d16;
  const std::size_t lanes = hn::Lanes(d64);
  const auto base = hn::Set(d32, at);
  for (std::size_t i = 0; i < count; i += lanes) {
    const auto ends = hn::Add(hn::PromoteTo(d32, hn::LoadU(d16, edges + 2 * i)), base);
    hn::StoreInterleaved2(hn::BitCast(d64, ends), hn::Zero(d64), d64,
                          reinterpret_cast<std::uint64_t*>(words + i));
  }
}

#endif

void hash_each(const char* folded, const WordsByLength& sorted, Word* words, std::size_t kind,
               auto hash) {
  const std::uint32_t* const list = sorted.words[kind].data();
  const std::size_t size = sorted.sizes[kind];
  for (std::size_t i = 0; i < size; ++i) {
    words[WordsByLength::number(list[i])].hash =
        hash(folded + WordsByLength::begin(list[i]), WordsByLength::length(list[i]));
  }
}

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL

using Words64 = hn::FixedTag<std::uint64_t, 8>;
using Vector = hn::Vec<Words64>;

// hash_1_to_3() of the first bytes of each lane.
HWY_INLINE Vector hash_up_to_3(Vector bytes, Vector length) {
  const Words64 d;
  const auto byte = hn::Set(d, 0xFF);
  const auto middle = hn::ShiftLeft<3>(hn::ShiftRight<1>(length));
  const auto last = hn::ShiftLeft<3>(hn::Sub(length, hn::Set(d, 1)));
  auto x = hn::ShiftLeft<16>(hn::And(bytes, byte));
  x = hn::Or(x, hn::ShiftLeft<24>(hn::And(hn::Shr(bytes, middle), byte)));
  x = hn::Or(x, hn::And(hn::Shr(bytes, last), byte));
  x = hn::Or(x, hn::ShiftLeft<8>(length));
  x = hn::Xor(x, hn::Set(d, 0x87275A9B));
  x = hn::Xor(x, hn::ShiftRight<33>(x));
  x = hn::Mul(x, hn::Set(d, 0xC2B2AE3D27D4EB4F));
  x = hn::Xor(x, hn::ShiftRight<29>(x));
  x = hn::Mul(x, hn::Set(d, 0x165667B19E3779F9));
  return hn::Xor(x, hn::ShiftRight<32>(x));
}

// hash_4_to_8() of the first bytes of each lane.
HWY_INLINE Vector hash_up_to_8(Vector bytes, Vector length) {
  const Words64 d;
  const auto before_last = hn::ShiftLeft<3>(hn::Sub(length, hn::Set(d, 4)));
  const auto last = hn::And(hn::Shr(bytes, before_last), hn::Set(d, 0xFFFFFFFF));
  auto x = hn::Add(last, hn::ShiftLeft<32>(bytes));
  x = hn::Xor(x, hn::Set(d, 0xC73AB174C5ECD5A2));
  x = hn::Xor(x, hn::Xor(hn::RotateRight<64 - 49>(x), hn::RotateRight<64 - 24>(x)));
  x = hn::Mul(x, hn::Set(d, 0x9FB21C651E98DF25));
  x = hn::Xor(x, hn::Add(hn::ShiftRight<35>(x), length));
  x = hn::Mul(x, hn::Set(d, 0x9FB21C651E98DF25));
  return hn::Xor(x, hn::ShiftRight<28>(x));
}

// Words of up to 8 bytes, eight at once: loaded and stored one by one, because machines differ in
// what a gather costs by a factor of ten.
template <Vector (*kHash)(Vector, Vector)>
void hash_eights(const char* folded, const WordsByLength& sorted, Word* words, std::size_t kind) {
  constexpr std::size_t kLanes = 8;
  constexpr std::size_t kAtOnce = 256;
  const Words64 d;
  const hn::Rebind<std::uint32_t, Words64> d32;
  const std::size_t size = sorted.sizes[kind];
  alignas(64) std::array<std::uint64_t, kAtOnce> room;
  for (std::size_t done = 0; done < size; done += kAtOnce) {
    const std::uint32_t* const list = sorted.words[kind].data() + done;
    const std::size_t some = std::min(kAtOnce, size - done);
    for (std::size_t i = 0; i < some; ++i) {
      std::memcpy(&room[i], folded + WordsByLength::begin(list[i]), sizeof room[i]);
    }
    for (std::size_t i = 0; i < some; i += kLanes) {
      const auto packed = hn::PromoteTo(d, hn::LoadU(d32, list + i));
      const auto length = hn::And(hn::ShiftRight<13>(packed), hn::Set(d, 0x1F));
      hn::Store(kHash(hn::Load(d, &room[i]), length), d, &room[i]);
    }
    for (std::size_t i = 0; i < some; ++i) words[WordsByLength::number(list[i])].hash = room[i];
  }
}

void hash_short(const char* folded, const WordsByLength& sorted, Word* words) {
  hash_eights<hash_up_to_3>(folded, sorted, words, 0);
  hash_eights<hash_up_to_8>(folded, sorted, words, 1);
  hash_each(folded, sorted, words, 2, hash_9_to_16);
}

#else

void hash_short(const char* folded, const WordsByLength& sorted, Word* words) {
  hash_each(folded, sorted, words, 0, hash_1_to_3);
  hash_each(folded, sorted, words, 1, hash_4_to_8);
  hash_each(folded, sorted, words, 2, hash_9_to_16);
}

#endif

void words_of(const char* folded, const std::uint16_t* edges, std::size_t count, std::uint32_t at,
              Word* words) {
  place(edges, count, at, words);
  WordsByLength sorted;
  sort_words(edges, count, sorted);
  hash_short(folded, sorted, words);
  for (std::size_t i = 0; i < sorted.sizes[3]; ++i) {
    const std::uint32_t packed = sorted.words[3][i];
    Word& word = words[WordsByLength::number(packed)];
    word.hash = XXH3_64bits(folded + WordsByLength::begin(packed), word.end - word.begin);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace copydesk::text
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace copydesk::text {

HWY_EXPORT(classify);
HWY_EXPORT(edges_of);
HWY_EXPORT(keep);
HWY_EXPORT(words_of);

void classify_bytes(const char* in, std::size_t size, char* folded, const ByteMasks& masks) {
  HWY_DYNAMIC_DISPATCH(classify)(in, size, folded, masks);
}

std::size_t keep_bytes(const char* bytes, const std::uint64_t* masks, std::size_t blocks,
                       char* out) {
  return HWY_DYNAMIC_DISPATCH(keep)(bytes, masks, blocks, out);
}

std::size_t find_edges(const std::uint64_t* masks, std::size_t blocks, std::uint16_t* edges) {
  return HWY_DYNAMIC_DISPATCH(edges_of)(masks, blocks, edges);
}

void make_words(const char* folded, const std::uint16_t* edges, std::size_t count, std::uint32_t at,
                Word* words) {
  HWY_DYNAMIC_DISPATCH(words_of)(folded, edges, count, at, words);
}

void classify_bytes_scalar(const char* in, std::size_t size, char* folded, const ByteMasks& masks) {
  const auto byte = [&](std::size_t at) {
    return at < size ? static_cast<unsigned char>(in[at]) : static_cast<unsigned char>(0);
  };
  for (std::size_t block = 0; block <= size / kBlock; ++block) {
    std::uint64_t word = 0;
    std::uint64_t digit = 0;
    std::uint64_t beyond = 0;
    for (std::size_t i = 0; i < kBlock; ++i) {
      const unsigned char c = byte(block * kBlock + i);
      const std::uint64_t bit = std::uint64_t{1} << i;
      if (c >= 128) beyond |= bit;
      const CharacterClass kind = c < 128 ? kAscii.classes[c] : CharacterClass::kSeparator;
      const bool is_word = kind != CharacterClass::kSeparator;
      folded[block * kBlock + i] = is_word ? kAscii.lower[c] : ' ';
      if (is_word) word |= bit;
      if (kind == CharacterClass::kDigit) digit |= bit;
    }
    for (std::size_t i = 0; i + 2 < kBlock; ++i) {
      const std::size_t at = block * kBlock + i;
      const unsigned char last = byte(at + 2);
      const bool is_joiner = last == 0x8C || last == 0x8D;
      if (byte(at) == 0xE2 && byte(at + 1) == 0x80 && (last & 0xC0) == 0x80 && !is_joiner) {
        beyond &= ~(std::uint64_t{7} << i);
      }
    }
    masks.word[block] = word;
    masks.digit[block] = digit;
    masks.beyond[block] = beyond;
  }
}

std::size_t keep_bytes_scalar(const char* bytes, const std::uint64_t* masks, std::size_t blocks,
                              char* out) {
  std::size_t size = 0;
  for (std::size_t at = 0; at < blocks * kBlock; ++at) {
    if ((masks[at / kBlock] >> at % kBlock & 1) != 0) out[size++] = bytes[at];
  }
  return size;
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

void make_words_scalar(const char* folded, const std::uint16_t* edges, std::size_t count,
                       std::uint32_t at, Word* words) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = edges[2 * i];
    const std::size_t end = edges[2 * i + 1];
    words[i] = {static_cast<std::uint32_t>(at + begin), static_cast<std::uint32_t>(at + end),
                hash_bytes({folded + begin, end - begin})};
  }
}

}  // namespace copydesk::text
#endif  // HWY_ONCE
