#include <isa-l/igzip_lib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <limits>
#include <new>
#include <optional>
#include <string>

#include "io/byte_stream.h"
#include "io/gzip_header.h"

namespace copydesk {
namespace {

constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr std::string_view kZstdMagicBytes = "\x28\xb5\x2f\xfd";
constexpr std::uint32_t kZstdMagic = 0xFD2FB528;
constexpr std::uint32_t kSkippableMagic = 0x184D2A50;  // its last hexadecimal digit is free
constexpr std::string_view kSkippableMagicBytes = "\x50\x2a\x4d\x18";

std::size_t common_prefix(std::string_view a, std::string_view b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first -
                                  a.begin());
}

// What igzip makes of the input that it was given, `size` bytes at the most.
std::string inflate(inflate_state& state, std::size_t size) {
  std::string bytes(size, '\0');
  state.next_out = reinterpret_cast<std::uint8_t*>(bytes.data());
  state.avail_out = static_cast<std::uint32_t>(size);
  isal_inflate(&state);
  bytes.resize(size - state.avail_out);
  return bytes;
}

class GzipDecoder final : public Decoder {
 public:
  GzipDecoder()
      : state_(std::make_unique<inflate_state>()), before_(std::make_unique<inflate_state>()) {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP_NO_HDR_VER;  // the header is read here; it checks the trailer
  }

  Step decode(std::string_view& in, char* out, std::size_t capacity) override {
    const bool at_end = in.empty();
    if (part_ == Part::kPadding) {
      // Zeros behind a member are padding, as of tapes and of blocks of a disk; gzip skips it, too.
      take(in, std::min(in.find_first_not_of('\0'), in.size()));
      if (in.empty()) return {};
      if (in.front() != kGzipMagic.front()) {
        return {0, Rejection{RejectReason::kCorruptStream, "bytes after the last gzip member"},
                taken_};
      }
      member_begin_ = taken_;
      header_ = {};
      part_ = Part::kHeader;
    }
    if (part_ == Part::kHeader) {
      std::string_view rest = in;
      if (!header_.read(rest)) {
        return {0, Rejection{RejectReason::kCorruptStream, "broken gzip header"}, member_begin_};
      }
      take(in, in.size() - rest.size());
      if (!header_.complete()) return {};
      isal_inflate_reset(state_.get());
      part_ = Part::kData;
      if (in.empty()) return {};
    }
    constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
    const auto offered = static_cast<std::uint32_t>(std::min(in.size(), kMost));
    const auto room = static_cast<std::uint32_t>(std::min(capacity, kMost));
    // The library does not write to its input; its pointer only lacks the const.
    state_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(in.data()));
    state_->avail_in = offered;
    state_->next_out = reinterpret_cast<std::uint8_t*>(out);
    state_->avail_out = room;
    // Only then can a match reach before the first byte of the member.
    const bool may_reach_back = state_->total_out < kWindow;
    if (may_reach_back) remember_state();
    const int code = isal_inflate(state_.get());
    // Not avail_in: behind a match that reaches before the first byte the library counts eight
    // bytes too many, and may count below zero.
    take(in, static_cast<std::size_t>(reinterpret_cast<const char*>(state_->next_in) - in.data()));
    Step step;
    step.written = room - state_->avail_out;
    if (code != ISAL_DECOMP_OK) {
      const bool is_checksum = code == ISAL_INCORRECT_CHECKSUM;
      step.fault = Rejection{RejectReason::kCorruptStream,
                             is_checksum ? "the gzip checksum does not match" : "broken gzip data"};
      step.fault_offset = is_checksum ? taken_ : data_offset();
      if (code == ISAL_INVALID_LOOKBACK && may_reach_back) {
        step.written = bytes_before_match(step.written);
      }
    } else if (state_->block_state == ISAL_BLOCK_FINISH) {
      part_ = Part::kPadding;
    } else if (at_end && step.written == 0) {
      if (!last_literals_) last_literals_ = last_literals();
      step.written = last_literals_->copy(out, capacity);
      last_literals_->erase(0, step.written);
    }
    return step;
  }

  [[nodiscard]] bool complete() const override { return part_ == Part::kPadding; }
  [[nodiscard]] std::string_view name() const override { return "gzip"; }

 private:
  enum class Part { kPadding, kHeader, kData };  // kData: and the trailer

  static constexpr std::uint32_t kWindow = ISAL_DEF_HIST_SIZE;  // how far back a match reaches

  // In before_, without what is not used yet of the last array: this is done for every member.
  void remember_state() {
    const std::size_t used =
        offsetof(inflate_state, tmp_out_buffer) + static_cast<std::size_t>(state_->tmp_out_valid);
    std::memcpy(before_.get(), state_.get(), used);
  }

  // A match that reaches before the first byte is a fault, but the library counts its bytes, which
  // it has not written, as written. How many of `written` bytes came before it: those that stay the
  // same whatever stood before the first byte.
  [[nodiscard]] std::size_t bytes_before_match(std::size_t written) const {
    if (before_->tmp_out_valid > static_cast<std::int32_t>(kWindow)) return written;
    return common_prefix(again_behind('\0', written), again_behind('\xff', written));
  }

  // What the last step gives, `size` bytes at the most, if a window of such bytes stood before the
  // member.
  [[nodiscard]] std::string again_behind(char byte, std::size_t size) const {
    const auto state = std::make_unique<inflate_state>(*before_);
    std::uint8_t* const history = state->tmp_out_buffer;
    std::memmove(history + kWindow, history, static_cast<std::size_t>(state->tmp_out_valid));
    std::memset(history, byte, kWindow);
    state->tmp_out_valid += static_cast<std::int32_t>(kWindow);
    state->tmp_out_processed += static_cast<std::int32_t>(kWindow);
    state->dict_length = kWindow;
    state->crc_flag = ISAL_DEFLATE;
    return inflate(*state, size);
  }

  // The library decodes up to three symbols at once, and none of them if the file ends in the last;
  // whether it does depends on how many bytes it was offered at the head of the block. These are
  // the literals it kept: those that come whatever bits follow. A code that is cut off is another
  // symbol with zeros behind it than with ones.
  [[nodiscard]] std::string last_literals() const {
    if (state_->block_state != ISAL_BLOCK_CODED) return {};
    std::string literals = literals_before('\0');
    literals.resize(common_prefix(literals, literals_before('\xff')));
    return literals;
  }

  // The literals up to the first match or fault if such bytes come next.
  [[nodiscard]] std::string literals_before(char next) const {
    const auto state = std::make_unique<inflate_state>(*state_);
    state->dist_huff_code = {};  // no distance is valid: a match, of whatever bytes, is a fault
    std::array<std::uint8_t, 8> input;  // more than the rest of a symbol
    input.fill(static_cast<std::uint8_t>(next));
    state->next_in = input.data();
    state->avail_in = static_cast<std::uint32_t>(input.size());
    return inflate(*state, 256);  // more than there are bits
  }

  void take(std::string_view& in, std::size_t bytes) {
    in.remove_prefix(bytes);
    taken_ += bytes;
  }

  // The byte at which the data makes no sense.
  [[nodiscard]] std::uint64_t data_offset() const {
    const auto ahead = static_cast<std::uint64_t>(std::max(state_->read_in_length, 0)) / 8;
    return taken_ - std::min(ahead, taken_ - member_begin_);
  }

  GzipHeader header_;
  std::unique_ptr<inflate_state> state_;
  std::unique_ptr<inflate_state> before_;  // state_ as it was before the last step
  Part part_ = Part::kPadding;
  std::optional<std::string> last_literals_;  // of a file that is cut off, not given yet
  std::uint64_t taken_ = 0;                   // bytes of the file
  std::uint64_t member_begin_ = 0;            // where the member begins
};

// Gives the library one part of a frame at a time - what it says it needs next, a block without the
// header of the one behind it: when a part is broken, the library forgets what it wrote in the same
// step, which would be good blocks before the broken one. For the same reason it gets nothing until
// it has given all that it has.
class ZstdDecoder final : public Decoder {
 public:
  ZstdDecoder() : context_(ZSTD_createDCtx()) {
    if (context_ == nullptr) throw std::bad_alloc();
  }

  Step decode(std::string_view& in, char* out, std::size_t capacity) override {
    if (!in_frame_ && in.empty()) return {};
    if (!in_frame_) frame_begin_ = taken_;
    if (!in_part_) part_begin_ = taken_;
    if (!may_be_magic(in)) {
      return {0, Rejection{RejectReason::kCorruptStream, "bytes after the last zstd frame"},
              frame_begin_};
    }
    // Of a block that is stored as it is the library gives what it has seen, but nothing of it if
    // the end breaks the frame: so the last byte comes by itself, however the others came.
    const std::size_t most = is_stored_ && part_left_ > 1 ? part_left_ - 1 : part_left_;
    ZSTD_inBuffer input{in.data(), may_hold_output_ ? 0 : std::min(in.size(), most), 0};
    ZSTD_outBuffer output{out, capacity, 0};
    const std::size_t needed = ZSTD_decompressStream(context_.get(), &output, &input);
    Step step;
    if (ZSTD_isError(needed)) {
      step.fault = fault(needed);
      step.fault_offset = fault_offset(needed);
      return step;
    }
    step.written = output.pos;
    may_hold_output_ = output.pos == capacity;
    if (input.pos > 0 && !in_part_) first_byte_ = in.front();
    in_frame_ = in_frame_ || input.pos > 0;
    in_part_ = (in_part_ || input.pos > 0) && input.pos < part_left_;
    part_left_ -= input.pos;
    taken_ += input.pos;
    in.remove_prefix(input.pos);
    if (part_left_ == 0) next_part(needed);
    return step;
  }

  [[nodiscard]] bool complete() const override { return !in_frame_; }
  [[nodiscard]] std::string_view name() const override { return "zstd"; }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };

  // Magic bytes and the first of the header; all that the library wants to see at first.
  static constexpr std::size_t kFirstPart = 5;
  static constexpr std::size_t kBlockHeaderBytes = 3;

  // Whether the first four bytes of a frame, of which `in` has the next, may be magic ones. Those
  // of versions before 1.0 are not; the library knows them only if they come at once.
  [[nodiscard]] bool may_be_magic(std::string_view in) const {
    const auto at =
        static_cast<std::size_t>(std::min<std::uint64_t>(taken_ - frame_begin_, kMagicBytes));
    const std::string_view next = in.substr(0, kMagicBytes - at);
    if (next.empty()) return true;
    const char first = at > 0 ? first_byte_ : in.front();
    const bool is_skippable = (first & 0xF0) == (kSkippableMagic & 0xF0);
    std::string magic(is_skippable ? kSkippableMagicBytes : kZstdMagicBytes);
    if (is_skippable) magic.front() = first;
    return magic.compare(at, next.size(), next) == 0;
  }

  // Chooses the part behind one that was taken, when the library says that it needs so many bytes:
  // to the end of a header or block and, if a block comes behind it, the header of that. 0: the
  // frame is complete.
  void next_part(std::size_t needed) {
    if (is_block_header_) is_last_block_ = (first_byte_ & 1) != 0;
    is_stored_ = is_block_header_ && (first_byte_ >> 1 & 3) == 0;
    in_frame_ = needed > 0;
    if (!in_frame_) is_last_block_ = false;
    is_block_header_ = needed == kBlockHeaderBytes && !is_last_block_;
    part_left_ = needed;
    if (!in_frame_) part_left_ = kFirstPart;
    if (needed > kBlockHeaderBytes && !is_last_block_) part_left_ -= kBlockHeaderBytes;
  }

  [[nodiscard]] std::uint64_t fault_offset(std::size_t code) const {
    switch (ZSTD_getErrorCode(code)) {
      case ZSTD_error_dictionary_wrong:
      case ZSTD_error_frameParameter_unsupported:
      case ZSTD_error_frameParameter_windowTooLarge:
        return frame_begin_;
      default:
        return part_begin_;
    }
  }

  static Rejection fault(std::size_t code) {
    switch (ZSTD_getErrorCode(code)) {
      case ZSTD_error_checksum_wrong:
        return {RejectReason::kCorruptStream, "the zstd checksum does not match"};
      case ZSTD_error_frameParameter_windowTooLarge:  // sound, but beyond what we give to one file
        return {RejectReason::kSourceFailed,
                "the zstd window is larger than 128 MiB: unpack the file with zstd -d --long=31"};
      case ZSTD_error_dictionary_wrong:
        return {RejectReason::kSourceFailed, "the zstd frame needs a dictionary"};
      default:
        return {RejectReason::kCorruptStream, "broken zstd data"};
    }
  }

  std::unique_ptr<ZSTD_DCtx, Free> context_;
  bool in_frame_ = false;
  bool in_part_ = false;                // the library has bytes of the part, but not all
  bool is_block_header_ = false;        // what the part is
  bool is_stored_ = false;              // a block that is not compressed
  bool is_last_block_ = false;          // no block header comes in this frame any more
  char first_byte_ = 0;                 // of the part
  bool may_hold_output_ = false;        // there was not more room than it filled
  std::size_t part_left_ = kFirstPart;  // bytes of the part that it does not have
  std::uint64_t taken_ = 0;             // bytes of the file
  std::uint64_t frame_begin_ = 0;       // where the frame and the part begin
  std::uint64_t part_begin_ = 0;
};

}  // namespace

std::string_view cut_off_compression(std::string_view path, std::string_view bytes) {
  if (path.ends_with(".gz") && kGzipMagic.starts_with(bytes)) return "gzip";
  if (path.ends_with(".zst") && kZstdMagicBytes.starts_with(bytes)) return "zstd";
  return {};
}

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
