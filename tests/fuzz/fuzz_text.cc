// Words, lines and keys of any bytes.
#include <vector>

#include "copydesk/text/lines.h"
#include "copydesk/text/utf8.h"
#include "copydesk/text/words.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using copydesk::fuzz::require;
  const std::string_view text = copydesk::fuzz::bytes_of(data, size);

  std::vector<copydesk::text::Word> words;
  copydesk::text::split_words(text, words);
  require(words.size() == copydesk::text::count_words(text), "count_words == split_words");
  for (std::size_t i = 0; i < words.size(); ++i) {
    require(words[i].begin < words[i].end && words[i].end <= size, "words lie in the text");
    require(i == 0 || words[i - 1].begin < words[i].begin, "words ascend");
  }

  std::vector<copydesk::text::Line> lines;
  copydesk::text::split_lines(text, lines);
  std::uint32_t at = 0;
  for (const copydesk::text::Line& line : lines) {
    require(line.begin == at && line.begin <= line.end && line.end <= line.next, "lines abut");
    at = line.next;
    const std::string_view bytes = text.substr(line.begin, line.end - line.begin);
    const std::string_view trimmed = copydesk::text::trim(bytes);
    require(copydesk::text::line_key(bytes) == copydesk::text::line_key(trimmed),
            "space at the ends is no part of a key");
    require(
        (copydesk::text::line_key(bytes) == 0) == copydesk::text::normalized_line(bytes).empty(),
        "key 0 is no word");
  }
  require(at == size, "lines cover the text");

  if (const auto invalid = copydesk::text::find_invalid_utf8(text)) {
    require(!copydesk::text::find_invalid_utf8(text.substr(0, *invalid)), "valid up to there");
  }
  return 0;
}
