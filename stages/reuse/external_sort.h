// ExternalSort: sorts more records than memory holds, by sorted runs in scratch files that are then
// merged. Few records never leave memory.
#ifndef COPYDESK_STAGES_REUSE_EXTERNAL_SORT_H_
#define COPYDESK_STAGES_REUSE_EXTERNAL_SORT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "copydesk/scratch.h"

namespace copydesk::reuse {

// `Less` must be a total order if the outcome is not to depend on the memory. Not thread-safe.
template <class T, class Less>
requires std::is_trivially_copyable_v<T>
class ExternalSort {
 public:
  // `memory`: bytes of records that are sorted at once; the merge takes some more.
  ExternalSort(ScratchSpace& space, std::string_view part, std::uint64_t memory, Less less = {})
      : space_(space),
        part_(part),
        run_records_(std::max<std::uint64_t>(memory / sizeof(T), 1024)),
        less_(less) {}

  Result<void> add(const T& record) {
    if (buffer_.size() >= run_records_) COPYDESK_RETURN_IF_ERROR(write_run());
    buffer_.push_back(record);
    return {};
  }

  // Calls take(record), which returns a Result<void>, for each record in order. Once.
  template <class Take>
  Result<void> drain(Take take) {
    if (runs_.empty()) {
      std::sort(buffer_.begin(), buffer_.end(), less_);
      for (const T& record : buffer_) COPYDESK_RETURN_IF_ERROR(take(record));
      buffer_ = {};
      return {};
    }
    COPYDESK_RETURN_IF_ERROR(write_run());
    buffer_ = {};
    std::vector<Cursor> cursors(runs_.size());
    const auto later = [&](std::size_t x, std::size_t y) {
      return less_(cursors[y].front(), cursors[x].front());
    };
    std::vector<std::size_t> heap;  // the run with the smallest record first
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      cursors[i].run = &runs_[i];
      COPYDESK_RETURN_IF_ERROR(cursors[i].refill());
      heap.push_back(i);
    }
    std::make_heap(heap.begin(), heap.end(), later);
    while (!heap.empty()) {
      std::pop_heap(heap.begin(), heap.end(), later);
      Cursor& cursor = cursors[heap.back()];
      COPYDESK_RETURN_IF_ERROR(take(cursor.front()));
      COPYDESK_RETURN_IF_ERROR(cursor.advance());
      if (cursor.at_end()) {
        heap.pop_back();
      } else {
        std::push_heap(heap.begin(), heap.end(), later);
      }
    }
    runs_.clear();
    return {};
  }

 private:
  // A place in a run, which is read in pieces.
  struct Cursor {
    const ScratchFile* run = nullptr;
    std::uint64_t next = 0;  // record of the run behind the piece
    std::vector<T> piece;
    std::size_t at = 0;

    [[nodiscard]] const T& front() const { return piece[at]; }
    [[nodiscard]] bool at_end() const { return at == piece.size(); }
    Result<void> advance() { return ++at < piece.size() ? Result<void>() : refill(); }
    Result<void> refill() {
      constexpr std::size_t kPieceBytes = 1U << 18;
      const std::uint64_t left = run->records<T>(0) - next;
      piece.resize(std::min<std::uint64_t>(left, kPieceBytes / sizeof(T)));
      at = 0;
      COPYDESK_RETURN_IF_ERROR(run->read_records(0, next, std::span<T>(piece)));
      next += piece.size();
      return {};
    }
  };

  Result<void> write_run() {
    std::sort(buffer_.begin(), buffer_.end(), less_);
    ScratchFile run = space_.make_file(part_, 1);
    COPYDESK_RETURN_IF_ERROR(run.append_records(0, std::span<const T>(buffer_)));
    COPYDESK_RETURN_IF_ERROR(run.finish());
    runs_.push_back(std::move(run));
    buffer_.clear();
    return {};
  }

  ScratchSpace& space_;
  std::string part_;
  std::uint64_t run_records_;
  Less less_;
  std::vector<T> buffer_;
  std::vector<ScratchFile> runs_;
};

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_EXTERNAL_SORT_H_
