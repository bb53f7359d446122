#include "copydesk/stage_state.h"

#include <cassert>

namespace copydesk {
namespace {

constexpr unsigned kBits = 7;  // of a number in each byte
constexpr unsigned kMore = 1U << kBits;

}  // namespace

Result<void> StateWriter::number(std::uint64_t value) {
  char buffer[10];
  std::size_t size = 0;
  for (; value >= kMore; value >>= kBits) {
    buffer[size++] = static_cast<char>((value & (kMore - 1)) | kMore);
  }
  buffer[size++] = static_cast<char>(value);
  return write({buffer, size});
}

Result<void> StateWriter::bytes(std::string_view value) {
  COPYDESK_RETURN_IF_ERROR(number(value.size()));
  return write(value);
}

Result<std::uint64_t> StateReader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += kBits) {
    char c = 0;
    COPYDESK_RETURN_IF_ERROR(read({&c, 1}));
    const std::uint64_t byte = static_cast<unsigned char>(c);
    const std::uint64_t bits = byte & (kMore - 1);
    if ((bits << shift) >> shift != bits) break;
    value |= bits << shift;
    if (byte >= kMore) continue;
    // One way to write each number.
    if (byte == 0 && shift > 0) break;
    return value;
  }
  return damaged_state("a number");
}

Result<std::uint64_t> StateReader::count(std::uint64_t least) {
  assert(least > 0);
  COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t size, number());
  if (size > remaining() / least) return damaged_state("a size");
  return size;
}

Result<void> StateReader::bytes(std::string& out) {
  COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t size, count(1));
  out.resize(size);
  return read(out);
}

Error damaged_state(std::string_view what) {
  return {ErrorCode::kCorrupt, "the state of a stage is damaged: " + std::string(what)};
}

}  // namespace copydesk
