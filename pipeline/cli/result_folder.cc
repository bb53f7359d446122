#include "cli/result_folder.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>

#include "copydesk/stage_spec.h"
#include "io/json.h"
#include "io/parse_record.h"
#include "io/source.h"

namespace copydesk::cli {
namespace {

namespace fs = std::filesystem;
using Element = simdjson::dom::element;

// The rows are our own: what is missing or of another type reads as empty.
std::string string_at(const Element& row, const char* key) {
  std::string_view value;
  return row[key].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

std::uint64_t number_at(const Element& row, const char* key) {
  std::uint64_t value = 0;
  return row[key].get(value) == simdjson::SUCCESS ? value : 0;
}

double real_at(const Element& row, const char* key) {
  double value = 0;
  return row[key].get(value) == simdjson::SUCCESS ? value : 0;
}

bool bool_at(const Element& row, const char* key) {
  bool value = false;
  return row[key].get(value) == simdjson::SUCCESS && value;
}

// Calls `fn` with each element of the list at `key`.
template <class Fn>
void each_at(const Element& row, const char* key, Fn fn) {
  simdjson::dom::array list;
  if (row[key].get(list) != simdjson::SUCCESS) return;
  for (const Element item : list) fn(item);
}

Span span_at(const Element& row, const char* key) {
  std::vector<std::uint32_t> ends;
  each_at(row, key, [&](const Element& item) {
    std::uint64_t value = 0;
    if (item.get(value) == simdjson::SUCCESS) ends.push_back(static_cast<std::uint32_t>(value));
  });
  if (ends.size() != 2 || ends[0] > ends[1]) return {};
  return {ends[0], ends[1]};
}

// One row at a time; the element lives until the next one is parsed.
class RowParser {
 public:
  // False: not JSON.
  bool parse(const std::string& row, Element& out) {
    return parser_.parse(row).get(out) == simdjson::SUCCESS;
  }

 private:
  simdjson::dom::parser parser_;
};

std::vector<std::string> strings_at(const Element& row, const char* key) {
  std::vector<std::string> out;
  each_at(row, key, [&](const Element& item) {
    std::string_view value;
    if (item.get(value) == simdjson::SUCCESS) out.emplace_back(value);
  });
  return out;
}

AuditEntry audit_entry(const Element& row) {
  AuditEntry entry;
  entry.doc = number_at(row, "doc");
  entry.id = string_at(row, "id");
  entry.verdict = string_at(row, "verdict");
  entry.reason = string_at(row, "reason");
  entry.of = string_at(row, "of");
  entry.of_doc = number_at(row, "of_doc");
  entry.flags = strings_at(row, "flags");
  each_at(row, "spans", [&](const Element& item) {
    AuditSpan span;
    span.span = {static_cast<std::uint32_t>(number_at(item, "begin")),
                 static_cast<std::uint32_t>(number_at(item, "end"))};
    span.stage = string_at(item, "stage");
    span.reason = string_at(item, "reason");
    span.rule = string_at(item, "rule");
    span.replacement = string_at(item, "replacement");
    std::string_view removed;
    if (item["removed"].get(removed) == simdjson::SUCCESS) span.removed = std::string(removed);
    entry.spans.push_back(std::move(span));
  });
  return entry;
}

// A pair as `doc`, which is one of its two documents, sees it.
Partner partner_of(const Element& row, std::uint64_t doc) {
  const bool is_a = number_at(row, "a_doc") == doc;
  Partner partner;
  partner.id = string_at(row, is_a ? "b" : "a");
  partner.doc = number_at(row, is_a ? "b_doc" : "a_doc");
  partner.relation = string_at(row, "relation");
  if (!is_a && partner.relation == "contains") {
    partner.relation = "contained";
  } else if (!is_a && partner.relation == "contained") {
    partner.relation = "contains";
  }
  partner.jaccard = real_at(row, "jaccard");
  partner.coverage = real_at(row, is_a ? "coverage_a" : "coverage_b");
  partner.partner_coverage = real_at(row, is_a ? "coverage_b" : "coverage_a");
  partner.same_outlet = bool_at(row, "same_outlet");
  partner.agencies = strings_at(row, "agencies");
  each_at(row, "passages", [&](const Element& item) {
    partner.passages.push_back({.span = span_at(item, is_a ? "a" : "b"),
                                .partner = span_at(item, is_a ? "b" : "a"),
                                .words = number_at(item, "words"),
                                .quoted = bool_at(item, "quoted")});
  });
  return partner;
}

// The original text: `clean` with what was removed put back. Nothing if the audit does not hold it.
std::optional<std::string> rebuilt(std::string_view clean, const std::vector<AuditSpan>& spans) {
  std::string out;
  for (const AuditSpan& span : spans) {
    if (!span.removed || span.span.begin < out.size()) return std::nullopt;
    const std::size_t alive = span.span.begin - out.size();
    if (alive > clean.size()) return std::nullopt;
    out += clean.substr(0, alive);
    clean.remove_prefix(alive);
    if (!clean.starts_with(span.replacement)) return std::nullopt;
    clean.remove_prefix(span.replacement.size());
    out += *span.removed;
  }
  return out.append(clean);
}

// Of append_json_base64(). Stops at the first character that is none of it.
std::string base64_decoded(std::string_view digits) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t value = kAlphabet.find(digits[i]);
    if (value == std::string_view::npos) break;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    if (i % 4 != 0) out += static_cast<char>(bits >> (6 - 2 * (i % 4)) & 0xFF);
  }
  return out;
}

std::string doc_needle(std::string_view key, std::uint64_t doc) {
  return fmt::format("\"{}\":{}", key, doc);
}

// Rows may be longer than the records they are about.
InputOptions row_options() {
  InputOptions options;
  options.format = InputOptions::Format::kJsonl;
  options.max_record_bytes = 2ULL << 30;
  options.max_unpack_ratio = 0;  // rows of our own may pack well
  return options;
}

}  // namespace

Result<ResultFolder> ResultFolder::open(const std::string& dir) {
  ResultFolder folder(dir);
  RowParser parser;
  std::string row;
  COPYDESK_RETURN_IF_ERROR(folder.each_row("run.json", "", [&](std::string& text) {
    row = std::move(text);
    return false;
  }));
  Element run;
  if (!parser.parse(row, run)) {
    return Error{ErrorCode::kCorrupt, dir + "/run.json: not a run.json"};
  }
  std::vector<Diagnostic> faults;
  const Result<Config> config =
      parse_config(string_at(run, "config"), dir + "/run.json", builtin_stages(), faults);
  if (!config.ok()) return config.error();
  folder.input_ = config->input;
  each_at(run, "inputs", [&](const Element& item) {
    std::string path = string_at(item, "path");
    if (path.empty()) path = base64_decoded(string_at(item, "path_base64"));
    folder.inputs_.push_back({std::move(path), number_at(item, "size"), string_at(item, "fault")});
  });
  return folder;
}

Result<void> ResultFolder::each_row(std::string_view file, std::string_view needle,
                                    const std::function<bool(std::string& row)>& fn) const {
  fs::path path = fs::path(dir_) / file;
  std::error_code error;
  if (!fs::exists(path, error)) path += ".zst";
  if (!fs::exists(path, error)) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("{}: no {} in it; it is no folder of copydesk run", dir_, file)};
  }
  InputFile input;
  input.path = path.string();
  input.name = input.path;
  COPYDESK_ASSIGN_OR_RETURN(std::vector<InputFile> files, list_inputs({input.path}, row_options()));
  Source source(std::move(files), row_options());
  std::vector<RawRecord> batch;
  while (source.next_batch(256, 4ULL << 20, batch)) {
    for (RawRecord& record : batch) {
      if (record.rejection) {
        return Error{ErrorCode::kCorrupt, input.path + ": " + record.rejection->message};
      }
      if (record.bytes.find(needle) == std::string::npos) continue;
      if (!fn(record.bytes)) return {};
    }
  }
  return {};
}

Result<std::string> ResultFolder::find_row(
    std::string_view file, std::string_view needle,
    const std::function<bool(const std::string& row)>& fits) const {
  std::string found;
  COPYDESK_RETURN_IF_ERROR(each_row(file, needle, [&](std::string& row) {
    if (!fits(row)) return true;
    found = std::move(row);
    return false;
  }));
  return found;
}

Result<std::vector<AuditEntry>> ResultFolder::audit_by_id(std::string_view id) const {
  std::string needle = "\"id\":";
  append_json_string(needle, id);
  std::vector<AuditEntry> found;
  std::uint64_t dropped = 0;
  RowParser parser;
  COPYDESK_RETURN_IF_ERROR(each_row("audit.jsonl", "", [&](std::string& row) {
    Element element;
    if (row.find(needle) != std::string::npos && parser.parse(row, element) &&
        string_at(element, "id") == id) {
      found.push_back(audit_entry(element));
      found.back().nth_dropped = dropped;
    }
    if (row.find("\"verdict\":\"dropped\"") != std::string::npos) ++dropped;
    return true;
  }));
  return found;
}

Result<std::optional<AuditEntry>> ResultFolder::audit_by_doc(std::uint64_t doc) const {
  const std::string needle = doc_needle("doc", doc);
  std::optional<AuditEntry> found;
  std::uint64_t dropped = 0;
  RowParser parser;
  COPYDESK_RETURN_IF_ERROR(each_row("audit.jsonl", "", [&](std::string& row) {
    Element element;
    if (row.find(needle) != std::string::npos && parser.parse(row, element) &&
        number_at(element, "doc") == doc) {
      found = audit_entry(element);
      found->nth_dropped = dropped;
      return false;
    }
    if (row.find("\"verdict\":\"dropped\"") != std::string::npos) ++dropped;
    return true;
  }));
  return found;
}

Result<std::string> ResultFolder::clean_row(std::uint64_t doc) const {
  RowParser parser;
  return find_row("clean.jsonl", doc_needle("doc", doc), [&](const std::string& row) {
    Element element;
    Element annotation;
    return parser.parse(row, element) && element["copydesk"].get(annotation) == simdjson::SUCCESS &&
           number_at(annotation, "doc") == doc;
  });
}

Result<Original> ResultFolder::parse_row(const std::string& row, std::uint64_t doc) const {
  // Plain text documents were written under our own names.
  for (const InputOptions& options : {input_, row_options()}) {
    InputOptions mapping = options;
    if (mapping.fields.text.empty()) mapping.fields = *field_preset("copydesk");
    RawRecord raw;
    raw.bytes = row;
    Record record = RecordParser(mapping).parse(std::move(raw), doc);
    if (record.rejection) continue;
    return Original{record.document.fields(), std::string(record.document.original())};
  }
  return Error{ErrorCode::kCorrupt, fmt::format("{}: document {} cannot be read", dir_, doc)};
}

Result<Original> ResultFolder::original(const AuditEntry& entry) const {
  if (entry.verdict == "dropped") {
    std::uint64_t at = 0;
    COPYDESK_ASSIGN_OR_RETURN(
        std::string row, find_row("dropped.jsonl", "",
                                  [&](const std::string&) { return at++ == entry.nth_dropped; }));
    return parse_row(row, entry.doc);
  }
  const bool has_removed = std::all_of(entry.spans.begin(), entry.spans.end(),
                                       [](const AuditSpan& s) { return s.removed.has_value(); });
  if (has_removed) {
    COPYDESK_ASSIGN_OR_RETURN(std::string row, clean_row(entry.doc));
    Result<Original> clean = parse_row(row, entry.doc);
    if (clean.ok()) {
      if (std::optional<std::string> text = rebuilt(clean->text, entry.spans)) {
        clean->text = *std::move(text);
        return clean;
      }
    }
  }
  COPYDESK_ASSIGN_OR_RETURN(Original read, reread(entry.doc));
  if (read.fields.id != entry.id) {
    return Error{ErrorCode::kCorrupt,
                 fmt::format("the inputs of the run have changed: document {} has id \"{}\" now",
                             entry.doc, read.fields.id)};
  }
  return read;
}

Result<Original> ResultFolder::reread(std::uint64_t doc) const {
  std::vector<InputFile> files;
  for (const Input& input : inputs_) {
    if (input.path == "-") {
      return Error{ErrorCode::kNotFound,
                   "the run read standard input, which is gone; run with --keep-removed to explain "
                   "its documents"};
    }
    if (!input.fault.empty()) {
      InputFile file;
      file.path = input.path;
      file.fault = input.fault;
      files.push_back(std::move(file));
      continue;
    }
    // Files of folders and lists may have a name that begins with a list's sign.
    const std::string path = input.path.starts_with('@') ? "./" + input.path : input.path;
    Result<std::vector<InputFile>> found = list_inputs({path}, input_);
    if (!found.ok()) {
      return Error{ErrorCode::kNotFound, "an input of the run is gone: " + found.error().message};
    }
    for (InputFile& file : *found) {
      if (file.may_wait) {
        return Error{ErrorCode::kNotFound,
                     input.path +
                         ": is no regular file, what it held is gone; run with --keep-removed to "
                         "explain its documents"};
      }
      if (file.size != input.size) {
        return Error{ErrorCode::kCorrupt, input.path + ": has changed since the run"};
      }
      files.push_back(std::move(file));
    }
  }
  Source source(std::move(files), input_);
  std::vector<RawRecord> batch;
  std::uint64_t at = 0;
  while (source.next_batch(256, 4ULL << 20, batch)) {
    if (doc < at + batch.size()) {
      Record record = RecordParser(input_).parse(std::move(batch[doc - at]), doc);
      if (record.rejection) break;
      return Original{record.document.fields(), std::string(record.document.original())};
    }
    at += batch.size();
  }
  return Error{ErrorCode::kCorrupt,
               fmt::format("the inputs of the run have changed: there is no document {} now", doc)};
}

Result<std::vector<std::pair<std::string, std::string>>> ResultFolder::fields(
    const AuditEntry& entry) const {
  std::vector<std::pair<std::string, std::string>> out;
  if (entry.verdict != "kept") return out;
  COPYDESK_ASSIGN_OR_RETURN(const std::string row, clean_row(entry.doc));
  RowParser parser;
  Element element;
  simdjson::dom::object fields;
  if (!parser.parse(row, element) ||
      element["copydesk"]["fields"].get(fields) != simdjson::SUCCESS) {
    return out;
  }
  for (const auto& field : fields) {
    std::string_view single;
    simdjson::dom::array several;
    if (field.value.get(single) == simdjson::SUCCESS) {
      out.emplace_back(field.key, single);
    } else if (field.value.get(several) == simdjson::SUCCESS) {
      for (const Element item : several) {
        if (item.get(single) == simdjson::SUCCESS) out.emplace_back(field.key, single);
      }
    }
  }
  return out;
}

Result<std::vector<Partner>> ResultFolder::partners(std::uint64_t doc) const {
  std::vector<Partner> out;
  RowParser parser;
  COPYDESK_RETURN_IF_ERROR(
      each_row("pairs.jsonl", fmt::format("_doc\":{}", doc), [&](std::string& row) {
        Element element;
        if (parser.parse(row, element) &&
            (number_at(element, "a_doc") == doc || number_at(element, "b_doc") == doc)) {
          out.push_back(partner_of(element, doc));
        }
        return true;
      }));
  return out;
}

Result<std::optional<Group>> ResultFolder::cluster(std::uint64_t doc) const {
  std::optional<Group> out;
  RowParser parser;
  COPYDESK_RETURN_IF_ERROR(
      each_row("clusters.jsonl", doc_needle("doc", doc), [&](std::string& row) {
        Element element;
        if (!parser.parse(row, element)) return true;
        Group group{.number = number_at(element, "cluster"),
                    .members = {},
                    .representative = string_at(element, "representative"),
                    .first = string_at(element, "first"),
                    .agencies = strings_at(element, "agencies")};
        bool ours = false;
        each_at(element, "members", [&](const Element& member) {
          ours = ours || number_at(member, "doc") == doc;
          group.members.push_back(string_at(member, "id"));
        });
        if (ours) out = std::move(group);
        return !ours;
      }));
  return out;
}

Result<std::optional<Group>> ResultFolder::story(std::uint64_t doc) const {
  std::optional<Group> out;
  RowParser parser;
  COPYDESK_RETURN_IF_ERROR(each_row("stories.jsonl", std::to_string(doc), [&](std::string& row) {
    Element element;
    if (!parser.parse(row, element)) return true;
    bool ours = false;
    each_at(element, "docs", [&](const Element& item) {
      std::uint64_t member = 0;
      ours = ours || (item.get(member) == simdjson::SUCCESS && member == doc);
    });
    if (!ours) return true;
    out = Group{.number = number_at(element, "story"),
                .members = strings_at(element, "members"),
                .representative = {},
                .first = {},
                .agencies = {}};
    return false;
  }));
  return out;
}

Result<std::string> ResultFolder::rejection(std::uint64_t doc) const {
  RowParser parser;
  COPYDESK_ASSIGN_OR_RETURN(
      const std::string row,
      find_row("rejected.jsonl", doc_needle("doc", doc), [&](const std::string& candidate) {
        Element element;
        return parser.parse(candidate, element) && number_at(element, "doc") == doc;
      }));
  Element element;
  if (!parser.parse(row, element)) return std::string();
  return fmt::format("{}, line {}, byte {}: {}\n{}", string_at(element, "source"),
                     number_at(element, "line"), number_at(element, "offset"),
                     string_at(element, "message"), string_at(element, "raw"));
}

}  // namespace copydesk::cli
