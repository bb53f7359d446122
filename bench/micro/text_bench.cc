// The kernels that read every byte: lines, their keys, words. The references are for the letters of
// synthetic_text() only; the unit tests have the general ones.
#include <benchmark/benchmark.h>
#include <xxhash.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/text/lines.h"
#include "copydesk/text/words.h"
#include "micro/report.h"
#include "micro/synthetic_text.h"

namespace copydesk::bench {
namespace {

using text::Line;
using text::Word;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view bytes_of(std::string_view text, const Line& line) {
  return text.substr(line.begin, line.end - line.begin);
}

// --- The slow obvious ways -------------------------------------------------------------------

std::vector<Line> slow_lines(std::string_view text) {
  std::vector<Line> lines;
  Line line;
  for (std::uint32_t at = 0; at < text.size(); ++at) {
    line.end = text[at] == '\n' ? at : at + 1;
    line.next = at + 1;
    if (text[at] != '\n' && line.next != text.size()) continue;
    lines.push_back(line);
    line.begin = line.next;
  }
  return lines;
}

std::uint64_t slow_key(std::string_view line) {
  std::string normalized;
  bool gap = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const bool follows_digit = at > 0 && is_digit(line[at - 1]);
    if (!is_word_byte(line[at])) {
      const bool inside_number = (line[at] == ',' || line[at] == '.') && follows_digit &&
                                 at + 1 < line.size() && is_digit(line[at + 1]);
      if (!inside_number) gap = true;
      continue;
    }
    if (gap && !normalized.empty()) normalized += ' ';
    const bool digit = is_digit(line[at]);
    if (!digit) {
      normalized += lower(line[at]);
    } else if (normalized.empty() || normalized.back() != '0') {
      normalized += '0';
    }
    gap = false;
  }
  return normalized.empty() ? 0 : XXH3_64bits(normalized.data(), normalized.size());
}

std::vector<Word> slow_words(std::string_view text) {
  std::vector<Word> words;
  std::string word;
  for (std::uint32_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && is_word_byte(text[at])) {
      word += lower(text[at]);
    } else if (!word.empty()) {
      words.push_back({at - static_cast<std::uint32_t>(word.size()), at,
                       XXH3_64bits(word.data(), word.size())});
      word.clear();
    }
  }
  return words;
}

bool same(const Line& a, const Line& b) {
  return a.begin == b.begin && a.end == b.end && a.next == b.next;
}

bool same(const Word& a, const Word& b) {
  return a.begin == b.begin && a.end == b.end && a.hash == b.hash;
}

template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!same(a[i], b[i])) return false;
  }
  return true;
}

// --- The benchmarks --------------------------------------------------------------------------

void bench_split_lines(benchmark::State& state) {
  std::vector<Line> lines;
  std::size_t count = 0;
  for (const std::string& document : documents()) {
    text::split_lines(document, lines);
    if (!same(lines, slow_lines(document))) return state.SkipWithError("wrong lines");
    count += lines.size();
  }
  for (auto _ : state) {
    for (const std::string& document : documents()) {
      text::split_lines(document, lines);
      benchmark::DoNotOptimize(lines.data());
      benchmark::ClobberMemory();
    }
  }
  report(state, documents_bytes(), count, "lines");
}
BENCHMARK(bench_split_lines)->Name("split_lines");

void bench_line_key(benchmark::State& state) {
  std::vector<std::string_view> lines;
  for (const std::string& document : documents()) {
    for (const Line& line : slow_lines(document)) lines.push_back(bytes_of(document, line));
  }
  for (const std::string_view line : lines) {
    if (text::line_key(line) != slow_key(line)) return state.SkipWithError("wrong key");
  }
  for (auto _ : state) {
    for (const std::string_view line : lines) benchmark::DoNotOptimize(text::line_key(line));
  }
  report(state, documents_bytes(), lines.size(), "lines");
}
BENCHMARK(bench_line_key)->Name("line_key");

void bench_split_words(benchmark::State& state) {
  std::vector<Word> words;
  std::size_t count = 0;
  for (const std::string& document : documents()) {
    text::split_words(document, words);
    if (!same(words, slow_words(document))) return state.SkipWithError("wrong words");
    count += words.size();
  }
  for (auto _ : state) {
    for (const std::string& document : documents()) {
      text::split_words(document, words);
      benchmark::DoNotOptimize(words.data());
      benchmark::ClobberMemory();
    }
  }
  report(state, documents_bytes(), count, "words");
}
BENCHMARK(bench_split_words)->Name("split_words");

}  // namespace
}  // namespace copydesk::bench
