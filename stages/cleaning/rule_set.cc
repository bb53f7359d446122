#include "cleaning/rule_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <unordered_set>

namespace copydesk::cleaning {
namespace {

constexpr std::size_t kMaxLanguages = 32;
constexpr LanguageMask kAllLanguages = ~LanguageMask{0};
// For the automaton that runs all patterns without triggers at once.
constexpr std::int64_t kSetMemory = 64 << 20;

}  // namespace

Result<RuleSet> RuleSet::compile(std::vector<Rule> rules) {
  RuleSet set;
  set.rules_ = std::move(rules);
  std::unordered_set<std::string_view> ids;
  RE2::Options options = pattern_options();
  options.set_max_mem(kSetMemory);
  auto patterns = std::make_unique<RE2::Set>(options, RE2::UNANCHORED);
  for (std::uint32_t i = 0; i < set.rules_.size(); ++i) {
    const Rule& rule = set.rules_[i];
    if (!ids.insert(rule.id).second) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("two rules are called \"{}\"", rule.id)};
    }
    LanguageMask mask = kAllLanguages;
    if (!rule.language.empty()) {
      const auto it = std::find(set.languages_.begin(), set.languages_.end(), rule.language);
      const auto at = static_cast<std::size_t>(it - set.languages_.begin());
      if (at == kMaxLanguages) {
        return Error{ErrorCode::kInvalidArgument,
                     fmt::format("rule packs for more than {} languages", kMaxLanguages)};
      }
      if (it == set.languages_.end()) set.languages_.push_back(rule.language);
      mask = LanguageMask{1} << at;
    }
    set.languages_of_.push_back(mask);
    set.longest_line_ = std::max(set.longest_line_, rule.max_bytes);
    for (const std::uint64_t key : rule.phrases) {
      set.phrases_[key].push_back(i);
      set.sieve_->add(key);
    }
    for (const std::uint64_t hash : rule.triggers) {
      set.triggers_[hash].push_back(i);
      set.sieve_->add(hash);
    }
    if (rule.pattern != nullptr && rule.triggers.empty()) {
      std::string error;
      if (patterns->Add(anchored_pattern(rule), &error) < 0) {
        return Error{ErrorCode::kInvalidArgument,
                     fmt::format("RE2 refuses the pattern of {}: {}", rule.id, error)};
      }
      set.untriggered_.push_back(i);
      set.longest_untriggered_line_ = std::max(set.longest_untriggered_line_, rule.max_bytes);
    }
  }
  if (!set.untriggered_.empty()) {
    if (!patterns->Compile()) {
      return Error{ErrorCode::kInvalidArgument,
                   "the patterns without triggers are too big to compile together"};
    }
    set.set_ = std::move(patterns);
  }
  return set;
}

LanguageMask RuleSet::mask_for(std::string_view language) const {
  const std::string primary = text::fold(language.substr(0, language.find_first_of("-_")));
  LanguageMask mask = 0;
  LanguageMask english = 0;
  for (std::size_t i = 0; i < languages_.size(); ++i) {
    if (languages_[i] == primary) mask = LanguageMask{1} << i;
    if (languages_[i] == "en") english = LanguageMask{1} << i;
  }
  return mask == 0 ? kAllLanguages : mask | english;
}

void RuleSet::collect(const Table& table, std::uint64_t hash,
                      std::vector<std::uint32_t>& out) const {
  if (!sieve_->may_hold(hash)) return;
  const auto it = table.find(hash);
  if (it != table.end()) out.insert(out.end(), it->second.begin(), it->second.end());
}

void RuleSet::collect_untriggered(std::string_view line, std::vector<std::uint32_t>& out) const {
  if (set_ == nullptr || line.size() > longest_untriggered_line_) return;
  std::vector<int> found;
  RE2::Set::ErrorInfo error{};
  if (set_->Match(re2::StringPiece(line.data(), line.size()), &found, &error)) {
    for (const int at : found) out.push_back(untriggered_[static_cast<std::size_t>(at)]);
  } else if (error.kind != RE2::Set::kNoError) {
    // "false" also stands for "out of memory": then each pattern is asked by itself.
    out.insert(out.end(), untriggered_.begin(), untriggered_.end());
  }
}

void RuleSet::match(const RuleLine& line, LanguageMask languages,
                    std::vector<std::uint32_t>& candidates, std::vector<RuleHit>& out) const {
  if (line.text.empty() || line.text.size() > longest_line_) return;
  const auto usable = [&](std::uint32_t rule) {
    return line.text.size() <= rules_[rule].max_bytes && (languages_of_[rule] & languages) != 0;
  };
  const std::size_t first_hit = out.size();

  candidates.clear();
  if (line.key != 0) collect(phrases_, line.key, candidates);
  const Span whole{0, static_cast<std::uint32_t>(line.text.size())};
  for (const std::uint32_t rule : candidates) {
    if (usable(rule)) out.push_back({rule, {whole, whole}});
  }

  candidates.clear();
  for (const text::Word& word : line.words) collect(triggers_, word.hash, candidates);
  collect_untriggered(line.text, candidates);
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  for (const std::uint32_t rule : candidates) {
    if (!usable(rule)) continue;
    if (const auto match = match_pattern(rules_[rule], line.text)) out.push_back({rule, *match});
  }

  // A rule may have hit by phrase and by pattern; the phrase was first.
  const auto begin = out.begin() + static_cast<std::ptrdiff_t>(first_hit);
  std::stable_sort(begin, out.end(),
                   [](const RuleHit& a, const RuleHit& b) { return a.rule < b.rule; });
  out.erase(std::unique(begin, out.end(),
                        [](const RuleHit& a, const RuleHit& b) { return a.rule == b.rule; }),
            out.end());
}

}  // namespace copydesk::cleaning
