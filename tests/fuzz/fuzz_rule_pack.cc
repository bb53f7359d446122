// Rule packs of any bytes, up to a zero byte: sound, or faults. What is sound is run over the page
// behind the zero byte: each line is hit by the rules that hit it when asked one by one, and what
// is left of the page gives the rules nothing more to do, unless its zones are others.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "cleaning/apply_rules.h"
#include "copydesk/edits.h"
#include "copydesk/rule_pack.h"
#include "fuzz.h"

namespace copydesk::cleaning {
namespace {

using fuzz::require;

bool hits(const Rule& rule, const RuleLine& line) {
  if (line.text.size() > rule.max_bytes) return false;
  const auto one_of = [](const std::vector<std::uint64_t>& hashes, std::uint64_t hash) {
    return std::find(hashes.begin(), hashes.end(), hash) != hashes.end();
  };
  if (one_of(rule.phrases, line.key)) return true;
  if (rule.pattern == nullptr || !match_pattern(rule, line.text)) return false;
  if (!rule.holds.empty() && line.text.find_first_of(rule.holds) == std::string_view::npos) {
    return false;
  }
  return rule.triggers.empty() ||
         std::any_of(line.words.begin(), line.words.end(),
                     [&](const text::Word& word) { return one_of(rule.triggers, word.hash); });
}

void compare_hits(const RuleSet& rules, std::string_view line) {
  std::vector<text::Word> words;
  text::split_words(line, words);
  const RuleLine rule_line{line, text::line_key(line), words};
  std::vector<std::uint32_t> candidates;
  std::vector<RuleHit> found;
  (void)rules.match(rule_line, {.languages = rules.mask_for("")}, candidates, found);
  std::vector<std::uint32_t> fast;
  for (const RuleHit& hit : found) fast.push_back(hit.rule);
  std::vector<std::uint32_t> slow;
  for (std::uint32_t i = 0; i < rules.rules().size(); ++i) {
    if (hits(rules.rules()[i], rule_line)) slow.push_back(i);
  }
  require(fast == slow, "the rules that hit a line are those that hit it one by one");
}

// As the stage does it.
std::vector<RuleCut> apply(const RuleSet& rules, Document& document) {
  std::vector<RuleCut> cuts = apply_rules(rules, rules.mask_for(""), TextView::of(document)).cuts;
  Edits edits(document);
  std::uint32_t at = 0;
  for (const RuleCut& cut : cuts) {
    require(cut.span.begin >= at && cut.span.end <= document.text().size(),
            "cuts ascend and lie in the text");
    at = cut.span.end;
    const Rule& rule = rules.rules()[cut.rule];
    if (cut.whole_line) {
      edits.cut_line(cut.line, rule.reason, rule.id);
    } else {
      edits.cut(cut.span, rule.reason, rule.id);
    }
  }
  document.apply(edits.take());
  return cuts;
}

}  // namespace
}  // namespace copydesk::cleaning

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace copydesk;
  fuzz::Feed in(fuzz::bytes_of(data, size));
  const std::string_view pack = in.until('\0');
  const std::vector<Diagnostic> faults = check_rule_pack(pack, "fuzz.toml");
  for (const Diagnostic& fault : faults) {
    fuzz::require(!fault.message.empty(), "a fault says what is wrong");
  }
  if (!faults.empty()) return 0;

  std::vector<Diagnostic> more;
  Result<cleaning::RuleSet> rules =
      cleaning::RuleSet::compile(cleaning::parse_rule_pack(pack, "fuzz.toml", more));
  fuzz::require(more.empty(), "what is sound stays sound");
  if (!rules.ok()) return 0;  // too much for one set
  Document document(DocumentFields{}, fuzz::as_text(in.rest()));
  for (std::size_t i = 0; i < document.lines().size(); ++i) {
    const std::string_view line = text::trim(document.line(i));
    cleaning::compare_hits(*rules, line);
    for (const cleaning::Rule& rule : rules->rules()) {
      if (rule.max_bytes >= line.size() || !text::is_utf8_boundary(line, rule.max_bytes)) continue;
      cleaning::compare_hits(*rules, text::trim(line.substr(0, rule.max_bytes)));
    }
  }
  cleaning::apply(*rules, document);
  // A rule for one zone may take the line that ended it: then its rules come to the next lines.
  const std::vector<cleaning::RuleCut> more_cuts = cleaning::apply(*rules, document);
  fuzz::require(more_cuts.empty() || std::any_of(more_cuts.begin(), more_cuts.end(),
                                                 [&](const cleaning::RuleCut& cut) {
                                                   return rules->rules()[cut.rule].zone !=
                                                          cleaning::RuleZone::kAny;
                                                 }),
                "what is left gives them nothing to do");
  return 0;
}
