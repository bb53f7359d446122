#include "reuse/pair_file.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <string>

#include "reuse/candidates.h"

namespace copydesk::reuse {
namespace {

constexpr std::size_t kParts = 64;

// A pair but for its lists.
struct Head {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  double jaccard = 0;
  double containment_a = 0;
  double containment_b = 0;
  double coverage_a = 0;
  double coverage_b = 0;
  std::uint32_t passages = 0;
  std::uint32_t relation = 0;
};

Error damaged() { return {ErrorCode::kCorrupt, "a pair in a work file is damaged"}; }

template <class T>
void take_bytes(const char*& at, T& value) {
  std::memcpy(&value, at, sizeof(T));
  at += sizeof(T);
}

}  // namespace

PairFile::PairFile(ScratchSpace& space, std::uint64_t documents)
    : file_(space.make_file("pairs", kParts)), width_(documents / kParts + 1) {}

Result<void> PairFile::add(const Pair& pair) {
  const std::size_t part = pair.a / width_;
  const Head head{pair.a,
                  pair.b,
                  pair.jaccard,
                  pair.containment_a,
                  pair.containment_b,
                  pair.coverage_a,
                  pair.coverage_b,
                  static_cast<std::uint32_t>(pair.passages.size()),
                  static_cast<std::uint32_t>(pair.relation)};
  ++size_;
  COPYDESK_RETURN_IF_ERROR(file_.append_record(part, head));
  return file_.append_records(part, std::span<const Passage>(pair.passages));
}

Result<void> PairFile::for_each(const std::function<Result<void>(Pair&)>& take) {
  COPYDESK_RETURN_IF_ERROR(file_.finish());
  std::string bytes;
  std::vector<Pair> pairs;
  for (std::size_t part = 0; part < file_.partitions(); ++part) {
    COPYDESK_RETURN_IF_ERROR(file_.read(part, bytes));
    pairs.clear();
    const char* const end = bytes.data() + bytes.size();
    for (const char* at = bytes.data(); at < end;) {
      Head head;
      if (static_cast<std::size_t>(end - at) < sizeof(head)) return damaged();
      take_bytes(at, head);
      if (static_cast<std::size_t>(end - at) / sizeof(Passage) < head.passages) return damaged();
      Pair& pair = pairs.emplace_back();
      pair.a = head.a;
      pair.b = head.b;
      pair.relation = static_cast<Relation>(head.relation);
      pair.jaccard = head.jaccard;
      pair.containment_a = head.containment_a;
      pair.containment_b = head.containment_b;
      pair.coverage_a = head.coverage_a;
      pair.coverage_b = head.coverage_b;
      pair.passages.resize(head.passages);
      for (Passage& passage : pair.passages) take_bytes(at, passage);
    }
    std::sort(pairs.begin(), pairs.end(), ascends);
    for (Pair& pair : pairs) COPYDESK_RETURN_IF_ERROR(take(pair));
  }
  return {};
}

}  // namespace copydesk::reuse
