#include "copydesk/document.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

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

std::size_t count_breaks(std::string_view s) {
  return static_cast<std::size_t>(std::count(s.begin(), s.end(), '\n'));
}

}  // namespace

Document::Document(DocumentFields fields, std::string text)
    : fields_(std::move(fields)), original_(std::move(text)) {
  assert(original_.size() < std::numeric_limits<std::uint32_t>::max());
}

std::span<const text::Line> Document::lines() const {
  if (!has_lines_) {
    text::split_lines(text(), lines_);
    has_lines_ = true;
  }
  return lines_;
}

std::span<const std::uint64_t> Document::line_keys() const {
  if (!has_keys_) {
    const std::span<const text::Line> all = lines();
    keys_.clear();
    keys_.reserve(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) keys_.push_back(text::line_key(line(i)));
    has_keys_ = true;
  }
  return keys_;
}

std::span<const text::Word> Document::words() const {
  if (!has_words_) {
    text::split_words(text(), words_);
    has_words_ = true;
  }
  return words_;
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

void Document::apply(std::vector<AppliedEdit> edits) {
  std::erase_if(edits, [](const AppliedEdit& e) { return e.span.begin >= e.span.end; });
  if (edits.empty()) return;
  std::sort(edits.begin(), edits.end(), by_begin);

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

  std::vector<AppliedEdit> fresh;
  fresh.reserve(disjoint.size());
  for (AppliedEdit& edit : disjoint) add_rest(std::move(edit), edits_, fresh);
  if (fresh.empty()) return;

  std::vector<AppliedEdit> merged;
  merged.reserve(edits_.size() + fresh.size());
  std::merge(std::make_move_iterator(edits_.begin()), std::make_move_iterator(edits_.end()),
             std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end()),
             std::back_inserter(merged), by_begin);
  edits_ = std::move(merged);
  rebuild();
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
  drop_caches();
}

void Document::drop_caches() {
  has_lines_ = false;
  has_keys_ = false;
  has_words_ = false;
}

void Document::apply_blanks() {
  // Places of the living text where something was cut out.
  std::vector<std::uint32_t> joints;
  if (!edits_.empty()) {
    std::uint32_t removed = 0;   // bytes of the original that are gone before the edit
    std::uint32_t inserted = 0;  // bytes of replacements before it
    for (const AppliedEdit& edit : edits_) {
      const std::uint32_t at = edit.span.begin - removed + inserted;
      removed += edit.span.size();
      inserted += u32(edit.replacement.size());
      if (edit.replacement.empty() && (joints.empty() || joints.back() != at)) joints.push_back(at);
    }
  }
  if (joints.empty()) return;

  const std::string_view living = text();
  const auto spaces_begin = [&](std::uint32_t at) {
    const std::string_view head = text::trim(living.substr(0, at));
    return head.empty() ? 0U
                        : u32(static_cast<std::size_t>(head.data() - living.data()) + head.size());
  };
  const auto spaces_end = [&](std::uint32_t at) {
    const std::string_view tail = text::trim(living.substr(at));
    return tail.empty() ? u32(living.size())
                        : u32(static_cast<std::size_t>(tail.data() - living.data()));
  };

  std::vector<AppliedEdit> blanks;
  const auto remove = [&](std::uint32_t begin, std::uint32_t end) {
    if (begin >= end) return;
    std::vector<Span> pieces;
    living_pieces({begin, end}, pieces);
    for (const Span& piece : pieces) blanks.push_back({piece, Reason::kBlank, "engine", "", ""});
  };

  for (std::size_t i = 0; i < joints.size();) {
    const std::uint32_t begin = spaces_begin(joints[i]);
    const std::uint32_t end = spaces_end(joints[i]);
    // The run of spaces around the joint, parted by all the joints that lie in it.
    std::vector<std::uint32_t> edges = {begin};
    for (; i < joints.size() && joints[i] <= end; ++i) {
      if (joints[i] > edges.back()) edges.push_back(joints[i]);
    }
    if (end > edges.back()) edges.push_back(end);
    if (begin == 0 || end == living.size()) {
      remove(begin, end);
      continue;
    }
    // The part with most line breaks stays, the first of equals.
    std::size_t kept = 0;
    std::size_t most = 0;
    for (std::size_t part = 0; part + 1 < edges.size(); ++part) {
      const std::size_t breaks =
          count_breaks(living.substr(edges[part], edges[part + 1] - edges[part]));
      if (breaks > most) {
        most = breaks;
        kept = part;
      }
    }
    for (std::size_t part = 0; part + 1 < edges.size(); ++part) {
      if (part == kept) continue;
      std::uint32_t to = edges[part + 1];
      if (part + 2 == edges.size()) {
        // The indentation of the line that follows is not left over by the cut.
        const std::string_view last = living.substr(edges[part], to - edges[part]);
        const std::size_t last_break = last.rfind('\n');
        if (last_break != std::string_view::npos) to = edges[part] + u32(last_break) + 1;
      }
      remove(edges[part], to);
    }
  }
  apply(std::move(blanks));
}

}  // namespace copydesk
