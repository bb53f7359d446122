// Two texts of any words: measures in range, passages that are the same words in both.
#include <vector>

#include "copydesk/compare.h"
#include "copydesk/text/words.h"
#include "fuzz.h"

namespace {

std::vector<std::uint64_t> hashes(std::string_view text) {
  std::vector<copydesk::text::Word> words;
  copydesk::text::split_words(text, words);
  std::vector<std::uint64_t> out;
  for (const copydesk::text::Word& word : words) out.push_back(word.hash);
  return out;
}

}  // namespace

// The first byte says where the two texts part; words of one letter make long runs likely.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using copydesk::fuzz::require;
  if (size < 1) return 0;
  const std::string_view rest = copydesk::fuzz::bytes_of(data + 1, size - 1);
  const std::size_t cut = rest.size() * data[0] / 256;
  const std::string_view a = rest.substr(0, cut);
  const std::string_view b = rest.substr(cut);

  const copydesk::Comparison found = copydesk::compare_texts(a, b, 5);
  require(found.jaccard >= 0 && found.jaccard <= 1, "Jaccard in [0, 1]");
  require(found.containment_a >= 0 && found.containment_a <= 1, "containment in [0, 1]");
  require(found.jaccard <= found.containment_a && found.jaccard <= found.containment_b,
          "containments are no less than Jaccard");
  std::uint32_t at = 0;
  for (const copydesk::Passage& passage : found.passages) {
    // Words of scripts without spaces have a character in common with the next.
    require(passage.a.begin + 4 >= at, "passages are disjoint and ascend in a");
    at = passage.a.end;
    require(passage.words >= 5, "passages have the least length");
    require(hashes(a.substr(passage.a.begin, passage.a.size())) ==
                hashes(b.substr(passage.b.begin, passage.b.size())),
            "a passage is the same words in both");
  }
  const copydesk::Comparison turned = copydesk::compare_texts(b, a, 5);
  require(turned.jaccard == found.jaccard, "Jaccard is symmetric");
  return 0;
}
