// Rule packs: phrases and patterns as data. Parsing and checking; rule_set.h matches.
//
// A pack is TOML (stages/rules/README.md). parse_rule_pack() turns it into rules and collects every
// fault of the file with its place. check_rule_pack() (copydesk/rule_pack.h) also runs the examples
// that stand beside each rule.
#ifndef COPYDESK_CLEANING_RULE_PACK_H_
#define COPYDESK_CLEANING_RULE_PACK_H_

#include <re2/re2.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/document.h"
#include "copydesk/reason.h"
#include "copydesk/result.h"
#include "copydesk/text/words.h"

namespace copydesk::cleaning {

// What a match takes with it.
enum class RuleScope : std::uint8_t {
  kLine,    // the line
  kPrefix,  // the beginning of the line
  kSuffix,  // the end of the line
  kBlock,   // the line and the short lines that follow it
  kToEnd,   // the line and everything after it
};

// Where on the page a rule may hit (zones: line_shape.h). The body is what is neither head nor
// tail.
enum class RuleZone : std::uint8_t { kAny, kHead, kBody, kTail };

// A line that a rule must (or must not) match, and where it stands in the pack.
struct RuleExample {
  std::string line;
  bool wanted = true;
  int row = 0;
  int column = 0;
};

// A regular expression that matches whatever `regex` matches, and more: every count, ".{0,80}", is
// any number. Counts make automata with a state for each number, of which a long line visits many
// for the first time; without them there are few. A regex without counts comes back as it is.
[[nodiscard]] std::string without_counts(std::string_view regex);

// A regular expression, compiled when it is first asked for: of the built-in thousand a run needs
// few. Immutable and shared by all threads.
class RulePattern {
 public:
  explicit RulePattern(std::string regex) : regex_(std::move(regex)) {}

  [[nodiscard]] const std::string& regex() const { return regex_; }
  [[nodiscard]] const RE2& compiled() const;
  // Whether a text cannot match: what without_counts() of the regex says.
  [[nodiscard]] bool rules_out(re2::StringPiece text, RE2::Anchor anchor) const;

 private:
  std::string regex_;
  // No std::call_once: an exception that passes through it makes glibc load a library, and if there
  // is no memory for that, abort.
  mutable std::mutex mutex_;
  mutable std::unique_ptr<const RE2> compiled_;
  mutable std::atomic<bool> is_compiled_ = false;
  mutable std::unique_ptr<const RE2> loose_;
  mutable std::atomic<bool> is_loosened_ = false;
};

struct Rule {
  std::string id;
  Reason reason = Reason::kBlank;
  RuleScope scope = RuleScope::kLine;
  RuleZone zone = RuleZone::kAny;
  std::uint32_t max_bytes = 200;        // longest line it may hit, trimmed
  std::uint32_t block_lines = 0;        // kBlock: lines after the first it may take, blanks apart
  std::optional<Field> field;           // where the removed text (or the first group) is kept
  bool copy = false;                    // the text goes to the field and also stays
  bool certain = true;                  // false: hits only where other rules have found chrome
  std::string language;                 // of its pack; empty: any
  std::vector<std::uint64_t> phrases;   // text::line_key() of each
  std::vector<std::uint64_t> triggers;  // text::word_hash() of each; empty: any line may match
  std::string
      holds;  // bytes of which a line that the pattern matches has one; empty: may have none
  std::unique_ptr<const RulePattern> pattern;  // null if there are phrases alone
  std::vector<RuleExample> examples;
};

// One line as rules see it: trimmed, with its key and its words. Word offsets are those of the
// text the line was taken from; rules only look at the hashes.
struct RuleLine {
  std::string_view text;
  std::uint64_t key = 0;
  std::span<const text::Word> words;
};

// What of a line a rule matches, in bytes of RuleLine::text.
struct RuleMatch {
  Span matched;  // the whole text, but for prefix and suffix rules
  // `matched`; of a pattern with capture groups the first that took part, empty if none did.
  Span lifted;
};

// The rules of one pack; those with a fault are left out and reported in `faults`. `file` is only
// used in messages. No exception leaves it. `check_patterns`: false only for packs that are known
// to be good, whose patterns are then compiled when they are needed.
[[nodiscard]] std::vector<Rule> parse_rule_pack(std::string_view toml, std::string_view file,
                                                std::vector<Diagnostic>& faults,
                                                bool check_patterns = true);

// Runs the examples of rules; reports those that fail.
void check_examples(std::span<const Rule> rules, std::string_view file,
                    std::vector<Diagnostic>& faults);

// Whether the pattern of a rule matches, triggers and length apart. A prefix or suffix that would
// end inside a word does not match. Precondition: rule.pattern.
[[nodiscard]] std::optional<RuleMatch> match_pattern(const Rule& rule, std::string_view line);

// The regular expression that matches as the scope of the rule says when searched for anywhere.
// Precondition: rule.pattern.
[[nodiscard]] std::string anchored_pattern(const Rule& rule);

// How RE2 is to read the patterns of packs.
[[nodiscard]] RE2::Options pattern_options();

// "nav" of "nav.menu_word". Families are closed: those of the reasons.
[[nodiscard]] std::string_view family_of(std::string_view id);
[[nodiscard]] std::span<const std::string_view> rule_families();

// "; did you mean …?" with the name most like `name`, or "" if none is close enough to be a slip of
// the pen.
[[nodiscard]] std::string did_you_mean(std::string_view name,
                                       std::span<const std::string_view> names);

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_RULE_PACK_H_
