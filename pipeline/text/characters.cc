#include "characters.h"

#include <utf8proc.h>

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

}  // namespace

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

}  // namespace copydesk::text
