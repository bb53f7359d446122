#include "cleaning/bylines.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace copydesk::cleaning {
namespace {

// The names, then "marked", "role", "dated", "alone"; "-" if the line is no byline.
std::string read(std::string_view line) {
  const auto byline = byline_of(line);
  if (!byline) return "-";
  std::string out;
  for (const std::string_view name : byline->names) {
    if (!out.empty()) out += '+';
    out += name;
  }
  if (byline->marked) out += " marked";
  if (byline->role) out += " role";
  if (byline->dated) out += " dated";
  if (byline->alone) out += " alone";
  return out;
}

TEST(BylineOf, AMarkerAndAName) {
  EXPECT_EQ(read("By Ada Kestrel"), "Ada Kestrel marked alone");
  EXPECT_EQ(read("Von Ada Turmfalk"), "Ada Turmfalk marked alone");
  EXPECT_EQ(read("par Ada Crécerelle"), "Ada Crécerelle marked alone");
  EXPECT_EQ(read("Text: Jonas van Wren"), "Jonas van Wren marked alone");
  EXPECT_EQ(read("Eine Kolumne von Ada Turmfalk"), "Ada Turmfalk marked alone");
  EXPECT_EQ(read("ByAda Kestrel"), "Ada Kestrel marked alone");
  EXPECT_EQ(read("By J. R. Wren"), "J. R. Wren marked alone");
}

TEST(BylineOf, SeveralNames) {
  EXPECT_EQ(read("By Ada Kestrel, Jonas Wren and Mia Ferry"),
            "Ada Kestrel+Jonas Wren+Mia Ferry marked alone");
  EXPECT_EQ(read("Ada Kestrel | Jonas Wren"), "Ada Kestrel+Jonas Wren alone");
  EXPECT_EQ(read("By ADA KESTREL AND JONAS WREN"), "ADA KESTREL+JONAS WREN marked alone");
  EXPECT_EQ(read("Ada Kestrel Jonas Wren Mia Ferry"), "Ada Kestrel+Jonas Wren+Mia Ferry alone");
  EXPECT_EQ(read("Ada Kestrel Ada Kestrel"), "Ada Kestrel alone");
  EXPECT_EQ(read("Ada Kestrel Jonas Wren Mia Ferry Bo"), "-");
}

TEST(BylineOf, WhatStandsBesideIsNoName) {
  EXPECT_EQ(read("Ada Kestrel Political Correspondent"), "Ada Kestrel role");
  EXPECT_EQ(read("Ada Kestrel Medical Correspondent"), "Ada Kestrel role");
  EXPECT_EQ(read("Von Ada Turmfalk, Volontärin"), "Ada Turmfalk marked role");
  EXPECT_EQ(read("By Ada Kestrel | Harbour News"), "Ada Kestrel marked alone");
  EXPECT_EQ(read("Ada Kestrel, Business Lamp"), "Ada Kestrel alone");
  EXPECT_EQ(read("By Ada Kestrel, HARBOUR POST"), "Ada Kestrel marked alone");
  EXPECT_EQ(read("By Ada Kestrel, New Osterby"), "Ada Kestrel marked alone");
  EXPECT_EQ(read("By Ada Kestrel for the Post"), "Ada Kestrel marked");
  EXPECT_EQ(read("By Ada Kestrel ada@post.example"), "Ada Kestrel marked");
  EXPECT_EQ(read("Ada Kestrel@adakestrel"), "Ada Kestrel role");
  EXPECT_EQ(read("By Ada KestrelUpdated"), "Ada Kestrel marked role");
}

TEST(BylineOf, Dates) {
  EXPECT_EQ(read("Ada Kestrel|Published 15 hours ago"), "Ada Kestrel role dated");
  EXPECT_EQ(read("Von Ada Turmfalk 28.04.2023, 18:11 Uhr"), "Ada Turmfalk marked dated");
  EXPECT_EQ(read("by Ada Kestrel Apr. 28, 2023"), "Ada Kestrel marked dated");
  EXPECT_EQ(read("Ada Kestrel / POST.EXAMPLE / Sep 2, 2024"), "Ada Kestrel dated");
  EXPECT_EQ(read("9. September 2025 um 15:46 Uhr / Ada Turmfalk"), "Ada Turmfalk dated alone");
  EXPECT_EQ(read("5:45 AM 11/19/2019 by Ada Kestrel"), "Ada Kestrel marked dated alone");
  EXPECT_EQ(read("By Ada Kestrel On 11/13/19 at 4:00 PM"), "Ada Kestrel marked dated");
  EXPECT_EQ(read("Ada Kestrel On 11/13/19 at 4:00 PM"), "-");
  EXPECT_EQ(read("Ada Kestrel, 2024 the best year?"), "-");
  EXPECT_EQ(read("Osterby West senior Ada Kestrel won the race."), "-");
  const std::string date = " 8 October 2024 by Ada Kestrel";
  EXPECT_NE(read(std::string(29, 'x') + date), "-");
  EXPECT_EQ(read(std::string(30, 'x') + date), "-");
  EXPECT_EQ(read("Lunes Mayo 2024"), "-");
}

TEST(BylineOf, Agencies) {
  EXPECT_EQ(read("Ada Kestrel and AP"), "Ada Kestrel role");
  EXPECT_EQ(read("Von Ada Turmfalk mit dpa"), "Ada Turmfalk marked role");
  EXPECT_EQ(read("Ada Kestrel and friends"), "-");
}

TEST(BylineOf, IsNoSentenceNoLabelNoAgency) {
  EXPECT_EQ(read("By Monday the water had gone."), "-");
  EXPECT_EQ(read("By the numbers"), "-");
  EXPECT_EQ(read("By Ada Kestrel the river is gone"), "-");
  EXPECT_EQ(read("Von Kiel nach Rom fährt kein Zug."), "-");
  EXPECT_EQ(read("By Associated Press"), "-");
  EXPECT_EQ(read("By Reuters"), "-");
  EXPECT_EQ(read("Related Links"), "-");
  EXPECT_EQ(read("Photo by Ada Kestrel"), "-");
  EXPECT_EQ(read("Harbour PDF"), "-");
  EXPECT_EQ(read("Kestrel"), "-");
  EXPECT_EQ(read("Ada FitzGerald"), "Ada FitzGerald alone");  // four letters
  EXPECT_EQ(read("Ada RiverGerald"), "-");
  EXPECT_EQ(read("Ada K."), "-");
  EXPECT_EQ(read(""), "-");
}

TEST(BylineOf, HasALongestLine) {
  const auto line = [](std::size_t bytes) {
    std::string text = "By Ada Kestrel, " + std::string(bytes, 'x');
    return byline_of(text).has_value();
  };
  EXPECT_TRUE(line(kMaxBylineRestBytes - 3));
  EXPECT_TRUE(line(kMaxBylineRestBytes - 2));
  EXPECT_FALSE(line(kMaxBylineRestBytes - 1));
  std::string names = "By Ada Kestrel";
  while (names.size() + 13 <= kMaxBylineBytes) names += ", Ada Kestrel";
  EXPECT_TRUE(byline_of(names).has_value());
  EXPECT_FALSE(byline_of(names + ", Ada Kestrel").has_value());
}

TEST(BylineOf, AnOutletBesideABareNameIsShort) {
  const auto line = [](std::size_t bytes) {
    return byline_of("Ada Kestrel, " + std::string(bytes, 'x')).has_value();
  };
  EXPECT_TRUE(line(37));
  EXPECT_TRUE(line(38));
  EXPECT_FALSE(line(39));
}

TEST(IsBylineMarker, IsTheWholeLine) {
  EXPECT_TRUE(is_byline_marker("By"));
  EXPECT_TRUE(is_byline_marker("VON:"));
  EXPECT_FALSE(is_byline_marker("By the sea"));
  EXPECT_FALSE(is_byline_marker(""));
}

TEST(IsDated, KnowsDatesAndTimes) {
  for (const std::string_view line :
       {"8 October 2024", "08.10.2024", "Oct. 8", "Published 3 hours ago", "Publisert 22:31",
        "vor 5 Minuten", "8. Okt"}) {
    EXPECT_TRUE(is_dated(line)) << line;
  }
  for (const std::string_view line : {"Osterby 12", "Page 3 of 4", "Harbour", ""}) {
    EXPECT_FALSE(is_dated(line)) << line;
  }
  EXPECT_TRUE(is_dated("2024" + std::string(kMaxBylineRestBytes - 4, ' ')));
  EXPECT_FALSE(is_dated("2024" + std::string(kMaxBylineRestBytes - 3, ' ')));
}

TEST(IsRole, StandsAmongTheFirstFourWords) {
  EXPECT_TRUE(is_role("Editor"));
  EXPECT_TRUE(is_role("Harbour Post business reporter"));
  EXPECT_FALSE(is_role("The Harbour Post business reporter"));
  EXPECT_FALSE(is_role("Harbour"));
  EXPECT_TRUE(is_role("health editor"));
  EXPECT_FALSE(is_role("plunged head first"));
}

TEST(MakesLabel, IfTheTextHasItsWordsInSmallLetters) {
  const std::string text = "Top Lark sings of the lark";
  std::vector<text::Word> words;
  text::split_words(text, words);
  EXPECT_TRUE(makes_label("Ada Lark", text, words));
  EXPECT_FALSE(makes_label("Ada Top", text, words));
  EXPECT_FALSE(makes_label("Ada of Top", text, words));  // small in the name itself
}

}  // namespace
}  // namespace copydesk::cleaning
