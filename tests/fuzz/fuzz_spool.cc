// What is written between two phases: it comes back as it was, and damaged bytes are told apart or
// give something that can be written again.
#include <xxhash.h>

#include <string>
#include <vector>

#include "copydesk/config.h"
#include "copydesk/edits.h"
#include "fuzz.h"
#include "io/parse_record.h"
#include "reuse/page_file.h"
#include "rows.h"
#include "spool.h"

namespace copydesk {
namespace {

using fuzz::as_text;
using fuzz::Feed;
using fuzz::require;

const StageNames kStages = {"strip_rules", "strip_lines"};

InputOptions options() {
  InputOptions options;
  options.fields = *field_preset("copydesk");
  return options;
}

RecordParser& parser() {
  static RecordParser parser(options());
  return parser;
}

// Bytes with the checksum that a spool asks for, so that what is behind it is reached.
std::string with_checksum(std::string_view bytes) {
  const auto sum = static_cast<std::uint32_t>(XXH3_64bits(bytes.data(), bytes.size()));
  std::string out(bytes);
  return out.append(reinterpret_cast<const char*>(&sum), sizeof sum);
}

Record text_record(std::string_view text) {
  RawRecord raw;
  raw.is_text = true;
  raw.text_id = "text";
  raw.bytes = as_text(text);
  return parser().parse(std::move(raw), 0);
}

void decide(Feed& feed, Record& record) {
  Document& document = record.document;
  Edits edits(document);
  for (std::uint32_t n = feed.below(5); n > 0; --n) {
    const std::uint32_t begin =
        feed.below(std::min<std::size_t>(document.text().size() + 1, 65536));
    const auto end = static_cast<std::uint32_t>(
        std::min<std::size_t>(document.text().size(), begin + feed.byte()));
    edits.replace({begin, end}, feed.flip() ? as_text(feed.bytes()) : "",
                  static_cast<Reason>(feed.below(kReasonCount)), as_text(feed.bytes()));
  }
  std::vector<AppliedEdit> made = edits.take();
  for (AppliedEdit& edit : made) edit.stage = feed.flip() ? kStages[feed.below(2)] : "engine";
  document.apply(std::move(made));
  if (feed.flip()) document.apply_blanks();
  for (std::uint32_t n = feed.below(4); n > 0; --n) {
    const auto field = static_cast<Field>(feed.below(kFieldCount));
    document.lift({field, as_text(feed.bytes())});
  }
  for (std::uint32_t n = feed.below(4); n > 0; --n) {
    document.flag(static_cast<Flag>(feed.below(kFlagCount)));
  }
  if (feed.flip()) document.detect_language(feed.flip() ? "en" : "zh");
  if (feed.flip()) {
    const auto reason = static_cast<DropReason>(feed.below(kDropReasonCount));
    record.verdict = Verdict::drop(
        reason, feed.flip() ? std::optional<std::uint64_t>(feed.number()) : std::nullopt);
  }
  if (feed.flip()) record.story = feed.number();
  if (feed.flip()) {
    record.cluster = ClusterTag{feed.number(), feed.byte(), {as_text(feed.bytes()), ""}};
  }
}

void require_same(const Record& a, const Record& b) {
  require(a.raw.bytes == b.raw.bytes && a.raw.source == b.raw.source && a.raw.line == b.raw.line &&
              a.raw.offset == b.raw.offset && a.raw.is_text == b.raw.is_text &&
              a.raw.text_id == b.raw.text_id,
          "the same record");
  require(a.rejection.has_value() == b.rejection.has_value(), "rejected or not");
  require(a.document.original() == b.document.original() && a.document.text() == b.document.text(),
          "the same text");
  require(a.verdict == b.verdict && a.story == b.story, "the same verdict");
  require(a.document.id() == b.document.id() && a.document.language() == b.document.language(),
          "the same fields");
  std::string row_a;
  std::string row_b;
  encode_decisions(a, kStages, row_a);
  encode_decisions(b, kStages, row_b);
  require(row_a == row_b, "the same decisions");
}

void go_round(Feed& feed) {
  RawRecord raw;
  raw.is_text = feed.flip();
  raw.source = static_cast<std::uint32_t>(feed.number());
  raw.line = feed.number();
  raw.offset = feed.number();
  raw.text_id = as_text(feed.bytes());
  raw.bytes = feed.take(feed.below(1000));
  if (feed.flip()) raw.rejection = Rejection{RejectReason::kTooLarge, as_text(feed.bytes())};
  Record record = parser().parse(std::move(raw), 7);
  if (!record.rejection) decide(feed, record);
  std::string bytes;
  std::string decisions;
  encode_raw(record, bytes);
  encode_decisions(record, kStages, decisions);
  const Result<Record> back = decode_record(bytes, decisions, 7, kStages, parser());
  require(back.ok(), "what was written is read");
  require_same(record, *back);
  // A byte that changed shows.
  if (feed.at_end()) return;
  std::string& damaged = feed.flip() ? bytes : decisions;
  char& byte = damaged[feed.below(std::min<std::size_t>(damaged.size(), 65536))];
  byte = static_cast<char>(byte ^ (1 << feed.below(8)));
  require(!decode_record(bytes, decisions, 7, kStages, parser()).ok(), "damage shows");
}

void read_any_decisions(Feed& feed) {
  Record record = text_record(feed.take(feed.below(200)));
  const std::string_view rest = feed.rest();
  if (!decode_decisions(with_checksum(rest), kStages, record).ok()) return;
  std::string encoded;
  encode_decisions(record, kStages, encoded);
  Record again = text_record(record.raw.bytes);
  require(decode_decisions(encoded, kStages, again).ok(), "what was read can be written");
  require_same(record, again);
  const IdentityOf identity = [](std::uint64_t) -> Result<Identity> { return Identity{}; };
  std::string row;
  require(append_audit_row(record, true, identity, row).ok(), "and put into rows");
  append_clean_row(record, row);
}

void read_any_page(std::string_view bytes) {
  const Result<reuse::PageNote> page = reuse::decode_page(bytes, true);
  if (!page.ok()) return;
  std::string encoded;
  reuse::encode_page(*page, encoded);
  const Result<reuse::PageNote> again = reuse::decode_page(encoded, true);
  require(again.ok() && again->doc == page->doc && again->date == page->date &&
              again->time == page->time && again->lines.size() == page->lines.size(),
          "the note of a page comes back");
  std::string twice;
  reuse::encode_page(*again, twice);
  require(twice == encoded, "byte for byte");
}

}  // namespace
}  // namespace copydesk

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  copydesk::fuzz::Feed feed(copydesk::fuzz::bytes_of(data, size));
  switch (feed.below(4)) {
    case 0:
      copydesk::go_round(feed);
      break;
    case 1: {
      const auto raw = copydesk::decode_raw(copydesk::with_checksum(feed.rest()));
      if (raw.ok()) (void)copydesk::parser().parse(copydesk::RawRecord(*raw), 0);
      break;
    }
    case 2:
      copydesk::read_any_decisions(feed);
      break;
    default:
      copydesk::read_any_page(feed.rest());
      break;
  }
  return 0;
}
