// Rows of the output files: whatever stands in a record, they are JSON, and reading them back gives
// what was written. Rows of any bytes are read, or are not.
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "cli/result_rows.h"
#include "copydesk/edits.h"
#include "fuzz.h"
#include "io/json.h"
#include "rows.h"

namespace copydesk {
namespace {

using fuzz::as_text;
using fuzz::Feed;
using fuzz::require;

std::string text_from(Feed& feed) { return as_text(feed.bytes()); }

template <class E>
E one_of(Feed& feed, std::size_t count) {
  return static_cast<E>(feed.below(count));
}

// A number of [0, 1], as rows have them.
double share_from(Feed& feed) {
  return static_cast<double>(feed.number() >> 11) / 9007199254740992;
}

cli::Element parsed(cli::RowParser& parser, std::string& row) {
  cli::Element element;
  require(row.ends_with('\n'), "a row is a line");
  row.pop_back();
  require(row.find('\n') == std::string::npos, "of one line");
  require(parser.parse(row, element), "a row is JSON");
  return element;
}

void check_numbers(Feed& feed) {
  const std::uint64_t bits = feed.number();
  double value = 0;
  std::memcpy(&value, &bits, sizeof value);
  std::string json = "[";
  append_json_number(json, bits);
  json += ',';
  if (!(std::fabs(value) < 9e18)) value = 0.5;  // readers take those for whole numbers
  append_json_number(json, value);
  json += ']';
  simdjson::dom::parser parser;
  simdjson::dom::array numbers;
  require(parser.parse(json).get(numbers) == simdjson::SUCCESS, "numbers are JSON");
  std::uint64_t whole = 0;
  double real = 0;
  require(numbers.at(0).get(whole) == simdjson::SUCCESS && whole == bits, "whole ones come back");
  require(numbers.at(1).get(real) == simdjson::SUCCESS, "real ones are numbers");
  require(std::fabs(real - value) <= 5.0000001e-7 + std::fabs(value) * 1e-15, "to six digits");
}

Record record_from(Feed& feed) {
  Record record;
  DocumentFields fields;
  fields.doc = feed.number();
  fields.id = text_from(feed);
  record.document = Document(std::move(fields), text_from(feed));
  record.raw.is_text = true;
  record.raw.line = feed.byte();
  record.raw.offset = feed.number();
  Document& document = record.document;
  for (std::uint32_t stages = feed.below(3); stages > 0; --stages) {
    Edits edits(document);
    for (std::uint32_t n = feed.below(4); n > 0; --n) {
      const std::uint32_t begin = feed.below(document.text().size() + 1);
      const auto end = static_cast<std::uint32_t>(
          std::min<std::size_t>(document.text().size(), begin + feed.byte()));
      const auto reason = one_of<Reason>(feed, kReasonCount);
      const std::string rule = text_from(feed);
      edits.replace({begin, end}, feed.flip() ? text_from(feed) : "", reason, rule);
    }
    std::vector<AppliedEdit> made = edits.take();
    for (AppliedEdit& edit : made) edit.stage = "stage";
    document.apply(std::move(made));
    document.apply_blanks();
  }
  for (std::uint32_t n = feed.below(4); n > 0; --n) {
    const auto field = one_of<Field>(feed, kFieldCount);
    document.lift({field, text_from(feed)});
  }
  for (std::uint32_t n = feed.below(4); n > 0; --n) document.flag(one_of<Flag>(feed, kFlagCount));
  if (feed.flip()) {
    const auto reason = one_of<DropReason>(feed, kDropReasonCount);
    record.verdict = Verdict::drop(
        reason, feed.flip() ? std::optional<std::uint64_t>(feed.number()) : std::nullopt);
  }
  if (feed.flip()) record.story = feed.number();
  if (feed.flip()) record.cluster = ClusterTag{feed.number(), feed.byte(), {text_from(feed)}};
  return record;
}

void check_audit(const Record& record, const IdentityOf& identity) {
  const Document& document = record.document;
  cli::RowParser parser;
  std::string row;
  require(append_audit_row(record, true, identity, row).ok(), "a record has a row");
  const cli::AuditEntry entry = cli::audit_entry(parsed(parser, row));
  require(entry.doc == document.doc() && entry.id == document.id(), "the audit names it");
  require(entry.verdict == (record.verdict.kept() ? "kept" : "dropped"), "and its verdict");
  require(record.verdict.kept() || entry.reason == name_of(record.verdict.reason()), "and why");
  require(entry.of_doc == record.verdict.of(), "and of what");
  require(entry.flags.size() == document.flags().size(), "all flags");
  require(entry.spans.size() == document.edits().size(), "all edits");
  for (std::size_t i = 0; i < entry.spans.size(); ++i) {
    const AppliedEdit& edit = document.edits()[i];
    const cli::AuditSpan& span = entry.spans[i];
    require(span.span == edit.span && span.stage == edit.stage && span.rule == edit.rule &&
                span.reason == name_of(edit.reason) && span.replacement == edit.replacement,
            "each edit as it was made");
  }
  const std::optional<std::string> original = cli::rebuilt(document.text(), entry.spans);
  require(original == document.original(), "with what was removed the original comes back");

  row.clear();
  append_clean_row(record, row);
  const cli::Element clean = parsed(parser, row);
  require(cli::view_at(clean, "id") == document.id(), "a clean row has the id");
  require(cli::view_at(clean, "text") == document.text(), "and the text");
  row.clear();
  append_original_row(record, row);
  require(cli::view_at(parsed(parser, row), "text") == document.original(), "or the original");
}

void check_findings(Feed& feed, const IdentityOf& identity) {
  cli::RowParser parser;
  std::string row;
  Pair pair;
  pair.a = feed.number();
  pair.b = feed.number();
  pair.relation = one_of<Relation>(feed, kRelationCount);
  pair.jaccard = share_from(feed);
  pair.agencies = {text_from(feed)};
  for (std::uint32_t n = feed.below(3); n > 0; --n) {
    const std::uint32_t begin = feed.below(65536);
    pair.passages.push_back({{begin, begin + 1}, {begin, begin + 2}, feed.byte(), feed.flip()});
  }
  require(append_pair_row(pair, identity, row).ok(), "a pair has a row");
  cli::Element element = parsed(parser, row);
  require(cli::number_at(element, "a_doc") == pair.a && cli::number_at(element, "b_doc") == pair.b,
          "which names both");
  require(cli::view_at(element, "relation") == name_of(pair.relation), "what they are");
  require(std::fabs(cli::real_at(element, "jaccard") - pair.jaccard) <= 5.1e-7, "how much");
  require(cli::strings_at(element, "agencies") == pair.agencies, "agencies");
  std::size_t next = 0;
  cli::each_at(element, "passages", [&](const cli::Element& item) {
    const Passage& passage = pair.passages[next++];
    require(cli::span_at(item, "a") == passage.a && cli::span_at(item, "b") == passage.b &&
                cli::number_at(item, "words") == passage.words &&
                cli::bool_at(item, "quoted") == passage.quoted,
            "and passages");
  });
  require(next == pair.passages.size(), "all of them");

  TemplateLine line;
  line.outlet = text_from(feed);
  line.key = feed.number();
  line.text = text_from(feed);
  line.first_date = text_from(feed);
  row.clear();
  append_template_row(line, row);
  element = parsed(parser, row);
  require(cli::view_at(element, "outlet") == line.outlet &&
              cli::view_at(element, "text") == line.text &&
              cli::view_at(element, "first_date") == line.first_date,
          "a template comes back");
}

void check_rejected(Record record, std::string_view bytes) {
  record.raw.bytes = bytes;
  record.rejection = Rejection{RejectReason::kBrokenJson, as_text(bytes)};
  cli::RowParser parser;
  std::string row;
  append_rejected_row(record, as_text(bytes), row);
  const cli::Element element = parsed(parser, row);
  std::string back = cli::string_at(element, "raw");
  if (back.empty()) back = base64_decoded(cli::view_at(element, "raw_base64"));
  require(back == bytes, "the bytes of a rejected record come back");
  require(cli::view_at(element, "message") == record.rejection->message, "with the reason");
  std::string line;
  append_rejected_line(record, "in.jsonl", line);
  require(line.find('\n') == line.size() - 1, "one line for people");
}

// A row that nobody vouches for.
void read_any(std::string_view bytes) {
  cli::RowParser parser;
  cli::Element element;
  (void)base64_decoded(bytes);
  if (!parser.parse(std::string(bytes), element)) return;
  const cli::AuditEntry entry = cli::audit_entry(element);
  (void)cli::rebuilt(entry.id, entry.spans);
  (void)cli::span_at(element, "a");
  (void)cli::strings_at(element, "flags");
}

}  // namespace
}  // namespace copydesk

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = copydesk::fuzz::bytes_of(data, size);
  if (bytes.starts_with('{')) {
    copydesk::read_any(bytes);
    return 0;
  }
  copydesk::fuzz::Feed feed(bytes);
  copydesk::check_numbers(feed);
  const std::string name = copydesk::text_from(feed);
  const copydesk::IdentityOf identity =
      [&name](std::uint64_t) -> copydesk::Result<copydesk::Identity> {
    return copydesk::Identity{name, name, name};
  };
  copydesk::check_findings(feed, identity);
  copydesk::Record record = copydesk::record_from(feed);
  copydesk::check_audit(record, identity);
  copydesk::check_rejected(std::move(record), feed.rest());
  return 0;
}
