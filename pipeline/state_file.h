// State files: what stages know at the end of a phase, one section each, in a file of the work
// folder. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_STATE_FILE_H_
#define COPYDESK_PIPELINE_STATE_FILE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/result.h"
#include "copydesk/stage_state.h"

namespace copydesk {

// What one part of the engine, or a stage, wrote.
struct StateSection {
  std::string name;
  std::uint64_t bytes = 0;
};

// What is needed to read a state file again; it lies elsewhere.
struct StateContents {
  std::vector<StateSection> sections;
  std::uint64_t checksum = 0;  // of the whole file
};

class StateFileWriter : public StateWriter {
 public:
  // Creates the file, or empties it.
  static Result<StateFileWriter> create(std::string path);
  StateFileWriter(StateFileWriter&&) noexcept;
  StateFileWriter& operator=(StateFileWriter&&) = delete;
  ~StateFileWriter() override;

  // What is written from here on belongs to a new section.
  void begin_section(std::string name);
  Result<void> write(std::string_view bytes) override;
  // Ends writing and brings the file to the disk.
  Result<StateContents> finish();

 private:
  struct Hash;
  StateFileWriter(std::string path, int fd);
  Result<void> flush();

  std::string path_;
  int fd_;
  std::string buffer_;
  std::unique_ptr<Hash> hash_;
  std::vector<StateSection> sections_;
};

class StateFileReader : public StateReader {
 public:
  // Opens a file and reads it once to see whether it is what was written: kCorrupt if not.
  static Result<StateFileReader> open(std::string path, StateContents contents);
  StateFileReader(StateFileReader&&) noexcept;
  StateFileReader& operator=(StateFileReader&&) = delete;
  ~StateFileReader() override;

  // Goes to the next section. kCorrupt if it has another name or the one before was not read to its
  // end.
  Result<void> begin_section(std::string_view name);
  Result<void> read(std::span<char> out) override;
  [[nodiscard]] std::uint64_t remaining() const override { return remaining_; }
  // kCorrupt if anything was not read.
  Result<void> finish();

 private:
  StateFileReader(std::string path, int fd, StateContents contents);
  Result<void> verify();
  [[nodiscard]] Error damaged() const;
  // Reads up to out.size() bytes; 0 at the end of the file.
  Result<std::size_t> read_some(std::span<char> out);

  std::string path_;
  int fd_;
  StateContents contents_;
  std::size_t next_section_ = 0;
  std::uint64_t remaining_ = 0;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // of what is in the buffer
  std::size_t end_ = 0;
};

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_STATE_FILE_H_
