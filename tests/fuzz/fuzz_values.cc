// Values as people write them - dates, URLs, sizes, languages: read or not, never guessed wrong
// where we know what they say.
#include <ctime>
#include <string>

#include "byte_size.h"
#include "copydesk/text/language.h"
#include "fuzz.h"
#include "io/parse_record.h"

namespace {

using copydesk::fuzz::require;

// The years in which every reader agrees.
constexpr std::int64_t kFirst = -2208988800;  // 1900
constexpr std::int64_t kYears = 6311433600;   // two hundred of them

std::string formatted(std::int64_t time, const char* format) {
  const std::time_t seconds = time;
  std::tm parts{};
  require(::gmtime_r(&seconds, &parts) != nullptr, "a time has parts");
  char buffer[64];
  return {buffer, std::strftime(buffer, sizeof buffer, format, &parts)};
}

void check_dates(std::uint64_t number) {
  const auto time = kFirst + static_cast<std::int64_t>(number % kYears);
  for (const char* format : {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%a, %d %b %Y %T +0000",
                             "%d %B %Y %H:%M:%S", "%B %d, %Y %H:%M:%S"}) {
    require(copydesk::parse_date(formatted(time, format)) == time, "a date says when it was");
  }
  const std::int64_t day = (time - kFirst) / 86400 * 86400 + kFirst;
  for (const char* format : {"%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d %b %Y"}) {
    require(copydesk::parse_date(formatted(day, format)) == day, "without a time it is midnight");
  }
}

void check_size(std::uint64_t number) {
  number >>= 1;
  require(copydesk::parse_byte_size(copydesk::exact_byte_size(number)) == number,
          "an exact size comes back");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = copydesk::fuzz::bytes_of(data, size);
  copydesk::fuzz::Feed feed(bytes);
  check_size(feed.number());
  check_dates(copydesk::fuzz::Feed(bytes).number());

  (void)copydesk::parse_date(bytes);
  (void)copydesk::parse_date(copydesk::fuzz::as_text(bytes));
  (void)copydesk::parse_byte_size(bytes);
  const std::string code = copydesk::text::language_code(bytes);
  require(copydesk::text::language_code(code) == code, "a code of a language is one");
  const std::string domain = copydesk::registered_domain(bytes);
  require(domain.find_first_of("/\\?# ") == std::string::npos, "a domain has no path");
  require(domain.size() <= bytes.size(), "a domain stands in the URL");
  // No host has labels without a letter, or such marks.
  const bool is_host = bytes.find("..") == std::string::npos && !domain.empty() &&
                       domain.find_first_of(":@[]") == std::string::npos;
  require(!is_host || copydesk::registered_domain("https://" + domain + "/a?b#c") == domain,
          "a domain is its own");
  return 0;
}
