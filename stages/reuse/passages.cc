#include "reuse/passages.h"

#include <algorithm>

#include "reuse/quotes.h"

namespace copydesk::reuse {
namespace {

// The living bytes of `length` words from `first`.
Span words_span(const Document& document, std::uint32_t first, std::uint32_t length) {
  const std::span<const text::Word> words = document.words();
  return {words[first].begin, words[first + length - 1].end};
}

bool is_whole(const Document& document, Span living) {
  std::vector<Span> pieces;
  document.living_pieces(living, pieces);
  return pieces.size() <= 1;
}

// Appends the places of a run, in words from its beginning, before which text was removed.
void find_breaks(const Document& document, std::uint32_t first, std::uint32_t length,
                 std::vector<std::uint32_t>& out) {
  if (document.edits().empty() || is_whole(document, words_span(document, first, length))) return;
  for (std::uint32_t i = 1; i < length; ++i) {
    if (!is_whole(document, words_span(document, first + i - 1, 2))) out.push_back(i);
  }
}

}  // namespace

std::vector<Passage> make_passages(const Document& a, const Document& b,
                                   std::span<const SharedRun> runs) {
  std::vector<Passage> passages;
  if (runs.empty()) return passages;
  const Quotations quotations_a(a.text());
  const Quotations quotations_b(b.text());
  passages.reserve(runs.size());
  std::vector<std::uint32_t> ends;
  for (const SharedRun& run : runs) {
    const bool quoted = quotations_a.contain(words_span(a, run.a, run.length)) &&
                        quotations_b.contain(words_span(b, run.b, run.length));
    ends.clear();
    find_breaks(a, run.a, run.length, ends);
    find_breaks(b, run.b, run.length, ends);
    ends.push_back(run.length);
    std::sort(ends.begin(), ends.end());
    ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
    std::uint32_t begin = 0;
    for (const std::uint32_t end : ends) {
      const std::uint32_t words = end - begin;
      passages.push_back({.a = a.to_original(words_span(a, run.a + begin, words)),
                          .b = b.to_original(words_span(b, run.b + begin, words)),
                          .words = words,
                          .quoted = quoted});
      begin = end;
    }
  }
  return passages;
}

}  // namespace copydesk::reuse
