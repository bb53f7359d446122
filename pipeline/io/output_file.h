// Output files that exist under their final name only when they are complete. Internal to
// pipeline/.
#ifndef COPYDESK_PIPELINE_IO_OUTPUT_FILE_H_
#define COPYDESK_PIPELINE_IO_OUTPUT_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "copydesk/result.h"

namespace copydesk {

// The name a file has until it is complete.
[[nodiscard]] std::string partial_path(const std::string& path);

// Writes to "<path>.partial" and renames it to <path> in commit(). Destroyed without commit(), it
// removes what was written since sync() as far as it can, and the partial file if that is all.
// Compresses with zstd level 1 if the path ends in ".zst", on a thread of its own as soon as there
// is more than a buffer (1 MiB); a fault there is told by a later call. Not thread-safe.
class OutputFile {
 public:
  // Creates the partial file (an old one of a dead run is replaced).
  static Result<OutputFile> create(std::string path);
  // Goes on behind the first `length` bytes of a partial file, as sync() gave them; what stands
  // behind them is cut off. kCorrupt if they are not there.
  static Result<OutputFile> resume(std::string path, std::uint64_t length);
  OutputFile(OutputFile&&) noexcept;
  OutputFile& operator=(OutputFile&&) noexcept;
  ~OutputFile();

  Result<void> write(std::string_view bytes);
  // Flushes, ends the zstd frame if there is anything in it, and fsyncs. Gives the bytes of the
  // file, which can be gone on from.
  Result<std::uint64_t> sync();
  // Flushes, ends the zstd frame, fsyncs and closes; the file still has its partial name.
  Result<void> finish();
  // Renames to the final name (finish() first if need be) and fsyncs the folder.
  Result<void> commit();
  // The partial file stays as it is, whatever happens: another gives it its name.
  void keep_partial();

  [[nodiscard]] const std::string& path() const;
  // Of the file, after finish().
  [[nodiscard]] std::uint64_t file_bytes() const;
  // Bytes given to write(), uncompressed.
  [[nodiscard]] std::uint64_t bytes_written() const;

 private:
  class Impl;
  explicit OutputFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_IO_OUTPUT_FILE_H_
