// StoryNotes: the notes of all documents, in a scratch file, and the words they are of.
#ifndef COPYDESK_STAGES_REUSE_STORY_NOTES_H_
#define COPYDESK_STAGES_REUSE_STORY_NOTES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/result.h"
#include "copydesk/scratch.h"
#include "reuse/external_sort.h"
#include "reuse/seeded_hash.h"
#include "reuse/stories.h"

namespace copydesk::reuse {

// Numbers keys 0, 1, … in the order in which they first come. Memory: 14 to 20 bytes a key.
class KeyNumbers {
 public:
  [[nodiscard]] std::uint32_t number(std::uint64_t key);
  // Brings the place of a key near, for a number() that follows soon.
  void prefetch(std::uint64_t key) const;
  [[nodiscard]] const std::vector<std::uint64_t>& keys() const { return keys_; }
  // Frees what only number() needs.
  void finish() { slots_ = {}; }

 private:
  [[nodiscard]] std::size_t slot_of(std::uint64_t key) const;
  void grow();

  std::vector<std::uint64_t> keys_;
  std::vector<std::uint32_t> slots_;  // open addressing: 0, or one more than a number
  int shift_ = 64;
  std::uint64_t factor_ = slot_factor();
};

// A note as it is read back. Terms name words by their places among all words of the notes,
// ascending by hash.
struct ReadNote {
  bool is_short = false;
  TitleNumbers numbers;
  std::vector<VectorTerm> terms;  // ascending by word
  std::string bytes;              // scratch
};

// Written by one thread, then read by many. In memory stay some 8 bytes a note and 30 a distinct
// word; a note takes 4 bytes a term and 8 a word of its title in the file.
class StoryNotes {
 public:
  // How notes are sorted: undated ones first, then by day and content; what is equal in that by the
  // order of documents.
  struct Key {
    std::uint64_t content = 0;
    std::uint64_t bytes = 0;
    std::int32_t day = 0;
    std::uint32_t note = 0;
    bool dated = false;
  };

  // `space` must outlive the notes.
  explicit StoryNotes(ScratchSpace& space);

  // Notes come in the order of their documents. kInvalidArgument if there are too many of them;
  // kIo.
  Result<void> add(const StoryNote& note);
  Result<void> finish();

  // All that follows after finish().

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(docs_.size()); }
  [[nodiscard]] std::uint32_t doc(std::uint32_t note) const { return docs_[note]; }
  // Bytes of a note in the file.
  [[nodiscard]] std::uint64_t bytes(std::uint32_t note) const;
  // Thread-safe.
  Result<void> read(std::uint32_t note, ReadNote& out) const;
  // Calls take(key) for each note, in order. Once.
  Result<void> take_in_order(const std::function<void(const Key&)>& take);

  // The hashes of all words, ascending, and in how many notes each stands.
  [[nodiscard]] const std::vector<std::uint64_t>& words() const { return words_; }
  [[nodiscard]] const std::vector<std::uint32_t>& counts() const { return counts_; }

 private:
  struct KeyLess {
    bool operator()(const Key& a, const Key& b) const;
  };

  [[nodiscard]] std::uint64_t begin_of(std::uint32_t note) const;

  ScratchFile file_;
  ExternalSort<Key, KeyLess> keys_;
  std::vector<std::uint32_t> docs_;
  // Where notes begin in the file: from the base of their group on, in units.
  std::vector<std::uint64_t> bases_;
  std::vector<std::uint32_t> begins_;
  KeyNumbers numbers_;                   // of words
  KeyNumbers weights_;                   // of pairs of weights, as their bits
  std::vector<std::uint32_t> counts_;    // by number; from finish() on by place
  std::vector<std::uint32_t> place_of_;  // by number
  std::vector<std::uint64_t> words_;
  std::string buffer_;
};

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_STORY_NOTES_H_
