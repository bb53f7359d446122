// What a cleaning stage costs a page: once on text that an extractor already made, where nothing
// must go, and once on a page whose chrome is still around it.
#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "copydesk/document.h"
#include "copydesk/edits.h"
#include "copydesk/findings.h"
#include "copydesk/stage.h"
#include "copydesk/stage_spec.h"
#include "micro/report.h"
#include "micro/synthetic_text.h"

namespace copydesk::bench {
namespace {

// Lines that the built-in packs know anywhere on a page: phrases and patterns, as pages have them.
constexpr std::array<std::string_view, 16> kChrome = {"Skip to main content",
                                                      "Sign in / Register",
                                                      "Subscribe to our newsletter",
                                                      "Share on Facebook",
                                                      "Leave a Reply",
                                                      "Cancel reply",
                                                      "604 Comments",
                                                      "© 2026 All rights reserved.",
                                                      "Privacy Policy",
                                                      "Terms of Use",
                                                      "Advertisement",
                                                      "Follow us on Twitter",
                                                      "Loading…",
                                                      "Required fields are marked *",
                                                      "Back to top",
                                                      "Cookie Policy"};
// Chrome lines before and after the article: about as many as its own lines.
constexpr std::size_t kChromeLines = 20;

struct Page {
  std::string text;
  std::string clean;  // what a stage that knows all of kChrome leaves of it
};

std::string chrome_lines(std::mt19937_64& random) {
  std::string lines;
  for (std::size_t i = 0; i < kChromeLines; ++i) {
    lines += kChrome[random() % kChrome.size()];
    lines += '\n';
  }
  return lines;
}

std::vector<Page> content_pages() {
  std::vector<Page> pages;
  for (const std::string& document : documents()) pages.push_back({document, document});
  return pages;
}

std::vector<Page> chrome_pages() {
  std::mt19937_64 random(1);
  std::vector<Page> pages;
  for (const std::string& document : documents()) {
    std::string text = chrome_lines(random) + document;
    text += chrome_lines(random);
    pages.push_back({std::move(text), document});
  }
  return pages;
}

std::unique_ptr<DocumentStage> make_stage(std::string_view name, const OptionValues& options) {
  for (const StageSpec& spec : builtin_stages()) {
    if (spec.name != name) continue;
    Result<std::unique_ptr<Stage>> made = spec.make(options);
    auto* stage = made.ok() ? dynamic_cast<DocumentStage*>(made->get()) : nullptr;
    if (stage == nullptr) return nullptr;
    made->release();
    return std::unique_ptr<DocumentStage>(stage);
  }
  return nullptr;
}

// Whether a stage left what it should have of a page.
using Check = bool (*)(const Page& page, std::string_view text);

bool is_clean(const Page& page, std::string_view text) { return text == page.clean; }

// For a stage that judges and does not know: nearly all of the article, less than half the chrome.
bool is_cleaner(const Page& page, std::string_view text) {
  const std::size_t chrome = page.text.size() - page.clean.size();
  return text.size() > page.clean.size() * 9 / 10 && text.size() < page.clean.size() + chrome / 2;
}

// Lines and words are there before the clock runs: all stages share them.
void bench_clean_page(benchmark::State& state, std::string_view name, const OptionValues& options,
                      const std::vector<Page>& pages, Check check) {
  const std::unique_ptr<DocumentStage> stage = make_stage(name, options);
  if (stage == nullptr) return state.SkipWithError("no such stage");
  const std::unique_ptr<Local> local = stage->make_local();
  std::vector<Document> texts;
  std::size_t bytes = 0;
  for (const Page& page : pages) {
    Document document({}, page.text);
    Edits edits(document);
    DocumentFindings findings;
    const Verdict verdict = stage->process(document, local.get(), edits, findings);
    document.apply(edits.take());
    if (!verdict.kept() || !check(page, document.text())) return state.SkipWithError("wrong text");
    texts.emplace_back(DocumentFields{}, page.text);
    benchmark::DoNotOptimize(texts.back().lines().data());
    benchmark::DoNotOptimize(texts.back().line_keys().data());
    benchmark::DoNotOptimize(texts.back().words().data());
    bytes += page.text.size();
  }
  for (auto _ : state) {
    for (const Document& document : texts) {
      Edits edits(document);
      DocumentFindings findings;
      benchmark::DoNotOptimize(stage->process(document, local.get(), edits, findings));
      benchmark::DoNotOptimize(edits.take());
    }
  }
  report(state, bytes, pages.size(), "pages");
}

void bench_rules_content(benchmark::State& state) {
  bench_clean_page(state, "strip_rules", {}, content_pages(), is_clean);
}
BENCHMARK(bench_rules_content)->Name("clean_page/strip_rules/content");

void bench_rules_chrome(benchmark::State& state) {
  bench_clean_page(state, "strip_rules", {}, chrome_pages(), is_clean);
}
BENCHMARK(bench_rules_chrome)->Name("clean_page/strip_rules/chrome");

void bench_lines_chrome(benchmark::State& state) {
  bench_clean_page(state, "strip_lines", {{"mode", "aggressive"}}, chrome_pages(), is_cleaner);
}
BENCHMARK(bench_lines_chrome)->Name("clean_page/strip_lines/chrome");

}  // namespace
}  // namespace copydesk::bench
