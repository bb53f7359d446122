// Bytes packed as gzip and zstd, and a folder for one test.
#ifndef COPYDESK_TESTS_UNIT_IO_FILES_H_
#define COPYDESK_TESTS_UNIT_IO_FILES_H_

#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "support/temp_folder.h"

namespace copydesk::testing {

inline std::string read_all(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// One gzip member.
inline std::string gzip(std::string_view bytes) {
  std::string packed(bytes.size() + bytes.size() / 8 + 1024, '\0');
  isal_zstream stream;
  isal_deflate_init(&stream);
  stream.gzip_flag = IGZIP_GZIP;
  stream.end_of_stream = 1;
  stream.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<std::uint32_t>(bytes.size());
  stream.next_out = reinterpret_cast<std::uint8_t*>(packed.data());
  stream.avail_out = static_cast<std::uint32_t>(packed.size());
  if (isal_deflate(&stream) != COMP_OK) throw std::runtime_error("isal_deflate failed");
  packed.resize(stream.total_out);
  return packed;
}

// One zstd frame with a checksum.
inline std::string zstd(std::string_view bytes) {
  std::string packed(ZSTD_compressBound(bytes.size()), '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  const std::size_t size =
      ZSTD_compress2(context, packed.data(), packed.size(), bytes.data(), bytes.size());
  ZSTD_freeCCtx(context);
  if (ZSTD_isError(size)) throw std::runtime_error("ZSTD_compress2 failed");
  packed.resize(size);
  return packed;
}

// What `zstd -d` gives; empty if it is not exactly one good frame.
inline std::string unzstd(std::string_view packed) {
  std::string bytes(1 << 24, '\0');
  const std::size_t size =
      ZSTD_decompress(bytes.data(), bytes.size(), packed.data(), packed.size());
  bytes.resize(ZSTD_isError(size) ? 0 : size);
  return bytes;
}

}  // namespace copydesk::testing

#endif  // COPYDESK_TESTS_UNIT_IO_FILES_H_
