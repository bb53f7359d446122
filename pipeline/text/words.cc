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

struct Character {
  CharacterClass kind = CharacterClass::kSeparator;
  std::uint32_t length = 1;
};

// The character at text[at]. Precondition: at < text.size().
Character character_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 128) return {kAscii.classes[lead], 1};
  const CodePoint c = decode_utf8(text, at);
  return {classify(c.value), c.length};
}

// Where the marks that begin at `at` end.
std::size_t skip_marks(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const Character c = character_at(text, at);
    if (c.kind != CharacterClass::kMark) break;
    at += c.length;
  }
  return at;
}

// Emits the overlapping bigrams (1 2) (2 3) … of the unspaced run that begins at `at`, or its one
// character; returns where the run ends.
template <class Emit>
std::size_t emit_bigrams(std::string_view text, std::size_t at, Emit& emit) {
  std::size_t previous = at;
  at = skip_marks(text, at + character_at(text, at).length);
  bool alone = true;
  while (at < text.size()) {
    const Character c = character_at(text, at);
    if (c.kind != CharacterClass::kUnspaced) break;
    const std::size_t begin = at;
    at = skip_marks(text, at + c.length);
    emit(previous, at);
    previous = begin;
    alone = false;
  }
  if (alone) emit(previous, at);
  return at;
}

// Calls emit(begin, end) for each word of `text`, in order.
template <class Emit>
void for_each_word(std::string_view text, Emit emit) {
  std::size_t at = 0;
  while (at < text.size()) {
    const Character first = character_at(text, at);
    if (first.kind == CharacterClass::kUnspaced) {
      at = emit_bigrams(text, at, emit);
      continue;
    }
    const std::size_t begin = at;
    at += first.length;
    if (first.kind != CharacterClass::kLetter && first.kind != CharacterClass::kDigit) continue;
    std::size_t end = at;  // joiners count only if the word goes on behind them
    while (at < text.size()) {
      const Character c = character_at(text, at);
      if (c.kind == CharacterClass::kSeparator || c.kind == CharacterClass::kUnspaced) break;
      at += c.length;
      if (c.kind != CharacterClass::kJoiner) end = at;
    }
    emit(begin, end);
  }
}

// Longer words are folded the general way.
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
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(s.data()),
                   static_cast<utf8proc_ssize_t>(s.size()), &mapped,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                                  UTF8PROC_CASEFOLD | UTF8PROC_IGNORE));
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

  // What stands before the cut, marks and joiners aside.
  CharacterClass before = CharacterClass::kSeparator;
  bool joiner = false;
  for (std::size_t i = at; i > 0;) {
    do --i;
    while (!is_utf8_boundary(text, i));
    before = character_at(text, i).kind;
    if (before == CharacterClass::kJoiner) {
      joiner = true;
    } else if (before != CharacterClass::kMark) {
      break;
    }
  }
  // What follows it, joiners aside.
  Character after = character_at(text, at);
  while (after.kind == CharacterClass::kJoiner && at + after.length < text.size()) {
    joiner = true;
    at += after.length;
    after = character_at(text, at);
  }
  if (before == CharacterClass::kUnspaced) return after.kind == CharacterClass::kMark && !joiner;
  const auto spaced = [](CharacterClass kind) {
    return kind == CharacterClass::kLetter || kind == CharacterClass::kDigit;
  };
  return spaced(before) && (spaced(after.kind) || after.kind == CharacterClass::kMark);
}

}  // namespace copydesk::text
