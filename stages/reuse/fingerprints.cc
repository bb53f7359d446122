#include "reuse/fingerprints.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>

#include "reuse/hash_kernels.h"

namespace copydesk::reuse {
namespace {

// Windows looked at in one go.
constexpr std::size_t kAtOnce = 512;

// Room for the grams of kAtOnce windows. Those of most guarantees are on the stack.
class Room {
 public:
  explicit Room(std::size_t window) : size_(window + kAtOnce + kSpareMinima) {
    if (size_ <= near_.grams.size()) return;
    far_grams_.resize(size_);
    far_minima_.resize(size_);
    far_ends_.resize(size_);
  }

  std::uint64_t* grams() { return far_grams_.empty() ? near_.grams.data() : far_grams_.data(); }
  std::uint64_t* minima() { return far_minima_.empty() ? near_.minima.data() : far_minima_.data(); }
  std::uint32_t* ends() { return far_ends_.empty() ? near_.ends.data() : far_ends_.data(); }

 private:
  static constexpr std::size_t kNear = kAtOnce + 128;
  struct Near {
    std::array<std::uint64_t, kNear> grams;
    std::array<std::uint64_t, kNear> minima;
    std::array<std::uint32_t, kNear> ends;
  };

  std::size_t size_;
  Near near_;
  std::vector<std::uint64_t> far_grams_;
  std::vector<std::uint64_t> far_minima_;
  std::vector<std::uint32_t> far_ends_;
};

}  // namespace

void winnow(std::span<const text::Word> words, int guarantee, std::vector<Fingerprint>& out) {
  assert(guarantee >= kFingerprintWords);
  out.clear();
  if (words.size() < std::size_t{kFingerprintWords}) return;
  const std::size_t grams = words.size() - kFingerprintWords + 1;
  const std::size_t window =
      std::min(grams, static_cast<std::size_t>(guarantee - kFingerprintWords + 1));
  const std::size_t windows = grams - window + 1;

  Room room(window);
  const std::uint64_t* const values = room.grams();
  for (std::size_t first = 0; first < windows; first += kAtOnce) {
    const std::size_t some = std::min(kAtOnce, windows - first) + window - 1;
    gram_hashes(words.subspan(first, some + kFingerprintWords - 1), kFingerprintWords,
                room.grams());
    const std::size_t ends = find_minima({values, some}, window, room.minima(), room.ends());
    for (std::size_t i = 0; i < ends; ++i) {
      std::size_t place = room.ends()[i];
      const std::uint64_t smallest = room.minima()[place + 1 - window];
      while (values[place] != smallest) --place;
      const auto word = static_cast<std::uint32_t>(first + place);
      // The first window of a piece may have the fingerprint of the last one of the piece before.
      if (out.empty() || out.back().word != word) out.push_back({smallest, word});
    }
  }
}

}  // namespace copydesk::reuse
