// PostingFile: which documents have which keys, in a scratch file, few bytes each.
//
// Keys of a number of bits are sorted into partitions by the first of them, which therefore need
// not be written. Documents come in ascending order, so that a partition holds steps from one
// to the next, in Rice code (Rice 1979): a key of b bits costs about b + 1.5 bits with its
// document, whatever the number of partitions. A shorter key makes some candidates that have
// nothing in common: among n documents about n^2 / 2^(b + 1) for each group of keys. It never loses
// one.
#ifndef COPYDESK_STAGES_REUSE_POSTING_FILE_H_
#define COPYDESK_STAGES_REUSE_POSTING_FILE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "copydesk/scratch.h"

namespace copydesk::reuse {

// A key (of a band, of a fingerprint) and a document that has it.
struct Posting {
  std::uint64_t key = 0;
  std::uint32_t node = 0;

  friend auto operator<=>(const Posting&, const Posting&) = default;
};

// Bits of the numbers in a posting.
struct PostingShape {
  std::uint32_t groups = 1;  // of keys that never meet
  int key_bits = 48;         // 1 to 56 + partition_bits; of the highest bits of a hash
  int partition_bits = 8;    // the highest of them, 1 to 16
  int step_bits = 7;         // about log2 of the step from document to document in a partition
};

class PostingFile {
 public:
  PostingFile() = default;
  PostingFile(ScratchSpace& space, std::string_view part, const PostingShape& shape);

  // Adds a posting; key < 2^shape.key_bits. Nodes ascend. By one thread at a time.
  Result<void> add(std::uint32_t group, std::uint64_t key, std::uint32_t node);
  // Asks for the memory that add() of the key will touch: some postings ahead, it is there in time.
  void prefetch(std::uint32_t group, std::uint64_t key) const {
    __builtin_prefetch(&writers_[partition_of(group, key)], 1);
  }
  // Ends adding.
  Result<void> finish();

  [[nodiscard]] std::size_t partitions() const { return writers_.size(); }
  // The postings of a partition, `out` cleared first: in the order in which they were added. Each
  // group has 2^shape.partition_bits partitions of its own. Thread-safe.
  Result<void> read(std::size_t partition, std::vector<Posting>& out) const;

 private:
  // One cache line a partition: which of them a posting meets is chance.
  struct alignas(64) Writer {
    std::uint64_t pending = 0;                // bits that make no whole word yet, the lowest first
    std::array<std::uint64_t, 4> words = {};  // whole ones that are not in the file yet
    std::uint64_t count = 0;                  // of postings
    std::uint32_t last = 0;                   // node
    std::uint16_t bits = 0;                   // in `pending`
    std::uint16_t held = 0;                   // words
  };

  [[nodiscard]] std::size_t partition_of(std::uint32_t group, std::uint64_t key) const {
    return (std::size_t{group} << shape_.partition_bits) +
           (key >> (shape_.key_bits - shape_.partition_bits));
  }
  Result<void> put(std::size_t partition, std::uint64_t value, std::uint32_t bits);

  PostingShape shape_;
  ScratchFile file_;
  std::vector<Writer> writers_;  // by partition
};

// Takes out postings of keys that occur once: they make no pair. Some may stay; those of a key that
// occurs twice or more all do. Returns how many went. Cost: two passes, in cache.
std::uint64_t drop_lone_keys(std::vector<Posting>& postings);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_POSTING_FILE_H_
