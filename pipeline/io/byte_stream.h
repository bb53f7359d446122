// ByteStream: one input file as decompressed bytes. Internal to pipeline/io.
#ifndef COPYDESK_PIPELINE_IO_BYTE_STREAM_H_
#define COPYDESK_PIPELINE_IO_BYTE_STREAM_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "io/source.h"
#include "record.h"

namespace copydesk {

// Turns compressed bytes into plain ones, piece by piece.
class Decoder {
 public:
  // What one step did. A fault ends the stream; bytes written before it are good.
  struct Step {
    std::size_t written = 0;
    std::optional<Rejection> fault;
    std::uint64_t fault_offset = 0;  // in all compressed bytes
  };

  virtual ~Decoder() = default;

  // Takes bytes off the front of `in` and writes to [out, out + capacity). At the end of the file,
  // and only there, call it with an empty `in`, until it writes nothing.
  virtual Step decode(std::string_view& in, char* out, std::size_t capacity) = 0;
  // Whether the bytes so far end where a member or frame ends.
  [[nodiscard]] virtual bool complete() const = 0;
  // "gzip", "zstd".
  [[nodiscard]] virtual std::string_view name() const = 0;
};

// Fewest bytes make_decoder() must see to tell (unless the file is shorter).
inline constexpr std::size_t kMagicBytes = 4;

// The decoder for a file that begins with `head`; null for a file that is not compressed.
std::unique_ptr<Decoder> make_decoder(std::string_view head);

// The compression that the name of a file promises ("gzip", "zstd"), if all its bytes are so few
// that they may be the beginning of the magic bytes. Otherwise "".
std::string_view cut_off_compression(std::string_view path, std::string_view bytes);

// Reads one file after another into the same buffers. Compressed files of some size are unpacked
// ahead on a thread of their own, three buffers at the most; what is read, and how it ends, does
// not depend on that. Not thread-safe.
class ByteStream {
 public:
  // Once `stop` (may be null) is set, read() gives nothing, also while it waits for a pipe.
  ByteStream(std::size_t buffer_bytes, const InputOptions& options, const std::atomic<bool>* stop);
  ~ByteStream();
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  // Closes the file before and begins with this one. Trouble shows at the first read(). `file` must
  // live until close().
  void open(const InputFile& file);
  void close();

  // The next plain bytes, valid until the next call. Empty at the end, at trouble and once stopped.
  std::string_view read();

  // Why the file ended early, or that it is not the file it was when the run began. Complete after
  // read() gave nothing.
  [[nodiscard]] const std::optional<Rejection>& trouble() const { return trouble_; }
  // Bytes of the file that were taken for what read() gave so far.
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_shown_; }
  [[nodiscard]] bool stopped() const { return stop_ != nullptr && stop_->load(); }

 private:
  // What one read gave.
  struct Piece {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
    std::uint64_t bytes_read = 0;
  };

  void begin();
  std::string_view read_here();
  bool start_ahead();
  void run_ahead();
  std::string_view next_ahead();
  void end_ahead();
  // No byte more is wanted.
  [[nodiscard]] bool given_up() const { return stopped() || left_.load(); }
  void fill(std::size_t least);
  [[nodiscard]] bool wait_for_bytes() const;
  void finish();
  [[nodiscard]] std::uint64_t unpack_limit() const;
  void fail_at_limit();
  void fail(Rejection fault, std::uint64_t offset);
  void fail_with_errno(std::string_view what, int code);

  const std::size_t buffer_bytes_;
  const std::uint64_t max_unpacked_bytes_;
  const std::uint64_t max_unpack_ratio_;
  const std::uint64_t unpack_ratio_from_;
  const std::atomic<bool>* const stop_;
  std::unique_ptr<char[]> input_buffer_;
  std::unique_ptr<char[]> output_buffer_;  // made when the first compressed file comes

  const InputFile* file_ = nullptr;
  int fd_ = -1;
  bool is_regular_ = false;   // it has a size, and reading it does not wait for anybody
  bool begun_ = false;        // the magic bytes were looked at
  bool end_of_file_ = false;  // read(2) gave its last byte
  std::string_view input_;    // bytes of input_buffer_ not taken yet
  std::unique_ptr<Decoder> decoder_;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t unpacked_ = 0;  // bytes of the decoder given out
  std::optional<Rejection> trouble_;
  std::uint64_t bytes_shown_ = 0;

  // While the thread runs, all above is its own, but for file_ and bytes_shown_.
  std::thread thread_;
  bool is_ahead_ = false;          // the file is unpacked ahead
  bool ended_ = false;             // its last piece was given
  std::atomic<bool> left_{false};  // the thread shall end
  Piece given_;                    // what read() gave last
  std::mutex mutex_;               // for the following
  std::condition_variable changed_;
  std::vector<Piece> free_;
  std::vector<Piece> ready_;  // in order; an empty one is the last
  std::exception_ptr thrown_;
};

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_IO_BYTE_STREAM_H_
