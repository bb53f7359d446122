// What two documents share: the runs are those that trying all places finds, or sound where a gram
// stands too often for that; and passages hold the same words in both originals, whatever was cut
// out of either.
#include <set>
#include <string>
#include <vector>

#include "copydesk/edits.h"
#include "fuzz.h"
#include "reuse/align.h"
#include "reuse/passages.h"
#include "support/plain_runs.h"

namespace copydesk::reuse {
namespace {

using fuzz::Feed;
using fuzz::require;

constexpr std::size_t kMostWords = 80;  // the plain way tries all places
// Words of scripts without spaces have a character in common with the next, so that passages have.
constexpr std::uint32_t kOverlap = 4;

using Hashes = std::vector<std::uint64_t>;

Hashes hashes_of(std::span<const text::Word> words) {
  Hashes out;
  for (const text::Word& word : words) out.push_back(word.hash);
  return out;
}

Hashes hashes_of(std::string_view text) {
  std::vector<text::Word> words;
  text::split_words(text, words);
  return hashes_of(words);
}

// Words and what stands between them, by a byte each; every eighth value is something strange.
Document make_document(std::string_view bytes) {
  static constexpr std::string_view kBetween[] = {" ",   " ",  "\n", ". ",  "\n\n", " “",
                                                  "” ",  ", ", "-",  "’",   "",     " 日本語 ",
                                                  "\t ", "…",  "„",  "\r\n"};
  std::string text;
  for (const char c : bytes) {
    const auto value = static_cast<unsigned char>(c);
    text += kBetween[value >> 4];
    text += static_cast<char>((value & 8) != 0 ? 'A' : 'a');
    text[text.size() - 1] = static_cast<char>(text.back() + (value & 7));
  }
  return Document(DocumentFields{}, std::move(text));
}

void cut(Feed& feed, Document& document) {
  if (document.text().empty()) return;
  Edits edits(document);
  for (std::uint32_t n = feed.below(5); n > 0; --n) {
    const std::uint32_t begin = feed.below(document.text().size());
    const auto end = static_cast<std::uint32_t>(
        std::min<std::size_t>(document.text().size(), begin + feed.byte() % 40));
    edits.cut({begin, end}, Reason::kPromoAd, "");
  }
  document.apply(edits.take());
  if (feed.flip()) document.apply_blanks();
}

double ratio(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::set<Hashes> shingles_of(const Hashes& words) {
  std::set<Hashes> all;
  const std::size_t n = std::min<std::size_t>(words.size(), 5);
  for (std::size_t i = 0; n > 0 && i + n <= words.size(); ++i) {
    const auto begin = words.begin() + static_cast<std::ptrdiff_t>(i);
    all.emplace(begin, begin + static_cast<std::ptrdiff_t>(n));
  }
  return all;
}

std::size_t covered_by_hand(const Hashes& words, const std::set<Hashes>& others) {
  const std::size_t n = std::min<std::size_t>(words.size(), 5);
  std::set<std::size_t> covered;
  for (std::size_t i = 0; n > 0 && i + n <= words.size(); ++i) {
    const auto begin = words.begin() + static_cast<std::ptrdiff_t>(i);
    if (!others.contains(Hashes(begin, begin + static_cast<std::ptrdiff_t>(n)))) continue;
    for (std::size_t word = i; word < i + n; ++word) covered.insert(word);
  }
  return covered.size();
}

void check_similarity(const Similarity& found, const Hashes& a, const Hashes& b) {
  const std::set<Hashes> shingles_a = shingles_of(a);
  const std::set<Hashes> shingles_b = shingles_of(b);
  std::size_t shared = 0;
  for (const Hashes& shingle : shingles_a) shared += shingles_b.contains(shingle) ? 1 : 0;
  require(found.shared == shared, "as many shared shingles");
  require(found.jaccard == ratio(shared, shingles_a.size() + shingles_b.size() - shared),
          "Jaccard is the share of them");
  require(found.containment_a == ratio(shared, shingles_a.size()) &&
              found.containment_b == ratio(shared, shingles_b.size()),
          "containments are");
  require(found.coverage_a == ratio(covered_by_hand(a, shingles_b), a.size()) &&
              found.coverage_b == ratio(covered_by_hand(b, shingles_a), b.size()),
          "and coverages");
}

// Whether any byte of the span was cut out, at its ends.
bool ends_alive(const Document& document, Span span) {
  for (const AppliedEdit& edit : document.edits()) {
    if (edit.span.begin <= span.begin && span.begin < edit.span.end) return false;
    if (edit.span.begin < span.end && span.end <= edit.span.end) return false;
  }
  return true;
}

// Whether something was cut out inside the word.
bool is_seam(const Document& document, std::size_t word) {
  std::vector<Span> pieces;
  document.living_pieces({document.words()[word].begin, document.words()[word].end}, pieces);
  return pieces.size() > 1;
}

void check_passages(const Document& a, const Document& b, std::span<const SharedRun> runs,
                    std::span<const Passage> passages) {
  std::size_t run_words = 0;
  std::size_t seams = 0;
  for (const SharedRun& run : runs) {
    run_words += run.length;
    for (std::uint32_t i = 0; i < run.length; ++i) {
      if (is_seam(a, run.a + i) || is_seam(b, run.b + i)) ++seams;
    }
  }
  std::size_t words = 0;
  std::uint32_t at = 0;
  std::vector<Span> in_b;
  for (const Passage& passage : passages) {
    require(passage.a.begin + kOverlap >= at, "passages are disjoint and ascend in a");
    at = passage.a.end;
    in_b.push_back(passage.b);
    const Hashes in_a = hashes_of(a.original().substr(passage.a.begin, passage.a.size()));
    require(in_a == hashes_of(b.original().substr(passage.b.begin, passage.b.size())),
            "a passage is the same words in both originals");
    require(in_a.size() == passage.words && passage.words > 0, "as many as it says");
    for (const auto& [document, span] : {std::pair(&a, passage.a), std::pair(&b, passage.b)}) {
      require(text::is_utf8_boundary(document->original(), span.begin) &&
                  text::is_utf8_boundary(document->original(), span.end),
              "it parts no character");
      require(ends_alive(*document, span), "it begins and ends in what was not cut");
    }
    words += passage.words;
  }
  std::sort(in_b.begin(), in_b.end(), [](Span x, Span y) { return x.begin < y.begin; });
  for (std::size_t i = 1; i < in_b.size(); ++i) {
    require(in_b[i - 1].end <= in_b[i].begin + kOverlap, "passages are disjoint in b");
  }
  require(words + seams >= run_words, "they have all the words of the runs, but for seams");
  if (a.edits().empty() && b.edits().empty()) {
    require(words == run_words && passages.size() == runs.size(), "without cuts no more");
  }
}

}  // namespace
}  // namespace copydesk::reuse

// A byte for the least length and one for where the texts part; then the words, 0xFF, and the cuts.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using copydesk::fuzz::require;
  copydesk::fuzz::Feed feed(copydesk::fuzz::bytes_of(data, size));
  const std::uint32_t min_words = 1 + feed.below(14);
  const std::size_t share = feed.byte();
  std::string_view words = feed.until('\xFF');
  words = words.substr(0, 2 * copydesk::reuse::kMostWords);
  const std::size_t middle = words.size() * share / 256;
  copydesk::Document a = copydesk::reuse::make_document(words.substr(0, middle));
  copydesk::Document b = copydesk::reuse::make_document(words.substr(middle));
  copydesk::reuse::cut(feed, a);
  copydesk::reuse::cut(feed, b);

  const copydesk::reuse::ShingleIndex shingles_a(a.words());
  const copydesk::reuse::ShingleIndex shingles_b(b.words());
  const copydesk::reuse::Alignment found =
      copydesk::reuse::align({a.words(), shingles_a}, {b.words(), shingles_b}, min_words);
  const copydesk::reuse::Hashes hashes_a = copydesk::reuse::hashes_of(a.words());
  const copydesk::reuse::Hashes hashes_b = copydesk::reuse::hashes_of(b.words());
  require(copydesk::reuse::are_sound_runs(found.runs, hashes_a, hashes_b, min_words),
          "runs are shared, disjoint and as long as they can be");
  if (copydesk::reuse::GramPairs(hashes_a, hashes_b, min_words).all_are_rare()) {
    require(found.runs == copydesk::reuse::plain_runs(hashes_a, hashes_b, min_words),
            "the runs that trying all places finds");
  }
  copydesk::reuse::check_similarity(found.similarity, hashes_a, hashes_b);

  const copydesk::reuse::Quotations quotations_a(a.text());
  const copydesk::reuse::Quotations quotations_b(b.text());
  const std::vector<copydesk::Passage> passages =
      copydesk::reuse::make_passages({a, quotations_a}, {b, quotations_b}, found.runs);
  copydesk::reuse::check_passages(a, b, found.runs, passages);
  return 0;
}
