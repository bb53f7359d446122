// Spool: the records of a run on disk between two phases, so that the corpus is never in memory.
//
// One file, records one after the other in input order; the offsets of all records stay in memory
// (8 bytes a record). Native byte order: a spool lives and dies with its run. A checksum ends each
// record. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_SPOOL_H_
#define COPYDESK_PIPELINE_SPOOL_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/result.h"
#include "record.h"

namespace copydesk {

// Appends the spooled form of a record to `out`.
void encode_record(const Record& record, std::string& out);

// The inverse. kCorrupt if the bytes are not what encode_record() wrote.
Result<Record> decode_record(std::string_view bytes);

// What rows about other documents need to say of a document. Decoded from the head of its record.
struct Identity {
  std::string id;
  std::string outlet;
  std::string date;
};

// Written by one thread, then closed for writing and read by many.
class Spool {
 public:
  // Creates the file; it is removed when the spool is destroyed.
  static Result<Spool> create(std::string path);
  Spool(Spool&& other) noexcept;
  Spool& operator=(Spool&& other) noexcept;
  ~Spool();

  // Appends one encoded record. Ordinals follow from the order, beginning with 0.
  Result<void> append(std::string_view encoded);
  // Ends writing.
  Result<void> finish();

  [[nodiscard]] std::uint64_t records() const { return offsets_.size() - 1; }
  [[nodiscard]] std::uint64_t bytes() const { return offsets_.back(); }
  // Bytes of records [first, last).
  [[nodiscard]] std::uint64_t bytes_between(std::uint64_t first, std::uint64_t last) const {
    return offsets_[last] - offsets_[first];
  }

  // Reads records [first, last) in one go; encoded records one after the other, use record_size().
  // Thread-safe after finish().
  Result<std::string> read(std::uint64_t first, std::uint64_t last) const;
  [[nodiscard]] std::uint64_t record_size(std::uint64_t doc) const {
    return bytes_between(doc, doc + 1);
  }
  Result<Record> read_record(std::uint64_t doc) const;
  Result<Identity> read_identity(std::uint64_t doc) const;

 private:
  Spool(std::string path, int fd);
  Result<void> flush();
  Result<void> read_at(std::uint64_t offset, std::string& out) const;

  std::string path_;
  int fd_ = -1;
  std::string buffer_;
  std::vector<std::uint64_t> offsets_ = {0};  // one more than records
};

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_SPOOL_H_
