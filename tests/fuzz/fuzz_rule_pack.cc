// Rule packs of any bytes: sound, or faults.
#include "copydesk/rule_pack.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto faults = copydesk::check_rule_pack(copydesk::fuzz::bytes_of(data, size), "fuzz.toml");
  for (const copydesk::Diagnostic& fault : faults) {
    copydesk::fuzz::require(!fault.message.empty(), "a fault says what is wrong");
  }
  return 0;
}
