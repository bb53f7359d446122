#include "cleaning/apply_rules.h"

#include <algorithm>
#include <array>
#include <optional>

#include "cleaning/field_shapes.h"

namespace copydesk::cleaning {
namespace {

// What has become of a line.
struct LineState {
  Span left;                           // what no rule has taken, trimmed
  std::optional<std::uint32_t> taken;  // the rule that took all of it
  std::vector<RuleCut> cuts;           // prefixes and suffixes, in the order they were found
  ZoneMask waits_for = 0;              // zones for which there are rules that may match
  bool waits_for_evidence = false;     // a rule that is not certain may match
};

// Whether a document has one of it.
bool is_single(Field field) {
  return field != Field::kCaptions && field != Field::kCredit && field != Field::kDateline;
}

// Whether what goes for this reason is of the page and not of the article.
bool is_chrome(Reason reason) {
  return reason < Reason::kMetaByline || reason > Reason::kCaptionDup;
}

// A value says something; only a date does so without a letter.
bool is_value(Field field, std::string_view value) {
  if (value.empty()) return false;
  return field == Field::kDateText || std::any_of(value.begin(), value.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  static_cast<unsigned char>(c) >= 0x80;
         });
}

// A caption that says the same twice, once.
std::string_view caption_once(std::string_view caption) {
  std::vector<text::Word> words;
  text::split_words(caption, words);
  return undoubled(caption, 0, words).value_or(caption);
}

class Application {
 public:
  Application(const RuleSet& rules, LanguageMask languages, const TextView& page)
      : rules_(rules), languages_(languages), page_(page), shapes_(line_shapes(page)) {
    states_.resize(shapes_.size());
    by_neighbour_.resize(shapes_.size());
    for (std::size_t i = 0; i < shapes_.size(); ++i) states_[i].left = shapes_[i].span;
  }

  RuleOutcome run() {
    work_lines([](const LineState&) { return true; });
    if (evidence() >= kMinEvidence) {
      certain_only_ = false;
      work_lines([](const LineState& state) { return state.waits_for_evidence; });
    }
    extend_blocks();
    return outcome();
  }

 private:
  [[nodiscard]] std::string_view bytes(Span span) const {
    return page_.text.substr(span.begin, span.size());
  }

  [[nodiscard]] bool blank(std::size_t line) const { return shapes_[line].blank(); }

  // Rules for any zone on the lines that `wanted` names, then those for one zone on all lines,
  // since zones are those of what is left.
  template <class Wanted>
  void work_lines(Wanted wanted) {
    for (std::size_t i = 0; i < states_.size(); ++i) {
      if (!states_[i].taken && wanted(states_[i])) work_line(i, 0);
    }
    const Zones zones = living_zones();
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const ZoneMask here = zones_of(i, zones);
      if ((states_[i].waits_for & here) != 0 && !states_[i].taken) work_line(i, here);
    }
  }

  // Applies rules to what is left of a line until none matches. Without zones only rules for any
  // zone are tried, and it is noted whether others may match.
  void work_line(std::size_t line, ZoneMask zones) {
    LineState& state = states_[line];
    bool again = true;
    while (again && state.left.size() > 0) {
      again = false;
      hits_.clear();
      const RuleFilter filter{.languages = languages_,
                              .zones = static_cast<ZoneMask>(zones | mask_of(RuleZone::kAny)),
                              .certain_only = certain_only_};
      const Postponed postponed = rules_.match(line_of(line), filter, candidates_, hits_);
      state.waits_for |= postponed.zones;
      state.waits_for_evidence |= postponed.for_evidence;
      const RuleHit* whole = nullptr;
      const RuleHit* part = nullptr;
      for (const RuleHit& hit : hits_) {
        const Rule& rule = rules_.rules()[hit.rule];
        if (rule.copy) {
          lift(line, rule, hit.match.lifted);
        } else if (hit.match.matched.size() == state.left.size()) {
          // The scope that reaches furthest wins, then the first rule.
          if (whole == nullptr || rule.scope > rules_.rules()[whole->rule].scope) whole = &hit;
        } else if (part == nullptr) {
          part = &hit;
        }
      }
      if (whole != nullptr) {
        lift(line, rules_.rules()[whole->rule], whole->match.lifted);
        state.taken = whole->rule;
        return;
      }
      if (part != nullptr) {
        lift(line, rules_.rules()[part->rule], part->match.lifted);
        cut_part(line, *part);
        again = true;
      }
    }
  }

  [[nodiscard]] RuleLine line_of(std::size_t line) const {
    const LineShape& shape = shapes_[line];
    const Span left = states_[line].left;
    std::span<const text::Word> words = page_.words.subspan(shape.first_word, shape.words);
    if (left == shape.span) return {bytes(left), page_.keys[line], words};
    while (!words.empty() && words.front().begin < left.begin) words = words.subspan(1);
    while (!words.empty() && words.back().end > left.end) words = words.first(words.size() - 1);
    return {bytes(left), text::line_key(bytes(left)), words};
  }

  [[nodiscard]] static ZoneMask zones_of(std::size_t line, const Zones& zones) {
    ZoneMask mask = 0;
    if (zones.in_head(line)) mask |= mask_of(RuleZone::kHead);
    if (zones.in_tail(line)) mask |= mask_of(RuleZone::kTail);
    return mask == 0 ? mask_of(RuleZone::kBody) : mask;
  }

  // Lines that were taken as chrome and parts of lines.
  [[nodiscard]] std::size_t evidence() const {
    std::size_t found = 0;
    const auto tells = [&](std::uint32_t rule) { return is_chrome(rules_.rules()[rule].reason); };
    for (const LineState& state : states_) {
      if (state.taken && tells(*state.taken)) ++found;
      for (const RuleCut& cut : state.cuts) found += tells(cut.rule) ? 1U : 0U;
    }
    return found;
  }

  void cut_part(std::size_t line, const RuleHit& hit) {
    LineState& state = states_[line];
    const bool prefix = hit.match.matched.begin == 0;
    const std::string_view left = bytes(state.left);
    // The space at the joint goes too.
    const std::string_view rest = text::trim(prefix ? left.substr(hit.match.matched.end)
                                                    : left.substr(0, hit.match.matched.begin));
    const auto begin = static_cast<std::uint32_t>(rest.data() - page_.text.data());
    const auto end = begin + static_cast<std::uint32_t>(rest.size());
    const Span cut = prefix ? Span{state.left.begin, begin} : Span{end, state.left.end};
    state.cuts.push_back({static_cast<std::uint32_t>(line), cut, false, hit.rule});
    state.left = {begin, end};
  }

  void lift(std::size_t line, const Rule& rule, Span lifted) {
    if (!rule.field) return;
    const Span left = states_[line].left;
    std::string_view value = bytes(left).substr(lifted.begin, lifted.size());
    if (*rule.field == Field::kCaptions) {
      value = caption_once(text::trim(value));
    } else {
      value = tidy_value(value);
    }
    if (is_value(*rule.field, value)) lifted_.push_back({*rule.field, std::string(value), line});
  }

  // The shape of what is left of a line.
  [[nodiscard]] LineShape living_shape(std::size_t line) const {
    LineShape shape = shapes_[line];
    if (states_[line].taken) {
      shape.span.end = shape.span.begin;
      shape.words = 0;
      shape.body = false;
    } else if (!states_[line].cuts.empty()) {
      const RuleLine left = line_of(line);
      shape.span = states_[line].left;
      shape.words = static_cast<std::uint32_t>(left.words.size());
      shape.body = is_body(left.text, left.words.size());
    }
    return shape;
  }

  [[nodiscard]] Zones living_zones() const {
    std::vector<LineShape> shapes;
    shapes.reserve(shapes_.size());
    for (std::size_t i = 0; i < shapes_.size(); ++i) shapes.push_back(living_shape(i));
    return find_zones(shapes);
  }

  void extend_blocks() {
    const Zones zones = living_zones();
    const std::size_t n = states_.size();
    for (std::size_t i = 0; i < n; ++i) {
      if (!states_[i].taken || by_neighbour_[i]) continue;
      const std::uint32_t taker = *states_[i].taken;
      const Rule& rule = rules_.rules()[taker];
      if (rule.scope == RuleScope::kToEnd && zones.has_body && zones.in_tail(i)) {
        for (std::size_t j = i + 1; j < n; ++j) take(j, taker);
      } else if (rule.scope == RuleScope::kBlock) {
        std::uint32_t room = rule.block_lines;
        for (std::size_t j = i + 1; j < n && room > 0; ++j) {
          if (blank(j)) continue;
          if (!states_[j].taken && !fits_block(j)) break;
          take(j, taker);
          --room;
        }
      }
    }
  }

  void take(std::size_t line, std::uint32_t rule) {
    if (blank(line) || states_[line].taken) return;
    by_neighbour_[line] = true;
    states_[line].taken = rule;
  }

  [[nodiscard]] bool fits_block(std::size_t line) const {
    const LineShape shape = living_shape(line);
    return shape.span.size() <= kMaxBlockLineBytes && !shape.body &&
           !ends_sentence(bytes(shape.span));
  }

  RuleOutcome outcome() {
    RuleOutcome result;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      LineState& state = states_[i];
      const bool body = shapes_[i].body;
      if (body) result.body_bytes += shapes_[i].span.size();
      if (state.taken) {
        result.cuts.push_back({static_cast<std::uint32_t>(i), shapes_[i].span, true, *state.taken});
        if (body) result.body_bytes_cut += shapes_[i].span.size();
        continue;
      }
      std::sort(state.cuts.begin(), state.cuts.end(),
                [](const RuleCut& a, const RuleCut& b) { return a.span.begin < b.span.begin; });
      for (const RuleCut& cut : state.cuts) {
        result.cuts.push_back(cut);
        if (body) result.body_bytes_cut += cut.span.size();
      }
    }
    result.lifted = lifted_fields();
    return result;
  }

  std::vector<LiftedField> lifted_fields() {
    // Two passes found them; the page has them in one order.
    std::stable_sort(lifted_.begin(), lifted_.end(),
                     [](const Lifted& a, const Lifted& b) { return a.line < b.line; });
    std::vector<LiftedField> fields;
    std::array<std::size_t, kFieldCount> values{};
    for (Lifted& found : lifted_) {
      const bool known = std::any_of(fields.begin(), fields.end(), [&](const LiftedField& f) {
        return f.field == found.field && f.value == found.value;
      });
      if (known) continue;
      ++values[static_cast<std::size_t>(found.field)];
      fields.push_back({found.field, std::move(found.value)});
    }
    std::erase_if(fields, [&](const LiftedField& f) {
      return is_single(f.field) && values[static_cast<std::size_t>(f.field)] > kMaxFieldValues;
    });
    return fields;
  }

  struct Lifted {
    Field field = Field::kTitle;
    std::string value;
    std::size_t line = 0;
  };

  const RuleSet& rules_;
  const LanguageMask languages_;
  const TextView& page_;
  const std::vector<LineShape> shapes_;
  std::vector<LineState> states_;
  bool certain_only_ = true;
  std::vector<bool> by_neighbour_;  // taken by the block of an earlier line
  std::vector<Lifted> lifted_;
  std::vector<std::uint32_t> candidates_;
  std::vector<RuleHit> hits_;
};

}  // namespace

RuleOutcome apply_rules(const RuleSet& rules, LanguageMask languages, const TextView& page) {
  return Application(rules, languages, page).run();
}

}  // namespace copydesk::cleaning
