#include "reuse/page_file.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <memory>
#include <numeric>
#include <unordered_map>
#include <utility>

namespace copydesk::reuse {
namespace {

constexpr std::size_t kParts = 256;

// What stands before each page in a part.
struct Head {
  std::uint32_t outlet = 0;
  std::uint32_t size = 0;
};

constexpr std::uint8_t kHasSketch = 1;
constexpr std::uint8_t kHasTime = 2;
constexpr std::uint8_t kHasStarts = 128;  // beside the shape of a line

Error damaged() { return {ErrorCode::kCorrupt, "the note of a page is damaged"}; }

template <class T>
void put(const T& value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

// Takes values off the front; `ok` turns false at the end.
class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}

  template <class T>
  T take() {
    T value{};
    const std::string_view bytes = take_bytes(sizeof(T));
    if (!bytes.empty()) std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
  }
  std::string_view take_bytes(std::size_t size) {
    if (in_.size() < size) {
      ok_ = false;
      in_ = {};
      return {};
    }
    const std::string_view bytes = in_.substr(0, size);
    in_.remove_prefix(size);
    return bytes;
  }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::string_view in_;
  bool ok_ = true;
};

}  // namespace

void encode_page(const PageNote& page, std::string& out) {
  put(page.doc, out);
  unsigned has = 0;
  if (page.sketch) has |= kHasSketch;
  if (page.time) has |= kHasTime;
  put(static_cast<std::uint8_t>(has), out);
  if (page.time) put(*page.time, out);
  put(static_cast<std::uint32_t>(page.date.size()), out);
  out += page.date;
  if (page.sketch) put(*page.sketch, out);
  put(static_cast<std::uint32_t>(page.lines.size()), out);
  for (const LineNote& line : page.lines) {
    const bool starts = line.head != 0 || line.tail != 0;
    put(line.key, out);
    put(line.position, out);
    put(line.words, out);
    put(static_cast<std::uint8_t>(static_cast<unsigned>(line.shape) | (starts ? kHasStarts : 0U)),
        out);
    if (!starts) continue;
    put(line.head, out);
    put(line.tail, out);
  }
}

Result<PageNote> decode_page(std::string_view bytes, bool with_sketch) {
  Reader in(bytes);
  PageNote page;
  page.doc = in.take<std::uint64_t>();
  const auto has = in.take<std::uint8_t>();
  if ((has & kHasTime) != 0) page.time = in.take<std::int64_t>();
  page.date = in.take_bytes(in.take<std::uint32_t>());
  if ((has & kHasSketch) != 0) {
    const auto sketch = in.take<PageSketch>();
    if (with_sketch) page.sketch = std::make_unique<PageSketch>(sketch);
  }
  const auto lines = in.take<std::uint32_t>();
  if (in.ok() && lines <= bytes.size()) page.lines.resize(lines);
  for (LineNote& line : page.lines) {
    line.key = in.take<std::uint64_t>();
    line.position = in.take<std::uint16_t>();
    line.words = in.take<std::uint16_t>();
    const auto shape = in.take<std::uint8_t>();
    line.shape = static_cast<LineShape>(shape & ~kHasStarts);
    if ((shape & kHasStarts) == 0) continue;
    line.head = in.take<std::uint64_t>();
    line.tail = in.take<std::uint64_t>();
  }
  if (!in.ok() || page.lines.size() != lines) {
    return damaged();
  }
  return page;
}

PageFile::PageFile(ScratchSpace& space, std::size_t most_pages)
    : memory_(space.memory()), most_pages_(most_pages), file_(space.make_file("pages", kParts)) {}

std::size_t PageFile::level_of(std::string_view encoded) {
  // Without the ordinal, which is where the page stood in the input.
  const std::string_view content = encoded.substr(sizeof(PageNote::doc));
  const std::uint64_t hash = XXH3_64bits(content.data(), content.size());
  return std::min(static_cast<std::size_t>(std::countl_zero(hash)), kLevels - 1);
}

Result<void> PageFile::add(std::uint32_t outlet, std::string_view encoded) {
  if (encoded.size() > std::numeric_limits<std::uint32_t>::max()) {
    return Error{ErrorCode::kInvalidArgument,
                 "strip_templates: what is noted of the lines of a page takes " +
                     std::to_string(encoded.size()) + " bytes, more than 4,294,967,295"};
  }
  if (samples_.size() <= outlet) samples_.resize(std::size_t{outlet} + 1);
  Sample& sample = samples_[outlet];
  const std::size_t level = level_of(encoded);
  if (level < sample.least) return {};
  ++sample.pages[level];
  const auto kept = [&] {
    return std::accumulate(sample.pages.begin() + static_cast<std::ptrdiff_t>(sample.least),
                           sample.pages.end(), std::size_t{0});
  };
  while (kept() > most_pages_ && sample.least + 1 < kLevels) ++sample.least;
  if (level < sample.least) return {};
  COPYDESK_RETURN_IF_ERROR(file_.append_record(
      outlet % kParts, Head{outlet, static_cast<std::uint32_t>(encoded.size())}));
  return file_.append(outlet % kParts, encoded);
}

Result<void> PageFile::for_each_outlet(const Corpus& corpus, bool with_sketches,
                                       const TakeOutlet& take) const {
  struct Outlet {
    std::uint32_t outlet = 0;
    std::vector<std::string_view> pages;
  };
  std::vector<std::string> parts;
  for (std::size_t part = 0; part < kParts;) {
    // Several parts at once, so that there are outlets for all workers.
    parts.clear();
    for (std::uint64_t bytes = 0; part < kParts && bytes <= memory_ / 8; ++part) {
      COPYDESK_RETURN_IF_ERROR(file_.read(part, parts.emplace_back()));
      bytes += parts.back().size();
    }
    std::vector<Outlet> outlets;
    std::unordered_map<std::uint32_t, std::size_t> place_of;
    for (const std::string& bytes : parts) {
      for (std::size_t at = 0; at < bytes.size();) {
        Head head;
        if (bytes.size() - at < sizeof(head)) return damaged();
        std::memcpy(&head, bytes.data() + at, sizeof(head));
        at += sizeof(head);
        if (bytes.size() - at < head.size) return damaged();
        const std::string_view page = std::string_view(bytes).substr(at, head.size);
        at += head.size;
        // Written before the outlet had that many.
        if (level_of(page) < samples_[head.outlet].least) continue;
        const auto [place, is_new] = place_of.emplace(head.outlet, outlets.size());
        if (is_new) outlets.push_back({head.outlet, {}});
        outlets[place->second].pages.push_back(page);
      }
    }
    const auto take_outlet = [&](std::size_t i) -> Result<void> {
      std::vector<PageNote> pages;
      pages.reserve(outlets[i].pages.size());
      for (const std::string_view encoded : outlets[i].pages) {
        COPYDESK_ASSIGN_OR_RETURN(PageNote page, decode_page(encoded, with_sketches));
        pages.push_back(std::move(page));
      }
      return take(outlets[i].outlet, pages);
    };
    COPYDESK_RETURN_IF_ERROR(corpus.parallel_for(outlets.size(), take_outlet));
  }
  return {};
}

}  // namespace copydesk::reuse
