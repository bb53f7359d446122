// Reads what a run wrote about one document. For `explain`.
#ifndef COPYDESK_PIPELINE_CLI_RESULT_FOLDER_H_
#define COPYDESK_PIPELINE_CLI_RESULT_FOLDER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/result_rows.h"
#include "cli/run_folder.h"
#include "copydesk/document.h"
#include "copydesk/result.h"

namespace copydesk::cli {

// A pair, seen from one of its documents.
struct Partner {
  std::string id;
  std::uint64_t doc = 0;
  std::string relation;  // "contains" if our document contains the partner
  double jaccard = 0;
  double coverage = 0;  // share of our words that the partner has, in shingles
  double partner_coverage = 0;
  bool same_outlet = false;
  std::vector<std::string> agencies;  // credited by both
  struct Shared {
    Span span;     // of our original text
    Span partner;  // of the partner's
    std::uint64_t words = 0;
    bool quoted = false;
  };
  std::vector<Shared> passages;
};

struct Group {
  std::uint64_t number = 0;
  std::vector<std::string> members;
  // Clusters only.
  std::string representative;
  std::string first;  // empty if nobody can tell
  std::vector<std::string> agencies;
};

// A document with its text as it was read.
struct Original {
  DocumentFields fields;
  std::string text;
};

class ResultFolder {
 public:
  // kNotFound if `dir` holds no run.json.
  static Result<ResultFolder> open(const std::string& dir);

  // All documents with that id, in input order: ids may repeat.
  [[nodiscard]] Result<std::vector<AuditEntry>> audit_by_id(std::string_view id) const;
  [[nodiscard]] Result<std::optional<AuditEntry>> audit_by_doc(std::uint64_t doc) const;

  // The original text: from dropped.jsonl, from the clean text and the removed spans, or by reading
  // the inputs of the run again. kNotFound or kCorrupt if they are gone or have changed.
  [[nodiscard]] Result<Original> original(const AuditEntry& entry) const;

  // Names and values of the fields that were lifted; lists give several.
  [[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> fields(
      const AuditEntry& entry) const;
  [[nodiscard]] Result<std::vector<Partner>> partners(std::uint64_t doc) const;
  [[nodiscard]] Result<std::optional<Group>> cluster(std::uint64_t doc) const;
  [[nodiscard]] Result<std::optional<Group>> story(std::uint64_t doc) const;
  // What was wrong with a rejected record, and its bytes.
  [[nodiscard]] Result<std::string> rejection(std::uint64_t doc) const;

 private:
  explicit ResultFolder(RunFolder run) : run_(std::move(run)) {}
  // Calls `fn` with each row of the file that holds `needle`, until it returns false.
  Result<void> each_row(std::string_view file, std::string_view needle,
                        const std::function<bool(std::string& row)>& fn) const;
  // Finds the row that `fits`; "" if there is none.
  Result<std::string> find_row(std::string_view file, std::string_view needle,
                               const std::function<bool(const std::string& row)>& fits) const;
  [[nodiscard]] Result<std::string> clean_row(std::uint64_t doc) const;
  [[nodiscard]] Result<Original> parse_row(const std::string& row, std::uint64_t doc) const;
  [[nodiscard]] Result<Original> reread(const AuditEntry& entry) const;

  RunFolder run_;
};

}  // namespace copydesk::cli

#endif  // COPYDESK_PIPELINE_CLI_RESULT_FOLDER_H_
