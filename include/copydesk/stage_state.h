// Stage state: what a corpus stage knows once it is finalized, as a stream of bytes, so that a run
// that was interrupted goes on without observing everything anew.
//
//   COPYDESK_RETURN_IF_ERROR(out.number(names.size()));                  // CorpusStage::save()
//   for (const std::string& name : names) COPYDESK_RETURN_IF_ERROR(out.bytes(name));
//
//   COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t size, in.count(1));    // CorpusStage::load()
//   for (std::uint64_t i = 0; i < size; ++i) { … in.bytes(name) … }
//
// State is read by the version of copydesk that wrote it, on a machine of the same byte order. It
// may be damaged all the same: the helpers of StateReader never allocate more than the bytes that
// are left can fill, and a stage checks what it relies on (bounds, order, values of enumerations).
//
// Thread-safety: none. Cost: writers and readers buffer, so that small pieces are cheap.
#ifndef COPYDESK_STAGE_STATE_H_
#define COPYDESK_STAGE_STATE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "copydesk/result.h"

namespace copydesk {

// Records that are saved as they lie in memory: without padding, so that equal records are equal
// bytes.
template <class T>
concept StateRecord =
    std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>;

class StateWriter {
 public:
  virtual ~StateWriter() = default;

  // Appends bytes. kIo if they cannot be written.
  virtual Result<void> write(std::string_view bytes) = 0;

  // A number, in 1 to 10 bytes (copydesk/varint.h).
  Result<void> number(std::uint64_t value);
  // A size and so many bytes.
  Result<void> bytes(std::string_view value);
  // A size and so many records.
  template <StateRecord T>
  Result<void> records(std::span<const T> values) {
    COPYDESK_RETURN_IF_ERROR(number(values.size()));
    return write({reinterpret_cast<const char*>(values.data()), values.size_bytes()});
  }
};

// Reads what one stage wrote, in the same order.
class StateReader {
 public:
  virtual ~StateReader() = default;

  // Fills `out` with the next bytes. kCorrupt if fewer are left, kIo if they cannot be read.
  virtual Result<void> read(std::span<char> out) = 0;
  // Bytes of the stage's state that are still to be read.
  [[nodiscard]] virtual std::uint64_t remaining() const = 0;

  // All of these: kCorrupt if they do not fit into what is left; errors of read().
  [[nodiscard]] Result<std::uint64_t> number();
  // The number of things that follow, which take `least` bytes each or more. Precondition:
  // least > 0.
  [[nodiscard]] Result<std::uint64_t> count(std::uint64_t least);
  Result<void> bytes(std::string& out);
  template <StateRecord T>
  Result<void> records(std::vector<T>& out) {
    COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t size, count(sizeof(T)));
    out.resize(size);
    return read({reinterpret_cast<char*>(out.data()), size * sizeof(T)});
  }
};

// kCorrupt: `what` of a stage's state cannot be.
[[nodiscard]] Error damaged_state(std::string_view what);

}  // namespace copydesk

#endif  // COPYDESK_STAGE_STATE_H_
