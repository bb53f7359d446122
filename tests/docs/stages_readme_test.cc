// stages/README.md lists every stage, and says of each what its StageSpec says.
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "copydesk/stage_spec.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace copydesk {
namespace {

// The rows "| `name` | kind | summary |" of the catalogue: "kind: summary" by name.
std::map<std::string, std::string> catalogue() {
  std::map<std::string, std::string> rows;
  std::ifstream file(COPYDESK_SOURCE_DIR "/stages/README.md");
  for (std::string line; std::getline(file, line);) {
    constexpr std::string_view kStart = "| `";
    constexpr std::string_view kBar = " | ";
    constexpr std::string_view kEnd = " |";
    if (!line.starts_with(kStart) || !line.ends_with(kEnd)) continue;
    const std::size_t name_end = line.find('`', kStart.size());
    const std::size_t kind = line.find(kBar);
    const std::size_t summary = line.find(kBar, kind + 1);
    if (name_end == std::string::npos || summary == std::string::npos) continue;
    const std::string name = line.substr(kStart.size(), name_end - kStart.size());
    const std::size_t kind_begin = kind + kBar.size();
    const std::size_t summary_begin = summary + kBar.size();
    rows[name] = line.substr(kind_begin, summary - kind_begin) + ": " +
                 line.substr(summary_begin, line.size() - kEnd.size() - summary_begin);
  }
  return rows;
}

TEST(StagesReadme, ListsEveryStageWithItsOwnSummary) {
  std::map<std::string, std::string> expected;
  for (const StageSpec& spec : builtin_stages()) {
    const std::string_view kind = spec.kind == StageKind::kDocument ? "document" : "corpus";
    expected[spec.name] = std::string(kind) + ": " + spec.summary;
  }
  EXPECT_FALSE(expected.empty());
  EXPECT_THAT(catalogue(), ::testing::ContainerEq(expected));
}

}  // namespace
}  // namespace copydesk
