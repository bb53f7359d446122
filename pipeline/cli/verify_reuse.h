// Second half of `verify`: pairs, clusters and stories against the documents.
#ifndef COPYDESK_PIPELINE_CLI_VERIFY_REUSE_H_
#define COPYDESK_PIPELINE_CLI_VERIFY_REUSE_H_

#include <cstdint>
#include <vector>

#include "cli/run_folder.h"
#include "cli/verify_known.h"
#include "copydesk/result.h"

namespace copydesk::cli {

struct ReuseCounts {
  std::uint64_t pairs = 0;
  std::uint64_t passages = 0;
  std::uint64_t clusters = 0;
  std::uint64_t members = 0;
  std::uint64_t stories = 0;
  // A stage edits texts after match_reuse: what it compared cannot be told, numbers are not
  // checked.
  bool edited_later = false;
};

// The documents of pairs and clusters: those whose texts are needed.
Result<std::vector<bool>> compared_documents(const RunFolder& folder);

// Measures every pair and every member of a cluster again, with slow and plain code over the words.
// Memory: some 64 MB of texts at a time, however many there are.
Result<ReuseCounts> verify_reuse(const RunFolder& folder, std::vector<Known>& known,
                                 TextSpool& spool, Faults& faults);

}  // namespace copydesk::cli

#endif  // COPYDESK_PIPELINE_CLI_VERIFY_REUSE_H_
