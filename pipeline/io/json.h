// Writing JSON. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_IO_JSON_H_
#define COPYDESK_PIPELINE_IO_JSON_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace copydesk {

// Appends `s` as a JSON string with its quotes: only what JSON demands is escaped (", \, controls
// below U+0020 as \b \f \n \r \t \u00XX) and U+007F; everything else stays UTF-8.
// Precondition: `s` is valid UTF-8.
void append_json_string(std::string& out, std::string_view s);

// Appends a number: integers as they are; doubles rounded to six digits after the point, without
// trailing zeros and without an exponent (from 1e15 on as the shortest form that reads back), never
// NaN or infinity (asserted).
void append_json_number(std::string& out, std::uint64_t value);
void append_json_number(std::string& out, double value);

// Appends `bytes` as a base64 JSON string (RFC 4648, padded).
void append_json_base64(std::string& out, std::string_view bytes);
// The bytes again, from what stands between the quotes. Stops at the first character that is none
// of base64.
[[nodiscard]] std::string base64_decoded(std::string_view digits);

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_IO_JSON_H_
