// The output folder of a finished run: what run.json says, and its files row by row.
#ifndef COPYDESK_PIPELINE_CLI_RUN_FOLDER_H_
#define COPYDESK_PIPELINE_CLI_RUN_FOLDER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/result_rows.h"
#include "copydesk/config.h"
#include "copydesk/result.h"
#include "io/parse_record.h"
#include "io/source.h"
#include "record.h"

namespace copydesk::cli {

// Reads a file of rows from its beginning, in constant memory. Rows may be longer than the records
// they are about.
class RowReader {
 public:
  // `file`: a name without ".zst", which is looked for, too. kNotFound if there is neither.
  static Result<RowReader> open(const std::string& dir, std::string_view file);

  // False at the end. The row stands until the next call. kInterrupted if the user asked to stop.
  Result<bool> next();
  [[nodiscard]] std::string& row() { return batch_[at_].bytes; }
  // Of the row, from 1.
  [[nodiscard]] std::uint64_t number() const { return batch_[at_].line; }

 private:
  RowReader(std::string path, std::unique_ptr<Source> source)
      : path_(std::move(path)), source_(std::move(source)) {}

  std::string path_;
  std::unique_ptr<Source> source_;
  std::vector<RawRecord> batch_;
  std::size_t at_ = 0;
};

// Reads rows of clean.jsonl as records: of documents that came as JSON by the run's mapping, of
// plain texts by our own names.
class RowRecordParser {
 public:
  explicit RowRecordParser(const InputOptions& input);
  // A record with a rejection if the row is neither.
  Record parse(std::string row, std::uint64_t doc);

 private:
  RecordParser of_run_;
  RecordParser of_texts_;
};

// Whether a document of the run had this id. That of a text file in a folder is its path there;
// `record` may have been read by its whole path.
[[nodiscard]] bool is_id_of(std::string_view id, const Record& record);

class RunFolder {
 public:
  // kNotFound if `dir` holds no run.json.
  static Result<RunFolder> open(const std::string& dir);

  [[nodiscard]] const std::string& dir() const { return dir_; }
  [[nodiscard]] const Config& config() const { return config_; }
  // The member "summary" of run.json.
  [[nodiscard]] const Element& summary() const { return summary_; }
  [[nodiscard]] Result<RowReader> rows(std::string_view file) const {
    return RowReader::open(dir_, file);
  }

  // The inputs of the run as they are now, for reading them again. kNotFound if one is gone or
  // can be read only once. `changed`: paths of those that have another size.
  Result<std::vector<InputFile>> inputs(std::vector<std::string>& changed) const;

 private:
  RunFolder() = default;

  std::string dir_;
  std::unique_ptr<RowParser> parser_;  // of summary_
  Element summary_;
  Config config_;
  std::vector<InputFile> inputs_;  // in reading order; what run.json records of them
};

}  // namespace copydesk::cli

#endif  // COPYDESK_PIPELINE_CLI_RUN_FOLDER_H_
