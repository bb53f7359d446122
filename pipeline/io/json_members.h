// Writing a JSON object member by member. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_IO_JSON_MEMBERS_H_
#define COPYDESK_PIPELINE_IO_JSON_MEMBERS_H_

#include <string>
#include <string_view>
#include <vector>

#include "io/json.h"

namespace copydesk {

// Appends an object to a string: `{` when made, members in the order of the calls, `}` in end().
class JsonMembers {
 public:
  explicit JsonMembers(std::string& out) : out_(out) { out_ += '{'; }

  // Appends `"name":`, after a comma unless it is the first; the value is the caller's to append.
  std::string& key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    append_json_string(out_, name);
    out_ += ':';
    return out_;
  }
  void string(std::string_view name, std::string_view value) {
    append_json_string(key(name), value);
  }
  template <class T>
  void number(std::string_view name, T value) {
    append_json_number(key(name), value);
  }
  void null(std::string_view name) { key(name) += "null"; }
  void end() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

// Appends `[…]`; `append` writes one item.
template <class Items, class Append>
void append_json_list(std::string& out, const Items& items, Append append) {
  out += '[';
  bool first = true;
  for (const auto& item : items) {
    if (!first) out += ',';
    first = false;
    append(item);
  }
  out += ']';
}

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_IO_JSON_MEMBERS_H_
