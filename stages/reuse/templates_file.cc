#include "reuse/templates_file.h"

#include <simdjson.h>

#include <charconv>
#include <cstdint>
#include <new>
#include <optional>

#include "copydesk/read_file.h"
#include "copydesk/text/lines.h"
#include "reuse/template_phrases.h"

namespace copydesk::reuse {
namespace {

// More are not told.
constexpr std::size_t kMaxFaults = 100;

// Nothing if the object has no such member or it is null.
std::optional<simdjson::dom::element> member(const simdjson::dom::object& row, const char* name) {
  simdjson::dom::element value;
  if (row.at_key(name).get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
  return value;
}

// Adds one row; what is wrong with it, or "".
std::string add_row(const simdjson::dom::object& row, TemplateTable& table) {
  std::string_view outlet;
  const std::optional<simdjson::dom::element> outlet_member = member(row, "outlet");
  if (!outlet_member) return "has no \"outlet\" (\"*\" stands for all outlets)";
  if (outlet_member->get(outlet) != simdjson::SUCCESS || outlet.empty()) {
    return "\"outlet\" must be a string that is not empty";
  }

  TemplatePlace place = TemplatePlace::kLine;
  if (const std::optional<simdjson::dom::element> value = member(row, "place")) {
    std::string_view name;
    const bool known =
        value->get(name) == simdjson::SUCCESS &&
        (name == name_of(TemplatePlace::kLine) || name == name_of(TemplatePlace::kPrefix) ||
         name == name_of(TemplatePlace::kSuffix));
    if (!known) return "\"place\" must be \"line\", \"prefix\" or \"suffix\"";
    if (name == name_of(TemplatePlace::kPrefix)) place = TemplatePlace::kPrefix;
    if (name == name_of(TemplatePlace::kSuffix)) place = TemplatePlace::kSuffix;
  }

  std::uint64_t key = 0;
  std::size_t words = 0;
  if (const std::optional<simdjson::dom::element> value = member(row, "text")) {
    std::string_view line;
    if (value->get(line) != simdjson::SUCCESS) return "\"text\" must be a string";
    if (place == TemplatePlace::kLine) {
      key = text::line_key(line);
    } else {
      const PhraseKey phrase = phrase_key(line, place);
      words = phrase.words;
      if (words > 0) key = phrase.key;
    }
    if (key == 0) return "\"text\" has no word";
  } else if (place != TemplatePlace::kLine) {
    return "has no \"text\"; a beginning or an end of lines needs it";
  } else if (const std::optional<simdjson::dom::element> hex = member(row, "key")) {
    std::string_view digits;
    if (hex->get(digits) != simdjson::SUCCESS) return "\"key\" must be a string of 16 hex digits";
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, key, 16);
    if (digits.size() != 16 || error != std::errc() || stop != end || key == 0) {
      return "\"key\" must be a string of 16 hex digits, not all 0";
    }
  } else {
    return "has neither \"text\" nor \"key\"";
  }

  Backing backing;
  backing.given = true;
  const std::optional<simdjson::dom::element> support = member(row, "support");
  const std::optional<simdjson::dom::element> groups = member(row, "outlet_groups");
  if (support && groups) {
    backing.given = false;
    if (support->get(backing.support) != simdjson::SUCCESS ||
        groups->get(backing.groups) != simdjson::SUCCESS) {
      return "\"support\" and \"outlet_groups\" must be whole numbers";
    }
  }
  if (place == TemplatePlace::kLine) {
    table.add(outlet, key, backing);
  } else {
    table.add_phrase(outlet, place, key, words, backing);
  }
  return "";
}

}  // namespace

void parse_templates(std::string_view content, std::string_view file, TemplateTable& table,
                     std::vector<Diagnostic>& faults) {
  simdjson::dom::parser parser;
  std::vector<text::Line> lines;
  text::split_lines(content, lines);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line =
        text::trim(content.substr(lines[i].begin, lines[i].end - lines[i].begin));
    if (line.empty() || line.front() == '#') continue;
    std::string fault;
    simdjson::dom::element row;
    simdjson::dom::object object;
    if (const auto error = parser.parse(line.data(), line.size()).get(row); error) {
      if (error == simdjson::MEMALLOC) throw std::bad_alloc();  // no fault of the row
      fault = std::string("is not JSON: ") + simdjson::error_message(error);
    } else if (row.get(object) != simdjson::SUCCESS) {
      fault = "is not a JSON object";
    } else {
      fault = add_row(object, table);
    }
    if (fault.empty()) continue;
    faults.push_back({std::string(file), static_cast<int>(i + 1), 0, "the row " + fault});
    // Something else than templates: one is told so without a line for each of its lines.
    if (faults.size() == kMaxFaults) return;
  }
}

Result<TemplateTable> read_templates(const std::string& path) {
  const Result<std::string> read = read_file(path, "the template file", kMaxTemplateBytes);
  if (!read.ok()) return read.error();
  const std::string& content = *read;
  if (content.starts_with("\x28\xB5\x2F\xFD") || content.starts_with("\x1F\x8B")) {
    return Error{ErrorCode::kInvalidArgument,
                 path + ": the template file is compressed; decompress it first"};
  }
  TemplateTable table;
  std::vector<Diagnostic> faults;
  parse_templates(content, path, table, faults);
  if (!faults.empty()) {
    std::string message;
    for (const Diagnostic& fault : faults) {
      if (!message.empty()) message += '\n';
      message += fault.to_string();
    }
    return Error{ErrorCode::kInvalidArgument, message};
  }
  return table;
}

}  // namespace copydesk::reuse
