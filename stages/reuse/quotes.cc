#include "reuse/quotes.h"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <vector>

#include "copydesk/text/utf8.h"
#include "copydesk/text/words.h"

namespace copydesk::reuse {
namespace {

// Reads a text and keeps the quotations that are open, the innermost last.
class QuotationReader {
 public:
  explicit QuotationReader(std::string_view text) : text_(text) {}

  // Never above the marks that were read, so 32 bits hold it.
  [[nodiscard]] std::uint32_t depth() const {
    return forgotten_ + static_cast<std::uint32_t>(open_.size());
  }

  // Reads one code point; the place after it.
  std::size_t step(std::size_t at) {
    const auto byte = static_cast<unsigned char>(text_[at]);
    if (byte < 128 && byte != '"' && byte != '\n') return at + 1;
    const text::CodePoint c = text::decode_utf8(text_, at);
    const std::size_t next = at + c.length;
    switch (c.value) {
      case U'\n':
        open_.clear();
        forgotten_ = 0;
        break;
      case U'"':
        straight(at, next);
        break;
      case U'„':
      case U'‚':
      case U'「':
      case U'『':
        open(c.value);
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
  // Every mark looks through those that are open: they must be few.
  void open(char32_t mark) {
    if (open_.size() == kMaxOpenQuotations) {
      open_.erase(open_.begin());
      ++forgotten_;
    }
    open_.push_back(mark);
  }

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
    if (!close_one_of(opener, opener)) open(mark);
  }

  // The straight mark opens and closes; its neighbours say which when a mark is missing.
  void straight(std::size_t at, std::size_t next) {
    const bool space_before = at == 0 || is_space(text_[at - 1]);
    const bool space_after = next == text_.size() || is_space(text_[next]);
    const bool is_open = std::find(open_.begin(), open_.end(), U'"') != open_.end();
    if (is_open && !(space_before && !space_after)) {
      close_one_of(U'"', U'"');
    } else if (!is_open && !(space_after && !space_before)) {
      open(U'"');
    }
  }

  [[nodiscard]] bool is_word(std::size_t at) const {
    if (at >= text_.size()) return false;
    return text::count_words(text_.substr(at, text::decode_utf8(text_, at).length)) > 0;
  }
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

  std::string_view text_;
  std::vector<char32_t> open_;
  std::uint32_t forgotten_ = 0;  // open ones outside of those
};

// Where the next mark or line break may stand at the earliest: eight bytes are looked at together.
std::size_t skip_plain(std::string_view text, std::size_t at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t bytes;
    std::memcpy(&bytes, text.data() + at, sizeof(bytes));
    const std::uint64_t quotes = bytes ^ (kOnes * '"');
    const std::uint64_t breaks = bytes ^ (kOnes * '\n');
    // A byte that is zero borrows; one above it may seem to be zero, too, which costs a look.
    if (((bytes | (quotes - kOnes) | (breaks - kOnes)) & kHigh) != 0) break;
  }
  return at;
}

}  // namespace

Quotations::Quotations(std::string_view text) {
  assert(text.size() < std::numeric_limits<std::uint32_t>::max());
  QuotationReader reader(text);
  std::uint32_t depth = 0;
  for (std::size_t at = 0; at < text.size();) {
    at = skip_plain(text, at);
    if (at == text.size()) break;
    at = reader.step(at);
    if (reader.depth() == depth) continue;
    depth = reader.depth();
    stretches_.push_back({static_cast<std::uint32_t>(at), depth, false});
  }

  // Backwards, with the least depth between here and the end of the paragraph. What the end of the
  // paragraph leaves is not closed.
  constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t least = kNone;
  for (auto it = stretches_.rbegin(); it != stretches_.rend(); ++it) {
    it->closed = least < it->depth;
    least = text[it->begin - 1] == '\n' ? kNone : std::min(least, it->depth);
  }
}

bool Quotations::contain(Span span) const {
  assert(span.begin < span.end);
  return at(span.begin).depth > 0 && at(span.end).closed;
}

Quotations::Stretch Quotations::at(std::uint32_t offset) const {
  const auto next = std::upper_bound(
      stretches_.begin(), stretches_.end(), offset,
      [](std::uint32_t place, const Stretch& stretch) { return place < stretch.begin; });
  return next == stretches_.begin() ? Stretch{} : *std::prev(next);
}

}  // namespace copydesk::reuse
