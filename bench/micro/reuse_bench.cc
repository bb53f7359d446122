// The kernels that turn words into sketches, beside what exact deduplication costs at the least:
// one XXH3-64 a paragraph over the same documents. The references restate the hashes of
// stages/reuse/{shingles,sketch}.cc: who changes one there changes it here.
#include <benchmark/benchmark.h>
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/text/lines.h"
#include "copydesk/text/words.h"
#include "micro/report.h"
#include "micro/synthetic_text.h"
#include "reuse/fingerprints.h"
#include "reuse/shingles.h"
#include "reuse/sketch.h"

namespace copydesk::bench {
namespace {

using text::Word;

// --- The slow obvious ways -------------------------------------------------------------------

// A byte at a time, through the streaming interface.
std::uint64_t slow_xxh3(std::string_view bytes) {
  XXH3_state_t* state = XXH3_createState();
  XXH3_64bits_reset(state);
  for (const char& c : bytes) XXH3_64bits_update(state, &c, 1);
  const std::uint64_t hash = XXH3_64bits_digest(state);
  XXH3_freeState(state);
  return hash;
}

// Every shingle from its words alone, nothing rolled on. Precondition: at least five words.
std::vector<std::uint64_t> slow_shingles(std::span<const Word> words) {
  std::vector<std::uint64_t> shingles;
  for (std::size_t first = 0; first + reuse::kShingleWords <= words.size(); ++first) {
    std::uint64_t x = 0;
    for (int i = 0; i < reuse::kShingleWords; ++i) {
      const int rotation = 11 * (reuse::kShingleWords - 1 - i);
      x ^= std::rotl(words[first + static_cast<std::size_t>(i)].hash, rotation);
    }
    x = (x ^ (x >> 32)) * 0x9E3779B97F4A7C15;
    shingles.push_back(x ^ (x >> 29));
  }
  return shingles;
}

// All rounds of all elements: a bin has its smallest dart, however late the round.
reuse::Sketch slow_sketch(std::span<const std::uint64_t> shingles) {
  reuse::Sketch sketch;
  sketch.fill(reuse::kEmptyBin);
  for (std::uint32_t round = 0; round < 2 * reuse::kSketchSize; ++round) {
    for (const std::uint64_t shingle : shingles) {
      std::uint64_t dart = shingle + (round + 1) * 0x9E3779B97F4A7C15;
      for (int i = 0; i < 2; ++i) dart = (dart ^ (dart >> 32)) * 0xD6E8FEB86659FD93;
      const std::size_t bin = round < reuse::kSketchSize ? dart >> 57 : round - reuse::kSketchSize;
      const std::uint64_t place = dart << 7 >> 8;
      sketch[bin] = std::min(sketch[bin], std::uint64_t{round} << 56 | place);
    }
  }
  return sketch;
}

// Every window by itself.
std::vector<reuse::Fingerprint> slow_fingerprints(std::span<const Word> words, int guarantee) {
  std::vector<std::uint64_t> grams;
  reuse::hash_grams(words, reuse::kFingerprintWords, grams);
  const auto window = static_cast<std::size_t>(guarantee - reuse::kFingerprintWords + 1);
  std::vector<reuse::Fingerprint> found;
  for (std::size_t begin = 0; begin + window <= grams.size(); ++begin) {
    std::size_t smallest = begin;
    for (std::size_t i = begin; i < begin + window; ++i) {
      if (grams[i] <= grams[smallest]) smallest = i;
    }
    if (!found.empty() && found.back().word == smallest) continue;
    found.push_back({grams[smallest], static_cast<std::uint32_t>(smallest)});
  }
  return found;
}

// --- The benchmarks --------------------------------------------------------------------------

// The yardstick.
void bench_xxh3(benchmark::State& state) {
  std::vector<std::string_view> paragraphs;
  std::vector<text::Line> lines;
  std::size_t bytes = 0;
  for (const std::string& document : documents()) {
    text::split_lines(document, lines);
    for (const text::Line& line : lines) {
      if (line.begin == line.end) continue;
      paragraphs.push_back(std::string_view(document).substr(line.begin, line.end - line.begin));
      bytes += paragraphs.back().size();
    }
  }
  for (const std::string_view paragraph : paragraphs) {
    if (XXH3_64bits(paragraph.data(), paragraph.size()) != slow_xxh3(paragraph)) {
      return state.SkipWithError("wrong hash");
    }
  }
  for (auto _ : state) {
    for (const std::string_view paragraph : paragraphs) {
      benchmark::DoNotOptimize(XXH3_64bits(paragraph.data(), paragraph.size()));
    }
  }
  report(state, bytes, paragraphs.size(), "paragraphs");
}
BENCHMARK(bench_xxh3)->Name("xxh3_64_per_paragraph");

void bench_shingle_words(benchmark::State& state) {
  std::vector<std::vector<Word>> inputs;
  std::vector<std::uint64_t> shingles;
  std::size_t count = 0;
  for (const std::string& document : documents()) {
    text::split_words(document, inputs.emplace_back());
    reuse::shingle_words(inputs.back(), shingles);
    if (shingles != slow_shingles(inputs.back())) return state.SkipWithError("wrong shingles");
    count += shingles.size();
  }
  for (auto _ : state) {
    for (const std::vector<Word>& words : inputs) {
      reuse::shingle_words(words, shingles);
      benchmark::DoNotOptimize(shingles.data());
      benchmark::ClobberMemory();
    }
  }
  report(state, documents_bytes(), count, "shingles");
}
BENCHMARK(bench_shingle_words)->Name("shingle_words");

// Sets of shingles as the stage makes them, sorted and distinct, and the bytes of their texts.
struct Sets {
  std::vector<std::vector<std::uint64_t>> sets;
  std::size_t bytes = 0;
};

// `count` sets of exactly `size` shingles, each of a stretch of text of its own.
Sets make_sets(std::size_t count, std::size_t size) {
  std::vector<Word> words;
  // 16 bytes a word are more than enough.
  text::split_words(synthetic_text(size, 16 * count * (size + reuse::kShingleWords)), words);
  Sets out;
  std::vector<std::uint64_t> shingles;
  reuse::shingle_words(words, shingles);
  std::set<std::uint64_t> set;
  std::size_t first = 0;
  for (std::size_t at = 0; at < shingles.size() && out.sets.size() < count; ++at) {
    set.insert(shingles[at]);
    if (set.size() < size) continue;
    out.sets.emplace_back(set.begin(), set.end());
    out.bytes += words[at + reuse::kShingleWords - 1].end - words[first].begin;
    first = at + reuse::kShingleWords;
    at = first - 1;
    set.clear();
  }
  return out;
}

void bench_sketch_shingles(benchmark::State& state) {
  constexpr std::size_t kSets = 32;
  const auto size = static_cast<std::size_t>(state.range(0));
  const Sets inputs = make_sets(kSets, size);
  if (inputs.sets.size() != kSets) return state.SkipWithError("too little text");
  reuse::Sketch sketch;
  for (const std::vector<std::uint64_t>& set : inputs.sets) {
    reuse::sketch_shingles(set, sketch);
    if (set.size() != size || sketch != slow_sketch(set))
      return state.SkipWithError("wrong sketch");
  }
  for (auto _ : state) {
    for (const std::vector<std::uint64_t>& set : inputs.sets) {
      reuse::sketch_shingles(set, sketch);
      benchmark::DoNotOptimize(sketch.data());
      benchmark::ClobberMemory();
    }
  }
  report(state, inputs.bytes, kSets * size, "shingles");
}
// A short item, a few paragraphs, a document of about 4 KB.
BENCHMARK(bench_sketch_shingles)->Name("sketch_shingles")->Arg(30)->Arg(165)->Arg(625);

void bench_winnow(benchmark::State& state) {
  constexpr int kGuarantee = 14;  // as match_reuse has it
  std::vector<std::vector<Word>> inputs;
  std::vector<reuse::Fingerprint> found;
  std::size_t count = 0;
  for (const std::string& document : documents()) {
    text::split_words(document, inputs.emplace_back());
    reuse::winnow(inputs.back(), kGuarantee, found);
    const std::vector<reuse::Fingerprint> slow = slow_fingerprints(inputs.back(), kGuarantee);
    const bool same = std::equal(
        found.begin(), found.end(), slow.begin(), slow.end(),
        [](const auto& a, const auto& b) { return a.hash == b.hash && a.word == b.word; });
    if (!same) return state.SkipWithError("wrong fingerprints");
    count += inputs.back().size();
  }
  for (auto _ : state) {
    for (const std::vector<Word>& words : inputs) {
      reuse::winnow(words, kGuarantee, found);
      benchmark::DoNotOptimize(found.data());
      benchmark::ClobberMemory();
    }
  }
  report(state, documents_bytes(), count, "words");
}
BENCHMARK(bench_winnow)->Name("winnow");

}  // namespace
}  // namespace copydesk::bench
