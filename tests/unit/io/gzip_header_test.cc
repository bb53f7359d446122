// Headers of gzip members with every field of RFC 1952, in pieces of every size.
#include "io/gzip_header.h"

#include <gtest/gtest.h>
#include <isa-l/crc.h>

#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/byte_stream.h"
#include "unit/io/files.h"

namespace copydesk {
namespace {

constexpr unsigned kChecksum = 2;
constexpr unsigned kExtra = 4;
constexpr unsigned kName = 8;
constexpr unsigned kComment = 16;
constexpr unsigned kAllCombinations = 32;  // the lowest flag, "text", means nothing to a reader

std::string two_bytes(std::uint32_t value) {
  return {static_cast<char>(value & 0xFF), static_cast<char>(value >> 8 & 0xFF)};
}

// What a header holds; `flags` says which of the fields it has.
struct Header {
  unsigned flags = 0;
  std::string extra = std::string("XX\x02\0ab", 6);
  std::string name = "tide \xff tables.jsonl";
  std::string comment = "of \x1b[31mboth harbours";
  std::uint32_t checksum_error = 0;

  [[nodiscard]] std::string bytes() const {
    std::string out("\x1f\x8b\x08", 3);
    out += static_cast<char>(flags);
    out += std::string("\x01\x02\x03\x04\0\xff", 6);
    if ((flags & kExtra) != 0) {
      out += two_bytes(static_cast<std::uint32_t>(extra.size())) + extra;
    }
    if ((flags & kName) != 0) out += name + '\0';
    if ((flags & kComment) != 0) out += comment + '\0';
    if ((flags & kChecksum) != 0) {
      const std::uint32_t crc =
          crc32_gzip_refl(0, reinterpret_cast<const unsigned char*>(out.data()), out.size());
      out += two_bytes((crc & 0xFFFF) ^ checksum_error);
    }
    return out;
  }
};

// A member with that header.
std::string member(const Header& header, std::string_view text) {
  constexpr std::size_t kPlainHeader = 10;
  return header.bytes() + testing::gzip(text).substr(kPlainHeader);
}

struct Unpacked {
  std::string bytes;
  std::string fault;
  std::uint64_t fault_offset = 0;
  bool complete = false;

  bool operator==(const Unpacked&) const = default;
};

Unpacked whole(std::string bytes) { return {std::move(bytes), "", 0, true}; }
Unpacked cut_off(std::string bytes) { return {std::move(bytes), "", 0, false}; }
Unpacked broken(std::string bytes, std::uint64_t header_begin) {
  return {std::move(bytes), "broken gzip header", header_begin, false};
}

std::ostream& operator<<(std::ostream& out, const Unpacked& unpacked) {
  return out << '"' << unpacked.bytes << "\", fault \"" << unpacked.fault << "\" at "
             << unpacked.fault_offset << (unpacked.complete ? ", complete" : ", cut off");
}

// Gives the pieces to a decoder one by one, each from memory of its own, and then the end.
Unpacked unpack(const std::vector<std::string_view>& pieces, std::size_t room = 1000) {
  Unpacked result;
  const std::unique_ptr<Decoder> decoder = make_decoder("\x1f\x8b");
  std::string out(room, '\0');
  for (std::size_t i = 0; i <= pieces.size(); ++i) {
    const std::string piece(i < pieces.size() ? pieces[i] : "");
    const bool at_end = i == pieces.size();
    std::string_view in = piece;
    bool more = true;
    while (more) {
      const Decoder::Step step = decoder->decode(in, out.data(), out.size());
      result.bytes.append(out, 0, step.written);
      if (step.fault) {
        result.fault = step.fault->message;
        result.fault_offset = step.fault_offset;
        return result;
      }
      more = at_end ? step.written > 0 : !in.empty();
    }
  }
  result.complete = decoder->complete();
  return result;
}

std::vector<std::string_view> pieces_of(std::string_view bytes, std::size_t size) {
  std::vector<std::string_view> pieces;
  for (; !bytes.empty(); bytes.remove_prefix(pieces.back().size())) {
    pieces.push_back(bytes.substr(0, size));
  }
  return pieces;
}

// At once, byte by byte, and in two at every place: always the same.
void expect_unpacked(std::string_view packed, const Unpacked& expected) {
  EXPECT_EQ(unpack({packed}), expected);
  for (const std::size_t size : {1U, 2U, 3U, 7U}) {
    EXPECT_EQ(unpack(pieces_of(packed, size)), expected) << "in pieces of " << size;
  }
  EXPECT_EQ(unpack(pieces_of(packed, 1), 1), expected) << "byte by byte";
  for (std::size_t at = 1; at < packed.size(); ++at) {
    EXPECT_EQ(unpack({packed.substr(0, at), packed.substr(at)}), expected) << "split at " << at;
  }
}

TEST(GzipHeader, EveryCombinationOfFields) {
  for (unsigned flags = 0; flags < kAllCombinations; ++flags) {
    SCOPED_TRACE(flags);
    expect_unpacked(member({.flags = flags}, "{1}\n{2}\n"), whole("{1}\n{2}\n"));
  }
}

TEST(GzipHeader, EmptyFields) {
  for (unsigned flags = 0; flags < kAllCombinations; ++flags) {
    SCOPED_TRACE(flags);
    expect_unpacked(member({.flags = flags, .extra = "", .name = "", .comment = ""}, "{1}\n"),
                    whole("{1}\n"));
  }
}

TEST(GzipHeader, MembersOneAfterTheOther) {
  std::string packed;
  std::string bytes;
  for (unsigned flags = 0; flags < kAllCombinations; ++flags) {
    const std::string line = "{" + std::to_string(flags) + "}\n";
    packed += member({.flags = flags}, line);
    if (flags % 3 == 0) packed.append(flags, '\0');
    bytes += line;
  }
  expect_unpacked(packed, whole(bytes));
}

// It ends where the header does.
TEST(GzipHeader, TakesNoByteBehindTheHeader) {
  for (unsigned flags = 0; flags < kAllCombinations; ++flags) {
    SCOPED_TRACE(flags);
    const std::string bytes = Header{.flags = flags}.bytes();
    GzipHeader header;
    const std::string with_more = bytes + "more";
    std::string_view in = with_more;
    EXPECT_TRUE(header.read(in));
    EXPECT_TRUE(header.complete());
    EXPECT_EQ(in, "more");
    EXPECT_TRUE(header.read(in));
    EXPECT_EQ(in, "more");
    GzipHeader shorter;
    in = std::string_view(bytes).substr(0, bytes.size() - 1);
    EXPECT_TRUE(shorter.read(in));
    EXPECT_FALSE(shorter.complete());
    EXPECT_EQ(in, "");
  }
}

TEST(GzipHeader, CutOffAtEveryByte) {
  const std::string first = member({.flags = kName}, "{1}\n");
  for (unsigned flags = 0; flags < kAllCombinations; ++flags) {
    SCOPED_TRACE(flags);
    const std::string header = Header{.flags = flags}.bytes();
    for (std::size_t size = 1; size <= header.size(); ++size) {
      const std::string_view cut = std::string_view(header).substr(0, size);
      EXPECT_EQ(unpack({cut}), cut_off("")) << size;
      EXPECT_EQ(unpack(pieces_of(cut, 1)), cut_off("")) << size;
      EXPECT_EQ(unpack({first, cut}), cut_off("{1}\n")) << size;
    }
  }
}

TEST(GzipHeader, AWrongChecksum) {
  for (unsigned flags = kChecksum; flags < kAllCombinations; ++flags) {
    if ((flags & kChecksum) == 0) continue;
    SCOPED_TRACE(flags);
    for (const std::uint32_t error : {1U, 0x80U, 0x100U, 0x8000U}) {
      const std::string packed = member({.flags = flags, .checksum_error = error}, "{2}\n");
      expect_unpacked(packed, broken("", 0));
      const std::string first = member({}, "{1}\n") + std::string(5, '\0');
      expect_unpacked(first + packed, broken("{1}\n", first.size()));
    }
  }
}

// All bytes are under the checksum, and those of the checksum itself.
TEST(GzipHeader, AChangedByteUnderTheChecksum) {
  const std::string sound = Header{.flags = kExtra | kName | kComment | kChecksum}.bytes();
  for (std::size_t at = 0; at < sound.size(); ++at) {
    std::string changed = sound;
    changed[at] = static_cast<char>(changed[at] ^ 0x40);
    GzipHeader header;
    std::string_view in = changed;
    EXPECT_FALSE(header.read(in) && header.complete()) << at;
  }
}

TEST(GzipHeader, ReservedFlags) {
  for (unsigned flags = 0; flags < 256; ++flags) {
    SCOPED_TRACE(flags);
    const std::string packed = member({.flags = flags}, "{1}\n");
    const bool sound = flags < kAllCombinations;
    EXPECT_EQ(unpack({packed}), sound ? whole("{1}\n") : broken("", 0));
    EXPECT_EQ(unpack(pieces_of(packed, 1)), unpack({packed}));
  }
}

TEST(GzipHeader, OtherMagicBytesAndMethods) {
  const std::string first = member({.flags = kName}, "{1}\n");
  for (const std::size_t at : {1U, 2U}) {
    for (unsigned byte = 0; byte < 256; ++byte) {
      std::string packed = member({}, "{2}\n");
      const bool sound = packed[at] == static_cast<char>(byte);
      packed[at] = static_cast<char>(byte);
      const Unpacked expected = sound ? whole("{1}\n{2}\n") : broken("{1}\n", first.size());
      EXPECT_EQ(unpack({first + packed}), expected) << at << ' ' << byte;
      EXPECT_EQ(unpack(pieces_of(first + packed, 1)), expected) << at << ' ' << byte;
      // Broken, and cut off behind it.
      if (!sound) {
        EXPECT_EQ(unpack({first + packed.substr(0, at + 1)}), expected);
      }
    }
  }
}

// Longer than the buffers of a run.
TEST(GzipHeader, LongFields) {
  const std::string extra(65535, '\0');
  for (const std::size_t size : {65535U, 262143U, 262144U, 300000U}) {
    for (unsigned flags = 0; flags < kAllCombinations; ++flags) {
      SCOPED_TRACE(flags);
      const Header header{.flags = flags,
                          .extra = extra,
                          .name = std::string(size, 'n'),
                          .comment = std::string(size + 1, 'c')};
      const std::string packed = member(header, "{1}\n") + member(header, "{2}\n");
      for (const std::size_t piece : {1000U, 65536U, 262144U}) {
        EXPECT_EQ(unpack(pieces_of(packed, piece)), whole("{1}\n{2}\n"));
      }
    }
  }
}

}  // namespace
}  // namespace copydesk
