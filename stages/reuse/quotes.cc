#include "reuse/quotes.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include "copydesk/text/utf8.h"
#include "copydesk/text/words.h"

namespace copydesk::reuse {
namespace {

// Reads a paragraph and keeps the quotations that are open, the innermost last.
class QuotationReader {
 public:
  explicit QuotationReader(std::string_view text) : text_(text) {}

  [[nodiscard]] std::size_t depth() const { return open_.size(); }
  void forget() { open_.clear(); }

  // Reads up to `end`.
  void read(std::size_t begin, std::size_t end) {
    while (begin < end) begin = step(begin);
  }

  // Reads one code point; the place after it.
  std::size_t step(std::size_t at) {
    const text::CodePoint c = text::decode_utf8(text_, at);
    const std::size_t next = at + c.length;
    switch (c.value) {
      case U'"':
        straight(at, next);
        break;
      case U'„':
      case U'‚':
      case U'「':
      case U'『':
        open_.push_back(c.value);
        break;
      case U'“':
        close_or_open(U'„', c.value);
        break;
      case U'”':
        close_one_of(U'“', U'„');
        break;
      case U'‘':
        close_or_open(U'‚', c.value);
        break;
      case U'’':
        // Most of them are apostrophes.
        if (!is_word(next)) close_one_of(U'‘', U'‚');
        break;
      case U'«':
        close_or_open(U'»', c.value);
        break;
      case U'»':
        close_or_open(U'«', c.value);
        break;
      case U'」':
        close_one_of(U'「', U'「');
        break;
      case U'』':
        close_one_of(U'『', U'『');
        break;
      default:
        break;
    }
    return next;
  }

 private:
  // Closes the quotation that one of two marks opened, and those that were left open inside it.
  bool close_one_of(char32_t one, char32_t other) {
    const auto found = std::find_if(open_.rbegin(), open_.rend(),
                                    [&](char32_t mark) { return mark == one || mark == other; });
    if (found == open_.rend()) return false;
    open_.erase(found.base() - 1, open_.end());
    return true;
  }

  // A mark that closes what `opener` opened, and opens otherwise.
  void close_or_open(char32_t opener, char32_t mark) {
    if (!close_one_of(opener, opener)) open_.push_back(mark);
  }

  // The straight mark opens and closes; its neighbours say which when a mark is missing.
  void straight(std::size_t at, std::size_t next) {
    const bool space_before = at == 0 || is_space(text_[at - 1]);
    const bool space_after = next == text_.size() || is_space(text_[next]);
    const bool is_open = std::find(open_.begin(), open_.end(), U'"') != open_.end();
    if (is_open && !(space_before && !space_after)) {
      close_one_of(U'"', U'"');
    } else if (!is_open && !(space_after && !space_before)) {
      open_.push_back(U'"');
    }
  }

  [[nodiscard]] bool is_word(std::size_t at) const {
    if (at >= text_.size()) return false;
    return text::count_words(text_.substr(at, text::decode_utf8(text_, at).length)) > 0;
  }
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

  std::string_view text_;
  std::vector<char32_t> open_;
};

std::size_t paragraph_begin(std::string_view text, std::size_t at) {
  const std::size_t line_break = text.substr(0, at).rfind('\n');
  return line_break == std::string_view::npos ? 0 : line_break + 1;
}

}  // namespace

bool stands_in_quotation(std::string_view text, Span span) {
  assert(span.begin < span.end && span.end <= text.size());
  QuotationReader reader(text);
  reader.read(paragraph_begin(text, span.begin), span.begin);
  if (reader.depth() == 0) return false;

  const std::size_t last_paragraph = paragraph_begin(text, span.end);
  if (last_paragraph > span.begin) reader.forget();
  reader.read(std::max<std::size_t>(last_paragraph, span.begin), span.end);
  const std::size_t depth = reader.depth();
  if (depth == 0) return false;
  for (std::size_t at = span.end; at < text.size() && text[at] != '\n';) {
    at = reader.step(at);
    if (reader.depth() < depth) return true;
  }
  return false;
}

}  // namespace copydesk::reuse
