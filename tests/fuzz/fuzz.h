// What the fuzzers share.
#ifndef COPYDESK_TESTS_FUZZ_FUZZ_H_
#define COPYDESK_TESTS_FUZZ_FUZZ_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "copydesk/text/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace copydesk::fuzz {

inline std::string_view bytes_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Ends the run, also where assert() is compiled out.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// Takes choices off the front of an input; at its end every choice is 0. So each input means
// something, and a byte more or less changes only what follows it.
class Feed {
 public:
  explicit Feed(std::string_view bytes) : bytes_(bytes) {}

  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return value;
  }
  // Below `limit`, which is 1 to 65536.
  std::uint32_t below(std::size_t limit) {
    std::uint32_t value = byte();
    if (limit > 256) value = value << 8 | byte();
    return value % static_cast<std::uint32_t>(limit);
  }
  bool flip() { return (byte() & 1) != 0; }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | byte();
    return value;
  }
  // Up to 255 bytes: a length, then as many as there are.
  std::string_view bytes() { return take(byte()); }
  std::string_view take(std::size_t size) {
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(taken.size());
    return taken;
  }
  // Up to `last`, which goes too; all if it does not stand there.
  std::string_view until(char last) {
    const std::string_view taken = take(std::min(bytes_.find(last), bytes_.size()));
    take(1);
    return taken;
  }
  std::string_view rest() { return take(bytes_.size()); }
  [[nodiscard]] bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

// The bytes as a text: each that is not UTF-8 becomes a question mark.
inline std::string as_text(std::string_view bytes) {
  std::string text;
  while (const auto invalid = text::find_invalid_utf8(bytes)) {
    text.append(bytes, 0, *invalid);
    text += '?';
    bytes.remove_prefix(*invalid + 1);
  }
  return text.append(bytes);
}

}  // namespace copydesk::fuzz

#endif  // COPYDESK_TESTS_FUZZ_FUZZ_H_
