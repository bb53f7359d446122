#include "io/output_file.h"

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <mutex>
#include <new>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "io/sync.h"
#include "io/write_all.h"

namespace copydesk {
namespace {

constexpr std::size_t kBufferBytes = 1 << 20;
constexpr int kZstdLevel = 1;  // as fast as the negative levels, with a far better ratio

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

// Does one job after another on a thread of its own, at most one of them at a time.
class Worker {
 public:
  ~Worker() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  // Begins a job, once the one before is done. Does it at once if there is no thread to be had.
  void begin(std::function<void()> job) {
    wait();
    if (!start()) {
      job();
      return;
    }
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      job_ = std::move(job);
    }
    changed_.notify_all();
  }

  // Waits until the job is done.
  void wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return job_ == nullptr; });
  }

 private:
  bool start() {
    if (thread_.joinable()) return true;
    try {
      thread_ = std::thread([this] { run(); });
      return true;
    } catch (const std::system_error&) {
      return false;
    }
  }

  void run() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return ended_ || job_ != nullptr; });
      if (job_ == nullptr) return;
      lock.unlock();
      job_();
      lock.lock();
      job_ = nullptr;
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> job_;  // null: nothing to do
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace

class OutputFile::Impl {
 public:
  // All that needs memory is done before there is a file, which would be left if there is none.
  explicit Impl(std::string path)
      : path_(std::move(path)),
        partial_(partial_path(path_)),
        is_compressed_(path_.ends_with(".zst")) {
    buffer_.reserve(kBufferBytes);
    if (is_compressed_) compressed_.resize(ZSTD_CStreamOutSize());
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    worker_.wait();
    if (fd_ >= 0) ::close(fd_);
    if (!is_ours_ || keep_) return;
    if (durable_ == 0) {
      ::unlink(partial_.c_str());
      return;
    }
    // What was noted as durable is what a later run goes on from. If the rest cannot be cut off, it
    // stands there until resume() does.
    [[maybe_unused]] const int ignored = ::truncate(partial_.c_str(), static_cast<off_t>(durable_));
  }

  Result<void> create() {
    fd_ = ::open(partial_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd_ < 0) return system_error(path_, "create", errno);
    is_ours_ = true;
    return {};
  }

  // `length`: what stands in the file already, whole frames if it is compressed.
  Result<void> open_behind(std::uint64_t length) {
    fd_ = ::open(partial_.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd_ < 0) {
      if (errno != ENOENT) return system_error(partial_, "open", errno);
      return Error{ErrorCode::kCorrupt, partial_ + ": is missing"};
    }
    const off_t end = ::lseek(fd_, 0, SEEK_END);
    if (end < 0) return system_error(partial_, "seek", errno);
    if (static_cast<std::uint64_t>(end) < length) {
      return Error{ErrorCode::kCorrupt, partial_ + ": is shorter than it was"};
    }
    const auto wanted = static_cast<off_t>(length);
    if (::ftruncate(fd_, wanted) != 0 || ::lseek(fd_, wanted, SEEK_SET) < 0) {
      return system_error(partial_, "cut", errno);
    }
    length_ = durable_ = length;
    is_ours_ = true;
    return {};
  }

  Result<void> write(std::string_view bytes) {
    assert(fd_ >= 0);
    bytes_written_ += bytes.size();
    while (!bytes.empty()) {
      const std::size_t taken = std::min(bytes.size(), kBufferBytes - buffer_.size());
      buffer_.append(bytes.substr(0, taken));
      bytes.remove_prefix(taken);
      if (buffer_.size() == kBufferBytes) COPYDESK_RETURN_IF_ERROR(flush());
    }
    return {};
  }

  Result<std::uint64_t> sync() {
    assert(fd_ >= 0);
    worker_.wait();
    if (in_frame()) COPYDESK_RETURN_IF_ERROR(end());
    if (failure_) return *failure_;
    if (length_ == durable_) return durable_;
    if (const int code = sync_file(fd_)) return fail("sync", code);
    durable_ = length_;
    return durable_;
  }

  Result<void> finish() {
    worker_.wait();
    if (fd_ < 0 && !failure_) return {};
    // A file with nothing in it is an empty frame.
    if (in_frame() || length_ == 0) COPYDESK_RETURN_IF_ERROR(end());
    if (failure_) return *failure_;
    if (const int code = sync_file(fd_)) return fail("sync", code);
    // close() reports what a network file system could not write.
    if (::close(std::exchange(fd_, -1)) != 0) return fail("close", errno);
    return {};
  }

  Result<void> commit() {
    COPYDESK_RETURN_IF_ERROR(finish());
    if (keep_) return {};
    if (std::rename(partial_.c_str(), path_.c_str()) != 0) return fail("rename", errno);
    keep_ = true;
    return sync_folder(folder_of(path_));
  }

  void keep_partial() { keep_ = true; }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::uint64_t file_bytes() const { return length_; }
  [[nodiscard]] std::uint64_t bytes_written() const { return bytes_written_; }

 private:
  // Whether there are bytes that stand in no frame that was ended, or were not written.
  [[nodiscard]] bool in_frame() const { return bytes_written_ > bytes_ended_; }

  // Sends the full buffer on its way. What is compressed goes to a thread, so that compression does
  // not hold up who writes; which bytes come out does not depend on it. A fault there is told by
  // the next call.
  Result<void> flush() {
    worker_.wait();
    if (failure_) return *failure_;
    if (!is_compressed_) {
      Result<void> result = write_out(buffer_);
      buffer_.clear();
      return result;
    }
    compressing_.swap(buffer_);
    buffer_.clear();
    buffer_.reserve(kBufferBytes);
    worker_.begin([this] {
      try {
        static_cast<void>(compress(compressing_, false));  // failure_ has what went wrong
      } catch (const std::bad_alloc&) {
        failure_ = Error{ErrorCode::kInternal, "out of memory"};  // so short that it needs none
      }
    });
    return {};
  }

  // Writes the last buffer, and ends the zstd frame.
  Result<void> end() {
    if (failure_) return *failure_;
    Result<void> result = is_compressed_ ? compress(buffer_, true) : write_out(buffer_);
    buffer_.clear();
    bytes_ended_ = bytes_written_;
    // A new context for each frame: its bytes must not depend on what was compressed before.
    compressor_.reset();
    return result;
  }

  Result<void> compress(std::string_view bytes, bool last) {
    if (compressor_ == nullptr) {
      compressor_.reset(ZSTD_createCCtx());
      if (compressor_ == nullptr) throw std::bad_alloc();
      ZSTD_CCtx_setParameter(compressor_.get(), ZSTD_c_compressionLevel, kZstdLevel);
      ZSTD_CCtx_setParameter(compressor_.get(), ZSTD_c_checksumFlag, 1);
    }
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    std::size_t left = 0;
    do {
      ZSTD_outBuffer out{compressed_.data(), compressed_.size(), 0};
      left =
          ZSTD_compressStream2(compressor_.get(), &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
      if (ZSTD_isError(left)) {
        failure_ = Error{ErrorCode::kInternal, path_ + ": zstd: " + ZSTD_getErrorName(left)};
        return *failure_;
      }
      COPYDESK_RETURN_IF_ERROR(write_out(std::string_view(compressed_).substr(0, out.pos)));
    } while (last ? left != 0 : in.pos < in.size);
    return {};
  }

  Result<void> write_out(std::string_view bytes) {
    const int error = write_all(fd_, bytes);
    if (error != 0) return fail("write", error);
    length_ += bytes.size();
    return {};
  }

  // Every later call fails with the first error: a file with a hole must never be committed.
  Error fail(std::string_view what, int code) {
    failure_ = system_error(path_, what, code);
    return *failure_;
  }

  std::string path_;
  std::string partial_;
  int fd_ = -1;
  bool is_ours_ = false;  // the partial file: made, or found as it was left
  const bool is_compressed_;
  std::string buffer_;
  std::unique_ptr<ZSTD_CCtx, FreeContext> compressor_;  // of the frame that is being written
  std::string compressing_;                             // the buffer before, at the worker
  std::string compressed_;
  std::uint64_t bytes_written_ = 0;
  std::uint64_t bytes_ended_ = 0;  // of them, those in frames that were ended
  std::uint64_t length_ = 0;       // of the file
  std::uint64_t durable_ = 0;      // of it, what sync() was told
  std::optional<Error> failure_;
  bool keep_ = false;  // the partial file has its final name, or gets it from another
  // Who uses compressor_, compressing_, compressed_, fd_, length_ and failure_ waits for it.
  Worker worker_;
};

OutputFile::OutputFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OutputFile::OutputFile(OutputFile&&) noexcept = default;
OutputFile& OutputFile::operator=(OutputFile&&) noexcept = default;
OutputFile::~OutputFile() = default;

std::string partial_path(const std::string& path) { return path + ".partial"; }

Result<OutputFile> OutputFile::create(std::string path) {
  auto impl = std::make_unique<Impl>(std::move(path));
  COPYDESK_RETURN_IF_ERROR(impl->create());
  return OutputFile(std::move(impl));
}

Result<OutputFile> OutputFile::resume(std::string path, std::uint64_t length) {
  if (length == 0) return create(std::move(path));
  auto impl = std::make_unique<Impl>(std::move(path));
  COPYDESK_RETURN_IF_ERROR(impl->open_behind(length));
  return OutputFile(std::move(impl));
}

Result<void> OutputFile::write(std::string_view bytes) { return impl_->write(bytes); }
Result<std::uint64_t> OutputFile::sync() { return impl_->sync(); }
Result<void> OutputFile::finish() { return impl_->finish(); }
Result<void> OutputFile::commit() { return impl_->commit(); }
void OutputFile::keep_partial() { impl_->keep_partial(); }
const std::string& OutputFile::path() const { return impl_->path(); }
std::uint64_t OutputFile::file_bytes() const { return impl_->file_bytes(); }
std::uint64_t OutputFile::bytes_written() const { return impl_->bytes_written(); }

}  // namespace copydesk
