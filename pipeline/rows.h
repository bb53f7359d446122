// Rows of the output files (fields: pipeline/README.md). Each function appends one line with its
// line break. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_ROWS_H_
#define COPYDESK_PIPELINE_ROWS_H_

#include <functional>
#include <string>
#include <string_view>

#include "copydesk/findings.h"
#include "copydesk/result.h"
#include "record.h"
#include "spool.h"

namespace copydesk {

// Who stands behind an ordinal.
using IdentityOf = std::function<Result<Identity>(std::uint64_t doc)>;

// The input record byte for byte with its text cleaned and a "copydesk" member added at the end.
// A text that no edit touched keeps its bytes, unless half surrogates became U+FFFD.
void append_clean_row(const Record& record, std::string& out);

// The input record byte for byte; a plain text document becomes {"id", "text"}.
void append_original_row(const Record& record, std::string& out);

// The input record that a row of append_clean_row() was made of: the row with `text` in its place,
// or with the text as it is if that is null, and without our "copydesk" member. `row`: the row as a
// record.
void append_restored_row(const Record& row, const std::string* text, std::string& out);

// What was decided about a record and every span that was removed from it.
Result<void> append_audit_row(const Record& record, bool keep_removed, const IdentityOf& identity,
                              std::string& out);

// Precondition: record.rejection. `source`: the name of its input.
void append_rejected_row(const Record& record, std::string_view source, std::string& out);
// The same for people, without the record's bytes: "in.jsonl: line 5, byte 222: broken_json: byte
// 0: …"; a text file has no line.
void append_rejected_line(const Record& record, std::string_view source, std::string& out);

Result<void> append_pair_row(const Pair& pair, const IdentityOf& identity, std::string& out);

// A row may have very many members: what there is of it goes to pass_on(row) whenever it is longer
// than this, and is cleared; its end is left in `out`.
inline constexpr std::size_t kPassOnBytes = std::size_t{1} << 20;
using PassOn = std::function<Result<void>(std::string_view)>;
Result<void> append_cluster_row(const Cluster& cluster, const IdentityOf& identity,
                                const PassOn& pass_on, std::string& out);
Result<void> append_story_row(const Story& story, const IdentityOf& identity, const PassOn& pass_on,
                              std::string& out);
void append_template_row(const TemplateLine& line, std::string& out);

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_ROWS_H_
