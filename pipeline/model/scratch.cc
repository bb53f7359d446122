#include "copydesk/scratch.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

namespace copydesk {
namespace {

// Memory is given out in chunks, small because a file may have thousands of partitions, cut from
// slabs that go back to the system when the last chunk is free.
constexpr std::size_t kChunkBytes = 512;
constexpr std::size_t kSlabBytes = std::size_t{1} << 20;
constexpr std::size_t kSlabChunks = kSlabBytes / kChunkBytes;
constexpr std::size_t kWriteBytes = std::size_t{1} << 20;

// A run of a partition's bytes on disk.
struct Extent {
  std::uint64_t begin = 0;   // of its first byte in the partition
  std::uint64_t offset = 0;  // in the file
};

struct Partition {
  std::vector<std::uint32_t> chunks;  // all full but the last
  std::uint64_t in_memory = 0;        // bytes in chunks; they follow those on disk
  std::uint64_t on_disk = 0;
  std::vector<Extent> extents;
};

}  // namespace

class ScratchSpace::Pool {
 public:
  Pool(std::string folder, std::uint64_t memory) : folder_(std::move(folder)), memory_(memory) {}
  ~Pool() { release(); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  [[nodiscard]] std::uint64_t memory() const { return memory_; }
  [[nodiscard]] char* bytes(std::uint32_t chunk) const {
    return slabs_[chunk / kSlabChunks] + chunk % kSlabChunks * kChunkBytes;
  }
  [[nodiscard]] bool overflowed() const { return overflowed_; }

  Result<std::uint32_t> take();
  void give_back(std::vector<std::uint32_t>& chunks);

  void open(ScratchFile::State* file) { files_.push_back(file); }
  void close(ScratchFile::State* file);
  [[nodiscard]] std::size_t part(std::string_view name);
  [[nodiscard]] std::vector<ScratchUse> usage() const;
  [[nodiscard]] std::string next_path(std::string_view part) {
    return folder_ + "/" + std::string(part) + "-" + std::to_string(++made_);
  }

 private:
  void release();

  std::string folder_;
  std::uint64_t memory_;
  std::uint64_t in_use_ = 0;  // chunks
  bool overflowed_ = false;
  std::vector<char*> slabs_;
  std::vector<std::uint32_t> free_;
  std::vector<ScratchFile::State*> files_;
  std::vector<ScratchUse> closed_;  // by part, of files that are gone
  std::uint64_t made_ = 0;
};

struct ScratchFile::State {
  State(std::shared_ptr<ScratchSpace::Pool> owner, std::string_view name,
        std::size_t partition_count)
      : pool(std::move(owner)),
        part_name(name),
        part(pool->part(name)),
        partitions(partition_count) {
    pool->open(this);
  }
  ~State() {
    for (Partition& partition : partitions) pool->give_back(partition.chunks);
    pool->close(this);
    if (fd >= 0) ::close(fd);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Result<void> flush();
  Result<void> write(std::string_view bytes);
  Result<void> read_disk(std::uint64_t offset, std::span<char> out) const;

  std::shared_ptr<ScratchSpace::Pool> pool;
  std::string part_name;
  std::size_t part;
  std::vector<Partition> partitions;
  std::uint64_t appended = 0;
  std::uint64_t in_memory = 0;
  std::uint64_t written = 0;
  std::string path;
  int fd = -1;
};

Result<std::uint32_t> ScratchSpace::Pool::take() {
  if (!folder_.empty() && (in_use_ + 1) * kChunkBytes > memory_) {
    overflowed_ = true;
    ScratchFile::State* largest =
        *std::max_element(files_.begin(), files_.end(),
                          [](const auto* a, const auto* b) { return a->in_memory < b->in_memory; });
    COPYDESK_RETURN_IF_ERROR(largest->flush());
  }
  if (free_.empty()) {
    // All chunks may become free in a destructor, which cannot say that there is no memory.
    free_.reserve((slabs_.size() + 1) * kSlabChunks);
    slabs_.reserve(slabs_.size() + 1);
    void* slab =
        ::mmap(nullptr, kSlabBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (slab == MAP_FAILED) throw std::bad_alloc();
    const auto first = static_cast<std::uint32_t>(slabs_.size() * kSlabChunks);
    slabs_.push_back(static_cast<char*>(slab));
    for (std::uint32_t i = kSlabChunks; i-- > 0;) free_.push_back(first + i);
  }
  const std::uint32_t chunk = free_.back();
  free_.pop_back();
  ++in_use_;
  return chunk;
}

void ScratchSpace::Pool::give_back(std::vector<std::uint32_t>& chunks) {
  in_use_ -= chunks.size();
  free_.insert(free_.end(), chunks.begin(), chunks.end());
  chunks.clear();
  if (in_use_ == 0) release();
}

void ScratchSpace::Pool::release() {
  for (char* slab : slabs_) ::munmap(slab, kSlabBytes);
  slabs_ = {};
  free_ = {};
}

void ScratchSpace::Pool::close(ScratchFile::State* file) {
  std::erase(files_, file);
  closed_[file->part].bytes += file->appended;
  closed_[file->part].on_disk += file->written;
}

std::size_t ScratchSpace::Pool::part(std::string_view name) {
  const auto found = std::find_if(closed_.begin(), closed_.end(),
                                  [&](const ScratchUse& use) { return use.part == name; });
  const auto index = static_cast<std::size_t>(found - closed_.begin());
  if (found == closed_.end()) closed_.push_back({std::string(name), 0, 0});
  return index;
}

std::vector<ScratchUse> ScratchSpace::Pool::usage() const {
  std::vector<ScratchUse> all = closed_;
  for (const ScratchFile::State* file : files_) {
    all[file->part].bytes += file->appended;
    all[file->part].on_disk += file->written;
  }
  return all;
}

Result<void> ScratchFile::State::flush() {
  if (in_memory == 0) return {};
  if (fd < 0) {
    path = pool->next_path(part_name);
    // A name of its own while it has one: other spaces may use the folder, and one that was killed
    // may have left a file.
    std::string name = path + "-XXXXXX";
    fd = ::mkostemp(name.data(), O_CLOEXEC);
    if (fd < 0) {
      return Error{ErrorCode::kIo, path + ": cannot create: " + std::strerror(errno)};
    }
    ::unlink(name.c_str());
  }
  std::string buffer;
  buffer.reserve(kWriteBytes + kChunkBytes);
  std::uint64_t at = written;
  for (Partition& partition : partitions) {
    if (partition.in_memory == 0) continue;
    partition.extents.push_back({partition.on_disk, at});
    std::uint64_t left = partition.in_memory;
    for (const std::uint32_t chunk : partition.chunks) {
      const std::size_t some = std::min<std::uint64_t>(left, kChunkBytes);
      buffer.append(pool->bytes(chunk), some);
      left -= some;
      if (buffer.size() >= kWriteBytes) {
        COPYDESK_RETURN_IF_ERROR(write(buffer));
        buffer.clear();
      }
    }
    at += partition.in_memory;
    partition.on_disk += partition.in_memory;
    in_memory -= partition.in_memory;
    partition.in_memory = 0;
    pool->give_back(partition.chunks);
  }
  return write(buffer);
}

Result<void> ScratchFile::State::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(written));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      return Error{ErrorCode::kIo, path + ": cannot write after " + std::to_string(written) +
                                       " bytes: " + std::strerror(n < 0 ? errno : ENOSPC)};
    }
    written += static_cast<std::uint64_t>(n);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<void> ScratchFile::State::read_disk(std::uint64_t offset, std::span<char> out) const {
  while (!out.empty()) {
    const ssize_t n = ::pread(fd, out.data(), out.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Error{ErrorCode::kIo, path + ": cannot read: " + std::strerror(errno)};
    if (n == 0) return Error{ErrorCode::kCorrupt, path + ": ends early"};
    offset += static_cast<std::uint64_t>(n);
    out = out.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

ScratchSpace::ScratchSpace()
    : pool_(std::make_shared<Pool>("", std::numeric_limits<std::uint64_t>::max())) {}
ScratchSpace::ScratchSpace(std::string folder, std::uint64_t memory)
    : pool_(std::make_shared<Pool>(std::move(folder), memory)) {}
ScratchSpace::~ScratchSpace() = default;

std::uint64_t ScratchSpace::memory() const { return pool_->memory(); }

ScratchFile ScratchSpace::make_file(std::string_view part, std::size_t partitions) {
  return ScratchFile(std::make_unique<ScratchFile::State>(pool_, part, partitions));
}

std::vector<ScratchUse> ScratchSpace::usage() const { return pool_->usage(); }

ScratchFile::ScratchFile() = default;
ScratchFile::ScratchFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
ScratchFile::ScratchFile(ScratchFile&& other) noexcept = default;
ScratchFile& ScratchFile::operator=(ScratchFile&& other) noexcept = default;
ScratchFile::~ScratchFile() = default;

std::size_t ScratchFile::partitions() const { return state_->partitions.size(); }

std::uint64_t ScratchFile::size(std::size_t partition) const {
  const Partition& p = state_->partitions[partition];
  return p.on_disk + p.in_memory;
}

bool ScratchFile::on_disk() const { return state_->fd >= 0; }

Result<void> ScratchFile::append(std::size_t partition, std::string_view bytes) {
  State& s = *state_;
  assert(partition < s.partitions.size());
  Partition& p = s.partitions[partition];
  s.appended += bytes.size();
  while (!bytes.empty()) {
    const std::size_t used = p.in_memory % kChunkBytes;
    if (p.in_memory == p.chunks.size() * kChunkBytes) {
      // May write this very file, so that the chunk is the first of the partition again.
      COPYDESK_ASSIGN_OR_RETURN(const std::uint32_t chunk, s.pool->take());
      p.chunks.push_back(chunk);
      const std::size_t some = std::min(bytes.size(), kChunkBytes);
      std::memcpy(s.pool->bytes(chunk), bytes.data(), some);
      p.in_memory += some;
      s.in_memory += some;
      bytes.remove_prefix(some);
      continue;
    }
    const std::size_t some = std::min(bytes.size(), kChunkBytes - used);
    std::memcpy(s.pool->bytes(p.chunks.back()) + used, bytes.data(), some);
    p.in_memory += some;
    s.in_memory += some;
    bytes.remove_prefix(some);
  }
  return {};
}

Result<void> ScratchFile::finish() {
  return state_->pool->overflowed() ? state_->flush() : Result<void>();
}

Result<void> ScratchFile::read(std::size_t partition, std::string& out) const {
  out.resize(size(partition));
  return read_at(partition, 0, out);
}

Result<void> ScratchFile::read_at(std::size_t partition, std::uint64_t offset,
                                  std::span<char> out) const {
  const Partition& p = state_->partitions[partition];
  assert(offset + out.size() <= p.on_disk + p.in_memory);
  auto extent = std::upper_bound(p.extents.begin(), p.extents.end(), offset,
                                 [](std::uint64_t at, const Extent& e) { return at < e.begin; });
  while (!out.empty() && offset < p.on_disk) {
    const std::uint64_t end = extent == p.extents.end() ? p.on_disk : extent->begin;
    const Extent& in = *std::prev(extent);
    const std::size_t some = std::min<std::uint64_t>(out.size(), end - offset);
    COPYDESK_RETURN_IF_ERROR(state_->read_disk(in.offset + (offset - in.begin), out.first(some)));
    offset += some;
    out = out.subspan(some);
    if (extent != p.extents.end()) ++extent;
  }
  while (!out.empty()) {
    const std::uint64_t at = offset - p.on_disk;
    const std::size_t in_chunk = at % kChunkBytes;
    const std::size_t some = std::min(out.size(), kChunkBytes - in_chunk);
    std::memcpy(out.data(), state_->pool->bytes(p.chunks[at / kChunkBytes]) + in_chunk, some);
    offset += some;
    out = out.subspan(some);
  }
  return {};
}

}  // namespace copydesk
