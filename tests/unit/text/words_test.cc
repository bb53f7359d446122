#include "copydesk/text/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "copydesk/text/utf8.h"

namespace copydesk::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> words_of(std::string_view text) {
  std::vector<Word> words;
  split_words(text, words);
  std::vector<std::string> out;
  for (const Word& word : words) out.emplace_back(text.substr(word.begin, word.end - word.begin));
  return out;
}

std::vector<std::uint64_t> hashes_of(std::string_view text) {
  std::vector<Word> words;
  split_words(text, words);
  std::vector<std::uint64_t> out;
  for (const Word& word : words) out.push_back(word.hash);
  return out;
}

TEST(Words, LettersAndDigitsAreWordsTheRestSeparates) {
  EXPECT_THAT(words_of("The mayor, 54, said: no."),
              ElementsAre("The", "mayor", "54", "said", "no"));
  EXPECT_THAT(words_of("covid19 4x4"), ElementsAre("covid19", "4x4"));
  EXPECT_THAT(words_of("1,234.5"), ElementsAre("1", "234", "5"));
  EXPECT_THAT(words_of("part-time – e-mail"), ElementsAre("part", "time", "e", "mail"));
  EXPECT_THAT(words_of("a_b/c@d"), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(words_of(""), IsEmpty());
  EXPECT_THAT(words_of(" …—\n\t€"), IsEmpty());
  EXPECT_THAT(words_of(std::string("a\0b", 3)), ElementsAre("a", "b"));
}

TEST(Words, ScriptsWithSpaces) {
  EXPECT_THAT(words_of("Élysée-Palast"), ElementsAre("Élysée", "Palast"));
  EXPECT_THAT(words_of("Мэр сказал"), ElementsAre("Мэр", "сказал"));
  EXPECT_THAT(words_of("قال الوزير"), ElementsAre("قال", "الوزير"));
  EXPECT_THAT(words_of("서울 시장"), ElementsAre("서울", "시장"));
  EXPECT_THAT(words_of("हिन्दी समाचार"), ElementsAre("हिन्दी", "समाचार"));
}

TEST(Words, ScriptsWithoutSpacesGiveBigrams) {
  EXPECT_THAT(words_of("漢"), ElementsAre("漢"));
  EXPECT_THAT(words_of("漢字"), ElementsAre("漢字"));
  EXPECT_THAT(words_of("東京都知事"), ElementsAre("東京", "京都", "都知", "知事"));
  EXPECT_THAT(words_of("東京、大阪"), ElementsAre("東京", "大阪"));
  EXPECT_THAT(words_of("ニュース"), ElementsAre("ニュ", "ュー", "ース"));
  EXPECT_THAT(words_of("人々"), ElementsAre("人々"));
  EXPECT_THAT(words_of("二〇二四年"), ElementsAre("二〇", "〇二", "二四", "四年"));
  // A letter and its marks are one character.
  EXPECT_THAT(words_of("กินน้ำ"), ElementsAre("กิน", "นน้", "น้ำ"));
  EXPECT_THAT(words_of("ｶﾞｽ"), ElementsAre("ｶﾞ", "ﾞｽ"));
}

TEST(Words, DigitsAreDigitsInEveryScript) {
  EXPECT_THAT(words_of("๒๕๖๗"), ElementsAre("๒๕๖๗"));
  EXPECT_THAT(words_of("ปี๒๕"), ElementsAre("ปี", "๒๕"));
}

TEST(Words, MixedScripts) {
  EXPECT_THAT(words_of("iPhone発売日は9月"),
              ElementsAre("iPhone", "発売", "売日", "日は", "9", "月"));
  EXPECT_THAT(words_of("漢a字"), ElementsAre("漢", "a", "字"));
}

TEST(Words, CaseAndComposition) {
  const std::vector<std::pair<std::string_view, std::string_view>> equal = {
      {"MAYOR", "mayor"},
      {"Straße", "STRASSE"},
      {"ΟΔΟΣ", "οδος"},
      {"οδος", "οδοσ"},
      {"Élysée", "élysée"},
      {"É", "E\u0301"},
      {"é", "e\u0301"},
      {"ÅNGSTRÖM", "a\u030Angstro\u0308m"},
      {"İzmir", "i\u0307zmir"},
      {"ﬁnance", "finance"},
      {"ДЕНЬ", "день"},
      {"が", "か\u3099"},
      {"한", "\u1112\u1161\u11AB"},
  };
  for (const auto& [a, b] : equal) {
    EXPECT_EQ(word_hash(a), word_hash(b)) << a << " " << b;
    EXPECT_EQ(fold(a), fold(b)) << a << " " << b;
    EXPECT_EQ(hashes_of(a), hashes_of(b)) << a << " " << b;
  }
  const std::vector<std::pair<std::string_view, std::string_view>> different = {
      {"e", "é"}, {"İ", "i"}, {"ı", "i"}, {"a", "а"}, {"1", "2"}, {"o", "ø"},
  };
  for (const auto& [a, b] : different) EXPECT_NE(word_hash(a), word_hash(b)) << a << " " << b;
}

TEST(Words, BothApostrophesSeparate) {
  EXPECT_THAT(words_of("don't"), ElementsAre("don", "t"));
  EXPECT_EQ(hashes_of("don't"), hashes_of("don’t"));
  EXPECT_EQ(hashes_of("l'été"), hashes_of("L’ÉTÉ"));
}

TEST(Words, MarksBelongToWhatTheyFollow) {
  EXPECT_THAT(words_of("cafe\u0301s"), ElementsAre("cafe\u0301s"));
  EXPECT_THAT(words_of("\u0301"), IsEmpty());
  EXPECT_THAT(words_of("❤\uFE0F share"), ElementsAre("share"));
  EXPECT_THAT(words_of("漢\U000E0100字"), ElementsAre("漢\U000E0100字"));
  EXPECT_EQ(hashes_of("漢\U000E0100字"), hashes_of("漢字"));
}

TEST(Words, JoinersInsideAWordAreInvisible) {
  EXPECT_EQ(words_of("Dampf\u00ADschiff").size(), 1U);
  EXPECT_EQ(hashes_of("Dampf\u00ADschiff fahrt"), hashes_of("dampfschiff fahrt"));
  EXPECT_EQ(hashes_of("می\u200Cخواهم"), hashes_of("میخواهم"));
  EXPECT_THAT(words_of("news\u200C \u200C"), ElementsAre("news"));
  EXPECT_THAT(words_of("\u00ADnews\u200D"), ElementsAre("news"));
  // The zero-width space is a space.
  EXPECT_THAT(words_of("news\u200Bpaper"), ElementsAre("news", "paper"));
}

TEST(Words, InvalidUtf8Separates) {
  EXPECT_THAT(words_of("ab\xFF"
                       "cd"),
              ElementsAre("ab", "cd"));
  EXPECT_THAT(words_of("ab\xC3"), ElementsAre("ab"));
  EXPECT_THAT(words_of("\xE6\xBC"
                       "漢字"),
              ElementsAre("漢字"));
  EXPECT_THAT(words_of("\xED\xA0\x80x"), ElementsAre("x"));
}

TEST(Words, FoldKeepsInvalidUtf8) {
  EXPECT_EQ(fold("A\xFF"), "A\xFF");
  EXPECT_EQ(fold(""), "");
}

TEST(Words, HashIsThatOfTheFoldedWordAtEveryLength) {
  // Around the length from which words are folded the general way.
  for (std::size_t size = 1; size < 200; ++size) {
    const std::string upper(size, 'A');
    const std::string lower(size, 'a');
    ASSERT_EQ(word_hash(upper), word_hash(lower));
    ASSERT_EQ(hashes_of(upper), std::vector<std::uint64_t>{word_hash(lower)});
    ASSERT_EQ(word_hash(upper + "É"), word_hash(lower + "e\u0301"));
    ASSERT_NE(word_hash(lower), word_hash(lower + "a"));
  }
}

// The slow obvious way: one letter for the class of each code point, and a regular expression.
// Joiners count only inside a word.
struct Letter {
  std::string_view bytes;
  char kind;  // l(etter) d(igit) u(nspaced) m(ark) j(oiner) s(eparator)
};
constexpr Letter kAlphabet[] = {
    {"a", 'l'},      {"Z", 'l'},      {"é", 'l'},      {"ß", 'l'},      {"я", 'l'},
    {"𝒜", 'l'},      {"7", 'd'},      {"٣", 'd'},      {"½", 'd'},      {"漢", 'u'},
    {"の", 'u'},     {"ก", 'u'},      {"𠀀", 'u'},     {"\u0301", 'm'}, {"\uFE0F", 'm'},
    {"\u0E31", 'm'}, {"\u00AD", 'j'}, {"\u200D", 'j'}, {" ", 's'},      {"-", 's'},
    {"’", 's'},      {"\n", 's'},     {"\xFF", 's'},   {"\xC3", 's'},   {"€", 's'},
    {"😀", 's'},      {"、", 's'},     {"\u200B", 's'},
};

struct Oracle {
  std::string text;
  std::vector<std::pair<std::size_t, std::size_t>> words;
  std::vector<bool> inside;  // of something that must not be parted, for each place
};

Oracle random_text(std::mt19937& random) {
  Oracle oracle;
  std::string kinds;
  std::vector<std::size_t> begins;
  for (std::size_t n = random() % 16; n > 0; --n) {
    const Letter& letter = kAlphabet[random() % std::size(kAlphabet)];
    begins.push_back(oracle.text.size());
    kinds.push_back(letter.kind);
    oracle.text += letter.bytes;
  }
  begins.push_back(oracle.text.size());
  oracle.inside.assign(oracle.text.size() + 1, true);
  for (const std::size_t begin : begins) oracle.inside[begin] = false;
  const auto hold_together = [&](std::size_t first, std::size_t last) {
    for (std::size_t i = begins[first] + 1; i < begins[last]; ++i) oracle.inside[i] = true;
  };

  static const std::regex kRuns("[ld]([ldmj]*[ldm])?|(um*)+");
  static const std::regex kCharacter("um*");
  for (std::sregex_iterator run(kinds.begin(), kinds.end(), kRuns), end; run != end; ++run) {
    const auto first = static_cast<std::size_t>(run->position());
    const std::string found = run->str();
    if (found.front() != 'u') {
      oracle.words.emplace_back(begins[first], begins[first + found.size()]);
      hold_together(first, first + found.size());
      continue;
    }
    std::vector<std::pair<std::size_t, std::size_t>> characters;
    for (std::sregex_iterator c(found.begin(), found.end(), kCharacter); c != end; ++c) {
      const std::size_t at = first + static_cast<std::size_t>(c->position());
      characters.emplace_back(at, at + static_cast<std::size_t>(c->length()));
      hold_together(characters.back().first, characters.back().second);
    }
    if (characters.size() == 1) characters.push_back(characters.front());
    for (std::size_t i = 1; i < characters.size(); ++i) {
      oracle.words.emplace_back(begins[characters[i - 1].first], begins[characters[i].second]);
    }
  }
  return oracle;
}

TEST(Words, RandomTextsAgreeWithOracle) {
  std::mt19937 random(2);
  std::vector<Word> words;
  for (int round = 0; round < 20000; ++round) {
    const Oracle oracle = random_text(random);
    split_words(oracle.text, words);
    std::vector<std::pair<std::size_t, std::size_t>> got;
    for (const Word& word : words) {
      got.emplace_back(word.begin, word.end);
      ASSERT_EQ(word.hash, word_hash(oracle.text.substr(word.begin, word.end - word.begin)));
    }
    ASSERT_EQ(got, oracle.words) << ::testing::PrintToString(oracle.text);
    ASSERT_EQ(count_words(oracle.text), words.size());
  }
}

TEST(SplitsWord, RandomTextsAgreeWithOracle) {
  std::mt19937 random(3);
  for (int round = 0; round < 20000; ++round) {
    const Oracle oracle = random_text(random);
    for (std::size_t at = 0; at <= oracle.text.size(); ++at) {
      const bool expected = oracle.inside[at];
      ASSERT_EQ(splits_word(oracle.text, at), expected)
          << at << " " << ::testing::PrintToString(oracle.text);
    }
  }
}

TEST(SplitsWord, Table) {
  EXPECT_FALSE(splits_word("word", 0));
  EXPECT_TRUE(splits_word("word", 1));
  EXPECT_FALSE(splits_word("word", 4));
  EXPECT_FALSE(splits_word("word", 5));
  EXPECT_FALSE(splits_word("two words", 3));
  EXPECT_FALSE(splits_word("two words", 4));
  EXPECT_FALSE(splits_word("don't", 3));
  EXPECT_FALSE(splits_word("don't", 4));
  EXPECT_TRUE(splits_word("é", 1));        // a code point
  EXPECT_FALSE(splits_word("漢字", 3));    // no spaces between words there
  EXPECT_TRUE(splits_word("e\u0301", 1));  // a letter and its mark
  EXPECT_TRUE(splits_word("ก\u0E31น", 3));
  EXPECT_FALSE(splits_word("漢a", 3));
  EXPECT_FALSE(
      splits_word("a\xFF"
                  "b",
                  1));
  EXPECT_FALSE(splits_word("", 0));
}

}  // namespace
}  // namespace copydesk::text
