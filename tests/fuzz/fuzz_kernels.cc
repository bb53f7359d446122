// The kernels of pipeline/text give what their slow twins give, for any bytes.
#include <xxhash.h>

#include <string>
#include <vector>

#include "copydesk/text/lines.h"
#include "copydesk/text/words.h"
#include "fuzz.h"
#include "support/plain_text.h"
#include "text/scan_bytes.h"

namespace copydesk::text {
namespace {

using fuzz::require;

void compare_words(std::string_view text) {
  const std::vector<Word> plain = plain_words(text);
  std::vector<Word> words;
  split_words(text, words);
  require(words.size() == plain.size(), "as many words as the plain way finds");
  require(count_words(text) == plain.size(), "count_words counts as many");
  for (std::size_t i = 0; i < words.size(); ++i) {
    require(words[i].begin == plain[i].begin && words[i].end == plain[i].end, "the same words");
    require(words[i].hash == plain[i].hash, "with the same hashes");
  }
}

void compare_lines(std::string_view text) {
  require(fold(text) == plain_fold(text), "the same fold");
  const std::string line = plain_normalized_line(text);
  require(normalized_line(text) == line, "the same normalised line");
  require(line_key(text) == (line.empty() ? 0 : XXH3_64bits(line.data(), line.size())),
          "the same key");
}

void compare_scans(std::string_view text) {
  const std::size_t blocks = text.size() / kBlock + 1;
  struct Result {
    explicit Result(std::size_t blocks)
        : folded(blocks * kBlock), word(blocks), digit(blocks), beyond(blocks) {}
    bool operator==(const Result&) const = default;
    ByteMasks masks() { return {word.data(), digit.data(), beyond.data()}; }

    std::vector<char> folded;
    std::vector<std::uint64_t> word;
    std::vector<std::uint64_t> digit;
    std::vector<std::uint64_t> beyond;
  };
  Result fast(blocks);
  Result slow(blocks);
  classify_bytes(text.data(), text.size(), fast.folded.data(), fast.masks());
  classify_bytes_scalar(text.data(), text.size(), slow.folded.data(), slow.masks());
  require(fast == slow, "bytes are classified as by the scalar twin");
  if (blocks > kMaxBlocks) return;

  std::vector<std::uint16_t> fast_edges(blocks * kBlock + kSpareEdges);
  std::vector<std::uint16_t> slow_edges(fast_edges.size());
  const std::size_t count = find_edges(slow.word.data(), blocks, fast_edges.data());
  require(count == find_edges_scalar(slow.word.data(), blocks, slow_edges.data()),
          "as many edges as the scalar twin finds");
  fast_edges.resize(count);
  slow_edges.resize(count);
  require(fast_edges == slow_edges, "the same edges");

  slow.folded.resize(slow.folded.size() + kSpareBytes);
  std::vector<char> fast_kept(slow.folded.size());
  std::vector<char> slow_kept(slow.folded.size());
  const std::size_t kept =
      keep_bytes(slow.folded.data(), slow.word.data(), blocks, fast_kept.data());
  require(kept == keep_bytes_scalar(slow.folded.data(), slow.word.data(), blocks, slow_kept.data()),
          "as many bytes kept as by the scalar twin");
  fast_kept.resize(kept);
  slow_kept.resize(kept);
  require(fast_kept == slow_kept, "the same bytes kept");
}

}  // namespace
}  // namespace copydesk::text

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = copydesk::fuzz::bytes_of(data, size);
  copydesk::text::compare_words(text);
  copydesk::text::compare_lines(text);
  copydesk::text::compare_scans(text);
  return 0;
}
