// GroupCode: the groups of documents as small numbers, for the state of a stage.
//
// Groups are numbered by their first documents, so that going over the documents each group is the
// next new one or one that was seen before, most often a short while ago: 0 is the next, 1 the
// newest, 2 the one before it, …
#ifndef COPYDESK_STAGES_REUSE_GROUP_CODE_H_
#define COPYDESK_STAGES_REUSE_GROUP_CODE_H_

#include <cassert>
#include <cstdint>
#include <limits>

#include "copydesk/result.h"
#include "copydesk/stage_state.h"

namespace copydesk::reuse {

// One object for all documents that are in groups, in order. Groups are below 2^32 - 1.
class GroupCode {
 public:
  // Precondition: `group` is one that was encoded before, or the next.
  [[nodiscard]] std::uint64_t encode(std::uint32_t group) {
    assert(group <= groups_);
    if (group < groups_) return groups_ - group;
    ++groups_;
    return 0;
  }

  // The inverse. kCorrupt for a group that there is not yet.
  [[nodiscard]] Result<std::uint32_t> decode(std::uint64_t code) {
    if (code > groups_) return damaged_state("a group before its first document");
    if (code > 0) return groups_ - static_cast<std::uint32_t>(code);
    if (groups_ == std::numeric_limits<std::uint32_t>::max()) {
      return damaged_state("more groups than there can be");
    }
    return groups_++;
  }

  // The groups so far.
  [[nodiscard]] std::uint32_t size() const { return groups_; }

 private:
  std::uint32_t groups_ = 0;
};

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_GROUP_CODE_H_
