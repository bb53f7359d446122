#include "reuse/representative.h"

#include <xxhash.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace copydesk::reuse {
namespace {

// Parts of a contender file: a few MB each of 10^7 documents.
constexpr std::size_t kContenderParts = 128;

}  // namespace

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

std::uint32_t NameTable::number(std::string_view name) {
  const auto found = numbers_.find(name);
  if (found != numbers_.end()) return found->second;
  const auto added = numbers_.emplace(name, size()).first;
  names_.push_back(&added->first);
  return added->second;
}

std::vector<std::uint32_t> NameTable::places() const {
  std::vector<std::uint32_t> sorted(names_.size());
  std::iota(sorted.begin(), sorted.end(), 0U);
  std::sort(sorted.begin(), sorted.end(),
            [&](std::uint32_t x, std::uint32_t y) { return *names_[x] < *names_[y]; });
  std::vector<std::uint32_t> places(sorted.size());
  for (std::uint32_t i = 0; i < sorted.size(); ++i) places[sorted[i]] = i;
  return places;
}

Result<void> NameTable::save(StateWriter& state) const {
  COPYDESK_RETURN_IF_ERROR(state.number(size() - 1));
  for (std::uint32_t i = 1; i < size(); ++i) COPYDESK_RETURN_IF_ERROR(state.bytes(*names_[i]));
  return {};
}

Result<void> NameTable::load(StateReader& state) {
  COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t names, state.count(1));
  std::string name;
  for (std::uint64_t i = 1; i <= names; ++i) {
    COPYDESK_RETURN_IF_ERROR(state.bytes(name));
    if (number(name) != i) return damaged_state("a name stands there twice");
  }
  return {};
}

ContenderFile::ContenderFile(ScratchSpace& space)
    : file_(space.make_file("documents", kContenderParts)) {}

Result<void> ContenderFile::add(const Contender& contender) {
  ++size_;
  return file_.append_record(contender.key.high % kContenderParts, contender);
}

Result<void> ContenderFile::for_each_part(
    const std::function<Result<void>(std::vector<Contender>&)>& take) const {
  std::vector<Contender> some;
  for (std::size_t part = 0; part < file_.partitions(); ++part) {
    some.resize(file_.records<Contender>(part));
    COPYDESK_RETURN_IF_ERROR(file_.read_records(part, 0, std::span<Contender>(some)));
    COPYDESK_RETURN_IF_ERROR(take(some));
  }
  return {};
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

void RepresentativeOrder::know_outlets(const NameTable& outlets) {
  place_of_ = outlets.places();
  preference_of_.clear();
  for (std::uint32_t outlet = 0; outlet < outlets.size(); ++outlet) {
    preference_of_.push_back(static_cast<std::uint32_t>(
        std::find(preferred_.begin(), preferred_.end(), outlets.name(outlet)) -
        preferred_.begin()));
  }
}

Standing RepresentativeOrder::standing(const Contender& contender, bool dropped) const {
  Standing standing{0, contender.time, contender.key.low, place_of_[contender.outlet]};
  switch (policy_) {
    case Policy::kEarliest:
      break;
    case Policy::kLongest:
      standing.first = std::numeric_limits<std::uint32_t>::max() - contender.words;
      break;
    case Policy::kFirst:
      standing.first = contender.doc;
      break;
    case Policy::kPreferred:
      standing.first = preference_of_[contender.outlet];
      break;
  }
  if (dropped) standing.first |= std::uint64_t{1} << 63U;
  return standing;
}

Result<void> order_equals(const Corpus& corpus, std::vector<Equal>& equals) {
  std::vector<std::pair<std::string, Equal>> named;
  for (const Equal& equal : equals) {
    COPYDESK_ASSIGN_OR_RETURN(std::string id, corpus.read_id(equal.doc));
    named.emplace_back(std::move(id), equal);
  }
  std::sort(named.begin(), named.end(), [](const auto& x, const auto& y) {
    return x.first != y.first ? x.first < y.first : x.second.doc < y.second.doc;
  });
  for (std::size_t i = 0; i < named.size(); ++i) equals[i] = named[i].second;
  return {};
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
