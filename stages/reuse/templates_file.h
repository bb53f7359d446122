// The template file: one JSON object a line, as `templates.jsonl` of a run, open to hand edits.
#ifndef COPYDESK_STAGES_REUSE_TEMPLATES_FILE_H_
#define COPYDESK_STAGES_REUSE_TEMPLATES_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "copydesk/result.h"
#include "reuse/templates.h"

namespace copydesk::reuse {

// Adds the rows of a template file to `table`. A row needs "outlet" ("*" for all) and "text" or
// "key" (16 hex digits); "place" is "line" (if absent), "prefix" or "suffix", of which the last two
// need "text". `text` may be any spelling of the line; where both stand, text counts, so
// that editing it is enough. With "support" and "outlet_groups" the line is as sure as they make
// it; without, a person has written it and it is sure. Other members are not read. Blank lines and
// lines that begin with '#' are skipped. Every fault goes to `faults` with file and line; rows
// without fault are added all the same. `file` is only used in messages.
void parse_templates(std::string_view content, std::string_view file, TemplateTable& table,
                     std::vector<Diagnostic>& faults);

// Reads the file and parses it. kNotFound or kIo if it cannot be read; kInvalidArgument with all
// faults, a line each, if it has some.
Result<TemplateTable> read_templates(const std::string& path);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_TEMPLATES_FILE_H_
