// make_corpus: writes a made-up corpus (corpus.h) as JSONL, and what was planted in it.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "end_to_end/corpus.h"

namespace copydesk::bench {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

// A file that is written in large pieces; "-" is standard output.
class Output {
 public:
  explicit Output(const std::string& path) : path_(path) {
    fd_ = path == "-" ? STDOUT_FILENO
                      : open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd_ < 0) fail();
  }

  std::string& buffer() { return buffer_; }
  void flush_if_full() {
    if (buffer_.size() >= kBufferBytes) flush();
  }
  void close() {
    flush();
    if (fd_ != STDOUT_FILENO && ::close(fd_) != 0) fail();
  }

 private:
  void flush() {
    for (std::size_t at = 0; at < buffer_.size();) {
      const ssize_t written = write(fd_, buffer_.data() + at, buffer_.size() - at);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail();
      at += static_cast<std::size_t>(written);
    }
    buffer_.clear();
  }
  [[noreturn]] void fail() const {
    std::fprintf(stderr, "make_corpus: %s: %s\n", path_.c_str(), std::strerror(errno));
    std::exit(2);
  }

  const std::string path_;
  int fd_ = -1;
  std::string buffer_;
};

void append_gold(std::uint64_t document, const PlantedCopy& copy, std::string& out) {
  out += R"({"copy":"doc-)" + std::to_string(document);
  out += R"(","source":"doc-)" + std::to_string(copy.source);
  out += R"(","kind":")";
  out += copy_kind_name(copy.kind);
  out += "\"}\n";
}

int main_of(int argc, char** argv) {
  CLI::App app(
      "Makes a corpus of news pages for benchmarks: the same bytes for the same options on every\n"
      "machine, in constant memory.\n\n"
      "Example: make_corpus --documents 100000 --out corpus.jsonl --gold gold.jsonl");
  CorpusOptions options;
  std::string out = "-";
  std::string gold;
  app.add_option("--documents", options.documents, "How many.")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1000000000}))
      ->capture_default_str();
  app.add_option("--article-bytes", options.article_bytes,
                 "Mean size of an article, without the frame of its page.")
      ->check(CLI::Range(256, 65536))
      ->capture_default_str();
  app.add_option("--outlets", options.outlets,
                 "How many, 2 to 2000; 0: one for every 100 documents, 10 to 2000.")
      ->check(CLI::IsMember({0}) | CLI::Range(2, 2000))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Another seed is another corpus.")->capture_default_str();
  std::array<double, kCopyKinds> shares;
  for (std::size_t kind = 0; kind < kCopyKinds; ++kind) {
    const std::string name(copy_kind_name(static_cast<CopyKind>(kind)));
    shares[kind] = options.copies_per_million[kind] / 1e6;
    app.add_option("--" + name, shares[kind], "Share of the documents with such a copy.")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
  }
  app.add_option("--out", out, "JSONL file; -: standard output.")->capture_default_str();
  app.add_option("--gold", gold, "JSONL file of what was planted: copy, source, kind.");
  try {
    app.parse(argc, argv);
    std::uint64_t all = 0;
    for (std::size_t kind = 0; kind < kCopyKinds; ++kind) {
      options.copies_per_million[kind] = static_cast<std::uint32_t>(shares[kind] * 1e6 + 0.5);
      all += options.copies_per_million[kind];
    }
    if (all > 1000000) throw CLI::ValidationError("the shares of copies", "sum above 1");
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }

  Corpus corpus(options);
  Output records(out);
  std::unique_ptr<Output> pairs;
  if (!gold.empty()) pairs = std::make_unique<Output>(gold);
  for (std::uint64_t document = 0; document < options.documents; ++document) {
    corpus.append_record(document, records.buffer());
    records.flush_if_full();
    if (pairs == nullptr) continue;
    if (const std::optional<PlantedCopy> copy = corpus.copy_of(document)) {
      append_gold(document, *copy, pairs->buffer());
      pairs->flush_if_full();
    }
  }
  records.close();
  if (pairs != nullptr) pairs->close();
  return 0;
}

}  // namespace
}  // namespace copydesk::bench

int main(int argc, char** argv) { return copydesk::bench::main_of(argc, argv); }
