// Source: the inputs of a run as one ordered stream of raw records. Does all reading and
// decompressing; parses nothing. Internal to pipeline/.
//
// Inputs are read in the order given. A folder stands for the files below it (.jsonl, .ndjson,
// .json, .txt, each also with .gz or .zst), sorted by relative path as bytes; "@list" for the paths
// in that file, one a line, as they would stand on the command line but without "@" and "-"; "-"
// for standard input. gzip may have many members, zstd many frames; compression is recognised by
// magic bytes, not by name. A byte order mark at the start of a file is not part of its first
// record.
//
// What is named must be there and readable, or the run does not begin. What is found in a folder
// does not end a run: a file or folder that cannot be opened, and a FIFO, socket or device (nobody
// may ever write to it), give a rejected record.
#ifndef COPYDESK_PIPELINE_IO_SOURCE_H_
#define COPYDESK_PIPELINE_IO_SOURCE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "copydesk/config.h"
#include "copydesk/result.h"
#include "record.h"

namespace copydesk {

// One file of the inputs, as found at the start.
struct InputFile {
  std::string path;              // as it can be opened; "-" for standard input
  std::string name;              // the path as it is shown: always UTF-8
  std::string text_id;           // id of a text document: the path relative to the input's folder
  bool is_text = false;          // a whole file is one document
  std::uint64_t size = 0;        // bytes on disk; 0 for standard input
  std::int64_t modified_ns = 0;  // to notice a change while it is read
  std::string folder = {};       // the input folder it was found in; empty if named directly
  std::string fault = {};        // why it cannot be read; then nothing of it is
  bool may_wait = false;         // standard input, a FIFO, a device: reading may take for ever
};

// Expands and checks the inputs: every file must exist and be readable now. Errors name the path.
// Nothing is opened for long. FIFOs and devices are allowed when named directly. Links to folders
// are followed, but never back into a folder that is being listed. A folder without any such file
// or with links to 100 000 folders, and standard input named twice, are errors; what cannot be read
// in a folder has a `fault`.
Result<std::vector<InputFile>> list_inputs(const std::vector<std::string>& inputs,
                                           const InputOptions& options);

// The largest record there can be, whatever max_record_bytes says: offsets in a record have 32 bits
// and the JSON parser needs some room behind it.
inline constexpr std::uint64_t kMaxRecordBytes = 0xFFFFFF00;

class Source {
 public:
  // Once `stop` is set (it may be null), next_batch() soon gives nothing, also while it waits for a
  // pipe. `buffer_bytes`: size of each of the one or two buffers, at least 4; tests make it small.
  Source(std::vector<InputFile> files, const InputOptions& options,
         const std::atomic<bool>* stop = nullptr,
         std::size_t buffer_bytes = std::size_t{256} << 10);
  ~Source();

  // Fills `batch` (cleared first) with the next records: up to `max_documents`, and no further
  // record once `max_bytes` are reached. Blank lines of JSONL are skipped. False at the end.
  // Trouble inside a file (truncated or corrupt compression, one that unpacks to more than the
  // options allow, UTF-16 or UTF-32, a read error, a file that vanished or changed) never fails the
  // call: what was readable is given out, then one record with a `rejection` and the byte offset in
  // the compressed file in its message, then the next file follows. The bytes of that record are
  // the line (or text) that was cut off; its line and offset say where. Bytes of an invalid record
  // are truncated to max_record_bytes; memory stays bounded by it. Not thread-safe. Precondition:
  // max_documents > 0.
  bool next_batch(std::uint32_t max_documents, std::uint64_t max_bytes,
                  std::vector<RawRecord>& batch);

  [[nodiscard]] std::span<const InputFile> files() const;
  // Bytes of input files consumed so far (compressed where compressed). Thread-safe.
  [[nodiscard]] std::uint64_t bytes_consumed() const;
  // Files that changed or vanished, or that a limit or their encoding kept from being read to their
  // end: in words, for the run summary.
  [[nodiscard]] const std::vector<std::string>& warnings() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_IO_SOURCE_H_
