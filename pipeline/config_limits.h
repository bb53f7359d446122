// The ranges of options, for the config and for the flags that override it. Internal to
// pipeline/.
#ifndef COPYDESK_PIPELINE_CONFIG_LIMITS_H_
#define COPYDESK_PIPELINE_CONFIG_LIMITS_H_

#include <cstdint>

namespace copydesk {

inline constexpr std::uint64_t kMaxThreads = 1024;
inline constexpr std::uint64_t kMinMemory = 64ULL
                                            << 20;  // less does not hold the batches in flight
inline constexpr std::uint64_t kMaxMemory = 1024ULL << 40;
inline constexpr std::uint64_t kMaxUnpackedBytes = 1024ULL << 40;
inline constexpr std::uint64_t kMaxUnpackRatio = 1'000'000;
inline constexpr std::uint64_t kMaxBatchDocuments = 1'000'000;
inline constexpr std::uint64_t kMaxCheckpointSeconds = 86'400;

// Of the memory of a run, scratch files hold one such share, and a stage that decides another. The
// rest is for batches, for what is held of each document, and for the tables of the stages.
inline constexpr std::uint64_t kScratchShare = 8;

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_CONFIG_LIMITS_H_
