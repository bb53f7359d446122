// From a run over a sample of the input to one over all of it. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_ESTIMATE_H_
#define COPYDESK_PIPELINE_ESTIMATE_H_

#include <cstdint>

#include "copydesk/config.h"
#include "copydesk/pipeline.h"

namespace copydesk {

// A run over the head of an input, everything in memory.
struct SampleRun {
  RunSummary summary;
  std::uint64_t input_bytes = 0;   // of the input files, as they are on disk, that it has read
  std::uint64_t output_bytes = 0;  // of its results
  bool whole = false;              // it has read all there is
};

// What the engine and the stages of the default config hold of each document, whatever the memory
// (decision 0004).
inline constexpr std::uint64_t kBytesADocument = 50;

// What a run over `input_bytes` will take if the rest of it is like the sample: linear in
// documents. Space and what it is compared with are left to the caller.
[[nodiscard]] RunEstimate extrapolate(const SampleRun& sample, std::uint64_t input_bytes,
                                      const RunOptions& run);

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_ESTIMATE_H_
