#include "support/plain_text.h"

#include <utf8proc.h>
#include <xxhash.h>

#include <cstdlib>
#include <memory>

#include "copydesk/text/utf8.h"

namespace copydesk::text {
namespace {

enum class CharacterClass : std::uint8_t { kSeparator, kLetter, kDigit, kUnspaced, kMark, kJoiner };

struct Character {
  CharacterClass kind = CharacterClass::kSeparator;
  std::uint32_t length = 1;
};

// Blocks whose letters stand without spaces between words.
bool is_unspaced(char32_t c) {
  return (c >= 0x0E00 && c <= 0x0EFF) ||    // Thai, Lao
         (c >= 0x1000 && c <= 0x109F) ||    // Myanmar
         (c >= 0x1780 && c <= 0x17FF) ||    // Khmer
         (c >= 0x3005 && c <= 0x3007) ||    // iteration mark, closing mark, ideographic zero
         (c >= 0x3041 && c <= 0x30FF) ||    // Hiragana, Katakana
         (c >= 0x31F0 && c <= 0x31FF) ||    // Katakana extensions
         (c >= 0x3400 && c <= 0x4DBF) ||    // Han extension A
         (c >= 0x4E00 && c <= 0x9FFF) ||    // Han
         (c >= 0xA9E0 && c <= 0xA9FF) ||    // Myanmar extension B
         (c >= 0xAA60 && c <= 0xAA7F) ||    // Myanmar extension A
         (c >= 0xF900 && c <= 0xFAFF) ||    // Han compatibility
         (c >= 0xFF66 && c <= 0xFF9F) ||    // half-width Katakana and its voicing marks
         (c >= 0x1AFF0 && c <= 0x1B16F) ||  // Kana extensions and supplement
         (c >= 0x20000 && c <= 0x323AF);    // Han extensions B to H
}

CharacterClass classify(char32_t c) {
  if (c == 0xAD || c == 0x200C || c == 0x200D) return CharacterClass::kJoiner;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return is_unspaced(c) ? CharacterClass::kUnspaced : CharacterClass::kLetter;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return CharacterClass::kMark;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NO:
      return CharacterClass::kDigit;
    case UTF8PROC_CATEGORY_NL:
      // The ideographic zero is written among Han characters.
      return is_unspaced(c) ? CharacterClass::kUnspaced : CharacterClass::kDigit;
    default:
      return CharacterClass::kSeparator;
  }
}

// The character at text[at]. Precondition: at < text.size().
Character character_at(std::string_view text, std::size_t at) {
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

// Whether s[at] joins two parts of one number, as in "1,234" and "2.5".
bool joins_digits(std::string_view s, std::size_t at) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return (s[at] == ',' || s[at] == '.') && at > 0 && at + 1 < s.size() && is_digit(s[at - 1]) &&
         is_digit(s[at + 1]);
}

}  // namespace

std::string plain_fold(std::string_view s) {
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(s.data()),
                   static_cast<utf8proc_ssize_t>(s.size()), &mapped,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                                  UTF8PROC_CASEFOLD | UTF8PROC_IGNORE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  if (length < 0) return std::string(s);  // invalid UTF-8 folds to itself
  return {reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length)};
}

std::vector<Word> plain_words(std::string_view text) {
  std::vector<Word> words;
  for_each_word(text, [&](std::size_t begin, std::size_t end) {
    const std::string folded = plain_fold(text.substr(begin, end - begin));
    words.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end),
                     XXH3_64bits(folded.data(), folded.size())});
  });
  return words;
}

std::string plain_normalized_line(std::string_view line) {
  std::string out;
  out.reserve(line.size());
  bool gap = true;         // a separator stands between what is out and what comes
  bool in_digits = false;  // the last character out is the "0" of a digit run
  bool unspaced = false;   // the last character out is of a script without spaces
  for (std::size_t at = 0; at < line.size();) {
    const CodePoint c = decode_utf8(line, at);
    const std::string_view bytes = line.substr(at, c.length);
    const CharacterClass kind = classify(c.value);
    const bool joins = kind == CharacterClass::kSeparator && in_digits && joins_digits(line, at);
    at += c.length;
    if (joins || kind == CharacterClass::kJoiner) continue;
    if (kind == CharacterClass::kSeparator) {
      gap = true;
      in_digits = false;
      continue;
    }
    if (kind == CharacterClass::kMark) {
      if (gap || plain_fold(bytes).empty()) continue;  // on a symbol, on nothing, or invisible
    } else {
      const bool digit = kind == CharacterClass::kDigit;
      if (digit && in_digits) continue;
      const bool now_unspaced = kind == CharacterClass::kUnspaced;
      if (!out.empty() && (gap || now_unspaced != unspaced)) out.push_back(' ');
      gap = false;
      unspaced = now_unspaced;
      if (digit) {
        in_digits = true;
        out.push_back('0');
        continue;
      }
    }
    in_digits = false;
    out.append(bytes);
  }
  return plain_fold(out);
}

}  // namespace copydesk::text
