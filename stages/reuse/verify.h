// Verification: reads candidate pairs back, measures them exactly and says how they relate.
#ifndef COPYDESK_STAGES_REUSE_VERIFY_H_
#define COPYDESK_STAGES_REUSE_VERIFY_H_

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "copydesk/document.h"
#include "copydesk/findings.h"
#include "copydesk/result.h"
#include "copydesk/stage.h"
#include "reuse/align.h"
#include "reuse/candidates.h"
#include "reuse/fingerprints.h"
#include "reuse/quotes.h"
#include "reuse/stock.h"

namespace copydesk::reuse {

// Where one relation ends and the next begins.
struct RelationThresholds {
  double near_duplicate = 0.40;           // Jaccard from which two texts are near duplicates
  double contains = 0.60;                 // coverage of one text by the other
  std::uint32_t contains_min_words = 25;  // words of it that are covered at least
  std::uint32_t min_words = 20;           // shorter texts are no near duplicates
  std::uint32_t min_passage_words = 12;
  // A passage that is shorter, not quoted in either text, and does not go on over the same line
  // break in both may be chance: a name with its title, a list of countries. Alone it makes no
  // pair.
  std::uint32_t min_unquoted_words = 16;
};

// The relation of two texts by their measures; nothing if none of the copy relations holds (they
// may still share a passage). kExact is not decided here.
[[nodiscard]] std::optional<Relation> classify(const Similarity& similarity, std::size_t words_a,
                                               std::size_t words_b,
                                               const RelationThresholds& thresholds);

// A document with what comparisons need of it. Belongs to one thread; what few comparisons need is
// computed on first use.
class PreparedDocument {
 public:
  explicit PreparedDocument(Document document);

  [[nodiscard]] const Document& document() const { return document_; }
  [[nodiscard]] IndexedWords words() const { return {document_.words(), shingles_}; }
  [[nodiscard]] const Quotations& quotations() const;
  // winnow() with `guarantee`, which must be the same for every call.
  [[nodiscard]] std::span<const Fingerprint> fingerprints(int guarantee) const;
  // A hash of its words.
  [[nodiscard]] std::uint64_t content() const { return content_; }
  // outlet_hash()
  [[nodiscard]] std::uint64_t outlet() const { return outlet_; }

 private:
  Document document_;
  ShingleIndex shingles_;
  std::uint64_t content_;
  std::uint64_t outlet_;
  mutable std::optional<Quotations> quotations_;
  mutable std::optional<std::vector<Fingerprint>> fingerprints_;
};

// Compares two documents. Thread-safe.
class PairVerifier {
 public:
  // `stock`: fingerprints made by winnow() with `guarantee`; must outlive the verifier.
  PairVerifier(const RelationThresholds& thresholds, int guarantee, const StockLanguage& stock)
      : thresholds_(thresholds), guarantee_(guarantee), stock_(stock) {}

  // The pair with its passages, or nothing if the documents have nothing to do with each other.
  // What is found does not depend on which document is `a`. `exact`: they are known to be the same
  // words.
  [[nodiscard]] std::optional<Pair> verify(const PreparedDocument& a, const PreparedDocument& b,
                                           bool exact) const;

 private:
  // Whether there are runs and all are stock language: they hold fingerprints that are too common,
  // and others only close by.
  [[nodiscard]] bool only_stock(const PreparedDocument& a, const PreparedDocument& b,
                                std::span<const SharedRun> runs) const;

  // Whether the runs are few and short and plain.
  [[nodiscard]] bool maybe_chance(const PreparedDocument& a, const PreparedDocument& b,
                                  std::span<const SharedRun> runs) const;

  RelationThresholds thresholds_;
  int guarantee_;
  const StockLanguage& stock_;
};

// Verifies `pairs` (distinct, ascending) on all workers; the result ascends by (a, b). doc_of[node]
// is a node's ordinal, ascending; nodes of one copy_of[node] are exact copies of each other. Pairs
// are worked on in blocks of neighbours, each with a bounded cache of documents, so that most
// documents are read few times. Memory: some 50 MB a worker, and the result.
[[nodiscard]] Result<std::vector<Pair>> verify_pairs(const Corpus& corpus,
                                                     std::span<const std::uint64_t> doc_of,
                                                     std::span<const std::uint32_t> copy_of,
                                                     std::span<const NodePair> pairs,
                                                     const PairVerifier& verifier);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_VERIFY_H_
