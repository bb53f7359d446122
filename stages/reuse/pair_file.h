// PairFile: verified pairs in a scratch file, given back in ascending order.
#ifndef COPYDESK_STAGES_REUSE_PAIR_FILE_H_
#define COPYDESK_STAGES_REUSE_PAIR_FILE_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "copydesk/findings.h"
#include "copydesk/scratch.h"

namespace copydesk::reuse {

// Pairs without agencies: whoever reads them back knows the documents.
class PairFile {
 public:
  // `documents`: more than any ordinal of a pair.
  PairFile(ScratchSpace& space, std::uint64_t documents);

  // Each pair once, in any order. By one thread at a time.
  Result<void> add(const Pair& pair);
  // Calls take(pair) for each pair, ascending by (a, b). Memory: a part of the pairs.
  Result<void> for_each(const std::function<Result<void>(Pair&)>& take);
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  ScratchFile file_;
  std::uint64_t width_;  // documents of a part
  std::uint64_t size_ = 0;
};

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_PAIR_FILE_H_
