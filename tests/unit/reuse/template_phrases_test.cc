#include "reuse/template_phrases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "copydesk/text/lines.h"
#include "reuse/templates_file.h"

namespace copydesk::reuse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr TemplatePlace kPrefix = TemplatePlace::kPrefix;
constexpr TemplatePlace kSuffix = TemplatePlace::kSuffix;

EdgeLine line_of(const std::string& text, TemplatePlace place, std::uint32_t group) {
  EdgeLine line = edge_line(Document(DocumentFields{}, text), 0, place);
  line.page = line.group = group;
  return line;
}

// The phrases of lines that stand on a page each, as text.
std::vector<std::string> learned(const std::vector<std::string>& lines, TemplatePlace place,
                                 std::uint64_t groups) {
  std::vector<EdgeLine> edges;
  for (const std::string& line : lines) {
    edges.push_back(line_of(line, place, static_cast<std::uint32_t>(edges.size())));
  }
  std::vector<std::string> phrases;
  for (const LearnedPhrase& phrase : learn_phrases(edges, place, TemplateRule{}, groups)) {
    const std::string& line = lines[phrase.members.front()];
    const std::uint32_t edge = edges[phrase.members.front()].words[phrase.words - 1].edge;
    phrases.push_back(
        normalized_phrase(place == kPrefix ? line.substr(0, edge) : line.substr(edge)));
  }
  std::sort(phrases.begin(), phrases.end());
  return phrases;
}

TEST(PhraseKey, IsTheSameForEverySpellingAndForTheNormalizedText) {
  const std::vector<std::string> phrases = {"Sign in",
                                            "Don’t miss 12 / 7 deals!",
                                            "1,234 comments – 2.5 of 3",
                                            "Covid19 news",
                                            "Über uns · Kontakt",
                                            "Главная Новости",
                                            "首页 新闻，体育2024年",
                                            "ข่าวเด่น วันนี้",
                                            "मुख्य समाचार"};
  for (const std::string& phrase : phrases) {
    for (const TemplatePlace place : {kPrefix, kSuffix}) {
      const PhraseKey key = phrase_key(phrase, place);
      const std::string normal = normalized_phrase(phrase);
      EXPECT_EQ(phrase_key(normal, place).key, key.key) << normal;
      EXPECT_EQ(phrase_key(normal, place).words, key.words) << normal;
      EXPECT_EQ(normalized_phrase(normal), normal);
    }
  }
  EXPECT_EQ(phrase_key("SIGN, in 5", kPrefix).key, phrase_key("sign in 1,700", kPrefix).key);
  EXPECT_EQ(normalized_phrase("Sign in: 12 / 7 Covid19"), "sign in 0 covid0");
  EXPECT_EQ(normalized_phrase("首页 新闻"), "首页 新闻");
}

TEST(PhraseKey, KnowsOrderPlaceAndEmptiness) {
  EXPECT_NE(phrase_key("sign in", kPrefix).key, phrase_key("in sign", kPrefix).key);
  EXPECT_NE(phrase_key("sign in", kPrefix).key, phrase_key("sign in", kSuffix).key);
  EXPECT_EQ(phrase_key("– !", kPrefix).words, 0U);
}

TEST(CutInGap, LeavesWhatOpensOrClosesTheRest) {
  EXPECT_EQ(cut_in_gap(". “", kPrefix), 2U);
  EXPECT_EQ(cut_in_gap(".” ", kSuffix), 4U);
  EXPECT_EQ(cut_in_gap(" | ", kPrefix), 3U);
  EXPECT_EQ(cut_in_gap(" | ", kSuffix), 0U);
  EXPECT_EQ(cut_in_gap("。", kPrefix), 3U);
  for (const char* inside : {"", "-", "'", "’", "."}) {
    EXPECT_FALSE(cut_in_gap(inside, kPrefix).has_value()) << inside;
    EXPECT_FALSE(cut_in_gap(inside, kSuffix).has_value()) << inside;
  }
}

TEST(NeededPhraseSupport, ThreeGroupsAndThreeOrSixShares) {
  const TemplateRule rule{2, 0.1, 0};
  EXPECT_EQ(needed_phrase_support(rule, true, 3), 3U);
  EXPECT_EQ(needed_phrase_support(rule, true, 10), 3U);
  EXPECT_EQ(needed_phrase_support(rule, true, 11), 4U);
  EXPECT_EQ(needed_phrase_support(rule, false, 5), 3U);
  EXPECT_EQ(needed_phrase_support(rule, false, 6), 4U);
  EXPECT_EQ(needed_phrase_support(rule, false, 10), 6U);
  EXPECT_EQ(needed_phrase_support({7, 0.1, 0}, true, 10), 7U);
  EXPECT_EQ(needed_phrase_support({2, 0.5, 0}, false, 10), 10U);
}

TEST(LearnPhrases, EndsWherePagesBeginToDiffer) {
  const std::vector<std::string> lines = {"Home News Sport Weather Sign in Ferry fares rise again",
                                          "Home News Sport Weather Sign in Council votes on Monday",
                                          "Home News Sport Weather Sign in The bridge is closed"};
  EXPECT_THAT(learned(lines, kPrefix, 3), ElementsAre("home news sport weather sign in"));
  EXPECT_THAT(learned({lines[0], lines[1]}, kPrefix, 2), IsEmpty());
  EXPECT_THAT(learned(lines, kPrefix, 5), SizeIs(1));  // three of five, no sentence ends there
  EXPECT_THAT(learned(lines, kPrefix, 6), IsEmpty());
  EXPECT_THAT(learned(lines, kSuffix, 3), IsEmpty());
}

TEST(LearnPhrases, ReadsEndsBackwards) {
  const std::vector<std::string> lines = {"It rained, he said. Follow us on all the networks",
                                          "Nobody came. Follow us on all the networks",
                                          "Was it late? Follow us on all the networks",
                                          "So it was. Follow us on all the networks"};
  EXPECT_THAT(learned(lines, kSuffix, 10), ElementsAre("follow us on all the networks"));
  EXPECT_THAT(learned(lines, kSuffix, 14), IsEmpty());  // four of 14
}

TEST(LearnPhrases, SixWordsOrTwelveBigrams) {
  const auto count = [](const std::string& phrase) {
    std::vector<std::string> lines;
    for (const char* rest : {"Alpha said", "Bravo went", "Delta came"}) {
      lines.push_back(phrase + ". " + rest);
    }
    return learned(lines, kPrefix, 3).size();
  };
  EXPECT_EQ(count("One two three four five"), 0U);
  EXPECT_EQ(count("One two three four five six"), 1U);
  EXPECT_EQ(count("One two three four five six seven"), 1U);
  EXPECT_EQ(count("甲乙丙丁戊己庚辛壬癸子丑"), 1U);  // eleven bigrams, the last counts two
  EXPECT_EQ(count("甲乙丙丁戊己庚辛壬癸子"), 0U);
}

TEST(LearnPhrases, AWordThatSomeArticlesBeginWithIsNoPartOfIt) {
  const std::string menu = "Home News Sport Weather Sign in";
  std::vector<std::string> lines;
  for (const char* rest : {"Old Bridge", "Old Ferry", "Old Tide", "Council votes", "Rain comes"}) {
    lines.push_back(menu + " " + rest);
  }
  EXPECT_THAT(learned(lines, kPrefix, 5), ElementsAre("home news sport weather sign in"));
  lines[3] = menu + " Old Mayor";  // four of five is three quarters
  EXPECT_THAT(learned(lines, kPrefix, 5), ElementsAre("home news sport weather sign in",
                                                      "home news sport weather sign in old"));
  for (std::string& line : lines) line.insert(menu.size(), ".");
  EXPECT_THAT(learned(lines, kPrefix, 5), ElementsAre("home news sport weather sign in"));
}

TEST(LearnPhrases, TheMenuOfASectionIsPartOfIt) {
  std::vector<std::string> lines;
  for (const char* rest : {"Harbour", "Orchard", "Lantern", "Granite"}) {
    lines.push_back("Home News Sport Weather Sign in Football Tennis Chess Rowing Golf. " +
                    std::string(rest) + " wins");
    lines.push_back("Home News Sport Weather Sign in " + std::string(rest) + " opens soon");
  }
  EXPECT_THAT(learned(lines, kPrefix, 8),
              ElementsAre("home news sport weather sign in",
                          "home news sport weather sign in football tennis chess rowing golf"));
}

TEST(LearnPhrases, OrdinaryLanguageGoesOn) {
  const auto beginnings = [](const std::string& start) {
    return learned({start + " Monday one", start + " Tuesday two", start + " Friday three"},
                   kPrefix, 3);
  };
  EXPECT_THAT(beginnings("The council of Old Harbour said:"), SizeIs(1));
  EXPECT_THAT(beginnings("The council of Old Harbour said,"), IsEmpty());
  EXPECT_THAT(beginnings("OLD HARBOUR (The Daily Tide News) —"), IsEmpty());
  // The rest begins with a small letter.
  EXPECT_THAT(learned({"The council of Old Harbour said that", "The council of Old Harbour said no",
                       "The council of Old Harbour said yes"},
                      kPrefix, 3),
              IsEmpty());
  // An end that begins inside a sentence.
  EXPECT_THAT(learned({"One man told the paper of the old harbour",
                       "A girl told the paper of the old harbour",
                       "Two boys told the paper of the old harbour"},
                      kSuffix, 3),
              IsEmpty());
}

TEST(LearnPhrases, LinesMustDiffer) {
  const std::string line = "Home News Sport Weather Sign in. Ferry fares rise";
  EXPECT_THAT(learned({line, line, line}, kPrefix, 3), IsEmpty());
  EXPECT_THAT(learned({line, line + " again", line + " once more"}, kPrefix, 3), SizeIs(1));
}

// The same, slow: the words that each pair of lines shares, then every end that a phrase of a line
// may have, from the longest down.
std::map<std::uint64_t, std::uint64_t> slow_phrases(const std::vector<EdgeLine>& lines,
                                                    TemplatePlace place, const TemplateRule& rule,
                                                    std::uint64_t groups) {
  const auto shared = [&](std::size_t a, std::size_t b) {
    std::size_t n = 0;
    while (n < lines[a].words.size() && n < lines[b].words.size() &&
           lines[a].words[n].hash == lines[b].words[n].hash) {
      ++n;
    }
    return n;
  };
  std::map<std::uint64_t, std::uint64_t> found;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    struct End {
      std::uint64_t support = 0;
      bool may_end = false, sentence = false, lower = false;
    };
    std::vector<End> ends;  // of the first n + 1 words
    for (std::size_t n = 0; n < lines[i].words.size(); ++n) {
      std::set<std::uint64_t> in_groups, keys;
      std::size_t count = 0, may_end = 0, sentence = 0, lower = 0;
      for (std::size_t j = 0; j < lines.size(); ++j) {
        if (shared(i, j) <= n) continue;
        in_groups.insert(lines[j].group);
        keys.insert(lines[j].key);
        ++count;
        may_end += lines[j].words[n].may_end;
        sentence += lines[j].words[n].sentence;
        lower += lines[j].words[n].lower;
      }
      ends.push_back({std::min(in_groups.size(), keys.size()), 2 * may_end > count,
                      2 * sentence > count, 2 * lower > count});
    }
    const auto fits = [&](std::size_t n) {
      const End& end = ends[n];
      const std::uint64_t needed = needed_phrase_support(rule, end.sentence, groups);
      return n + 1 >= kStartWords && end.may_end && end.support >= needed &&
             (end.sentence || !end.lower) &&
             4 * end.support >= 3 * ends[n < kEdgeWords ? 0 : n - kEdgeWords].support;
    };
    std::size_t n = ends.size();
    while (n > 0 && !fits(n - 1)) --n;
    if (n == 0) continue;
    --n;
    if (!ends[n].sentence) {
      for (std::size_t back = 1; back <= kBackWords && back <= n; ++back) {
        if (!ends[n - back].sentence || !fits(n - back)) continue;
        n -= back;
        break;
      }
    }
    PhraseHash hash(place);
    for (std::size_t k = 0; k <= n; ++k) hash.add(lines[i].words[k].hash);
    found[hash.value()] = ends[n].support;
  }
  return found;
}

TEST(LearnPhrases, AgreesWithAllPairs) {
  const std::vector<std::string> kWords = {"Home", "news", "Sport.", "sign", "In", "Tide,", "12"};
  std::mt19937 random(3);
  std::size_t phrases = 0;
  for (int round = 0; round < 400; ++round) {
    for (const TemplatePlace place : {kPrefix, kSuffix}) {
      // Lines branch off from a common run of words at random places.
      std::vector<std::string> trunk;
      for (int i = 0; i < 14; ++i) trunk.push_back(kWords[random() % kWords.size()]);
      std::vector<EdgeLine> lines;
      const std::size_t count = 3 + random() % 8;
      for (std::size_t i = 0; i < count; ++i) {
        std::vector<std::string> words(trunk.begin(),
                                       trunk.begin() + static_cast<int>(4 + random() % 11));
        for (std::size_t n = random() % 5; n > 0; --n) words.push_back(kWords[random() % 7]);
        if (place == kSuffix) std::reverse(words.begin(), words.end());
        std::string text;
        for (const std::string& word : words) text += word + " ";
        lines.push_back(line_of(text, place, static_cast<std::uint32_t>(random() % count)));
      }
      const TemplateRule rule{2, 0.05 * static_cast<double>(1 + random() % 3), 0};
      std::map<std::uint64_t, std::uint64_t> fast;
      for (const LearnedPhrase& phrase : learn_phrases(lines, place, rule, count)) {
        fast[phrase.key] = phrase.support;
      }
      ASSERT_EQ(fast, slow_phrases(lines, place, rule, count)) << round;
      phrases += fast.size();
    }
  }
  EXPECT_GT(phrases, 300U);
}

TEST(RecurringStarts, CountsGroupsAndNotTemplatesNorWireCopy) {
  std::vector<PageNote> pages;
  for (const char* rest : {"Harbour opens soon", "Orchard closes", "Lantern found again"}) {
    pages.push_back(note_page(
        Document(DocumentFields{}, "Home News Sport Weather Sign in " + std::string(rest))));
  }
  OutletLines outlet = learn_outlet(pages, TemplateRule{});
  const std::uint64_t start = pages[0].lines[0].head;
  EXPECT_EQ(start, phrase_key("home news sport weather sign in", kPrefix).key);
  EXPECT_THAT(recurring_starts(pages, outlet, {}, kPrefix, TemplateRule{}), ElementsAre(start));
  EXPECT_THAT(recurring_starts(pages, outlet, {}, kSuffix, TemplateRule{}), IsEmpty());
  const std::vector<std::uint64_t> wire = {pages[0].lines[0].key};
  EXPECT_THAT(recurring_starts(pages, outlet, wire, kPrefix, TemplateRule{}), IsEmpty());
  outlet.page_groups = {0, 1, 1};
  EXPECT_THAT(recurring_starts(pages, outlet, {}, kPrefix, TemplateRule{}), IsEmpty());
  outlet.page_groups = {0, 1, 2};
  outlet.lines.push_back({});
  outlet.lines.back().key = pages[0].lines[0].key;  // a whole-line template
  EXPECT_THAT(recurring_starts(pages, outlet, {}, kPrefix, TemplateRule{}), IsEmpty());
}

TEST(StartsOn, ThoseThatAreAskedFor) {
  std::vector<PageNote> pages;
  for (const char* line : {"One two three four five six seven eight", "Short",
                           "Nine ten eleven twelve thirteen fourteen fifteen sixteen"}) {
    pages.push_back(note_page(Document(DocumentFields{}, line)));
  }
  const std::uint64_t first = pages[0].lines[0].head;
  const std::uint64_t second = pages[2].lines[0].head;
  EXPECT_THAT(starts_on(pages, {{first, 0}, {12, 0}, {0, 0}}, kPrefix),
              ::testing::UnorderedElementsAre(first));
  EXPECT_THAT(starts_on(pages, {{first, 0}, {second, 0}}, kPrefix),
              ::testing::UnorderedElementsAre(first, second));
  EXPECT_THAT(starts_on(pages, {{first, 0}}, kSuffix), IsEmpty());
}

TEST(NotePage, NotesTheEndsOfLinesOfEightWords) {
  for (const auto& [line, noted] : {std::pair("One two three four five six seven", false),
                                    {"One two three four five six seven eight", true},
                                    {"One two three four five six seven eight nine", true}}) {
    const PageNote page = note_page(Document(DocumentFields{}, line));
    EXPECT_EQ(page.lines[0].head != 0, noted) << line;
    EXPECT_EQ(page.lines[0].tail != 0, noted) << line;
  }
}

// --- choose_phrases ---

std::string after_cut(const std::string& text, const Backing& backing, std::size_t chrome_cuts,
                      bool dressed, double max_share = 1.0) {
  TemplateTable table;
  table.add_phrase("a.example", kPrefix, phrase_key("Home News", kPrefix).key, 2, backing);
  table.add_phrase("a.example", kPrefix, phrase_key("Home News Sign in", kPrefix).key, 4, backing);
  table.add_phrase("*", kSuffix, phrase_key("Follow us", kSuffix).key, 2, backing);
  DocumentFields fields;
  fields.outlet = "a.example";
  const Document document(fields, text);
  TemplateCut lines;
  lines.chrome_cuts = chrome_cuts;
  lines.dressed = dressed;
  std::string out = text;
  const PhraseCuts cuts = choose_phrases(document, table, lines, max_share);
  for (auto cut = cuts.cuts.rbegin(); cut != cuts.cuts.rend(); ++cut) {
    out.erase(cut->span.begin, cut->span.size());
  }
  return out + (cuts.guarded ? "!" : "");
}

TEST(ChoosePhrases, TakesTheLongestAndLeavesTheRestAsItWas) {
  const Backing given{0, 0, true};
  EXPECT_EQ(after_cut("HOME news: sign in “Rain” came. Follow us!", given, 0, false),
            "“Rain” came.");
  EXPECT_EQ(after_cut("Home News Rain. Then\nHome News Sun", given, 0, false), "Rain. Then\nSun");
  EXPECT_EQ(after_cut("Home news-stand", given, 0, false), "Home news-stand");
  EXPECT_EQ(after_cut("Home News Follow us", given, 0, false), "Home News Follow us");
  EXPECT_EQ(after_cut("Home News", given, 0, false), "Home News");
  EXPECT_EQ(after_cut("", given, 0, false), "");
}

TEST(ChoosePhrases, ACleanPageKeepsWhatIsNotOnThreeOfFourPages) {
  const auto goes = [](const Backing& backing, std::size_t cuts, bool dressed) {
    return after_cut("Home News Rain came", backing, cuts, dressed) == "Rain came";
  };
  EXPECT_FALSE(goes({5, 7, false}, 0, false));
  EXPECT_TRUE(goes({6, 8, false}, 0, false));
  EXPECT_TRUE(goes({7, 8, false}, 0, false));
  EXPECT_TRUE(goes({10, 20, false}, 0, false));  // proven
  EXPECT_FALSE(goes({10, 21, false}, 0, false));
  EXPECT_TRUE(goes({5, 7, false}, 1, false));
  EXPECT_TRUE(goes({5, 7, false}, 0, true));
}

TEST(ChoosePhrases, TheMenuOfAllPagesVouchesForThatOfASection) {
  const auto cut = [](std::uint64_t support) {
    TemplateTable table;
    const auto add = [&](const char* phrase, std::size_t words, std::uint64_t on) {
      table.add_phrase("a.example", kPrefix, phrase_key(phrase, kPrefix).key, words,
                       {on, 8, false});
    };
    add("Home News", 2, support);
    add("Home News Sport Chess", 4, 3);
    DocumentFields fields;
    fields.outlet = "a.example";
    const Document document(fields, "Home News Sport Chess Rain came");
    const PhraseCuts cuts = choose_phrases(document, table, {}, 1.0);
    return cuts.cuts.empty() ? 0U : cuts.cuts.front().span.size();
  };
  EXPECT_EQ(cut(5), 0U);
  EXPECT_EQ(cut(6), 22U);
  EXPECT_EQ(cut(7), 22U);
}

TEST(ChoosePhrases, GuardsAPageThatWouldLoseTooMuch) {
  const std::string text = "Home News Rain come";  // ten of 19 bytes
  EXPECT_EQ(after_cut(text, {3, 3, false}, 0, false, 0.52), text + "!");
  EXPECT_EQ(after_cut(text, {3, 3, false}, 0, false, 0.53), "Rain come");
  EXPECT_EQ(after_cut(text, {4, 4, false}, 0, false, 0.52), "Rain come");  // sure
}

TEST(ParseTemplates, PrefixesAndSuffixesBesideLines) {
  TemplateTable table;
  std::vector<Diagnostic> faults;
  parse_templates(
      R"({"outlet":"a.example","place":"prefix","text":"Sign in: 5"})"
      "\n"
      R"({"outlet":"*","place":"suffix","text":"Follow us","support":3,"outlet_groups":4})"
      "\n"
      R"({"outlet":"a.example","place":"line","text":"Menu"})"
      "\n"
      R"({"outlet":"a.example","place":"middle","text":"Menu"})"
      "\n"
      R"({"outlet":"a.example","place":"prefix","key":"00000000000000ff"})"
      "\n"
      R"({"outlet":"a.example","place":"prefix","text":"--"})",
      "t.jsonl", table, faults);
  ASSERT_THAT(faults, SizeIs(3));
  EXPECT_THAT(faults[0].message, ::testing::HasSubstr("\"line\", \"prefix\" or \"suffix\""));
  EXPECT_THAT(faults[1].message, ::testing::HasSubstr("needs it"));
  EXPECT_THAT(faults[2].message, ::testing::HasSubstr("no word"));
  EXPECT_EQ(table.size(), 3U);
  EXPECT_TRUE(table.find("a.example", text::line_key("menu"))->given);
  const PhraseSet* const heads = table.phrases("a.example", kPrefix);
  ASSERT_NE(heads, nullptr);
  EXPECT_THAT(heads->lengths, ElementsAre(3U));
  EXPECT_TRUE(heads->phrases.at(phrase_key("sign in 0", kPrefix).key).given);
  EXPECT_EQ(table.phrases("a.example", kSuffix), nullptr);
  EXPECT_EQ(table.phrases("*", kSuffix)->phrases.begin()->second.support, 3U);
}

}  // namespace
}  // namespace copydesk::reuse
