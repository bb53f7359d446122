// Passages: shared runs of words as spans of the original texts.
#ifndef COPYDESK_STAGES_REUSE_PASSAGES_H_
#define COPYDESK_STAGES_REUSE_PASSAGES_H_

#include <span>
#include <vector>

#include "copydesk/document.h"
#include "copydesk/findings.h"
#include "reuse/align.h"
#include "reuse/quotes.h"

namespace copydesk::reuse {

// A document and the quotations of its living text.
struct QuotedDocument {
  const Document& document;
  const Quotations& quotations;
};

// The passages that `runs` of the words of a and b are, ascending in a. Runs that have nothing
// between them but removed text, or text that was removed in one of the two, are one passage if the
// originals have the same words there: then all words of the spans are the same. Where what was
// removed inside a run differs, the run is reported in pieces. A passage includes what stands the
// same in both texts beside its words (punctuation, blanks), up to the next word or the line's end.
// `quoted` is asked of whole runs. The documents are used by the calling thread (they compute words
// on first use). Cost: linear in the texts.
[[nodiscard]] std::vector<Passage> make_passages(const QuotedDocument& a, const QuotedDocument& b,
                                                 std::span<const SharedRun> runs);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_PASSAGES_H_
