// RuleSet: the rules of many packs, compiled for matching.
//
// One hash probe a line finds all whole-line phrases. A pattern is tried only on lines that are
// short enough and hold one of its trigger words; patterns without triggers go through one
// RE2::Set.
#ifndef COPYDESK_CLEANING_RULE_SET_H_
#define COPYDESK_CLEANING_RULE_SET_H_

#include <re2/set.h>

#include <bitset>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cleaning/rule_pack.h"
#include "copydesk/result.h"

namespace copydesk::cleaning {

struct RuleHit {
  std::uint32_t rule = 0;  // index in RuleSet::rules()
  RuleMatch match;
};

// Which languages' rules may hit: bit i stands for RuleSet::languages()[i]. Rules for any language
// always may.
using LanguageMask = std::uint32_t;

// Immutable and shared by all threads once compiled.
class RuleSet {
 public:
  // Joins rules; earlier ones come first in every answer. Errors (kInvalidArgument): two rules with
  // one id, more than 32 languages, patterns too big to compile together.
  static Result<RuleSet> compile(std::vector<Rule> rules);

  [[nodiscard]] std::span<const Rule> rules() const { return rules_; }
  // The languages of the rules, in order of appearance.
  [[nodiscard]] std::span<const std::string> languages() const { return languages_; }
  // The languages to use on a document. A document in a language that rules exist for gets those
  // and the English ones, because platform names and widgets are English on pages of every
  // language; any other document gets all. Only the first subtag counts ("pt-BR" is "pt").
  [[nodiscard]] LanguageMask mask_for(std::string_view language) const;

  // Appends every rule that matches `line`, in rule order; zones are the caller's business.
  // `candidates` is scratch. Cost: a probe for the key and for each word, then RE2 for what is
  // left.
  void match(const RuleLine& line, LanguageMask languages, std::vector<std::uint32_t>& candidates,
             std::vector<RuleHit>& out) const;

 private:
  // Says "no" to most hashes that are not in a table, from one cache line.
  class Sieve {
   public:
    void add(std::uint64_t hash) { bits_.set(hash >> 48); }
    [[nodiscard]] bool may_hold(std::uint64_t hash) const { return bits_.test(hash >> 48); }

   private:
    std::bitset<std::size_t{1} << 16> bits_;
  };
  using Table = std::unordered_map<std::uint64_t, std::vector<std::uint32_t>>;

  RuleSet() : sieve_(std::make_unique<Sieve>()) {}
  void collect(const Table& table, std::uint64_t hash, std::vector<std::uint32_t>& out) const;
  void collect_untriggered(std::string_view line, std::vector<std::uint32_t>& out) const;

  std::vector<Rule> rules_;
  std::vector<LanguageMask> languages_of_;  // by rule
  std::vector<std::string> languages_;
  std::uint32_t longest_line_ = 0;              // that any rule may hit
  std::uint32_t longest_untriggered_line_ = 0;  // that a pattern without triggers may hit
  Table phrases_;                               // line key -> rules
  Table triggers_;                              // word hash -> rules
  std::unique_ptr<Sieve> sieve_;                // for both tables
  std::vector<std::uint32_t> untriggered_;      // rules whose pattern has no triggers
  std::unique_ptr<const RE2::Set> set_;         // their patterns in that order; null: none
};

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_RULE_SET_H_
