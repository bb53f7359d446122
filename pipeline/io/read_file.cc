#include "io/read_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace copydesk {

Result<std::string> read_file(const std::string& path) {
  // C streams: they report what went wrong where C++ streams throw, without the path.
  const auto failed = [&] { return Error{ErrorCode::kIo, path + ": " + std::strerror(errno)}; };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (file == nullptr) return failed();
  std::string bytes;
  std::array<char, 1 << 16> chunk;
  for (std::size_t n = 0; (n = std::fread(chunk.data(), 1, chunk.size(), file.get())) > 0;) {
    bytes.append(chunk.data(), n);
  }
  if (std::ferror(file.get()) != 0) return failed();
  return bytes;
}

}  // namespace copydesk
