#include "reuse/shingle_index.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <tuple>
#include <utility>

#include "reuse/shingles.h"

namespace copydesk::reuse {
namespace {

constexpr int kFilterBits = 4;  // the filter has 2^4 bits a bucket
// Where sorting by insertion takes more steps a place than this, shingles repeat and alternate.
constexpr std::size_t kMaxSteps = 8;
// A bucket of more is searched by halves.
constexpr std::uint32_t kScannedBucket = 8;

// Sorts hashes that are sorted by their first bits already, and their places with them; those of
// one hash are left in their order.
void finish_sort(std::vector<std::uint64_t>& hashes, std::vector<std::uint32_t>& places) {
  std::size_t steps = 0;
  for (std::size_t i = 1; i < hashes.size(); ++i) {
    if (hashes[i - 1] <= hashes[i]) continue;
    const std::uint64_t hash = hashes[i];
    const std::uint32_t place = places[i];
    std::size_t at = i;
    for (; at > 0 && hash < hashes[at - 1]; --at) {
      hashes[at] = hashes[at - 1];
      places[at] = places[at - 1];
    }
    hashes[at] = hash;
    places[at] = place;
    steps += i - at;
    if (steps > kMaxSteps * hashes.size()) break;
  }
  if (steps <= kMaxSteps * hashes.size()) return;

  std::vector<std::pair<std::uint64_t, std::uint32_t>> pairs(hashes.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = {hashes[i], places[i]};
  std::sort(pairs.begin(), pairs.end());
  for (std::size_t i = 0; i < pairs.size(); ++i) std::tie(hashes[i], places[i]) = pairs[i];
}

}  // namespace

ShingleIndex::ShingleIndex(std::span<const text::Word> words) {
  assert(words.size() < kNone);
  shingle_words(words, in_order_);
  const std::size_t count = in_order_.size();
  // At least eight buckets, so that the filter has a word.
  const int bucket_bits = std::max(3, static_cast<int>(std::bit_width(count)));
  bucket_shift_ = 64 - bucket_bits;
  filter_shift_ = bucket_shift_ - kFilterBits;
  filter_.resize(std::size_t{1} << (bucket_bits + kFilterBits - 6));

  // By bucket.
  const std::size_t buckets = std::size_t{1} << bucket_bits;
  first_of_bucket_.resize(buckets + 1);
  for (const std::uint64_t shingle : in_order_) {
    ++first_of_bucket_[shingle >> bucket_shift_];
    const std::uint64_t bit = shingle >> filter_shift_;
    filter_[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  std::uint32_t sum = 0;
  for (std::uint32_t& first : first_of_bucket_) first = sum += first;  // the ends of buckets
  hashes_.resize(count);
  places_.resize(count);
  for (std::size_t i = count; i-- > 0;) {
    const std::uint64_t shingle = in_order_[i];
    const std::uint32_t at = --first_of_bucket_[shingle >> bucket_shift_];
    hashes_[at] = shingle;
    places_[at] = static_cast<std::uint32_t>(i);
  }
  finish_sort(hashes_, places_);

  for (std::size_t i = 0; i < count; ++i) {
    distinct_ += i == 0 || hashes_[i] != hashes_[i - 1] ? 1U : 0U;
  }
}

std::span<const std::uint32_t> ShingleIndex::places(std::uint32_t found) const {
  std::size_t end = found;
  while (end < hashes_.size() && hashes_[end] == hashes_[found]) ++end;
  return std::span(places_).subspan(found, end - found);
}

std::uint32_t ShingleIndex::find(std::uint64_t shingle) const {
  const std::uint64_t bucket = shingle >> bucket_shift_;
  std::uint32_t at = first_of_bucket_[bucket];
  const std::uint32_t end = first_of_bucket_[bucket + 1];
  // A bucket holds one or two, unless a text repeats itself or was written to fill it.
  if (end - at > kScannedBucket) {
    const auto found = std::lower_bound(hashes_.begin() + at, hashes_.begin() + end, shingle);
    at = static_cast<std::uint32_t>(found - hashes_.begin());
  }
  while (at < end && hashes_[at] < shingle) ++at;
  return at < end && hashes_[at] == shingle ? at : kNone;
}

}  // namespace copydesk::reuse
