#include <arpa/inet.h>
#include <libpsl.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "copydesk/text/lines.h"
#include "io/parse_record.h"

namespace copydesk {
namespace {

bool is_ascii_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// What stands between "//" and the path, or the front of a bare "host/path". Empty if the URL has
// no such part ("mailto:…", "/path").
std::string_view authority_of(std::string_view url) {
  constexpr std::string_view kEnds = "/\\?#";
  std::size_t scheme = 0;
  while (scheme < url.size() &&
         (is_ascii_alnum(url[scheme]) || std::string_view("+-.").find(url[scheme]) < 3)) {
    ++scheme;
  }
  const std::string_view rest = url.substr(scheme);
  if (rest.starts_with("://")) {
    url = rest.substr(3);
  } else if (url.starts_with("//")) {
    url = url.substr(2);
  } else if (rest.starts_with(':')) {  // "host:8080/…" is a host, "mailto:…" is not
    const std::string_view port = rest.substr(1, rest.find_first_of(kEnds, 1) - 1);
    if (port.empty() || port.find_first_not_of("0123456789") != std::string_view::npos) return {};
  }
  return url.substr(0, url.find_first_of(kEnds));
}

// The host without user and port; brackets of an IPv6 address stay.
std::string_view host_of(std::string_view authority) {
  authority.remove_prefix(authority.rfind('@') + 1);  // npos + 1 is 0
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  authority = authority.substr(0, authority.find(':'));
  while (authority.ends_with('.')) authority.remove_suffix(1);
  return authority;
}

bool is_host(std::string_view host) {
  if (host.starts_with('.')) return false;
  for (const char c : host) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7F) return false;
  }
  return !host.empty();
}

bool is_ip_address(const std::string& host) {
  in_addr address{};
  return host.front() == '[' || ::inet_pton(AF_INET, host.c_str(), &address) == 1;
}

}  // namespace

std::string registered_domain(std::string_view url) {
  const std::string_view found = host_of(authority_of(text::trim(url)));
  if (!is_host(found)) return {};
  std::string host(found);
  for (char& c : host) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (is_ip_address(host)) return host;
  // Null for a single label and for a public suffix itself.
  const char* domain = psl_registrable_domain(psl_builtin(), host.c_str());
  return domain == nullptr ? host : std::string(domain);
}

}  // namespace copydesk
