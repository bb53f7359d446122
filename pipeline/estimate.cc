#include "estimate.h"

#include <algorithm>
#include <cmath>

#include "config_limits.h"

namespace copydesk {

RunEstimate extrapolate(const SampleRun& sample, std::uint64_t input_bytes, const RunOptions& run) {
  RunEstimate estimate;
  estimate.sampled = sample.summary.documents;
  estimate.whole = sample.whole;
  if (sample.summary.documents == 0) return estimate;
  double factor = 1;
  if (!sample.whole && sample.input_bytes > 0) {
    factor =
        std::max(static_cast<double>(input_bytes) / static_cast<double>(sample.input_bytes), 1.0);
  }
  const auto scaled = [&](std::uint64_t n) {
    return static_cast<std::uint64_t>(std::llround(static_cast<double>(n) * factor));
  };
  estimate.documents = scaled(sample.summary.documents);
  estimate.record_bytes = scaled(sample.summary.record_bytes);

  std::uint64_t scratch = 0;
  for (const ScratchUse& use : sample.summary.work_files) {
    const bool of_engine = use.part == "records" || use.part == "decisions";
    // Two phases hold the decisions at the same time: the one that reads and the one that writes.
    const std::uint64_t bytes = scaled(use.bytes) * (use.part == "decisions" ? 2 : 1);
    estimate.work_files.push_back({use.part, bytes, of_engine ? bytes : 0});
    if (!of_engine) scratch += bytes;
  }
  const std::uint64_t held = run.memory / kScratchShare;
  if (scratch > held) {
    for (ScratchUse& use : estimate.work_files) use.on_disk = use.bytes;
  }
  for (const ScratchUse& use : estimate.work_files) estimate.work_bytes += use.on_disk;
  estimate.output_bytes = scaled(sample.output_bytes);

  // Beyond their share files go to disk, and the stage that reads them back takes another.
  const std::uint64_t working = scratch > held ? 2 * held : scratch;
  estimate.memory_bytes =
      sample.summary.peak_memory_bytes + working + kBytesADocument * estimate.documents;
  for (const auto& [phase, seconds] : sample.summary.phase_seconds) estimate.seconds += seconds;
  estimate.seconds *= factor;
  return estimate;
}

}  // namespace copydesk
