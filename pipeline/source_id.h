// Which sources this library was built from: a version number stays the same between releases.
// Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_SOURCE_ID_H_
#define COPYDESK_PIPELINE_SOURCE_ID_H_

#include <string_view>

namespace copydesk {

// 16 hex digits, a hash over the names and bytes of all that is compiled or embedded from include/,
// pipeline/ and stages/, comments included. Not covered: the compiler, its options, and other
// libraries. Generated: cmake/copydesk_source_id.cmake.
[[nodiscard]] std::string_view source_id();

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_SOURCE_ID_H_
