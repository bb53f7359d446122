// Words, lines, keys and code points of any bytes.
#include <simdjson.h>

#include <string>
#include <vector>

#include "copydesk/text/lines.h"
#include "copydesk/text/utf8.h"
#include "copydesk/text/words.h"
#include "fuzz.h"

namespace {

using copydesk::fuzz::require;

bool is_valid(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

void check_utf8(std::string_view text) {
  const std::optional<std::size_t> invalid = copydesk::text::find_invalid_utf8(text);
  require(invalid.has_value() != is_valid(text), "invalid if simdjson says so");
  if (invalid) {
    require(is_valid(text.substr(0, *invalid)), "valid up to there");
    for (std::size_t length = 1; length <= 4; ++length) {
      require(!is_valid(text.substr(*invalid, length)), "and no code point begins there");
    }
  }
  std::string again;
  for (std::size_t at = 0; at < text.size();) {
    const copydesk::text::CodePoint c = copydesk::text::decode_utf8(text, at);
    require(c.length >= 1 && c.length <= text.size() - at, "a code point lies in the text");
    copydesk::text::append_utf8(again, c.value);
    at += c.length;
  }
  require(is_valid(again) && (invalid || again == text), "code points are those of the text");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
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
    require(bytes.find('\n') == std::string_view::npos, "a line has no break inside");
    const std::string_view rest = text.substr(line.end, line.next - line.end);
    require(rest == "\n" || rest == "\r\n" || (rest.empty() && line.next == size),
            "a break is behind each, but the last");
    const std::string_view trimmed = copydesk::text::trim(bytes);
    require(copydesk::text::trim(trimmed) == trimmed, "all space at the ends is off");
    require(bytes.empty() ||
                copydesk::text::trim(
                    bytes.substr(0, static_cast<std::size_t>(trimmed.data() - bytes.data())))
                    .empty(),
            "and nothing else");
    require(copydesk::text::line_key(bytes) == copydesk::text::line_key(trimmed),
            "space at the ends is no part of a key");
    require(
        (copydesk::text::line_key(bytes) == 0) == copydesk::text::normalized_line(bytes).empty(),
        "key 0 is no word");
  }
  require(at == size, "lines cover the text");

  check_utf8(text);
  return 0;
}
