// Edits on a document, as stages make them: what the audit says is what was done, and what the
// document remembers of its lines and words is what a fresh look at the text finds.
#include <algorithm>
#include <string>
#include <vector>

#include "copydesk/document.h"
#include "copydesk/edits.h"
#include "fuzz.h"

namespace copydesk {
namespace {

using fuzz::Feed;
using fuzz::require;

bool same(const text::Word& a, const text::Word& b) {
  return a.begin == b.begin && a.end == b.end && a.hash == b.hash;
}
bool same(const text::Line& a, const text::Line& b) {
  return a.begin == b.begin && a.end == b.end && a.next == b.next;
}
template <class T>
bool all_same(std::span<const T> a, const std::vector<T>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const T& x, const T& y) { return same(x, y); });
}

void check_parts(const Document& document) {
  std::vector<text::Line> lines;
  text::split_lines(document.text(), lines);
  require(all_same(document.lines(), lines), "lines are those of the text");
  const std::span<const std::uint64_t> keys = document.line_keys();
  require(keys.size() == lines.size(), "each line has a key");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    require(keys[i] == text::line_key(document.line(i)), "which is its own");
  }
  std::vector<text::Word> words;
  text::split_words(document.text(), words);
  require(all_same(document.words(), words), "words are those of the text");
  text::split_words(document.original(), words);
  require(all_same(document.original_words(), words), "and of the original");
  text::split_lines(document.original(), lines);
  require(all_same(document.original_lines(), lines), "as are the lines");
}

// The rule of the audit: the clean text is the original with the spans applied.
void check_audit(const Document& document) {
  const std::string_view original = document.original();
  std::string clean;
  std::vector<Span> alive;
  std::uint32_t at = 0;
  const auto keep = [&](std::uint32_t end) {
    clean += original.substr(at, end - at);
    if (at == end) return;
    if (!alive.empty() && alive.back().end == at) {
      alive.back().end = end;
    } else {
      alive.push_back({at, end});
    }
  };
  for (const AppliedEdit& edit : document.edits()) {
    require(edit.span.begin < edit.span.end, "spans are not empty");
    require(at <= edit.span.begin, "they are disjoint and ascend");
    require(edit.span.end <= original.size(), "and lie in the text");
    require(text::is_utf8_boundary(original, edit.span.begin) &&
                text::is_utf8_boundary(original, edit.span.end),
            "they part no character");
    keep(edit.span.begin);
    clean += edit.replacement;
    at = edit.span.end;
    if (!edit.replacement.empty()) {  // counts as the bytes it stands for
      if (!alive.empty() && alive.back().end == edit.span.begin) {
        alive.back().end = edit.span.end;
      } else {
        alive.push_back(edit.span);
      }
    }
  }
  keep(static_cast<std::uint32_t>(original.size()));
  require(clean == document.text(), "the text is the original with the spans applied");
  std::vector<Span> pieces;
  document.living_pieces({0, static_cast<std::uint32_t>(clean.size())}, pieces);
  require(pieces == alive, "living pieces are what no span took");
}

// What was done comes back from the spool.
void check_again(const Document& document) {
  Document again(DocumentFields{}, std::string(document.original()));
  again.apply({document.edits().begin(), document.edits().end()});
  require(again.text() == document.text(), "the same edits give the same text");
  require(again.edits().size() == document.edits().size(), "and are as many");
  for (std::size_t i = 0; i < again.edits().size(); ++i) {
    const AppliedEdit& a = again.edits()[i];
    const AppliedEdit& b = document.edits()[i];
    require(a.span == b.span && a.reason == b.reason && a.stage == b.stage && a.rule == b.rule &&
                a.replacement == b.replacement,
            "the same");
  }
}

std::size_t bytes_gone(const Document& document) {
  std::size_t bytes = 0;
  for (const AppliedEdit& edit : document.edits()) bytes += edit.span.size();
  return bytes;
}

// One stage: some edits of the living text, which may overlap, or of the original.
void run_stage(Feed& feed, const std::string& stage, Document& document) {
  const std::uint8_t kinds = feed.byte();
  // What is known when the edits come decides what is carried over.
  if ((kinds & 1) != 0) (void)document.lines();
  if ((kinds & 2) != 0) (void)document.line_keys();
  if ((kinds & 4) != 0) (void)document.words();
  const bool on_borders = (kinds & 8) != 0;  // of characters, not of words
  Edits edits(document);
  std::vector<AppliedEdit> plain;
  const auto size = static_cast<std::uint32_t>(document.text().size());
  for (std::uint32_t n = 1 + feed.below(6); n > 0; --n) {
    const std::uint8_t kind = feed.byte();
    const auto reason = static_cast<Reason>(kind % kReasonCount);
    if ((kinds & 16) != 0) {
      if (document.lines().empty()) break;
      edits.cut_line(feed.below(std::min<std::size_t>(document.lines().size(), 65536)), reason,
                     "line");
      continue;
    }
    const std::string_view text = on_borders ? document.original() : document.text();
    const auto last = std::min<std::size_t>(text.size(), 65535) + 1;
    Span span;
    span.begin = feed.below(last);
    span.end =
        static_cast<std::uint32_t>(std::min<std::size_t>(text.size(), span.begin + feed.byte()));
    const std::string with = (kind & 0xC0) == 0xC0 ? fuzz::as_text(feed.bytes()) : "";
    if (!on_borders) {
      if (with.empty()) {
        edits.cut(span, reason, "cut");
      } else {
        edits.replace(span, with, reason, "replaced");
      }
      continue;
    }
    while (!text::is_utf8_boundary(text, span.begin)) --span.begin;
    while (!text::is_utf8_boundary(text, span.end)) ++span.end;
    plain.push_back({span, reason, "", "plain", with});
  }
  const std::size_t before = bytes_gone(document);
  std::vector<AppliedEdit> wanted = on_borders ? std::move(plain) : edits.take();
  for (AppliedEdit& edit : wanted) edit.stage = stage;
  const bool replaces = std::any_of(wanted.begin(), wanted.end(), [](const AppliedEdit& edit) {
    return !edit.replacement.empty();
  });
  document.apply(std::move(wanted));
  require(bytes_gone(document) >= before, "what is gone stays gone");
  require(replaces || document.text().size() <= size, "cuts make no text longer");
}

}  // namespace
}  // namespace copydesk

// A text up to the byte 0xFF, which no text has, then what stages do to it.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using copydesk::fuzz::require;
  copydesk::fuzz::Feed feed(copydesk::fuzz::bytes_of(data, size));
  copydesk::Document document(copydesk::DocumentFields{},
                              copydesk::fuzz::as_text(feed.until('\xFF')));
  for (int stage = 0; stage < 6 && !feed.at_end(); ++stage) {
    copydesk::run_stage(feed, "stage" + std::to_string(stage), document);
    copydesk::check_audit(document);
    if (feed.flip()) copydesk::check_parts(document);
    if (feed.flip()) {
      document.apply_blanks();
      copydesk::check_audit(document);
      const std::string once(document.text());
      document.apply_blanks();
      require(document.text() == once, "blanks are removed once");
    }
    if (feed.flip()) copydesk::check_parts(document);
    copydesk::check_again(document);
  }
  copydesk::check_parts(document);
  return 0;
}
