// "Did you mean": the known name nearest to one that was typed. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_SUGGEST_H_
#define COPYDESK_PIPELINE_SUGGEST_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace copydesk {

// Edits that turn `a` into `b`: insertions, deletions, substitutions and swaps of neighbours, one
// each (optimal string alignment distance). Bytes, not characters. Cost: |a| * |b|.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate nearest to `name`, or "" if none is near: the distance may be a third of the length
// of the longer one at most. Case and "-" against "_" do not count. The first of several that are
// equally near.
[[nodiscard]] std::string_view nearest_name(std::string_view name,
                                            std::span<const std::string_view> candidates);

// `; did you mean "x"?` or "".
[[nodiscard]] std::string did_you_mean(std::string_view name,
                                       std::span<const std::string_view> candidates);

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_SUGGEST_H_
