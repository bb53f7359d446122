#include "copydesk/edits.h"

#include <algorithm>
#include <cassert>

#include "copydesk/text/utf8.h"
#include "copydesk/text/words.h"

namespace copydesk {
namespace {

// Whether the characters on both sides of a span would stand in one word without it.
bool joins_words(std::string_view text, Span span) {
  if (span.begin == 0 || span.end == text.size()) return false;
  // Far enough to hold the character before with some marks, and the one that follows.
  constexpr std::size_t kContext = 32;
  std::size_t begin = span.begin - std::min<std::size_t>(span.begin, kContext);
  while (!text::is_utf8_boundary(text, begin)) ++begin;
  std::string seam(text.substr(begin, span.begin - begin));
  const std::size_t at = seam.size();
  seam += text.substr(span.end, kContext);
  return text::splits_word(seam, at);
}

}  // namespace

void Edits::cut_line(std::size_t line, Reason reason, std::string_view rule) {
  assert(line < document_.lines().size());
  const text::Line& l = document_.lines()[line];
  edits_.push_back({document_.to_original({l.begin, l.next}), reason, "", std::string(rule), ""});
}

bool Edits::cut(Span living, Reason reason, std::string_view rule) {
  return replace(living, "", reason, rule);
}

bool Edits::replace(Span living, std::string_view with, Reason reason, std::string_view rule) {
  const std::string_view text = document_.text();
  assert(living.begin <= living.end && living.end <= text.size());
  if (living.begin == living.end || text::splits_word(text, living.begin) ||
      text::splits_word(text, living.end)) {
    return false;
  }
  if (with.empty() && joins_words(text, living)) return false;
  edits_.push_back(
      {document_.to_original(living), reason, "", std::string(rule), std::string(with)});
  return true;
}

}  // namespace copydesk
