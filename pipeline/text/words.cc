#include "copydesk/text/words.h"

#include <utf8proc.h>
#include <xxhash.h>

#include <array>
#include <cassert>
#include <cstdlib>
#include <limits>
#include <memory>

#include "characters.h"
#include "copydesk/text/utf8.h"

namespace copydesk::text {
namespace {

std::uint64_t hash_bytes(std::string_view s) { return XXH3_64bits(s.data(), s.size()); }

bool is_ascii(std::string_view s) {
  for (const char c : s) {
    if (static_cast<unsigned char>(c) >= 128) return false;
  }
  return true;
}

// Calls emit(begin, end) for each word of `text`, in order.
template <class Emit>
void for_each_word(std::string_view text, Emit emit) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at]);
    CodePoint c{lead, 1};
    CharacterClass kind{};
    if (lead < 128) {
      kind = kAscii.classes[lead];
    } else {
      c = decode_utf8(text, at);
      kind = classify(c.value);
    }
    if (kind == CharacterClass::kSeparator) {
      at += c.length;
      continue;
    }
    const std::size_t begin = at;
    if (kind == CharacterClass::kUnspaced) {
      // Overlapping bigrams: (1 2) (2 3) … ; a single character stands alone.
      std::size_t previous = begin;
      at += c.length;
      std::size_t emitted = 0;
      while (at < text.size()) {
        const CodePoint next = decode_utf8(text, at);
        if (classify(next.value) != CharacterClass::kUnspaced) break;
        emit(previous, at + next.length);
        ++emitted;
        previous = at;
        at += next.length;
      }
      if (emitted == 0) emit(begin, at);
      continue;
    }
    at += c.length;
    while (at < text.size()) {
      const auto byte = static_cast<unsigned char>(text[at]);
      if (byte < 128) {
        if (kAscii.classes[byte] == CharacterClass::kSeparator) break;
        ++at;
        continue;
      }
      const CodePoint next = decode_utf8(text, at);
      const CharacterClass next_kind = classify(next.value);
      if (next_kind != CharacterClass::kLetter && next_kind != CharacterClass::kDigit) break;
      at += next.length;
    }
    emit(begin, at);
  }
}

// Lower-cases ASCII into `buffer`; words longer than it take the general way.
constexpr std::size_t kFoldBuffer = 64;

}  // namespace

std::string fold(std::string_view s) {
  std::string out;
  if (is_ascii(s)) {
    out.reserve(s.size());
    for (const char c : s) out.push_back(kAscii.lower[static_cast<unsigned char>(c)]);
    return out;
  }
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t length = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(s.data()), static_cast<utf8proc_ssize_t>(s.size()),
      &mapped,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  if (length < 0) return std::string(s);  // invalid UTF-8 folds to itself
  out.assign(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length));
  return out;
}

std::uint64_t word_hash(std::string_view word) {
  if (word.size() <= kFoldBuffer && is_ascii(word)) {
    std::array<char, kFoldBuffer> buffer;
    for (std::size_t i = 0; i < word.size(); ++i) {
      buffer[i] = kAscii.lower[static_cast<unsigned char>(word[i])];
    }
    return hash_bytes({buffer.data(), word.size()});
  }
  return hash_bytes(fold(word));
}

void split_words(std::string_view text, std::vector<Word>& out) {
  assert(text.size() < std::numeric_limits<std::uint32_t>::max());
  out.clear();
  for_each_word(text, [&](std::size_t begin, std::size_t end) {
    out.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end),
                   word_hash(text.substr(begin, end - begin))});
  });
}

std::size_t count_words(std::string_view text) {
  std::size_t count = 0;
  for_each_word(text, [&](std::size_t, std::size_t) { ++count; });
  return count;
}

bool splits_word(std::string_view text, std::size_t at) {
  if (at == 0 || at >= text.size()) return false;
  if (!is_utf8_boundary(text, at)) return true;
  std::size_t before = at - 1;
  while (before > 0 && !is_utf8_boundary(text, before)) --before;
  const auto in_word = [&](std::size_t i) {
    const CharacterClass kind = classify(decode_utf8(text, i).value);
    return kind == CharacterClass::kLetter || kind == CharacterClass::kDigit;
  };
  return in_word(before) && in_word(at);
}

}  // namespace copydesk::text
