// A made-up corpus of news pages for benchmarks: the same bytes for the same options on every
// machine, each record by itself and in constant memory.
//
// What a record is made of follows from the seed and its ordinal alone, so that a copy can make the
// article it copies again, and a corpus of 10^8 documents needs no more memory than one of 10^3.
// Words are drawn by Zipf's law from 65,536: the first 128 are English function words, the rest is
// invented. An article has a few names of its own, which come again and again in it and stand in
// its title, as in news. Outlets are of very different sizes. Each has a frame of lines that recur
// around its articles (short menus, or on one outlet in five those of a whole page), boxes for
// sharing and newsletters of which the built-in rule packs know some, and its own quotation marks.
//
// Some records are copies of an earlier article (`copies_of()`): near ones more often than far
// ones, and of what was copied before more often than of what was not.
#ifndef COPYDESK_BENCH_END_TO_END_CORPUS_H_
#define COPYDESK_BENCH_END_TO_END_CORPUS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace copydesk::bench {

enum class CopyKind : std::uint8_t {
  kVerbatim,   // all words of the article, in order; marks and chrome are the outlet's own
  kEdited,     // between 1 and 6 % of the words are others
  kCut,        // the beginning: 40 to 80 % of the sentences
  kExcerpt,    // an article of its own with two to five sentences of the other as a paragraph
  kQuotation,  // an article of its own with one quotation of the other, 14 to 26 words
};
inline constexpr std::size_t kCopyKinds = 5;

// "verbatim", "edited", "cut", "excerpt", "quotation".
[[nodiscard]] std::string_view copy_kind_name(CopyKind kind);

struct CorpusOptions {
  std::uint64_t documents = 1000;  // 1 to 10^9
  std::uint64_t seed = 1;
  std::uint32_t article_bytes = 4096;  // mean of an article without its frame: 256 to 65536
  std::uint32_t outlets = 0;           // 2 to 2000; 0: one for every 100 documents, 10 to 2000
  // Of a million documents so many are copies of each kind. At most 10^6 in all.
  std::array<std::uint32_t, kCopyKinds> copies_per_million = {40000, 60000, 30000, 20000, 30000};
};

struct PlantedCopy {
  CopyKind kind = CopyKind::kVerbatim;
  std::uint64_t source = 0;  // ordinal of the article copied: never a copy itself, always earlier
};

// Immutable after construction but for scratch memory: one per thread.
class Corpus {
 public:
  // Precondition: options within the ranges above.
  explicit Corpus(const CorpusOptions& options);

  // Appends the JSON line of a document. Cost: about 3 ns a byte.
  void append_record(std::uint64_t document, std::string& out);
  // What the document was copied from, if it was.
  [[nodiscard]] std::optional<PlantedCopy> copy_of(std::uint64_t document) const;

 private:
  // All inside is in the form it has in a JSON string.
  struct Outlet {
    std::string name;
    std::string domain;
    std::string head;  // lines before the article, each with its break
    std::string box;   // lines within it, or empty
    std::string foot;  // lines behind it, each with its break before it
    std::array<std::string, 4> reporters;
    bool byline = false;
    bool date_line = false;
    std::string_view open_quote;
    std::string_view close_quote;
  };
  struct Word {
    char bytes[15];
    std::uint8_t length;
  };
  struct Chance {  // Walker's alias method: one draw, one comparison
    std::uint16_t limit;
    std::uint16_t alias;
  };
  struct Sentence {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;        // behind the full stop
    std::uint32_t quote_end = 0;  // behind the closing mark, at `begin` is the opening; 0: no quote
    bool ends_paragraph = false;
  };
  struct Article {
    std::string body;  // paragraphs with a break between
    std::vector<Sentence> sentences;
  };
  class Random;
  class Pen;

  void make_words();
  void make_outlets();
  std::string draw_label(Random& random, std::uint32_t words) const;
  const Outlet& outlet_of(std::uint64_t document) const;
  void write_title(std::uint64_t article, std::string& out) const;
  // `edits_per_65536` of the words become others, drawn by `editor`.
  void write_article(std::uint64_t article, const Outlet& outlet, std::uint32_t edits_per_65536,
                     std::uint64_t editor, Article& out) const;
  // Makes `passage_` what an excerpt or a quotation has of its source, with a break at its end.
  void write_passage(const PlantedCopy& copy, std::uint64_t document, const Outlet& outlet);

  const CorpusOptions options_;
  std::vector<Word> words_;
  std::vector<Chance> chances_;
  std::vector<Outlet> outlets_;
  std::vector<std::uint64_t> outlet_weights_;  // cumulative
  Article own_;
  Article source_;
  std::string passage_;
};

}  // namespace copydesk::bench

#endif  // COPYDESK_BENCH_END_TO_END_CORPUS_H_
