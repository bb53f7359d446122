#include "io/output_file.h"

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <new>
#include <optional>
#include <system_error>
#include <utility>

#include "io/write_all.h"

namespace copydesk {
namespace {

constexpr std::size_t kBufferBytes = 1 << 20;
constexpr int kZstdLevel = 1;  // as fast as the negative levels, with a far better ratio

Error system_error(const std::string& path, std::string_view what, int code) {
  return Error{ErrorCode::kIo,
               path + ": " + std::string(what) + ": " + std::generic_category().message(code)};
}

// The folder a path stands in, as it can be opened.
std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// fsync of a descriptor; things that cannot be synced (pipes, some network folders) count as done.
int sync_error(int fd) {
  while (::fsync(fd) != 0) {
    if (errno == EINTR) continue;
    return errno == EINVAL || errno == ENOTSUP ? 0 : errno;
  }
  return 0;
}

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

}  // namespace

class OutputFile::Impl {
 public:
  Impl(std::string path, int fd) : path_(std::move(path)), partial_(path_ + ".partial"), fd_(fd) {
    buffer_.reserve(kBufferBytes);
    if (path_.ends_with(".zst")) {
      compressor_.reset(ZSTD_createCCtx());
      if (compressor_ == nullptr) throw std::bad_alloc();
      ZSTD_CCtx_setParameter(compressor_.get(), ZSTD_c_compressionLevel, kZstdLevel);
      ZSTD_CCtx_setParameter(compressor_.get(), ZSTD_c_checksumFlag, 1);
      compressed_.resize(ZSTD_CStreamOutSize());
    }
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    if (fd_ >= 0) ::close(fd_);
    if (!committed_) ::unlink(partial_.c_str());
  }

  Result<void> write(std::string_view bytes) {
    assert(fd_ >= 0);
    bytes_written_ += bytes.size();
    while (!bytes.empty()) {
      const std::size_t taken = std::min(bytes.size(), kBufferBytes - buffer_.size());
      buffer_.append(bytes.substr(0, taken));
      bytes.remove_prefix(taken);
      if (buffer_.size() == kBufferBytes) COPYDESK_RETURN_IF_ERROR(flush(false));
    }
    return {};
  }

  Result<void> finish() {
    if (fd_ < 0 && !failure_) return {};
    COPYDESK_RETURN_IF_ERROR(flush(true));
    if (const int code = sync_error(fd_)) return fail("cannot sync", code);
    // close() reports what a network file system could not write.
    if (::close(std::exchange(fd_, -1)) != 0) return fail("cannot close", errno);
    return {};
  }

  Result<void> commit() {
    COPYDESK_RETURN_IF_ERROR(finish());
    if (committed_) return {};
    if (std::rename(partial_.c_str(), path_.c_str()) != 0) return fail("cannot rename", errno);
    committed_ = true;
    const std::string folder = folder_of(path_);
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return system_error(folder, "cannot open", errno);
    const int code = sync_error(fd);
    ::close(fd);
    if (code != 0) return system_error(folder, "cannot sync", code);
    return {};
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::uint64_t bytes_written() const { return bytes_written_; }

 private:
  // Sends the buffer on its way; `last` also ends the zstd frame.
  Result<void> flush(bool last) {
    if (failure_) return *failure_;
    Result<void> result = compressor_ == nullptr ? write_out(buffer_) : compress(last);
    buffer_.clear();
    return result;
  }

  Result<void> compress(bool last) {
    ZSTD_inBuffer in{buffer_.data(), buffer_.size(), 0};
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
    if (error != 0) return fail("cannot write", error);
    return {};
  }

  // Every later call fails with the first error: a file with a hole must never be committed.
  Error fail(std::string_view what, int code) {
    failure_ = system_error(path_, what, code);
    return *failure_;
  }

  std::string path_;
  std::string partial_;
  int fd_;
  std::string buffer_;
  std::unique_ptr<ZSTD_CCtx, FreeContext> compressor_;
  std::string compressed_;
  std::uint64_t bytes_written_ = 0;
  std::optional<Error> failure_;
  bool committed_ = false;
};

OutputFile::OutputFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OutputFile::OutputFile(OutputFile&&) noexcept = default;
OutputFile& OutputFile::operator=(OutputFile&&) noexcept = default;
OutputFile::~OutputFile() = default;

Result<OutputFile> OutputFile::create(std::string path) {
  const std::string partial = path + ".partial";
  const int fd = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return system_error(path, "cannot create", errno);
  return OutputFile(std::make_unique<Impl>(std::move(path), fd));
}

Result<void> OutputFile::write(std::string_view bytes) { return impl_->write(bytes); }
Result<void> OutputFile::finish() { return impl_->finish(); }
Result<void> OutputFile::commit() { return impl_->commit(); }
const std::string& OutputFile::path() const { return impl_->path(); }
std::uint64_t OutputFile::bytes_written() const { return impl_->bytes_written(); }

}  // namespace copydesk
