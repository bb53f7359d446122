// Invented texts for the tests of reuse: words are "w0", "w1", …; equal numbers are equal words.
#ifndef COPYDESK_TESTS_UNIT_REUSE_INVENTED_WORDS_H_
#define COPYDESK_TESTS_UNIT_REUSE_INVENTED_WORDS_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "copydesk/text/words.h"

namespace copydesk::reuse::testing {

// "w7 w8 w9 " for (7, 3).
inline std::string text_of(int first, int count) {
  std::string text;
  for (int i = first; i < first + count; ++i) text += "w" + std::to_string(i) + " ";
  return text;
}

inline std::string text_of(const std::vector<int>& numbers) {
  std::string text;
  for (const int number : numbers) text += "w" + std::to_string(number) + " ";
  return text;
}

inline std::vector<text::Word> words_of(const std::string& text) {
  std::vector<text::Word> words;
  text::split_words(text, words);
  return words;
}

inline std::vector<text::Word> words_of(const std::vector<int>& numbers) {
  return words_of(text_of(numbers));
}

// A random number below `limit`.
inline std::uint32_t below(std::mt19937& rng, std::size_t limit) {
  return static_cast<std::uint32_t>(rng() % limit);
}

// `count` numbers below `vocabulary`.
inline std::vector<int> random_numbers(std::mt19937& rng, std::size_t count, int vocabulary) {
  std::vector<int> numbers(count);
  for (int& number : numbers) number = std::uniform_int_distribution<int>(0, vocabulary - 1)(rng);
  return numbers;
}

}  // namespace copydesk::reuse::testing

#endif  // COPYDESK_TESTS_UNIT_REUSE_INVENTED_WORDS_H_
