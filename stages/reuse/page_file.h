// PageFile: what is noted of the pages of all outlets, in a scratch file, given back by outlet.
//
// Of an outlet with very many pages a sample is kept, which tells what recurs as well and bounds
// the memory that its lines take. Which pages are in it depends on their content alone.
#ifndef COPYDESK_STAGES_REUSE_PAGE_FILE_H_
#define COPYDESK_STAGES_REUSE_PAGE_FILE_H_

#include <array>
#include <cstddef>
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

// Of an outlet that has more pages, half to all of so many are kept: it is halved as often as
// needed.
inline constexpr std::size_t kMostPages = 16'384;

class PageFile {
 public:
  PageFile() = default;
  explicit PageFile(ScratchSpace& space, std::size_t most_pages = kMostPages);

  // Adds a page that encode_page() wrote. By one thread at a time. Outlets are numbered from 0.
  // kInvalidArgument if the note takes 4 GiB or more: some hundred million lines.
  Result<void> add(std::uint32_t outlet, std::string_view encoded);
  Result<void> finish() { return file_.finish(); }

  // Calls take(outlet, pages) for each outlet, on all workers, in any order; pages in the order in
  // which they were added. Memory: the pages of some outlets, those of one at least.
  using TakeOutlet =
      std::function<Result<void>(std::uint32_t outlet, const std::vector<PageNote>& pages)>;
  Result<void> for_each_outlet(const Corpus& corpus, bool with_sketches,
                               const TakeOutlet& take) const;

 private:
  // A page's level is drawn from its content: half of all pages have level 0, a quarter level 1, …
  static constexpr std::size_t kLevels = 24;
  static std::size_t level_of(std::string_view encoded);
  struct Sample {
    std::size_t least = 0;                       // pages of this level and above are kept
    std::array<std::uint32_t, kLevels> pages{};  // by level; of those below `least` no more counted
  };

  std::uint64_t memory_ = 0;
  std::size_t most_pages_ = kMostPages;
  ScratchFile file_;
  std::vector<Sample> samples_;  // by outlet
};

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_PAGE_FILE_H_
