// What a code point is, for words and line keys. Internal to pipeline/text.
#ifndef COPYDESK_PIPELINE_TEXT_CHARACTERS_H_
#define COPYDESK_PIPELINE_TEXT_CHARACTERS_H_

#include <array>
#include <cstdint>

namespace copydesk::text {

enum class CharacterClass : std::uint8_t {
  kSeparator,  // spaces, punctuation, symbols, controls
  kLetter,     // letters of scripts that put spaces between words
  kDigit,      // decimal digits and other numbers
  kUnspaced,   // letters of scripts that do not: Han, kana, Thai, Lao, Khmer, Myanmar
  kMark,       // combining marks and variation selectors: part of what they follow
  kJoiner,     // soft hyphen, zero-width joiner and non-joiner: invisible inside a word
};

// The class of any code point.
[[nodiscard]] CharacterClass classify(char32_t c);

// classify() for ASCII, and the lower-case form of each letter, as tables.
struct AsciiTables {
  std::array<CharacterClass, 128> classes{};
  std::array<char, 128> lower{};
};

constexpr AsciiTables make_ascii_tables() {
  AsciiTables tables;
  for (unsigned c = 0; c < 128; ++c) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool letter = upper || (c >= 'a' && c <= 'z');
    const bool digit = c >= '0' && c <= '9';
    tables.classes[c] = letter  ? CharacterClass::kLetter
                        : digit ? CharacterClass::kDigit
                                : CharacterClass::kSeparator;
    tables.lower[c] = static_cast<char>(upper ? c + ('a' - 'A') : c);
  }
  return tables;
}
inline constexpr AsciiTables kAscii = make_ascii_tables();

}  // namespace copydesk::text

#endif  // COPYDESK_PIPELINE_TEXT_CHARACTERS_H_
