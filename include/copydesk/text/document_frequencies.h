// Document frequencies: in how many documents of a large collection each word stands, so that what
// is rare in general can be told from what is only rare in a small input.
//
// The file is text, made by `copydesk learn --background`:
//
//   copydesk background 1
//   documents 18749
//   least 20
//   18101 0b6a40e3 9c51f7d2
//   17994 61c0de55
//
// "documents" is the size of the collection and "least" the smallest count that is kept. Each other
// line has a count and the words with it, as the upper halves of text::word_hash() in hexadecimal:
// numbers only, so that a table learned from texts one may not pass on can be passed on. Counts
// descend, the words of a count ascend, and lines are short.
#ifndef COPYDESK_TEXT_DOCUMENT_FREQUENCIES_H_
#define COPYDESK_TEXT_DOCUMENT_FREQUENCIES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "copydesk/result.h"

namespace copydesk::text {

// An immutable table. Const members are thread-safe.
class DocumentFrequencies {
 public:
  // A table of `documents` documents, > 0; `counts`: how many of them have a word, by word_hash().
  // Words in fewer than `documents` / 500 of them (but no more than 20 and no less than 2) are left
  // out: they are mostly names.
  DocumentFrequencies(std::uint64_t documents,
                      const std::unordered_map<std::uint64_t, std::uint32_t>& counts);

  // Reads a file. `name` is its name in messages. Error: kCorrupt with the line at fault.
  static Result<DocumentFrequencies> parse(std::string_view bytes, std::string_view name);

  // The bytes of the file; the same for the same documents in any order.
  [[nodiscard]] std::string render() const;

  [[nodiscard]] std::uint64_t documents() const { return documents_; }
  [[nodiscard]] std::size_t words() const { return counts_.size(); }

  // The share of documents that have this word (word_hash()), in (0, 1]. A word that is not in the
  // table is taken to stand in half as many documents as a word must to be in it. Cost: a look-up
  // in a hash table; 1 of 200,000 look-ups of unknown words meets a wrong one in a table of 20,000.
  [[nodiscard]] double share(std::uint64_t word) const;

  // The natural logarithm of share(). Cost: that of share().
  [[nodiscard]] double log_share(std::uint64_t word) const {
    const Entry* entry = find(word);
    return entry != nullptr ? entry->log_share : log_unknown_;
  }

  // Brings the entry of a word near, for a share() or log_share() that follows soon.
  void prefetch(std::uint64_t word) const {
    __builtin_prefetch(&entries_[static_cast<std::uint32_t>(word >> 32) >> shift_]);
  }

 private:
  using Count = std::pair<std::uint32_t, std::uint32_t>;  // upper half of a hash, documents

  // A count and the logarithm of its share; of a free place in the table the count is 0.
  struct Entry {
    std::uint32_t half = 0;
    std::uint32_t count = 0;
    double log_share = 0;
  };

  DocumentFrequencies() = default;

  // Makes the hash table once everything else is there.
  void index_counts();
  [[nodiscard]] double share_of(double count) const {
    return count / static_cast<double>(documents_);
  }

  // The entry of a word; null if it has none.
  [[nodiscard]] const Entry* find(std::uint64_t word) const {
    const auto half = static_cast<std::uint32_t>(word >> 32);
    for (std::size_t at = half >> shift_;; at = (at + 1) & (entries_.size() - 1)) {
      const Entry& entry = entries_[at];
      if (entry.half == half && entry.count != 0) return &entry;
      if (entry.count == 0) return nullptr;
    }
  }

  std::uint64_t documents_ = 0;
  std::uint32_t least_ = 0;
  std::vector<Count> counts_;   // ascending
  std::vector<Entry> entries_;  // open addressing by the first bits, at most two thirds full
  int shift_ = 0;
  double log_unknown_ = 0;
};

}  // namespace copydesk::text

#endif  // COPYDESK_TEXT_DOCUMENT_FREQUENCIES_H_
