#include "state_file.h"

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include "io/sync.h"
#include "io/write_all.h"

namespace copydesk {
namespace {

constexpr std::size_t kBufferBytes = 1U << 18;

class Checksum {
 public:
  Checksum() : state_(XXH3_createState()) {
    if (state_ == nullptr) throw std::bad_alloc();
    XXH3_64bits_reset(state_.get());
  }
  void add(std::string_view bytes) { XXH3_64bits_update(state_.get(), bytes.data(), bytes.size()); }
  [[nodiscard]] std::uint64_t value() const { return XXH3_64bits_digest(state_.get()); }

 private:
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> state_;
};

}  // namespace

struct StateFileWriter::Hash : Checksum {};

StateFileWriter::StateFileWriter(std::string path, int fd)
    : path_(std::move(path)), fd_(fd), hash_(std::make_unique<Hash>()) {}

StateFileWriter::StateFileWriter(StateFileWriter&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      buffer_(std::move(other.buffer_)),
      hash_(std::move(other.hash_)),
      sections_(std::move(other.sections_)) {}

StateFileWriter::~StateFileWriter() {
  if (fd_ >= 0) ::close(fd_);
}

Result<StateFileWriter> StateFileWriter::create(std::string path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return system_error(path, "create", errno);
  return StateFileWriter(std::move(path), fd);
}

void StateFileWriter::begin_section(std::string name) { sections_.push_back({std::move(name), 0}); }

Result<void> StateFileWriter::write(std::string_view bytes) {
  sections_.back().bytes += bytes.size();
  buffer_.append(bytes);
  return buffer_.size() < kBufferBytes ? Result<void>() : flush();
}

Result<void> StateFileWriter::flush() {
  hash_->add(buffer_);
  if (const int code = write_all(fd_, buffer_); code != 0) {
    return system_error(path_, "write", code);
  }
  buffer_.clear();
  return {};
}

Result<StateContents> StateFileWriter::finish() {
  COPYDESK_RETURN_IF_ERROR(flush());
  if (const int code = sync_file(fd_); code != 0) return system_error(path_, "sync", code);
  return StateContents{std::move(sections_), hash_->value()};
}

StateFileReader::StateFileReader(std::string path, int fd, StateContents contents)
    : path_(std::move(path)), fd_(fd), contents_(std::move(contents)), buffer_(kBufferBytes) {}

StateFileReader::StateFileReader(StateFileReader&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      contents_(std::move(other.contents_)),
      next_section_(other.next_section_),
      remaining_(other.remaining_),
      buffer_(std::move(other.buffer_)),
      begin_(other.begin_),
      end_(other.end_) {}

StateFileReader::~StateFileReader() {
  if (fd_ >= 0) ::close(fd_);
}

Error StateFileReader::damaged() const { return {ErrorCode::kCorrupt, path_ + ": is damaged"}; }

Result<StateFileReader> StateFileReader::open(std::string path, StateContents contents) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    if (errno != ENOENT) return system_error(path, "open", errno);
    return Error{ErrorCode::kCorrupt, path + ": is missing"};
  }
  StateFileReader reader(std::move(path), fd, std::move(contents));
  COPYDESK_RETURN_IF_ERROR(reader.verify());
  return reader;
}

Result<std::size_t> StateFileReader::read_some(std::span<char> out) {
  while (true) {
    const ssize_t n = ::read(fd_, out.data(), out.size());
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno != EINTR) return system_error(path_, "read", errno);
  }
}

Result<void> StateFileReader::verify() {
  Checksum checksum;
  std::uint64_t bytes = 0;
  while (true) {
    COPYDESK_ASSIGN_OR_RETURN(const std::size_t some, read_some(buffer_));
    if (some == 0) break;
    checksum.add({buffer_.data(), some});
    bytes += some;
  }
  std::uint64_t expected = 0;
  for (const StateSection& section : contents_.sections) expected += section.bytes;
  if (bytes != expected || checksum.value() != contents_.checksum) return damaged();
  if (::lseek(fd_, 0, SEEK_SET) < 0) return system_error(path_, "seek in", errno);
  return {};
}

Result<void> StateFileReader::begin_section(std::string_view name) {
  if (remaining_ > 0 || next_section_ == contents_.sections.size() ||
      contents_.sections[next_section_].name != name) {
    return damaged();
  }
  remaining_ = contents_.sections[next_section_++].bytes;
  return {};
}

Result<void> StateFileReader::read(std::span<char> out) {
  if (out.size() > remaining_) return damaged();
  remaining_ -= out.size();
  while (!out.empty()) {
    if (begin_ == end_) {
      COPYDESK_ASSIGN_OR_RETURN(end_, read_some(buffer_));
      begin_ = 0;
      if (end_ == 0) return damaged();
    }
    const std::size_t some = std::min(out.size(), end_ - begin_);
    std::memcpy(out.data(), buffer_.data() + begin_, some);
    begin_ += some;
    out = out.subspan(some);
  }
  return {};
}

Result<void> StateFileReader::finish() {
  if (remaining_ > 0 || next_section_ != contents_.sections.size()) return damaged();
  return {};
}

}  // namespace copydesk
