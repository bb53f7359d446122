// Packed files of any bytes: unpacked, or broken in the same way, for any size of buffer. What we
// pack ourselves, in any number of members, comes back.
#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include <memory>
#include <string>
#include <vector>

#include "fuzz.h"
#include "io/byte_stream.h"

namespace copydesk {
namespace {

using fuzz::Feed;
using fuzz::require;

constexpr std::size_t kMost = std::size_t{1} << 20;  // bombs are cut here

struct Unpacked {
  std::string bytes;
  std::optional<Rejection> fault;
  std::uint64_t fault_offset = 0;
  bool complete = false;
  bool packed = true;
  bool is_zstd = false;
};

// As ByteStream does it, with buffers of these sizes.
Unpacked unpack(std::string_view packed, std::size_t in_bytes, std::size_t out_bytes) {
  Unpacked result;
  const std::unique_ptr<Decoder> decoder = make_decoder(packed.substr(0, kMagicBytes));
  result.packed = decoder != nullptr;
  if (decoder == nullptr) return result;
  result.is_zstd = decoder->name() == "zstd";
  const std::size_t packed_size = packed.size();
  const std::unique_ptr<char[]> out = std::make_unique<char[]>(out_bytes);
  std::string_view in;
  std::unique_ptr<char[]> piece;
  while (result.bytes.size() < kMost) {
    if (in.empty()) {
      // Bytes of their own, so that a read beyond them shows.
      const std::size_t size = std::min(in_bytes, packed.size());
      piece = std::make_unique<char[]>(size);
      std::copy_n(packed.data(), size, piece.get());
      in = {piece.get(), size};
      packed.remove_prefix(size);
    }
    const bool nothing_left = in.empty();
    Decoder::Step step = decoder->decode(in, out.get(), out_bytes);
    require(step.written <= out_bytes, "no more than there is room for");
    result.bytes.append(out.get(), step.written);
    if (step.fault) {
      result.fault = std::move(step.fault);
      result.fault_offset = step.fault_offset;
      require(step.fault_offset <= packed_size, "a fault is in the file");
      break;
    }
    if (nothing_left && step.written == 0) {
      result.complete = decoder->complete();
      break;
    }
  }
  return result;
}

std::string gzipped(std::string_view plain) {
  isal_zstream stream;
  isal_deflate_init(&stream);
  stream.gzip_flag = IGZIP_GZIP;
  stream.end_of_stream = 1;
  stream.flush = NO_FLUSH;
  std::string packed(plain.size() * 2 + 512, '\0');
  stream.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<std::uint32_t>(plain.size());
  stream.next_out = reinterpret_cast<std::uint8_t*>(packed.data());
  stream.avail_out = static_cast<std::uint32_t>(packed.size());
  require(isal_deflate(&stream) == COMP_OK, "it can be packed");
  packed.resize(packed.size() - stream.avail_out);
  return packed;
}

std::string zstd(std::string_view plain, int level, bool checksum, bool sized) {
  const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(),
                                                                        &ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, checksum ? 1 : 0);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, sized ? 1 : 0);
  std::string packed(ZSTD_compressBound(plain.size()), '\0');
  const std::size_t size =
      ZSTD_compress2(context.get(), packed.data(), packed.size(), plain.data(), plain.size());
  require(ZSTD_isError(size) == 0, "it can be packed");
  packed.resize(size);
  return packed;
}

// With little room isa-l may keep to itself what it had unpacked when it met a fault: then `a` has
// less than `b`, never other bytes.
void compare(const Unpacked& a, const Unpacked& b) {
  if (a.bytes.size() >= kMost || b.bytes.size() >= kMost) return;
  require(a.packed == b.packed, "packed or not");
  require(a.fault.has_value() == b.fault.has_value(), "broken or not");
  require(a.complete == b.complete, "complete or not");
  const bool may_have_less = a.fault && !a.is_zstd;
  require(may_have_less ? b.bytes.starts_with(a.bytes) : a.bytes == b.bytes, "the same bytes");
  if (!a.fault) return;
  require(a.fault->reason == b.fault->reason, "for the same reason");
  require(!a.is_zstd || a.fault->message == b.fault->message, "in the same words");
  require(!a.is_zstd || a.fault_offset == b.fault_offset, "at the same byte");
}

// Packs texts of the input, and takes what comes last for changes to the packed bytes.
void pack_and_unpack(Feed& feed, std::size_t in_bytes, std::size_t out_bytes) {
  const bool as_gzip = feed.flip();
  std::string plain;
  std::string packed;
  for (std::uint32_t members = feed.below(5) + 1; members > 0; --members) {
    const std::uint8_t how = feed.byte();
    std::string text(feed.bytes());
    // Repeated text is what makes matches, and blocks over one another's edges.
    const std::string once = text;
    for (int i = (how & 15) * (how & 15); i > 0; --i) text += once;
    if (as_gzip) {
      packed += gzipped(text);
      if ((how & 16) != 0) packed.append(how >> 5, '\0');
    } else {
      packed += zstd(text, how >> 6, (how & 16) != 0, (how & 32) != 0);
    }
    plain += text;
  }
  const Unpacked whole = unpack(packed, in_bytes, out_bytes);
  require(whole.packed && !whole.fault && whole.complete, "what we packed is sound");
  require(whole.bytes == plain, "what we packed comes back");

  while (!feed.at_end()) {
    const std::uint8_t change = feed.byte();
    const std::size_t at = feed.below(std::min<std::size_t>(packed.size() + 1, 65536));
    switch (change % 4) {
      case 0:
        packed.resize(at);
        break;
      case 1:
        if (at < packed.size()) packed[at] = static_cast<char>(feed.byte());
        break;
      case 2:
        if (at < packed.size()) packed[at] = static_cast<char>(packed[at] ^ (1 << (change >> 5)));
        break;
      default:
        packed.insert(at, feed.bytes());
        break;
    }
  }
  compare(unpack(packed, in_bytes, out_bytes), unpack(packed, 1U << 16, 1U << 16));
}

}  // namespace
}  // namespace copydesk

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  copydesk::fuzz::Feed feed(copydesk::fuzz::bytes_of(data, size));
  const bool raw = feed.flip();
  const std::size_t in_bytes = copydesk::kMagicBytes + feed.below(100);
  const std::size_t out_bytes = 1 + feed.below(100);
  if (!raw) {
    copydesk::pack_and_unpack(feed, in_bytes, out_bytes);
    return 0;
  }
  const std::string_view packed = feed.rest();
  copydesk::compare(copydesk::unpack(packed, in_bytes, out_bytes),
                    copydesk::unpack(packed, 1U << 16, 1U << 16));
  return 0;
}
