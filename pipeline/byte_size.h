// Sizes in bytes as people write them: "64 MiB", "4G", "500MB", "1.5 GiB". Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_BYTE_SIZE_H_
#define COPYDESK_PIPELINE_BYTE_SIZE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace copydesk {

// A number, a point and digits if need be, then a unit: none or B for bytes; KiB MiB GiB TiB and
// K M G T for powers of 1024; KB MB GB TB for powers of 1000. Case does not count, spaces around
// the unit neither. Nothing for anything else, and for sizes of 2^63 bytes and more.
[[nodiscard]] std::optional<std::uint64_t> parse_byte_size(std::string_view text);

// The exact size in the largest binary unit that divides it: "64 MiB", "1000 B", "0 B".
// parse_byte_size() gives the same number back.
[[nodiscard]] std::string exact_byte_size(std::uint64_t bytes);

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_BYTE_SIZE_H_
