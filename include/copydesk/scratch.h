// Scratch: where a corpus stage puts what it has to remember of each document, so that it may be
// more than memory holds.
//
//   ScratchFile file = space.make_file("bands", 256);
//   file.append(key >> 56, bytes);     // while documents are observed
//   file.finish();
//   file.read(partition, out);         // when the stage decides, a partition at a time
//
// Partitions are kept in memory while all files of a space stay within its memory; then the largest
// file goes to disk, all its partitions one after the other in one long write. What a partition
// holds is the same either way. Files on disk have no name from the start, so that nothing is left
// of them whatever ends the run.
#ifndef COPYDESK_SCRATCH_H_
#define COPYDESK_SCRATCH_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "copydesk/result.h"

namespace copydesk {

// What the files of one name came to, over the whole life of a space.
struct ScratchUse {
  std::string part;
  std::uint64_t bytes = 0;    // appended
  std::uint64_t on_disk = 0;  // of them written to disk
};

class ScratchFile;

// Makes scratch files and keeps account of them. The files may outlive it. Not thread-safe:
// no file of a space may be read while another is appended to, which may move what it holds to
// disk.
class ScratchSpace {
 public:
  // Keeps everything in memory.
  ScratchSpace();
  // `folder` exists and takes the files; `memory`: bytes that all files may hold before they are
  // written, and that a stage may hold besides (see memory()).
  ScratchSpace(std::string folder, std::uint64_t memory);
  ~ScratchSpace();
  ScratchSpace(const ScratchSpace&) = delete;
  ScratchSpace& operator=(const ScratchSpace&) = delete;

  // Bytes a stage may hold at once, besides what its files hold, to work on what it reads back.
  [[nodiscard]] std::uint64_t memory() const;
  // A file with so many partitions, none of which holds anything. `part` names it for people.
  [[nodiscard]] ScratchFile make_file(std::string_view part, std::size_t partitions);
  // By part, in the order in which they were first made.
  [[nodiscard]] std::vector<ScratchUse> usage() const;

 private:
  friend class ScratchFile;
  class Pool;
  std::shared_ptr<Pool> pool_;
};

// Bytes in numbered partitions: written once, then read. Movable.
class ScratchFile {
 public:
  ScratchFile();  // of no space: only to be assigned to
  ScratchFile(ScratchFile&& other) noexcept;
  ScratchFile& operator=(ScratchFile&& other) noexcept;
  ~ScratchFile();

  [[nodiscard]] std::size_t partitions() const;
  // Bytes of a partition.
  [[nodiscard]] std::uint64_t size(std::size_t partition) const;
  // Whether any of it was written to disk.
  [[nodiscard]] bool on_disk() const;

  // Adds bytes at the end of a partition. By one thread at a time. Cost: a copy. kIo if the disk
  // does not take what has to be written; the message names the file and the bytes.
  Result<void> append(std::size_t partition, std::string_view bytes);
  // Ends appending; a file that is partly on disk lets go of its memory.
  Result<void> finish();

  // The bytes of a partition. Thread-safe after finish(). kIo, kCorrupt if the file was cut.
  Result<void> read(std::size_t partition, std::string& out) const;
  // `out.size()` bytes from `offset` on; precondition: they exist. As read().
  Result<void> read_at(std::size_t partition, std::uint64_t offset, std::span<char> out) const;

  // Records of one size, in the byte order of the machine.
  template <class T>
  requires std::is_trivially_copyable_v<T> Result<void> append_record(std::size_t partition,
                                                                      const T& record) {
    return append(partition, {reinterpret_cast<const char*>(&record), sizeof(T)});
  }
  template <class T>
  requires std::is_trivially_copyable_v<T> Result<void> append_records(std::size_t partition,
                                                                       std::span<const T> records) {
    return append(partition, {reinterpret_cast<const char*>(records.data()), records.size_bytes()});
  }
  // Records [first, first + out.size()) of a partition.
  template <class T>
  requires std::is_trivially_copyable_v<T> Result<void> read_records(std::size_t partition,
                                                                     std::uint64_t first,
                                                                     std::span<T> out)
  const {
    return read_at(partition, first * sizeof(T),
                   {reinterpret_cast<char*>(out.data()), out.size_bytes()});
  }
  template <class T>
  [[nodiscard]] std::uint64_t records(std::size_t partition) const {
    return size(partition) / sizeof(T);
  }

 private:
  friend class ScratchSpace;
  friend class ScratchSpace::Pool;
  struct State;
  explicit ScratchFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace copydesk

#endif  // COPYDESK_SCRATCH_H_
