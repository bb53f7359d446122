#include "reuse/passages.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <optional>
#include <string_view>

#include "copydesk/text/utf8.h"
#include "reuse/shingles.h"

namespace copydesk::reuse {
namespace {

// The living bytes of the words [first, end).
Span words_span(const Document& document, std::uint32_t first, std::uint32_t end) {
  const std::span<const text::Word> words = document.words();
  return {words[first].begin, words[end - 1].end};
}

bool is_whole(const Document& document, Span living) {
  std::vector<Span> pieces;
  document.living_pieces(living, pieces);
  return pieces.size() <= 1;
}

// Appends the places of a run, in words from its beginning, before which text was removed.
void find_breaks(const Document& document, std::uint32_t first, std::uint32_t length,
                 std::vector<std::uint32_t>& out) {
  if (document.edits().empty() || is_whole(document, words_span(document, first, first + length))) {
    return;
  }
  for (std::uint32_t i = 1; i < length; ++i) {
    if (!is_whole(document, words_span(document, first + i - 1, first + i + 1))) out.push_back(i);
  }
}

// Part of a run: nothing was removed inside it.
struct Piece {
  SharedRun words;
  std::size_t run = 0;  // index of the run
};

std::vector<Piece> cut_at_removals(const Document& a, const Document& b,
                                   std::span<const SharedRun> runs) {
  std::vector<Piece> pieces;
  std::vector<std::uint32_t> ends;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const SharedRun& run = runs[i];
    ends.clear();
    find_breaks(a, run.a, run.length, ends);
    find_breaks(b, run.b, run.length, ends);
    ends.push_back(run.length);
    sort_unique(ends);
    std::uint32_t begin = 0;
    for (const std::uint32_t end : ends) {
      const SharedRun part = {run.a + begin, run.b + begin, end - begin};
      begin = end;
      // A cut inside a script without spaces makes a word of what stood on both of its sides.
      const bool has_seam = part.length == 1 && (!is_whole(a, words_span(a, part.a, part.a + 1)) ||
                                                 !is_whole(b, words_span(b, part.b, part.b + 1)));
      if (!has_seam) pieces.push_back({part, i});
    }
  }
  return pieces;
}

// What stands between two words of the living text.
struct Gap {
  std::string_view original;
  bool has_removals = false;
};

Gap gap_between(const Document& document, std::uint32_t last, std::uint32_t next) {
  const std::span<const text::Word> words = document.words();
  const Span left = {words[last].begin, words[last].end};
  const Span right = {words[next].begin, words[next].end};
  // Words of scripts without spaces overlap.
  if (left.end >= right.begin) return {};
  const std::uint32_t begin = document.to_original(left).end;
  const std::uint32_t end = document.to_original(right).begin;
  return {document.original().substr(begin, end - begin), end - begin != right.begin - left.end};
}

// The living text from `begin` to the next word or the end of the line.
std::string_view until_word(const Document& document, std::uint32_t begin) {
  const std::span<const text::Word> words = document.words();
  const auto next =
      std::lower_bound(words.begin(), words.end(), begin,
                       [](const text::Word& word, std::uint32_t at) { return word.begin < at; });
  // Words of scripts without spaces overlap: one that began before may go on.
  if (next != words.begin() && std::prev(next)->end > begin) return {};
  const std::size_t end = next == words.end() ? document.text().size() : next->begin;
  const std::string_view gap = document.text().substr(begin, end - begin);
  return gap.substr(0, gap.find('\n'));
}

// The living text before `end`, since `begin`, the last word or the beginning of the line.
std::string_view since_word(const Document& document, std::uint32_t end, std::uint32_t begin) {
  const std::span<const text::Word> words = document.words();
  const auto next =
      std::lower_bound(words.begin(), words.end(), end,
                       [](const text::Word& word, std::uint32_t at) { return word.begin < at; });
  if (next != words.begin()) begin = std::max(begin, std::prev(next)->end);
  if (begin >= end) return {};
  const std::string_view gap = document.text().substr(begin, end - begin);
  return gap.substr(gap.rfind('\n') + 1);
}

// The numbers 0 … n - 1 by their keys, ascending.
template <class Key>
std::vector<std::size_t> in_order(std::size_t n, Key key) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t x, std::size_t y) { return key(x) < key(y); });
  return order;
}

// A passage in the making: spans of the living texts.
struct Draft {
  Span a;
  Span b;
  std::uint32_t words = 0;
  bool quoted = false;
};

class PassageMaker {
 public:
  PassageMaker(const QuotedDocument& a, const QuotedDocument& b, std::span<const SharedRun> runs)
      : a_(a.document),
        b_(b.document),
        quotations_a_(a.quotations),
        quotations_b_(b.quotations),
        runs_(runs),
        pieces_(cut_at_removals(a.document, b.document, runs)) {}

  std::vector<Passage> make() {
    join_pieces();
    take_in_what_follows();
    take_in_what_precedes();
    std::vector<Passage> passages;
    passages.reserve(drafts_.size());
    for (const Draft& draft : drafts_) {
      passages.push_back({.a = a_.to_original(draft.a),
                          .b = b_.to_original(draft.b),
                          .words = draft.words,
                          .quoted = draft.quoted});
    }
    return passages;
  }

 private:
  // Pieces that follow each other in both texts are one passage if the originals have the same
  // words between them.
  void join_pieces() {
    const std::vector<std::size_t> by_b =
        in_order(pieces_.size(), [&](std::size_t i) { return pieces_[i].words.b; });
    std::vector<std::size_t> place_in_b(pieces_.size());
    for (std::size_t i = 0; i < by_b.size(); ++i) place_in_b[by_b[i]] = i;

    for (std::size_t first = 0, next = 0; first < pieces_.size(); first = next) {
      std::uint32_t words = pieces_[first].words.length;
      for (next = first + 1; next < pieces_.size(); ++next) {
        if (place_in_b[next] != place_in_b[next - 1] + 1) break;
        const std::optional<std::uint32_t> between =
            same_words_between(pieces_[next - 1].words, pieces_[next].words);
        if (!between) break;
        words += *between + pieces_[next].words.length;
      }
      // Quotation marks are asked of whole runs: a piece may stand far from both of them.
      const SharedRun& front = runs_[pieces_[first].run];
      const SharedRun& back = runs_[pieces_[next - 1].run];
      const SharedRun& head = pieces_[first].words;
      const SharedRun& tail = pieces_[next - 1].words;
      drafts_.push_back(
          {.a = words_span(a_, head.a, tail.a + tail.length),
           .b = words_span(b_, head.b, tail.b + tail.length),
           .words = words,
           .quoted = quotations_a_.contain(words_span(a_, front.a, back.a + back.length)) &&
                     quotations_b_.contain(words_span(b_, front.b, back.b + back.length))});
    }
  }

  // How many words stand between two pieces in the originals, if text was removed there and they
  // are the same in both.
  std::optional<std::uint32_t> same_words_between(const SharedRun& left, const SharedRun& right) {
    const Gap a = gap_between(a_, left.a + left.length - 1, right.a);
    const Gap b = gap_between(b_, left.b + left.length - 1, right.b);
    if (!a.has_removals && !b.has_removals) return std::nullopt;
    text::split_words(a.original, words_a_);
    text::split_words(b.original, words_b_);
    const bool same =
        std::equal(words_a_.begin(), words_a_.end(), words_b_.begin(), words_b_.end(),
                   [](const text::Word& x, const text::Word& y) { return x.hash == y.hash; });
    if (!same) return std::nullopt;
    return static_cast<std::uint32_t>(words_a_.size());
  }

  void take_in_what_follows() {
    for (Draft& draft : drafts_) {
      const std::string_view a = until_word(a_, draft.a.end);
      const std::string_view b = until_word(b_, draft.b.end);
      auto length = static_cast<std::uint32_t>(
          std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
      while (length > 0 && !text::is_utf8_boundary(a, length)) --length;
      const auto fits = [&](const Document& document, Span span) {
        return is_whole(document, {span.end - 1, span.end + length});
      };
      if (length == 0 || !fits(a_, draft.a) || !fits(b_, draft.b)) continue;
      draft.a.end += length;
      draft.b.end += length;
    }
  }

  void take_in_what_precedes() {
    const std::vector<std::size_t> by_b =
        in_order(drafts_.size(), [&](std::size_t i) { return drafts_[i].b.begin; });
    std::vector<std::uint32_t> end_before_b(drafts_.size(), 0);
    for (std::size_t i = 1; i < by_b.size(); ++i) {
      end_before_b[by_b[i]] = drafts_[by_b[i - 1]].b.end;
    }
    for (std::size_t i = 0; i < drafts_.size(); ++i) {
      Draft& draft = drafts_[i];
      // What follows another passage belongs to that.
      const std::string_view a = since_word(a_, draft.a.begin, i == 0 ? 0 : drafts_[i - 1].a.end);
      const std::string_view b = since_word(b_, draft.b.begin, end_before_b[i]);
      auto length = static_cast<std::uint32_t>(
          std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend()).first - a.rbegin());
      while (length > 0 && !text::is_utf8_boundary(a, a.size() - length)) --length;
      const auto fits = [&](const Document& document, Span span) {
        return is_whole(document, {span.begin - length, span.begin + 1});
      };
      if (length == 0 || !fits(a_, draft.a) || !fits(b_, draft.b)) continue;
      draft.a.begin -= length;
      draft.b.begin -= length;
    }
  }

  const Document& a_;
  const Document& b_;
  const Quotations& quotations_a_;
  const Quotations& quotations_b_;
  std::span<const SharedRun> runs_;
  std::vector<Piece> pieces_;  // ascending in a
  std::vector<Draft> drafts_;  // ascending in a
  std::vector<text::Word> words_a_;
  std::vector<text::Word> words_b_;
};

}  // namespace

std::vector<Passage> make_passages(const QuotedDocument& a, const QuotedDocument& b,
                                   std::span<const SharedRun> runs) {
  if (runs.empty()) return {};
  return PassageMaker(a, b, runs).make();
}

}  // namespace copydesk::reuse
