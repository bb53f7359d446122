// The language of a text, from its words, with CLD2.
//
// CLD2 scores runs of letters by script and by quadgrams; it is not CLD3, has no model to load and
// no state. Its tables are constants. A call writes one global of the library, a debugging aid: it
// stores the same constant each time, and only debugging output, which is off, reads it. So calls
// from many threads are safe and give what one thread would get.
#ifndef COPYDESK_CLEANING_DETECT_H_
#define COPYDESK_CLEANING_DETECT_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/text/lines.h"

namespace copydesk::cleaning {

// Scratch of the functions below, reused from text to text.
struct DetectScratch {
  std::vector<text::Line> longest;
  std::string sample;
};

// Writes the beginnings of the longest lines of `text` to scratch.sample, the longest first, each
// with a line break behind it: as much of each of four, and `bytes` bytes without the breaks at
// most. Where lines are short, more of them, up to sixteen; but none that stands beside the
// article, being shorter than a quarter of the longest line and than 80 bytes. Letters stay whole.
// `lines` are those of split_lines(text). Cost: O(lines).
void sample_article(std::string_view text, std::span<const text::Line> lines, std::size_t bytes,
                    DetectScratch& scratch);

// The code of the language that most of `text` is in (text::language_code()); empty if the text is
// too short to tell, or CLD2 is not sure. `lines` are those of split_lines(text), which must be
// valid UTF-8.
//
// Looks at the beginnings of the longest lines only: a page's article stands in them, while menus
// and widgets, English on pages of every language, stand in short ones. 256 bytes of four lines
// decide nearly every page; if they leave a doubt, 1 KiB does. More bytes are not more often right
// on whole pages, and cost more than all other reading of the page. Cost: O(lines), and CLD2 at
// 30 MB/s on the sample, about 10 us a text.
[[nodiscard]] std::string detect_language(std::string_view text, std::span<const text::Line> lines,
                                          DetectScratch& scratch);

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_DETECT_H_
