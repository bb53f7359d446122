// How common a word is in news at large, for inputs too small to tell.
#ifndef COPYDESK_STAGES_REUSE_STORIES_BACKGROUND_H_
#define COPYDESK_STAGES_REUSE_STORIES_BACKGROUND_H_

#include <cstdint>

namespace copydesk::reuse {

// The share of documents that have this word (text::word_hash()), in (0, 1]. English; a word that
// the table does not know gets the share of a rare one. stages/data/background_en.md says where it
// is from. Thread-safe. Cost: a binary search.
[[nodiscard]] double background_share(std::uint64_t word);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_STORIES_BACKGROUND_H_
