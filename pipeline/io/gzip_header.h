// GzipHeader: the header of a gzip member (RFC 1952). Internal to pipeline/io.
#ifndef COPYDESK_PIPELINE_IO_GZIP_HEADER_H_
#define COPYDESK_PIPELINE_IO_GZIP_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace copydesk {

// Reads one header in pieces of any size; igzip wants it in one. Name, comment and extra field are
// skipped and take no memory, however long they are. Not thread-safe.
class GzipHeader {
 public:
  // Takes the bytes of the header, and none behind it, off the front of `in`. False once the header
  // is broken: another method than deflate, a reserved flag, a wrong checksum; then it is over.
  bool read(std::string_view& in);

  // All of the header was read.
  [[nodiscard]] bool complete() const { return field_ == Field::kNone; }

 private:
  // In the order they come. Those between the first and the last are there if a flag says so.
  enum class Field { kFixed, kExtraSize, kExtra, kName, kComment, kChecksum, kNone };

  bool take(char next);
  void begin_next();
  [[nodiscard]] bool is_there() const;

  Field field_ = Field::kFixed;
  std::size_t size_ = 0;  // bytes of the field so far
  unsigned flags_ = 0;
  std::uint32_t number_ = 0;  // so far: the size of the extra field, the checksum
  std::uint32_t crc_ = 0;     // of the bytes before the checksum
};

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_IO_GZIP_HEADER_H_
