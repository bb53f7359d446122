// Runs one stage alone, through its real options, without files.
#ifndef COPYDESK_TESTS_SUPPORT_PROBE_H_
#define COPYDESK_TESTS_SUPPORT_PROBE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/stage_spec.h"

namespace copydesk::testing {

// A document for a test. Fields that are not given get their defaults.
struct Page {
  std::string text = {};
  std::string outlet = "outlet.example";
  std::string title = {};
  std::string date = {};
  std::string id = {};                              // "doc-<n>" if empty
  std::optional<std::int64_t> time = std::nullopt;  // UTC seconds; the probe parses no dates
  std::string language = {};                        // as a record gives it
  std::vector<Flag> flags = {};                     // that earlier stages have set
  std::vector<AppliedEdit> edits = {};              // that earlier stages have made
  std::vector<LiftedField> lifted = {};             // that earlier stages have found
};

// What a stage did to one page.
struct Outcome {
  std::string text;  // the clean text
  Verdict verdict = Verdict::keep();
  std::vector<AppliedEdit> edits;  // blanks of the engine included
  std::vector<LiftedField> lifted;
  std::vector<Flag> flags;
  std::optional<ClusterTag> cluster;
  std::optional<std::uint64_t> story;
  std::optional<std::string> language;
};

// What a corpus stage found.
struct Found {
  std::vector<Outcome> outcomes;  // one for each page
  std::string state;              // what it saved after finalize()
  std::map<std::uint64_t, Verdict> drops;
  std::vector<Pair> pairs;
  std::vector<Cluster> clusters;
  std::vector<Story> stories;
  std::vector<TemplateLine> templates;
  std::map<std::string, double> numbers;       // notes
  std::map<std::string, std::string> remarks;  // notes
  std::uint64_t reads = 0;                     // documents that it read back to decide
};

// The built-in stage `name` with `options` over `pages`, as the engine would run it: for a corpus
// stage observe, combine, finalize, then process; `batch` pages an observation. Fails the test
// (and returns an empty Found) if an option is at fault.
Found probe(std::string_view name, const OptionValues& options, const std::vector<Page>& pages,
            std::size_t batch = 2);

// The outcomes and the state of the corpus stage `name`, made anew, that takes `state` back in
// place of observing; `before` is what probe() found, whose drops the engine knows. The error of
// load(), or kCorrupt if it left something of the state.
Result<Found> probe_resumed(std::string_view name, const OptionValues& options,
                            const std::vector<Page>& pages, const Found& before,
                            std::string_view state);

// The fault of an option value, or "" if it is allowed.
std::string option_fault(std::string_view stage, std::string_view option, OptionValue value);

}  // namespace copydesk::testing

#endif  // COPYDESK_TESTS_SUPPORT_PROBE_H_
