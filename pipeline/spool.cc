#include "spool.h"

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <type_traits>
#include <utility>

#include "io/write_all.h"

namespace copydesk {
namespace {

constexpr std::size_t kBufferBytes = 1U << 20;
// Enough for the identity of nearly every record in one read.
constexpr std::size_t kHeadBytes = 512;

Error system_error(std::string_view doing, const std::string& path) {
  return {ErrorCode::kIo, path + ": cannot " + std::string(doing) + ": " + std::strerror(errno)};
}

class Encoder {
 public:
  explicit Encoder(std::string& out) : out_(out) {}

  template <class T>
  requires std::is_trivially_copyable_v<T>
  void value(const T& v) { out_.append(reinterpret_cast<const char*>(&v), sizeof(v)); }
  void bytes(std::string_view s) {
    value(static_cast<std::uint64_t>(s.size()));
    out_.append(s);
  }
  template <class T>
  void optional(const std::optional<T>& v) {
    value(static_cast<std::uint8_t>(v.has_value()));
    if (v) value(*v);
  }

 private:
  std::string& out_;
};

Error damaged() { return {ErrorCode::kCorrupt, "a spooled record is damaged"}; }

std::uint64_t checksum(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

// Reads past the end give zeros and ok() turns false.
class Decoder {
 public:
  explicit Decoder(std::string_view in) : in_(in) {}

  template <class T>
  requires std::is_trivially_copyable_v<T> T value() {
    T v{};
    if (in_.size() < sizeof(v)) {
      ok_ = false;
      return v;
    }
    std::memcpy(&v, in_.data(), sizeof(v));
    in_.remove_prefix(sizeof(v));
    return v;
  }
  std::string bytes() {
    const auto size = value<std::uint64_t>();
    if (!ok_ || in_.size() < size) {
      ok_ = false;
      return {};
    }
    std::string s(in_.substr(0, size));
    in_.remove_prefix(size);
    return s;
  }
  template <class T>
  std::optional<T> optional() {
    if (value<std::uint8_t>() == 0) return std::nullopt;
    return value<T>();
  }
  // A count of things of at least `least` bytes each.
  std::uint64_t count(std::uint64_t least) {
    const auto n = value<std::uint64_t>();
    if (n > in_.size() / least) ok_ = false;
    return ok_ ? n : 0;
  }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return in_.empty(); }

 private:
  std::string_view in_;
  bool ok_ = true;
};

}  // namespace

void encode_record(const Record& record, std::string& out) {
  const std::size_t begin = out.size();
  Encoder e(out);
  const Document& document = record.document;
  const DocumentFields& fields = document.fields();
  // The head: what read_identity() needs.
  e.bytes(fields.id);
  e.bytes(fields.outlet);
  e.bytes(fields.date);

  e.value(fields.doc);
  e.bytes(fields.url);
  e.bytes(fields.title);
  e.optional(fields.time);
  e.bytes(fields.language);
  e.bytes(document.original());
  e.value(static_cast<std::uint64_t>(document.edits().size()));
  for (const AppliedEdit& edit : document.edits()) {
    e.value(edit.span);
    e.value(edit.reason);
    e.bytes(edit.stage);
    e.bytes(edit.rule);
    e.bytes(edit.replacement);
  }
  e.value(static_cast<std::uint64_t>(document.lifted().size()));
  for (const LiftedField& lifted : document.lifted()) {
    e.value(lifted.field);
    e.bytes(lifted.value);
  }
  e.value(static_cast<std::uint64_t>(document.flags().size()));
  for (const Flag flag : document.flags()) e.value(flag);
  e.bytes(document.detected_language());

  e.bytes(record.raw.bytes);
  e.value(record.raw.source);
  e.value(record.raw.line);
  e.value(record.raw.offset);
  e.value(record.raw.is_text);
  e.bytes(record.raw.text_id);
  e.value(record.layout.text_value);
  e.value(record.layout.annotation);
  e.value(record.layout.closing_brace);
  e.value(record.layout.has_members);
  e.value(static_cast<std::uint8_t>(record.rejection.has_value()));
  if (record.rejection) {
    e.value(record.rejection->reason);
    e.bytes(record.rejection->message);
  }
  e.value(static_cast<std::uint8_t>(record.verdict.kept()));
  if (!record.verdict.kept()) {
    e.value(record.verdict.reason());
    e.optional(record.verdict.of());
  }
  e.value(static_cast<std::uint8_t>(record.cluster.has_value()));
  if (record.cluster) {
    e.value(record.cluster->cluster);
    e.value(record.cluster->size);
    e.value(static_cast<std::uint64_t>(record.cluster->outlets.size()));
    for (const std::string& outlet : record.cluster->outlets) e.bytes(outlet);
  }
  e.optional(record.story);
  e.value(checksum(std::string_view(out).substr(begin)));
}

Result<Record> decode_record(std::string_view bytes) {
  if (bytes.size() < sizeof(std::uint64_t)) return damaged();
  const std::size_t size = bytes.size() - sizeof(std::uint64_t);
  if (Decoder(bytes.substr(size)).value<std::uint64_t>() != checksum(bytes.substr(0, size))) {
    return damaged();
  }
  Decoder d(bytes.substr(0, size));
  Record record;
  DocumentFields fields;
  fields.id = d.bytes();
  fields.outlet = d.bytes();
  fields.date = d.bytes();
  fields.doc = d.value<std::uint64_t>();
  fields.url = d.bytes();
  fields.title = d.bytes();
  fields.time = d.optional<std::int64_t>();
  fields.language = d.bytes();
  Document document(std::move(fields), d.bytes());
  std::vector<AppliedEdit> edits(d.count(sizeof(Span)));
  for (AppliedEdit& edit : edits) {
    edit.span = d.value<Span>();
    edit.reason = d.value<Reason>();
    edit.stage = d.bytes();
    edit.rule = d.bytes();
    edit.replacement = d.bytes();
    if (edit.span.end > document.original().size()) return damaged();
  }
  document.apply(std::move(edits));
  for (std::uint64_t n = d.count(1); n > 0; --n) {
    const Field field = d.value<Field>();
    document.lift({field, d.bytes()});
  }
  for (std::uint64_t n = d.count(1); n > 0; --n) document.flag(d.value<Flag>());
  document.detect_language(d.bytes());
  record.document = std::move(document);

  record.raw.bytes = d.bytes();
  record.raw.source = d.value<std::uint32_t>();
  record.raw.line = d.value<std::uint64_t>();
  record.raw.offset = d.value<std::uint64_t>();
  record.raw.is_text = d.value<bool>();
  record.raw.text_id = d.bytes();
  record.layout.text_value = d.value<Span>();
  record.layout.annotation = d.value<Span>();
  record.layout.closing_brace = d.value<std::uint32_t>();
  record.layout.has_members = d.value<bool>();
  if (d.value<std::uint8_t>() != 0) {
    const auto reason = d.value<RejectReason>();
    record.rejection = Rejection{reason, d.bytes()};
  }
  if (d.value<std::uint8_t>() == 0) {
    const auto reason = d.value<DropReason>();
    record.verdict = Verdict::drop(reason, d.optional<std::uint64_t>());
  }
  if (d.value<std::uint8_t>() != 0) {
    ClusterTag tag;
    tag.cluster = d.value<std::uint64_t>();
    tag.size = d.value<std::uint32_t>();
    for (std::uint64_t n = d.count(1); n > 0; --n) tag.outlets.push_back(d.bytes());
    record.cluster = std::move(tag);
  }
  record.story = d.optional<std::uint64_t>();
  if (!d.ok() || !d.at_end()) return damaged();
  return record;
}

Spool::Spool(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

Result<Spool> Spool::create(std::string path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return system_error("create", path);
  return Spool(std::move(path), fd);
}

Spool::Spool(Spool&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      buffer_(std::move(other.buffer_)),
      offsets_(std::move(other.offsets_)) {}

Spool& Spool::operator=(Spool&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  std::swap(buffer_, other.buffer_);
  std::swap(offsets_, other.offsets_);
  return *this;
}

Spool::~Spool() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(path_.c_str());
}

Result<void> Spool::append(std::string_view encoded) {
  offsets_.push_back(offsets_.back() + encoded.size());
  buffer_.append(encoded);
  if (buffer_.size() >= kBufferBytes) return flush();
  return {};
}

Result<void> Spool::flush() {
  if (write_all(fd_, buffer_) != 0) return system_error("write", path_);
  buffer_.clear();
  return {};
}

Result<void> Spool::finish() {
  COPYDESK_RETURN_IF_ERROR(flush());
  buffer_.shrink_to_fit();
  return {};
}

Result<void> Spool::read_at(std::uint64_t offset, std::string& out) const {
  for (std::size_t at = 0; at < out.size();) {
    const ssize_t n =
        ::pread(fd_, out.data() + at, out.size() - at, static_cast<off_t>(offset + at));
    if (n < 0) {
      if (errno == EINTR) continue;
      return system_error("read", path_);
    }
    if (n == 0) return Error{ErrorCode::kCorrupt, path_ + ": ends early"};
    at += static_cast<std::size_t>(n);
  }
  return {};
}

Result<std::string> Spool::read(std::uint64_t first, std::uint64_t last) const {
  std::string out(bytes_between(first, last), '\0');
  COPYDESK_RETURN_IF_ERROR(read_at(offsets_[first], out));
  return out;
}

Result<Record> Spool::read_record(std::uint64_t doc) const {
  COPYDESK_ASSIGN_OR_RETURN(const std::string bytes, read(doc, doc + 1));
  return decode_record(bytes);
}

Result<Identity> Spool::read_identity(std::uint64_t doc) const {
  const std::uint64_t size = record_size(doc);
  for (std::uint64_t wanted : {std::min<std::uint64_t>(kHeadBytes, size), size}) {
    std::string head(wanted, '\0');
    COPYDESK_RETURN_IF_ERROR(read_at(offsets_[doc], head));
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
