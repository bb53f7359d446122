#include "invented_words.h"

#include <string_view>

namespace copydesk::bench {
namespace {

constexpr std::string_view kConsonants = "bdfgklmnprstvz";
constexpr std::string_view kVowels = "aeiou";

}  // namespace

std::string invented_word(std::size_t rank) {
  const std::size_t syllables = kConsonants.size() * kVowels.size();
  std::string word;
  for (std::size_t rest = rank + syllables; rest > 0; rest /= syllables) {
    const std::size_t syllable = rest % syllables;
    word += kConsonants[syllable / kVowels.size()];
    word += kVowels[syllable % kVowels.size()];
  }
  if (rank % 40 == 39) word += "é";
  return word;
}

}  // namespace copydesk::bench
