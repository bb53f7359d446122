// XXH3-64 (xxHash 0.8, seed 0, default secret) of short strings, inline: words are so short that
// the call and the dispatch by length cost more than the hash. Internal to pipeline/text.
//
// Specification: https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md (Yann Collet). The
// constants below are those of the specification, and of its default secret, already combined.
#ifndef COPYDESK_PIPELINE_TEXT_SHORT_HASH_H_
#define COPYDESK_PIPELINE_TEXT_SHORT_HASH_H_

#include <xxhash.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace copydesk::text {

static_assert(std::endian::native == std::endian::little, "words are hashed as they lie in memory");

namespace detail {

template <class T>
inline T load(const char* p) {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

inline std::uint64_t multiply_fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace detail

// Of 1 to 3 bytes.
inline std::uint64_t hash_1_to_3(const char* p, std::size_t size) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(p[i]));
  };
  const std::uint32_t combined = byte(0) << 16 | byte(size >> 1) << 24 | byte(size - 1) |
                                 static_cast<std::uint32_t>(size) << 8;
  std::uint64_t x = combined ^ std::uint64_t{0x87275A9B};
  x ^= x >> 33;
  x *= 0xC2B2AE3D27D4EB4F;
  x ^= x >> 29;
  x *= 0x165667B19E3779F9;
  return x ^ (x >> 32);
}

// Of 4 to 8 bytes.
inline std::uint64_t hash_4_to_8(const char* p, std::size_t size) {
  std::uint64_t x = detail::load<std::uint32_t>(p + size - 4) +
                    (std::uint64_t{detail::load<std::uint32_t>(p)} << 32);
  x ^= 0xC73AB174C5ECD5A2;
  x ^= std::rotl(x, 49) ^ std::rotl(x, 24);
  x *= 0x9FB21C651E98DF25;
  x ^= (x >> 35) + size;
  x *= 0x9FB21C651E98DF25;
  return x ^ (x >> 28);
}

// Of 9 to 16 bytes.
inline std::uint64_t hash_9_to_16(const char* p, std::size_t size) {
  const std::uint64_t low = detail::load<std::uint64_t>(p) ^ 0x6782737BEA4239B9;
  const std::uint64_t high = detail::load<std::uint64_t>(p + size - 8) ^ 0xAF56BC3B0996523A;
  std::uint64_t x = size + __builtin_bswap64(low) + high + detail::multiply_fold(low, high);
  x ^= x >> 37;
  x *= 0x165667919E3779F9;
  return x ^ (x >> 32);
}

// Of any string.
inline std::uint64_t hash_bytes(std::string_view s) {
  if (s.size() - 1 < 3) return hash_1_to_3(s.data(), s.size());
  if (s.size() - 4 < 5) return hash_4_to_8(s.data(), s.size());
  if (s.size() - 9 < 8) return hash_9_to_16(s.data(), s.size());
  return XXH3_64bits(s.data(), s.size());
}

}  // namespace copydesk::text

#endif  // COPYDESK_PIPELINE_TEXT_SHORT_HASH_H_
