#include "io/json_bytes.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

// This file is compiled once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "io/json_bytes.cc"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#ifndef COPYDESK_PIPELINE_IO_JSON_BYTES_SHARED_
#define COPYDESK_PIPELINE_IO_JSON_BYTES_SHARED_

namespace copydesk {
namespace {

[[maybe_unused]] bool needs_escape(unsigned char c) {
  return c < 0x20 || c == '"' || c == '\\' || c == 0x7F;
}

[[maybe_unused]] bool is_control(unsigned char c) {
  return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
}

// Writes the escape of a byte, and gives its length.
[[maybe_unused]] std::size_t write_escape(unsigned char c, char* out) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  constexpr std::string_view kEscaped = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  out[0] = '\\';
  if (const std::size_t at = kEscaped.find(static_cast<char>(c)); at != std::string_view::npos) {
    out[1] = kLetters[at];
    return 2;
  }
  const std::array<char, 5> digits = {'u', '0', '0', kHexDigits[c >> 4], kHexDigits[c & 15]};
  std::memcpy(out + 1, digits.data(), digits.size());
  return 1 + digits.size();
}

// What an escape of two bytes stands for.
[[maybe_unused]] char unescaped(char letter) {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return letter;
  }
}

}  // namespace
}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_IO_JSON_BYTES_SHARED_

HWY_BEFORE_NAMESPACE();
namespace copydesk {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

std::size_t escape(std::string_view s, char* out) { return escape_json_scalar(s, out); }
Unescaped unescape(std::string_view inside, char* out) { return unescape_json_scalar(inside, out); }
bool has_control(std::string_view s) { return has_control_bytes_scalar(s); }
void backslashes(std::string_view s, std::uint64_t* masks) { find_backslashes_scalar(s, masks); }

#else

using Bytes = hn::CappedTag<std::uint8_t, 64>;
using Vector = hn::Vec<Bytes>;

// The first bytes of `s`, and zeros behind them if there are too few.
HWY_INLINE Vector load(std::string_view s) {
  const Bytes d;
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(s.data());
  if (s.size() >= hn::Lanes(d)) return hn::LoadU(d, bytes);
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  return hn::MaskedLoad(hn::FirstN(d, s.size()), d, bytes);
#else
  std::array<std::uint8_t, 64> padded{};
  if (!s.empty()) std::memcpy(padded.data(), bytes, s.size());
  return hn::LoadU(d, padded.data());
#endif
}

HWY_INLINE void store(Vector v, char* out) {
  hn::StoreU(v, Bytes(), reinterpret_cast<std::uint8_t*>(out));
}

// The place of the first byte of `s` that `is_wanted` has a lane for, or the end of the vector or
// of `s`.
template <class Mask>
HWY_INLINE std::size_t first_of(Mask is_wanted, std::string_view s) {
  const Bytes d;
  const std::intptr_t found = hn::FindFirstTrue(d, is_wanted);
  const std::size_t end = std::min(s.size(), hn::Lanes(d));
  return found < 0 ? end : std::min(static_cast<std::size_t>(found), end);
}

std::size_t escape(std::string_view s, char* out) {
  const Bytes d;
  const auto controls = hn::Set(d, 0x20);
  const auto quote = hn::Set(d, '"');
  const auto backslash = hn::Set(d, '\\');
  const auto del = hn::Set(d, 0x7F);
  char* const begin = out;
  while (!s.empty()) {
    const auto bytes = load(s);
    const auto escaped = hn::Or(hn::Or(hn::Lt(bytes, controls), hn::Eq(bytes, quote)),
                                hn::Or(hn::Eq(bytes, backslash), hn::Eq(bytes, del)));
    store(bytes, out);
    const std::size_t plain = first_of(escaped, s);
    out += plain;
    s.remove_prefix(plain);
    if (plain == hn::Lanes(d) || s.empty()) continue;
    out += write_escape(static_cast<unsigned char>(s.front()), out);
    s.remove_prefix(1);
  }
  return static_cast<std::size_t>(out - begin);
}

Unescaped unescape(std::string_view inside, char* out) {
  const Bytes d;
  const auto backslash = hn::Set(d, '\\');
  const char* const begin = inside.data();
  char* const out_begin = out;
  while (!inside.empty()) {
    const auto bytes = load(inside);
    store(bytes, out);
    const std::size_t plain = first_of(hn::Eq(bytes, backslash), inside);
    out += plain;
    inside.remove_prefix(plain);
    if (plain == hn::Lanes(d) || inside.empty()) continue;
    if (inside[1] == 'u') break;
    *out++ = unescaped(inside[1]);
    inside.remove_prefix(2);
  }
  return {static_cast<std::size_t>(inside.data() - begin),
          static_cast<std::size_t>(out - out_begin)};
}

void backslashes(std::string_view s, std::uint64_t* masks) {
  constexpr std::size_t kBlock = 64;
  const Bytes d;
  const auto backslash = hn::Set(d, '\\');
  for (std::size_t block = 0; block <= s.size() / kBlock; ++block) {
    std::uint8_t bits[sizeof(std::uint64_t)];
    for (std::size_t i = 0; i < kBlock; i += hn::Lanes(d)) {
      const std::string_view rest = s.substr(std::min(s.size(), block * kBlock + i));
      hn::StoreMaskBits(d, hn::Eq(load(rest), backslash), bits + i / 8);
    }
    std::memcpy(masks + block, bits, sizeof bits);
  }
}

bool has_control(std::string_view s) {
  const Bytes d;
  const auto controls = hn::Set(d, 0x20);
  const auto del = hn::Set(d, 0x7F);
  const auto tab = hn::Set(d, '\t');
  const auto newline = hn::Set(d, '\n');
  const auto carriage_return = hn::Set(d, '\r');
  while (!s.empty()) {
    // Zeros behind the end are none of the text's.
    const auto bytes = load(s);
    const auto breaks =
        hn::Or(hn::Or(hn::Eq(bytes, tab), hn::Eq(bytes, newline)), hn::Eq(bytes, carriage_return));
    const auto found = hn::Or(hn::AndNot(breaks, hn::Lt(bytes, controls)), hn::Eq(bytes, del));
    const std::size_t size = std::min(s.size(), hn::Lanes(d));
    if (first_of(found, s) < size) return true;
    s.remove_prefix(size);
  }
  return false;
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace copydesk
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace copydesk {

HWY_EXPORT(escape);
HWY_EXPORT(unescape);
HWY_EXPORT(has_control);
HWY_EXPORT(backslashes);

std::size_t escape_json(std::string_view s, char* out) {
  return HWY_DYNAMIC_DISPATCH(escape)(s, out);
}

Unescaped unescape_json(std::string_view inside, char* out) {
  return HWY_DYNAMIC_DISPATCH(unescape)(inside, out);
}

bool has_control_bytes(std::string_view s) { return HWY_DYNAMIC_DISPATCH(has_control)(s); }

void find_backslashes(std::string_view s, std::uint64_t* masks) {
  HWY_DYNAMIC_DISPATCH(backslashes)(s, masks);
}

void find_backslashes_scalar(std::string_view s, std::uint64_t* masks) {
  std::fill_n(masks, s.size() / 64 + 1, 0);
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '\\') masks[i / 64] |= std::uint64_t{1} << i % 64;
  }
}

std::size_t escape_json_scalar(std::string_view s, char* out) {
  std::size_t size = 0;
  for (const char c : s) {
    if (needs_escape(static_cast<unsigned char>(c))) {
      size += write_escape(static_cast<unsigned char>(c), out + size);
    } else {
      out[size++] = c;
    }
  }
  return size;
}

Unescaped unescape_json_scalar(std::string_view inside, char* out) {
  Unescaped done;
  while (done.read < inside.size()) {
    const char c = inside[done.read];
    if (c == '\\' && inside[done.read + 1] == 'u') break;
    out[done.written++] = c == '\\' ? unescaped(inside[done.read + 1]) : c;
    done.read += c == '\\' ? 2 : 1;
  }
  return done;
}

bool has_control_bytes_scalar(std::string_view s) {
  return std::any_of(s.begin(), s.end(),
                     [](char c) { return is_control(static_cast<unsigned char>(c)); });
}

}  // namespace copydesk
#endif  // HWY_ONCE
