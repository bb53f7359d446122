#include "micro/synthetic_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <random>
#include <string_view>

#include "invented_words.h"

namespace copydesk::bench {
namespace {

constexpr std::size_t kDocuments = 64;
constexpr std::size_t kVocabulary = 20000;
constexpr std::array<std::string_view, 16> kGaps = {", ", " — ", " ", " ", " ", " ", " ", " ",
                                                    " ",  " ",   " ", " ", " ", " ", " ", " "};

class Writer {
 public:
  explicit Writer(std::uint64_t seed) : random_(seed) {
    words_.reserve(kVocabulary);
    cumulative_.reserve(kVocabulary);
    // Integers, because floating point and <random>'s distributions differ between machines.
    std::uint64_t sum = 0;
    for (std::size_t rank = 0; rank < kVocabulary; ++rank) {
      words_.push_back(invented_word(rank));
      sum += (std::uint64_t{1} << 32) / (rank + 1);
      cumulative_.push_back(sum);
    }
  }

  void write_line(std::string& out) {
    const std::uint64_t kind = below(8);
    if (kind == 0) {  // empty
    } else if (kind <= 2) {
      write_sentence(2 + below(4), out);  // a heading, a button, a byline
    } else {
      for (std::uint64_t sentences = 1 + below(4); sentences > 0; --sentences) {
        write_sentence(8 + below(20), out);
        out += sentences > 1 ? ". " : ".";
      }
    }
    out += '\n';
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

  const std::string& draw_word() {
    const auto found =
        std::upper_bound(cumulative_.begin(), cumulative_.end(), below(cumulative_.back()));
    return words_[static_cast<std::size_t>(found - cumulative_.begin())];
  }

  void write_sentence(std::uint64_t words, std::string& out) {
    const std::size_t begin = out.size();
    for (std::uint64_t i = 0; i < words; ++i) {
      if (i > 0) out += kGaps[below(kGaps.size())];
      switch (below(40)) {
        case 0:
          out += std::to_string(1 + below(99));
          out += "," + std::to_string(100 + below(900));
          break;
        case 1:
          out += "“" + draw_word() + "”";
          break;
        default:
          out += draw_word();
      }
    }
    out[begin] = static_cast<char>(std::toupper(static_cast<unsigned char>(out[begin])));
  }

  std::mt19937_64 random_;
  std::vector<std::string> words_;
  std::vector<std::uint64_t> cumulative_;
};

}  // namespace

std::string synthetic_text(std::uint64_t seed, std::size_t bytes) {
  Writer writer(seed);
  std::string text;
  while (text.size() < bytes) writer.write_line(text);
  return text;
}

const std::vector<std::string>& documents() {
  static const std::vector<std::string> kept = [] {
    std::vector<std::string> made;
    for (std::size_t i = 0; i < kDocuments; ++i) made.push_back(synthetic_text(i, kDocumentBytes));
    return made;
  }();
  return kept;
}

std::size_t documents_bytes() {
  std::size_t bytes = 0;
  for (const std::string& document : documents()) bytes += document.size();
  return bytes;
}

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         c == '\xC3' || c == '\xA9';
}

}  // namespace copydesk::bench
