#include "io/source.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <utility>

#include "io/byte_stream.h"
#include "io/paths.h"

namespace copydesk {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

// "UTF-16" or "UTF-32" if a file that begins with `head` says so by its byte order mark. Of records
// the character behind the mark must be ASCII: they begin with a brace.
std::string_view other_encoding(std::string_view head, bool is_text) {
  using namespace std::string_view_literals;
  if (head.starts_with("\xFF\xFE\0\0"sv) || head.starts_with("\0\0\xFE\xFF"sv)) return "UTF-32";
  const auto is_zero = [head](std::size_t at) { return at < head.size() && head[at] == '\0'; };
  const bool little = head.starts_with("\xFF\xFE"sv) && (is_text || is_zero(3));
  const bool big = head.starts_with("\xFE\xFF"sv) && (is_text || is_zero(2));
  return little || big ? "UTF-16" : "";
}

}  // namespace

class Source::Impl {
 public:
  Impl(std::vector<InputFile> files, const InputOptions& options, const std::atomic<bool>* stop,
       std::size_t buffer_bytes)
      : files_(std::move(files)),
        max_record_bytes_(std::min(options.max_record_bytes, kMaxRecordBytes)),
        stream_(buffer_bytes, options, stop) {}

  bool next_batch(std::uint32_t max_documents, std::uint64_t max_bytes,
                  std::vector<RawRecord>& batch) {
    assert(max_documents > 0);
    batch.clear();
    std::uint64_t bytes = 0;
    while (batch.size() < max_documents && (batch.empty() || bytes < max_bytes)) {
      RawRecord record;
      if (!next_record(record)) break;
      bytes += record.bytes.size();
      batch.push_back(std::move(record));
    }
    return !batch.empty();
  }

  [[nodiscard]] std::span<const InputFile> files() const { return files_; }
  [[nodiscard]] std::uint64_t bytes_consumed() const {
    return consumed_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  // What is being cut out of the stream: a line, or a whole text file.
  struct Pending {
    std::string bytes;        // at most max_record_bytes
    std::uint64_t size = 0;   // of all of it, as far as it was read
    std::uint64_t begin = 0;  // offset of its first byte in the decompressed source
    std::uint64_t line = 1;
  };

  bool next_record(RawRecord& record) {
    while (!stream_.stopped()) {
      if (!file_open_) {
        if (file_ == files_.size()) return false;
        stream_.open(files_[file_]);
        file_open_ = true;
        pending_ = Pending();
        chunk_ = {};
      }
      if (files_[file_].is_text ? next_text(record) : next_line(record)) return true;
    }
    return false;
  }

  // Gives the next line of the file that is not blank. False at the end of the file and once
  // stopped.
  bool next_line(RawRecord& record) {
    while (read_chunk()) {
      const std::size_t newline = chunk_.find('\n');
      take(chunk_.substr(0, newline));
      if (newline == std::string_view::npos) {
        chunk_ = {};
        continue;
      }
      chunk_.remove_prefix(newline + 1);
      if (give_encoded(record)) return true;
      const std::uint64_t next_line = pending_.line + 1;
      const std::uint64_t next_begin = pending_.begin + pending_.size + 1;
      const bool given = give_line(record);
      pending_ = Pending();
      pending_.line = next_line;
      pending_.begin = next_begin;
      if (given) return true;
    }
    if (stream_.stopped()) return false;
    // The last line may lack its break. If the file broke off, the line goes to the rejection.
    if (!stream_.trouble() && give_encoded(record)) return true;
    const bool given = stream_.trouble() ? give_trouble(record) : give_line(record);
    end_file();
    return given;
  }

  // Gives the whole file as one record. False once stopped.
  bool next_text(RawRecord& record) {
    pending_.line = 0;
    while (read_chunk()) {
      take(chunk_);
      chunk_ = {};
    }
    if (stream_.stopped()) return false;
    if (!stream_.trouble() && give_encoded(record)) return true;
    if (stream_.trouble()) {
      give_trouble(record);
    } else {
      give(record);
    }
    end_file();
    return true;
  }

  // Ends a file of another encoding than UTF-8: its first line, or text, stands for all of it.
  // False for other files.
  bool give_encoded(RawRecord& record) {
    if (pending_.begin > 0) return false;
    const std::string_view encoding = other_encoding(pending_.bytes, files_[file_].is_text);
    if (encoding.empty()) return false;
    give(record);
    record.rejection = Rejection{RejectReason::kInvalidUtf8,
                                 "the file is " + std::string(encoding) + "; only UTF-8 is read"};
    warnings_.push_back(files_[file_].name + ": " + record.rejection->message);
    end_file();
    return true;
  }

  bool read_chunk() {
    if (!chunk_.empty()) return true;
    chunk_ = stream_.read();
    consumed_.store(finished_bytes_ + stream_.bytes_read(), std::memory_order_relaxed);
    return !chunk_.empty();
  }

  void take(std::string_view bytes) {
    pending_.size += bytes.size();
    pending_.bytes.append(bytes.substr(0, max_record_bytes_ - pending_.bytes.size()));
  }

  // Gives the pending line, unless it is blank.
  bool give_line(RawRecord& record) {
    if (pending_.size <= max_record_bytes_) {
      const std::string_view line = pending_.bytes;
      const bool marked = pending_.begin == 0 && line.starts_with(kByteOrderMark);
      if (is_blank(line.substr(marked ? kByteOrderMark.size() : 0))) return false;
    }
    give(record);
    return true;
  }

  void give(RawRecord& record) {
    if (pending_.begin == 0 && pending_.bytes.starts_with(kByteOrderMark)) {
      pending_.bytes.erase(0, kByteOrderMark.size());
      pending_.begin = kByteOrderMark.size();
    }
    const InputFile& file = files_[file_];
    record.bytes = std::move(pending_.bytes);
    record.source = static_cast<std::uint32_t>(file_);
    record.line = pending_.line;
    record.offset = pending_.begin;
    record.is_text = file.is_text;
    if (file.is_text) record.text_id = file.text_id;
    if (pending_.size > max_record_bytes_) {
      record.rejection =
          Rejection{RejectReason::kTooLarge, std::to_string(pending_.size) +
                                                 " bytes, longer than max_record_bytes = " +
                                                 std::to_string(max_record_bytes_) + " bytes"};
    }
  }

  bool give_trouble(RawRecord& record) {
    give(record);
    record.rejection = stream_.trouble();
    if (record.rejection->reason == RejectReason::kSourceFailed ||
        record.rejection->reason == RejectReason::kUnpackLimit) {
      warnings_.push_back(record.rejection->message);
    }
    return true;
  }

  void end_file() {
    // A file may be left early; then the rest of it counts as consumed, too.
    finished_bytes_ += std::max(stream_.bytes_read(), files_[file_].size);
    consumed_.store(finished_bytes_, std::memory_order_relaxed);
    stream_.close();
    file_open_ = false;
    ++file_;
  }

  const std::vector<InputFile> files_;
  const std::uint64_t max_record_bytes_;
  ByteStream stream_;
  std::size_t file_ = 0;  // the one that is read
  bool file_open_ = false;
  std::string_view chunk_;  // bytes of stream_ that were not cut yet
  Pending pending_;
  std::uint64_t finished_bytes_ = 0;  // of the files before file_
  std::atomic<std::uint64_t> consumed_{0};
  std::vector<std::string> warnings_;
};

Source::Source(std::vector<InputFile> files, const InputOptions& options,
               const std::atomic<bool>* stop, std::size_t buffer_bytes)
    : impl_(std::make_unique<Impl>(std::move(files), options, stop, buffer_bytes)) {}
Source::~Source() = default;

bool Source::next_batch(std::uint32_t max_documents, std::uint64_t max_bytes,
                        std::vector<RawRecord>& batch) {
  return impl_->next_batch(max_documents, max_bytes, batch);
}
std::span<const InputFile> Source::files() const { return impl_->files(); }
std::uint64_t Source::bytes_consumed() const { return impl_->bytes_consumed(); }
const std::vector<std::string>& Source::warnings() const { return impl_->warnings(); }

}  // namespace copydesk
