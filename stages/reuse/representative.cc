#include "reuse/representative.h"

#include <xxhash.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <tuple>

namespace copydesk::reuse {

std::optional<ExactKey> exact_key(std::span<const text::Word> words, std::string_view title,
                                  std::size_t min_words) {
  if (words.empty()) return std::nullopt;
  std::vector<std::uint64_t> hashes;
  hashes.reserve(words.size());
  for (const text::Word& word : words) hashes.push_back(word.hash);
  XXH64_hash_t seed = 0;
  if (words.size() < min_words) {
    const std::string folded = text::fold(title);
    seed = XXH3_64bits(folded.data(), folded.size());
  }
  const XXH128_hash_t key =
      XXH3_128bits_withSeed(hashes.data(), hashes.size() * sizeof(std::uint64_t), seed);
  return ExactKey{key.high64, key.low64};
}

Contender make_contender(const Document& document, ExactKey key) {
  return {.doc = document.doc(),
          .time = document.time(),
          .content = key.low,
          .words = document.words().size(),
          .outlet = document.outlet(),
          .id = document.id()};
}

std::vector<std::string> RepresentativeOrder::policies() {
  return {"earliest", "longest", "first", "preferred"};
}

RepresentativeOrder::RepresentativeOrder(std::string_view policy,
                                         std::vector<std::string> preferred)
    : policy_(Policy::kEarliest), preferred_(std::move(preferred)) {
  if (policy == "longest") policy_ = Policy::kLongest;
  if (policy == "first") policy_ = Policy::kFirst;
  if (policy == "preferred") policy_ = Policy::kPreferred;
}

bool RepresentativeOrder::before(const Contender& a, const Contender& b) const {
  if (a.dropped != b.dropped) return b.dropped;
  switch (policy_) {
    case Policy::kEarliest:
      break;
    case Policy::kLongest:
      if (a.words != b.words) return a.words > b.words;
      break;
    case Policy::kFirst:
      return a.doc < b.doc;
    case Policy::kPreferred: {
      const std::size_t rank_a = rank(a.outlet);
      const std::size_t rank_b = rank(b.outlet);
      if (rank_a != rank_b) return rank_a < rank_b;
      break;
    }
  }
  const auto key = [](const Contender& x) {
    return std::make_tuple(x.time.value_or(std::numeric_limits<std::int64_t>::max()), x.content,
                           std::cref(x.outlet), std::cref(x.id), x.doc);
  };
  return key(a) < key(b);
}

std::size_t RepresentativeOrder::rank(const std::string& outlet) const {
  return static_cast<std::size_t>(std::find(preferred_.begin(), preferred_.end(), outlet) -
                                  preferred_.begin());
}

std::optional<std::string> policy_fault(std::string_view keep,
                                        std::span<const std::string> preferred) {
  if (keep == "preferred" && preferred.empty()) {
    return "keep = \"preferred\" needs preferred_outlets";
  }
  if (keep != "preferred" && !preferred.empty()) {
    return "preferred_outlets needs keep = \"preferred\"";
  }
  return std::nullopt;
}

}  // namespace copydesk::reuse
