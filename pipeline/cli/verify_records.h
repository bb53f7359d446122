// First half of `verify`: every record of the inputs against audit, clean, dropped and rejected.
#ifndef COPYDESK_PIPELINE_CLI_VERIFY_RECORDS_H_
#define COPYDESK_PIPELINE_CLI_VERIFY_RECORDS_H_

#include <cstdint>
#include <vector>

#include "cli/run_folder.h"
#include "cli/verify_known.h"
#include "copydesk/result.h"
#include "io/source.h"

namespace copydesk::cli {

struct RecordCounts {
  std::uint64_t kept = 0;
  std::uint64_t dropped = 0;
  std::uint64_t rejected = 0;
  std::uint64_t spans = 0;
};

// Reads the inputs again beside the four files. Fills `known`, one for each record, and puts the
// texts of documents with needed[doc] into the spool. Memory: `known`. An error is what keeps it
// from reading, not what is wrong.
Result<RecordCounts> verify_records(const RunFolder& folder, std::vector<InputFile> inputs,
                                    const std::vector<bool>& needed, std::vector<Known>& known,
                                    TextSpool& spool, Faults& faults);

}  // namespace copydesk::cli

#endif  // COPYDESK_PIPELINE_CLI_VERIFY_RECORDS_H_
