#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "support/probe.h"

namespace copydesk {
namespace {

using ::testing::ElementsAre;
using testing::Found;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::option_fault;
using testing::Page;
using testing::probe;
using testing::probe_resumed;
using ::testing::SizeIs;

// Texts are numbered words; equal numbers are equal words.
std::string text_of(const std::vector<int>& numbers) {
  std::string text;
  for (const int number : numbers) text += "w" + std::to_string(number) + " ";
  return text;
}

std::vector<int> sequence(int first, int count) {
  std::vector<int> numbers(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) numbers[static_cast<std::size_t>(i)] = first + i;
  return numbers;
}

std::vector<int> joined(std::initializer_list<std::vector<int>> parts) {
  std::vector<int> all;
  for (const std::vector<int>& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Page page(const std::vector<int>& numbers, std::int64_t time = 100) {
  return {.text = text_of(numbers), .time = time};
}

Found run(const std::vector<Page>& pages, const OptionValues& options = {}) {
  return probe("match_reuse", options, pages);
}

// The relation of two texts, if they are reported.
std::optional<Relation> relation(const std::vector<int>& a, const std::vector<int>& b,
                                 const OptionValues& options = {}) {
  const Found found = run({page(a), page(b)}, options);
  if (found.pairs.empty()) return std::nullopt;
  EXPECT_THAT(found.pairs, SizeIs(1));
  return found.pairs[0].relation;
}

// Two texts of so many words that share their first `shared` words.
std::optional<Relation> relation_of(int words_a, int words_b, int shared,
                                    const OptionValues& options = {}) {
  const std::vector<int> common = sequence(0, shared);
  return relation(joined({common, sequence(1000, words_a - shared)}),
                  joined({common, sequence(2000, words_b - shared)}), options);
}

TEST(MatchReuse, NearDuplicateThreshold) {
  const OptionValues only_jaccard = {{"contains", 1.0}};
  EXPECT_EQ(relation_of(74, 74, 43, only_jaccard), Relation::kSharesPassage);
  EXPECT_EQ(relation_of(74, 74, 44, only_jaccard), Relation::kNearDuplicate);
  EXPECT_EQ(relation_of(74, 74, 45, only_jaccard), Relation::kNearDuplicate);
}

TEST(MatchReuse, ContainsThreshold) {
  EXPECT_EQ(relation_of(300, 100, 59), Relation::kSharesPassage);
  EXPECT_EQ(relation_of(300, 100, 60), Relation::kContains);
  EXPECT_EQ(relation_of(300, 100, 61), Relation::kContains);
  EXPECT_EQ(relation_of(100, 300, 60), Relation::kContained);
}

TEST(MatchReuse, ContainsMinWords) {
  EXPECT_EQ(relation_of(300, 40, 24), Relation::kSharesPassage);
  EXPECT_EQ(relation_of(300, 40, 25), Relation::kContains);
  EXPECT_EQ(relation_of(300, 40, 26), Relation::kContains);
}

TEST(MatchReuse, MinWords) {
  EXPECT_EQ(relation_of(19, 19, 18), Relation::kSharesPassage);
  EXPECT_EQ(relation_of(20, 20, 19), Relation::kNearDuplicate);
  EXPECT_EQ(relation_of(21, 21, 20), Relation::kNearDuplicate);
}

// A short run may be chance. Unless it stands in quotation marks, it makes no pair.
TEST(MatchReuse, MinUnquotedWords) {
  const auto share = [&](int words, std::int64_t min_unquoted_words) {
    return relation(
        joined({sequence(1000, 60), sequence(0, words), sequence(2000, 60)}),
        joined({sequence(3000, 60), sequence(0, words), sequence(4000, 60)}),
        {{"min_unquoted_words", min_unquoted_words}, {"guarantee_words", std::int64_t{8}}});
  };
  EXPECT_EQ(share(13, 14), std::nullopt);
  EXPECT_EQ(share(14, 14), Relation::kSharesPassage);
  EXPECT_EQ(share(15, 14), Relation::kSharesPassage);
  EXPECT_EQ(share(30, 40), std::nullopt);
}

TEST(MatchReuse, MinPassageWords) {
  const OptionValues options = {{"guarantee_words", std::int64_t{8}},
                                {"min_unquoted_words", std::int64_t{0}}};
  const auto share = [&](int words) {
    return relation(joined({sequence(1000, 60), sequence(0, words), sequence(2000, 60)}),
                    joined({sequence(3000, 60), sequence(0, words), sequence(4000, 60)}), options);
  };
  EXPECT_EQ(share(11), std::nullopt);
  EXPECT_EQ(share(12), Relation::kSharesPassage);
  EXPECT_EQ(share(13), Relation::kSharesPassage);
}

TEST(MatchReuse, FingerprintCap) {
  // So many texts share a passage.
  const auto pairs = [](int texts) {
    std::vector<Page> pages;
    for (int i = 0; i < texts; ++i) {
      pages.push_back(page(
          joined({sequence(1000 * i + 1000, 60), sequence(0, 30), sequence(1000 * i + 1500, 60)})));
    }
    return run(pages, {{"fingerprint_cap", std::int64_t{4}}});
  };
  EXPECT_THAT(pairs(3).pairs, SizeIs(3));
  EXPECT_THAT(pairs(4).pairs, SizeIs(6));
  EXPECT_THAT(pairs(5).pairs, IsEmpty());
  EXPECT_EQ(pairs(4).numbers.at("capped_fingerprints"), 0);
  EXPECT_GE(pairs(5).numbers.at("capped_fingerprints"), 1);
}

TEST(MatchReuse, StockLanguageStandsAmongThePassagesOfACopy) {
  const std::vector<int> stock = sequence(0, 30);
  const auto copy = [&](int changed) {
    return joined({sequence(1000, 50), stock, {changed}, sequence(2000, 50)});
  };
  std::vector<Page> pages = {page(copy(1)), page(copy(2))};
  for (int i = 0; i < 5; ++i) pages.push_back(page(joined({sequence(9000 + 100 * i, 50), stock})));
  const Found found = run(pages, {{"fingerprint_cap", std::int64_t{4}}});
  ASSERT_THAT(found.pairs, SizeIs(1));
  EXPECT_EQ(found.pairs[0].relation, Relation::kNearDuplicate);
  ASSERT_THAT(found.pairs[0].passages, SizeIs(2));
  EXPECT_EQ(found.pairs[0].passages[0].words, 80U);
}

// What an outlet puts under more of its stories than the cap makes no pairs of these. A report that
// it keeps updating is none of that, however many versions there are.
TEST(MatchReuse, OutletCap) {
  const auto pairs = [](int texts, const std::string& outlet, bool same_report) {
    std::vector<Page> pages;
    for (int i = 0; i < texts; ++i) {
      const int first = same_report ? 1000 : 1000 * i + 1000;
      pages.push_back(page(joined({sequence(first, 60), sequence(0, 30), {7000 + i}})));
      pages.back().outlet = outlet;
    }
    return run(pages, {{"outlet_cap", std::int64_t{4}}}).pairs.size();
  };
  EXPECT_EQ(pairs(4, "tide.example", false), 6U);
  EXPECT_EQ(pairs(5, "tide.example", false), 0U);
  EXPECT_EQ(pairs(5, "", false), 10U);
  EXPECT_EQ(pairs(5, "tide.example", true), 10U);
}

// The texts' only common fingerprints are set aside as too common; the sketches find them.
TEST(MatchReuse, BandsFindWhatFingerprintsDoNot) {
  std::vector<Page> pages;
  for (int i = 0; i < 3; ++i) pages.push_back(page(joined({sequence(0, 60), {1000 + i}})));
  EXPECT_THAT(run(pages, {{"guarantee_words", std::int64_t{1000}}}).pairs, SizeIs(3));
}

// Two edits of one text, each of another half: no run and no band in common, but both are near
// duplicates of the text and so they are compared.
TEST(MatchReuse, NearDuplicatesInCommonSuggestAPair) {
  for (int first = 0; first < 10'000; first += 2000) {
    const std::vector<int> text = sequence(first, 192);
    std::vector<int> a = text;
    std::vector<int> c = text;
    for (std::size_t i = 0; i < 96; i += 12) {
      a[i] += 50'000;
      c[i + 96] += 50'000;
    }
    const Found found = run({page(a), page(text), page(c)},
                            {{"near_duplicate", 0.6}, {"guarantee_words", std::int64_t{90}}});
    ASSERT_THAT(found.pairs, SizeIs(3)) << first;
    EXPECT_EQ(found.pairs[0].relation, Relation::kNearDuplicate);
    EXPECT_NE(found.pairs[1].relation, Relation::kNearDuplicate);  // what the others suggested
    EXPECT_EQ(found.pairs[2].relation, Relation::kNearDuplicate);
  }
}

TEST(MatchReuse, PassagesAreBytesOfBothTexts) {
  const Page a{.text =
                   "One two. “We will rebuild the old pier before the summer comes, whatever it "
                   "may cost us”, the mayor said."};
  const Page b{.text =
                   "Asked on Friday she said: “We will rebuild the old pier before the summer "
                   "comes, whatever it may cost us.” Others laughed at that."};
  const Found found = run({a, b}, {{"guarantee_words", std::int64_t{12}}});
  ASSERT_THAT(found.pairs, SizeIs(1));
  ASSERT_THAT(found.pairs[0].passages, SizeIs(1));
  const Passage& passage = found.pairs[0].passages[0];
  const std::string shared =
      " “We will rebuild the old pier before the summer comes, whatever it may cost us";
  EXPECT_EQ(a.text.substr(passage.a.begin, passage.a.size()), shared);
  EXPECT_EQ(b.text.substr(passage.b.begin, passage.b.size()), shared);
  EXPECT_EQ(passage.words, 15U);
  EXPECT_TRUE(passage.quoted);
}

TEST(MatchReuse, ExactCopiesPairAllWithAllUpToTheGroupLimit) {
  const auto copies = [](std::size_t count) {
    std::vector<Page> pages(count, page(sequence(0, 50)));
    pages[1].time = 1;  // the earliest
    return run(pages, {{"group_limit", std::int64_t{4}}});
  };
  EXPECT_THAT(copies(3).pairs, SizeIs(3));
  EXPECT_THAT(copies(4).pairs, SizeIs(6));
  const Found five = copies(5);
  ASSERT_THAT(five.pairs, SizeIs(4));
  for (const Pair& pair : five.pairs) {
    EXPECT_TRUE(pair.a == 1 || pair.b == 1);
    EXPECT_EQ(pair.relation, Relation::kExact);
    EXPECT_EQ(pair.jaccard, 1);
    ASSERT_THAT(pair.passages, SizeIs(1));
    EXPECT_EQ(pair.passages[0].words, 50U);
  }
  ASSERT_THAT(five.clusters, SizeIs(1));
  EXPECT_THAT(five.clusters[0].members, SizeIs(5));
  EXPECT_EQ(five.clusters[0].representative, 1U);
}

// Above the limit copies are compared with the one of the first rank only, and all are its cluster.
TEST(MatchReuse, NearDuplicatesPairAllWithAllUpToTheGroupLimit) {
  const auto copies = [](std::size_t count) {
    std::vector<Page> pages;
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<int> text = sequence(0, 100);
      text[2 * i] = 900;
      pages.push_back(page(text, 500 - static_cast<std::int64_t>(i)));
    }
    return run(pages, {{"group_limit", std::int64_t{40}}});
  };
  EXPECT_THAT(copies(40).pairs, SizeIs(40 * 39 / 2));
  const Found many = copies(41);
  EXPECT_THAT(many.pairs, SizeIs(40));
  for (const Pair& pair : many.pairs) EXPECT_EQ(pair.b, 40U);
  ASSERT_THAT(many.clusters, SizeIs(1));
  EXPECT_THAT(many.clusters[0].members, SizeIs(41));
  EXPECT_EQ(many.clusters[0].representative, 40U);
}

TEST(MatchReuse, OtherTextsPairWithOneOfTheExactCopies) {
  std::vector<int> edited = sequence(0, 100);
  edited[50] = 999;
  const Found found =
      run({page(sequence(0, 100), 300), page(edited, 200), page(sequence(0, 100), 100)});
  ASSERT_THAT(found.pairs, SizeIs(2));
  EXPECT_EQ(found.pairs[0].a, 0U);
  EXPECT_EQ(found.pairs[0].b, 2U);
  EXPECT_EQ(found.pairs[0].relation, Relation::kExact);
  EXPECT_EQ(found.pairs[1].a, 1U);
  EXPECT_EQ(found.pairs[1].b, 2U);
  EXPECT_EQ(found.pairs[1].relation, Relation::kNearDuplicate);
  ASSERT_THAT(found.clusters, SizeIs(1));
  EXPECT_THAT(found.clusters[0].members, SizeIs(3));
}

TEST(MatchReuse, ShortExactCopiesNeedTheSameTitle) {
  const std::vector<Page> pages = {{.text = "Photo gallery", .title = "Harbour fire"},
                                   {.text = "Photo gallery", .title = "Town fair"},
                                   {.text = "photo gallery", .title = "Harbour fire"}};
  const Found found = run(pages);
  ASSERT_THAT(found.pairs, SizeIs(1));
  EXPECT_EQ(found.pairs[0].a, 0U);
  EXPECT_EQ(found.pairs[0].b, 2U);
}

TEST(MatchReuse, TextsWithoutWordsAreNothing) {
  const Found found = run({{.text = ""}, {.text = ""}, {.text = "— !"}, {.text = "— !"}});
  EXPECT_THAT(found.pairs, IsEmpty());
  EXPECT_THAT(found.clusters, IsEmpty());
}

TEST(MatchReuse, ClusterTags) {
  std::vector<Page> pages(3, page(sequence(0, 60)));
  pages[0].outlet = "z.example";
  pages[1].outlet = "a.example";
  pages[2].outlet = "z.example";
  pages.push_back(page(sequence(500, 60)));
  const Found found = run(pages);
  ASSERT_TRUE(found.outcomes[0].cluster.has_value());
  EXPECT_EQ(found.outcomes[0].cluster->cluster, 0U);
  EXPECT_EQ(found.outcomes[0].cluster->size, 3U);
  EXPECT_THAT(found.outcomes[2].cluster->outlets, ElementsAre("a.example", "z.example"));
  EXPECT_FALSE(found.outcomes[3].cluster.has_value());
}

// A hundred thousand copies that each name a hundred thousand outlets would fill any disk.
TEST(MatchReuse, ATagNamesAHundredOutletsAtMost) {
  for (const int outlets : {99, 100, 101}) {
    std::vector<Page> pages(static_cast<std::size_t>(outlets), page(sequence(0, 60)));
    for (int i = 0; i < outlets; ++i) {
      pages[static_cast<std::size_t>(i)].outlet = "o" + std::to_string(1000 + i) + ".example";
    }
    std::reverse(pages.begin(), pages.end());
    const Found found = run(pages, {{"duplicates", std::string("annotate")}});
    ASSERT_TRUE(found.outcomes[0].cluster.has_value());
    const ClusterTag& tag = *found.outcomes[0].cluster;
    EXPECT_EQ(tag.size, static_cast<std::uint32_t>(outlets));
    ASSERT_EQ(tag.outlets.size(), static_cast<std::size_t>(std::min(outlets, 100)));
    EXPECT_EQ(tag.outlets.front(), "o1000.example");
    EXPECT_EQ(tag.outlets.back(), "o" + std::to_string(999 + std::min(outlets, 100)) + ".example");
  }
}

TEST(MatchReuse, DuplicatesAreDroppedUnlessTheyAreToBeAnnotated) {
  std::vector<int> edited = sequence(0, 100);
  edited[50] = 999;
  const std::vector<Page> pages = {page(edited, 200), page(sequence(0, 100), 100),
                                   page(sequence(0, 100), 300), page(sequence(20, 60), 400)};
  const Found annotated = run(pages, {{"duplicates", std::string("annotate")}});
  for (const testing::Outcome& outcome : annotated.outcomes) {
    EXPECT_TRUE(outcome.verdict.kept());
  }

  const Found found = run(pages);
  EXPECT_EQ(found.outcomes[0].verdict, Verdict::drop(DropReason::kNearDuplicate, 1));
  EXPECT_TRUE(found.outcomes[1].verdict.kept());
  EXPECT_EQ(found.outcomes[2].verdict, Verdict::drop(DropReason::kExactDuplicate, 1));
}

// 100 words of which the first `shared` are those of the representative.
TEST(MatchReuse, WhatHasTooMuchOfItsOwnStays) {
  const auto verdict = [](int shared) {
    const Found found =
        run({page(sequence(0, 100), 100),
             page(joined({sequence(0, shared), sequence(500, 100 - shared)}), 200)});
    EXPECT_EQ(found.clusters.size(), 1U);
    return found.outcomes[1].verdict;
  };
  EXPECT_TRUE(verdict(74).kept());
  EXPECT_EQ(verdict(75), Verdict::drop(DropReason::kNearDuplicate, 0));
  EXPECT_EQ(verdict(76), Verdict::drop(DropReason::kNearDuplicate, 0));
}

// A flash, then the long report in several prints: the first of these stays, too.
TEST(MatchReuse, OneOfTheLongReportsAfterAFlashStays) {
  std::vector<Page> pages = {page(sequence(0, 100), 100)};
  for (int i = 0; i < 4; ++i) {
    std::vector<int> text = sequence(0, 200);
    text[static_cast<std::size_t>(150 + i)] = 900;
    pages.push_back(page(text, 200 + i));
  }
  pages.push_back(pages.back());
  const Found found = run(pages);
  ASSERT_THAT(found.clusters, SizeIs(1));
  EXPECT_EQ(found.clusters[0].representative, 0U);
  EXPECT_TRUE(found.outcomes[0].verdict.kept());
  EXPECT_TRUE(found.outcomes[1].verdict.kept());
  for (std::size_t i = 2; i < 6; ++i) {
    EXPECT_EQ(found.outcomes[i].verdict, Verdict::drop(DropReason::kNearDuplicate, 1));
  }
}

// A user who takes less for a copy does not turn a disclaimer into a report with many versions.
TEST(MatchReuse, StockLanguageAtALowThreshold) {
  std::vector<Page> pages;
  for (int i = 0; i < 40; ++i) {
    pages.push_back(page(joined({sequence(1000 * i + 1000, 200), sequence(0, 120)})));
  }
  EXPECT_THAT(run(pages, {{"near_duplicate", 0.3}}).pairs, IsEmpty());
}

TEST(MatchReuse, ClustersSayWhoWasFirstAndWhatIsAnUpdate) {
  std::vector<Page> pages;
  for (int i = 0; i < 4; ++i) {
    pages.push_back(page(joined({sequence(0, 80), {900 + i}}), 400 - 100 * i));
    pages.back().outlet = i % 2 == 0 ? "tide.example" : "elm.example";
  }
  const Found found = run(pages, {{"keep", std::string("first")}});
  ASSERT_THAT(found.clusters, SizeIs(1));
  const Cluster& cluster = found.clusters[0];
  EXPECT_EQ(cluster.representative, 0U);
  EXPECT_EQ(cluster.first, 3U);
  EXPECT_TRUE(cluster.members[0].update);
  EXPECT_TRUE(cluster.members[1].update);
  EXPECT_FALSE(cluster.members[2].update);
  EXPECT_FALSE(cluster.members[3].update);
}

TEST(MatchReuse, AgenciesThatAreCredited) {
  std::vector<Page> pages(2, page(sequence(0, 80)));
  pages[0].lifted = {{Field::kDateline, "PORT ELM (AP)"}};
  pages[1].lifted = {{Field::kCredit, "The Associated Press and Reuters contributed to this."}};
  const Found found = run(pages);
  ASSERT_THAT(found.pairs, SizeIs(1));
  EXPECT_THAT(found.pairs[0].agencies, ElementsAre("AP"));
  ASSERT_THAT(found.clusters, SizeIs(1));
  EXPECT_THAT(found.clusters[0].members[1].agencies, ElementsAre("AP", "Reuters"));
}

TEST(MatchReuse, ContainedTextsAreNeverDropped) {
  const Found found = run({page(sequence(0, 300), 100), page(sequence(100, 80), 200)});
  ASSERT_THAT(found.pairs, SizeIs(1));
  EXPECT_EQ(found.pairs[0].relation, Relation::kContains);
  EXPECT_THAT(found.clusters, IsEmpty());
  EXPECT_TRUE(found.outcomes[1].verdict.kept());
}

TEST(MatchReuse, RepresentativePolicies) {
  std::vector<int> edited = sequence(0, 100);
  edited.push_back(999);
  std::vector<Page> pages = {page(sequence(0, 100), 300), page(edited, 200),
                             page(sequence(0, 100), 100)};
  pages[0].outlet = "wire.example";
  const auto representative = [&](const OptionValues& options) {
    const Found found = run(pages, options);
    return found.clusters.size() == 1 ? found.clusters[0].representative : 99;
  };
  EXPECT_EQ(representative({}), 2U);
  EXPECT_EQ(representative({{"keep", std::string("longest")}}), 1U);
  EXPECT_EQ(representative({{"keep", std::string("first")}}), 0U);
  EXPECT_EQ(representative({{"keep", std::string("preferred")},
                            {"preferred_outlets", std::vector<std::string>{"wire.example"}}}),
            0U);
}

// Five generations of one report, each a further edit of the last: all are compared with the first,
// and those too far from it are not its cluster.
TEST(MatchReuse, ClustersDoNotChain) {
  std::vector<Page> pages;
  for (int i = 0; i < 8; ++i) pages.push_back(page(sequence(25 * i, 104), 100 + i));
  const Found found = run(pages);
  ASSERT_FALSE(found.clusters.empty());
  for (const Cluster& cluster : found.clusters) {
    EXPECT_GE(cluster.worst_jaccard, 0.4);
    for (const ClusterMember& member : cluster.members) {
      if (member.doc == cluster.representative) continue;
      EXPECT_TRUE(std::any_of(found.pairs.begin(), found.pairs.end(), [&](const Pair& pair) {
        return pair.a == std::min(member.doc, cluster.representative) &&
               pair.b == std::max(member.doc, cluster.representative) &&
               pair.relation == Relation::kNearDuplicate && pair.jaccard == member.jaccard;
      }));
    }
  }
}

TEST(MatchReuse, NotesWhatItDid) {
  const Found found = run({page(sequence(0, 60)), page(sequence(1, 60))});
  EXPECT_EQ(found.numbers.at("candidates"), 1);
  EXPECT_EQ(found.numbers.at("pairs"), 1);
  EXPECT_GT(found.numbers.at("fingerprints"), 1);
  EXPECT_THAT(found.remarks.at("bands"), HasSubstr("probability to become a candidate"));
}

TEST(MatchReuse, OptionFaults) {
  EXPECT_NE(option_fault("match_reuse", "near_duplicate", 0.09), "");
  EXPECT_EQ(option_fault("match_reuse", "near_duplicate", 0.1), "");
  EXPECT_NE(option_fault("match_reuse", "min_passage_words", std::int64_t{7}), "");
  EXPECT_EQ(option_fault("match_reuse", "min_passage_words", std::int64_t{8}), "");
  EXPECT_NE(option_fault("match_reuse", "duplicates", std::string("delete")), "");
}

// --- Against the slow obvious version: all pairs, sets of strings, tables of runs ---

std::vector<std::vector<int>> invented_corpus() {
  std::mt19937 rng(77);
  const auto below = [&](std::size_t limit) { return static_cast<int>(rng() % limit); };
  std::vector<std::vector<int>> texts;
  for (int i = 0; i < 120; ++i) {
    if (i < 40 || below(3) == 0) {
      std::vector<int> fresh(static_cast<std::size_t>(60 + below(200)));
      for (int& word : fresh) word = below(3000);
      texts.push_back(fresh);
      continue;
    }
    std::vector<int> text = texts[static_cast<std::size_t>(below(texts.size()))];
    const int kind = below(3);
    if (kind == 0) {  // edited
      const int rate = 2 + below(15);
      for (int& word : text) {
        if (below(100) < rate) word = below(3000);
      }
    } else if (kind == 1) {  // cut
      text.resize(std::max<std::size_t>(50, text.size() / 3));
    } else {  // quoted in another
      std::vector<int> host = texts[static_cast<std::size_t>(below(texts.size()))];
      const auto length = static_cast<std::ptrdiff_t>(std::min<std::size_t>(text.size(), 18));
      host.insert(host.begin() + below(host.size()), text.begin(), text.begin() + length);
      text = host;
    }
    text.push_back(10000 + i);  // no two are the same
    texts.push_back(text);
  }
  return texts;
}

std::set<std::vector<int>> shingle_set(const std::vector<int>& numbers) {
  std::set<std::vector<int>> out;
  for (std::size_t i = 0; i + 5 <= numbers.size(); ++i) {
    out.emplace(numbers.begin() + static_cast<std::ptrdiff_t>(i),
                numbers.begin() + static_cast<std::ptrdiff_t>(i + 5));
  }
  return out;
}

std::size_t longest_run(const std::vector<int>& a, const std::vector<int>& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::size_t longest = 0;
  for (const int word : a) {
    for (std::size_t j = b.size(); j-- > 0;) {
      row[j + 1] = word == b[j] ? row[j] + 1 : 0;
      longest = std::max(longest, row[j + 1]);
    }
  }
  return longest;
}

TEST(MatchReuse, AgreesWithComparingAllPairs) {
  const std::vector<std::vector<int>> texts = invented_corpus();
  std::vector<Page> pages;
  std::vector<std::set<std::vector<int>>> sets;
  for (const std::vector<int>& text : texts) {
    pages.push_back(page(text));
    sets.push_back(shingle_set(text));
  }
  std::map<std::pair<std::uint64_t, std::uint64_t>, Pair> reported;
  for (const Pair& pair : probe("match_reuse", {}, pages, 7).pairs) {
    EXPECT_LT(pair.a, pair.b);
    EXPECT_TRUE(reported.empty() || reported.rbegin()->first < std::pair(pair.a, pair.b));
    reported.emplace(std::pair(pair.a, pair.b), pair);
  }
  std::map<Relation, int> seen;
  for (std::size_t a = 0; a < texts.size(); ++a) {
    for (std::size_t b = a + 1; b < texts.size(); ++b) {
      std::size_t shared = 0;
      for (const std::vector<int>& shingle : sets[a]) shared += sets[b].count(shingle);
      const auto ratio = [&](std::size_t whole) {
        return static_cast<double>(shared) / static_cast<double>(whole);
      };
      const double jaccard = ratio(sets[a].size() + sets[b].size() - shared);
      const std::size_t run_words = longest_run(texts[a], texts[b]);
      const auto found = reported.find({a, b});
      if (found == reported.end()) {
        EXPECT_LT(run_words, 16U) << a << " " << b;
        EXPECT_LT(jaccard, 0.5) << a << " " << b;
        continue;
      }
      const Pair& pair = found->second;
      ++seen[pair.relation];
      EXPECT_DOUBLE_EQ(pair.jaccard, jaccard);
      EXPECT_DOUBLE_EQ(pair.containment_a, ratio(sets[a].size()));
      EXPECT_DOUBLE_EQ(pair.containment_b, ratio(sets[b].size()));
      std::uint32_t longest = 0;
      for (const Passage& passage : pair.passages) longest = std::max(longest, passage.words);
      EXPECT_EQ(longest, run_words >= 12 ? run_words : 0) << a << " " << b;
    }
  }
  EXPECT_GE(seen[Relation::kNearDuplicate], 20);
  EXPECT_GE(seen[Relation::kSharesPassage], 20);
  EXPECT_GE(seen[Relation::kContains] + seen[Relation::kContained], 5);
}

// What is found is the same set for any order of the input and any size of batches.
TEST(MatchReuse, ArrivalDoesNotMatter) {
  const std::vector<std::vector<int>> texts = invented_corpus();
  std::vector<Page> pages;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    pages.push_back(page(texts[i], static_cast<std::int64_t>(i % 7)));
    pages.back().id = "id-" + std::to_string(i);
  }
  const auto describe = [](const std::vector<Page>& input, std::size_t batch) {
    const Found found = probe("match_reuse", {{"group_limit", std::int64_t{3}}}, input, batch);
    std::multiset<std::tuple<std::string, std::string, double, double, std::size_t>> pairs;
    for (const Pair& pair : found.pairs) {
      const bool in_order = input[pair.a].id < input[pair.b].id;
      const std::uint64_t first = in_order ? pair.a : pair.b;
      const std::uint64_t second = in_order ? pair.b : pair.a;
      pairs.emplace(input[first].id, input[second].id, pair.jaccard,
                    in_order ? pair.containment_a : pair.containment_b, pair.passages.size());
    }
    std::set<std::pair<std::string, std::set<std::string>>> clusters;
    for (const Cluster& cluster : found.clusters) {
      std::set<std::string> members;
      for (const ClusterMember& member : cluster.members) members.insert(input[member.doc].id);
      clusters.emplace(input[cluster.representative].id, members);
    }
    return std::pair(pairs, clusters);
  };
  const auto expected = describe(pages, 1000);
  EXPECT_FALSE(expected.second.empty());
  EXPECT_EQ(describe(pages, 1), expected);
  std::mt19937 rng(78);
  for (int order = 0; order < 3; ++order) {
    std::shuffle(pages.begin(), pages.end(), rng);
    EXPECT_EQ(describe(pages, 5), expected);
  }
}

// --- State ---

// Two outlets; two clusters, of which the first is of both; documents 1, 2, 5 and 9.
constexpr std::string_view kState(
    "\2\1a\1b"
    "\2\2\1\2\0"
    "\4\1\0\0\1\2\0\3\1",
    19);

TEST(MatchReuse, TagsComeBackFromTheState) {
  const std::vector<Page> pages(10);
  const Result<Found> found = probe_resumed("match_reuse", {}, pages, {}, kState);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->state, kState);
  for (const std::size_t doc : {0U, 3U, 4U, 6U, 8U}) EXPECT_FALSE(found->outcomes[doc].cluster);
  for (const std::size_t doc : {1U, 2U, 5U, 9U}) {
    const std::optional<ClusterTag>& tag = found->outcomes[doc].cluster;
    ASSERT_TRUE(tag) << doc;
    EXPECT_EQ(tag->cluster, doc < 5 ? 0U : 1U);
    EXPECT_EQ(tag->size, 2U);
    if (doc < 5) {
      EXPECT_THAT(tag->outlets, ElementsAre("a", "b"));
    } else {
      EXPECT_THAT(tag->outlets, IsEmpty());
    }
  }
}

TEST(MatchReuse, RefusesAStateThatCannotBe) {
  constexpr std::size_t kOutletCount = 6;  // of the first cluster
  constexpr std::size_t kOutlet = 8;
  constexpr std::size_t kFirst = 11;  // the step to a document, and its cluster
  const auto with = [](std::size_t at, std::string_view bytes) {
    std::string state(kState);
    return state.replace(at, 1, bytes);
  };
  std::string far(9, '\xFF');  // the last document that there can be
  far += '\x01';
  for (const std::string& state :
       {with(4, "a"),                         // an outlet twice
        with(kOutletCount, "\3\1"),           // more outlets than there are
        with(kOutlet, "\3"),                  // an outlet that is not there
        with(kFirst + 3, "\2"),               // a cluster before its first document
        with(kFirst + 5, "\1"),               // a cluster without documents
        with(kFirst + 7, std::string(1, 0)),  // a cluster that is not there
        with(kFirst + 6, far)}) {
    const Result<Found> found = probe_resumed("match_reuse", {}, {}, {}, state);
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.error().code, ErrorCode::kCorrupt);
  }
}

}  // namespace
}  // namespace copydesk
