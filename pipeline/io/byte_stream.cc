#include "io/byte_stream.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>
#include <utility>

#include "io/paths.h"

namespace copydesk {
namespace {

constexpr std::string_view kChanged = "the file changed after the run began";

// Pieces that may be unpacked ahead, the one that is read included; and from how many buffers on a
// compressed file is so long that a thread pays.
constexpr std::size_t kPieces = 3;
constexpr std::uint64_t kBuffersToGoAhead = 2;

}  // namespace

ByteStream::ByteStream(std::size_t buffer_bytes, const InputOptions& options,
                       const std::atomic<bool>* stop)
    : buffer_bytes_(std::max(buffer_bytes, kMagicBytes)),
      max_unpacked_bytes_(options.max_unpacked_bytes),
      max_unpack_ratio_(options.max_unpack_ratio),
      unpack_ratio_from_(options.unpack_ratio_from),
      stop_(stop),
      input_buffer_(std::make_unique_for_overwrite<char[]>(buffer_bytes_)) {}

ByteStream::~ByteStream() { close(); }

void ByteStream::open(const InputFile& file) {
  close();
  file_ = &file;
  if (!file.fault.empty()) {
    fail({RejectReason::kSourceFailed, file.fault}, 0);
    return;
  }
  if (file.path == "-") {
    fd_ = STDIN_FILENO;
  } else {
    // To open a FIFO would wait until somebody writes to it, deaf to `stop_`. Of a file, it fails
    // while another program gives up a lease on it.
    fd_ = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd_ < 0 && errno == EWOULDBLOCK) fd_ = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd_ < 0) {
      fail_with_errno("cannot open", errno);
      return;
    }
  }
  struct stat status {};
  if (::fstat(fd_, &status) != 0) return;  // read() will say why
  is_regular_ = S_ISREG(status.st_mode);
  const bool may_wait = !is_regular_ && !S_ISDIR(status.st_mode);
  if (may_wait && !file.may_wait) fail({RejectReason::kSourceFailed, std::string(kChanged)}, 0);
}

void ByteStream::close() {
  end_ahead();
  if (fd_ >= 0 && file_->path != "-") ::close(fd_);
  file_ = nullptr;
  fd_ = -1;
  is_regular_ = false;
  begun_ = false;
  end_of_file_ = false;
  input_ = {};
  decoder_.reset();
  bytes_read_ = 0;
  bytes_shown_ = 0;
  unpacked_ = 0;
  trouble_.reset();
}

std::string_view ByteStream::read() {
  if (is_ahead_) return next_ahead();
  if (!begun_) begin();
  // What is no file may keep the thread waiting for ever.
  const bool is_long = is_regular_ && file_->size > kBuffersToGoAhead * buffer_bytes_;
  if (decoder_ != nullptr && is_long && !trouble_ && start_ahead()) return next_ahead();
  const std::string_view bytes = read_here();
  bytes_shown_ = bytes_read_ - input_.size();
  return bytes;
}

bool ByteStream::start_ahead() {
  free_.reserve(kPieces);  // so that nothing is allocated later, where it could not be told
  ready_.reserve(kPieces);
  while (free_.size() < kPieces) {
    free_.push_back({std::make_unique_for_overwrite<char[]>(buffer_bytes_), 0, 0});
  }
  try {
    thread_ = std::thread([this] { run_ahead(); });
  } catch (const std::system_error&) {
    return false;  // no thread to be had
  }
  is_ahead_ = true;
  return true;
}

// Reads to the end, or until nobody wants it.
void ByteStream::run_ahead() {
  bool last = false;
  while (!last) {
    Piece piece;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [&] { return !free_.empty() || left_.load(); });
      if (left_.load()) return;
      piece = std::move(free_.back());
      free_.pop_back();
    }
    std::exception_ptr thrown;
    std::swap(piece.bytes, output_buffer_);
    try {
      piece.size = read_here().size();
    } catch (...) {
      piece.size = 0;
      thrown = std::current_exception();
    }
    std::swap(piece.bytes, output_buffer_);
    piece.bytes_read = bytes_read_ - input_.size();
    last = piece.size == 0;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      thrown_ = thrown;
      ready_.push_back(std::move(piece));
    }
    changed_.notify_all();
  }
}

// The next piece of the thread.
std::string_view ByteStream::next_ahead() {
  if (ended_) return {};
  {
    std::unique_lock<std::mutex> lock(mutex_);
    if (given_.bytes != nullptr) free_.push_back(std::move(given_));
    changed_.notify_all();
    changed_.wait(lock, [&] { return !ready_.empty(); });
    given_ = std::move(ready_.front());
    ready_.erase(ready_.begin());
  }
  bytes_shown_ = given_.bytes_read;
  if (given_.size > 0) {
    if (stopped()) return {};
    return {given_.bytes.get(), given_.size};
  }
  thread_.join();
  ended_ = true;
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
  return {};
}

// Ends the thread, also in the middle of a file, and takes back all pieces.
void ByteStream::end_ahead() {
  if (!is_ahead_) return;
  left_ = true;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  if (given_.bytes != nullptr) free_.push_back(std::move(given_));
  for (Piece& piece : ready_) free_.push_back(std::move(piece));
  ready_.clear();
  thrown_ = nullptr;
  left_ = false;
  ended_ = false;
  is_ahead_ = false;
}

// The next plain bytes, for read() or for the thread.
std::string_view ByteStream::read_here() {
  while (!trouble_ && !given_up()) {
    if (input_.empty()) fill(decoder_ == nullptr ? 1 : buffer_bytes_);
    if (trouble_ || given_up()) break;
    if (decoder_ == nullptr) {
      if (input_.empty()) finish();
      return std::exchange(input_, {});
    }
    const bool nothing_left = input_.empty();
    Decoder::Step step = decoder_->decode(input_, output_buffer_.get(), buffer_bytes_);
    const std::uint64_t room = unpack_limit() - unpacked_;
    if (step.written > room) {
      step.written = static_cast<std::size_t>(room);
      fail_at_limit();
    } else if (step.fault) {
      fail(*std::move(step.fault), step.fault_offset);
    }
    unpacked_ += step.written;
    if (step.written > 0) return {output_buffer_.get(), step.written};
    if (nothing_left) {
      if (!trouble_) finish();
      break;
    }
  }
  return {};
}

// Finds out how the file is compressed.
void ByteStream::begin() {
  begun_ = true;
  fill(kMagicBytes);
  decoder_ = make_decoder(input_);
  if (decoder_ != nullptr) {
    if (output_buffer_ == nullptr) {
      output_buffer_ = std::make_unique_for_overwrite<char[]>(buffer_bytes_);
    }
    fill(buffer_bytes_);
  } else if (end_of_file_ && bytes_read_ < kMagicBytes) {
    const std::string_view name = cut_off_compression(file_->path, input_);
    if (!name.empty()) {
      input_ = {};
      fail({RejectReason::kTruncatedStream, std::string(name) + " ends early"}, bytes_read_);
    }
  }
}

// Reads until `least` bytes of the buffer are filled. One read(2) of a pipe may give fewer than the
// magic bytes; and where a compressed pipe is cut at a limit must not depend on how it came.
void ByteStream::fill(std::size_t least) {
  std::size_t filled = input_.size();  // at the front of the buffer, or 0
  while (!end_of_file_ && !trouble_ && filled < least && wait_for_bytes()) {
    const ssize_t got = ::read(fd_, input_buffer_.get() + filled, buffer_bytes_ - filled);
    if (got < 0) {
      if (errno != EINTR && errno != EAGAIN) fail_with_errno("cannot read", errno);
    } else if (got == 0) {
      end_of_file_ = true;
    } else {
      filled += static_cast<std::size_t>(got);
      bytes_read_ += static_cast<std::uint64_t>(got);
    }
  }
  input_ = {input_buffer_.get(), filled};
}

// Waits until a pipe or a device has bytes, or has ended. False once stopped.
bool ByteStream::wait_for_bytes() const {
  constexpr int kStopCheckMs = 100;
  while (!given_up()) {
    pollfd entry{.fd = fd_, .events = POLLIN, .revents = 0};
    if (is_regular_ || ::poll(&entry, 1, stop_ == nullptr ? -1 : kStopCheckMs) > 0) return true;
  }
  return false;
}

// At the end of the file: it must be whole, and the file that was listed when the run began.
void ByteStream::finish() {
  struct stat now {};
  if (is_regular_ && file_->path != "-" && ::fstat(fd_, &now) == 0 &&
      (static_cast<std::uint64_t>(now.st_size) != file_->size ||
       modified_ns(now) != file_->modified_ns)) {
    fail({RejectReason::kSourceFailed, std::string(kChanged)}, bytes_read_);
  } else if (decoder_ != nullptr && !decoder_->complete()) {
    fail({RejectReason::kTruncatedStream, std::string(decoder_->name()) + " ends early"},
         bytes_read_);
  }
}

// To how many bytes the file may unpack. Of what is no file the size is what came so far.
std::uint64_t ByteStream::unpack_limit() const {
  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
  if (max_unpack_ratio_ > 0) {
    const std::uint64_t size = is_regular_ && file_->size > 0 ? file_->size : bytes_read_;
    const std::uint64_t most = limit / max_unpack_ratio_;
    limit = std::max(std::min(size, most) * max_unpack_ratio_, unpack_ratio_from_);
  }
  return max_unpacked_bytes_ > 0 ? std::min(limit, max_unpacked_bytes_) : limit;
}

void ByteStream::fail_at_limit() {
  const std::uint64_t limit = unpack_limit();
  std::string message = "unpacks to more than " + std::to_string(limit) + " bytes";
  if (limit == max_unpacked_bytes_) {
    message += " (input.max_unpacked_bytes)";
  } else {
    message += limit == unpack_ratio_from_ ? " (input.unpack_ratio_from) and " : ", ";
    message += std::to_string(max_unpack_ratio_) + " times its size (input.max_unpack_ratio)";
  }
  fail({RejectReason::kUnpackLimit, message + "; the rest is not read"},
       bytes_read_ - input_.size());
}

void ByteStream::fail(Rejection fault, std::uint64_t offset) {
  trouble_ = std::move(fault);
  trouble_->message = shown_path(file_->path) + ": byte " + std::to_string(offset) +
                      (decoder_ == nullptr ? "" : " of the compressed file") + ": " +
                      trouble_->message;
}

void ByteStream::fail_with_errno(std::string_view what, int code) {
  fail({RejectReason::kSourceFailed,
        std::string(what) + ": " + std::generic_category().message(code)},
       bytes_read_);
}

}  // namespace copydesk
