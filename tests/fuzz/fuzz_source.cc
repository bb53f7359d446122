// Cutting records out of files: whatever the size of the buffers and of the batches, they are those
// that the plain way cuts - no byte lost, none twice, none in another record.
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "fuzz.h"
#include "io/paths.h"
#include "io/source.h"

namespace copydesk {
namespace {

using fuzz::require;

// A file in memory.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : fd_(::memfd_create("fuzz", 0)) {
    require(fd_ >= 0, "there is memory for a file");
    require(::write(fd_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()),
            "it takes the bytes");
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(fd_); }

  [[nodiscard]] InputFile input(bool is_text) const {
    struct stat status {};
    require(::fstat(fd_, &status) == 0, "it has a size");
    InputFile file;
    file.path = "/proc/self/fd/" + std::to_string(fd_);
    file.name = "in";
    file.text_id = "text";
    file.is_text = is_text;
    file.size = static_cast<std::uint64_t>(status.st_size);
    file.modified_ns = modified_ns(status);
    return file;
  }

 private:
  int fd_;
};

bool is_packed(std::string_view bytes) {
  return bytes.starts_with("\x1f\x8b") || bytes.starts_with("\x28\xb5\x2f\xfd") ||
         (bytes.size() >= 4 && (static_cast<unsigned char>(bytes[0]) & 0xF0) == 0x50 &&
          bytes.substr(1, 3) == "\x2a\x4d\x18");
}

bool is_wide(std::string_view head, bool is_text) {
  const auto at = [&](std::size_t i) {
    return i < head.size() ? static_cast<unsigned char>(head[i]) : 256U;
  };
  if (at(0) == 0xFF && at(1) == 0xFE) {
    return is_text || at(3) == 0 || (at(2) == 0 && at(3) == 0);
  }
  if (at(0) == 0xFE && at(1) == 0xFF) return is_text || at(2) == 0;
  return at(0) == 0 && at(1) == 0 && at(2) == 0xFE && at(3) == 0xFF;
}

// The records of a file, from all its bytes at once.
void cut_plainly(std::string_view bytes, std::uint32_t source, bool is_text, std::uint64_t longest,
                 std::vector<RawRecord>& out) {
  std::uint64_t number = is_text ? 0 : 1;
  for (std::size_t begin = 0; begin <= bytes.size(); ++number) {
    const std::size_t end =
        is_text ? bytes.size() : std::min(bytes.find('\n', begin), bytes.size());
    const std::string_view line = bytes.substr(begin, end - begin);
    RawRecord record;
    record.source = source;
    record.line = number;
    record.offset = begin;
    record.bytes = line.substr(0, longest);
    const bool wide = begin == 0 && is_wide(record.bytes, is_text);
    if (begin == 0 && record.bytes.starts_with("\xEF\xBB\xBF")) {
      record.bytes.erase(0, 3);
      record.offset = 3;
    }
    if (line.size() > longest) record.rejection = Rejection{RejectReason::kTooLarge, ""};
    if (wide) record.rejection = Rejection{RejectReason::kInvalidUtf8, ""};
    const bool blank = record.bytes.find_first_not_of(" \t\r") == std::string::npos;
    if (is_text || record.rejection || !blank) out.push_back(record);
    if (wide) return;
    begin = end + 1;
  }
}

}  // namespace
}  // namespace copydesk

// Five bytes of choices, then two files with 0xF5 between them, which no text has.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using copydesk::fuzz::require;
  copydesk::fuzz::Feed feed(copydesk::fuzz::bytes_of(data, size));
  const std::uint8_t kinds = feed.byte();
  const std::size_t buffer = 4 + feed.below(70);
  const std::uint32_t documents = 1 + feed.below(9);
  const std::uint64_t batch_bytes = feed.below(200);
  copydesk::InputOptions options;
  options.max_record_bytes = (kinds & 4) != 0 ? 1 + feed.below(60) : 1U << 20;

  const std::string_view first = feed.until('\xF5');
  const std::string_view second = feed.rest();
  if (copydesk::is_packed(first) || copydesk::is_packed(second)) return 0;
  const copydesk::MemoryFile files[] = {copydesk::MemoryFile(first), copydesk::MemoryFile(second)};
  const bool texts[] = {(kinds & 1) != 0, (kinds & 2) != 0};
  std::vector<copydesk::RawRecord> expected;
  copydesk::cut_plainly(first, 0, texts[0], options.max_record_bytes, expected);
  copydesk::cut_plainly(second, 1, texts[1], options.max_record_bytes, expected);

  copydesk::Source source({files[0].input(texts[0]), files[1].input(texts[1])}, options, nullptr,
                          buffer);
  std::vector<copydesk::RawRecord> batch;
  std::size_t next = 0;
  while (source.next_batch(documents, batch_bytes, batch)) {
    require(!batch.empty() && batch.size() <= documents, "a batch is as large as it may be");
    std::uint64_t bytes = 0;
    for (const copydesk::RawRecord& record : batch) {
      require(&record == batch.data() || bytes < batch_bytes, "no record once it is full");
      bytes += record.bytes.size();
      require(next < expected.size(), "no record too many");
      const copydesk::RawRecord& other = expected[next++];
      require(record.bytes == other.bytes, "the same bytes");
      require(record.source == other.source, "of the same file");
      require(record.line == other.line && record.offset == other.offset, "at the same place");
      require(record.rejection.has_value() == other.rejection.has_value(), "rejected or not");
      require(!record.rejection || record.rejection->reason == other.rejection->reason,
              "for the same reason");
    }
  }
  require(next == expected.size(), "no record is lost");
  require(source.bytes_consumed() == first.size() + second.size(), "every byte counts");
  return 0;
}
