#include "cleaning/find_fields.h"

#include <algorithm>
#include <optional>
#include <string>

#include "cleaning/bylines.h"
#include "cleaning/field_shapes.h"
#include "cleaning/find_slides.h"
#include "copydesk/text/lines.h"

namespace copydesk::cleaning {
namespace {

// In a head of at most so many lines the first headline will do; longer heads are for
// find_title.h.
constexpr std::size_t kShortHead = 3;
// A headline of which the story knows so many words and such a share of them goes before it.
constexpr std::size_t kTitleWordsFound = 3;
constexpr double kTitleShare = 0.5;
// A picture label names what the title and the story's beginning name.
constexpr double kLabelShare = 0.6;
// A name of which the title or the story's beginning know this share is a subject, not the author.
constexpr double kSubjectShare = 0.5;
// A name line stands no further from the title than this many lines, blanks apart.
constexpr std::size_t kTitleReach = 2;
// How many body lines count as the beginning of the story.
constexpr std::size_t kOpeningLines = 10;

constexpr ReasonMask kMetaReasons = mask_of(
    {Reason::kMetaByline, Reason::kMetaDateline, Reason::kMetaUpdated, Reason::kChromeReadtime});
constexpr ReasonMask kNameNeighbours =
    kMetaReasons | mask_of({Reason::kMetaSection, Reason::kNavSection, Reason::kOutletName});

class Search {
 public:
  Search(const TextView& page, std::span<const LineShape> shapes, const PageContext& context)
      : page_(page), shapes_(shapes.begin(), shapes.end()), context_(context) {
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      if (!shapes_[i].blank()) full_.push_back(i);
    }
    known_.resize(shapes_.size());
  }

  FieldOutcome run() {
    // Captions look like running text; zones are those of the page without them.
    find_doubled_captions();
    find_slide_lines();
    zones_ = find_zones(shapes_);
    find_title();
    find_title_credits();
    zones_ = find_zones(shapes_);
    if (!zones_.has_body) return {};
    find_outlet_lines();
    find_doubled_names();
    if (context_.outlet.empty() && !has(Field::kOutlet) && !context_.site.empty()) {
      lift(Field::kOutlet, host_of(context_.site));
    }
    find_bare_name();
    find_picture_label();
    find_dateline();
    std::sort(outcome_.cuts.begin(), outcome_.cuts.end(),
              [](const FieldCut& a, const FieldCut& b) { return a.line < b.line; });
    return std::move(outcome_);
  }

 private:
  [[nodiscard]] std::string_view bytes(std::size_t line) const {
    return page_.text.substr(shapes_[line].span.begin, shapes_[line].span.size());
  }
  [[nodiscard]] std::span<const text::Word> words(std::size_t line) const {
    return page_.words.subspan(shapes_[line].first_word, shapes_[line].words);
  }
  // The words of the first body lines.
  [[nodiscard]] std::vector<text::Word> opening() const {
    std::vector<text::Word> story;
    std::size_t seen = 0;
    for (std::size_t i = zones_.head_end; i < shapes_.size() && seen < kOpeningLines; ++i) {
      if (!shapes_[i].body) continue;
      ++seen;
      story.insert(story.end(), words(i).begin(), words(i).end());
    }
    return story;
  }
  [[nodiscard]] std::vector<text::Word> title_and_opening() const {
    std::vector<text::Word> both = opening();
    both.insert(both.end(), title_words_.begin(), title_words_.end());
    return both;
  }
  [[nodiscard]] bool has(Field field) const {
    return std::any_of(outcome_.lifted.begin(), outcome_.lifted.end(),
                       [&](const LiftedField& f) { return f.field == field; });
  }
  [[nodiscard]] bool is_title_line(std::size_t line) const {
    return page_.keys[line] != 0 &&
           (page_.keys[line] == title_key_ || page_.keys[line] == long_title_key_);
  }

  void lift(Field field, std::string_view value) {
    if (!value.empty()) outcome_.lifted.push_back({field, std::string(value)});
  }
  void cut(std::size_t line, Reason reason, std::string_view rule) {
    if (known_[line]) return;
    known_[line] = true;
    outcome_.cuts.push_back({line, reason, rule});
  }

  // The title that is known, found again in the head; or the headline of a short head.
  void find_title() {
    if (!context_.title.empty()) {
      const std::string_view title = without_site_suffix(context_.title);
      title_key_ = text::line_key(title);
      long_title_key_ = text::line_key(context_.title);
      text::split_words(title, title_words_);
      for (const std::size_t line : full_) {
        if (zones_.in_head(line) && is_title_line(line)) {
          title_line_ = line;
          break;
        }
      }
      return;
    }
    if (lines_in_head() > kShortHead) return;
    const std::vector<text::Word> story = opening();
    for (const std::size_t line : full_) {
      if (!zones_.in_head(line)) break;
      if (known_[line] || !is_headline(bytes(line), shapes_[line].words)) continue;
      if (!title_line_) title_line_ = line;
      const Overlap found = overlap(words(line), story);
      if (found.found < kTitleWordsFound || found.share < kTitleShare) continue;
      title_line_ = line;
      break;  // what follows a title may be a longer line under it
    }
    if (!title_line_) return;
    title_key_ = page_.keys[*title_line_];
    title_words_.assign(words(*title_line_).begin(), words(*title_line_).end());
    lift(Field::kTitle, bytes(*title_line_));
  }

  [[nodiscard]] std::size_t lines_in_head() const {
    return static_cast<std::size_t>(std::count_if(
        full_.begin(), full_.end(), [&](std::size_t line) { return zones_.in_head(line); }));
  }

  void find_outlet_lines() {
    const std::uint64_t key = text::line_key(context_.outlet);
    if (key == 0) return;
    for (const std::size_t line : full_) {
      const bool edge = zones_.in_head(line) || zones_.in_tail(line);
      if (edge && page_.keys[line] == key && !is_title_line(line)) {
        cut(line, Reason::kOutletName, "outlet_line");
      }
    }
  }

  void find_doubled_names() {
    bool first = true;
    std::vector<std::size_t> open;  // head lines so far, without names that were found
    for (const std::size_t line : full_) {
      if (!zones_.in_head(line)) break;
      // What stands around a doubled name becomes neighbours, as it would in a second run.
      while (!open.empty() && known_[open.back()] && page_.keys[open.back()] != page_.keys[line]) {
        open.pop_back();
      }
      const bool doubled = !open.empty() && page_.keys[open.back()] == page_.keys[line] &&
                           !is_title_line(line) && is_name(bytes(line), 1);
      if (!doubled) {
        open.push_back(line);
        continue;
      }
      if (first && context_.outlet.empty()) lift(Field::kOutlet, bytes(line));
      first = false;
      cut(open.back(), Reason::kOutletName, "doubled_name");
      cut(line, Reason::kOutletName, "doubled_name");
    }
  }

  // Whether line `line` of full_ is a person's name by its neighbours.
  [[nodiscard]] bool stands_as_byline(std::size_t at) const {
    ReasonMask near = context_.removed_before[full_[at]];
    if (at + 1 < full_.size()) near |= context_.removed_before[full_[at + 1]] & kMetaReasons;
    const bool under_outlet = at > 0 && known_[full_[at - 1]];
    return (near & kNameNeighbours) != 0 || under_outlet;
  }

  void find_bare_name() {
    if (!title_line_) return;
    const auto title_at = static_cast<std::size_t>(
        std::lower_bound(full_.begin(), full_.end(), *title_line_) - full_.begin());
    const std::size_t begin = title_at - std::min(title_at, kTitleReach);
    const std::size_t end = std::min(full_.size(), title_at + kTitleReach + 1);
    for (std::size_t at = begin; at < end; ++at) {
      const std::size_t line = full_[at];
      if (at == title_at || known_[line] || !zones_.in_head(line)) continue;
      if (!is_byline_name(bytes(line)) || !stands_as_byline(at)) continue;
      if (is_subject(line)) continue;
      if (context_.author.empty()) lift(Field::kAuthor, name_part(bytes(line)));
      cut(line, Reason::kMetaByline, "bare_name");
      return;
    }
  }

  // "Ada Kestrel" of "Ada Kestrel, Harbour Post" if that is the outlet.
  [[nodiscard]] std::string_view name_part(std::string_view line) const {
    const std::size_t comma = line.find(", ");
    if (comma == std::string_view::npos) return line;
    const std::uint64_t key = text::line_key(line.substr(comma + 2));
    std::string_view outlet = context_.outlet;
    for (const LiftedField& field : outcome_.lifted) {
      if (outlet.empty() && field.field == Field::kOutlet) outlet = field.value;
    }
    return key != 0 && key == text::line_key(outlet) ? line.substr(0, comma) : line;
  }
  [[nodiscard]] bool is_byline_name(std::string_view line) const {
    const std::string_view name = name_part(line);
    if (!is_name(name, 2)) return false;
    const std::optional<Byline> byline = byline_of(name);
    return byline && !byline->marked && !makes_label(name, page_.text, page_.words);
  }

  // Whether title or story speak of the person: then the line is a subject, not the author.
  [[nodiscard]] bool is_subject(std::size_t line) const {
    return overlap(words(line), title_and_opening()).share >= kSubjectShare;
  }

  void cut_caption(std::size_t line, std::string_view value, Reason reason, std::string_view rule) {
    shapes_[line].body = false;
    if (context_.keep_captions) {
      known_[line] = true;
      return;
    }
    lift(Field::kCaptions, value);
    cut(line, reason, rule);
  }

  void find_doubled_captions() {
    for (const std::size_t line : full_) {
      const auto once = undoubled(bytes(line), shapes_[line].span.begin, words(line));
      if (once) cut_caption(line, *once, Reason::kCaptionDup, "doubled_caption");
    }
  }

  void find_slide_lines() {
    for (std::size_t line = 0; line < context_.slides.size(); ++line) {
      if (!context_.slides[line] || shapes_[line].blank() || known_[line]) continue;
      const bool says_nothing = shapes_[line].words == 0 || slide_counter(bytes(line)).has_value();
      cut_caption(line, says_nothing ? std::string_view() : bytes(line), Reason::kCaptionCredit,
                  "slide_show");
    }
  }

  void find_title_credits() {
    for (const std::size_t line : full_) {
      if (!known_[line] && !is_title_line(line) &&
          is_title_with_credit(words(line), title_words_)) {
        cut_caption(line, bytes(line), Reason::kCaptionCredit, "title_credit");
      }
    }
  }

  void find_picture_label() {
    for (std::size_t at = 0; at < full_.size() && zones_.in_head(full_[at]); ++at) {
      const std::size_t line = full_[at];
      if (known_[line] || !is_label_line(at)) continue;
      cut_caption(line, bytes(line), Reason::kCaptionCredit, "picture_label");
    }
  }

  // A few capitalised words alone between what was removed after the title and the first body line,
  // which speak of what the story speaks of: the text of a picture.
  [[nodiscard]] bool is_label_line(std::size_t at) const {
    const std::size_t line = full_[at];
    if (!title_line_ || at == 0 || full_[at - 1] != *title_line_) return false;
    if (at + 1 >= full_.size() || full_[at + 1] != zones_.head_end) return false;
    if ((context_.removed_before[line] & kMetaReasons) == 0) return false;
    if (!is_picture_label(bytes(line), shapes_[line].words)) return false;
    return overlap(words(line), title_and_opening()).share >= kLabelShare;
  }

  void find_dateline() {
    if (const auto found = dateline_of(bytes(zones_.head_end))) lift(Field::kDateline, *found);
  }

  const TextView& page_;
  std::vector<LineShape> shapes_;  // captions that were found count as no body
  const PageContext& context_;
  Zones zones_;
  std::vector<std::size_t> full_;  // lines that are not blank
  std::vector<bool> known_;        // lines that are something else than the story
  std::optional<std::size_t> title_line_;
  std::uint64_t title_key_ = 0;
  std::uint64_t long_title_key_ = 0;
  std::vector<text::Word> title_words_;
  FieldOutcome outcome_;
};

}  // namespace

PageContext context_of(const Document& document, std::span<const LineShape> shapes) {
  PageContext context;
  context.title = document.title();
  context.outlet = document.outlet();
  if (context.outlet.empty()) context.outlet = document.lifted(Field::kOutlet);
  context.author = document.lifted(Field::kAuthor);
  context.site = document.lifted(Field::kSite);
  if (context.title.empty()) context.title = document.lifted(Field::kTitle);
  context.removed_before.resize(shapes.size());
  auto edit = document.edits().begin();
  ReasonMask gap = 0;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    if (shapes[i].blank()) continue;
    const std::uint32_t begin = document.to_original(shapes[i].span).begin;
    for (; edit != document.edits().end() && edit->span.begin < begin; ++edit) {
      gap |= ReasonMask{1} << static_cast<unsigned>(edit->reason);
    }
    context.removed_before[i] = gap;
    gap = 0;
  }
  return context;
}

FieldOutcome find_fields(const TextView& page, std::span<const LineShape> shapes,
                         const PageContext& context) {
  return Search(page, shapes, context).run();
}

}  // namespace copydesk::cleaning
