#include "cli/run_folder.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "cli/interrupt.h"
#include "copydesk/stage_spec.h"
#include "io/paths.h"
#include "run_file.h"

namespace copydesk::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kBatchRows = 256;
constexpr std::uint64_t kBatchBytes = 4ULL << 20;

InputOptions row_options() {
  InputOptions options;
  options.format = InputOptions::Format::kJsonl;
  options.max_record_bytes = 2ULL << 30;
  options.max_unpack_ratio = 0;  // rows of our own may pack well
  return options;
}

InputOptions text_row_options() {
  InputOptions options = row_options();
  options.fields = *field_preset("copydesk");
  return options;
}

}  // namespace

RowRecordParser::RowRecordParser(const InputOptions& input)
    : of_run_(input), of_texts_(text_row_options()) {}

Record RowRecordParser::parse(std::string row, std::uint64_t doc) {
  RawRecord raw;
  raw.bytes = row;
  Record record = of_run_.parse(std::move(raw), doc);
  if (!record.rejection) return record;
  RawRecord again;
  again.bytes = std::move(row);
  return of_texts_.parse(std::move(again), doc);
}

Result<RowReader> RowReader::open(const std::string& dir, std::string_view file) {
  fs::path path = fs::path(dir) / file;
  COPYDESK_ASSIGN_OR_RETURN(fs::file_type type, type_of(path));
  if (type == fs::file_type::not_found) {
    path += ".zst";
    COPYDESK_ASSIGN_OR_RETURN(type, type_of(path));
  }
  if (type == fs::file_type::not_found) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("{}: no {} in it; it is no folder of copydesk run", dir, file)};
  }
  COPYDESK_ASSIGN_OR_RETURN(std::vector<InputFile> files,
                            list_inputs({path.string()}, row_options()));
  return RowReader(path.string(),
                   std::make_unique<Source>(std::move(files), row_options(), &stop_requested()));
}

Result<bool> RowReader::next() {
  if (++at_ >= batch_.size()) {
    at_ = 0;
    const bool more = source_->next_batch(kBatchRows, kBatchBytes, batch_);
    if (stop_requested()) return Error{ErrorCode::kInterrupted, "interrupted"};
    if (!more) return false;
  }
  const RawRecord& record = batch_[at_];
  if (record.rejection) {
    return Error{ErrorCode::kCorrupt, path_ + ": " + record.rejection->message};
  }
  return true;
}

bool is_id_of(std::string_view id, const Record& record) {
  const std::string_view found = record.document.id();
  return found == id || (record.raw.is_text && found.ends_with("/" + std::string(id)));
}

Result<RunFolder> RunFolder::open(const std::string& dir) {
  COPYDESK_ASSIGN_OR_RETURN(RowReader reader, RowReader::open(dir, "run.json"));
  COPYDESK_ASSIGN_OR_RETURN(const bool has_row, reader.next());
  RunFolder folder;
  folder.dir_ = dir;
  folder.parser_ = std::make_unique<RowParser>();
  Element run;
  std::optional<RunFile> file;
  if (has_row) file = parse_run_file(reader.row());
  if (!file || !folder.parser_->parse(reader.row(), run) ||
      run["summary"].get(folder.summary_) != simdjson::SUCCESS) {
    return Error{ErrorCode::kCorrupt, dir + "/run.json: not a run.json"};
  }
  std::vector<Diagnostic> faults;
  COPYDESK_ASSIGN_OR_RETURN(
      folder.config_, parse_config(file->config, dir + "/run.json", builtin_stages(), faults));
  folder.inputs_ = std::move(file->inputs);
  return folder;
}

Result<std::vector<InputFile>> RunFolder::inputs(std::vector<std::string>& changed) const {
  std::vector<InputFile> files;
  for (const InputFile& input : inputs_) {
    if (input.path == "-") {
      return Error{ErrorCode::kNotFound, "the run read standard input, which is gone"};
    }
    if (!input.fault.empty()) {
      InputFile file;
      file.path = input.path;
      file.fault = input.fault;
      files.push_back(std::move(file));
      continue;
    }
    // Files of folders and lists may have a name that begins with a list's sign.
    const std::string path = input.path.starts_with('@') ? "./" + input.path : input.path;
    Result<std::vector<InputFile>> found = list_inputs({path}, config_.input);
    if (!found.ok()) {
      return Error{ErrorCode::kNotFound, "an input of the run is gone: " + found.error().message};
    }
    for (InputFile& file : *found) {
      if (file.may_wait) {
        return Error{ErrorCode::kNotFound,
                     input.path + ": is no regular file, what it held is gone"};
      }
      if (file.size != input.size) changed.push_back(input.path);
      files.push_back(std::move(file));
    }
  }
  return files;
}

}  // namespace copydesk::cli
