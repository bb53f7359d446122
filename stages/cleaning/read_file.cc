#include "cleaning/read_file.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <memory>

namespace copydesk::cleaning {

Result<std::string> read_file(const std::string& path, std::string_view what) {
  // C streams: they report what went wrong where C++ streams throw (a folder) or stay silent.
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (file == nullptr) {
    return Error{ErrorCode::kNotFound, fmt::format("cannot open {} {}", what, path)};
  }
  std::string bytes;
  std::array<char, 1 << 16> chunk;
  for (std::size_t n = 0; (n = std::fread(chunk.data(), 1, chunk.size(), file.get())) > 0;) {
    bytes.append(chunk.data(), n);
    if (bytes.size() > kMaxFileBytes) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("{} {} is longer than {} MiB", what, path, kMaxFileBytes >> 20)};
    }
  }
  if (std::ferror(file.get()) != 0) {
    return Error{ErrorCode::kIo, fmt::format("cannot read {} {}", what, path)};
  }
  return bytes;
}

}  // namespace copydesk::cleaning
