#include "spool.h"

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "copydesk/varint.h"
#include "io/sync.h"

namespace copydesk {
namespace {

constexpr std::size_t kBufferBytes = 1U << 20;
// A block ends behind so many records, or bytes.
constexpr std::size_t kBlockRecords = 32;
constexpr std::size_t kBlockBytes = 1U << 16;
// Enough for the identity of nearly every record in one read.
constexpr std::size_t kHeadBytes = 512;
constexpr std::size_t kChecksumBytes = sizeof(std::uint32_t);

// Before the strings of a block, and followed by the sizes of all of them but the last, 16 bits
// each: a block ends behind the string that fills it, so that the others are short.
struct BlockHead {
  std::uint64_t content = 0;  // bytes of the strings
  std::uint32_t records = 0;
  std::uint32_t checksum = 0;  // of the rest of the head and the sizes
};
using SmallSize = std::uint16_t;
static_assert(kBlockBytes - 1 <= UINT16_MAX);
constexpr std::size_t kMaxHead = sizeof(BlockHead) + (kBlockRecords - 1) * sizeof(SmallSize);

// A head and its sizes, as they are written.
struct BlockLayout {
  BlockHead head;
  std::array<SmallSize, kBlockRecords> sizes{};

  [[nodiscard]] std::size_t sizes_bytes() const { return (head.records - 1) * sizeof(SmallSize); }
  [[nodiscard]] std::size_t bytes() const { return sizeof(BlockHead) + sizes_bytes(); }
  [[nodiscard]] std::uint32_t checksum() const {
    const XXH64_hash_t of_head = XXH3_64bits(&head, offsetof(BlockHead, checksum));
    return static_cast<std::uint32_t>(XXH3_64bits_withSeed(sizes.data(), sizes_bytes(), of_head));
  }

  // Reads it off the begin of a block, of which there are `file_bytes` in all, `bytes` of them
  // here. False if it cannot be one.
  bool parse(std::string_view bytes_here, std::uint64_t file_bytes) {
    if (bytes_here.size() < sizeof(BlockHead)) return false;
    std::memcpy(&head, bytes_here.data(), sizeof(BlockHead));
    if (head.records == 0 || head.records > kBlockRecords) return false;
    if (bytes_here.size() < bytes() || file_bytes - bytes() < head.content) return false;
    std::memcpy(sizes.data(), bytes_here.data() + sizeof(BlockHead), sizes_bytes());
    std::uint64_t small = 0;
    for (std::size_t i = 0; i + 1 < head.records; ++i) small += sizes[i];
    return head.checksum == checksum() && small <= head.content;
  }

  // Where string `i` begins in the content, and its size.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> place(std::size_t i) const {
    std::uint64_t begin = 0;
    for (std::size_t before = 0; before < i; ++before) begin += sizes[before];
    return {begin, i + 1 == head.records ? head.content - begin : sizes[i]};
  }
};

// In the place of a number of a stage: its name follows.
constexpr std::uint8_t kNamed = 255;

class Encoder {
 public:
  explicit Encoder(std::string& out) : out_(out), begin_(out.size()) {}

  void byte(std::uint8_t v) { out_ += static_cast<char>(v); }
  template <class E>
  requires std::is_enum_v<E>
  void name(E v) { byte(static_cast<std::uint8_t>(v)); }
  void number(std::uint64_t v) { append_varint(v, out_); }
  void bytes(std::string_view s) {
    number(s.size());
    out_.append(s);
  }
  void stage(std::string_view name, const StageNames& stages) {
    const auto found = std::find(stages.begin(), stages.end(), name);
    if (found != stages.end() && found - stages.begin() < kNamed) {
      byte(static_cast<std::uint8_t>(found - stages.begin()));
    } else {
      byte(kNamed);
      bytes(name);
    }
  }
  // Of what was encoded so far.
  void checksum() {
    const auto sum =
        static_cast<std::uint32_t>(XXH3_64bits(out_.data() + begin_, out_.size() - begin_));
    out_.append(reinterpret_cast<const char*>(&sum), kChecksumBytes);
  }

 private:
  std::string& out_;
  std::size_t begin_;
};

Error damaged() { return {ErrorCode::kCorrupt, "a spooled record is damaged"}; }

// Reads past the end give zeros and ok() turns false.
class Decoder {
 public:
  explicit Decoder(std::string_view in) : in_(in) {}

  // Takes the checksum off the end; false if it is another.
  bool check() {
    if (in_.size() < kChecksumBytes) return false;
    std::uint32_t sum = 0;
    std::memcpy(&sum, in_.data() + in_.size() - kChecksumBytes, kChecksumBytes);
    in_.remove_suffix(kChecksumBytes);
    return sum == static_cast<std::uint32_t>(XXH3_64bits(in_.data(), in_.size()));
  }

  std::uint8_t byte() {
    if (in_.empty()) {
      ok_ = false;
      return 0;
    }
    const auto v = static_cast<std::uint8_t>(in_.front());
    in_.remove_prefix(1);
    return v;
  }
  // One of a closed list with so many names.
  template <class E>
  E name(std::size_t count) {
    const std::uint8_t value = byte();
    if (value >= count) ok_ = false;
    return ok_ ? static_cast<E>(value) : E{};
  }
  std::uint64_t number() {
    const std::optional<std::uint64_t> v = take_varint(in_);
    if (!v) ok_ = false;
    return v.value_or(0);
  }
  std::string_view bytes() {
    const std::uint64_t size = number();
    if (in_.size() < size) {
      ok_ = false;
      return {};
    }
    const std::string_view s = in_.substr(0, size);
    in_.remove_prefix(size);
    return s;
  }
  std::string_view stage(const StageNames& stages) {
    const std::uint8_t number = byte();
    if (number == kNamed) return bytes();
    if (number < stages.size()) return stages[number];
    ok_ = false;
    return {};
  }
  // A count of things of at least a byte each.
  std::uint64_t count() {
    const std::uint64_t n = number();
    if (n > in_.size()) ok_ = false;
    return ok_ ? n : 0;
  }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return in_.empty(); }

 private:
  std::string_view in_;
  bool ok_ = true;
};

// What is there of decisions besides edits, fields and flags.
constexpr std::uint8_t kDropped = 1;
constexpr std::uint8_t kOf = 2;
constexpr std::uint8_t kCluster = 4;
constexpr std::uint8_t kStory = 8;

}  // namespace

void encode_raw(const Record& record, std::string& out) {
  Encoder e(out);
  const DocumentFields& fields = record.document.fields();
  // The head: what read_identity() needs.
  e.bytes(fields.id);
  e.bytes(fields.outlet);
  e.bytes(fields.date);
  e.number(record.raw.source);
  e.number(record.raw.line);
  e.number(record.raw.offset);
  e.byte(record.raw.is_text ? 1 : 0);
  e.bytes(record.raw.text_id);
  e.byte(record.raw.rejection ? 1 : 0);
  if (record.raw.rejection) {
    e.name(record.raw.rejection->reason);
    e.bytes(record.raw.rejection->message);
  }
  e.bytes(record.raw.bytes);
  e.checksum();
}

Result<RawRecord> decode_raw(std::string_view bytes) {
  Decoder d(bytes);
  if (!d.check()) return damaged();
  for (int identity = 0; identity < 3; ++identity) d.bytes();
  RawRecord raw;
  raw.source = static_cast<std::uint32_t>(d.number());
  raw.line = d.number();
  raw.offset = d.number();
  raw.is_text = d.byte() != 0;
  raw.text_id = d.bytes();
  if (d.byte() != 0) {
    const auto reason = d.name<RejectReason>(kRejectReasonCount);
    raw.rejection = Rejection{reason, std::string(d.bytes())};
  }
  raw.bytes = d.bytes();
  if (!d.ok() || !d.at_end()) return damaged();
  return raw;
}

void encode_decisions(const Record& record, const StageNames& stages, std::string& out) {
  Encoder e(out);
  const Document& document = record.document;
  e.number(document.edits().size());
  std::uint32_t at = 0;
  for (const AppliedEdit& edit : document.edits()) {
    e.number(edit.span.begin - at);
    e.number(edit.span.size());
    at = edit.span.end;
    e.name(edit.reason);
    e.stage(edit.stage, stages);
    e.bytes(edit.rule);
    e.bytes(edit.replacement);
  }
  e.number(document.lifted().size());
  for (const LiftedField& lifted : document.lifted()) {
    e.name(lifted.field);
    e.bytes(lifted.value);
  }
  e.number(document.flags().size());
  for (const Flag flag : document.flags()) e.name(flag);
  e.bytes(document.detected_language());

  const Verdict& verdict = record.verdict;
  unsigned parts = 0;
  if (!verdict.kept()) parts |= kDropped | (verdict.of() ? kOf : 0U);
  if (record.cluster) parts |= kCluster;
  if (record.story) parts |= kStory;
  e.byte(static_cast<std::uint8_t>(parts));
  if (!verdict.kept()) {
    e.name(verdict.reason());
    if (verdict.of()) e.number(*verdict.of());
  }
  if (record.cluster) {
    e.number(record.cluster->cluster);
    e.number(record.cluster->size);
    e.number(record.cluster->outlets.size());
    for (const std::string& outlet : record.cluster->outlets) e.bytes(outlet);
  }
  if (record.story) e.number(*record.story);
  e.checksum();
}

Result<void> decode_decisions(std::string_view bytes, const StageNames& stages, Record& record) {
  Decoder d(bytes);
  if (!d.check()) return damaged();
  Document& document = record.document;
  std::vector<AppliedEdit> edits(d.count());
  std::uint64_t at = 0;
  for (AppliedEdit& edit : edits) {
    const std::uint64_t begin = at + d.number();
    at = begin + d.number();
    if (begin > at || at > document.original().size()) return damaged();
    edit.span = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at)};
    edit.reason = d.name<Reason>(kReasonCount);
    edit.stage = d.stage(stages);
    edit.rule = d.bytes();
    edit.replacement = d.bytes();
  }
  document.apply(std::move(edits));
  for (std::uint64_t n = d.count(); n > 0; --n) {
    const auto field = d.name<Field>(kFieldCount);
    document.lift({field, std::string(d.bytes())});
  }
  for (std::uint64_t n = d.count(); n > 0; --n) document.flag(d.name<Flag>(kFlagCount));
  if (const std::string_view language = d.bytes(); !language.empty()) {
    document.detect_language(language);
  }
  const std::uint8_t parts = d.byte();
  if ((parts & kDropped) != 0) {
    const auto reason = d.name<DropReason>(kDropReasonCount);
    std::optional<std::uint64_t> of;
    if ((parts & kOf) != 0) of = d.number();
    record.verdict = Verdict::drop(reason, of);
  }
  if ((parts & kCluster) != 0) {
    ClusterTag tag;
    tag.cluster = d.number();
    tag.size = static_cast<std::uint32_t>(d.number());
    for (std::uint64_t n = d.count(); n > 0; --n) tag.outlets.emplace_back(d.bytes());
    record.cluster = std::move(tag);
  }
  if ((parts & kStory) != 0) record.story = d.number();
  if (!d.ok() || !d.at_end()) return damaged();
  return {};
}

Result<Record> decode_record(std::string_view raw, std::string_view decisions, std::uint64_t doc,
                             const StageNames& stages, RecordParser& parser) {
  COPYDESK_ASSIGN_OR_RETURN(RawRecord bytes, decode_raw(raw));
  Record record = parser.parse(std::move(bytes), doc);
  COPYDESK_RETURN_IF_ERROR(decode_decisions(decisions, stages, record));
  return record;
}

Spool::Spool(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

Result<Spool> Spool::create(std::string path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return system_error(path, "create", errno);
  return Spool(std::move(path), fd);
}

Result<Spool> Spool::open(std::string path, const SpoolExtent& extent) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) {
    if (errno != ENOENT) return system_error(path, "open", errno);
    return Error{ErrorCode::kCorrupt, path + ": is missing"};
  }
  Spool spool(std::move(path), fd);
  const off_t end = ::lseek(fd, 0, SEEK_END);
  if (end < 0) return system_error(spool.path_, "seek in", errno);
  if (static_cast<std::uint64_t>(end) < extent.bytes) return spool.damaged_file();
  COPYDESK_RETURN_IF_ERROR(spool.find_blocks(extent));
  if (::ftruncate(fd, static_cast<off_t>(extent.bytes)) != 0) {
    return system_error(spool.path_, "cut", errno);
  }
  return spool;
}

Result<void> Spool::find_blocks(const SpoolExtent& extent) {
  std::array<char, kMaxHead> bytes{};
  BlockLayout block;
  while (bytes_ < extent.bytes) {
    const std::uint64_t rest = extent.bytes - bytes_;
    const std::size_t some = std::min<std::uint64_t>(rest, bytes.size());
    COPYDESK_RETURN_IF_ERROR(read_at(bytes_, {bytes.data(), some}));
    if (!block.parse({bytes.data(), some}, rest)) return damaged_file();
    blocks_.push_back({records_, bytes_});
    records_ += block.head.records;
    bytes_ += block.bytes() + block.head.content;
  }
  if (records_ != extent.records) return damaged_file();
  written_ = bytes_;
  blocks_.push_back({records_, bytes_});
  return {};
}

Spool::Spool(Spool&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      buffer_(std::move(other.buffer_)),
      block_(std::move(other.block_)),
      sizes_(std::move(other.sizes_)),
      blocks_(std::move(other.blocks_)),
      records_(other.records_),
      bytes_(other.bytes_),
      written_(other.written_),
      failure_(std::move(other.failure_)) {}

Spool& Spool::operator=(Spool&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  std::swap(buffer_, other.buffer_);
  std::swap(block_, other.block_);
  std::swap(sizes_, other.sizes_);
  std::swap(blocks_, other.blocks_);
  std::swap(records_, other.records_);
  std::swap(bytes_, other.bytes_);
  std::swap(written_, other.written_);
  std::swap(failure_, other.failure_);
  return *this;
}

Spool::~Spool() {
  if (fd_ >= 0) ::close(fd_);
}

void Spool::remove() {
  ::close(std::exchange(fd_, -1));
  ::unlink(path_.c_str());
}

Error Spool::damaged_file() const { return {ErrorCode::kCorrupt, path_ + ": is damaged"}; }

void Spool::append(std::string_view item) {
  ++records_;
  sizes_.push_back(item.size());
  block_.append(item);
  if (sizes_.size() == kBlockRecords || block_.size() >= kBlockBytes) end_block();
}

void Spool::end_block() {
  if (sizes_.empty()) return;
  blocks_.push_back({records_ - sizes_.size(), bytes_});
  BlockLayout block;
  block.head.content = block_.size();
  block.head.records = static_cast<std::uint32_t>(sizes_.size());
  for (std::size_t i = 0; i + 1 < sizes_.size(); ++i) {
    block.sizes[i] = static_cast<SmallSize>(sizes_[i]);
  }
  block.head.checksum = block.checksum();
  buffer_.append(reinterpret_cast<const char*>(&block.head), sizeof(BlockHead));
  buffer_.append(reinterpret_cast<const char*>(block.sizes.data()), block.sizes_bytes());
  buffer_.append(block_);
  bytes_ += block.bytes() + block_.size();
  sizes_.clear();
  block_.clear();
}

Result<void> Spool::write_full_buffer() {
  return buffer_.size() < kBufferBytes ? Result<void>() : write_buffer();
}

Result<void> Spool::write_buffer() {
  if (failure_) return *failure_;
  std::size_t done = 0;
  while (done < buffer_.size()) {
    const ssize_t n = ::pwrite(fd_, buffer_.data() + done, buffer_.size() - done,
                               static_cast<off_t>(written_ + done));
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) errno = ENOSPC;
    if (n <= 0) {
      const bool no_space = errno == ENOSPC || errno == EDQUOT;
      Error error = system_error(path_, "write", errno);
      if (!no_space) failure_ = error;
      return error;
    }
    done += static_cast<std::size_t>(n);
  }
  written_ += done;
  buffer_.clear();
  return {};
}

Result<SpoolExtent> Spool::sync() {
  end_block();
  COPYDESK_RETURN_IF_ERROR(write_buffer());
  if (const int code = sync_data(fd_); code != 0) {
    failure_ = system_error(path_, "sync", code);
    return *failure_;
  }
  return extent();
}

Result<void> Spool::finish() {
  end_block();
  COPYDESK_RETURN_IF_ERROR(write_buffer());
  blocks_.push_back({records_, bytes_});
  buffer_.shrink_to_fit();
  block_.shrink_to_fit();
  return {};
}

void Spool::go_on() { blocks_.pop_back(); }

std::size_t Spool::block_of(std::uint64_t item) const {
  const auto next =
      std::upper_bound(blocks_.begin(), blocks_.end(), item,
                       [](std::uint64_t at, const Block& block) { return at < block.first; });
  return static_cast<std::size_t>(next - blocks_.begin()) - 1;
}

std::uint64_t Spool::batch_end(std::uint64_t first, std::uint64_t max_records,
                               std::uint64_t max_bytes) const {
  assert(first < records_ && max_records > 0);
  const std::uint64_t limit = first + std::min(max_records, records_ - first);
  const std::size_t begin = block_of(first);
  std::size_t end = begin + 1;
  while (blocks_[end].first < limit && blocks_[end].offset - blocks_[begin].offset < max_bytes) {
    ++end;
  }
  return std::min(blocks_[end].first, limit);
}

Result<void> Spool::read(std::uint64_t first, std::uint64_t last, Slice& slice) const {
  slice.items.clear();
  slice.bytes.clear();
  if (first == last) return {};
  const std::size_t begin = block_of(first);
  const std::size_t end = block_of(last - 1) + 1;
  slice.bytes.resize(blocks_[end].offset - blocks_[begin].offset);
  COPYDESK_RETURN_IF_ERROR(read_at(blocks_[begin].offset, slice.bytes));
  const std::string_view bytes = slice.bytes;
  BlockLayout layout;
  for (std::size_t block = begin; block < end; ++block) {
    std::string_view rest = bytes.substr(blocks_[block].offset - blocks_[begin].offset,
                                         blocks_[block + 1].offset - blocks_[block].offset);
    const std::uint64_t records = blocks_[block + 1].first - blocks_[block].first;
    if (!layout.parse(rest, rest.size()) || layout.head.records != records ||
        layout.bytes() + layout.head.content != rest.size()) {
      return damaged_file();
    }
    rest.remove_prefix(layout.bytes());
    for (std::size_t i = 0; i < records; ++i) {
      const std::uint64_t item = blocks_[block].first + i;
      const std::size_t size = i + 1 == records ? rest.size() : layout.sizes[i];
      if (item >= first && item < last) slice.items.push_back(rest.substr(0, size));
      rest.remove_prefix(size);
    }
  }
  return {};
}

Result<Spool::Place> Spool::find(std::uint64_t item) const {
  const std::size_t block = block_of(item);
  const std::uint64_t begin = blocks_[block].offset;
  const std::uint64_t block_bytes = blocks_[block + 1].offset - begin;
  std::array<char, kMaxHead> head{};
  const std::size_t some = std::min<std::uint64_t>(block_bytes, head.size());
  COPYDESK_RETURN_IF_ERROR(read_at(begin, {head.data(), some}));
  BlockLayout layout;
  if (!layout.parse({head.data(), some}, block_bytes) ||
      layout.head.records != blocks_[block + 1].first - blocks_[block].first ||
      layout.bytes() + layout.head.content != block_bytes) {
    return damaged_file();
  }
  const auto [offset, size] = layout.place(item - blocks_[block].first);
  return Place{begin + layout.bytes() + offset, size};
}

Result<void> Spool::read_at(std::uint64_t offset, std::span<char> out) const {
  while (!out.empty()) {
    const ssize_t n = ::pread(fd_, out.data(), out.size(), static_cast<off_t>(offset));
    if (n < 0) {
      if (errno == EINTR) continue;
      return system_error(path_, "read", errno);
    }
    if (n == 0) return Error{ErrorCode::kCorrupt, path_ + ": ends early"};
    offset += static_cast<std::uint64_t>(n);
    out = out.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

Result<std::string> Spool::read(std::uint64_t item) const {
  COPYDESK_ASSIGN_OR_RETURN(const Place place, find(item));
  std::string out(place.size, '\0');
  COPYDESK_RETURN_IF_ERROR(read_at(place.offset, out));
  return out;
}

Result<Identity> Spool::read_identity(std::uint64_t doc) const {
  COPYDESK_ASSIGN_OR_RETURN(const Place place, find(doc));
  for (const std::size_t wanted :
       {std::min<std::size_t>(kHeadBytes, place.size), static_cast<std::size_t>(place.size)}) {
    std::string head(wanted, '\0');
    COPYDESK_RETURN_IF_ERROR(read_at(place.offset, head));
    Decoder d(head);
    Identity identity;
    identity.id = d.bytes();
    identity.outlet = d.bytes();
    identity.date = d.bytes();
    if (d.ok()) return identity;
  }
  return Error{ErrorCode::kCorrupt, path_ + ": a record is damaged"};
}

}  // namespace copydesk
