#include "reuse/representative.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "support/state_bytes.h"
#include "unit/reuse/invented_words.h"

namespace copydesk::reuse {
namespace {

using copydesk::testing::StateFromBytes;
using copydesk::testing::StateToBytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::optional<ExactKey> key(const std::string& text, const std::string& title = "",
                            std::size_t min_words = 3) {
  return exact_key(testing::words_of(text), title, min_words);
}

TEST(ExactKey, SameWordsInTheSameOrder) {
  EXPECT_EQ(key("The pier burned."), key("the PIER\n\nburned"));
  EXPECT_NE(key("the pier burned"), key("pier the burned"));
  EXPECT_NE(key("the pier burned"), key("the pier burned down"));
}

TEST(ExactKey, TextsWithoutWordsAreNeverTheSame) {
  EXPECT_EQ(key(""), std::nullopt);
  EXPECT_EQ(key("— !", "A title"), std::nullopt);
}

TEST(ExactKey, ShortTextsNeedTheSameTitle) {
  EXPECT_NE(key("photo gallery", "Harbour fire"), key("photo gallery", "Town fair"));
  EXPECT_EQ(key("photo gallery", "Harbour fire"), key("Photo gallery", "Harbour FIRE"));
  EXPECT_EQ(key("photo gallery today", "Harbour fire"), key("photo gallery today", "Town fair"));
  EXPECT_EQ(key("photo gallery today now", "Harbour fire"), key("photo gallery today now", ""));
}

TEST(NameTable, NumbersNames) {
  NameTable names;
  EXPECT_EQ(names.number(""), 0U);
  EXPECT_EQ(names.number("b"), 1U);
  EXPECT_EQ(names.number("a"), 2U);
  EXPECT_EQ(names.number("b"), 1U);
  EXPECT_EQ(names.size(), 3U);
  EXPECT_EQ(names.name(2), "a");
  EXPECT_THAT(names.places(), ElementsAre(0, 2, 1));
}

class RepresentativeOrderTest : public ::testing::Test {
 protected:
  // Numbers of outlets are not in the order of their names.
  RepresentativeOrderTest()
      : wire_(outlets_.number("wire.example")),
        m_(outlets_.number("m.example")),
        z_(outlets_.number("z.example")),
        l_(outlets_.number("l.example")) {}

  [[nodiscard]] Contender contender(std::uint64_t doc) const {
    return {.key = {1, 7}, .doc = doc, .time = 100, .words = 50, .outlet = m_};
  }
  [[nodiscard]] RepresentativeOrder order(const std::string& policy,
                                          std::vector<std::string> preferred = {}) const {
    RepresentativeOrder order(policy, std::move(preferred));
    order.know_outlets(outlets_);
    return order;
  }

  NameTable outlets_;
  const std::uint32_t wire_;
  const std::uint32_t m_;
  const std::uint32_t z_;
  const std::uint32_t l_;
};

TEST_F(RepresentativeOrderTest, EarliestThenContentAndOutlet) {
  const RepresentativeOrder order = this->order("earliest");
  Contender first = contender(9);
  const Standing other = order.standing(contender(1), false);
  EXPECT_EQ(order.standing(first, false), other);
  first.outlet = l_;
  EXPECT_LT(order.standing(first, false), other);
  first.outlet = z_;
  EXPECT_GT(order.standing(first, false), other);
  first.key.low = 6;
  EXPECT_LT(order.standing(first, false), other);
  first.key.low = 8;
  first.outlet = l_;
  EXPECT_GT(order.standing(first, false), other);
  first.time = 99;
  EXPECT_LT(order.standing(first, false), other);
  first.time = 101;
  first.key.low = 6;
  EXPECT_GT(order.standing(first, false), other);
  first.time = kNoTime;
  EXPECT_GT(order.standing(first, false), other);
}

TEST_F(RepresentativeOrderTest, Longest) {
  const RepresentativeOrder order = this->order("longest");
  Contender longer = contender(9);
  longer.words = 51;
  longer.time = 200;
  EXPECT_LT(order.standing(longer, false), order.standing(contender(1), false));
  longer.words = 50;
  EXPECT_GT(order.standing(longer, false), order.standing(contender(1), false));
}

TEST_F(RepresentativeOrderTest, First) {
  const RepresentativeOrder order = this->order("first");
  Contender later = contender(9);
  later.time = 1;
  EXPECT_GT(order.standing(later, false), order.standing(contender(1), false));
}

TEST_F(RepresentativeOrderTest, Preferred) {
  const RepresentativeOrder order = this->order("preferred", {"wire.example", "z.example"});
  Contender wire = contender(9);
  wire.outlet = wire_;
  wire.time = 200;
  Contender second = contender(8);
  second.outlet = z_;
  second.time = 150;
  EXPECT_LT(order.standing(wire, false), order.standing(second, false));
  EXPECT_LT(order.standing(second, false), order.standing(contender(1), false));
}

TEST_F(RepresentativeOrderTest, DroppedDocumentsComeLast) {
  for (const std::string& policy : RepresentativeOrder::policies()) {
    const RepresentativeOrder order = this->order(policy, {"m.example"});
    Contender dropped = contender(0);
    dropped.time = 1;
    dropped.words = 1000;
    EXPECT_GT(order.standing(dropped, true), order.standing(contender(1), false)) << policy;
  }
}

// Documents that have nothing but an id.
class IdCorpus : public Corpus {
 public:
  explicit IdCorpus(std::vector<std::string> ids) : ids_(std::move(ids)) {}
  std::uint64_t size() const override { return ids_.size(); }
  bool alive(std::uint64_t /*doc*/) const override { return true; }
  Result<Document> read(std::uint64_t doc) const override {
    if (ids_[doc].empty()) return Error{ErrorCode::kIo, "unreadable"};
    DocumentFields fields;
    fields.id = ids_[doc];
    return Document(std::move(fields), "");
  }
  Result<void> parallel_for(std::size_t /*n*/,
                            const std::function<Result<void>(std::size_t)>& /*fn*/) const override {
    return {};
  }

 private:
  std::vector<std::string> ids_;
};

TEST(OrderEquals, ByIdThenByPlace) {
  const IdCorpus corpus({"b", "a", "c", "a", ""});
  std::vector<Equal> equals = {{3, 13}, {0, 10}, {2, 12}, {1, 11}};
  ASSERT_TRUE(order_equals(corpus, equals).ok());
  std::vector<std::uint64_t> docs;
  for (const Equal& equal : equals) {
    docs.push_back(equal.doc);
    EXPECT_EQ(equal.node, equal.doc + 10);
  }
  EXPECT_THAT(docs, ElementsAre(1, 3, 0, 2));
  equals = {{0, 0}, {4, 0}};
  EXPECT_FALSE(order_equals(corpus, equals).ok());
}

TEST(ContenderFile, CopiesAreInOnePart) {
  ScratchSpace space(::testing::TempDir(), 4096);
  ContenderFile file(space);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    Contender added;
    added.key = {i % 500, i % 500 * 7};
    added.doc = i;
    ASSERT_TRUE(file.add(added).ok());
  }
  ASSERT_TRUE(file.finish().ok());
  EXPECT_EQ(file.size(), 1000U);
  std::uint64_t keys = 0;
  const auto check = [&](const std::vector<Contender>& some) {
    std::map<ExactKey, std::vector<std::uint64_t>> docs;
    for (const Contender& contender : some) docs[contender.key].push_back(contender.doc);
    for (const auto& [key, of_key] : docs) {
      EXPECT_THAT(of_key, ElementsAre(key.high, key.high + 500));
    }
    keys += docs.size();
    return Result<void>();
  };
  EXPECT_TRUE(file.for_each_part(check).ok());
  EXPECT_EQ(keys, 500U);
}

TEST(PolicyFault, PreferredNeedsOutletsAndOutletsNeedPreferred) {
  const std::vector<std::string> some = {"wire.example"};
  EXPECT_EQ(policy_fault("earliest", {}), std::nullopt);
  EXPECT_EQ(policy_fault("preferred", some), std::nullopt);
  EXPECT_THAT(policy_fault("preferred", {}).value_or(""), HasSubstr("needs preferred_outlets"));
  EXPECT_THAT(policy_fault("longest", some).value_or(""), HasSubstr("needs keep"));
}

TEST(NameTable, ComesBackAsItWasSaved) {
  NameTable names;
  for (const char* name : {"wire.example", "a.example", "wire.example", "", "b.example"}) {
    names.number(name);
  }
  StateToBytes state;
  ASSERT_TRUE(names.save(state).ok());
  NameTable back;
  StateFromBytes in(state.written);
  ASSERT_TRUE(back.load(in).ok());
  EXPECT_EQ(in.remaining(), 0U);
  ASSERT_EQ(back.size(), 4U);
  for (std::uint32_t i = 0; i < 4; ++i) EXPECT_EQ(back.name(i), names.name(i));
  EXPECT_EQ(back.number("b.example"), 3U);
}

TEST(NameTable, RefusesANameThatStandsTwice) {
  for (const std::string& bytes : {std::string("\2\1a\1a"), std::string("\1\0", 2)}) {
    NameTable names;
    StateFromBytes in(bytes);
    const Result<void> loaded = names.load(in);
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt);
  }
}

}  // namespace
}  // namespace copydesk::reuse
