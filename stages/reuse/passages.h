// Passages: shared runs of words as spans of the original texts.
#ifndef COPYDESK_STAGES_REUSE_PASSAGES_H_
#define COPYDESK_STAGES_REUSE_PASSAGES_H_

#include <span>
#include <vector>

#include "copydesk/document.h"
#include "copydesk/findings.h"
#include "reuse/align.h"

namespace copydesk::reuse {

// The passages that `runs` of a.words() and b.words() are, in their order. A run across a place
// where text was removed, in either document, is reported in pieces: the spans of a passage hold
// nothing that is not alive. `quoted` is asked of the whole run. The documents are used by the
// calling thread (they compute words on first use).
[[nodiscard]] std::vector<Passage> make_passages(const Document& a, const Document& b,
                                                 std::span<const SharedRun> runs);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_PASSAGES_H_
