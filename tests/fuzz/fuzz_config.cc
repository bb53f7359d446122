// Configs of any bytes: read, or refused with faults that name a line; what was read can be written
// and read again.
#include <string>
#include <vector>

#include "copydesk/config.h"
#include "fuzz.h"
#include "fuzz/shared_stages.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using copydesk::fuzz::require;
  const std::span<const copydesk::StageSpec> stages = copydesk::fuzz::shared_stages();
  std::vector<copydesk::Diagnostic> faults;
  const copydesk::Result<copydesk::Config> config =
      copydesk::parse_config(copydesk::fuzz::bytes_of(data, size), "fuzz.toml", stages, faults);
  require(config.ok() == faults.empty(), "refused if and only if there are faults");
  if (!config.ok()) return 0;
  const std::string written = copydesk::config_to_toml(*config, stages);
  const copydesk::Result<copydesk::Config> again =
      copydesk::parse_config(written, "written.toml", stages, faults);
  require(again.ok(), "a written config is sound");
  require(copydesk::config_to_toml(*again, stages) == written, "and says the same");
  return 0;
}
