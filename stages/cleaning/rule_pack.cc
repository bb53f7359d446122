#include "cleaning/rule_pack.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <exception>
#include <new>
#include <numeric>
#include <set>

#include "copydesk/read_file.h"
#include "copydesk/rule_pack.h"
#include "copydesk/text/lines.h"
#include "copydesk/text/utf8.h"

namespace copydesk::cleaning {
namespace {

// A pattern gets this much for its program and its automaton; RE2 falls back to a slower matcher
// of constant size when the automaton would outgrow it, so an answer is never lost.
constexpr std::int64_t kPatternMemory = 4 << 20;
// Instructions of a pattern times bytes of the longest line that it may read: what one line can
// cost at worst, some tenths of a second.
constexpr std::int64_t kMaxPatternWork = std::int64_t{1} << 27;
// Faults of a pack after which no more are looked for.
constexpr std::size_t kMaxFaults = 100;
// A longer name is no slip of anybody's.
constexpr std::size_t kMaxGuessedBytes = 100;
constexpr std::int64_t kMaxLineBytes = 65'535;
constexpr std::int64_t kMaxBlockLines = 100;
// Capture groups of a pattern that are looked at.
constexpr int kMaxGroups = 8;

constexpr std::array<std::string_view, 2> kPackKeys = {"language", "rule"};
constexpr std::array<std::string_view, 15> kRuleKeys = {
    "id",   "reason", "scope", "phrases",     "pattern", "triggers", "holds",   "max_bytes",
    "zone", "field",  "copy",  "block_lines", "certain", "match",    "no_match"};
constexpr std::array<std::string_view, 5> kScopes = {"line", "prefix", "suffix", "block", "to_end"};
constexpr std::array<std::string_view, 4> kZones = {"any", "head", "body", "tail"};

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
    }
  }
  return row[b.size()];
}

// lower-case letters, digits and "_" around one dot, starting with a known family.
bool is_rule_id(std::string_view id) {
  const auto is_part = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
  };
  const std::size_t dot = id.find('.');
  return dot != std::string_view::npos && is_part(id.substr(0, dot)) && is_part(id.substr(dot + 1));
}

bool is_language(std::string_view language) {
  return (language.size() == 2 || language.size() == 3) &&
         std::all_of(language.begin(), language.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

// Whether a cut at `at` would fall inside a word of `line`.
bool cuts_word(std::string_view line, std::uint32_t at) {
  thread_local std::vector<text::Word> words;
  text::split_words(line, words);
  return std::any_of(words.begin(), words.end(),
                     [at](const text::Word& w) { return w.begin < at && at < w.end; });
}

// The hash of a trigger, or nothing if it is not one word. In scripts without spaces a word gives
// overlapping bigrams; its first one must occur wherever the trigger does.
std::optional<std::uint64_t> trigger_hash(std::string_view trigger) {
  thread_local std::vector<text::Word> words;
  text::split_words(trigger, words);
  if (words.empty()) return std::nullopt;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i].begin >= words[i - 1].end) return std::nullopt;
  }
  if (words.front().begin != 0 || words.back().end != trigger.size()) return std::nullopt;
  return words.front().hash;
}

// The bytes by which a line is known to hold one of `characters`: those of ASCII, "0-9" for all
// digits, and the last bytes of others, which more characters end in; what is told apart further
// is the pattern's business.
std::string held_bytes(std::string_view characters) {
  constexpr std::string_view kDigits = "0-9";
  std::string bytes;
  while (!characters.empty()) {
    if (characters.starts_with(kDigits)) {
      bytes += "0123456789";
      characters.remove_prefix(kDigits.size());
      continue;
    }
    const std::size_t length = text::decode_utf8(characters, 0).length;
    bytes += characters[length - 1];
    characters.remove_prefix(length);
  }
  return bytes;
}

// Reads one pack. Everything it finds wrong goes to `faults`; a rule is kept only if nothing was.
class PackReader {
 public:
  PackReader(std::string_view file, std::vector<Diagnostic>& faults, bool check_patterns)
      : file_(file), faults_(faults), check_patterns_(check_patterns) {}

  std::vector<Rule> read(const toml::table& pack) {
    check_keys(pack, kPackKeys, "a pack");
    std::string language;
    if (const toml::node* node = pack.get("language")) {
      language = string_of(*node, "language");
      if (language == "any") {
        language.clear();
      } else if (!language.empty() && !is_language(language)) {
        fault(*node, fmt::format("\"{}\" is not a language: two or three lower-case letters "
                                 "(\"en\"), or \"any\"",
                                 language));
      }
    } else {
      fault(pack, "the pack does not say its language");
    }
    std::vector<Rule> rules;
    const toml::node* list = pack.get("rule");
    if (list == nullptr || !list->is_array_of_tables()) {
      fault(list != nullptr ? *list : pack, "the pack has no [[rule]]");
      return rules;
    }
    for (const toml::node& node : *list->as_array()) {
      const std::size_t before = faults_.size();
      if (before >= kMaxFaults) return {};
      Rule rule = read_rule(*node.as_table());
      rule.language = language;
      if (faults_.size() == before) rules.push_back(std::move(rule));
    }
    return rules;
  }

 private:
  void fault(const toml::node& node, std::string message) {
    const toml::source_position at = node.source().begin;
    faults_.push_back({std::string(file_), static_cast<int>(at.line), static_cast<int>(at.column),
                       std::move(message)});
  }

  void check_keys(const toml::table& table, std::span<const std::string_view> known,
                  std::string_view what) {
    for (const auto& [key, node] : table) {
      if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
      const toml::source_position at = key.source().begin;
      faults_.push_back(
          {std::string(file_), static_cast<int>(at.line), static_cast<int>(at.column),
           fmt::format("{} has no key \"{}\"{}", what, key.str(), did_you_mean(key.str(), known))});
    }
  }

  // The string of a node, not empty; "" after a fault.
  std::string string_of(const toml::node& node, std::string_view key) {
    const toml::value<std::string>* value = node.as_string();
    if (value != nullptr && !value->get().empty()) return value->get();
    fault(node, fmt::format("{} must be a string that is not empty", key));
    return {};
  }

  // Calls fn(string, node) for each string of a list.
  template <class Fn>
  void for_each_string(const toml::table& table, std::string_view key, Fn fn) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return;
    if (!node->is_array() || node->as_array()->empty()) {
      fault(*node, fmt::format("{} must be a list of strings that is not empty", key));
      return;
    }
    for (const toml::node& element : *node->as_array()) {
      const std::string value = string_of(element, fmt::format("each of {}", key));
      if (!value.empty()) fn(value, element);
    }
  }

  // The position of a string in a closed list; nothing if it is absent or wrong.
  std::optional<std::size_t> choice(const toml::table& table, std::string_view key,
                                    std::span<const std::string_view> names) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return std::nullopt;
    const std::string value = string_of(*node, key);
    if (value.empty()) return std::nullopt;
    const auto it = std::find(names.begin(), names.end(), value);
    if (it != names.end()) return static_cast<std::size_t>(it - names.begin());
    fault(*node, fmt::format("no {} is called \"{}\"{}", key, value, did_you_mean(value, names)));
    return std::nullopt;
  }

  std::optional<std::uint32_t> integer(const toml::table& table, std::string_view key,
                                       std::int64_t max) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return std::nullopt;
    const toml::value<std::int64_t>* value = node->as_integer();
    if (value != nullptr && value->get() >= 1 && value->get() <= max) {
      return static_cast<std::uint32_t>(value->get());
    }
    fault(*node, fmt::format("{} must be an integer between 1 and {}", key, max));
    return std::nullopt;
  }

  bool boolean(const toml::table& table, std::string_view key, bool otherwise) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return otherwise;
    if (!node->is_boolean()) fault(*node, fmt::format("{} must be true or false", key));
    return node->value_or(otherwise);
  }

  void read_id(const toml::table& table, Rule& rule) {
    const toml::node* node = table.get("id");
    if (node == nullptr) {
      fault(table, "the rule has no id");
      return;
    }
    rule.id = string_of(*node, "id");
    if (rule.id.empty()) return;
    const std::span<const std::string_view> families = rule_families();
    const std::string_view family = family_of(rule.id);
    if (!is_rule_id(rule.id)) {
      fault(*node, fmt::format("\"{}\" is not an id: it must be like \"nav.skip_link\", in "
                               "lower-case letters, digits and \"_\"",
                               rule.id));
    } else if (std::find(families.begin(), families.end(), family) == families.end()) {
      fault(*node,
            fmt::format("no family is called \"{}\"{}", family, did_you_mean(family, families)));
    } else if (!ids_.insert(rule.id).second) {
      fault(*node, fmt::format("another rule of the pack is called \"{}\"", rule.id));
    }
  }

  void read_phrases(const toml::table& table, Rule& rule) {
    for_each_string(table, "phrases", [&](const std::string& phrase, const toml::node& node) {
      const std::uint64_t key = text::line_key(phrase);
      if (key == 0) {
        fault(node, fmt::format("the phrase \"{}\" has no word", phrase));
      } else {
        rule.phrases.push_back(key);
      }
    });
    if (!rule.phrases.empty() &&
        (rule.scope == RuleScope::kPrefix || rule.scope == RuleScope::kSuffix)) {
      fault(*table.get("phrases"),
            "phrases are compared with whole lines; a prefix or suffix needs a pattern");
    }
  }

  void read_pattern(const toml::table& table, Rule& rule) {
    if (const toml::node* node = table.get("pattern")) {
      const std::string pattern = string_of(*node, "pattern");
      if (pattern.empty()) return;
      rule.pattern = std::make_unique<const RulePattern>(pattern);
      if (check_patterns_) {
        const RE2& compiled = rule.pattern->compiled();
        if (!compiled.ok()) {
          fault(*node, fmt::format("RE2 refuses the pattern: {}", compiled.error()));
          return;
        }
        // Where the automaton outgrows its memory, RE2 goes through the whole program for each
        // byte.
        const std::int64_t work = std::int64_t{compiled.ProgramSize()} * rule.max_bytes;
        if (work > kMaxPatternWork) {
          fault(*node, fmt::format("the pattern is too large for lines of {} bytes: {} "
                                   "instructions, at most {}; lower max_bytes or split it",
                                   rule.max_bytes, compiled.ProgramSize(),
                                   kMaxPatternWork / rule.max_bytes));
          return;
        }
        if (RE2::FullMatch("", compiled)) fault(*node, "the pattern matches nothing at all");
      }
      if (rule.scope == RuleScope::kSuffix) {
        rule.pattern = std::make_unique<const RulePattern>(anchored_pattern(rule));
      }
    }
    for_each_string(table, "triggers", [&](const std::string& trigger, const toml::node& node) {
      if (const std::optional<std::uint64_t> hash = trigger_hash(trigger)) {
        rule.triggers.push_back(*hash);
      } else {
        fault(node, fmt::format("the trigger \"{}\" is not one word", trigger));
      }
    });
    if (const toml::node* node = table.get("holds")) {
      rule.holds = held_bytes(string_of(*node, "holds"));
    }
    for (const std::string_view key : {"triggers", "holds"}) {
      if (rule.pattern != nullptr || !table.contains(key)) continue;
      fault(*table.get(key), fmt::format("{} are of use for a pattern only", key));
    }
  }

  void read_examples(const toml::table& table, Rule& rule) {
    for (const bool wanted : {true, false}) {
      for_each_string(table, wanted ? "match" : "no_match",
                      [&](const std::string& line, const toml::node& node) {
                        const toml::source_position at = node.source().begin;
                        rule.examples.push_back(
                            {line, wanted, static_cast<int>(at.line), static_cast<int>(at.column)});
                      });
    }
    if (!table.contains("match")) fault(table, "the rule has no example in match");
  }

  Rule read_rule(const toml::table& table) {
    check_keys(table, kRuleKeys, "a rule");
    Rule rule;
    read_id(table, rule);
    if (const auto reason = choice(table, "reason", reason_names())) {
      rule.reason = static_cast<Reason>(*reason);
    } else if (!table.contains("reason")) {
      fault(table, "the rule has no reason");
    }
    if (const auto scope = choice(table, "scope", kScopes)) {
      rule.scope = static_cast<RuleScope>(*scope);
    }
    if (const auto zone = choice(table, "zone", kZones)) rule.zone = static_cast<RuleZone>(*zone);
    if (const auto field = choice(table, "field", field_names())) {
      rule.field = static_cast<Field>(*field);
    }
    if (const auto bytes = integer(table, "max_bytes", kMaxLineBytes)) rule.max_bytes = *bytes;
    if (const auto lines = integer(table, "block_lines", kMaxBlockLines)) rule.block_lines = *lines;
    rule.copy = boolean(table, "copy", rule.copy);
    rule.certain = boolean(table, "certain", rule.certain);
    read_phrases(table, rule);
    read_pattern(table, rule);
    if (!table.contains("phrases") && !table.contains("pattern")) {
      fault(table, "the rule needs phrases or a pattern");
    }
    read_examples(table, rule);
    check_fit(table, rule);
    return rule;
  }

  // What no single key can tell.
  void check_fit(const toml::table& table, const Rule& rule) {
    const bool block = rule.scope == RuleScope::kBlock;
    if (block && rule.block_lines == 0 && !table.contains("block_lines")) {
      fault(table, "a block needs block_lines");
    }
    if (!block && rule.block_lines > 0) {
      fault(*table.get("block_lines"), "block_lines is of use for scope \"block\" only");
    }
    if (rule.copy && !table.contains("field")) {
      fault(*table.get("copy"), "copy needs a field to copy to");
    }
    if (rule.copy && (block || rule.scope == RuleScope::kToEnd)) {
      fault(*table.get("copy"), "a rule that copies removes nothing; its scope cannot be a block");
    }
  }

  std::string_view file_;
  std::vector<Diagnostic>& faults_;
  bool check_patterns_;
  std::set<std::string> ids_;
};

// Why an example does not come out as it should; "" if it does.
std::string example_fault(const Rule& rule, const RuleExample& example) {
  const std::string_view line = text::trim(example.line);
  const std::uint64_t key = text::line_key(line);
  const bool fits = line.size() <= rule.max_bytes;
  const bool phrase =
      std::find(rule.phrases.begin(), rule.phrases.end(), key) != rule.phrases.end();
  const bool pattern = rule.pattern != nullptr && match_pattern(rule, line).has_value();
  thread_local std::vector<text::Word> words;
  text::split_words(line, words);
  const bool triggered =
      rule.triggers.empty() || std::any_of(words.begin(), words.end(), [&](const text::Word& w) {
        return std::find(rule.triggers.begin(), rule.triggers.end(), w.hash) != rule.triggers.end();
      });
  const bool held = rule.holds.empty() || line.find_first_of(rule.holds) != std::string_view::npos;
  if (example.wanted) {
    if (!phrase && !pattern) return fmt::format("{} does not match this example", rule.id);
    if (!fits) {
      return fmt::format("{}: this example has {} bytes, more than max_bytes = {}", rule.id,
                         line.size(), rule.max_bytes);
    }
    if (!phrase && !triggered) {
      return fmt::format("{}: none of its triggers is in this example", rule.id);
    }
    if (!phrase && !held) {
      return fmt::format("{}: none of the characters it holds is in this example", rule.id);
    }
  } else if (fits && (phrase || (pattern && triggered && held))) {
    return fmt::format("{} must not match this example, but does", rule.id);
  }
  return {};
}

}  // namespace

const RE2& RulePattern::compiled() const {
  if (!is_compiled_.load(std::memory_order_acquire)) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (compiled_ == nullptr) compiled_ = std::make_unique<const RE2>(regex_, pattern_options());
    is_compiled_.store(true, std::memory_order_release);
  }
  return *compiled_;
}

bool RulePattern::rules_out(re2::StringPiece text, RE2::Anchor anchor) const {
  if (!is_loosened_.load(std::memory_order_acquire)) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const std::string loose = without_counts(regex_);
    if (loose_ == nullptr && loose != regex_) {
      loose_ = std::make_unique<const RE2>(loose, pattern_options());
    }
    is_loosened_.store(true, std::memory_order_release);
  }
  const RE2& regex = loose_ == nullptr || !loose_->ok() ? compiled() : *loose_;
  return !regex.Match(text, 0, text.size(), anchor, nullptr, 0);
}

std::string without_counts(std::string_view regex) {
  std::string loose;
  if (regex.find("\\Q") != std::string_view::npos) return std::string(regex);
  bool in_class = false;
  for (std::size_t at = 0; at < regex.size(); ++at) {
    const char c = regex[at];
    if (c == '\\' && at + 1 < regex.size()) {
      // "\\x{3000}" and "\\p{Lu}" name characters.
      const bool named = std::string_view("xpP").find(regex[at + 1]) != std::string_view::npos;
      std::size_t end = at + 2;
      if (named && end < regex.size() && regex[end] == '{') end = regex.find('}', end) + 1;
      if (end == 0) end = regex.size();
      loose.append(regex, at, end - at);
      at = end - 1;
      continue;
    }
    if (c == '[' && !in_class) {
      in_class = true;
      // A bracket that stands first is a character of the class.
      std::size_t end = at + 1;
      if (end < regex.size() && regex[end] == '^') ++end;
      if (end < regex.size() && regex[end] == ']') ++end;
      loose.append(regex, at, end - at);
      at = end - 1;
      continue;
    }
    if (in_class && regex.substr(at).starts_with("[:")) {
      // "[:alpha:]" in a class: its bracket does not end the class.
      const std::size_t end = std::min(regex.find(":]", at), regex.size() - 2) + 2;
      loose.append(regex, at, end - at);
      at = end - 1;
      continue;
    }
    if (c == ']') in_class = false;
    const std::size_t close = c == '{' && !in_class ? regex.find('}', at) : std::string_view::npos;
    const bool count = close != std::string_view::npos && close > at + 1 &&
                       regex.substr(at + 1, close - at - 1).find_first_not_of("0123456789,") ==
                           std::string_view::npos &&
                       regex[at + 1] != ',';
    if (count) {
      loose += '*';
      at = close;
    } else {
      loose += c;
    }
  }
  return loose;
}

RE2::Options pattern_options() {
  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_max_mem(kPatternMemory);
  options.set_log_errors(false);
  return options;
}

std::string anchored_pattern(const Rule& rule) {
  const std::string& pattern = rule.pattern->regex();
  switch (rule.scope) {
    case RuleScope::kPrefix:
      return "\\A(?:" + pattern + ")";
    case RuleScope::kSuffix:
      return "(?:" + pattern + ")\\z";
    case RuleScope::kLine:
    case RuleScope::kBlock:
    case RuleScope::kToEnd:
      break;
  }
  return "\\A(?:" + pattern + ")\\z";
}

std::optional<RuleMatch> match_pattern(const Rule& rule, std::string_view line) {
  const bool prefix = rule.scope == RuleScope::kPrefix;
  const bool suffix = rule.scope == RuleScope::kSuffix;
  const RE2::Anchor anchor = prefix   ? RE2::ANCHOR_START
                             : suffix ? RE2::UNANCHORED
                                      : RE2::ANCHOR_BOTH;
  std::array<re2::StringPiece, kMaxGroups + 1> groups;
  const re2::StringPiece piece(line.data(), line.size());
  // Nearly every line is a "no".
  if (rule.pattern->rules_out(piece, anchor)) return std::nullopt;
  const RE2& pattern = rule.pattern->compiled();
  const int wanted = std::min(pattern.NumberOfCapturingGroups(), kMaxGroups) + 1;
  if (!pattern.Match(piece, 0, line.size(), anchor, groups.data(), wanted)) {
    return std::nullopt;
  }
  const auto span_of = [&](const re2::StringPiece& group) {
    const auto begin = static_cast<std::uint32_t>(group.data() - line.data());
    return Span{begin, begin + static_cast<std::uint32_t>(group.size())};
  };
  RuleMatch match;
  match.matched = span_of(groups[0]);
  if (wanted == 1) match.lifted = match.matched;
  for (int i = 1; i < wanted && match.lifted.size() == 0; ++i) {
    const re2::StringPiece& group = groups[static_cast<std::size_t>(i)];
    if (group.data() != nullptr) match.lifted = span_of(group);
  }
  if (match.matched.size() == 0) return std::nullopt;
  if (prefix && cuts_word(line, match.matched.end)) return std::nullopt;
  if (suffix && cuts_word(line, match.matched.begin)) return std::nullopt;
  return match;
}

std::vector<Rule> parse_rule_pack(std::string_view toml, std::string_view file,
                                  std::vector<Diagnostic>& faults, bool check_patterns) {
  try {
    if (std::string too_deep = toml_depth_fault(toml); !too_deep.empty()) {
      faults.push_back({std::string(file), 0, 0, std::move(too_deep)});
      return {};
    }
    const toml::table pack = toml::parse(toml);
    return PackReader(file, faults, check_patterns).read(pack);
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    faults.push_back({std::string(file), static_cast<int>(at.line), static_cast<int>(at.column),
                      std::string(error.description())});
  } catch (const std::bad_alloc&) {
    throw;  // no fault of the pack
  } catch (const std::exception& error) {
    faults.push_back({std::string(file), 0, 0, error.what()});
  }
  return {};
}

void check_examples(std::span<const Rule> rules, std::string_view file,
                    std::vector<Diagnostic>& faults) {
  for (const Rule& rule : rules) {
    for (const RuleExample& example : rule.examples) {
      std::string message = example_fault(rule, example);
      if (message.empty()) continue;
      faults.push_back({std::string(file), example.row, example.column, std::move(message)});
    }
  }
}

std::string_view family_of(std::string_view id) { return id.substr(0, id.find('.')); }

std::span<const std::string_view> rule_families() {
  static const std::vector<std::string_view> kFamilies = [] {
    std::vector<std::string_view> families;
    for (const std::string_view reason : reason_names()) {
      const std::string_view family = family_of(reason);
      const bool from_rules = family != "template" && family != "model" && family != "blank";
      if (from_rules && (families.empty() || families.back() != family)) families.push_back(family);
    }
    return families;
  }();
  return kFamilies;
}

std::string did_you_mean(std::string_view name, std::span<const std::string_view> names) {
  if (name.size() > kMaxGuessedBytes) return {};
  std::string_view best;
  std::size_t best_distance = name.size() / 3 + 1;
  for (const std::string_view candidate : names) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance <= best_distance && (best.empty() || distance < best_distance)) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", best);
}

}  // namespace copydesk::cleaning

namespace copydesk {

std::vector<Diagnostic> check_rule_pack(std::string_view toml, std::string_view file) {
  std::vector<Diagnostic> faults;
  const std::vector<cleaning::Rule> rules = cleaning::parse_rule_pack(toml, file, faults);
  cleaning::check_examples(rules, file, faults);
  std::stable_sort(faults.begin(), faults.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
  return faults;
}

}  // namespace copydesk
