#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/probe.h"

namespace copydesk::testing {
namespace {

using Codes = std::vector<std::string>;

bool kept(const std::string& language, const OptionValues& options) {
  Page page;
  page.text = "A text.";
  page.language = language;
  const Outcome outcome = probe("drop_languages", options, {page}).outcomes.at(0);
  if (!outcome.verdict.kept()) {
    EXPECT_EQ(outcome.verdict.reason(), DropReason::kLanguage);
    EXPECT_EQ(outcome.verdict.of(), std::nullopt);
  }
  EXPECT_TRUE(outcome.edits.empty());
  return outcome.verdict.kept();
}

// What is wrong with the options, or "".
std::string fault(const OptionValues& options) {
  for (const StageSpec& spec : builtin_stages()) {
    if (spec.name != "drop_languages") continue;
    const Result<std::unique_ptr<Stage>> made = spec.make(options);
    return made.ok() ? "" : made.error().message;
  }
  return "no such stage";
}

TEST(DropLanguages, IsOffByDefault) {
  for (const char* language : {"", "en", "zh", "ceb"}) EXPECT_TRUE(kept(language, {})) << language;
}

TEST(DropLanguages, KeepsTheNamedOnly) {
  const OptionValues options = {{"keep", Codes{"de", "ceb"}}};
  EXPECT_TRUE(kept("de", options));
  EXPECT_TRUE(kept("ceb", options));
  EXPECT_FALSE(kept("en", options));
}

TEST(DropLanguages, DropsTheNamedOnly) {
  const OptionValues options = {{"drop", Codes{"de", "no"}}};
  EXPECT_FALSE(kept("de", options));
  EXPECT_FALSE(kept("no", options));
  EXPECT_TRUE(kept("en", options));
}

TEST(DropLanguages, BothListsTogether) {
  const OptionValues options = {{"keep", Codes{"de"}}, {"drop", Codes{"en"}}};
  EXPECT_TRUE(kept("de", options));
  EXPECT_FALSE(kept("en", options));
  EXPECT_FALSE(kept("fr", options));
}

TEST(DropLanguages, WhatTheRecordGivesIsReadAsACode) {
  const OptionValues options = {{"keep", Codes{"de", "he", "no"}}};
  for (const char* given : {"DE", "de-AT", "German", "ger", "iw", "nb"}) {
    EXPECT_TRUE(kept(given, options)) << given;
  }
  EXPECT_FALSE(kept("English", options));
}

TEST(DropLanguages, TheUnknownStayUnlessToldOtherwise) {
  for (const char* unknown : {"", "und", "n/a"}) {
    EXPECT_TRUE(kept(unknown, {{"keep", Codes{"de"}}})) << unknown;
    EXPECT_TRUE(kept(unknown, {{"drop", Codes{"de"}}})) << unknown;
    EXPECT_FALSE(kept(unknown, {{"keep", Codes{"de"}}, {"keep_unknown", false}})) << unknown;
    EXPECT_FALSE(kept(unknown, {{"drop", Codes{"de"}}, {"keep_unknown", false}})) << unknown;
    EXPECT_FALSE(kept(unknown, {{"keep_unknown", false}})) << unknown;
  }
  EXPECT_TRUE(kept("en", {{"keep_unknown", false}}));
}

TEST(DropLanguages, FaultsAreNamed) {
  EXPECT_EQ(fault({{"keep", Codes{"en", "ceb"}}, {"drop", Codes{"de"}}}), "");
  EXPECT_EQ(fault({{"keep", Codes{"en", "de"}}, {"drop", Codes{"fr", "de"}}}),
            "drop_languages: \"de\" is in keep and in drop");
  EXPECT_EQ(fault({{"keep", Codes{"xx"}}}),
            "drop_languages: keep: \"xx\" is not the code of a language");
  EXPECT_EQ(fault({{"drop", Codes{"en", ""}}}),
            "drop_languages: drop: \"\" is not the code of a language");
  EXPECT_EQ(
      fault({{"drop", Codes{"English"}}}),
      "drop_languages: drop: \"English\" is not the code of a language; did you mean \"en\"?");
  EXPECT_EQ(fault({{"keep", Codes{"nb"}}}),
            "drop_languages: keep: \"nb\" is not the code of a language; did you mean \"no\"?");
  EXPECT_EQ(fault({{"keep", Codes{"EN"}}}),
            "drop_languages: keep: \"EN\" is not the code of a language; did you mean \"en\"?");
}

}  // namespace
}  // namespace copydesk::testing
