// decode_utf8() inline, for loops over every character. Internal to pipeline/text.
#ifndef COPYDESK_PIPELINE_TEXT_DECODE_H_
#define COPYDESK_PIPELINE_TEXT_DECODE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace copydesk::text {

// The length of the valid sequence at s[at], at < s.size(), and its value; 0, and any value, if
// there is none. The table of well-formed sequences is in the Unicode Standard, chapter 3, table
// 3-7.
inline std::uint32_t decode_sequence(std::string_view s, std::size_t at, char32_t& value) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[at + i]); };
  const auto is_continuation = [](unsigned char c) { return (c & 0xC0) == 0x80; };
  const std::size_t left = s.size() - at;
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    value = lead;
    return 1;
  }
  if (lead >= 0xC2 && lead <= 0xDF) {
    if (left < 2 || !is_continuation(byte(1))) return 0;
    value = (lead & 0x1FU) << 6 | (byte(1) & 0x3FU);
    return 2;
  }
  if ((lead & 0xF0) == 0xE0) {
    if (left < 3 || !is_continuation(byte(1)) || !is_continuation(byte(2))) return 0;
    value = (lead & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU);
    const bool overlong = value < 0x800;
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    return overlong || surrogate ? 0 : 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (left < 4 || !is_continuation(byte(1)) || !is_continuation(byte(2)) ||
        !is_continuation(byte(3))) {
      return 0;
    }
    value =
        (lead & 0x07U) << 18 | (byte(1) & 0x3FU) << 12 | (byte(2) & 0x3FU) << 6 | (byte(3) & 0x3FU);
    return value < 0x10000 || value > 0x10FFFF ? 0 : 4;
  }
  return 0;
}

}  // namespace copydesk::text

#endif  // COPYDESK_PIPELINE_TEXT_DECODE_H_
