#include "copydesk/document.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "copydesk/text/utf8.h"

namespace copydesk {
namespace {

AppliedEdit cut(std::uint32_t begin, std::uint32_t end, std::string rule = "") {
  return {{begin, end}, Reason::kNavMenu, "stage", std::move(rule), ""};
}
AppliedEdit put(std::uint32_t begin, std::uint32_t end, std::string with, std::string rule = "") {
  return {{begin, end}, Reason::kNavMenu, "stage", std::move(rule), std::move(with)};
}

TEST(Document, BeginsWithItsText) {
  DocumentFields fields;
  fields.doc = 7;
  fields.id = "a";
  fields.outlet = "gazette.example";
  fields.time = 12;
  const Document document(std::move(fields), "One two.\nThree");
  EXPECT_EQ(document.doc(), 7U);
  EXPECT_EQ(document.id(), "a");
  EXPECT_EQ(document.outlet(), "gazette.example");
  EXPECT_EQ(document.time(), 12);
  EXPECT_EQ(document.text(), document.original());
  EXPECT_EQ(document.words().size(), 3U);
  ASSERT_EQ(document.lines().size(), 2U);
  EXPECT_EQ(document.line(0), "One two.");
  EXPECT_EQ(document.line(1), "Three");
  ASSERT_EQ(document.line_keys().size(), 2U);
  EXPECT_EQ(document.line_keys()[1], text::line_key("three"));
  EXPECT_EQ(document.to_original({4, 7}), (Span{4, 7}));
  EXPECT_TRUE(document.edits().empty());
}

TEST(Document, LinesKeysAndWordsFollowTheEdits) {
  Document document({}, "one\ntwo\nthree four");
  ASSERT_EQ(document.lines().size(), 3U);
  ASSERT_EQ(document.words().size(), 4U);
  ASSERT_EQ(document.line_keys().size(), 3U);
  document.apply({cut(4, 8)});
  ASSERT_EQ(document.lines().size(), 2U);
  EXPECT_EQ(document.line(1), "three four");
  EXPECT_EQ(document.words().size(), 3U);
  ASSERT_EQ(document.line_keys().size(), 2U);
  EXPECT_EQ(document.line_keys()[1], text::line_key("three four"));
}

TEST(Document, MovesWithEverything) {
  Document document({}, "one two three");
  document.apply({cut(0, 4)});
  document.lift({Field::kAuthor, "Ada"});
  document.flag(Flag::kGuarded);
  const Document moved = std::move(document);
  EXPECT_EQ(moved.text(), "two three");
  EXPECT_EQ(moved.original(), "one two three");
  EXPECT_EQ(moved.lifted(Field::kAuthor), "Ada");
  EXPECT_EQ(moved.flags().size(), 1U);
}

TEST(Document, FirstLiftedValueOfAField) {
  Document document;
  EXPECT_EQ(document.lifted(Field::kAuthor), "");
  document.lift({Field::kCaptions, "A bridge"});
  document.lift({Field::kAuthor, "Ada"});
  document.lift({Field::kAuthor, "Ben"});
  EXPECT_EQ(document.lifted(Field::kAuthor), "Ada");
  EXPECT_EQ(document.lifted().size(), 3U);
}

TEST(Document, FlagsStandOnceAndInOrder) {
  Document document;
  for (const Flag flag : {Flag::kGuarded, Flag::kIdGenerated, Flag::kGuarded}) document.flag(flag);
  EXPECT_EQ(std::vector<Flag>(document.flags().begin(), document.flags().end()),
            (std::vector<Flag>{Flag::kIdGenerated, Flag::kGuarded}));
}

TEST(Document, KeepsTheCodeOfAGivenLanguage) {
  for (const auto& [given, code] : std::vector<std::pair<std::string, std::string>>{
           {"de", "de"}, {"en-US", "en"}, {"German", "de"}, {"und", ""}, {"", ""}}) {
    DocumentFields fields;
    fields.language = given;
    const Document document(std::move(fields), "x");
    EXPECT_EQ(document.language(), code) << given;
    EXPECT_EQ(document.detected_language(), "") << given;
  }
}

TEST(Document, ADetectedLanguageCountsIfNoneIsGiven) {
  Document document({}, "x");
  document.detect_language("iw");
  EXPECT_EQ(document.language(), "he");
  EXPECT_EQ(document.detected_language(), "he");
  const Document moved = std::move(document);
  EXPECT_EQ(moved.language(), "he");

  DocumentFields fields;
  fields.language = "fr";
  Document given(std::move(fields), "x");
  given.detect_language("de");
  EXPECT_EQ(given.language(), "fr");
  EXPECT_EQ(given.detected_language(), "");
}

// --- apply() ----------------------------------------------------------------------------------

TEST(Apply, TheFirstOwnerKeepsItsBytes) {
  Document document({}, "0123456789");
  document.apply({cut(4, 6, "early")});
  document.apply({cut(2, 8, "late")});
  ASSERT_EQ(document.edits().size(), 3U);
  EXPECT_EQ(document.edits()[0].span, (Span{2, 4}));
  EXPECT_EQ(document.edits()[0].rule, "late");
  EXPECT_EQ(document.edits()[1].span, (Span{4, 6}));
  EXPECT_EQ(document.edits()[1].rule, "early");
  EXPECT_EQ(document.edits()[2].span, (Span{6, 8}));
  EXPECT_EQ(document.edits()[2].rule, "late");
  EXPECT_EQ(document.text(), "0189");
}

TEST(Apply, AmongTogetherTheFirstThenTheLongerThenTheEarlierOwns) {
  Document document({}, "0123456789");
  document.apply({cut(5, 7, "d"), cut(2, 4, "b"), cut(2, 6, "a"), cut(2, 6, "c")});
  ASSERT_EQ(document.edits().size(), 2U);
  EXPECT_EQ(document.edits()[0].rule, "a");
  EXPECT_EQ(document.edits()[0].span, (Span{2, 6}));
  EXPECT_EQ(document.edits()[1].rule, "d");
  EXPECT_EQ(document.edits()[1].span, (Span{6, 7}));
}

TEST(Apply, EqualEditsKeepTheirOrderHoweverMany) {
  // More than what any sort leaves in order by chance.
  Document document({}, "0123456789");
  std::vector<AppliedEdit> edits;
  for (int i = 0; i < 100; ++i) edits.push_back(cut(2, 6, std::to_string(i)));
  document.apply(std::move(edits));
  ASSERT_EQ(document.edits().size(), 1U);
  EXPECT_EQ(document.edits()[0].rule, "0");
}

TEST(Apply, EmptyAndRepeatedEditsChangeNothing) {
  Document document({}, "0123456789");
  document.apply({});
  document.apply({cut(3, 3)});
  EXPECT_TRUE(document.edits().empty());
  document.apply({cut(3, 5, "first")});
  document.apply({cut(3, 5, "second"), cut(4, 5, "third")});
  ASSERT_EQ(document.edits().size(), 1U);
  EXPECT_EQ(document.edits()[0].rule, "first");
}

TEST(Apply, AReplacementThatIsCutLaterGoesWithItsBytes) {
  // A character is repaired, then its whole line is cut.
  Document document({}, "a\nx??y\nb");
  document.apply({put(3, 5, "\u00E9", "repair")});
  EXPECT_EQ(document.text(), "a\nx\u00E9y\nb");
  document.apply({cut(2, 7, "line")});
  EXPECT_EQ(document.text(), "a\nb");
  ASSERT_EQ(document.edits().size(), 1U);
  EXPECT_EQ(document.edits()[0].rule, "line");
  EXPECT_EQ(document.edits()[0].span, (Span{2, 7}));
}

TEST(Apply, AReplacementThatIsTouchedStays) {
  Document document({}, "0123456789");
  document.apply({put(3, 6, "x")});
  document.apply({cut(0, 5), cut(8, 9)});
  EXPECT_EQ(document.text(), "x679");
}

TEST(Apply, AReplacementStandsOnceWhenItsSpanIsParted) {
  Document document({}, "0123456789");
  document.apply({cut(4, 5)});
  document.apply({put(2, 8, "x")});
  EXPECT_EQ(document.text(), "01x89");
  ASSERT_EQ(document.edits().size(), 3U);
}

TEST(Apply, AllOfTheText) {
  Document document({}, "abc\n");
  document.apply({cut(0, 4)});
  EXPECT_EQ(document.text(), "");
  EXPECT_TRUE(document.lines().empty());
  EXPECT_TRUE(document.words().empty());
  EXPECT_EQ(document.to_original({0, 0}), (Span{0, 0}));
  document.apply_blanks();
  EXPECT_EQ(document.edits().size(), 1U);
}

// What apply() does, with an owner for each byte of the original.
class SlowDocument {
 public:
  explicit SlowDocument(std::string original)
      : original_(std::move(original)), owner_(original_.size(), kAlive) {}

  void apply(std::vector<AppliedEdit> edits) {
    std::stable_sort(edits.begin(), edits.end(), [](const AppliedEdit& a, const AppliedEdit& b) {
      return std::tuple(a.span.begin, -std::int64_t{a.span.end}) <
             std::tuple(b.span.begin, -std::int64_t{b.span.end});
    });
    std::vector<int> wanted(original_.size(), kAlive);
    for (const AppliedEdit& edit : edits) {
      for (std::uint32_t at = edit.span.begin; at < edit.span.end; ++at) {
        if (wanted[at] == kAlive) wanted[at] = static_cast<int>(all_.size());
      }
      all_.push_back(edit);
    }
    for (std::size_t at = 0; at < original_.size(); ++at) {
      if (!replaced_at(at)) continue;
      const Span stood = bytes_at(at);
      bool covered = wanted[at] != kAlive;
      for (std::uint32_t i = stood.begin; i < stood.end; ++i) {
        covered = covered && wanted[i] == wanted[at];
      }
      if (!covered) continue;
      all_[static_cast<std::size_t>(owner_[at])].replacement.clear();
      for (std::uint32_t i = stood.begin; i < stood.end; ++i) owner_[i] = kAlive;
    }
    for (std::size_t at = 0; at < original_.size(); ++at) {
      if (owner_[at] == kAlive) owner_[at] = wanted[at];
    }
    text.clear();
    bytes.clear();
    for (std::size_t at = 0; at < original_.size(); ++at) {
      std::string here;
      if (owner_[at] == kAlive) here = original_[at];
      if (replaced_at(at)) here = all_[static_cast<std::size_t>(owner_[at])].replacement;
      text += here;
      bytes.insert(bytes.end(), here.size(), bytes_at(at));
    }
  }

  // The rule of the edit that owns a byte, "" if it is alive.
  std::string rule_at(std::size_t at) const {
    return owner_[at] == kAlive ? "" : all_[static_cast<std::size_t>(owner_[at])].rule;
  }

  std::string text;
  std::vector<Span> bytes;  // for each byte of `text`: the bytes of the original it stands for

 private:
  static constexpr int kAlive = -1;

  // Whether a replacement stands at a byte: it is the first its edit owns.
  bool replaced_at(std::size_t at) const {
    if (owner_[at] == kAlive) return false;
    return !all_[static_cast<std::size_t>(owner_[at])].replacement.empty() &&
           std::find(owner_.begin(), owner_.end(), owner_[at]) ==
               owner_.begin() + static_cast<std::ptrdiff_t>(at);
  }
  Span bytes_at(std::size_t at) const {
    std::size_t end = at + 1;
    while (owner_[at] != kAlive && end < owner_.size() && owner_[end] == owner_[at]) ++end;
    return {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end)};
  }

  std::string original_;
  std::vector<int> owner_;
  std::vector<AppliedEdit> all_;
};

void check_against(const SlowDocument& slow, const Document& document) {
  ASSERT_EQ(document.text(), slow.text);

  std::vector<std::string> owners(document.original().size());
  std::uint32_t end = 0;
  for (const AppliedEdit& edit : document.edits()) {
    ASSERT_LE(end, edit.span.begin);
    ASSERT_LT(edit.span.begin, edit.span.end);
    end = edit.span.end;
    for (std::uint32_t i = edit.span.begin; i < edit.span.end; ++i) owners[i] = edit.rule;
  }
  ASSERT_LE(end, document.original().size());
  for (std::size_t i = 0; i < owners.size(); ++i) ASSERT_EQ(owners[i], slow.rule_at(i)) << i;

  const auto size = static_cast<std::uint32_t>(slow.text.size());
  for (std::uint32_t begin = 0; begin < size; ++begin) {
    ASSERT_EQ(document.to_original({begin, begin}),
              (Span{slow.bytes[begin].begin, slow.bytes[begin].begin}));
    // What stood in the vector stays, even if the text goes on where it ends.
    const Span before = {0, slow.bytes[begin].begin};
    std::vector<Span> expected = {before};
    for (std::uint32_t last = begin; last < size; ++last) {
      const Span here = slow.bytes[last];
      const bool seen = last > begin && here == slow.bytes[last - 1];
      if (!seen && last > begin && expected.back().end == here.begin) {
        expected.back().end = here.end;
      } else if (!seen) {
        expected.push_back(here);
      }
      ASSERT_EQ(document.to_original({begin, last + 1}), (Span{slow.bytes[begin].begin, here.end}));
      std::vector<Span> pieces = {before};
      document.living_pieces({begin, last + 1}, pieces);
      ASSERT_EQ(pieces, expected);
    }
  }
  const Span all = document.to_original({size, size});
  ASSERT_EQ(all.begin, all.end);
}

TEST(Apply, RandomEditsAgreeWithOracle) {
  std::mt19937 random(5);
  const std::string original = "abcdefghijklmnopqrst";
  for (int round = 0; round < 3000; ++round) {
    Document document({}, original);
    SlowDocument slow(original);
    int rule = 0;
    for (int times = 0; times < 4; ++times) {
      std::vector<AppliedEdit> edits;
      for (std::size_t n = random() % 5; n > 0; --n) {
        const auto begin = static_cast<std::uint32_t>(random() % original.size());
        const auto most = static_cast<std::uint32_t>(original.size() - begin);
        const auto end = begin + static_cast<std::uint32_t>(random() % 8) % (most + 1);
        std::string with(random() % 4 == 0 ? 1 + random() % 3 : 0,
                         static_cast<char>('0' + rule % 10));
        edits.push_back(put(begin, end, std::move(with), std::to_string(++rule)));
      }
      document.apply(edits);
      slow.apply(edits);
      check_against(slow, document);
      if (HasFatalFailure()) return;
    }
    // A copy made from the edits is the same document.
    Document copy({}, original);
    copy.apply({document.edits().begin(), document.edits().end()});
    ASSERT_EQ(copy.text(), document.text());
    ASSERT_EQ(copy.edits().size(), document.edits().size());
  }
}

// --- apply_blanks() ---------------------------------------------------------------------------

// A document whose text is `marked` without its marks, with everything in [ ] cut.
Document cut_marked(std::string_view marked) {
  std::string text;
  std::vector<AppliedEdit> edits;
  std::uint32_t begin = 0;
  for (const char c : marked) {
    const auto at = static_cast<std::uint32_t>(text.size());
    if (c == '[') {
      begin = at;
    } else if (c == ']') {
      edits.push_back(cut(begin, at));
    } else {
      text += c;
    }
  }
  Document document({}, text);
  document.apply(std::move(edits));
  return document;
}

std::string after_blanks(std::string_view marked) {
  Document document = cut_marked(marked);
  document.apply_blanks();
  return std::string(document.text());
}

// Whatever was asked for before an edit: what the document says afterwards is what a fresh look at
// its text says.
TEST(Apply, LinesKeysAndWordsAreThoseOfTheTextAfterEachEdit) {
  const std::vector<std::string> pieces = {"ferry", " ", "\n",   "\r\n", "42",
                                           "é",     ".", "\n\n", "海港", "x"};
  std::mt19937 random(11);
  for (int round = 0; round < 2000; ++round) {
    std::string original;
    for (std::size_t n = 5 + random() % 30; n > 0; --n)
      original += pieces[random() % pieces.size()];
    Document document({}, original);
    for (int times = 0; times < 5; ++times) {
      if (random() % 4 != 0) (void)document.lines();
      if (random() % 3 != 0) (void)document.line_keys();
      if (random() % 3 != 0) (void)document.words();
      std::vector<AppliedEdit> edits;
      for (std::size_t n = random() % 4; n > 0; --n) {
        const auto at = [&] {
          auto place = static_cast<std::uint32_t>(random() % (original.size() + 1));
          while (!text::is_utf8_boundary(original, place)) --place;
          return place;
        };
        const auto [begin, end] = std::minmax({at(), at()});
        edits.push_back(put(begin, end, random() % 20 == 0 ? "pier\n" : "", "r"));
      }
      document.apply(std::move(edits));
      if (random() % 2 == 0) document.apply_blanks();

      const Document fresh({}, std::string(document.text()));
      const auto same_lines = [](std::span<const text::Line> x, std::span<const text::Line> y) {
        return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                          [](const text::Line& a, const text::Line& b) {
                            return a.begin == b.begin && a.end == b.end && a.next == b.next;
                          });
      };
      const auto same_words = [](std::span<const text::Word> x, std::span<const text::Word> y) {
        return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                          [](const text::Word& a, const text::Word& b) {
                            return a.begin == b.begin && a.end == b.end && a.hash == b.hash;
                          });
      };
      ASSERT_TRUE(same_lines(document.lines(), fresh.lines())) << document.text();
      ASSERT_TRUE(same_words(document.words(), fresh.words())) << document.text();
      const std::span<const std::uint64_t> keys = document.line_keys();
      const std::span<const std::uint64_t> expected = fresh.line_keys();
      ASSERT_TRUE(std::equal(keys.begin(), keys.end(), expected.begin(), expected.end()));
      const Document first({}, original);
      ASSERT_TRUE(same_lines(document.original_lines(), first.lines()));
      ASSERT_TRUE(same_words(document.original_words(), first.words()));
    }
  }
}

TEST(ApplyBlanks, NothingCutNothingChanges) {
  for (const std::string_view text : {"", " ", "\n\n a \n\n\n\n  b  \n\n", "a\r\n\r\n\r\nb"}) {
    EXPECT_EQ(after_blanks(text), text);
  }
  Document replaced({}, " a  b ");
  replaced.apply({put(1, 2, "x")});
  replaced.apply_blanks();
  EXPECT_EQ(replaced.text(), " x  b ");
}

TEST(ApplyBlanks, ALineBetweenParagraphs) {
  EXPECT_EQ(after_blanks("a\n[x\n]b"), "a\nb");
  EXPECT_EQ(after_blanks("a\n\n[x\n]\nb"), "a\n\nb");
  EXPECT_EQ(after_blanks("a\n\n\n[x\n]\n\nb"), "a\n\n\nb");
  // The break that was cut belongs to the blanks behind the line.
  EXPECT_EQ(after_blanks("a\n[x\n]\nb"), "a\n\nb");
  EXPECT_EQ(after_blanks("a\n\n[x\n]b"), "a\n\nb");
  EXPECT_EQ(after_blanks("a\n\n[x\n]\n\nb"), "a\n\n\nb");
  // Without its break the line leaves the same.
  EXPECT_EQ(after_blanks("a\n[x]\nb"), "a\nb");
  EXPECT_EQ(after_blanks("a\n\n[x]\n\nb"), "a\n\nb");
  EXPECT_EQ(after_blanks("a\n[x]\n\nb"), "a\n\nb");
}

TEST(ApplyBlanks, SeveralCutsInOneRunOfBlanks) {
  EXPECT_EQ(after_blanks("a\n[x\n][y\n]b"), "a\nb");
  EXPECT_EQ(after_blanks("a\n\n[x\n]\n[y\n]\nb"), "a\n\nb");
  EXPECT_EQ(after_blanks("a\n[x\n]\n[y\n]b"), "a\n\nb");
  EXPECT_EQ(after_blanks("a\n[x\n]\n\n[y\n]\nb"), "a\n\n\nb");
  EXPECT_EQ(after_blanks("a [x] [y] b"), "a b");
  EXPECT_EQ(after_blanks("a\n[x]\n[y]\n[z]\nb"), "a\nb");
}

TEST(ApplyBlanks, HeadAndTail) {
  EXPECT_EQ(after_blanks("[x\n]\n  a"), "a");
  EXPECT_EQ(after_blanks("\n [x] \n a"), "a");
  EXPECT_EQ(after_blanks("a\n\n[x]"), "a");
  EXPECT_EQ(after_blanks("a\n\n[x\n]\n\n"), "a");
  EXPECT_EQ(after_blanks("a [x]"), "a");
  EXPECT_EQ(after_blanks("[x]"), "");
  EXPECT_EQ(after_blanks(" [x] "), "");
  EXPECT_EQ(after_blanks(" [x]\n[y] \n"), "");
  // Head and tail that no cut touches.
  EXPECT_EQ(after_blanks("\n\na\n[x\n]b\n\n"), "\n\na\nb\n\n");
}

TEST(ApplyBlanks, PartsOfALine) {
  EXPECT_EQ(after_blanks("a [x] b"), "a b");
  EXPECT_EQ(after_blanks("a  [x] b"), "a  b");
  EXPECT_EQ(after_blanks("a[ x] b"), "a b");
  EXPECT_EQ(after_blanks("a [x ]b"), "a b");
  EXPECT_EQ(after_blanks("a\n[x] b"), "a\nb");      // prefix
  EXPECT_EQ(after_blanks("a\n  [x] b"), "a\n  b");  // behind an indentation
  EXPECT_EQ(after_blanks("a [x]\nb"), "a\nb");      // suffix
  EXPECT_EQ(after_blanks("a [x]\n\n  b"), "a\n\n  b");
  EXPECT_EQ(after_blanks("a [x]\n[y] b"), "a\nb");
  EXPECT_EQ(after_blanks("a [x\n]b"), "a b");  // two lines that the cut itself joined
  EXPECT_EQ(after_blanks("a [x\n] b"), "a b");
  EXPECT_EQ(after_blanks("a [x\n]\n[y]\n\nb"), "a\n\nb");
}

TEST(ApplyBlanks, IndentationIsNotLeftOverByACutLine) {
  EXPECT_EQ(after_blanks("a\n[x\n]  b"), "a\n  b");
  EXPECT_EQ(after_blanks("a\n\n[x\n]\n  b"), "a\n\n  b");
  EXPECT_EQ(after_blanks("a\n[  x\n]  b"), "a\n  b");
  EXPECT_EQ(after_blanks("a\n  [x]\n  b"), "a\n  b");
  EXPECT_EQ(after_blanks("a\n[x\n]  [y] b"), "a\n  b");
  EXPECT_EQ(after_blanks("a\n[x\n]\t\u00A0b"), "a\n\t\u00A0b");
  // Spaces at the end of the line before are not, either.
  EXPECT_EQ(after_blanks("a  \n[x\n]b"), "a  \nb");
}

TEST(ApplyBlanks, CarriageReturnsStayWithTheirBreaks) {
  EXPECT_EQ(after_blanks("a\r\n[x\r\n]b"), "a\r\nb");
  EXPECT_EQ(after_blanks("a\r\n\r\n[x\r\n]\r\nb"), "a\r\n\r\nb");
  EXPECT_EQ(after_blanks("a\r\n[x\r\n]\r\nb"), "a\r\n\r\nb");
  EXPECT_EQ(after_blanks("a\r\n\r\n[x\r\n]\r\n\r\nb"), "a\r\n\r\n\r\nb");
  EXPECT_EQ(after_blanks("a [x]\r\nb"), "a\r\nb");
  EXPECT_EQ(after_blanks("a\r\n[x]\r\n\r\nb"), "a\r\n\r\nb");
}

TEST(ApplyBlanks, LinesOfInvisibleSpacesAreBlank) {
  EXPECT_EQ(after_blanks("a\n\u00A0\n[x\n]\u00A0\nb"), "a\n\u00A0\nb");
  EXPECT_EQ(after_blanks("a\u00A0[x]\u200Bb"), "a\u00A0b");
  EXPECT_EQ(after_blanks("\u00A0[x]\uFEFFb"), "b");
}

// The slow version: every run of blanks, with the words beside it, is a document of its own.
TEST(ApplyBlanks, EachRunOfBlanksIsHandledByItself) {
  const std::vector<std::string> tokens = {" ",      "\n",  "\n\n",  "\r\n",
                                           "\u00A0", "[x]", "[x\n]", "[ x]"};
  std::mt19937 random(9);
  for (int round = 0; round < 5000; ++round) {
    std::string marked;
    std::string expected;
    const std::size_t runs = 1 + random() % 5;
    for (std::size_t i = 0; i < runs; ++i) {
      const std::string before = i == 0 ? "" : "a";
      const std::string after = i + 1 == runs ? "" : "a";
      std::string run;
      for (std::size_t n = random() % 7; n > 0; --n) run += tokens[random() % tokens.size()];
      marked += run + after;
      expected += after_blanks(before + run + after).substr(before.size());
    }
    ASSERT_EQ(after_blanks(marked), expected) << ::testing::PrintToString(marked);
  }
}

// With a look at all blanks of the text for every cut, these would take minutes.
TEST(ApplyBlanks, ManyCutsAndManyBlanks) {
  const std::string blanks(500'000, '\n');
  const std::string spaces(500'000, ' ');
  std::string words;
  std::string kept;
  std::string in_one_run;
  for (int i = 0; i < 20'000; ++i) {
    words += "a [x] ";
    kept += "a ";
    in_one_run += "[x] ";
  }
  EXPECT_TRUE(after_blanks(blanks + words + "b" + spaces) == blanks + kept + "b" + spaces);
  EXPECT_TRUE(after_blanks("a" + blanks + in_one_run + spaces + "b") == "a" + blanks + "b");
}

TEST(ApplyBlanks, BlanksBelongToTheEngine) {
  Document document = cut_marked("a\n\n[x\n]\nb");
  document.apply_blanks();
  ASSERT_EQ(document.edits().size(), 2U);
  EXPECT_EQ(document.edits()[0].stage, "stage");
  EXPECT_EQ(document.edits()[1].span, (Span{5, 6}));
  EXPECT_EQ(document.edits()[1].reason, Reason::kBlank);
  EXPECT_EQ(document.edits()[1].stage, "engine");
  EXPECT_EQ(document.edits()[1].rule, "");
}

TEST(ApplyBlanks, AReplacedBlankIsABlank) {
  Document document({}, "a\n\nx\n??\nb");
  document.apply({put(5, 7, "\u00A0")});
  document.apply({cut(3, 5)});
  document.apply_blanks();
  EXPECT_EQ(document.text(), "a\n\nb");
}

struct Shape {
  std::vector<std::string> lines;  // that are not blank, without blanks around them
  std::vector<std::uint64_t> words;
};
Shape shape_of(const Document& document) {
  Shape shape;
  for (std::size_t i = 0; i < document.lines().size(); ++i) {
    const std::string_view line = text::trim(document.line(i));
    if (!line.empty()) shape.lines.emplace_back(line);
  }
  for (const text::Word& word : document.words()) shape.words.push_back(word.hash);
  return shape;
}

// Without the blanks inside, of which a cut may have left too many.
std::string squeezed(std::string_view line) {
  std::string out;
  for (std::size_t at = 0; at < line.size();) {
    const std::string_view character = line.substr(at, text::decode_utf8(line, at).length);
    if (!text::trim(character).empty()) out += character;
    at += character.size();
  }
  return out;
}

// Blanks at the ends of a replacement are part of it: it would go with them.
TEST(ApplyBlanks, AReplacementStays) {
  Document document({}, "one two three four");
  document.apply({put(4, 7, " 2 "), cut(8, 18)});
  ASSERT_EQ(document.text(), "one  2  ");
  document.apply_blanks();
  EXPECT_EQ(document.text(), "one  2 ");
  document.apply_blanks();
  EXPECT_EQ(document.text(), "one  2 ");
  Document begin({}, "one two three");
  begin.apply({cut(0, 4), put(4, 7, " 2")});
  begin.apply_blanks();
  EXPECT_EQ(begin.text(), " 2 three");
}

TEST(ApplyBlanks, RandomCutsLeaveWordsAndLinesAlone) {
  const std::vector<std::string> kTokens = {"one", "two",  ",",    " ",  " ",      "  ",   "\n",
                                            "\n",  "\n\n", "\r\n", "\t", "\u00A0", "\n \n"};
  std::mt19937 random(6);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (std::size_t n = random() % 24; n > 0; --n) text += kTokens[random() % kTokens.size()];
    Document document({}, text);
    for (int times = 0; times < 2; ++times) {
      std::vector<AppliedEdit> edits;
      for (std::size_t n = random() % 4; n > 0; --n) {
        if (document.lines().empty()) break;
        text::Line line = document.lines()[random() % document.lines().size()];
        Span span = {line.begin, line.next};
        if (random() % 2 == 0) {
          span.begin += static_cast<std::uint32_t>(random() % (1 + line.next - line.begin));
          span.end -= static_cast<std::uint32_t>(random() % (1 + line.next - span.begin));
        }
        if (text::splits_word(document.text(), span.begin) ||
            text::splits_word(document.text(), span.end)) {
          continue;
        }
        edits.push_back({document.to_original(span), Reason::kNavMenu, "stage", "", ""});
      }
      document.apply(std::move(edits));
    }
    const std::size_t before = document.edits().size();
    const std::string cut_text(document.text());
    const Shape shape = shape_of(document);
    document.apply_blanks();
    SCOPED_TRACE(::testing::PrintToString(text) + " -> " + ::testing::PrintToString(cut_text) +
                 " -> " + ::testing::PrintToString(std::string(document.text())));

    if (before == 0) {
      ASSERT_EQ(document.text(), text);
    }
    for (const AppliedEdit& edit : document.edits()) {
      if (edit.stage != "engine") continue;
      ASSERT_EQ(edit.reason, Reason::kBlank);
      ASSERT_EQ(text::trim(std::string_view(text).substr(edit.span.begin, edit.span.size())), "");
    }
    const Shape after = shape_of(document);
    ASSERT_EQ(after.words, shape.words);
    ASSERT_EQ(after.lines.size(), shape.lines.size());
    for (std::size_t i = 0; i < after.lines.size(); ++i) {
      ASSERT_EQ(squeezed(after.lines[i]), squeezed(shape.lines[i]));
    }
    const std::string once(document.text());
    document.apply_blanks();
    ASSERT_EQ(document.text(), once);
  }
}

}  // namespace
}  // namespace copydesk
