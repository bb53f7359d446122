#include "copydesk/text/language.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace copydesk::text {
namespace {

TEST(LanguageCode, CodesMapToThemselves) {
  for (const char* code : {"aa", "en", "de", "he", "no", "zh", "zu", "ceb", "ckb"}) {
    EXPECT_EQ(language_code(code), code);
  }
}

TEST(LanguageCode, CaseAndSpaceDoNotMatter) {
  EXPECT_EQ(language_code("EN"), "en");
  EXPECT_EQ(language_code(" De\n"), "de");
  EXPECT_EQ(language_code("CEB"), "ceb");
}

TEST(LanguageCode, RegionsAndScriptsDoNotMatter) {
  EXPECT_EQ(language_code("en-US"), "en");
  EXPECT_EQ(language_code("pt_BR"), "pt");
  EXPECT_EQ(language_code("zh-Hant-TW"), "zh");
  EXPECT_EQ(language_code("eng_Latn"), "en");
  EXPECT_EQ(language_code("de_AT.UTF-8"), "de");
}

TEST(LanguageCode, ThreeLettersBecomeTwoWhereThereAreTwo) {
  EXPECT_EQ(language_code("eng"), "en");
  EXPECT_EQ(language_code("deu"), "de");
  EXPECT_EQ(language_code("ger"), "de");
  EXPECT_EQ(language_code("zho"), "zh");
  EXPECT_EQ(language_code("chi"), "zh");
  EXPECT_EQ(language_code("arb_Arab"), "ar");
  EXPECT_EQ(language_code("fil"), "tl");
}

TEST(LanguageCode, NamesAreKnown) {
  EXPECT_EQ(language_code("English"), "en");
  EXPECT_EQ(language_code("german"), "de");
  EXPECT_EQ(language_code("CHINESE (Simplified)"), "zh");
  EXPECT_EQ(language_code("Haitian Creole"), "ht");
  EXPECT_EQ(language_code("Luba-Katanga"), "lu");
  EXPECT_EQ(language_code("Norwegian Bokmål"), "no");
  EXPECT_EQ(language_code("Farsi"), "fa");
}

TEST(LanguageCode, OldCodesAndWrittenFormsAreOneLanguage) {
  EXPECT_EQ(language_code("iw"), "he");
  EXPECT_EQ(language_code("in"), "id");
  EXPECT_EQ(language_code("ji"), "yi");
  EXPECT_EQ(language_code("jw"), "jv");
  EXPECT_EQ(language_code("mo"), "ro");
  EXPECT_EQ(language_code("nb"), "no");
  EXPECT_EQ(language_code("nb-NO"), "no");
  EXPECT_EQ(language_code("nn"), "no");
}

TEST(LanguageCode, WhatIsNoLanguageIsEmpty) {
  for (const char* given :
       {"",     " ",   "-",   "x",    "xx",      "jp",   "C",       "POSIX", "und",
        "UND",  "mul", "zxx", "nan",  "n/a",     "none", "unknown", "en,de", "en|english",
        "eng|", "12",  "e1g", "日本", "xx-Latn", "(",    "_en"}) {
    EXPECT_EQ(language_code(given), "") << given;
  }
}

TEST(LanguageCode, IsIdempotent) {
  for (const char* given :
       {"EN-us", "iw", "Norwegian Nynorsk", "arb", "fil", "haw-US", "Chinese"}) {
    const std::string once = language_code(given);
    EXPECT_NE(once, "") << given;
    EXPECT_EQ(language_code(once), once) << given;
  }
}

}  // namespace
}  // namespace copydesk::text
