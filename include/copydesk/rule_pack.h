// Rule packs: phrases and patterns for one language and family, as TOML (stages/rules/README.md).
#ifndef COPYDESK_RULE_PACK_H_
#define COPYDESK_RULE_PACK_H_

#include <span>
#include <string_view>
#include <vector>

#include "copydesk/result.h"

namespace copydesk {

// A pack that is compiled into the library: its path below stages/rules/ and its text.
struct BuiltinRulePack {
  std::string_view path;
  std::string_view toml;
};
[[nodiscard]] std::span<const BuiltinRulePack> builtin_rule_packs();

// Every fault of a pack: syntax, unknown keys, names outside the closed lists, patterns RE2
// refuses, examples that do not match and counter-examples that do. Empty: the pack is sound.
[[nodiscard]] std::vector<Diagnostic> check_rule_pack(std::string_view toml, std::string_view file);

}  // namespace copydesk

#endif  // COPYDESK_RULE_PACK_H_
