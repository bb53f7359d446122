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

// Writes to "<path>.partial" and renames it to <path> in commit(). Destroyed without commit(), it
// removes the partial file. Compresses with zstd level 1 if the path ends in ".zst", on a
// thread of its own as soon as there is more than a buffer (1 MiB); a fault there is told by a
// later call. Not thread-safe.
class OutputFile {
 public:
  // Creates the partial file (an old one of a dead run is replaced).
  static Result<OutputFile> create(std::string path);
  OutputFile(OutputFile&&) noexcept;
  OutputFile& operator=(OutputFile&&) noexcept;
  ~OutputFile();

  Result<void> write(std::string_view bytes);
  // Flushes, ends the zstd frame, fsyncs and closes; the file still has its partial name.
  Result<void> finish();
  // Renames to the final name (finish() first if need be) and fsyncs the folder.
  Result<void> commit();

  [[nodiscard]] const std::string& path() const;
  // Bytes given to write(), uncompressed.
  [[nodiscard]] std::uint64_t bytes_written() const;

 private:
  class Impl;
  explicit OutputFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_IO_OUTPUT_FILE_H_
