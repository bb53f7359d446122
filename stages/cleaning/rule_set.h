// RuleSet: the rules of many packs, compiled for matching.
//
// One hash probe a line finds all whole-line phrases. A pattern is tried only on lines that are
// short enough, hold one of its trigger words and one of its characters, and where its rule may
// hit at all; one automaton says whether any pattern without either may match. What is left for RE2
// is one pattern in twenty lines of an article.
#ifndef COPYDESK_CLEANING_RULE_SET_H_
#define COPYDESK_CLEANING_RULE_SET_H_

#include <re2/re2.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
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

// A set of zones.
using ZoneMask = std::uint8_t;
[[nodiscard]] constexpr ZoneMask mask_of(RuleZone zone) {
  return static_cast<ZoneMask>(1U << static_cast<unsigned>(zone));
}

// Which rules may hit a line now.
struct RuleFilter {
  LanguageMask languages = ~LanguageMask{0};
  ZoneMask zones = 0xFF;  // of the rules that may hit
  bool certain_only = false;
};

// Rules that a line may match and whose turn has not come: they were not tried.
struct Postponed {
  ZoneMask zones = 0;         // of rules that RuleFilter::zones keeps out
  bool for_evidence = false;  // a rule is not certain
};

// Immutable and shared by all threads once compiled.
class RuleSet {
 public:
  // Joins rules; earlier ones come first in every answer. Errors (kInvalidArgument): two rules with
  // one id, more than 32 languages, more than 63 different bytes in Rule::holds, patterns too big
  // to compile together.
  static Result<RuleSet> compile(std::vector<Rule> rules);

  [[nodiscard]] std::span<const Rule> rules() const { return rules_; }
  // The languages of the rules, in order of appearance.
  [[nodiscard]] std::span<const std::string> languages() const { return languages_; }
  // The languages to use on a document. A document in a language that rules exist for gets those
  // and the English ones, because platform names and widgets are English on pages of every
  // language; any other document gets all. Only the first subtag counts ("pt-BR" is "pt").
  [[nodiscard]] LanguageMask mask_for(std::string_view language) const;

  // Appends every rule that `filter` lets through and that matches `line`, in rule order.
  // `candidates` is scratch. Cost: a probe for the key and for each word, a look at each byte, then
  // RE2 for what is left.
  Postponed match(const RuleLine& line, const RuleFilter& filter,
                  std::vector<std::uint32_t>& candidates, std::vector<RuleHit>& out) const;

 private:
  // A line key or the hash of a trigger, and a rule that has it.
  struct Entry {
    std::uint64_t hash = 0;
    std::uint32_t rule = 0;
    std::uint32_t max_bytes = 0;  // of the rule
  };
  // Hash -> rules. Built once from all entries; open addressing behind a sieve that says "no" to
  // most words from the nearest cache.
  class Table {
   public:
    explicit Table(std::vector<Entry> entries = {});
    // Calls fn(rule) for the rules of a hash that may hit lines of so many bytes.
    template <class Fn>
    void for_each(std::uint64_t hash, std::size_t bytes, Fn fn) const {
      if (sieve_.empty() || (sieve_[hash >> 54] >> (hash >> 48 & 63) & 1) == 0) return;
      for (std::size_t i = find(hash); i < entries_.size() && entries_[i].hash == hash; ++i) {
        if (entries_[i].max_bytes < bytes) return;
        fn(entries_[i].rule);
      }
    }

   private:
    // The index of its first entry; that behind the last if there is none.
    [[nodiscard]] std::size_t find(std::uint64_t hash) const;

    std::vector<std::uint64_t> sieve_;  // a bit for each beginning of 16 bits; empty: no entries
    std::vector<Entry> entries_;        // ascending by hash; for one hash the longest lines first
    std::vector<std::uint32_t> slots_;  // 1 + index of the first entry of a hash; 0: free
  };
  // What the rules of one language know lines by. Common words of one language are triggers in
  // another; they are not looked up for a document in the first.
  struct Index {
    LanguageMask languages = 0;
    Table phrases;                               // by line key
    Table triggers;                              // by word hash
    std::vector<std::uint32_t> held;             // rules whose pattern has no triggers but `holds`
    std::vector<std::uint32_t> untriggered;      // rules whose pattern has neither
    std::uint32_t longest_untriggered_line = 0;  // that one of these may hit
    std::unique_ptr<const RE2> any_untriggered;  // matches what one of their patterns does
  };
  // An index under construction.
  struct Draft {
    std::vector<Entry> phrases;
    std::vector<Entry> triggers;
    std::vector<std::uint32_t> held;
    std::vector<std::uint32_t> untriggered;

    [[nodiscard]] bool empty() const {
      return phrases.empty() && triggers.empty() && held.empty() && untriggered.empty();
    }
  };
  // What match() asks of each candidate, close together.
  struct Gate {
    LanguageMask languages = 0;
    std::uint32_t max_bytes = 0;
    std::uint64_t holds = 0;  // bits of marks_; all of them if any line will do
    RuleZone zone = RuleZone::kAny;
    bool certain = true;
  };

  RuleSet() = default;
  [[nodiscard]] Result<Index> make_index(Draft draft) const;
  [[nodiscard]] std::uint64_t marks_of(std::string_view line) const;

  std::vector<Rule> rules_;
  std::vector<Gate> gates_;  // by rule
  std::vector<std::string> languages_;
  std::array<std::uint64_t, 256> marks_{};  // a bit for each byte that Rule::holds names
  std::uint32_t longest_line_ = 0;          // that any rule may hit
  std::vector<Index> indexes_;              // by language, rules for any language last
};

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_RULE_SET_H_
