#include "copydesk/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace copydesk {
namespace {

// Of a key, "a.b.c"; ours have three at most.
constexpr std::size_t kMaxKeyParts = 16;

// The last byte of the string of TOML that begins at `at`, or the end. Counts its line breaks.
std::size_t end_of_string(std::string_view toml, std::size_t at, std::size_t& line) {
  const char mark = toml[at];
  const std::string_view three = mark == '"' ? R"(""")" : "'''";
  const bool is_long = toml.substr(at, 3) == three;
  for (at += is_long ? 3 : 1; at < toml.size(); ++at) {
    if (toml[at] == '\n') {
      ++line;
      if (!is_long) return at;
    } else if (toml[at] == '\\' && mark == '"') {
      ++at;
    } else if (toml[at] == mark && !is_long) {
      return at;
    } else if (is_long && toml.substr(at, 3) == three) {
      return at + 2;
    }
  }
  return toml.size();
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Error failed(ErrorCode code, std::string_view verb, std::string_view what, const std::string& path,
             const std::string& why) {
  return {code, "cannot " + std::string(verb) + " " + std::string(what) + " " + path + ": " + why};
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::string_view what,
                              std::size_t max_bytes) {
  // Without O_NONBLOCK, opening a FIFO would wait for a writer, maybe for ever.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (file.get() < 0) {
    return failed(ErrorCode::kNotFound, "open", what, path, std::strerror(errno));
  }
  struct stat status {};
  const int flags = fcntl(file.get(), F_GETFL);
  if (fstat(file.get(), &status) != 0 || flags < 0 ||
      fcntl(file.get(), F_SETFL, flags & ~O_NONBLOCK) != 0) {
    return failed(ErrorCode::kIo, "read", what, path, std::strerror(errno));
  }
  std::string bytes;
  std::array<char, 1 << 16> chunk;
  while (true) {
    const ssize_t n = read(file.get(), chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed(ErrorCode::kIo, "read", what, path, std::strerror(errno));
    if (n == 0) break;
    bytes.append(chunk.data(), static_cast<std::size_t>(n));
    if (bytes.size() > max_bytes) {
      return Error{ErrorCode::kInvalidArgument, std::string(what) + " " + path +
                                                    " is longer than " +
                                                    std::to_string(max_bytes >> 20) + " MiB"};
    }
  }
  if (bytes.empty() && S_ISFIFO(status.st_mode)) {
    return failed(ErrorCode::kIo, "read", what, path, "it is a pipe that nobody writes to");
  }
  return bytes;
}

std::string toml_depth_fault(std::string_view toml) {
  const auto is_key = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == ' ' || c == '\t';
  };
  std::size_t parts = 1;
  std::size_t line = 1;
  for (std::size_t at = 0; at < toml.size(); ++at) {
    const char c = toml[at];
    if (c == '"' || c == '\'') {
      at = end_of_string(toml, at, line);
    } else if (c == '#') {
      at = std::min(toml.find('\n', at), toml.size()) - 1;
    } else if (c == '.') {
      if (++parts <= kMaxKeyParts) continue;
      return "line " + std::to_string(line) + ": a key of more than " +
             std::to_string(kMaxKeyParts) + " parts";
    } else if (!is_key(c)) {
      parts = 1;
      line += c == '\n' ? 1U : 0U;
    }
  }
  return {};
}

}  // namespace copydesk
