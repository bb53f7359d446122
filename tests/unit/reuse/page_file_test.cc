#include "reuse/page_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <numeric>

namespace copydesk::reuse {
namespace {

PageNote page_of(std::uint64_t doc) {
  PageNote page;
  page.doc = doc;
  if (doc % 3 != 0) page.time = static_cast<std::int64_t>(doc) - 1000;
  page.date = std::string(doc % 7, 'd');
  for (std::uint64_t i = 0; i < doc % 5; ++i) {
    LineNote& line = page.lines.emplace_back();
    line.key = doc * 1000 + i + 1;
    line.position = static_cast<std::uint16_t>(i * 250);
    line.words = static_cast<std::uint16_t>(i * 20'000);
    line.shape = static_cast<LineShape>(i % 3);
    if (i % 2 == 1) {
      line.head = i * 17;
      line.tail = ~i;
    }
  }
  if (doc % 2 == 0) {
    page.sketch = std::make_unique<PageSketch>();
    for (std::size_t bin = 0; bin < kSketchSize; ++bin) {
      (*page.sketch)[bin] = static_cast<std::uint32_t>(doc * bin);
    }
  }
  return page;
}

std::string encoded(const PageNote& page) {
  std::string out;
  encode_page(page, out);
  return out;
}

void expect_same(const PageNote& page, const PageNote& other, bool with_sketch) {
  EXPECT_EQ(page.doc, other.doc);
  EXPECT_EQ(page.time, other.time);
  EXPECT_EQ(page.date, other.date);
  ASSERT_EQ(page.lines.size(), other.lines.size());
  for (std::size_t i = 0; i < page.lines.size(); ++i) {
    EXPECT_EQ(page.lines[i].key, other.lines[i].key);
    EXPECT_EQ(page.lines[i].position, other.lines[i].position);
    EXPECT_EQ(page.lines[i].words, other.lines[i].words);
    EXPECT_EQ(page.lines[i].shape, other.lines[i].shape);
    EXPECT_EQ(page.lines[i].head, other.lines[i].head);
    EXPECT_EQ(page.lines[i].tail, other.lines[i].tail);
  }
  ASSERT_EQ(page.sketch != nullptr, with_sketch && other.sketch != nullptr);
  if (page.sketch) {
    EXPECT_EQ(*page.sketch, *other.sketch);
  }
}

TEST(PageCode, EverythingComesBack) {
  for (std::uint64_t doc = 0; doc < 210; ++doc) {
    for (const bool with_sketch : {false, true}) {
      const Result<PageNote> page = decode_page(encoded(page_of(doc)), with_sketch);
      ASSERT_TRUE(page.ok());
      expect_same(*page, page_of(doc), with_sketch);
    }
  }
}

TEST(PageCode, ATruncatedNoteIsCorrupt) {
  const std::string whole = encoded(page_of(194));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Result<PageNote> page = decode_page(std::string_view(whole).substr(0, size), true);
    ASSERT_FALSE(page.ok()) << size;
    EXPECT_EQ(page.error().code, ErrorCode::kCorrupt);
  }
}

// Has no documents, only workers.
class Workers : public Corpus {
 public:
  std::uint64_t size() const override { return 0; }
  bool alive(std::uint64_t /*doc*/) const override { return true; }
  Result<Document> read(std::uint64_t /*doc*/) const override {
    return Error{ErrorCode::kInternal, "no documents"};
  }
  Result<void> parallel_for(std::size_t n,
                            const std::function<Result<void>(std::size_t)>& fn) const override {
    for (std::size_t i = n; i-- > 0;) COPYDESK_RETURN_IF_ERROR(fn(i));
    return {};
  }
};

TEST(PageFile, GivesPagesBackByOutlet) {
  for (const std::uint64_t memory : {4096U, 64U << 20U}) {
    ScratchSpace space(::testing::TempDir(), memory);
    PageFile file(space);
    std::map<std::uint32_t, std::vector<std::uint64_t>> expected;
    for (std::uint64_t doc = 0; doc < 2000; ++doc) {
      // More outlets than parts.
      const auto outlet = static_cast<std::uint32_t>(doc * doc % 700);
      ASSERT_TRUE(file.add(outlet, encoded(page_of(doc))).ok());
      expected[outlet].push_back(doc);
    }
    ASSERT_TRUE(file.finish().ok());
    std::map<std::uint32_t, std::vector<std::uint64_t>> found;
    const auto take = [&](std::uint32_t outlet, const std::vector<PageNote>& pages) {
      EXPECT_FALSE(found.contains(outlet));
      for (const PageNote& page : pages) {
        expect_same(page, page_of(page.doc), true);
        found[outlet].push_back(page.doc);
      }
      return Result<void>();
    };
    EXPECT_TRUE(file.for_each_outlet(Workers(), true, take).ok());
    EXPECT_EQ(found, expected);
  }
}

// Which pages stay does not depend on the order in which they come.
TEST(PageFile, KeepsASampleOfAnOutletWithManyPages) {
  constexpr std::size_t kMost = 100;
  const auto kept = [&](const std::vector<std::uint64_t>& docs) {
    ScratchSpace space;
    PageFile file(space, kMost);
    for (const std::uint64_t doc : docs) {
      PageNote page = page_of(doc);
      EXPECT_TRUE(file.add(1, encoded(page)).ok());
    }
    EXPECT_TRUE(file.finish().ok());
    std::vector<std::uint64_t> found;
    const auto take = [&](std::uint32_t /*outlet*/, const std::vector<PageNote>& pages) {
      for (const PageNote& page : pages) found.push_back(page.doc);
      return Result<void>();
    };
    EXPECT_TRUE(file.for_each_outlet(Workers(), false, take).ok());
    std::sort(found.begin(), found.end());
    return found;
  };
  std::vector<std::uint64_t> docs(kMost);
  std::iota(docs.begin(), docs.end(), std::uint64_t{0});
  EXPECT_EQ(kept(docs).size(), kMost);  // not one too many
  docs.resize(kMost + 1);
  std::iota(docs.begin(), docs.end(), std::uint64_t{0});
  EXPECT_LT(kept(docs).size(), kMost);
  docs.resize(3000);
  std::iota(docs.begin(), docs.end(), std::uint64_t{0});
  const std::vector<std::uint64_t> sample = kept(docs);
  EXPECT_GT(sample.size(), kMost / 4);
  EXPECT_LE(sample.size(), kMost);
  std::reverse(docs.begin(), docs.end());
  EXPECT_EQ(kept(docs), sample);
}

// Addresses alone: not a byte of it is read.
TEST(PageFile, RefusesANoteOfFourGibibytes) {
  constexpr std::size_t kSize = std::size_t{1} << 32U;
  void* const bytes =
      mmap(nullptr, kSize, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(bytes, MAP_FAILED);
  ScratchSpace space;
  PageFile file(space);
  const Result<void> result = file.add(1, {static_cast<const char*>(bytes), kSize});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(result.error().message, ::testing::HasSubstr("4294967296 bytes"));
  munmap(bytes, kSize);
}

TEST(PageFile, PassesFaultsOn) {
  ScratchSpace space;
  PageFile file(space);
  ASSERT_TRUE(file.add(1, encoded(page_of(1))).ok());
  const auto fail = [](std::uint32_t, const std::vector<PageNote>&) -> Result<void> {
    return Error{ErrorCode::kIo, "enough"};
  };
  const Result<void> result = file.for_each_outlet(Workers(), true, fail);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message, "enough");
}

}  // namespace
}  // namespace copydesk::reuse
