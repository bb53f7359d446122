// What a code point is, for words and line keys. Internal to pipeline/text.
#ifndef COPYDESK_PIPELINE_TEXT_CHARACTERS_H_
#define COPYDESK_PIPELINE_TEXT_CHARACTERS_H_

#include <array>
#include <atomic>
#include <cstddef>
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

// A code point, and what text::fold() makes of it alone. The fold of a string is that of its
// characters one after the other as long as each folds_alone and no first_rank but 0 is below the
// last_rank before it: then there is nothing to compose, nor marks to bring into order.
struct Character {
  CharacterClass kind = CharacterClass::kSeparator;
  bool folds_alone = false;
  std::uint8_t first_rank = 0;  // canonical combining classes in its decomposition
  std::uint8_t last_rank = 0;
  std::uint8_t folded_length = 0;  // 0 if it is invisible or does not fold alone
  std::array<char, 7> folded{};
};

// The characters of 256 code points in a row.
using CharacterPage = std::array<Character, 256>;

namespace detail {
inline constexpr std::size_t kCharacterPages = 0x110000 / 256;
// Null until one of its characters is asked for. Never freed.
extern std::array<std::atomic<const CharacterPage*>, kCharacterPages> character_pages;
const CharacterPage* make_character_page(std::size_t number);
}  // namespace detail

// The entry of a code point, < 0x110000. Thread-safe. Cost: two loads; the first of a page costs
// some 50 us.
[[nodiscard]] inline const Character& character(char32_t c) {
  const std::size_t number = c >> 8;
  const CharacterPage* page = detail::character_pages[number].load(std::memory_order_acquire);
  if (page == nullptr) [[unlikely]]
    page = detail::make_character_page(number);
  return (*page)[c & 0xFF];
}

// The class of ASCII characters, and the lower-case form of each letter, as tables.
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
