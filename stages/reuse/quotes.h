// Quotation marks: whether a place of a text stands inside a quotation.
#ifndef COPYDESK_STAGES_REUSE_QUOTES_H_
#define COPYDESK_STAGES_REUSE_QUOTES_H_

#include <string_view>

#include "copydesk/document.h"

namespace copydesk::reuse {

// Whether `span` begins and ends inside a quotation: a mark opens before or at its beginning in the
// same paragraph and is not closed there, and a mark closes after or at its end in the same
// paragraph with none opened between. Marks: “ ” „ " « » ‘ ’ ‚ 「 」 『 』, German » « too. An
// apostrophe (’ or ' between letters) is none; ' is no mark at all. Offsets are bytes of `text`;
// the span must not be empty. Cost: linear in the paragraphs that the span touches. Pure and
// thread-safe.
[[nodiscard]] bool stands_in_quotation(std::string_view text, Span span);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_QUOTES_H_
