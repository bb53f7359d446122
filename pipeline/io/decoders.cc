#include <isa-l/igzip_lib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

#include "io/byte_stream.h"

namespace copydesk {
namespace {

constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr std::uint32_t kZstdMagic = 0xFD2FB528;
constexpr std::uint32_t kSkippableMagic = 0x184D2A50;  // its last hexadecimal digit is free

std::string_view gzip_fault(int code) {
  switch (code) {
    case ISAL_INCORRECT_CHECKSUM:
      return "the gzip checksum does not match";
    case ISAL_INVALID_WRAPPER:
    case ISAL_UNSUPPORTED_METHOD:
      return "broken gzip header";
    default:
      return "broken gzip data";
  }
}

class GzipDecoder final : public Decoder {
 public:
  GzipDecoder() : state_(std::make_unique<inflate_state>()) { isal_inflate_init(state_.get()); }

  Step decode(std::string_view& in, char* out, std::size_t capacity) override {
    if (!in_member_) {
      if (in.empty()) return {};
      if (in.front() != kGzipMagic.front()) {
        return {0, Rejection{RejectReason::kCorruptStream, "bytes after the last gzip member"}};
      }
      isal_inflate_reset(state_.get());
      state_->crc_flag = ISAL_GZIP;
      in_member_ = true;
    }
    constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
    const auto offered = static_cast<std::uint32_t>(std::min(in.size(), kMost));
    const auto room = static_cast<std::uint32_t>(std::min(capacity, kMost));
    // The library does not write to its input; its pointer only lacks the const.
    state_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(in.data()));
    state_->avail_in = offered;
    state_->next_out = reinterpret_cast<std::uint8_t*>(out);
    state_->avail_out = room;
    const int code = isal_inflate(state_.get());
    in.remove_prefix(offered - state_->avail_in);
    Step step{room - state_->avail_out, std::nullopt};
    if (code != ISAL_DECOMP_OK) {
      step.fault = Rejection{RejectReason::kCorruptStream, std::string(gzip_fault(code))};
    } else if (state_->block_state == ISAL_BLOCK_FINISH) {
      in_member_ = false;
    }
    return step;
  }

  [[nodiscard]] bool complete() const override { return !in_member_; }
  [[nodiscard]] std::string_view name() const override { return "gzip"; }

 private:
  std::unique_ptr<inflate_state> state_;
  bool in_member_ = false;
};

class ZstdDecoder final : public Decoder {
 public:
  ZstdDecoder() : context_(ZSTD_createDCtx()) {
    if (context_ == nullptr) throw std::bad_alloc();
  }

  Step decode(std::string_view& in, char* out, std::size_t capacity) override {
    if (!in_frame_ && in.empty()) return {};
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out, capacity, 0};
    const std::size_t left = ZSTD_decompressStream(context_.get(), &output, &input);
    in.remove_prefix(input.pos);
    Step step{output.pos, std::nullopt};
    if (ZSTD_isError(left)) {
      step.fault = fault(left);
    } else {
      in_frame_ = left != 0;
    }
    return step;
  }

  [[nodiscard]] bool complete() const override { return !in_frame_; }
  [[nodiscard]] std::string_view name() const override { return "zstd"; }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };

  static Rejection fault(std::size_t code) {
    switch (ZSTD_getErrorCode(code)) {
      case ZSTD_error_checksum_wrong:
        return {RejectReason::kCorruptStream, "the zstd checksum does not match"};
      case ZSTD_error_prefix_unknown:
        return {RejectReason::kCorruptStream, "bytes after the last zstd frame"};
      case ZSTD_error_frameParameter_windowTooLarge:  // sound, but beyond what we give to one file
        return {RejectReason::kSourceFailed, "the zstd window is larger than 128 MiB"};
      default:
        return {RejectReason::kCorruptStream, "broken zstd data"};
    }
  }

  std::unique_ptr<ZSTD_DCtx, Free> context_;
  bool in_frame_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_decoder(std::string_view head) {
  if (head.starts_with(kGzipMagic)) return std::make_unique<GzipDecoder>();
  if (head.size() < kMagicBytes) return nullptr;
  std::uint32_t magic = 0;
  for (std::size_t i = kMagicBytes; i-- > 0;) {
    magic = magic << 8 | static_cast<unsigned char>(head[i]);
  }
  if (magic == kZstdMagic || (magic & 0xFFFFFFF0) == kSkippableMagic) {
    return std::make_unique<ZstdDecoder>();
  }
  return nullptr;
}

}  // namespace copydesk
