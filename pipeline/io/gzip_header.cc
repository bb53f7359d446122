#include "io/gzip_header.h"

#include <isa-l/crc.h>

namespace copydesk {
namespace {

constexpr std::string_view kBegin = "\x1f\x8b\x08";  // the magic bytes, and "deflate"
constexpr std::size_t kFixedBytes = 10;
constexpr std::size_t kNumberBytes = 2;

constexpr unsigned kHasChecksum = 2;
constexpr unsigned kHasExtra = 4;
constexpr unsigned kHasName = 8;
constexpr unsigned kHasComment = 16;
constexpr unsigned kReserved = 0xE0;

}  // namespace

bool GzipHeader::read(std::string_view& in) {
  const std::string_view all = in;
  while (!in.empty() && field_ < Field::kChecksum) {
    if (!take(in.front())) return false;
    in.remove_prefix(1);
  }
  crc_ = crc32_gzip_refl(crc_, reinterpret_cast<const unsigned char*>(all.data()),
                         all.size() - in.size());
  while (!in.empty() && !complete()) {
    if (!take(in.front())) return false;
    in.remove_prefix(1);
  }
  return true;
}

bool GzipHeader::take(char next) {
  const unsigned byte = static_cast<unsigned char>(next);
  const std::size_t at = size_++;
  switch (field_) {
    case Field::kFixed:
      if (at < kBegin.size() && next != kBegin[at]) return false;
      if (at == kBegin.size()) flags_ = byte;
      if ((flags_ & kReserved) != 0) return false;
      if (size_ == kFixedBytes) begin_next();
      return true;
    case Field::kExtraSize:
      number_ |= byte << 8 * at;
      if (size_ == kNumberBytes) begin_next();
      return true;
    case Field::kExtra:
      if (size_ == number_) begin_next();
      return true;
    case Field::kName:
    case Field::kComment:
      if (byte == 0) begin_next();
      return true;
    case Field::kChecksum:
      number_ |= byte << 8 * at;
      if (size_ < kNumberBytes) return true;
      if (number_ != (crc_ & 0xFFFF)) return false;
      begin_next();
      return true;
    case Field::kNone:
      break;
  }
  return true;
}

// Goes on to the next field that is there.
void GzipHeader::begin_next() {
  if (field_ != Field::kExtraSize) number_ = 0;
  size_ = 0;
  do {
    field_ = static_cast<Field>(static_cast<int>(field_) + 1);
  } while (!is_there());
}

bool GzipHeader::is_there() const {
  switch (field_) {
    case Field::kExtraSize:
      return (flags_ & kHasExtra) != 0;
    case Field::kExtra:
      return number_ > 0;
    case Field::kName:
      return (flags_ & kHasName) != 0;
    case Field::kComment:
      return (flags_ & kHasComment) != 0;
    case Field::kChecksum:
      return (flags_ & kHasChecksum) != 0;
    case Field::kFixed:
    case Field::kNone:
      break;
  }
  return true;
}

}  // namespace copydesk
