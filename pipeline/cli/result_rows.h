// Rows of the files of an output folder, as they are read back. For the commands that do.
#ifndef COPYDESK_PIPELINE_CLI_RESULT_ROWS_H_
#define COPYDESK_PIPELINE_CLI_RESULT_ROWS_H_

#include <simdjson.h>

#include <cstdint>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/document.h"

namespace copydesk::cli {

struct AuditSpan {
  Span span;  // of the original text
  std::string stage;
  std::string reason;
  std::string rule;
  std::string replacement;
  std::optional<std::string> removed;  // only of runs with keep_removed
};

struct AuditEntry {
  std::uint64_t doc = 0;
  std::string id;       // empty for a rejected record
  std::string verdict;  // "kept", "dropped", "rejected"
  std::string reason;   // of a drop or a rejection
  std::string of;       // the document that stands for it; may be empty
  std::optional<std::uint64_t> of_doc;
  std::vector<std::string> flags;
  std::vector<AuditSpan> spans;
  std::uint64_t nth_dropped = 0;  // dropped documents before it
};

using Element = simdjson::dom::element;

// One row at a time; the element lives until the next one is parsed.
class RowParser {
 public:
  // False: not JSON. Throws std::bad_alloc.
  bool parse(const std::string& row, Element& out) {
    const simdjson::error_code error = parser_.parse(row).get(out);
    if (error == simdjson::MEMALLOC) throw std::bad_alloc();
    return error == simdjson::SUCCESS;
  }

 private:
  simdjson::dom::parser parser_;
};

// What is missing or of another type reads as empty. A view lives as long as the element.
[[nodiscard]] std::string_view view_at(const Element& row, const char* key);
[[nodiscard]] std::string string_at(const Element& row, const char* key);
[[nodiscard]] std::uint64_t number_at(const Element& row, const char* key);
[[nodiscard]] double real_at(const Element& row, const char* key);
[[nodiscard]] bool bool_at(const Element& row, const char* key);
[[nodiscard]] std::vector<std::string> strings_at(const Element& row, const char* key);
[[nodiscard]] Span span_at(const Element& row, const char* key);

// Calls `fn` with each element of the list at `key`.
template <class Fn>
void each_at(const Element& row, const char* key, Fn fn) {
  simdjson::dom::array list;
  if (row[key].get(list) != simdjson::SUCCESS) return;
  for (const Element item : list) fn(item);
}

[[nodiscard]] AuditEntry audit_entry(const Element& row);

// The original text: `clean` with what was removed put back. Nothing if the audit does not hold it.
[[nodiscard]] std::optional<std::string> rebuilt(std::string_view clean,
                                                 std::span<const AuditSpan> spans);

}  // namespace copydesk::cli

#endif  // COPYDESK_PIPELINE_CLI_RESULT_ROWS_H_
