// The TOML blocks inside Markdown.
#ifndef COPYDESK_PIPELINE_CLI_MARKDOWN_H_
#define COPYDESK_PIPELINE_CLI_MARKDOWN_H_

#include <string>
#include <string_view>
#include <vector>

namespace copydesk::cli {

struct MarkdownBlock {
  std::string content;  // without the indentation of its fence
  int first_line = 0;   // of the content, from 1
  int indent = 0;       // columns taken off the front of its lines
};

// Fenced code blocks (CommonMark: three or more ` or ~, indented by any number of spaces so that
// blocks in lists count) whose info string is "toml" alone. "toml fragment" and the like are left
// out. A block that is not closed goes to the end.
[[nodiscard]] std::vector<MarkdownBlock> toml_blocks(std::string_view markdown);

}  // namespace copydesk::cli

#endif  // COPYDESK_PIPELINE_CLI_MARKDOWN_H_
