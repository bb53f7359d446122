#include "io/byte_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "io/paths.h"

namespace copydesk {

ByteStream::ByteStream(std::size_t buffer_bytes)
    : buffer_bytes_(std::max(buffer_bytes, kMagicBytes)),
      input_buffer_(std::make_unique_for_overwrite<char[]>(buffer_bytes_)) {}

ByteStream::~ByteStream() { close(); }

void ByteStream::open(const InputFile& file) {
  close();
  file_ = &file;
  if (file.path == "-") {
    fd_ = STDIN_FILENO;
    return;
  }
  fd_ = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) fail_with_errno("cannot open", errno);
}

void ByteStream::close() {
  if (fd_ >= 0 && file_->path != "-") ::close(fd_);
  file_ = nullptr;
  fd_ = -1;
  begun_ = false;
  end_of_file_ = false;
  input_ = {};
  decoder_.reset();
  bytes_read_ = 0;
  trouble_.reset();
}

std::string_view ByteStream::read() {
  if (!begun_) {
    begun_ = true;
    fill();
    decoder_ = make_decoder(input_);
    if (decoder_ != nullptr && output_buffer_ == nullptr) {
      output_buffer_ = std::make_unique_for_overwrite<char[]>(buffer_bytes_);
    }
  }
  while (!trouble_) {
    if (input_.empty()) fill();
    if (trouble_) break;
    if (decoder_ == nullptr) {
      if (input_.empty()) finish();
      return std::exchange(input_, {});
    }
    const bool nothing_left = input_.empty();
    Decoder::Step step = decoder_->decode(input_, output_buffer_.get(), buffer_bytes_);
    if (step.fault) fail(*std::move(step.fault), bytes_read_ - input_.size());
    if (step.written > 0) return {output_buffer_.get(), step.written};
    if (nothing_left) {
      if (!trouble_) finish();
      break;
    }
  }
  return {};
}

// Reads until the buffer holds enough to recognise the compression, which one read(2) of a pipe may
// not give.
void ByteStream::fill() {
  std::size_t filled = 0;
  while (!end_of_file_ && !trouble_ && filled < kMagicBytes) {
    const ssize_t got = ::read(fd_, input_buffer_.get() + filled, buffer_bytes_ - filled);
    if (got < 0) {
      if (errno != EINTR) fail_with_errno("cannot read", errno);
    } else if (got == 0) {
      end_of_file_ = true;
    } else {
      filled += static_cast<std::size_t>(got);
      bytes_read_ += static_cast<std::uint64_t>(got);
    }
  }
  input_ = {input_buffer_.get(), filled};
}

// At the end of the file: it must be whole, and the file that was listed when the run began.
void ByteStream::finish() {
  struct stat now {};
  if (::fstat(fd_, &now) == 0 && S_ISREG(now.st_mode) && file_->path != "-" &&
      (static_cast<std::uint64_t>(now.st_size) != file_->size ||
       modified_ns(now) != file_->modified_ns)) {
    fail({RejectReason::kSourceFailed, "the file changed after the run began"}, bytes_read_);
  } else if (decoder_ != nullptr && !decoder_->complete()) {
    fail({RejectReason::kTruncatedStream, std::string(decoder_->name()) + " ends early"},
         bytes_read_);
  }
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
