#include "cli/result_rows.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace copydesk::cli {

std::string_view view_at(const Element& row, const char* key) {
  std::string_view value;
  return row[key].get(value) == simdjson::SUCCESS ? value : std::string_view();
}

std::string string_at(const Element& row, const char* key) {
  return std::string(view_at(row, key));
}

std::uint64_t number_at(const Element& row, const char* key) {
  std::uint64_t value = 0;
  return row[key].get(value) == simdjson::SUCCESS ? value : 0;
}

double real_at(const Element& row, const char* key) {
  double value = 0;
  return row[key].get(value) == simdjson::SUCCESS ? value : 0;
}

bool bool_at(const Element& row, const char* key) {
  bool value = false;
  return row[key].get(value) == simdjson::SUCCESS && value;
}

namespace {

// What is too large stays so.
std::uint32_t offset_of(std::uint64_t value) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(value, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

Span span_at(const Element& row, const char* key) {
  std::vector<std::uint32_t> ends;
  each_at(row, key, [&](const Element& item) {
    std::uint64_t value = 0;
    if (item.get(value) == simdjson::SUCCESS) ends.push_back(offset_of(value));
  });
  if (ends.size() != 2 || ends[0] > ends[1]) return {};
  return {ends[0], ends[1]};
}

std::vector<std::string> strings_at(const Element& row, const char* key) {
  std::vector<std::string> out;
  each_at(row, key, [&](const Element& item) {
    std::string_view value;
    if (item.get(value) == simdjson::SUCCESS) out.emplace_back(value);
  });
  return out;
}

AuditEntry audit_entry(const Element& row) {
  AuditEntry entry;
  entry.doc = number_at(row, "doc");
  entry.id = string_at(row, "id");
  entry.verdict = string_at(row, "verdict");
  entry.reason = string_at(row, "reason");
  entry.of = string_at(row, "of");
  std::uint64_t of_doc = 0;
  if (row["of_doc"].get(of_doc) == simdjson::SUCCESS) entry.of_doc = of_doc;
  entry.flags = strings_at(row, "flags");
  each_at(row, "spans", [&](const Element& item) {
    AuditSpan span;
    span.span = {offset_of(number_at(item, "begin")), offset_of(number_at(item, "end"))};
    span.stage = string_at(item, "stage");
    span.reason = string_at(item, "reason");
    span.rule = string_at(item, "rule");
    span.replacement = string_at(item, "replacement");
    std::string_view removed;
    if (item["removed"].get(removed) == simdjson::SUCCESS) span.removed = std::string(removed);
    entry.spans.push_back(std::move(span));
  });
  return entry;
}

std::optional<std::string> rebuilt(std::string_view clean, std::span<const AuditSpan> spans) {
  std::string out;
  for (const AuditSpan& span : spans) {
    if (!span.removed || span.span.begin < out.size()) return std::nullopt;
    const std::size_t alive = span.span.begin - out.size();
    if (alive > clean.size()) return std::nullopt;
    out += clean.substr(0, alive);
    clean.remove_prefix(alive);
    if (!clean.starts_with(span.replacement)) return std::nullopt;
    clean.remove_prefix(span.replacement.size());
    out += *span.removed;
  }
  return out.append(clean);
}

}  // namespace copydesk::cli
