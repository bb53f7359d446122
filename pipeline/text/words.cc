#include "copydesk/text/words.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <span>

#include "characters.h"
#include "copydesk/text/utf8.h"
#include "decode.h"
#include "scan.h"
#include "short_hash.h"

namespace copydesk::text {
namespace {

// --- Character by character ------------------------------------------------------------------

struct Classified {
  CharacterClass kind = CharacterClass::kSeparator;
  std::uint32_t length = 1;
};

// The character at text[at]; an invalid byte separates. Precondition: at < text.size().
Classified character_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 128) return {kAscii.classes[lead], 1};
  char32_t value = 0;
  const std::uint32_t length = decode_sequence(text, at, value);
  if (length == 0) return {CharacterClass::kSeparator, 1};
  return {character(value).kind, length};
}

// A letter of a script without spaces, with its marks.
struct Unit {
  std::size_t begin = 0;
  std::size_t end = 0;
  const Character* alone = nullptr;  // if it has no marks and folds alone
};

// Emits the overlapping bigrams (1 2) (2 3) … of the unspaced run that begins at `at`, or its one
// character; returns where the run ends. emit(a, b) gets what a bigram is made of.
template <class Emit>
std::size_t emit_bigrams(std::string_view text, std::size_t at, Emit& emit) {
  static constexpr Character kEnd;
  const Character* c = nullptr;
  std::size_t length = 0;
  const auto look = [&] {
    char32_t value = 0;
    length = at < text.size() ? decode_sequence(text, at, value) : 0;
    c = length > 0 ? &character(value) : &kEnd;
  };
  Unit before;
  bool first = true;
  look();
  while (true) {
    Unit unit{at, 0, c->folds_alone && c->first_rank == 0 ? c : nullptr};
    for (at += length, look(); c->kind == CharacterClass::kMark; at += length, look()) {
      unit.alone = nullptr;
    }
    unit.end = at;
    const bool last = c->kind != CharacterClass::kUnspaced;
    if (!first) emit(before, unit);
    if (first && last) emit(unit.begin, unit.end);
    if (last) return at;
    first = false;
    before = unit;
  }
}

// Calls emit(begin, end), or emit(a, b) for a bigram, for each word of `text` from `at` to the next
// separator, in order; returns where that is.
template <class Emit>
std::size_t emit_run(std::string_view text, std::size_t at, Emit& emit) {
  while (at < text.size()) {
    const Classified first = character_at(text, at);
    if (first.kind == CharacterClass::kSeparator) break;
    if (first.kind == CharacterClass::kUnspaced) {
      at = emit_bigrams(text, at, emit);
      continue;
    }
    const std::size_t begin = at;
    at += first.length;
    if (first.kind != CharacterClass::kLetter && first.kind != CharacterClass::kDigit) continue;
    std::size_t end = at;  // joiners count only if the word goes on behind them
    while (at < text.size()) {
      const Classified c = character_at(text, at);
      if (c.kind == CharacterClass::kSeparator || c.kind == CharacterClass::kUnspaced) break;
      at += c.length;
      if (c.kind != CharacterClass::kJoiner) end = at;
    }
    emit(begin, end);
  }
  return at;
}

// Calls put(bytes, length) with what the characters of `s` fold to one by one; put() may read seven
// bytes. False if they do not fold one by one, or put() says so, or `s` is not UTF-8.
template <class Put>
bool fold_singly(std::string_view s, Put put) {
  unsigned rank = 0;
  for (std::size_t at = 0; at < s.size();) {
    char32_t value = 0;
    const std::uint32_t length = decode_sequence(s, at, value);
    if (length == 0) return false;
    at += length;
    const Character& c = character(value);
    if (!c.folds_alone) return false;
    if (c.folded_length == 0) continue;
    if (c.first_rank != 0 && c.first_rank < rank) return false;
    rank = c.last_rank;
    if (!put(c.folded.data(), c.folded_length)) return false;
  }
  return true;
}

// The general way to fold.
std::string fold_composed(std::string_view s) {
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(s.data()),
                   static_cast<utf8proc_ssize_t>(s.size()), &mapped,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                                  UTF8PROC_CASEFOLD | UTF8PROC_IGNORE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  if (length < 0) return std::string(s);  // invalid UTF-8 folds to itself
  return {reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length)};
}

// --- Piece by piece --------------------------------------------------------------------------

// Calls each(piece, at) for pieces of `text` that begin at `at` and whose last word does not go on
// beyond; or long_run(at), which gives where it ends, for a run that is longer than a piece.
template <class Each, class LongRun>
void for_each_piece(std::string_view text, Each each, LongRun long_run) {
  Scan piece;
  for (std::size_t at = 0; at < text.size();) {
    scan(text, at, piece);
    std::size_t size = piece.size;
    if (at + size < text.size()) size = piece.cut_at_separator();
    if (size == 0) {
      at = long_run(at);
    } else {
      each(piece, at);
      at += size;
    }
  }
}

// A vector that is filled from its begin without being cleared first: memory that is written twice
// costs as much as a hash.
class WordList {
 public:
  explicit WordList(std::vector<Word>& words) : words_(words) {}

  // Room for `count` words more, and spare ones behind.
  Word* extend(std::size_t count) {
    const std::size_t size = size_ + count + kSpareWords;
    if (words_.size() < size) words_.resize(size + size_ / 2);
    size_ += count;
    return words_.data() + (size_ - count);
  }

  void add(std::size_t begin, std::size_t end, std::uint64_t hash) {
    *extend(1) = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), hash};
  }

  void finish() { words_.resize(size_); }

 private:
  std::vector<Word>& words_;
  std::size_t size_ = 0;
};

// Adds the words of plain runs.
void add_plain_words(const Scan& piece, std::size_t at, std::span<const std::uint16_t> edges,
                     WordList& out) {
  constexpr std::size_t kFew = 6;  // so few that a call costs more than a wrong guess of a length
  const std::size_t count = edges.size() / 2;
  const auto make = count > kFew ? make_words : make_words_scalar;
  make(piece.folded.data(), edges.data(), count, static_cast<std::uint32_t>(at), out.extend(count));
}

// Calls plain(edges) for the runs of a piece between those with special bytes, and special(begin)
// for each of these, in order.
template <class Plain, class Special>
void for_each_run(const Scan& piece, std::span<const std::uint16_t> edges, Plain plain,
                  Special special) {
  std::size_t done = 0;  // edges that are
  for (std::size_t block = 0; piece.any_special && block < piece.blocks; ++block) {
    for (std::uint64_t left = piece.special[block]; left != 0; left &= left - 1) {
      const std::size_t at = block * kBlock + static_cast<std::size_t>(std::countr_zero(left));
      if (done > 0 && at < edges[done - 1]) continue;  // of the run before
      const auto behind =
          std::upper_bound(edges.begin() + static_cast<std::ptrdiff_t>(done), edges.end(), at);
      const auto before = static_cast<std::size_t>(behind - edges.begin());
      if (before % 2 == 0) break;  // behind the last word
      const std::size_t first = before - 1;
      plain(edges.subspan(done, first - done));
      special(edges[first]);
      done = first + 2;
    }
  }
  plain(edges.subspan(done));
}

// Goes over the words of a text in order: calls plain(piece, at, edges) for runs of those that need
// nothing but their bytes, in a piece that begins at `at`, and add() for each of the others.
template <class Plain, class Add>
void walk_words(std::string_view text, Plain plain, Add& add) {
  Edges room;
  for_each_piece(
      text,
      [&](const Scan& piece, std::size_t at) {
        for_each_run(
            piece, edges_of(piece.word, piece.blocks, room),
            [&](std::span<const std::uint16_t> edges) { plain(piece, at, edges); },
            [&](std::size_t begin) { emit_run(text, at + begin, add); });
      },
      [&](std::size_t at) { return emit_run(text, at, add); });
}

}  // namespace

std::string fold(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  const bool folded = fold_singly(s, [&](const char* bytes, std::size_t length) {
    out.append(bytes, length);
    return true;
  });
  if (!folded) return fold_composed(s);
  return out;
}

std::uint64_t word_hash(std::string_view word) {
  constexpr std::size_t kMost = sizeof(Character::folded);
  std::array<char, 256> buffer;
  std::size_t size = 0;
  const bool folded = fold_singly(word, [&](const char* bytes, std::size_t length) {
    if (size + kMost > buffer.size()) return false;
    std::memcpy(buffer.data() + size, bytes, kMost);  // a fixed length is one move
    size += length;
    return true;
  });
  return folded ? hash_bytes({buffer.data(), size}) : hash_bytes(fold(word));
}

void split_words(std::string_view text, std::vector<Word>& out) {
  assert(text.size() < std::numeric_limits<std::uint32_t>::max());
  WordList words(out);
  struct Add {
    std::string_view text;
    WordList& words;

    void operator()(std::size_t begin, std::size_t end) {
      words.add(begin, end, word_hash(text.substr(begin, end - begin)));
    }
    void operator()(const Unit& a, const Unit& b) {
      if (a.alone == nullptr || b.alone == nullptr) return (*this)(a.begin, b.end);
      constexpr std::size_t kMost = sizeof(Character::folded);
      std::array<char, 2 * kMost> folded;
      std::memcpy(folded.data(), a.alone->folded.data(), kMost);
      std::memcpy(folded.data() + a.alone->folded_length, b.alone->folded.data(), kMost);
      const std::size_t size = std::size_t{a.alone->folded_length} + b.alone->folded_length;
      words.add(a.begin, b.end, hash_bytes({folded.data(), size}));
    }
  } add{text, words};
  const auto plain = [&](const Scan& piece, std::size_t at, std::span<const std::uint16_t> edges) {
    add_plain_words(piece, at, edges, words);
  };
  walk_words(text, plain, add);
  words.finish();
}

std::size_t count_words(std::string_view text) {
  std::size_t count = 0;
  auto add = [&](const auto&, const auto&) { ++count; };
  const auto plain = [&](const Scan& /*piece*/, std::size_t /*at*/,
                         std::span<const std::uint16_t> edges) { count += edges.size() / 2; };
  walk_words(text, plain, add);
  return count;
}

bool splits_word(std::string_view text, std::size_t at) {
  if (at == 0 || at >= text.size()) return false;
  if (!is_utf8_boundary(text, at)) return true;

  // What stands before the cut, marks and joiners aside.
  CharacterClass before = CharacterClass::kSeparator;
  bool joiner = false;
  for (std::size_t i = at; i > 0;) {
    do --i;
    while (!is_utf8_boundary(text, i));
    before = character_at(text, i).kind;
    if (before == CharacterClass::kJoiner) {
      joiner = true;
    } else if (before != CharacterClass::kMark) {
      break;
    }
  }
  // What follows it, joiners aside.
  Classified after = character_at(text, at);
  while (after.kind == CharacterClass::kJoiner && at + after.length < text.size()) {
    joiner = true;
    at += after.length;
    after = character_at(text, at);
  }
  if (before == CharacterClass::kUnspaced) return after.kind == CharacterClass::kMark && !joiner;
  const auto spaced = [](CharacterClass kind) {
    return kind == CharacterClass::kLetter || kind == CharacterClass::kDigit;
  };
  return spaced(before) && (spaced(after.kind) || after.kind == CharacterClass::kMark);
}

}  // namespace copydesk::text
