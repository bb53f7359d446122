// roofline: the least that any program does which turns JSONL into JSONL and looks at every text
// once: read, parse, xxh3-64 of the text, escape it again, write. One thread, the same libraries as
// copydesk. What it writes is what it read, with every text escaped anew. The end-to-end benchmark
// runs it in turns with copydesk and prints the ratio.
//
// Usage: roofline INPUT OUTPUT
// The text is the member "text". Prints {"documents":…,"text_bytes":…,"xxh3":…}; xxh3 is the
// exclusive or of the texts' hashes.
#include <fcntl.h>
#include <simdjson.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace copydesk::bench {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
constexpr std::size_t kStep = 32;

[[noreturn]] void fail(const char* what, const char* why) {
  std::fprintf(stderr, "roofline: %s: %s\n", what, why);
  std::exit(2);
}

bool needs_escape(unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; }

// Written so that compilers make vector instructions of it.
bool any_needs_escape(const char* bytes) {
  unsigned char any = 0;
  for (std::size_t i = 0; i < kStep; ++i) {
    const auto c = static_cast<unsigned char>(bytes[i]);
    any = static_cast<unsigned char>(any | (c < 0x20) | (c == '"') | (c == '\\'));
  }
  return any != 0;
}

char* write_escape(char* to, unsigned char c) {
  *to++ = '\\';
  if (c == '"' || c == '\\') {
    *to++ = static_cast<char>(c);
  } else if (const char* const known = std::strchr("\bb\ff\nn\rr\tt", c);
             c != 0 && known != nullptr) {
    *to++ = known[1];
  } else {
    std::memcpy(to, "u00", 3);
    to[3] = "0123456789abcdef"[c >> 4];
    to[4] = "0123456789abcdef"[c & 15];
    to += 5;
  }
  return to;
}

// Memory that is written from its front; grows, and is never cleared.
class Output {
 public:
  explicit Output(const char* path)
      : path_(path), fd_(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
    if (fd_ < 0) fail(path, std::strerror(errno));
  }

  void append(const char* begin, const char* end) {
    const auto size = static_cast<std::size_t>(end - begin);
    std::memcpy(room_for(size), begin, size);
    used_ += size;
  }

  // Appends `text` as it stands within the quotation marks of a JSON string.
  void append_escaped(std::string_view text) {
    char* to = room_for(text.size() * 6);  // the longest: \u00XX
    std::size_t at = 0;
    while (at < text.size()) {
      while (at + kStep <= text.size() && !any_needs_escape(text.data() + at)) {
        std::memcpy(to, text.data() + at, kStep);
        at += kStep;
        to += kStep;
      }
      // The bytes of the step that has an escape, or the last ones.
      for (const std::size_t end = std::min(text.size(), at + kStep); at < end; ++at) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (needs_escape(c)) {
          to = write_escape(to, c);
        } else {
          *to++ = text[at];
        }
      }
    }
    used_ = static_cast<std::size_t>(to - memory_.data());
  }

  void flush_if_full() {
    if (used_ >= kBlockBytes) flush();
  }
  void close() {
    flush();
    if (::close(fd_) != 0) fail(path_, std::strerror(errno));
  }

 private:
  char* room_for(std::size_t bytes) {
    if (used_ + bytes > memory_.size()) memory_.resize(2 * (used_ + bytes));
    return memory_.data() + used_;
  }
  void flush() {
    for (std::size_t at = 0; at < used_;) {
      const ssize_t written = write(fd_, memory_.data() + at, used_ - at);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail(path_, std::strerror(errno));
      at += static_cast<std::size_t>(written);
    }
    used_ = 0;
  }

  const char* const path_;
  const int fd_;
  std::string memory_;
  std::size_t used_ = 0;
};

class Roofline {
 public:
  explicit Roofline(const char* output) : out_(output) {}

  // Behind `line` lie its break and SIMDJSON_PADDING bytes of memory.
  void take(std::string_view line) {
    using simdjson::ondemand::document;
    const simdjson::padded_string_view padded(line, line.size() + simdjson::SIMDJSON_PADDING);
    document record;
    simdjson::ondemand::object members;
    if (parser_.iterate(padded).get(record) != simdjson::SUCCESS ||
        record.get_object().get(members) != simdjson::SUCCESS) {
      fail("input", "a line is not a JSON object");
    }
    const char* text_begin = nullptr;  // its value in the line, quotation marks included
    std::size_t text_size = 0;
    std::string_view text;
    for (auto member : members) {
      std::string_view key;
      if (member.unescaped_key().get(key) != simdjson::SUCCESS) fail("input", "a bad key");
      simdjson::ondemand::value value;
      if (member.value().get(value) != simdjson::SUCCESS) fail("input", "a bad value");
      if (key != "text") continue;
      const std::string_view token = value.raw_json_token();
      if (value.get_string().get(text) != simdjson::SUCCESS) fail("input", "a text is no string");
      text_begin = token.data();
      text_size = token.find_last_of('"') + 1;  // a token may have white space behind it
    }
    ++documents_;
    text_bytes_ += text.size();
    hash_ ^= XXH3_64bits(text.data(), text.size());
    const char* const end = line.data() + line.size() + 1;  // with the line break
    if (text_begin == nullptr) {
      out_.append(line.data(), end);
    } else {
      out_.append(line.data(), text_begin + 1);
      out_.append_escaped(text);
      out_.append(text_begin + text_size - 1, end);
    }
    out_.flush_if_full();
  }

  void finish() {
    out_.close();
    std::printf("{\"documents\":%llu,\"text_bytes\":%llu,\"xxh3\":\"%016llx\"}\n",
                static_cast<unsigned long long>(documents_),
                static_cast<unsigned long long>(text_bytes_),
                static_cast<unsigned long long>(hash_));
  }

 private:
  Output out_;
  simdjson::ondemand::parser parser_;
  std::uint64_t documents_ = 0;
  std::uint64_t text_bytes_ = 0;
  std::uint64_t hash_ = 0;
};

void run(const char* input, const char* output) {
  const int fd = open(input, O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail(input, std::strerror(errno));
  Roofline roofline(output);
  std::string buffer(kBlockBytes + simdjson::SIMDJSON_PADDING, '\0');
  std::size_t filled = 0;  // the beginning of a line that is not complete
  while (true) {
    if (filled + simdjson::SIMDJSON_PADDING == buffer.size()) buffer.resize(2 * buffer.size());
    const ssize_t got =
        read(fd, buffer.data() + filled, buffer.size() - simdjson::SIMDJSON_PADDING - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(input, std::strerror(errno));
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    std::string_view rest(buffer.data(), filled);
    for (std::size_t end; (end = rest.find('\n')) != std::string_view::npos;) {
      if (end > 0) roofline.take(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
    std::memmove(buffer.data(), rest.data(), rest.size());
    filled = rest.size();
  }
  if (filled > 0) {
    buffer[filled] = '\n';
    roofline.take({buffer.data(), filled});
  }
  roofline.finish();
  close(fd);
}

}  // namespace
}  // namespace copydesk::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "Usage: roofline INPUT OUTPUT\n");
    return 2;
  }
  copydesk::bench::run(argv[1], argv[2]);
  return 0;
}
