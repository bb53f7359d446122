// strip_rules: removes what rule packs know to be chrome.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "cleaning/apply_rules.h"
#include "copydesk/read_file.h"
#include "copydesk/rule_pack.h"
#include "copydesk/stage_spec.h"

namespace copydesk::stages {
namespace {

using cleaning::Rule;
using cleaning::RuleCut;
using cleaning::RuleOutcome;
using cleaning::RuleSet;

struct Options {
  std::vector<std::string> packs;
  std::vector<std::string> languages;
  std::vector<std::string> disable_families;
  std::vector<std::string> disable_rules;
  double max_share = 0.3;
};

class StripRules : public DocumentStage {
 public:
  StripRules(RuleSet rules, double max_share) : rules_(std::move(rules)), max_share_(max_share) {}

  Verdict process(const Document& document, Local* /*local*/, Edits& edits,
                  DocumentFindings& findings) const override {
    const cleaning::TextView page = cleaning::TextView::of(document);
    RuleOutcome outcome = cleaning::apply_rules(rules_, rules_.mask_for(document.language()), page);
    if (outcome.body_share() > max_share_) {
      findings.flags.push_back(Flag::kGuarded);
      return Verdict::keep();
    }
    for (const RuleCut& cut : outcome.cuts) {
      const Rule& rule = rules_.rules()[cut.rule];
      if (cut.whole_line) {
        edits.cut_line(cut.line, rule.reason, rule.id);
      } else {
        edits.cut(cut.span, rule.reason, rule.id);
      }
    }
    findings.lifted = std::move(outcome.lifted);
    return Verdict::keep();
  }

 private:
  const RuleSet rules_;
  const double max_share_;
};

// The folder of a built-in pack's path is its language.
std::string_view language_of(std::string_view path) { return path.substr(0, path.find('/')); }

std::vector<std::string> builtin_languages() {
  std::set<std::string, std::less<>> languages;
  for (const BuiltinRulePack& pack : builtin_rule_packs()) {
    languages.emplace(language_of(pack.path));
  }
  return {languages.begin(), languages.end()};
}

Error faults_error(const std::vector<Diagnostic>& faults) {
  std::string message;
  for (const Diagnostic& fault : faults) {
    if (!message.empty()) message += '\n';
    message += fault.to_string();
  }
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

// Takes out the rules that options name. Unknown ids are an error: a slip would go unseen.
Result<void> disable(const Options& options, std::vector<Rule>& rules) {
  for (const std::string& id : options.disable_rules) {
    const auto it =
        std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) { return rule.id == id; });
    if (it != rules.end()) continue;
    std::vector<std::string_view> ids;
    for (const Rule& rule : rules) ids.push_back(rule.id);
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("strip_rules: disable_rules: no rule is called \"{}\"{}", id,
                             cleaning::did_you_mean(id, ids))};
  }
  std::erase_if(rules, [&](const Rule& rule) {
    const auto names = [](const std::vector<std::string>& list, std::string_view name) {
      return std::find(list.begin(), list.end(), name) != list.end();
    };
    return names(options.disable_rules, rule.id) ||
           names(options.disable_families, cleaning::family_of(rule.id));
  });
  return {};
}

Result<std::unique_ptr<Stage>> make_stage(const Options& options) {
  std::vector<Rule> rules;
  std::vector<Diagnostic> faults;
  const auto add = [&](std::vector<Rule> more) {
    rules.insert(rules.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
  };
  for (const BuiltinRulePack& pack : builtin_rule_packs()) {
    const std::vector<std::string>& wanted = options.languages;
    const bool use = wanted.empty() || std::find(wanted.begin(), wanted.end(),
                                                 language_of(pack.path)) != wanted.end();
    // A test checks the built-in patterns.
    if (use) add(cleaning::parse_rule_pack(pack.toml, pack.path, faults, false));
  }
  for (const std::string& path : options.packs) {
    COPYDESK_ASSIGN_OR_RETURN(const std::string text,
                              read_file(path, "the rule pack", kMaxTomlBytes));
    std::vector<Rule> more = cleaning::parse_rule_pack(text, path, faults);
    cleaning::check_examples(more, path, faults);
    add(std::move(more));
  }
  if (!faults.empty()) return faults_error(faults);
  COPYDESK_RETURN_IF_ERROR(disable(options, rules));
  COPYDESK_ASSIGN_OR_RETURN(RuleSet set, RuleSet::compile(std::move(rules)));
  return std::unique_ptr<Stage>(std::make_unique<StripRules>(std::move(set), options.max_share));
}

}  // namespace

StageSpec strip_rules() {
  std::vector<Reason> reasons;
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    if (reason < Reason::kTemplateLine) reasons.push_back(reason);
  }
  std::vector<std::string> families(cleaning::rule_families().begin(),
                                    cleaning::rule_families().end());
  return StageSpecBuilder<Options>("strip_rules", StageKind::kDocument)
      .summary("Removes lines, prefixes, suffixes and blocks that rule packs know to be chrome.")
      .reasons(std::move(reasons))
      .option("packs", &Options::packs, "Rule pack files to use besides the built-in ones.")
      .option("languages", &Options::languages, builtin_languages(),
              "Languages whose built-in packs are used; none: all.")
      .option("disable_families", &Options::disable_families, std::move(families),
              "Families of rules that are not used.")
      .option("disable_rules", &Options::disable_rules, "Ids of rules that are not used.")
      .option("max_share", &Options::max_share, {0, 1},
              "Largest share of the running text that may go; more, and nothing is removed.")
      .make(make_stage);
}

}  // namespace copydesk::stages
