// JSON records of any bytes: parsed or rejected as by the DOM of simdjson, and written again so
// that they parse.
#include <simdjson.h>

#include <algorithm>
#include <string>

#include "copydesk/config.h"
#include "fuzz.h"
#include "io/json_scan.h"
#include "io/parse_record.h"
#include "rows.h"
#include "spool.h"

namespace copydesk {
namespace {

InputOptions options() {
  InputOptions options;
  options.fields = *field_preset("copydesk");
  return options;
}

Record parse(RecordParser& parser, std::string_view bytes) {
  RawRecord raw;
  raw.bytes = bytes;
  return parser.parse(std::move(raw), 0);
}

// The DOM is stricter than we are: lone surrogates and numbers beyond 64 bits are ours to take.
bool is_ours(simdjson::error_code error) {
  return error == simdjson::STRING_ERROR || error == simdjson::NUMBER_ERROR;
}

void compare_with_dom(std::string_view bytes, const Record& record) {
  // So that nesting cannot be too deep for either.
  const auto opens = [](char c) { return c == '[' || c == '{'; };
  if (std::count_if(bytes.begin(), bytes.end(), opens) >= kMaxJsonDepth) return;
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  const simdjson::error_code error = parser.parse(simdjson::padded_string(bytes)).get(element);
  const bool is_object = !record.rejection ||
                         record.rejection->reason == RejectReason::kNoTextOrTitle ||
                         record.rejection->reason == RejectReason::kTextNotString;
  if (error != simdjson::SUCCESS) {
    fuzz::require(record.rejection.has_value() || is_ours(error), "broken for both");
    return;
  }
  simdjson::dom::object object;
  fuzz::require((element.get(object) == simdjson::SUCCESS) == is_object, "an object for both");
  if (!is_object) {
    fuzz::require(record.rejection->reason == RejectReason::kNotAnObject, "JSON for both");
    return;
  }
  simdjson::dom::element text;  // the last of that name
  bool has_text = false;
  for (const auto& [key, value] : object) {
    if (key != "text") continue;
    has_text = !value.is_null();
    text = value;
  }
  std::string_view expected;
  const bool is_string = has_text && text.get(expected) == simdjson::SUCCESS;
  const bool is_fault =
      record.rejection && record.rejection->reason == RejectReason::kTextNotString;
  fuzz::require(is_fault == (has_text && !is_string), "a text, or something else");
  if (record.rejection) return;
  fuzz::require(record.document.original() == expected, "the same text");
}

}  // namespace
}  // namespace copydesk

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using copydesk::fuzz::require;
  static copydesk::RecordParser parser(copydesk::options());
  const copydesk::Record record = copydesk::parse(parser, copydesk::fuzz::bytes_of(data, size));
  copydesk::compare_with_dom(copydesk::fuzz::bytes_of(data, size), record);

  std::string raw;
  std::string decisions;
  copydesk::encode_raw(record, raw);
  copydesk::encode_decisions(record, {}, decisions);
  const copydesk::Result<copydesk::Record> decoded =
      copydesk::decode_record(raw, decisions, 0, {}, parser);
  require(decoded.ok(), "a spooled record comes back");
  require(decoded->document.text() == record.document.text(), "with its text");

  std::string row;
  if (record.rejection) {
    append_rejected_row(record, "fuzz", row);
    return 0;
  }
  append_clean_row(record, row);
  row.pop_back();
  const copydesk::Record again = copydesk::parse(parser, row);
  require(!again.rejection.has_value(), "a clean row parses");
  require(again.document.text() == record.document.text(), "a clean row keeps the text");
  require(again.document.title() == record.document.title(), "a clean row keeps the title");
  std::string second;
  append_clean_row(again, second);
  second.pop_back();
  if (!record.document.flags().empty()) return 0;  // e.g. the hash of other bytes is another id
  require(second == row, "cleaning a clean row changes nothing");
  return 0;
}
