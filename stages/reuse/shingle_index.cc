#include "reuse/shingle_index.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "reuse/shingles.h"

namespace copydesk::reuse {
namespace {

constexpr int kFilterBits = 3;  // the filter has 2^3 bits a bucket
// Buckets up to this size are sorted by insertion.
constexpr std::size_t kFewPlaces = 12;

// Sorts places by their shingles; those of one shingle are left in their order.
void sort_places(std::span<std::uint32_t> places, std::span<const std::uint64_t> shingles) {
  const auto before = [&](std::uint32_t x, std::uint32_t y) { return shingles[x] < shingles[y]; };
  if (places.size() > kFewPlaces) {
    std::stable_sort(places.begin(), places.end(), before);
    return;
  }
  for (std::size_t i = 1; i < places.size(); ++i) {
    const std::uint32_t place = places[i];
    std::size_t at = i;
    for (; at > 0 && before(place, places[at - 1]); --at) places[at] = places[at - 1];
    places[at] = place;
  }
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

  // The places by bucket, in their order.
  const std::size_t buckets = std::size_t{1} << bucket_bits;
  first_of_bucket_.resize(buckets + 1);
  for (const std::uint64_t shingle : in_order_) {
    ++first_of_bucket_[shingle >> bucket_shift_];
    const std::uint64_t bit = shingle >> filter_shift_;
    filter_[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  std::uint32_t sum = 0;
  for (std::uint32_t& first : first_of_bucket_) first = sum += first;  // the ends of buckets
  places_.resize(count);
  for (std::size_t i = count; i-- > 0;) {
    places_[--first_of_bucket_[in_order_[i] >> bucket_shift_]] = static_cast<std::uint32_t>(i);
  }

  hashes_.reserve(count);
  first_place_.reserve(count + 1);
  for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
    const std::uint32_t begin = first_of_bucket_[bucket];
    const std::uint32_t end = first_of_bucket_[bucket + 1];
    first_of_bucket_[bucket] = size();
    if (end - begin > 1) sort_places(std::span(places_).subspan(begin, end - begin), in_order_);
    for (std::uint32_t i = begin; i < end; ++i) {
      const std::uint64_t shingle = in_order_[places_[i]];
      if (i > begin && shingle == hashes_.back()) continue;
      hashes_.push_back(shingle);
      first_place_.push_back(i);
    }
  }
  first_of_bucket_[buckets] = size();
  first_place_.push_back(static_cast<std::uint32_t>(count));
}

std::uint32_t ShingleIndex::find(std::uint64_t shingle) const {
  const std::uint64_t bucket = shingle >> bucket_shift_;
  std::uint32_t at = first_of_bucket_[bucket];
  const std::uint32_t end = first_of_bucket_[bucket + 1];
  while (at < end && hashes_[at] < shingle) ++at;
  return at < end && hashes_[at] == shingle ? at : kNone;
}

}  // namespace copydesk::reuse
