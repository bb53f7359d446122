// From raw bytes to a document. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_IO_PARSE_RECORD_H_
#define COPYDESK_PIPELINE_IO_PARSE_RECORD_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "copydesk/config.h"
#include "record.h"

namespace copydesk {

// Parses records under one field mapping. Keeps scratch memory: one parser per worker.
class RecordParser {
 public:
  explicit RecordParser(const InputOptions& options);
  ~RecordParser();

  // Turns raw bytes into a record: document, layout, flags, or a rejection whose message names the
  // byte inside the record. `doc` is its ordinal. A record with neither a text nor a title FIELD is
  // rejected (no_text_or_title); one whose values are empty or blank is a document (the engine
  // drops it as empty). The whole record is validated as JSON, passed-through members too.
  //
  // Paths: "a.b" is the member b of the object a, and also a member that is named "a.b". Lists are
  // not entered. The last of several members of one name counts. A null, or a value of a kind the
  // field does not take, is passed over for the field's next path; only the text insists on its
  // first value that is not null (text_not_string). Texts are strings, ids and dates strings or
  // numbers as they are written, the rest strings.
  //
  // No id, or an empty one: "gen-" and 16 hexadecimal digits of the XXH3-64 of the record's bytes
  // (kIdGenerated). No outlet, or an empty one: registered_domain() of the URL (kOutletFromUrl).
  // Lone surrogates in a field become U+FFFD (kLoneSurrogates). Objects and lists nest 500 deep at
  // most. Cost: about one pass per step at 1 GB/s in all; up to 8 MiB of record are kept as
  // scratch.
  Record parse(RawRecord raw, std::uint64_t doc);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The registered domain of a URL or host name by the Public Suffix List ("https://www.bbc.co.uk/x"
// -> "bbc.co.uk"), lower case. Empty if there is no host; an IP address or a single label is
// returned as it is.
[[nodiscard]] std::string registered_domain(std::string_view url);

// UTC seconds since 1970 of a date as scraped pages and APIs write it: ISO 8601 and RFC 3339 in all
// their precisions, RFC 2822, "12 Oct 2024", "October 12, 2024 3:05 pm EST", "2024/10/12",
// "20241012", UNIX seconds and milliseconds. A date without a time is midnight, without a zone
// UTC. Ambiguous all-number dates (03/04/2024) are not guessed. Missing ("", "None", "null", "NaN",
// "0000-00-00", …), impossible (30 February) and unknown forms (week dates, "2 hours ago") give
// nothing. Seven languages, CJK units; what is decided where a form is unclear stands in
// parse_date.cc.
[[nodiscard]] std::optional<std::int64_t> parse_date(std::string_view date);

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_IO_PARSE_RECORD_H_
