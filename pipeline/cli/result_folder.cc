#include "cli/result_folder.h"

#include <fmt/format.h>

#include <algorithm>

#include "io/json.h"
#include "io/parse_record.h"
#include "io/source.h"

namespace copydesk::cli {
namespace {

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

std::string doc_needle(std::string_view key, std::uint64_t doc) {
  return fmt::format("\"{}\":{}", key, doc);
}

}  // namespace

Result<ResultFolder> ResultFolder::open(const std::string& dir) {
  COPYDESK_ASSIGN_OR_RETURN(RunFolder run, RunFolder::open(dir));
  return ResultFolder(std::move(run));
}

Result<void> ResultFolder::each_row(std::string_view file, std::string_view needle,
                                    const std::function<bool(std::string& row)>& fn) const {
  COPYDESK_ASSIGN_OR_RETURN(RowReader reader, run_.rows(file));
  while (true) {
    COPYDESK_ASSIGN_OR_RETURN(const bool more, reader.next());
    if (!more) return {};
    if (reader.row().find(needle) == std::string::npos) continue;
    if (!fn(reader.row())) return {};
  }
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
  const Record record = RowRecordParser(run_.config().input).parse(row, doc);
  if (!record.rejection) {
    return Original{record.document.fields(), std::string(record.document.original())};
  }
  return Error{ErrorCode::kCorrupt, fmt::format("{}: document {} cannot be read", run_.dir(), doc)};
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
  return reread(entry);
}

Result<Original> ResultFolder::reread(const AuditEntry& entry) const {
  const std::uint64_t doc = entry.doc;
  std::vector<std::string> changed;
  Result<std::vector<InputFile>> files = run_.inputs(changed);
  if (!files.ok()) {
    Error error = files.error();
    if (error.message.ends_with("is gone")) {
      error.message += "; run with --keep-removed to explain its documents";
    }
    return error;
  }
  if (!changed.empty()) {
    return Error{ErrorCode::kCorrupt, changed.front() + ": has changed since the run"};
  }
  Source source(*std::move(files), run_.config().input);
  std::vector<RawRecord> batch;
  std::uint64_t at = 0;
  while (source.next_batch(256, 4ULL << 20, batch)) {
    if (doc < at + batch.size()) {
      Record record = RecordParser(run_.config().input).parse(std::move(batch[doc - at]), doc);
      if (record.rejection) break;
      if (!is_id_of(entry.id, record)) {
        return Error{
            ErrorCode::kCorrupt,
            fmt::format("the inputs of the run have changed: document {} has id \"{}\" now", doc,
                        record.document.id())};
      }
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
