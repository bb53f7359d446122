// The default config is written out for people (pipeline/presets/news.toml): it must say what the
// program does, all of it.
#include <gtest/gtest.h>
#include <toml++/toml.h>

#include <fstream>
#include <iterator>
#include <string>

#include "copydesk/config.h"

namespace copydesk {
namespace {

TEST(DefaultConfig, ItsTextParsesToWhatRunsWithoutAConfig) {
  std::vector<Diagnostic> faults;
  const Result<Config> parsed =
      parse_config(default_config_text(), "news.toml", builtin_stages(), faults);
  for (const Diagnostic& fault : faults) ADD_FAILURE() << fault.to_string();
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(config_to_toml(*parsed, builtin_stages()),
            config_to_toml(default_config(builtin_stages()), builtin_stages()));
  for (const StageConfig& stage : parsed->stages) {
    EXPECT_TRUE(stage.options.empty()) << stage.name << " has an option that is not its default";
  }
}

TEST(DefaultConfig, EmptyConfigIsTheDefault) {
  std::vector<Diagnostic> faults;
  const Result<Config> parsed = parse_config("", "empty.toml", builtin_stages(), faults);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(config_to_toml(*parsed, builtin_stages()),
            config_to_toml(default_config(builtin_stages()), builtin_stages()));
}

TEST(DefaultConfig, WritesOutEveryKeyAndOptionThereIs) {
  const toml::table written = toml::parse(default_config_text());
  const std::string full = config_to_toml(default_config(builtin_stages()), builtin_stages());
  const toml::table everything = toml::parse(full);
  for (auto it = everything.begin(); it != everything.end(); ++it) {
    const toml::node* node = written.get(it->first.str());
    ASSERT_NE(node, nullptr) << it->first.str() << " is missing";
    if (!it->second.is_table()) continue;
    for (const auto& [key, value] : *it->second.as_table()) {
      const toml::node* entry = node->as_table()->get(key.str());
      ASSERT_NE(entry, nullptr) << it->first.str() << "." << key.str() << " is missing";
    }
  }
}

TEST(DefaultConfig, RunsEveryStage) {
  const Config config = default_config(builtin_stages());
  EXPECT_EQ(config.stages.size(), builtin_stages().size());
}

TEST(DefaultConfig, SampleIsTheSameFile) {
  std::ifstream stream(COPYDESK_SOURCE_DIR "/samples/configs/default.toml", std::ios::binary);
  const std::string sample(std::istreambuf_iterator<char>(stream), {});
  EXPECT_EQ(sample, default_config_text());
}

}  // namespace
}  // namespace copydesk
