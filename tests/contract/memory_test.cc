// What a run writes does not depend on the memory it may use: with little of it everything that
// corpus stages remember goes through files.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "copydesk/pipeline.h"

namespace copydesk {
namespace {

namespace fs = std::filesystem;

std::string word(std::mt19937& rng) {
  // Few words are frequent, most are rare.
  const auto rank = static_cast<std::uint32_t>(2000.0 / (1.0 + static_cast<double>(rng() % 1999)));
  std::string text = "w";
  for (std::uint32_t n = rank * 7 + static_cast<std::uint32_t>(rng() % (2 * rank + 5)); n > 0;
       n /= 20) {
    text += static_cast<char>('a' + n % 20);
  }
  return text;
}

std::vector<std::string> sentences_of(std::mt19937& rng, int count) {
  std::vector<std::string> sentences;
  for (int i = 0; i < count; ++i) {
    std::string sentence;
    for (auto n = 8 + rng() % 12; n > 0; --n) sentence += word(rng) + " ";
    sentence.back() = '.';
    sentences.push_back(std::move(sentence));
  }
  return sentences;
}

// Pages of a dozen outlets with menus and footers, a quarter of them copies: whole, edited, cut, or
// one sentence. Some have no date, no outlet, no id; one is broken.
std::string corpus(std::size_t documents) {
  std::mt19937 rng(11);
  std::vector<std::vector<std::string>> articles;
  std::string out;
  for (std::size_t doc = 0; doc < documents; ++doc) {
    std::vector<std::string> article = sentences_of(rng, 6 + static_cast<int>(rng() % 6));
    if (!articles.empty() && rng() % 4 == 0) {
      const std::vector<std::string>& source = articles[rng() % articles.size()];
      switch (rng() % 4) {
        case 0:
          article = source;
          break;
        case 1:
          article = source;
          article[rng() % article.size()] = sentences_of(rng, 1)[0];
          break;
        case 2:
          article.assign(source.begin(), source.begin() + 4);
          break;
        default:
          article[2] = source[1];
      }
    }
    articles.push_back(article);
    const std::string outlet = "outlet-" + std::to_string(rng() % 12);
    out += "{";
    if (rng() % 20 != 0) out += "\"id\":\"doc-" + std::to_string(doc % (documents - 9)) + "\",";
    if (rng() % 30 != 0) out += "\"outlet\":\"" + outlet + ".example\",";
    if (rng() % 10 != 0) out += "\"date\":\"2024-03-" + std::to_string(10 + rng() % 5) + "\",";
    out += "\"title\":\"" + sentences_of(rng, 1)[0] + "\",\"text\":\"";
    out += "Home of " + outlet + "\\nNews and Sport of " + outlet + "\\n";
    for (const std::string& sentence : article) out += sentence + (rng() % 3 == 0 ? "\\n" : " ");
    out += "\\nAll rights are with the publishers of " + outlet + " and its partners.\"}\n";
    if (doc == 5) out += "{broken\n";
  }
  return out;
}

using Files = std::map<std::string, std::string>;

struct Written {
  Files files;
  std::map<std::string, ScratchUse> work_files;  // by part
};

class Memory : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / ("copydesk_memory." + std::to_string(::getpid()));
    fs::create_directories(folder_);
    std::ofstream(folder_ / "in.jsonl") << corpus(900);
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] Written run(std::uint64_t memory, std::uint32_t threads) const {
    RunRequest request;
    request.config = default_config(builtin_stages());
    request.config.run.memory = memory;
    request.config.run.threads = threads;
    request.inputs = {(folder_ / "in.jsonl").string()};
    request.out_dir = (folder_ / "out").string();
    request.force = true;
    const Result<RunSummary> summary = run_pipeline(request, builtin_stages());
    EXPECT_TRUE(summary.ok()) << (summary.ok() ? "" : summary.error().message);
    if (!summary.ok()) return {};
    Written done;
    for (const ScratchUse& use : summary->work_files) done.work_files[use.part] = use;
    for (const fs::directory_entry& entry : fs::directory_iterator(request.out_dir)) {
      if (entry.path().extension() != ".jsonl") continue;
      std::ostringstream bytes;
      bytes << std::ifstream(entry.path()).rdbuf();
      done.files[entry.path().filename()] = bytes.str();
    }
    EXPECT_FALSE(fs::exists(folder_ / "out" / ".work"));
    return done;
  }

  fs::path folder_;
};

TEST_F(Memory, ChangesNoByte) {
  const Written roomy = run(8ULL << 30, 1);
  for (const char* name : {"clean.jsonl", "pairs.jsonl", "clusters.jsonl", "dropped.jsonl",
                           "templates.jsonl", "audit.jsonl", "rejected.jsonl", "stories.jsonl"}) {
    ASSERT_TRUE(roomy.files.contains(name)) << name;
    EXPECT_FALSE(roomy.files.at(name).empty()) << name;
  }
  for (const char* part : {"bands", "fingerprints", "documents", "pages"}) {
    ASSERT_TRUE(roomy.work_files.contains(part)) << part;
    EXPECT_EQ(roomy.work_files.at(part).on_disk, 0U) << part;
  }
  for (const std::uint64_t memory : {1ULL << 16, 1ULL << 22}) {
    for (const std::uint32_t threads : {1U, 3U}) {
      SCOPED_TRACE(std::to_string(memory) + " bytes, " + std::to_string(threads) + " threads");
      const Written tight = run(memory, threads);
      EXPECT_GT(tight.work_files.at("bands").on_disk, 0U);
      EXPECT_EQ(tight.work_files.at("bands").bytes, roomy.work_files.at("bands").bytes);
      ASSERT_EQ(tight.files.size(), roomy.files.size());
      for (const auto& [name, bytes] : roomy.files) {
        EXPECT_TRUE(tight.files.at(name) == bytes) << name;
      }
    }
  }
}

}  // namespace
}  // namespace copydesk
