// The kernels over the bytes of JSON strings give what their scalar twins give, for any bytes.
#include <string>
#include <vector>

#include "fuzz.h"
#include "io/json.h"
#include "io/json_bytes.h"
#include "io/json_scan.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using copydesk::fuzz::require;
  const std::string_view bytes = copydesk::fuzz::bytes_of(data, size);
  require(copydesk::has_control_bytes(bytes) == copydesk::has_control_bytes_scalar(bytes),
          "the same control bytes");

  std::vector<std::uint64_t> fast_masks(size / 64 + 1);
  std::vector<std::uint64_t> slow_masks(size / 64 + 1);
  copydesk::find_backslashes(bytes, fast_masks.data());
  copydesk::find_backslashes_scalar(bytes, slow_masks.data());
  require(fast_masks == slow_masks, "the same backslashes");

  std::string fast(size * copydesk::kMostEscaped + copydesk::kSpareJsonBytes, '\0');
  std::string slow = fast;
  fast.resize(copydesk::escape_json(bytes, fast.data()));
  slow.resize(copydesk::escape_json_scalar(bytes, slow.data()));
  require(fast == slow, "the same escapes");
  std::string json;
  copydesk::append_json_string(json, bytes);
  require(json == '"' + slow + '"', "also piece by piece");
  std::string back;
  copydesk::append_unescaped(back, slow);
  require(back == bytes, "what is escaped comes back");

  if (!copydesk::has_valid_escapes(bytes)) return 0;
  std::string fast_inside(size + copydesk::kSpareJsonBytes, '\0');
  std::string slow_inside = fast_inside;
  const copydesk::Unescaped done = copydesk::unescape_json(bytes, fast_inside.data());
  const copydesk::Unescaped expected = copydesk::unescape_json_scalar(bytes, slow_inside.data());
  require(done.read == expected.read && done.written == expected.written, "as much is unescaped");
  fast_inside.resize(done.written);
  slow_inside.resize(done.written);
  require(fast_inside == slow_inside, "to the same");
  return 0;
}
