#include "cleaning/rule_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <tuple>
#include <unordered_set>

namespace copydesk::cleaning {
namespace {

constexpr std::size_t kMaxLanguages = 32;
// A pattern may come to need 8 MB.
constexpr std::size_t kMaxRules = 10'000;
constexpr std::string_view kEnglish = "en";
constexpr LanguageMask kAllLanguages = ~LanguageMask{0};
// For the automaton that runs all patterns without triggers at once.
constexpr std::int64_t kUntriggeredMemory = 8 << 20;
// A mark that every line has, for rules that need no other.
constexpr std::uint64_t kAlways = std::uint64_t{1} << 63;
constexpr std::size_t kMaxMarks = 63;

}  // namespace

RuleSet::Table::Table(std::vector<Entry> entries) : entries_(std::move(entries)) {
  if (entries_.empty()) return;
  const auto order = [](const Entry& entry) {
    return std::tuple(entry.hash, ~entry.max_bytes, entry.rule);
  };
  std::sort(entries_.begin(), entries_.end(),
            [&](const Entry& x, const Entry& y) { return order(x) < order(y); });
  entries_.erase(std::unique(entries_.begin(), entries_.end(),
                             [&](const Entry& x, const Entry& y) { return order(x) == order(y); }),
                 entries_.end());
  sieve_.assign(1024, 0);
  slots_.assign(std::bit_ceil(2 * entries_.size()), 0);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const std::uint64_t hash = entries_[i].hash;
    if (i > 0 && hash == entries_[i - 1].hash) continue;
    sieve_[hash >> 54] |= std::uint64_t{1} << (hash >> 48 & 63);
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at] != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = static_cast<std::uint32_t>(i) + 1;
  }
}

std::size_t RuleSet::Table::find(std::uint64_t hash) const {
  for (std::size_t at = hash & (slots_.size() - 1); slots_[at] != 0;
       at = (at + 1) & (slots_.size() - 1)) {
    if (entries_[slots_[at] - 1].hash == hash) return slots_[at] - 1;
  }
  return entries_.size();
}

Result<RuleSet> RuleSet::compile(std::vector<Rule> rules) {
  if (rules.size() > kMaxRules) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("{} rules, more than {}", rules.size(), kMaxRules)};
  }
  RuleSet set;
  set.rules_ = std::move(rules);
  std::unordered_set<std::string_view> ids;
  std::array<Draft, kMaxLanguages + 1> drafts;  // by language, that of all documents last
  std::size_t marks = 0;
  for (std::uint32_t i = 0; i < set.rules_.size(); ++i) {
    const Rule& rule = set.rules_[i];
    if (!ids.insert(rule.id).second) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("two rules are called \"{}\"", rule.id)};
    }
    Gate gate{.languages = kAllLanguages,
              .max_bytes = rule.max_bytes,
              .holds = rule.holds.empty() ? kAlways : 0,
              .zone = rule.zone,
              .certain = rule.certain};
    std::size_t language = kMaxLanguages;
    if (!rule.language.empty()) {
      const auto it = std::find(set.languages_.begin(), set.languages_.end(), rule.language);
      const auto at = static_cast<std::size_t>(it - set.languages_.begin());
      if (at == kMaxLanguages) {
        return Error{ErrorCode::kInvalidArgument,
                     fmt::format("rule packs for more than {} languages", kMaxLanguages)};
      }
      if (it == set.languages_.end()) set.languages_.push_back(rule.language);
      gate.languages = LanguageMask{1} << at;
      // English rules are for all documents, too.
      if (rule.language != kEnglish) language = at;
    }
    for (const char c : rule.holds) {
      std::uint64_t& mark = set.marks_[static_cast<unsigned char>(c)];
      if (mark == 0 && marks == kMaxMarks) {
        return Error{ErrorCode::kInvalidArgument,
                     fmt::format("the rules hold more than {} different bytes", kMaxMarks)};
      }
      if (mark == 0) mark = std::uint64_t{1} << marks++;
      gate.holds |= mark;
    }
    set.gates_.push_back(gate);
    set.longest_line_ = std::max(set.longest_line_, rule.max_bytes);
    Draft& draft = drafts[language];
    for (const std::uint64_t key : rule.phrases) draft.phrases.push_back({key, i, rule.max_bytes});
    for (const std::uint64_t hash : rule.triggers) {
      draft.triggers.push_back({hash, i, rule.max_bytes});
    }
    if (rule.pattern == nullptr || !rule.triggers.empty()) continue;
    // A pattern for the end of a line makes any automaton read every line to its end.
    const bool alone = !rule.holds.empty() || rule.scope == RuleScope::kSuffix;
    (alone ? draft.held : draft.untriggered).push_back(i);
  }
  for (std::size_t at = 0; at < drafts.size(); ++at) {
    if (drafts[at].empty()) continue;
    COPYDESK_ASSIGN_OR_RETURN(Index index, set.make_index(std::move(drafts[at])));
    index.languages = at == kMaxLanguages ? kAllLanguages : LanguageMask{1} << at;
    set.indexes_.push_back(std::move(index));
  }
  return set;
}

Result<RuleSet::Index> RuleSet::make_index(Draft draft) const {
  Index index{.phrases = Table(std::move(draft.phrases)),
              .triggers = Table(std::move(draft.triggers)),
              .held = std::move(draft.held),
              .untriggered = std::move(draft.untriggered)};
  if (index.untriggered.empty()) return index;
  std::string patterns;
  for (const std::uint32_t rule : index.untriggered) {
    if (!patterns.empty()) patterns += '|';
    patterns += without_counts(anchored_pattern(rules_[rule]));
    index.longest_untriggered_line =
        std::max(index.longest_untriggered_line, rules_[rule].max_bytes);
  }
  RE2::Options options = pattern_options();
  options.set_max_mem(kUntriggeredMemory);
  index.any_untriggered = std::make_unique<const RE2>(patterns, options);
  if (!index.any_untriggered->ok()) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("the patterns without triggers cannot be compiled together: {}",
                             index.any_untriggered->error())};
  }
  return index;
}

LanguageMask RuleSet::mask_for(std::string_view language) const {
  const std::string primary = text::fold(language.substr(0, language.find_first_of("-_")));
  LanguageMask mask = 0;
  LanguageMask english = 0;
  for (std::size_t i = 0; i < languages_.size(); ++i) {
    if (languages_[i] == primary) mask = LanguageMask{1} << i;
    if (languages_[i] == kEnglish) english = LanguageMask{1} << i;
  }
  return mask == 0 ? kAllLanguages : mask | english;
}

std::uint64_t RuleSet::marks_of(std::string_view line) const {
  std::uint64_t marks = kAlways;
  for (const char c : line) marks |= marks_[static_cast<unsigned char>(c)];
  return marks;
}

Postponed RuleSet::match(const RuleLine& line, const RuleFilter& filter,
                         std::vector<std::uint32_t>& candidates, std::vector<RuleHit>& out) const {
  Postponed postponed;
  if (line.text.empty() || line.text.size() > longest_line_) return postponed;
  const std::size_t first_hit = out.size();
  std::uint64_t marks = 0;  // of the line, once they are asked for
  const auto holds = [&](const Gate& gate) {
    if (gate.holds == kAlways) return true;
    if (marks == 0) marks = marks_of(line.text);
    return (gate.holds & marks) != 0;
  };
  // Whether it is a rule's turn; notes it if that is still to come.
  const auto usable = [&](std::uint32_t rule, bool by_phrase) {
    const Gate& gate = gates_[rule];
    if (line.text.size() > gate.max_bytes || (gate.languages & filter.languages) == 0) return false;
    if (!by_phrase && !holds(gate)) return false;
    const bool in_zone = (filter.zones & mask_of(gate.zone)) != 0;
    const bool waits = filter.certain_only && !gate.certain;
    if (!in_zone) postponed.zones |= mask_of(gate.zone);
    postponed.for_evidence |= waits;
    return in_zone && !waits;
  };

  candidates.clear();
  for (const Index& index : indexes_) {
    if ((index.languages & filter.languages) == 0) continue;
    if (line.key != 0) {
      const Span whole{0, static_cast<std::uint32_t>(line.text.size())};
      index.phrases.for_each(line.key, line.text.size(), [&](std::uint32_t rule) {
        if (usable(rule, true)) out.push_back({rule, {whole, whole}});
      });
    }
    for (const text::Word& word : line.words) {
      index.triggers.for_each(word.hash, line.text.size(), [&](std::uint32_t rule) {
        if (usable(rule, false)) candidates.push_back(rule);
      });
    }
    for (const std::uint32_t rule : index.held) {
      if (usable(rule, false)) candidates.push_back(rule);
    }
    // Most lines match none of these from their first bytes on, which is seen at once.
    if (line.text.size() <= index.longest_untriggered_line &&
        index.any_untriggered->Match({line.text.data(), line.text.size()}, 0, line.text.size(),
                                     RE2::ANCHOR_START, nullptr, 0)) {
      for (const std::uint32_t rule : index.untriggered) {
        if (usable(rule, false)) candidates.push_back(rule);
      }
    }
  }
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  for (const std::uint32_t rule : candidates) {
    if (const auto match = match_pattern(rules_[rule], line.text)) out.push_back({rule, *match});
  }

  if (out.size() - first_hit < 2) return postponed;
  // A rule may have hit by phrase and by pattern; the phrase was first.
  const auto begin = out.begin() + static_cast<std::ptrdiff_t>(first_hit);
  std::stable_sort(begin, out.end(),
                   [](const RuleHit& a, const RuleHit& b) { return a.rule < b.rule; });
  out.erase(std::unique(begin, out.end(),
                        [](const RuleHit& a, const RuleHit& b) { return a.rule == b.rule; }),
            out.end());
  return postponed;
}

}  // namespace copydesk::cleaning
