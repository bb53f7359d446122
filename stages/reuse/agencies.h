// News agencies: whom a document credits for its text. Two outlets that print the same dispatch
// have it from the agency, not from each other.
#ifndef COPYDESK_STAGES_REUSE_AGENCIES_H_
#define COPYDESK_STAGES_REUSE_AGENCIES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "copydesk/document.h"

namespace copydesk::reuse {

// A set of agencies, one bit each.
using AgencySet = std::uint32_t;

// The agencies that the fields lifted from a document credit: a dateline ("PORT ELM (Reuters)"), an
// author, a line that says who contributed. Picture credits do not count. Pure and thread-safe.
[[nodiscard]] AgencySet credited_agencies(const Document& document);

// Their usual short names, sorted.
[[nodiscard]] std::vector<std::string> names_of(AgencySet agencies);

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_AGENCIES_H_
