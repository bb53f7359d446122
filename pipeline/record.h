// Record: a document on its way through the engine, with all that is needed to write it out again.
// Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_RECORD_H_
#define COPYDESK_PIPELINE_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>

#include "copydesk/document.h"
#include "copydesk/reason.h"

namespace copydesk {

// Bytes of an input that could not become a document.
struct Rejection {
  RejectReason reason = RejectReason::kBrokenJson;
  std::string message;  // what was wrong, with the byte inside the record where there is one
};

// A record as the source cut it out of its input: not parsed yet.
struct RawRecord {
  std::string bytes;         // the line without its break, or a whole text file; truncated to
                             // max_record_bytes if longer
  std::uint32_t source = 0;  // index into Source::files()
  std::uint64_t line = 0;    // from 1; 0 for a text file
  std::uint64_t offset = 0;  // of its first byte in the decompressed source
  bool is_text = false;      // a plain text document, not JSON
  std::string text_id;       // id of a plain text document: its relative path
  std::optional<Rejection> rejection;  // the source already knows that it is bad
};

// Where things stand in the bytes of a JSON record; [0, 0) if absent.
struct RecordLayout {
  Span text_value;  // the text's JSON value, quotes included
  Span annotation;  // a top-level "copydesk" member of an earlier run, with one comma beside it
  std::uint32_t closing_brace = 0;
  bool has_members = false;  // whether a comma is needed before a new member
};

struct Record {
  RawRecord raw;
  Document document;  // default-constructed if rejected, but its doc() is set
  RecordLayout layout;
  std::optional<Rejection> rejection;
  Verdict verdict = Verdict::keep();
  std::optional<ClusterTag> cluster;
  std::optional<std::uint64_t> story;

  [[nodiscard]] bool alive() const { return !rejection.has_value() && verdict.kept(); }
};

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_RECORD_H_
