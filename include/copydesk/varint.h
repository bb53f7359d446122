// Unsigned numbers in 1 to 10 bytes: seven bits each, the lowest first; all but the last byte have
// the eighth bit. (LEB128 of the DWARF standard.) Each number has one form: the shortest.
//
// Thread-safety: pure functions. Cost: a few instructions a byte.
#ifndef COPYDESK_VARINT_H_
#define COPYDESK_VARINT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace copydesk {

inline void append_varint(std::uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

// Reads one number; next() gives a byte as 0 to 255, or a negative number if there is none. Nothing
// if the bytes end too early, are not the shortest form, or say more than 64 bits.
template <class NextByte>
[[nodiscard]] std::optional<std::uint64_t> read_varint(NextByte next) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const int byte = next();
    if (byte < 0) return std::nullopt;
    const std::uint64_t bits = static_cast<std::uint64_t>(byte) & 0x7F;
    if (shift == 63 && bits > 1) return std::nullopt;
    value |= bits << shift;
    if (byte >= 0x80) continue;
    if (byte == 0 && shift > 0) return std::nullopt;
    return value;
  }
  return std::nullopt;
}

// Takes one number off the front. What is left of `in` is unspecified if there is none.
[[nodiscard]] inline std::optional<std::uint64_t> take_varint(std::string_view& in) {
  return read_varint([&in] {
    if (in.empty()) return -1;
    const int byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    return byte;
  });
}

}  // namespace copydesk

#endif  // COPYDESK_VARINT_H_
