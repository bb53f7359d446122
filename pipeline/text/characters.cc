#include "characters.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace copydesk::text {
namespace {

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

// The class of any code point.
CharacterClass classify(char32_t c) {
  if (c < 128) return kAscii.classes[c];
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

// Whether a character may become one with a starter that stands right before it.
bool composes_backwards(char32_t c, const utf8proc_property_t& property) {
  constexpr std::uint16_t kNone = UINT16_MAX;
  constexpr std::uint16_t kSecond = 0x8000;  // indices from here on are of second characters
  const bool jamo = (c >= 0x1161 && c <= 0x1175) || (c >= 0x11A7 && c <= 0x11C2);
  return jamo || (property.comb_index != kNone && property.comb_index >= kSecond);
}

constexpr auto kFoldOptions = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                                             UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);

// Fills in what `c` folds to alone, if it does.
void set_fold(char32_t c, Character& out) {
  std::array<utf8proc_int32_t, 32> parts;
  int boundary = 0;
  const utf8proc_ssize_t count =
      utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), parts.data(),
                              static_cast<utf8proc_ssize_t>(parts.size()), kFoldOptions, &boundary);
  if (count < 0 || count > static_cast<utf8proc_ssize_t>(parts.size())) return;
  if (count == 0) {
    out.folds_alone = true;
    return;
  }
  const auto property = [&](utf8proc_ssize_t i) -> const utf8proc_property_t& {
    return *utf8proc_get_property(parts[static_cast<std::size_t>(i)]);
  };
  if (composes_backwards(static_cast<char32_t>(parts[0]), property(0))) return;
  const auto rank = [&](utf8proc_ssize_t i) {
    return static_cast<std::uint8_t>(property(i).combining_class);
  };
  if (rank(0) != 0 && count > 1) return;

  std::array<utf8proc_uint8_t, 4> bytes;
  const utf8proc_ssize_t length =
      utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), bytes.data());
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t size = utf8proc_map(bytes.data(), length, &mapped, kFoldOptions);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  if (size <= 0 || size > static_cast<utf8proc_ssize_t>(out.folded.size())) return;
  out.folds_alone = true;
  out.folded_length = static_cast<std::uint8_t>(size);
  std::memcpy(out.folded.data(), mapped, static_cast<std::size_t>(size));
  out.first_rank = rank(0);
  for (utf8proc_ssize_t i = count; i > 0 && rank(i - 1) != 0; --i) {
    out.last_rank = std::max(out.last_rank, rank(i - 1));
  }
}

bool is_surrogate(char32_t c) { return c >= 0xD800 && c <= 0xDFFF; }

}  // namespace

namespace detail {

std::array<std::atomic<const CharacterPage*>, kCharacterPages> character_pages{};

const CharacterPage* make_character_page(std::size_t number) {
  auto page = std::make_unique<CharacterPage>();
  for (std::size_t i = 0; i < page->size(); ++i) {
    const auto c = static_cast<char32_t>(number << 8 | i);
    Character& out = (*page)[i];
    out.kind = classify(c);
    if (!is_surrogate(c)) set_fold(c, out);
  }
  const CharacterPage* made = nullptr;
  if (character_pages[number].compare_exchange_strong(made, page.get(), std::memory_order_acq_rel,
                                                      std::memory_order_acquire)) {
    return page.release();
  }
  return made;  // another thread was faster
}

}  // namespace detail
}  // namespace copydesk::text
