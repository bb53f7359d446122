// pipeline/README.md names every value that the closed lists can put into an output file, in the
// section of that file. Reasons of spans are too many: there it links to reason.h.
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "copydesk/findings.h"
#include "copydesk/reason.h"
#include "gtest/gtest.h"

namespace copydesk {
namespace {

// The text below the heading "### file", up to the next heading.
std::string section_of(std::string_view file) {
  std::ifstream stream(COPYDESK_SOURCE_DIR "/pipeline/README.md");
  std::ostringstream text;
  bool inside = false;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("##")) inside = line == "### " + std::string(file);
    if (inside) text << line << '\n';
  }
  return text.str();
}

template <class Enum>
void expect_named(std::string_view file, std::size_t count) {
  const std::string section = section_of(file);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view name = name_of(static_cast<Enum>(i));
    EXPECT_NE(section.find("`" + std::string(name) + "`"), std::string::npos)
        << name << " is missing below " << file;
  }
}

TEST(PipelineReadme, NamesEveryValueOfTheClosedLists) {
  expect_named<DropReason>("audit.jsonl", kDropReasonCount);
  expect_named<Flag>("audit.jsonl", kFlagCount);
  expect_named<RejectReason>("rejected.jsonl", kRejectReasonCount);
  expect_named<Relation>("pairs.jsonl", kRelationCount);
  expect_named<Field>("clean.jsonl", kFieldCount);
}

}  // namespace
}  // namespace copydesk
