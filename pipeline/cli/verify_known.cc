#include "cli/verify_known.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace copydesk::cli {

void Faults::add(std::string_view file, std::uint64_t row, std::string_view what) {
  if (full()) return;
  lines_.push_back(row == 0 ? fmt::format("{}: {}", file, what)
                            : fmt::format("{}: row {}: {}", file, row, what));
}

std::uint64_t hash_of_tag(std::uint64_t cluster, std::uint64_t size,
                          const std::vector<std::string>& outlets) {
  return hash_of(fmt::format("{}\n{}\n{}", cluster, size, fmt::join(outlets, "\n")));
}

std::string apply_spans(std::string_view original, const std::vector<AuditSpan>& spans) {
  std::string out;
  std::size_t at = 0;
  for (const AuditSpan& span : spans) {
    out += original.substr(at, span.span.begin - at);
    out += span.replacement;
    at = span.span.end;
  }
  return out.append(original.substr(at));
}

namespace {

// Where std::tmpfile() puts its files, and what was wrong there.
Error temporary_error(std::string_view what) {
  return {ErrorCode::kIo,
          fmt::format("{}: {} a temporary file: {}", P_tmpdir, what, std::strerror(errno))};
}

}  // namespace

Result<TextSpool> TextSpool::create() {
  std::FILE* const file = std::tmpfile();
  if (file == nullptr) return temporary_error("cannot create");
  return TextSpool(file);
}

Result<std::uint64_t> TextSpool::add(std::string_view original,
                                     const std::vector<AuditSpan>& spans) {
  std::string bytes;
  const auto put = [&](std::uint64_t value) {
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
  };
  const auto put_string = [&](std::string_view s) {
    put(s.size());
    bytes += s;
  };
  put_string(original);
  put(spans.size());
  for (const AuditSpan& span : spans) {
    put(span.span.begin);
    put(span.span.end);
    put_string(span.replacement);
  }
  const std::uint64_t place = size_;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) {
    return temporary_error("cannot write to");
  }
  size_ += bytes.size();
  return place;
}

Result<SpooledText> TextSpool::read(std::uint64_t place) {
  bool good = fseeko(file_.get(), static_cast<off_t>(place), SEEK_SET) == 0;
  const auto get = [&] {
    unsigned char bytes[8] = {};
    good = good && std::fread(bytes, 1, sizeof bytes, file_.get()) == sizeof bytes;
    std::uint64_t value = 0;
    for (int i = 7; i >= 0; --i) value = value << 8 | bytes[i];
    return value;
  };
  const auto get_string = [&] {
    const std::uint64_t size = get();
    std::string s;
    if (!good) return s;
    s.resize(size);
    good = std::fread(s.data(), 1, size, file_.get()) == size;
    return s;
  };
  SpooledText text;
  text.original = get_string();
  const std::uint64_t spans = get();
  for (std::uint64_t i = 0; i < spans && good; ++i) {
    AuditSpan& span = text.spans.emplace_back();
    span.span.begin = static_cast<std::uint32_t>(get());
    span.span.end = static_cast<std::uint32_t>(get());
    span.replacement = get_string();
  }
  if (!good) return temporary_error("cannot read");
  return text;
}

}  // namespace copydesk::cli
