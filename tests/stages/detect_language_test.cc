#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "support/probe.h"

namespace copydesk::testing {
namespace {

// Invented reports of one council's vote on one bridge.
const std::map<std::string, std::string>& reports() {
  static const std::map<std::string, std::string> kReports = {
      {"en",
       "The council voted on Tuesday to close the old bridge for nine weeks, because engineers had "
       "found cracks in two of its bearings. Traders said that they had not been asked."},
      {"de",
       "Der Stadtrat hat am Dienstag beschlossen, die alte Brücke neun Wochen lang zu sperren, "
       "weil "
       "Ingenieure Risse in zwei Lagern gefunden haben. Die Händler wurden nicht gefragt."},
      {"fr",
       "Le conseil municipal a décidé mardi de fermer le vieux pont pendant neuf semaines, car des "
       "ingénieurs ont découvert des fissures. Les commerçants n'ont pas été consultés."},
      {"es",
       "El ayuntamiento decidió el martes cerrar el viejo puente durante nueve semanas, porque los "
       "ingenieros encontraron grietas. Los comerciantes dicen que nadie les preguntó."},
      {"it",
       "Il consiglio comunale ha deciso martedì di chiudere il vecchio ponte per nove settimane, "
       "perché gli ingegneri hanno trovato delle crepe. Nessuno ha chiesto ai negozianti."},
      {"pt",
       "A câmara municipal decidiu na terça-feira fechar a velha ponte durante nove semanas, "
       "porque "
       "os engenheiros encontraram fissuras. Os comerciantes não foram ouvidos."},
      {"nl",
       "De gemeenteraad besloot dinsdag om de oude brug negen weken te sluiten, omdat ingenieurs "
       "scheuren hebben gevonden. De winkeliers zeggen dat niemand hen iets heeft gevraagd."},
      {"sv",
       "Kommunfullmäktige beslutade på tisdagen att stänga den gamla bron i nio veckor, eftersom "
       "ingenjörer har hittat sprickor. Handlarna säger att ingen har frågat dem."},
      {"no",
       "Kommunestyret vedtok tirsdag å stenge den gamle broen i ni uker, fordi ingeniører har "
       "funnet "
       "sprekker i to av lagrene. De næringsdrivende sier at ingen har spurt dem."},
      {"pl",
       "Rada miasta zdecydowała we wtorek o zamknięciu starego mostu na dziewięć tygodni, ponieważ "
       "inżynierowie znaleźli pęknięcia. Kupcy mówią, że nikt ich nie zapytał."},
      {"cs",
       "Zastupitelstvo v úterý rozhodlo o uzavření starého mostu na devět týdnů, protože inženýři "
       "našli trhliny ve dvou ložiscích. Obchodníci říkají, že se jich nikdo neptal."},
      {"tr",
       "Belediye meclisi salı günü eski köprünün dokuz hafta boyunca kapatılmasına karar verdi, "
       "çünkü mühendisler çatlaklar buldu. Esnaf kendilerine sorulmadığını söylüyor."},
      {"ru",
       "Городской совет во вторник решил закрыть старый мост на девять недель, потому что инженеры "
       "нашли трещины. Торговцы говорят, что их никто не спросил."},
      {"uk",
       "Міська рада у вівторок вирішила закрити старий міст на дев'ять тижнів, бо інженери знайшли "
       "тріщини. Торговці кажуть, що їх ніхто не питав."},
      {"el",
       "Το δημοτικό συμβούλιο αποφάσισε την Τρίτη να κλείσει την παλιά γέφυρα για εννέα εβδομάδες, "
       "επειδή οι μηχανικοί βρήκαν ρωγμές."},
      {"he",
       "מועצת העיר החליטה ביום שלישי לסגור את הגשר הישן לתשעה שבועות, לאחר שמהנדסים מצאו בו סדקים. "
       "הסוחרים אומרים שאיש לא שאל אותם."},
      {"ar",
       "قرر مجلس المدينة يوم الثلاثاء إغلاق الجسر القديم لمدة تسعة أسابيع بعد أن وجد المهندسون "
       "شقوقا فيه. ويقول التجار إن أحدا لم يسألهم."},
      {"ja",
       "市議会は火曜日、技術者が古い橋にひび割れを見つけたため、橋を九週間閉鎖することを決めた。"
       "商店主たちは相談がなかったと話している。"},
      {"ko",
       "시의회는 화요일 기술자들이 낡은 다리에서 균열을 발견함에 따라 다리를 아홉 주 동안 "
       "폐쇄하기로 결정했다. 상인들은 아무도 묻지 않았다고 말한다."}};
  return kReports;
}

constexpr const char* kSimplified =
    "市议会星期二决定将旧桥关闭九个星期，因为工程师在桥上发现了裂缝。商人们说，没有人问过他们的意见"
    "。";
constexpr const char* kTraditional =
    "市議會星期二決定將舊橋關閉九個星期，因為工程師在橋上發現了裂縫。商人們說，沒有人問過他們的意見"
    "。";

// What the stage says; "" if nothing.
std::string detected(const std::string& text, const std::string& given = {}) {
  Page page;
  page.text = text;
  page.language = given;
  const Outcome outcome = probe("detect_language", {}, {page}).outcomes.at(0);
  EXPECT_TRUE(outcome.verdict.kept());
  EXPECT_TRUE(outcome.edits.empty());
  EXPECT_NE(outcome.language, "") << "nothing is said by saying nothing";
  return outcome.language.value_or("");
}

TEST(DetectLanguage, KnowsTheLanguagesOfNews) {
  for (const auto& [language, report] : reports()) EXPECT_EQ(detected(report), language);
}

TEST(DetectLanguage, WrittenFormsAreOneLanguage) {
  EXPECT_EQ(detected(kSimplified), "zh");
  EXPECT_EQ(detected(kTraditional), "zh");
  EXPECT_EQ(detected("Kommunestyret vedtok tysdag å stengje den gamle brua i ni veker, fordi "
                     "ingeniørar har funne sprekker. Dei næringsdrivande seier at ingen har spurt "
                     "dei, og at dei ikkje veit kva dei skal gjere."),
            "no");
}

TEST(DetectLanguage, AGivenLanguageStands) {
  const std::string german = reports().at("de");
  for (const char* given : {"en", "EN-us", "English", "ceb"})
    EXPECT_EQ(detected(german, given), "");
  // What names no language is none.
  for (const char* given : {"", "und", "n/a", "xx"}) EXPECT_EQ(detected(german, given), "de");
}

TEST(DetectLanguage, TooShortATextHasNone) {
  // 64 bytes of letters and spaces, with one space at either end that CLD2 adds.
  const std::string text = "The council voted to close the old bridge for a week or months";
  ASSERT_EQ(text.size(), 62U);
  EXPECT_EQ(detected(text.substr(0, 61)), "");
  EXPECT_EQ(detected(text), "en");
  EXPECT_EQ(detected(text + "!"), "en");
  for (const char* nothing :
       {"", "\n\n", " ", "12 345 678", "Menu", "…—…", "Home\nNews\nSport\n"}) {
    EXPECT_EQ(detected(nothing), "") << nothing;
  }
}

TEST(DetectLanguage, WhatIsNoLanguageHasNone) {
  EXPECT_EQ(detected("zqx vrrk pflomt wuxq tzzp grblk xqvn hhrt plmk wqzx vbnn trrk gfdq zzxw qpvk "
                     "mnbx wrtz qqkl xzvb nmpl kkjh gfdq wtrp zxcv"),
            "");
  EXPECT_EQ(detected(std::string(4000, '7')), "");
}

TEST(DetectLanguage, TheArticleCountsNotTheMenus) {
  std::string page;
  for (int i = 0; i < 60; ++i) {
    page += "Sign in to your account\nSubscribe to our newsletter\nLatest news and weather\n";
  }
  const std::string menus = page;
  page += reports().at("de") + "\n\n" + reports().at("de") + "\n";
  for (int i = 0; i < 60; ++i) page += "Terms of service\nMore from this section\n";
  EXPECT_EQ(detected(page), "de");
  EXPECT_EQ(detected(menus), "en");
}

TEST(DetectLanguage, OfTwoLanguagesTheGreaterPartCounts) {
  const std::string german = reports().at("de") + "\n";
  const std::string polish = reports().at("pl") + "\n";
  EXPECT_EQ(detected(german + german + german + polish), "de");
  EXPECT_EQ(detected(polish + german + polish + polish), "pl");
}

TEST(DetectLanguage, LongLinesAndHardBreaksAreTheSame) {
  std::string article;
  for (int i = 0; i < 40; ++i) article += reports().at("es") + " ";
  EXPECT_EQ(detected(article), "es");
  // Broken after every sixty bytes or so.
  std::string broken;
  for (const char c : article) {
    broken += c == ' ' && broken.size() - (broken.rfind('\n') + 1) > 60 ? '\n' : c;
  }
  EXPECT_EQ(detected(broken), "es");
}

// A sample must not cut a letter in two, wherever it ends.
TEST(DetectLanguage, SamplesEndBetweenLetters) {
  std::string greek;
  for (int i = 0; i < 10; ++i) greek += reports().at("el") + " ";
  std::string chinese;
  for (int i = 0; i < 10; ++i) chinese += kSimplified;
  for (int i = 0; i < 4; ++i) {
    const std::string before(static_cast<std::size_t>(i), 'x');
    EXPECT_EQ(detected(before + " " + greek), "el");
    EXPECT_EQ(detected(before + " " + chinese), "zh");
  }
}

TEST(DetectLanguage, OddCharactersDoNoHarm) {
  const std::string odd = std::string("\0\x01\x7F", 3) + "\uFFFE\uFFFF\uFDD0\uFFFD\u202E\U0010FFFF";
  std::string text;
  for (const char c : reports().at("de")) {
    text += c;
    if (c == ' ') text += odd;
  }
  detected(text);
  detected(odd);
  EXPECT_EQ(detected(odd + "\n" + reports().at("de")), "de");
}

// Stage objects are shared by all workers, and so are CLD2's globals.
TEST(DetectLanguage, ThreadsDoNotDisturbEachOther) {
  std::vector<Page> pages;
  std::vector<std::string> languages;
  for (const auto& [language, report] : reports()) {
    pages.push_back({.text = report});
    languages.push_back(language);
  }
  std::vector<int> wrong(4);
  std::vector<std::thread> threads;
  for (int& faults : wrong) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        const Found found = probe("detect_language", {}, pages);
        for (std::size_t i = 0; i < pages.size(); ++i) {
          if (found.outcomes[i].language != languages[i]) ++faults;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::count(wrong.begin(), wrong.end(), 0), 4);
}

}  // namespace
}  // namespace copydesk::testing
