#include "copydesk/stage_state.h"

#include <cassert>
#include <optional>
#include <string>
#include <utility>

#include "copydesk/varint.h"

namespace copydesk {

Result<void> StateWriter::number(std::uint64_t value) {
  std::string bytes;
  append_varint(value, bytes);
  return write(bytes);
}

Result<void> StateWriter::bytes(std::string_view value) {
  COPYDESK_RETURN_IF_ERROR(number(value.size()));
  return write(value);
}

Result<std::uint64_t> StateReader::number() {
  Result<void> taken;
  const std::optional<std::uint64_t> value = read_varint([&] {
    char byte = 0;
    taken = read({&byte, 1});
    return taken.ok() ? static_cast<unsigned char>(byte) : -1;
  });
  COPYDESK_RETURN_IF_ERROR(std::move(taken));
  if (!value) return damaged_state("a number");
  return *value;
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
