// JSON records of any bytes: parsed or rejected, and written again so that they parse.
#include <string>

#include "copydesk/config.h"
#include "fuzz.h"
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

}  // namespace
}  // namespace copydesk

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using copydesk::fuzz::require;
  static copydesk::RecordParser parser(copydesk::options());
  const copydesk::Record record = copydesk::parse(parser, copydesk::fuzz::bytes_of(data, size));

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
