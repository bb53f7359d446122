#include "reuse/story_notes.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <limits>
#include <numeric>
#include <tuple>

#include "copydesk/varint.h"

namespace copydesk::reuse {
namespace {

// Notes begin at multiples of this, so that 32 bits reach over the 32 GiB of a group.
constexpr std::uint64_t kUnit = 8;
constexpr std::uint32_t kGroup = 1024;
constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();

void put_word(std::uint64_t word, std::string& out) {
  out.append(reinterpret_cast<const char*>(&word), sizeof(word));
}

// Reads what encode() wrote, which nobody else can have touched.
class NoteReader {
 public:
  explicit NoteReader(std::string_view bytes) : in_(bytes) {}

  std::uint32_t number() { return static_cast<std::uint32_t>(take_varint(in_).value_or(0)); }
  std::uint64_t word() {
    std::uint64_t word = 0;
    assert(in_.size() >= sizeof(word));
    std::memcpy(&word, in_.data(), sizeof(word));
    in_.remove_prefix(sizeof(word));
    return word;
  }

 private:
  std::string_view in_;
};

std::uint64_t bits_of(const StoryTerm& term) {
  return std::uint64_t{std::bit_cast<std::uint32_t>(term.body)} << 32 |
         std::bit_cast<std::uint32_t>(term.head);
}

void encode(const StoryNote& note, std::string& out) {
  append_varint(note.is_short ? 1 : 0, out);
  append_varint(note.numbers.words.size(), out);
  for (const std::uint64_t word : note.numbers.words) put_word(word, out);
  append_varint(note.numbers.ordinals.size(), out);
  for (const auto& [ordinal, word] : note.numbers.ordinals) {
    append_varint(ordinal, out);
    put_word(word, out);
  }
  for (const auto* numbers : {&note.numbers.years, &note.numbers.text_ordinals}) {
    append_varint(numbers->size(), out);
    for (const std::uint32_t number : *numbers) append_varint(number, out);
  }
}

void decode(NoteReader& in, ReadNote& out) {
  out.is_short = in.number() != 0;
  out.numbers.words.resize(in.number());
  for (std::uint64_t& word : out.numbers.words) word = in.word();
  out.numbers.ordinals.resize(in.number());
  for (auto& [ordinal, word] : out.numbers.ordinals) {
    ordinal = in.number();
    word = in.word();
  }
  for (auto* numbers : {&out.numbers.years, &out.numbers.text_ordinals}) {
    numbers->resize(in.number());
    for (std::uint32_t& number : *numbers) number = in.number();
  }
}

}  // namespace

std::size_t KeyNumbers::slot_of(std::uint64_t key) const {
  return spread_key(key, factor_) >> shift_;
}

void KeyNumbers::prefetch(std::uint64_t key) const {
  if (!slots_.empty()) __builtin_prefetch(&slots_[slot_of(key)]);
}

std::uint32_t KeyNumbers::number(std::uint64_t key) {
  if (3 * keys_.size() >= 2 * slots_.size()) grow();
  std::size_t at = slot_of(key);
  for (; slots_[at] != 0; at = (at + 1) & (slots_.size() - 1)) {
    if (keys_[slots_[at] - 1] == key) return slots_[at] - 1;
  }
  keys_.push_back(key);
  slots_[at] = static_cast<std::uint32_t>(keys_.size());
  return slots_[at] - 1;
}

void KeyNumbers::grow() {
  const std::size_t size = std::max<std::size_t>(1024, 2 * slots_.size());
  slots_ = {};
  slots_.resize(size);
  shift_ = 64 - std::countr_zero(size);
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    std::size_t at = slot_of(keys_[i]);
    while (slots_[at] != 0) at = (at + 1) & (size - 1);
    slots_[at] = static_cast<std::uint32_t>(i + 1);
  }
}

bool StoryNotes::KeyLess::operator()(const Key& a, const Key& b) const {
  return std::tie(a.dated, a.day, a.content, a.bytes, a.note) <
         std::tie(b.dated, b.day, b.content, b.bytes, b.note);
}

StoryNotes::StoryNotes(ScratchSpace& space)
    : file_(space.make_file("stories", 1)), keys_(space, "story order", space.memory() / 2) {}

Result<void> StoryNotes::add(const StoryNote& note) {
  const std::uint64_t begin = file_.size(0);
  if (note.doc >= kMost) {
    return Error{ErrorCode::kInvalidArgument, "group_stories: more than 4,294,967,295 documents"};
  }
  assert(docs_.empty() || docs_.back() < note.doc);
  constexpr std::int64_t kFirstDay = std::numeric_limits<std::int32_t>::min();
  constexpr std::int64_t kLastDay = std::numeric_limits<std::int32_t>::max();
  const std::int64_t day = std::clamp(note.day.value_or(0), kFirstDay, kLastDay);
  COPYDESK_RETURN_IF_ERROR(keys_.add({.content = note.content,
                                      .bytes = note.bytes,
                                      .day = static_cast<std::int32_t>(day),
                                      .note = size(),
                                      .dated = note.day.has_value()}));
  docs_.push_back(static_cast<std::uint32_t>(note.doc));

  buffer_.clear();
  encode(note, buffer_);
  append_varint(note.terms.size(), buffer_);
  for (const StoryTerm& term : note.terms) numbers_.prefetch(term.word);
  for (const StoryTerm& term : note.terms) {
    const std::uint32_t number = numbers_.number(term.word);
    if (number == counts_.size()) counts_.push_back(0);
    ++counts_[number];
    append_varint(number, buffer_);
    append_varint(weights_.number(bits_of(term)), buffer_);
  }
  buffer_.resize((buffer_.size() + kUnit - 1) / kUnit * kUnit);
  if (begins_.size() % kGroup == 0) bases_.push_back(begin);
  begins_.push_back(static_cast<std::uint32_t>((begin - bases_.back()) / kUnit));
  return file_.append(0, buffer_);
}

Result<void> StoryNotes::finish() {
  numbers_.finish();
  weights_.finish();
  const std::vector<std::uint64_t>& keys = numbers_.keys();
  std::vector<std::uint32_t> sorted(keys.size());
  std::iota(sorted.begin(), sorted.end(), 0U);
  std::sort(sorted.begin(), sorted.end(),
            [&](std::uint32_t x, std::uint32_t y) { return keys[x] < keys[y]; });
  place_of_.resize(keys.size());
  words_.resize(keys.size());
  std::vector<std::uint32_t> counts(keys.size());
  for (std::uint32_t place = 0; place < sorted.size(); ++place) {
    place_of_[sorted[place]] = place;
    words_[place] = keys[sorted[place]];
    counts[place] = counts_[sorted[place]];
  }
  counts_ = std::move(counts);
  numbers_ = {};
  return file_.finish();
}

std::uint64_t StoryNotes::begin_of(std::uint32_t note) const {
  return note == size() ? file_.size(0) : bases_[note / kGroup] + begins_[note] * kUnit;
}

std::uint64_t StoryNotes::bytes(std::uint32_t note) const {
  return begin_of(note + 1) - begin_of(note);
}

Result<void> StoryNotes::read(std::uint32_t note, ReadNote& out) const {
  out.bytes.resize(bytes(note));
  COPYDESK_RETURN_IF_ERROR(file_.read_at(0, begin_of(note), out.bytes));
  NoteReader in(out.bytes);
  decode(in, out);
  out.terms.resize(in.number());
  for (VectorTerm& term : out.terms) {
    term.word = place_of_[in.number()];
    const std::uint64_t bits = weights_.keys()[in.number()];
    term.body = std::bit_cast<float>(static_cast<std::uint32_t>(bits >> 32));
    term.head = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
  }
  return {};
}

Result<void> StoryNotes::take_in_order(const std::function<void(const Key&)>& take) {
  return keys_.drain([&](const Key& key) {
    take(key);
    return Result<void>();
  });
}

}  // namespace copydesk::reuse
