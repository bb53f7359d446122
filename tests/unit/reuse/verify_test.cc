#include "reuse/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <random>

#include "reuse/fingerprints.h"
#include "unit/reuse/invented_words.h"

namespace copydesk::reuse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Two texts of so many words, of which so many stand in one run that both have.
std::optional<Relation> relation(std::size_t words_a, std::size_t words_b, std::size_t covered,
                                 const RelationThresholds& thresholds = {}) {
  const auto d = [](std::size_t x) { return static_cast<double>(x); };
  const std::size_t shared = covered - 4;
  const Similarity similarity{.shingles_a = words_a - 4,
                              .shingles_b = words_b - 4,
                              .shared = shared,
                              .jaccard = d(shared) / d(words_a - 4 + words_b - 4 - shared),
                              .containment_a = d(shared) / d(words_a - 4),
                              .containment_b = d(shared) / d(words_b - 4),
                              .covered_a = covered,
                              .covered_b = covered,
                              .coverage_a = d(covered) / d(words_a),
                              .coverage_b = d(covered) / d(words_b)};
  return classify(similarity, words_a, words_b, thresholds);
}

TEST(Classify, NearDuplicateByJaccard) {
  const RelationThresholds only_jaccard{.contains = 1};
  EXPECT_EQ(relation(74, 74, 43, only_jaccard), std::nullopt);              // .386
  EXPECT_EQ(relation(74, 74, 44, only_jaccard), Relation::kNearDuplicate);  // .400
  EXPECT_EQ(relation(74, 74, 45, only_jaccard), Relation::kNearDuplicate);
}

TEST(Classify, ContainsAndContained) {
  EXPECT_EQ(relation(300, 100, 59), std::nullopt);
  EXPECT_EQ(relation(300, 100, 60), Relation::kContains);
  EXPECT_EQ(relation(300, 100, 61), Relation::kContains);
  EXPECT_EQ(relation(100, 300, 59), std::nullopt);
  EXPECT_EQ(relation(100, 300, 60), Relation::kContained);
}

TEST(Classify, WhoIsCoveredMoreIsContained) {
  const RelationThresholds no_near_duplicates{.near_duplicate = 1};
  EXPECT_EQ(relation(100, 110, 90, no_near_duplicates), Relation::kContained);
  EXPECT_EQ(relation(110, 100, 90, no_near_duplicates), Relation::kContains);
}

TEST(Classify, ContainedTextsShareEnoughWords) {
  EXPECT_EQ(relation(300, 40, 24), std::nullopt);
  EXPECT_EQ(relation(300, 40, 25), Relation::kContains);
  EXPECT_EQ(relation(300, 40, 26), Relation::kContains);
}

TEST(Classify, ShortTextsAreNoNearDuplicates) {
  const RelationThresholds thresholds{.contains = 1};
  EXPECT_EQ(relation(19, 19, 19, {.contains_min_words = 40}), std::nullopt);
  EXPECT_EQ(relation(19, 20, 19, thresholds), std::nullopt);
  EXPECT_EQ(relation(20, 20, 19, thresholds), Relation::kNearDuplicate);
}

TEST(Classify, NothingSharedIsNothing) {
  EXPECT_EQ(classify({}, 0, 0, {.contains_min_words = 0, .min_words = 0}), std::nullopt);
}

PreparedDocument prepared(const std::string& text, std::uint64_t doc,
                          const std::string& outlet = {}) {
  DocumentFields fields;
  fields.doc = doc;
  fields.outlet = outlet;
  return PreparedDocument(Document(std::move(fields), text));
}

TEST(PairVerifier, WhichDocumentIsAMakesNoDifference) {
  std::mt19937 rng(41);
  const StockLanguage no_stock;
  const PairVerifier verifier({}, 16, no_stock);
  for (int trial = 0; trial < 100; ++trial) {
    // Few words, so that many alignments are equally long.
    const std::vector<int> a = testing::random_numbers(rng, 150, 2);
    const std::vector<int> b = testing::random_numbers(rng, trial % 2 == 0 ? 150 : 400, 2);
    const auto forth =
        verifier.verify(prepared(testing::text_of(a), 1), prepared(testing::text_of(b), 2), false);
    const auto back =
        verifier.verify(prepared(testing::text_of(b), 1), prepared(testing::text_of(a), 2), false);
    ASSERT_EQ(forth.has_value(), back.has_value());
    if (!forth) continue;
    EXPECT_EQ(forth->a, 1U);
    EXPECT_EQ(forth->b, 2U);
    EXPECT_EQ(forth->jaccard, back->jaccard);
    EXPECT_EQ(forth->containment_a, back->containment_b);
    ASSERT_EQ(forth->passages.size(), back->passages.size());
    for (const Passage& passage : forth->passages) {
      EXPECT_TRUE(std::any_of(
          back->passages.begin(), back->passages.end(),
          [&](const Passage& other) { return other.a == passage.b && other.b == passage.a; }));
    }
    EXPECT_TRUE(
        std::is_sorted(back->passages.begin(), back->passages.end(),
                       [](const Passage& x, const Passage& y) { return x.a.begin < y.a.begin; }));
  }
}

TEST(PairVerifier, ContainsTurnsWithTheDocuments) {
  const StockLanguage no_stock;
  const PairVerifier verifier({}, 16, no_stock);
  for (int first = 0; first < 8000; first += 1000) {
    const std::string whole = testing::text_of(first, 300);
    const std::string part = testing::text_of(first + 100, 80);
    const auto forth = verifier.verify(prepared(whole, 1), prepared(part, 2), false);
    const auto back = verifier.verify(prepared(part, 1), prepared(whole, 2), false);
    EXPECT_EQ(forth->relation, Relation::kContains);
    EXPECT_EQ(back->relation, Relation::kContained);
    EXPECT_EQ(forth->containment_b, 1);
    EXPECT_EQ(back->containment_a, 1);
  }
}

// The fingerprints of `text` in [begin, end), in words.
std::vector<std::uint64_t> fingerprints_of(const std::string& text, std::uint32_t begin,
                                           std::uint32_t end) {
  std::vector<Fingerprint> fingerprints;
  winnow(testing::words_of(text), 16, fingerprints);
  std::vector<std::uint64_t> keys;
  for (const Fingerprint& f : fingerprints) {
    if (f.word >= begin && f.word + kFingerprintWords <= end)
      keys.push_back(fingerprint_key(f.hash));
  }
  return keys;
}

TEST(PairVerifier, StockLanguageMakesNoPair) {
  const std::string passage = testing::text_of(0, 80);
  const std::string a = testing::text_of(1000, 60) + passage + testing::text_of(2000, 60);
  const std::string b = testing::text_of(3000, 60) + passage + testing::text_of(4000, 60);
  const auto is_pair = [&](const std::vector<std::uint64_t>& fingerprints) {
    StockLanguage stock;
    for (const std::uint64_t fingerprint : fingerprints) stock.add(fingerprint);
    stock.sort();
    return PairVerifier({}, 16, stock).verify(prepared(a, 1), prepared(b, 2), false).has_value();
  };
  EXPECT_TRUE(is_pair({}));
  EXPECT_FALSE(is_pair(fingerprints_of(a, 60, 140)));
  // What a text has beside its stock language owes to that, unless it is far enough.
  EXPECT_FALSE(is_pair(fingerprints_of(a, 60, 130)));
  EXPECT_TRUE(is_pair(fingerprints_of(a, 60, 100)));
  // Stock language elsewhere is none of the passage's business.
  EXPECT_TRUE(is_pair(fingerprints_of(a, 0, 60)));
}

TEST(PairVerifier, StockLanguageOfAnOutletMakesNoPairOfItsDocuments) {
  const std::string passage = testing::text_of(0, 80);
  const std::string a = testing::text_of(1000, 60) + passage;
  const std::string b = testing::text_of(3000, 60) + passage;
  StockLanguage stock;
  for (const std::uint64_t fingerprint : fingerprints_of(a, 60, 140)) {
    stock.add(fingerprint, outlet_hash("tide.example"));
  }
  stock.sort();
  const PairVerifier verifier({}, 16, stock);
  const auto is_pair = [&](const std::string& outlet_a, const std::string& outlet_b) {
    return verifier.verify(prepared(a, 1, outlet_a), prepared(b, 2, outlet_b), false).has_value();
  };
  EXPECT_FALSE(is_pair("tide.example", "tide.example"));
  EXPECT_TRUE(is_pair("tide.example", "elm.example"));
  EXPECT_TRUE(is_pair("elm.example", "elm.example"));
  EXPECT_TRUE(is_pair("", ""));
}

TEST(PairVerifier, StockLanguageIsNoCopyButTheSameWordsAre) {
  const std::string passage = testing::text_of(0, 170);
  const std::string a = testing::text_of(1000, 30) + passage;
  const std::string b = testing::text_of(3000, 30) + passage;
  StockLanguage stock;
  for (const std::uint64_t fingerprint : fingerprints_of(a, 30, 200)) stock.add(fingerprint);
  stock.sort();
  const StockLanguage none;
  EXPECT_EQ(PairVerifier({}, 16, none).verify(prepared(a, 1), prepared(b, 2), false)->relation,
            Relation::kNearDuplicate);
  const PairVerifier verifier({}, 16, stock);
  EXPECT_EQ(verifier.verify(prepared(a, 1), prepared(b, 2), false), std::nullopt);
  EXPECT_EQ(verifier.verify(prepared(a, 1), prepared(a, 2), true)->relation, Relation::kExact);
}

// Whether texts that share nothing but stock language are a pair: passages of so many words, each
// followed by so many words of each text's own.
bool is_stock_pair(int passages, int shared, int own) {
  std::string a;
  std::string b;
  for (int i = 0; i < passages; ++i) {
    a += testing::text_of(100 * i, shared) + testing::text_of(10'000 + 100 * i, own);
    b += testing::text_of(100 * i, shared) + testing::text_of(20'000 + 100 * i, own);
  }
  StockLanguage stock;
  for (const std::uint64_t fingerprint : fingerprints_of(a, 0, 10'000)) stock.add(fingerprint);
  stock.sort();
  return PairVerifier({}, 16, stock).verify(prepared(a, 1), prepared(b, 2), false).has_value();
}

TEST(PairVerifier, TextsThatAreNearlyTheSameAreCopiesWhateverTheySay) {
  EXPECT_FALSE(is_stock_pair(4, 35, 4));  // .897
  EXPECT_TRUE(is_stock_pair(4, 36, 4));   // .900
  EXPECT_TRUE(is_stock_pair(4, 37, 4));
}

TEST(PairVerifier, ASentenceOfItsOwnOverStockLanguageIsNoCopy) {
  EXPECT_TRUE(is_stock_pair(1, 90, 7));
  EXPECT_FALSE(is_stock_pair(1, 90, 8));
  EXPECT_FALSE(is_stock_pair(1, 90, 9));
}

// A short passage alone, in the middle of two texts.
bool is_pair(const std::string& before, int words, const std::string& after,
             const std::string& elsewhere = {}) {
  const StockLanguage no_stock;
  const std::string passage = before + testing::text_of(0, words) + after;
  return PairVerifier({}, 16, no_stock)
      .verify(prepared(testing::text_of(1000, 60) + passage + elsewhere, 1),
              prepared(elsewhere + testing::text_of(3000, 60) + testing::text_of(0, words), 2),
              false)
      .has_value();
}

TEST(PairVerifier, AShortPassageMayBeChance) {
  EXPECT_FALSE(is_pair("", 12, ""));
  EXPECT_FALSE(is_pair("", 15, ""));
  EXPECT_TRUE(is_pair("", 16, ""));
  EXPECT_TRUE(is_pair("", 17, ""));
}

TEST(PairVerifier, AShortQuotationIsNone) {
  EXPECT_TRUE(is_pair("“", 12, "”"));
  EXPECT_TRUE(is_pair("\"", 12, "\""));
  // Half of its words must be quoted.
  EXPECT_FALSE(is_pair("“ya” ", 12, ""));
}

TEST(PairVerifier, AShortPassageOverTheSameLineBreakIsNone) {
  const auto is_pair = [](const std::string& a, const std::string& b) {
    const StockLanguage no_stock;
    return PairVerifier({}, 16, no_stock)
        .verify(prepared(testing::text_of(1000, 60) + a, 1),
                prepared(testing::text_of(3000, 60) + b, 2), false)
        .has_value();
  };
  const std::string broken = testing::text_of(0, 5) + "\n" + testing::text_of(5, 7);
  EXPECT_TRUE(is_pair(broken, broken));
  EXPECT_FALSE(is_pair(broken, testing::text_of(0, 12)));
  EXPECT_FALSE(is_pair(broken, testing::text_of(0, 6) + "\n" + testing::text_of(6, 6)));
}

TEST(PairVerifier, TwoShortPassagesAreNone) {
  EXPECT_TRUE(is_pair("", 12, "", testing::text_of(7000, 12)));
}

// A corpus in memory that counts what is read.
class CountingCorpus : public Corpus {
 public:
  explicit CountingCorpus(std::vector<std::string> texts) : texts_(std::move(texts)) {}

  std::uint64_t size() const override { return texts_.size(); }
  bool alive(std::uint64_t /*doc*/) const override { return true; }
  Result<Document> read(std::uint64_t doc) const override {
    ++reads;
    if (doc == fails) return Error{ErrorCode::kIo, "unreadable"};
    DocumentFields fields;
    fields.doc = doc;
    return Document(std::move(fields), texts_[doc]);
  }
  Result<void> parallel_for(std::size_t n,
                            const std::function<Result<void>(std::size_t)>& fn) const override {
    for (std::size_t i = n; i-- > 0;) COPYDESK_RETURN_IF_ERROR(fn(i));
    return {};
  }

  mutable std::atomic<std::uint64_t> reads = 0;
  std::uint64_t fails = ~0ULL;

 private:
  std::vector<std::string> texts_;
};

TEST(VerifyPairs, AscendAndReadEachDocumentFewTimes) {
  std::vector<std::string> texts;
  std::vector<std::uint64_t> doc_of;
  std::vector<std::uint32_t> copy_of;
  std::vector<NodePair> pairs;
  constexpr std::uint32_t kDocuments = 100;
  for (std::uint32_t i = 0; i < kDocuments; ++i) {
    // Two families, one of even and one of odd documents.
    texts.push_back(testing::text_of(static_cast<int>(i % 2 * 10000 + i), 120));
    doc_of.push_back(i);
    copy_of.push_back(i);
    for (std::uint32_t j = i + 1; j < kDocuments; ++j) {
      if ((i + j) % 2 == 0) pairs.push_back({i, j});
    }
  }
  CountingCorpus corpus(texts);
  const Result<std::vector<Pair>> found =
      verify_pairs(corpus, doc_of, copy_of, pairs, PairVerifier({}, 16, StockLanguage()));
  ASSERT_TRUE(found.ok());
  ASSERT_THAT(*found, SizeIs(pairs.size()));
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    EXPECT_EQ((*found)[i].a, pairs[i].a);
    EXPECT_EQ((*found)[i].b, pairs[i].b);
  }
  // Two blocks: the first has one family and some pairs of the other, the second the rest of these.
  EXPECT_LE(corpus.reads, kDocuments + kDocuments / 2);
}

TEST(VerifyPairs, CopiesAreExactWhateverTheirMeasures) {
  const CountingCorpus corpus({"w1 w2", "w1 w2", "w1 w2"});
  const Result<std::vector<Pair>> found =
      verify_pairs(corpus, std::vector<std::uint64_t>{0, 1, 2}, std::vector<std::uint32_t>{0, 0, 2},
                   std::vector<NodePair>{{0, 1}, {0, 2}}, PairVerifier({}, 16, StockLanguage()));
  ASSERT_TRUE(found.ok());
  ASSERT_THAT(*found, SizeIs(1));
  EXPECT_EQ((*found)[0].relation, Relation::kExact);
  EXPECT_EQ((*found)[0].jaccard, 1);
}

TEST(VerifyPairs, TellsWhenADocumentCannotBeRead) {
  CountingCorpus corpus({testing::text_of(0, 50), testing::text_of(0, 50)});
  corpus.fails = 1;
  const Result<std::vector<Pair>> found =
      verify_pairs(corpus, std::vector<std::uint64_t>{0, 1}, std::vector<std::uint32_t>{0, 1},
                   std::vector<NodePair>{{0, 1}}, PairVerifier({}, 16, StockLanguage()));
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().message, "unreadable");
}

}  // namespace
}  // namespace copydesk::reuse
