#include "copydesk/document.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include "copydesk/text/language.h"

namespace copydesk {
namespace {

std::uint32_t u32(std::size_t value) {
  assert(value <= std::numeric_limits<std::uint32_t>::max());
  return static_cast<std::uint32_t>(value);
}

// Adds what is left of `edit` once the bytes of `taken` (disjoint, ascending) are left to their
// owners. A replacement stays with the first piece that is left.
void add_rest(AppliedEdit edit, const std::vector<AppliedEdit>& taken,
              std::vector<AppliedEdit>& out) {
  auto it = std::lower_bound(
      taken.begin(), taken.end(), edit.span.begin,
      [](const AppliedEdit& t, std::uint32_t begin) { return t.span.end <= begin; });
  std::uint32_t at = edit.span.begin;
  const std::uint32_t end = edit.span.end;
  const auto add = [&](std::uint32_t from, std::uint32_t to) {
    if (from >= to) return;
    edit.span = {from, to};
    out.push_back(edit);
    edit.replacement.clear();
  };
  for (; it != taken.end() && it->span.begin < end; ++it) {
    add(at, it->span.begin);
    at = std::max(at, it->span.end);
  }
  add(at, end);
}

bool by_begin(const AppliedEdit& x, const AppliedEdit& y) {
  if (x.span.begin != y.span.begin) return x.span.begin < y.span.begin;
  return x.span.end > y.span.end;
}

// Takes those replacements out of `edits` that an edit of `over` (both disjoint, ascending) covers
// whole: what is cut there now is the replacement, and the bytes it stands for go with it.
void drop_covered_replacements(const std::vector<AppliedEdit>& over,
                               std::vector<AppliedEdit>& edits) {
  std::erase_if(edits, [&](const AppliedEdit& edit) {
    if (edit.replacement.empty()) return false;
    const auto it = std::upper_bound(
        over.begin(), over.end(), edit.span.begin,
        [](std::uint32_t begin, const AppliedEdit& o) { return begin < o.span.begin; });
    return it != over.begin() && std::prev(it)->span.end >= edit.span.end;
  });
}

// A place of the living text where something was cut out.
struct Joint {
  std::uint32_t at = 0;
  bool after_break = false;  // the cut ends with a line break
};

std::vector<Joint> find_joints(std::string_view original, const std::vector<AppliedEdit>& edits) {
  std::vector<Joint> joints;
  std::uint32_t removed = 0;   // bytes of the original that are gone before the edit
  std::uint32_t inserted = 0;  // bytes of replacements before it
  for (const AppliedEdit& edit : edits) {
    const std::uint32_t at = edit.span.begin - removed + inserted;
    removed += edit.span.size();
    inserted += u32(edit.replacement.size());
    if (!edit.replacement.empty()) continue;
    if (joints.empty() || joints.back().at != at) joints.push_back({at, false});
    joints.back().after_break = original[edit.span.end - 1] == '\n';
  }
  return joints;
}

// What stays of a run of blanks between two lines, or two words, once something was cut out of it
// at `joints` (ascending, in the run): the end of the line before it, the longest run of line
// breaks that stood on one side of a cut, the indentation of the line after it. Disjoint,
// ascending.
std::vector<Span> blanks_that_stay(std::string_view living, Span run,
                                   std::span<const Joint> joints) {
  struct Part {  // of the run, between two joints
    Span span;
    std::uint32_t breaks = 0;
    std::uint32_t last_line = 0;  // begin of its last line
    bool after_line = false;      // stands behind a line that was cut with its break
  };
  std::vector<Part> parts;
  parts.reserve(joints.size() + 1);  // pointers into it stay good
  const Part* first = nullptr;       // the first with a line break
  bool after_break = false;
  std::uint32_t begin = run.begin;
  const auto end_part = [&](std::uint32_t end) {
    if (begin == end) return;
    const std::string_view blanks = living.substr(begin, end - begin);
    Part& part = parts.emplace_back();
    part.span = {begin, end};
    part.breaks = u32(static_cast<std::size_t>(std::count(blanks.begin(), blanks.end(), '\n')));
    part.last_line = begin + u32(blanks.rfind('\n') + 1);
    part.after_line = after_break && first != nullptr;
    if (part.breaks > 0 && first == nullptr) first = &part;
    begin = end;
  };
  for (const Joint& joint : joints) {
    end_part(joint.at);
    after_break = joint.after_break;
  }
  end_part(run.end);
  if (parts.empty()) return {};
  if (first == nullptr) return {parts.front().span};

  // The break of a line that was cut stood before the blanks behind that line and counts with them;
  // in its place stays the one that ends the line before the run.
  const Part* longest = first;
  const auto length = [](const Part& part) { return part.breaks + (part.after_line ? 1U : 0U); };
  const Part* indented = first;  // the part in which the line after the run begins
  for (const Part& part : parts) {
    if (length(part) > length(*longest)) longest = &part;
    if (part.breaks > 0 || part.after_line) indented = &part;
  }
  std::vector<Span> stays;
  if (longest->after_line) {
    const std::size_t first_break = living.find('\n', first->span.begin);
    stays.push_back({first->span.begin, u32(first_break) + 1});
  }
  stays.push_back({longest->span.begin, longest->last_line});
  stays.push_back({indented->last_line, indented->span.end});
  return stays;
}

}  // namespace

Document::Document(DocumentFields fields, std::string text)
    : fields_(std::move(fields)), original_(std::move(text)) {
  assert(original_.size() < std::numeric_limits<std::uint32_t>::max());
  fields_.language = text::language_code(fields_.language);
}

std::span<const text::Line> Document::lines_of(std::string_view text, Parts& parts) {
  if (!parts.has_lines) {
    text::split_lines(text, parts.lines);
    parts.has_lines = true;
  }
  return parts.lines;
}

std::span<const text::Word> Document::words_of(std::string_view text, Parts& parts) {
  if (!parts.has_words) {
    text::split_words(text, parts.words);
    parts.has_words = true;
  }
  return parts.words;
}

std::span<const text::Line> Document::lines() const { return lines_of(text(), parts_); }

std::span<const std::uint64_t> Document::line_keys() const {
  if (!parts_.has_keys) {
    const std::size_t n = lines().size();
    parts_.keys.clear();
    parts_.keys.reserve(n);
    for (std::size_t i = 0; i < n; ++i) parts_.keys.push_back(text::line_key(line(i)));
    parts_.has_keys = true;
  }
  return parts_.keys;
}

std::span<const text::Word> Document::words() const { return words_of(text(), parts_); }

std::span<const text::Line> Document::original_lines() const {
  return edits_.empty() ? lines() : lines_of(original_, original_parts_);
}

std::span<const text::Word> Document::original_words() const {
  return edits_.empty() ? words() : words_of(original_, original_parts_);
}

std::string_view Document::line(std::size_t i) const {
  const text::Line& l = lines()[i];
  return text().substr(l.begin, l.end - l.begin);
}

std::size_t Document::piece_at(std::uint32_t living) const {
  const auto it =
      std::upper_bound(pieces_.begin(), pieces_.end(), living,
                       [](std::uint32_t at, const Piece& piece) { return at < piece.living; });
  assert(it != pieces_.begin());
  return static_cast<std::size_t>(it - pieces_.begin()) - 1;
}

Span Document::to_original(Span living) const {
  assert(living.begin <= living.end && living.end <= text().size());
  if (edits_.empty()) return living;
  if (pieces_.empty()) return {0, 0};
  const Piece& first = pieces_[piece_at(living.begin)];
  const std::uint32_t begin =
      first.replaced ? first.original : first.original + (living.begin - first.living);
  if (living.begin == living.end) return {begin, begin};
  const Piece& last = pieces_[piece_at(living.end - 1)];
  const std::uint32_t end = last.replaced ? last.original + last.original_length
                                          : last.original + (living.end - last.living);
  return {begin, end};
}

void Document::living_pieces(Span living, std::vector<Span>& out) const {
  if (living.begin == living.end) return;
  if (edits_.empty()) {
    out.push_back(living);
    return;
  }
  const std::size_t before = out.size();
  for (std::size_t i = piece_at(living.begin); i < pieces_.size() && pieces_[i].living < living.end;
       ++i) {
    const Piece& piece = pieces_[i];
    const Span part = to_original(
        {std::max(living.begin, piece.living), std::min(living.end, piece.living + piece.length)});
    if (out.size() > before && out.back().end == part.begin) {
      out.back().end = part.end;
    } else {
      out.push_back(part);
    }
  }
}

std::string_view Document::lifted(Field field) const {
  for (const LiftedField& lifted : lifted_) {
    if (lifted.field == field) return lifted.value;
  }
  return {};
}

void Document::flag(Flag flag) {
  const auto it = std::lower_bound(flags_.begin(), flags_.end(), flag);
  if (it == flags_.end() || *it != flag) flags_.insert(it, flag);
}

void Document::detect_language(std::string_view language) {
  if (fields_.language.empty()) detected_language_ = text::language_code(language);
}

void Document::apply(std::vector<AppliedEdit> edits) {
  std::erase_if(edits, [](const AppliedEdit& e) { return e.span.begin >= e.span.end; });
  if (edits.empty()) return;
  std::stable_sort(edits.begin(), edits.end(), by_begin);

  // Among themselves first: who begins first owns the bytes.
  std::vector<AppliedEdit> disjoint;
  disjoint.reserve(edits.size());
  for (AppliedEdit& edit : edits) {
    assert(edit.span.end <= original_.size());
    if (!disjoint.empty() && disjoint.back().span.end > edit.span.begin) {
      if (disjoint.back().span.end >= edit.span.end) continue;
      edit.span.begin = disjoint.back().span.end;
    }
    disjoint.push_back(std::move(edit));
  }

  const std::size_t before = edits_.size();
  drop_covered_replacements(disjoint, edits_);
  std::vector<AppliedEdit> fresh;
  fresh.reserve(disjoint.size());
  for (AppliedEdit& edit : disjoint) add_rest(std::move(edit), edits_, fresh);
  if (fresh.empty()) return;
  // Replacements are rare: with one everything is computed again.
  const bool only_cuts = edits_.size() == before &&
                         std::all_of(fresh.begin(), fresh.end(), [](const AppliedEdit& edit) {
                           return edit.replacement.empty();
                         });
  const std::vector<Span> cut = only_cuts ? living_spans(fresh) : std::vector<Span>();
  const bool first = before == 0;

  std::vector<AppliedEdit> merged;
  merged.reserve(edits_.size() + fresh.size());
  std::merge(std::make_move_iterator(edits_.begin()), std::make_move_iterator(edits_.end()),
             std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end()),
             std::back_inserter(merged), by_begin);
  edits_ = std::move(merged);
  rebuild();
  if (first) original_parts_ = parts_;
  if (only_cuts) {
    update_parts(cut);
  } else {
    parts_ = {};
  }
}

// Where living bytes of the original stand in the living text. Precondition: `edits`, ascending and
// disjoint, cover nothing but living bytes, none of a replacement.
std::vector<Span> Document::living_spans(std::span<const AppliedEdit> edits) const {
  std::vector<Span> spans;
  spans.reserve(edits.size());
  std::size_t piece = 0;
  for (const AppliedEdit& edit : edits) {
    if (edits_.empty()) {
      spans.push_back(edit.span);
      continue;
    }
    while (pieces_[piece].original + pieces_[piece].original_length <= edit.span.begin) ++piece;
    const std::uint32_t begin = pieces_[piece].living + (edit.span.begin - pieces_[piece].original);
    spans.push_back({begin, begin + edit.span.size()});
  }
  return spans;
}

// Carries over what is known of the lines that `cut` (of the old living text, ascending and
// disjoint) leaves as they were; splits the others again.
void Document::update_parts(std::span<const Span> cut) {
  if (!parts_.has_lines) {
    parts_ = {};
    return;
  }
  const std::string_view now = text();
  Parts next;
  next.has_lines = true;
  next.has_keys = parts_.has_keys;
  next.has_words = parts_.has_words;
  next.lines.reserve(parts_.lines.size());
  next.keys.reserve(parts_.keys.size());
  next.words.reserve(parts_.words.size());
  std::vector<text::Line> lines;
  std::vector<text::Word> words;
  std::uint32_t gone = 0;  // bytes that were cut before the line
  const Span* at = cut.data();
  const Span* const cut_end = at + cut.size();
  // Whether bytes of the line are cut, or the break before it. Precondition: lines ascend.
  const auto touched = [&](const text::Line& line) {
    for (; at != cut_end && at->end < line.begin; ++at) gone += at->size();
    return at != cut_end && at->begin < line.next;
  };
  std::size_t word = 0;  // the first of parts_.words that no line before has
  for (std::size_t i = 0; i < parts_.lines.size();) {
    const text::Line& line = parts_.lines[i];
    if (!touched(line)) {
      next.lines.push_back({line.begin - gone, line.end - gone, line.next - gone});
      if (next.has_keys) next.keys.push_back(parts_.keys[i]);
      for (; word < parts_.words.size() && parts_.words[word].begin < line.next; ++word) {
        const text::Word& w = parts_.words[word];
        next.words.push_back({w.begin - gone, w.end - gone, w.hash});
      }
      ++i;
      continue;
    }
    // The lines that are touched together become other lines, or none.
    const std::uint32_t begin = line.begin - gone;
    while (i < parts_.lines.size() && touched(parts_.lines[i])) ++i;
    const std::uint32_t old_end = parts_.lines[i - 1].next;
    for (; at != cut_end && at->end <= old_end; ++at) gone += at->size();
    const std::string_view part = now.substr(begin, old_end - gone - begin);
    text::split_lines(part, lines);
    for (const text::Line& l : lines) {
      next.lines.push_back({begin + l.begin, begin + l.end, begin + l.next});
      if (next.has_keys) next.keys.push_back(text::line_key(part.substr(l.begin, l.end - l.begin)));
    }
    while (word < parts_.words.size() && parts_.words[word].begin < old_end) ++word;
    if (!next.has_words) continue;
    text::split_words(part, words);
    for (const text::Word& w : words)
      next.words.push_back({begin + w.begin, begin + w.end, w.hash});
  }
  parts_ = std::move(next);
}

void Document::rebuild() {
  living_.clear();
  pieces_.clear();
  std::uint32_t at = 0;
  const auto keep = [&](std::uint32_t to) {
    if (at >= to) return;
    pieces_.push_back({u32(living_.size()), at, to - at, to - at, false});
    living_.append(original_, at, to - at);
  };
  for (const AppliedEdit& edit : edits_) {
    keep(edit.span.begin);
    if (!edit.replacement.empty()) {
      pieces_.push_back({u32(living_.size()), edit.span.begin, u32(edit.replacement.size()),
                         edit.span.size(), true});
      living_.append(edit.replacement);
    }
    at = edit.span.end;
  }
  keep(u32(original_.size()));
}

void Document::apply_blanks() {
  const std::vector<Joint> joints = find_joints(original_, edits_);
  const std::string_view living = text();
  // Outward from a joint to the end of its blanks: trim() would read those of the whole text, for
  // every joint.
  const auto blanks_begin = [&](std::uint32_t at) {
    return u32(text::trim_back(living.substr(0, at)).size());
  };
  const auto blanks_end = [&](std::uint32_t at) {
    return u32(living.size() - text::trim_front(living.substr(at)).size());
  };

  std::vector<AppliedEdit> blanks;
  std::vector<Span> gone;
  const auto remove = [&](std::uint32_t begin, std::uint32_t end) {
    if (begin >= end) return;
    // A replacement stands for its bytes as a whole: blanks at its ends are part of it.
    const Piece& first = pieces_[piece_at(begin)];
    const Piece& last = pieces_[piece_at(end - 1)];
    if (first.replaced && first.living < begin) begin = first.living + first.length;
    if (last.replaced && last.living + last.length > end) end = last.living;
    if (begin >= end) return;
    gone.clear();
    living_pieces({begin, end}, gone);
    for (const Span& span : gone) blanks.push_back({span, Reason::kBlank, "engine", "", ""});
  };
  for (auto joint = joints.begin(); joint != joints.end();) {
    // The run of blanks around the joint, with all the joints that lie in it.
    const Span run = {blanks_begin(joint->at), blanks_end(joint->at)};
    const auto first = joint;
    joint = std::find_if(joint, joints.end(), [&](const Joint& j) { return j.at > run.end; });
    std::uint32_t at = run.begin;
    if (run.begin > 0 && run.end < living.size()) {
      for (const Span& stays : blanks_that_stay(living, run, {first, joint})) {
        remove(at, stays.begin);
        at = stays.end;
      }
    }
    remove(at, run.end);
  }
  apply(std::move(blanks));
}

}  // namespace copydesk
