// The state of a stage in memory.
#ifndef COPYDESK_TESTS_SUPPORT_STATE_BYTES_H_
#define COPYDESK_TESTS_SUPPORT_STATE_BYTES_H_

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "copydesk/stage_state.h"

namespace copydesk::testing {

class StateToBytes : public StateWriter {
 public:
  Result<void> write(std::string_view bytes) override {
    written += bytes;
    return {};
  }

  std::string written;
};

// `bytes` must outlive it.
class StateFromBytes : public StateReader {
 public:
  explicit StateFromBytes(std::string_view bytes) : left_(bytes) {}

  Result<void> read(std::span<char> out) override {
    if (out.size() > left_.size()) return damaged_state("its end is missing");
    std::copy_n(left_.begin(), out.size(), out.begin());
    left_.remove_prefix(out.size());
    return {};
  }
  std::uint64_t remaining() const override { return left_.size(); }

 private:
  std::string_view left_;
};

}  // namespace copydesk::testing

#endif  // COPYDESK_TESTS_SUPPORT_STATE_BYTES_H_
