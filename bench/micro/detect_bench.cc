// The language of a page. The two ends: pages of plain English, which one look settles, and
// synthetic_text(), whose made-up words leave a doubt and get both looks.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <vector>

#include "cleaning/detect.h"
#include "copydesk/text/lines.h"
#include "micro/report.h"
#include "micro/synthetic_text.h"

namespace copydesk::bench {
namespace {

// Pages of kDocumentBytes each: short lines around paragraphs.
std::vector<std::string> english_pages() {
  constexpr std::string_view kSentences[] = {
      "The council voted on Tuesday to close the old bridge for nine weeks. ",
      "Engineers had found cracks in two of its bearings during the spring inspection. ",
      "Traders on the north side said that nobody had asked them before the vote. ",
      "A ferry will carry passengers between the two quays at no charge until autumn. ",
      "The harbour board expects the work to cost less than it had feared last year. "};
  std::vector<std::string> pages;
  for (std::size_t i = 0; i < documents().size(); ++i) {
    std::string page = "Home\nNews\nSport\nWeather\nSign in\n\n";
    for (std::size_t n = i; page.size() < kDocumentBytes; ++n) {
      page += kSentences[n * (i + 1) % std::size(kSentences)];
      if (n % 4 == 0) page += "\n\n";
      if (n % 16 == 0) page += "Share\nRead more\n\n";
    }
    pages.push_back(std::move(page));
  }
  return pages;
}

void run(benchmark::State& state, const std::vector<std::string>& pages,
         std::string_view expected) {
  cleaning::DetectScratch scratch;
  std::vector<std::vector<text::Line>> lines(pages.size());
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    text::split_lines(pages[i], lines[i]);
    bytes += pages[i].size();
    if (cleaning::detect_language(pages[i], lines[i], scratch) != expected) {
      return state.SkipWithError("wrong language");
    }
  }
  for (auto _ : state) {
    for (std::size_t i = 0; i < pages.size(); ++i) {
      benchmark::DoNotOptimize(cleaning::detect_language(pages[i], lines[i], scratch));
    }
  }
  report(state, bytes, pages.size(), "pages");
}

void bench_detect_english(benchmark::State& state) { run(state, english_pages(), "en"); }
BENCHMARK(bench_detect_english)->Name("detect_language/english");

void bench_detect_nothing(benchmark::State& state) { run(state, documents(), ""); }
BENCHMARK(bench_detect_nothing)->Name("detect_language/no_language");

}  // namespace
}  // namespace copydesk::bench
