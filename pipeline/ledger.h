// Ledger: what the engine counts while documents pass. Workers count into a batch's ledger; these
// are merged in input order. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_LEDGER_H_
#define COPYDESK_PIPELINE_LEDGER_H_

#include <array>
#include <cstdint>
#include <vector>

#include "copydesk/pipeline.h"
#include "plan.h"
#include "record.h"

namespace copydesk {

struct Ledger {
  // One count for each stage of the plan, and the engine's own (blanks, empty documents) last.
  explicit Ledger(const Plan& plan);

  // The stage's row for one document it saw.
  void count(std::size_t stage, const Verdict& verdict);
  // A record that was just parsed. Once for each record.
  void open(const Record& record);
  // A record that leaves the pipeline: its verdict, and spans by stage and reason. Once for each.
  void close(const Record& record);
  void merge(const Ledger& other);

  // Copies everything into a summary.
  void write_to(RunSummary& summary) const;
  // Goes on from what write_to() has given. False if the summary is of other stages.
  [[nodiscard]] bool read_from(const RunSummary& summary);

  std::vector<StageCount> stages;
  std::uint64_t documents = 0;
  std::uint64_t kept = 0;
  std::uint64_t dropped = 0;
  std::uint64_t rejected = 0;
  std::array<std::uint64_t, kRejectReasonCount> rejected_by{};
  std::uint64_t record_bytes = 0;
  std::uint64_t text_bytes_in = 0;
  std::uint64_t text_bytes_kept = 0;
  std::uint64_t lone_surrogates = 0;
};

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_LEDGER_H_
