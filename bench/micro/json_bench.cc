// What the text of a record costs as JSON, in and out.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "io/json.h"
#include "io/json_bytes.h"
#include "io/json_scan.h"
#include "micro/report.h"
#include "micro/synthetic_text.h"

namespace copydesk::bench {
namespace {

// The inside of the JSON string, byte by byte.
std::string slow_inside(const std::string& text) {
  std::string out(text.size() * kMostEscaped, '\0');
  out.resize(escape_json_scalar(text, out.data()));
  return out;
}

void bench_escape(benchmark::State& state) {
  std::string out;
  for (const std::string& document : documents()) {
    out.clear();
    append_json_string(out, document);
    if (out != '"' + slow_inside(document) + '"') return state.SkipWithError("wrong escapes");
  }
  for (auto _ : state) {
    for (const std::string& document : documents()) {
      out.clear();
      append_json_string(out, document);
      benchmark::DoNotOptimize(out.data());
      benchmark::ClobberMemory();
    }
  }
  report(state, documents_bytes(), documents().size(), "documents");
}
BENCHMARK(bench_escape)->Name("escape_json");

void bench_unescape(benchmark::State& state) {
  std::vector<std::string> insides;
  std::string out;
  for (const std::string& document : documents()) {
    insides.push_back(slow_inside(document));
    out.clear();
    append_unescaped(out, insides.back());
    if (out != document) return state.SkipWithError("wrong text");
  }
  for (auto _ : state) {
    for (const std::string& inside : insides) {
      out.clear();
      append_unescaped(out, inside);
      benchmark::DoNotOptimize(out.data());
      benchmark::ClobberMemory();
    }
  }
  report(state, documents_bytes(), documents().size(), "documents");
}
BENCHMARK(bench_unescape)->Name("unescape_json");

void bench_control_bytes(benchmark::State& state) {
  for (const std::string& document : documents()) {
    std::string other = document;
    other.back() = '\x01';
    if (has_control_bytes(document) || !has_control_bytes(other)) {
      return state.SkipWithError("wrong bytes");
    }
  }
  for (auto _ : state) {
    for (const std::string& document : documents()) {
      benchmark::DoNotOptimize(has_control_bytes(document));
    }
  }
  report(state, documents_bytes(), documents().size(), "documents");
}
BENCHMARK(bench_control_bytes)->Name("has_control_bytes");

}  // namespace
}  // namespace copydesk::bench
