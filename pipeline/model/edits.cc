#include "copydesk/edits.h"

#include <cassert>

namespace copydesk {

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
  edits_.push_back(
      {document_.to_original(living), reason, "", std::string(rule), std::string(with)});
  return true;
}

}  // namespace copydesk
