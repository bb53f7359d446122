// Words, folds and line keys the slow obvious way: character by character, each asked of utf8proc.
// What the kernels of pipeline/text are held against.
#ifndef COPYDESK_TESTS_SUPPORT_PLAIN_TEXT_H_
#define COPYDESK_TESTS_SUPPORT_PLAIN_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

#include "copydesk/text/words.h"

namespace copydesk::text {

// What fold(), split_words() and normalized_line() must give.
[[nodiscard]] std::string plain_fold(std::string_view s);
[[nodiscard]] std::vector<Word> plain_words(std::string_view text);
[[nodiscard]] std::string plain_normalized_line(std::string_view line);

}  // namespace copydesk::text

#endif  // COPYDESK_TESTS_SUPPORT_PLAIN_TEXT_H_
