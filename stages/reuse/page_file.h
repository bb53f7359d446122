// PageFile: what is noted of the pages of all outlets, in a scratch file, given back by outlet.
#ifndef COPYDESK_STAGES_REUSE_PAGE_FILE_H_
#define COPYDESK_STAGES_REUSE_PAGE_FILE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/scratch.h"
#include "copydesk/stage.h"
#include "reuse/templates.h"

namespace copydesk::reuse {

// Appends the note of a page to `out`, in about 500 bytes and some 15 for each line.
void encode_page(const PageNote& page, std::string& out);
// The inverse; without its sketch if it is not wanted. kCorrupt if the bytes are cut off.
Result<PageNote> decode_page(std::string_view bytes, bool with_sketch);

class PageFile {
 public:
  PageFile() = default;
  explicit PageFile(ScratchSpace& space);

  // Adds a page that encode_page() wrote. By one thread at a time.
  Result<void> add(std::uint32_t outlet, std::string_view encoded);
  Result<void> finish() { return file_.finish(); }

  // Calls take(outlet, pages) for each outlet, on all workers, in any order; pages in the order in
  // which they were added. Memory: the pages of some outlets, those of one at least.
  using TakeOutlet =
      std::function<Result<void>(std::uint32_t outlet, const std::vector<PageNote>& pages)>;
  Result<void> for_each_outlet(const Corpus& corpus, bool with_sketches,
                               const TakeOutlet& take) const;

 private:
  std::uint64_t memory_ = 0;
  ScratchFile file_;
};

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_PAGE_FILE_H_
