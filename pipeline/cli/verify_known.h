// What `verify` remembers of documents while it goes through the files, and the faults it finds.
#ifndef COPYDESK_PIPELINE_CLI_VERIFY_KNOWN_H_
#define COPYDESK_PIPELINE_CLI_VERIFY_KNOWN_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/result_rows.h"
#include "copydesk/result.h"

namespace copydesk::cli {

// The first faults; more are not looked for.
class Faults {
 public:
  static constexpr std::size_t kMost = 20;

  // `row`: from 1; 0: the whole file.
  void add(std::string_view file, std::uint64_t row, std::string_view what);
  [[nodiscard]] bool full() const { return lines_.size() >= kMost; }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

enum class Fate : std::uint8_t { kKept, kDropped, kCopy, kRejected };  // kCopy: dropped as one

inline constexpr std::uint64_t kNoNumber = std::numeric_limits<std::uint64_t>::max();

// A document; strings by their hashes.
struct Known {
  std::uint64_t id = 0;
  std::uint64_t outlet = 0;  // 0: none
  std::uint64_t words = 0;   // of all words of the clean text, in order
  std::uint64_t of = kNoNumber;
  std::uint64_t of_id = 0;
  std::uint64_t place = kNoNumber;  // in the spool
  std::uint64_t cluster = kNoNumber;
  std::uint64_t story = kNoNumber;
  std::uint64_t tag = kNoNumber;  // hash of cluster, size and outlets as the clean row has them
  std::uint64_t row = 0;          // of the audit
  Fate fate = Fate::kKept;
  bool near = false;  // dropped as a near duplicate
};

[[nodiscard]] inline std::uint64_t hash_of(std::string_view s) {
  return s.empty() ? 0 : std::hash<std::string_view>{}(s);
}
[[nodiscard]] std::uint64_t hash_of_tag(std::uint64_t cluster, std::uint64_t size,
                                        const std::vector<std::string>& outlets);

// A text and what was cut out of it, for comparisons.
struct SpooledText {
  std::string original;
  std::vector<AuditSpan> spans;  // span and replacement only
};

// The clean text: the original with the spans applied. Precondition: they ascend, are disjoint and
// within the text.
[[nodiscard]] std::string apply_spans(std::string_view original,
                                      const std::vector<AuditSpan>& spans);

// Texts in a temporary file that has no name.
class TextSpool {
 public:
  static Result<TextSpool> create();
  // Where it was put.
  Result<std::uint64_t> add(std::string_view original, const std::vector<AuditSpan>& spans);
  Result<SpooledText> read(std::uint64_t place);

 private:
  explicit TextSpool(std::FILE* file) : file_(file, &std::fclose) {}
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  std::uint64_t size_ = 0;
};

}  // namespace copydesk::cli

#endif  // COPYDESK_PIPELINE_CLI_VERIFY_KNOWN_H_
