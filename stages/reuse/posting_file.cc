#include "reuse/posting_file.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <span>
#include <string>

namespace copydesk::reuse {
namespace {

// A step of so many times 2^step_bits or more is written out in full behind as many ones.
constexpr std::uint32_t kLongStep = 16;
constexpr std::uint32_t kNodeBits = 32;

constexpr std::uint64_t low_bits(std::uint64_t value, std::uint32_t bits) {
  return value & ((std::uint64_t{1} << bits) - 1);
}

// Reads bits, the lowest of each byte first.
class BitReader {
 public:
  // `bytes` must have 8 readable bytes behind them.
  explicit BitReader(const char* bytes) : bytes_(bytes) {}

  // The next 57 bits or more; what is behind the end is zero.
  [[nodiscard]] std::uint64_t peek() const {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes_ + at_ / 8, sizeof(word));
    return word >> (at_ % 8);
  }
  void skip(std::uint32_t bits) { at_ += bits; }
  std::uint64_t take(std::uint32_t bits) {
    const std::uint64_t value = low_bits(peek(), bits);
    skip(bits);
    return value;
  }

 private:
  const char* bytes_;
  std::uint64_t at_ = 0;
};

}  // namespace

PostingFile::PostingFile(ScratchSpace& space, std::string_view part, const PostingShape& shape)
    : shape_(shape),
      file_(space.make_file(part, std::size_t{shape.groups} << shape.partition_bits)),
      writers_(file_.partitions()) {
  assert(shape.key_bits > shape.partition_bits && shape.key_bits - shape.partition_bits <= 56);
}

Result<void> PostingFile::put(std::size_t partition, std::uint64_t value, std::uint32_t bits) {
  Writer& writer = writers_[partition];
  writer.pending |= value << writer.bits;
  if (writer.bits + bits < 64) {
    writer.bits = static_cast<std::uint16_t>(writer.bits + bits);
    return {};
  }
  writer.words[writer.held++] = writer.pending;
  const std::uint32_t written = 64U - writer.bits;
  writer.pending = value >> written;
  writer.bits = static_cast<std::uint16_t>(bits - written);
  if (writer.held < writer.words.size()) return {};
  writer.held = 0;
  return file_.append_record(partition, writer.words);
}

Result<void> PostingFile::add(std::uint32_t group, std::uint64_t key, std::uint32_t node) {
  assert(key >> shape_.key_bits == 0);
  const auto rest_bits = static_cast<std::uint32_t>(shape_.key_bits - shape_.partition_bits);
  const auto step_bits = static_cast<std::uint32_t>(shape_.step_bits);
  const std::size_t partition = partition_of(group, key);
  Writer& writer = writers_[partition];
  const std::uint32_t step = node - writer.last;
  const std::uint32_t quotient = step >> step_bits;
  if (quotient < kLongStep) {
    const std::uint64_t ones = (std::uint64_t{1} << quotient) - 1;
    COPYDESK_RETURN_IF_ERROR(put(partition, ones | low_bits(step, step_bits) << (quotient + 1),
                                 quotient + 1 + step_bits));
  } else {
    const std::uint64_t ones = (std::uint64_t{1} << kLongStep) - 1;
    COPYDESK_RETURN_IF_ERROR(
        put(partition, ones | std::uint64_t{step} << kLongStep, kLongStep + kNodeBits));
  }
  writer.last = node;
  ++writer.count;
  return put(partition, low_bits(key, rest_bits), rest_bits);
}

Result<void> PostingFile::finish() {
  for (std::size_t partition = 0; partition < writers_.size(); ++partition) {
    Writer& writer = writers_[partition];
    const std::span<const std::uint64_t> held(writer.words.data(), writer.held);
    COPYDESK_RETURN_IF_ERROR(file_.append_records(partition, held));
    COPYDESK_RETURN_IF_ERROR(file_.append(
        partition,
        {reinterpret_cast<const char*>(&writer.pending), (std::size_t{writer.bits} + 7) / 8}));
    writer.held = 0;
    writer.bits = 0;
  }
  return file_.finish();
}

Result<void> PostingFile::read(std::size_t partition, std::vector<Posting>& out) const {
  out.clear();
  if (writers_[partition].count == 0) return {};
  std::string bytes;
  COPYDESK_RETURN_IF_ERROR(file_.read(partition, bytes));
  bytes.append(sizeof(std::uint64_t), '\0');
  const auto rest_bits = static_cast<std::uint32_t>(shape_.key_bits - shape_.partition_bits);
  const auto step_bits = static_cast<std::uint32_t>(shape_.step_bits);
  const std::uint64_t first = low_bits(partition, static_cast<std::uint32_t>(shape_.partition_bits))
                              << rest_bits;
  BitReader reader(bytes.data());
  std::uint32_t node = 0;
  out.resize(writers_[partition].count);
  for (Posting& posting : out) {
    const auto quotient = std::min<std::uint32_t>(
        static_cast<std::uint32_t>(std::countr_one(reader.peek())), kLongStep);
    if (quotient < kLongStep) {
      reader.skip(quotient + 1);
      node += (quotient << step_bits) + static_cast<std::uint32_t>(reader.take(step_bits));
    } else {
      reader.skip(kLongStep);
      node += static_cast<std::uint32_t>(reader.take(kNodeBits));
    }
    posting = {first | reader.take(rest_bits), node};
  }
  return {};
}

std::uint64_t drop_lone_keys(std::vector<Posting>& postings) {
  if (postings.size() < 2) {  // so it is with most partitions, where there are few documents
    const std::size_t lone = postings.size();
    postings.clear();
    return lone;
  }
  // Two bits for each of 4 to 8 times as many slots as there are postings: met once, met again.
  const std::size_t slots = std::bit_ceil(std::max<std::size_t>(4 * postings.size(), 64));
  const int shift = 64 - std::countr_zero(slots);
  std::vector<std::uint64_t> met(slots / 64);
  std::vector<std::uint64_t> again(slots / 64);
  const auto slot_of = [&](const Posting& posting) {
    return (posting.key * 0x9E3779B97F4A7C15) >> shift;
  };
  for (const Posting& posting : postings) {
    const std::uint64_t slot = slot_of(posting);
    const std::uint64_t bit = std::uint64_t{1} << (slot % 64);
    again[slot / 64] |= met[slot / 64] & bit;
    met[slot / 64] |= bit;
  }
  return std::erase_if(postings, [&](const Posting& posting) {
    const std::uint64_t slot = slot_of(posting);
    return (again[slot / 64] >> (slot % 64) & 1) == 0;
  });
}

}  // namespace copydesk::reuse
