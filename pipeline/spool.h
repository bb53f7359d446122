// Spool: what a run has to find again of each record, on disk between two phases, so that the
// corpus is never in memory.
//
// A record is kept in two parts. Its bytes as they came are written once, by the first phase, and
// parsed again by whoever wants the document: an input of n bytes takes little more than n. What
// was decided on it - edits, fields, flags, verdict - is short, and each phase writes it anew. Both
// lie in files of blocks, each with a head that says what it holds; of a block of some dozens of
// records 16 bytes stay in memory, and are found again in a file that a run has left behind. Native
// byte order: a spool lives and dies with its run. A checksum ends each part and is in each head.
// Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_SPOOL_H_
#define COPYDESK_PIPELINE_SPOOL_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/result.h"
#include "io/parse_record.h"
#include "record.h"

namespace copydesk {

// Appends the bytes of a record that was just parsed, and where they came from, to `out`.
void encode_raw(const Record& record, std::string& out);
// The inverse, up to the parser. kCorrupt if the bytes are not what encode_raw() wrote.
Result<RawRecord> decode_raw(std::string_view bytes);

// Names of stages that stand for themselves in a byte: those of the plan.
using StageNames = std::vector<std::string>;

// Appends what was decided on a record to `out`.
void encode_decisions(const Record& record, const StageNames& stages, std::string& out);
// Applies them to the record as the parser made it. kCorrupt if the bytes are not what
// encode_decisions() wrote or belong to another text.
Result<void> decode_decisions(std::string_view bytes, const StageNames& stages, Record& record);

// A record from both of its parts. `parser`: with the options of the first phase. kCorrupt.
Result<Record> decode_record(std::string_view raw, std::string_view decisions, std::uint64_t doc,
                             const StageNames& stages, RecordParser& parser);

// What rows about other documents need to say of a document. Decoded from the head of its bytes.
struct Identity {
  std::string id;
  std::string outlet;
  std::string date;
};

// How much of a spool there is.
struct SpoolExtent {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;  // of the file
};

// Byte strings by ordinal. Written by one thread, then closed for writing and read by many.
class Spool {
 public:
  // Strings [first, first + items.size()), and what holds them.
  struct Slice {
    std::string bytes;
    std::vector<std::string_view> items;
  };

  // Creates the file, or empties it. It outlives the spool.
  static Result<Spool> create(std::string path);
  // Opens a file for reading, up to an extent that sync() gave; what stands behind it is cut off.
  // kCorrupt if the heads of its blocks are not what was written. Cost: a short read a block.
  static Result<Spool> open(std::string path, const SpoolExtent& extent);
  Spool(Spool&& other) noexcept;
  Spool& operator=(Spool&& other) noexcept;
  ~Spool();

  // Appends a string, in memory. Ordinals follow from the order, beginning with 0.
  void append(std::string_view item);
  // Writes what has come together in memory if it is a buffer or more. What there is no space for
  // is not lost: it can be tried again. Any other error stays.
  Result<void> write_full_buffer();
  // Ends the block, writes everything, and brings it to the disk. As write_full_buffer(); if the
  // disk fails, that stays: the system may have given up what it could not bring there, and would
  // call the next attempt a success.
  Result<SpoolExtent> sync();
  // Ends writing.
  Result<void> finish();
  // Begins writing again after finish() or open().
  void go_on();
  // Removes the file; the spool is of no use any more.
  void remove();

  [[nodiscard]] SpoolExtent extent() const { return {records_, bytes_}; }
  [[nodiscard]] std::uint64_t records() const { return records_; }
  // Of the file.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  // After finish(), thread-safe:
  // The end of a batch of records from `first` on: at most `max_records`, and blocks that begin
  // within `max_bytes`, but at least one record. first < records().
  [[nodiscard]] std::uint64_t batch_end(std::uint64_t first, std::uint64_t max_records,
                                        std::uint64_t max_bytes) const;
  // Reads [first, last) in one go.
  Result<void> read(std::uint64_t first, std::uint64_t last, Slice& slice) const;
  Result<std::string> read(std::uint64_t item) const;
  // Of a spool of encode_raw().
  Result<Identity> read_identity(std::uint64_t doc) const;

 private:
  struct Block {
    std::uint64_t first = 0;   // ordinal
    std::uint64_t offset = 0;  // in the file
  };
  // Where a string lies.
  struct Place {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };

  Spool(std::string path, int fd);
  void end_block();
  Result<void> write_buffer();
  [[nodiscard]] Error damaged_file() const;
  Result<void> find_blocks(const SpoolExtent& extent);
  Result<void> read_at(std::uint64_t offset, std::span<char> out) const;
  [[nodiscard]] std::size_t block_of(std::uint64_t item) const;
  Result<Place> find(std::uint64_t item) const;

  std::string path_;
  int fd_ = -1;
  std::string buffer_;                // of whole blocks
  std::string block_;                 // strings of the block that is being filled
  std::vector<std::uint64_t> sizes_;  // theirs
  std::vector<Block> blocks_;         // and, after finish(), where the next would begin
  std::uint64_t records_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t written_ = 0;     // of bytes_; the rest is in the buffer
  std::optional<Error> failure_;  // that stays
};

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_SPOOL_H_
