// What a rule set wants gone from one page: the kernel of strip_rules.
#ifndef COPYDESK_CLEANING_APPLY_RULES_H_
#define COPYDESK_CLEANING_APPLY_RULES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "cleaning/line_shape.h"
#include "cleaning/rule_set.h"
#include "copydesk/document.h"

namespace copydesk::cleaning {

// A line that a block rule takes besides its own is no longer than this many bytes.
inline constexpr std::uint32_t kMaxBlockLineBytes = 80;

// A field of which a document has one (title, author, e-mail, section, outlet, site, date text) and
// for which the rules find more values than this has found a menu or a list; it is not lifted.
inline constexpr std::size_t kMaxFieldValues = 3;

// A rule that is not certain hits only where certain rules have taken this many lines or parts of
// lines as chrome. Captions, bylines and dates are no evidence: articles have them.
inline constexpr std::size_t kMinEvidence = 3;

// Bytes of the page that go. A whole line goes with its line break.
struct RuleCut {
  std::uint32_t line = 0;
  Span span;  // of the text; the trimmed line when whole_line
  bool whole_line = false;
  std::uint32_t rule = 0;
};

struct RuleOutcome {
  std::vector<RuleCut> cuts;        // ascending, disjoint
  std::vector<LiftedField> lifted;  // in page order, tidied, no value twice
  std::uint64_t body_bytes = 0;     // of running text (LineShape::body) on the page
  std::uint64_t body_bytes_cut = 0;

  // The share of the running text that would go; 0 when there is none.
  [[nodiscard]] double body_share() const {
    return body_bytes == 0 ? 0.0
                           : static_cast<double>(body_bytes_cut) / static_cast<double>(body_bytes);
  }
};

// Matches every line, then cuts it down until no rule matches what is left of it, so that a second
// run finds nothing. Zones are those of the page without the lines that rules for any zone take.
// Rules that are not certain come last, and only if there is evidence that the page has chrome. A
// block takes following lines (blank ones skipped) that are at most kMaxBlockLineBytes long, are no
// running text and do not end a sentence. A rule to the end takes what follows if there is running
// text before it and none after it; otherwise its line alone. Pure. Cost: RuleSet::match a line.
[[nodiscard]] RuleOutcome apply_rules(const RuleSet& rules, LanguageMask languages,
                                      const TextView& page);

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_APPLY_RULES_H_
