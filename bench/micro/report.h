// How every benchmark reports, so that the rows of one run compare.
#ifndef COPYDESK_BENCH_MICRO_REPORT_H_
#define COPYDESK_BENCH_MICRO_REPORT_H_

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace copydesk::bench {

// Rates from what one iteration does. `bytes` are always bytes of text, also where a kernel sees
// only the hashes that were made of it; `unit` says what an item is.
inline void report(benchmark::State& state, std::size_t bytes, std::size_t items,
                   const std::string& unit) {
  const auto rounds = static_cast<std::int64_t>(state.iterations());
  state.SetBytesProcessed(rounds * static_cast<std::int64_t>(bytes));
  state.SetItemsProcessed(rounds * static_cast<std::int64_t>(items));
  state.SetLabel("items: " + unit);
}

}  // namespace copydesk::bench

#endif  // COPYDESK_BENCH_MICRO_REPORT_H_
