#include "cli/markdown.h"

#include <algorithm>

namespace copydesk::cli {
namespace {

std::string_view trimmed(std::string_view s) {
  const std::size_t begin = s.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return s.substr(begin, s.find_last_not_of(" \t\r") - begin + 1);
}

std::size_t leading(std::string_view s, char c) {
  return std::min(s.find_first_not_of(c), s.size());
}

// A line that opens or closes a block.
struct Fence {
  char mark = 0;  // 0: the line is no fence
  std::size_t length = 0;
  std::size_t indent = 0;
  std::string_view info;
};

Fence fence_of(std::string_view line) {
  const std::size_t indent = leading(line, ' ');
  line.remove_prefix(indent);
  for (const char mark : {'`', '~'}) {
    const std::size_t length = leading(line, mark);
    if (length >= 3) return {mark, length, indent, trimmed(line.substr(length))};
  }
  return {};
}

}  // namespace

std::vector<MarkdownBlock> toml_blocks(std::string_view markdown) {
  std::vector<MarkdownBlock> blocks;
  Fence open;            // of the block we are in
  bool is_toml = false;  // whether that block counts
  for (int number = 1; !markdown.empty(); ++number) {
    const std::size_t end = std::min(markdown.find('\n'), markdown.size());
    const std::string_view line = markdown.substr(0, end);
    markdown.remove_prefix(std::min(end + 1, markdown.size()));

    const Fence fence = fence_of(line);
    if (open.mark == 0) {
      if (fence.mark == 0) continue;
      open = fence;
      is_toml = fence.info == "toml";
      if (is_toml) {
        blocks.push_back(
            {.content = {}, .first_line = number + 1, .indent = static_cast<int>(fence.indent)});
      }
    } else if (fence.mark == open.mark && fence.length >= open.length && fence.info.empty()) {
      open = {};
      is_toml = false;
    } else if (is_toml) {
      blocks.back().content += line.substr(std::min(leading(line, ' '), open.indent));
      blocks.back().content += '\n';
    }
  }
  return blocks;
}

}  // namespace copydesk::cli
