#include "rows.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdio>
#include <set>
#include <utility>
#include <vector>

#include "copydesk/text/utf8.h"
#include "io/json.h"
#include "io/json_members.h"

namespace copydesk {
namespace {

// Fields of which a document has one value; the others are lists.
constexpr std::array kSingleFields = {Field::kTitle, Field::kSection, Field::kOutlet, Field::kSite,
                                      Field::kDateline};

bool is_single(Field field) {
  return std::find(kSingleFields.begin(), kSingleFields.end(), field) != kSingleFields.end();
}

void append_strings(std::string& out, const std::vector<std::string>& items) {
  append_json_list(out, items, [&](const std::string& item) { append_json_string(out, item); });
}

void append_span(std::string& out, const Span& span) {
  out += '[';
  append_json_number(out, std::uint64_t{span.begin});
  out += ',';
  append_json_number(out, std::uint64_t{span.end});
  out += ']';
}

bool has_flag(const Document& document, Flag flag) {
  const std::span<const Flag> flags = document.flags();
  return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

// The lifted fields in the order of the closed list, values as they were found, each once.
void append_fields(std::string& out, const Document& document) {
  JsonMembers fields(out);
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    const auto field = static_cast<Field>(i);
    std::vector<std::string> values;
    for (const LiftedField& lifted : document.lifted()) {
      if (lifted.field != field || lifted.value.empty()) continue;
      if (std::find(values.begin(), values.end(), lifted.value) == values.end()) {
        values.push_back(lifted.value);
      }
    }
    if (values.empty()) continue;
    if (is_single(field)) {
      fields.string(name_of(field), values.front());
    } else {
      append_strings(fields.key(name_of(field)), values);
    }
  }
  fields.end();
}

void append_annotation(std::string& out, const Record& record) {
  const Document& document = record.document;
  JsonMembers members(out);
  members.number("doc", document.doc());
  if (has_flag(document, Flag::kIdGenerated)) members.string("id", document.id());
  if (has_flag(document, Flag::kOutletFromUrl)) members.string("outlet", document.outlet());
  const std::string& language = document.detected_language();
  if (!language.empty()) members.string("language", language);
  if (record.cluster) {
    members.number("cluster", record.cluster->cluster);
    members.number("cluster_size", std::uint64_t{record.cluster->size});
    append_strings(members.key("outlets"), record.cluster->outlets);
  }
  if (record.story) members.number("story", *record.story);
  append_fields(members.key("fields"), document);
  members.end();
}

// Raw bytes [begin, end) of a JSON record without an earlier annotation, with `text` in the place
// of the text's value if given.
void append_raw(const Record& record, const std::string* text, std::uint32_t end,
                std::string& out) {
  const std::string_view raw = record.raw.bytes;
  const Span value = record.layout.text_value;
  const Span gone = record.layout.annotation;
  std::uint32_t at = 0;
  const auto copy_to = [&](std::uint32_t to) {
    if (gone.size() > 0 && at <= gone.begin && gone.end <= to) {
      out.append(raw, at, gone.begin - at);
      at = gone.end;
    }
    out.append(raw, at, to - at);
    at = to;
  };
  if (text != nullptr) {
    copy_to(value.begin);
    append_json_string(out, *text);
    at = value.end;
  }
  copy_to(end);
}

std::string_view verdict_name(const Record& record) {
  if (record.rejection) return "rejected";
  return record.verdict.kept() ? "kept" : "dropped";
}

void append_key_hex(std::string& out, std::uint64_t key) {
  std::array<char, 17> buffer;
  std::snprintf(buffer.data(), buffer.size(), "%016llx", static_cast<unsigned long long>(key));
  append_json_string(out, {buffer.data(), 16});
}

// Identities of a cluster's members that are kept while its row is written; those of more are asked
// for again.
constexpr std::size_t kKeptIdentities = 4096;

Result<void> pass_on_if_long(const PassOn& pass_on, std::string& out) {
  if (out.size() < kPassOnBytes) return {};
  COPYDESK_RETURN_IF_ERROR(pass_on(out));
  out.clear();
  return {};
}

}  // namespace

void append_clean_row(const Record& record, std::string& out) {
  const Document& document = record.document;
  if (record.raw.is_text) {
    JsonMembers row(out);
    row.string("id", document.id());
    row.string("text", document.text());
    append_annotation(row.key("copydesk"), record);
    row.end();
  } else {
    // Half surrogates would come back from the raw bytes.
    const bool rewritten = record.layout.text_value.size() > 0 &&
                           (!document.edits().empty() || has_flag(document, Flag::kLoneSurrogates));
    const std::string text = rewritten ? std::string(document.text()) : std::string();
    append_raw(record, rewritten ? &text : nullptr, record.layout.closing_brace, out);
    if (record.layout.has_members) out += ',';
    out += "\"copydesk\":";
    append_annotation(out, record);
    out += '}';
  }
  out += '\n';
}

void append_original_row(const Record& record, std::string& out) {
  if (record.raw.is_text) {
    JsonMembers row(out);
    row.string("id", record.document.id());
    row.string("text", record.document.original());
    row.end();
  } else {
    std::string_view raw = record.raw.bytes;
    if (raw.ends_with('\r')) raw.remove_suffix(1);
    out += raw;
  }
  out += '\n';
}

void append_restored_row(const Record& row, const std::string* text, std::string& out) {
  append_raw(row, row.layout.text_value.size() > 0 ? text : nullptr,
             static_cast<std::uint32_t>(row.raw.bytes.size()), out);
  out += '\n';
}

Result<void> append_audit_row(const Record& record, bool keep_removed, const IdentityOf& identity,
                              std::string& out) {
  const Document& document = record.document;
  JsonMembers row(out);
  if (record.rejection) {
    row.null("id");
  } else {
    row.string("id", document.id());
  }
  row.number("doc", document.doc());
  row.string("verdict", verdict_name(record));
  const std::optional<std::uint64_t> of = record.verdict.of();
  if (record.rejection) {
    row.string("reason", name_of(record.rejection->reason));
  } else if (!record.verdict.kept()) {
    row.string("reason", name_of(record.verdict.reason()));
  } else {
    row.null("reason");
  }
  if (of) {
    COPYDESK_ASSIGN_OR_RETURN(const Identity representative, identity(*of));
    row.string("of", representative.id);
    row.number("of_doc", *of);
  } else {
    row.null("of");
    row.null("of_doc");
  }
  append_json_list(row.key("flags"), document.flags(),
                   [&](Flag flag) { append_json_string(out, name_of(flag)); });
  append_json_list(row.key("spans"), document.edits(), [&](const AppliedEdit& edit) {
    JsonMembers span(out);
    span.number("begin", std::uint64_t{edit.span.begin});
    span.number("end", std::uint64_t{edit.span.end});
    span.string("stage", edit.stage);
    span.string("reason", name_of(edit.reason));
    span.string("rule", edit.rule);
    if (!edit.replacement.empty()) span.string("replacement", edit.replacement);
    if (keep_removed) {
      span.string("removed", document.original().substr(edit.span.begin, edit.span.size()));
    }
    span.end();
  });
  row.end();
  out += '\n';
  return {};
}

void append_rejected_row(const Record& record, std::string_view source, std::string& out) {
  assert(record.rejection);
  JsonMembers row(out);
  row.number("doc", record.document.doc());
  row.string("source", source);
  row.number("line", record.raw.line);
  row.number("offset", record.raw.offset);
  row.string("reason", name_of(record.rejection->reason));
  row.string("message", record.rejection->message);
  if (text::find_invalid_utf8(record.raw.bytes)) {
    append_json_base64(row.key("raw_base64"), record.raw.bytes);
  } else {
    row.string("raw", record.raw.bytes);
  }
  row.end();
  out += '\n';
}

void append_rejected_line(const Record& record, std::string_view source, std::string& out) {
  assert(record.rejection);
  std::string line(source);
  line += ": ";
  if (record.raw.line > 0) line += "line " + std::to_string(record.raw.line) + ", ";
  line += "byte " + std::to_string(record.raw.offset) + ": ";
  line += name_of(record.rejection->reason);
  line += ": " + record.rejection->message;
  std::replace(line.begin(), line.end(), '\n', ' ');  // a path may hold one
  out += line;
  out += '\n';
}

Result<void> append_pair_row(const Pair& pair, const IdentityOf& identity, std::string& out) {
  COPYDESK_ASSIGN_OR_RETURN(const Identity a, identity(pair.a));
  COPYDESK_ASSIGN_OR_RETURN(const Identity b, identity(pair.b));
  JsonMembers row(out);
  row.string("a", a.id);
  row.number("a_doc", pair.a);
  row.string("b", b.id);
  row.number("b_doc", pair.b);
  row.string("relation", name_of(pair.relation));
  row.key("same_outlet") += !a.outlet.empty() && a.outlet == b.outlet ? "true" : "false";
  row.number("jaccard", pair.jaccard);
  row.number("containment_a", pair.containment_a);
  row.number("containment_b", pair.containment_b);
  row.number("coverage_a", pair.coverage_a);
  row.number("coverage_b", pair.coverage_b);
  append_strings(row.key("agencies"), pair.agencies);
  append_json_list(row.key("passages"), pair.passages, [&](const Passage& passage) {
    JsonMembers item(out);
    append_span(item.key("a"), passage.a);
    append_span(item.key("b"), passage.b);
    item.number("words", std::uint64_t{passage.words});
    item.key("quoted") += passage.quoted ? "true" : "false";
    item.end();
  });
  row.end();
  out += '\n';
  return {};
}

Result<void> append_cluster_row(const Cluster& cluster, const IdentityOf& identity,
                                const PassOn& pass_on, std::string& out) {
  COPYDESK_ASSIGN_OR_RETURN(const Identity representative, identity(cluster.representative));
  const bool few = cluster.members.size() <= kKeptIdentities;
  std::vector<Identity> members;
  std::set<std::string> outlets;
  std::set<std::string> agencies;
  for (const ClusterMember& member : cluster.members) {
    COPYDESK_ASSIGN_OR_RETURN(Identity found, identity(member.doc));
    if (!found.outlet.empty()) outlets.insert(found.outlet);
    agencies.insert(member.agencies.begin(), member.agencies.end());
    if (few) members.push_back(std::move(found));
  }
  JsonMembers row(out);
  row.number("cluster", cluster.cluster);
  row.string("representative", representative.id);
  row.number("representative_doc", cluster.representative);
  if (cluster.first) {
    COPYDESK_ASSIGN_OR_RETURN(const Identity first, identity(*cluster.first));
    row.string("first", first.id);
    row.number("first_doc", *cluster.first);
  } else {
    row.key("first") += "null";
    row.key("first_doc") += "null";
  }
  append_strings(row.key("outlets"), {outlets.begin(), outlets.end()});
  append_strings(row.key("agencies"), {agencies.begin(), agencies.end()});
  row.key("members") += '[';
  for (std::size_t i = 0; i < cluster.members.size(); ++i) {
    const ClusterMember& member = cluster.members[i];
    Identity who;
    if (few) {
      who = std::move(members[i]);
    } else {
      COPYDESK_ASSIGN_OR_RETURN(who, identity(member.doc));
    }
    if (i > 0) out += ',';
    JsonMembers item(out);
    item.string("id", who.id);
    item.number("doc", member.doc);
    item.string("outlet", who.outlet);
    item.string("date", who.date);
    item.string("relation", name_of(member.relation));
    item.number("jaccard", member.jaccard);
    item.number("coverage", member.coverage);
    item.key("update") += member.update ? "true" : "false";
    append_strings(item.key("agencies"), member.agencies);
    item.end();
    COPYDESK_RETURN_IF_ERROR(pass_on_if_long(pass_on, out));
  }
  out += ']';
  row.number("worst_jaccard", cluster.worst_jaccard);
  row.end();
  out += '\n';
  return {};
}

Result<void> append_story_row(const Story& story, const IdentityOf& identity, const PassOn& pass_on,
                              std::string& out) {
  JsonMembers row(out);
  row.number("story", story.story);
  row.key("members") += '[';
  for (std::size_t i = 0; i < story.members.size(); ++i) {
    COPYDESK_ASSIGN_OR_RETURN(const Identity member, identity(story.members[i]));
    if (i > 0) out += ',';
    append_json_string(out, member.id);
    COPYDESK_RETURN_IF_ERROR(pass_on_if_long(pass_on, out));
  }
  out += ']';
  append_json_list(row.key("docs"), story.members,
                   [&](std::uint64_t doc) { append_json_number(out, doc); });
  row.end();
  out += '\n';
  return {};
}

void append_template_row(const TemplateLine& line, std::string& out) {
  JsonMembers row(out);
  row.string("outlet", line.outlet);
  row.string("place", name_of(line.place));
  append_key_hex(row.key("key"), line.key);
  row.string("text", line.text);
  row.number("support", line.support);
  row.number("pages", line.pages);
  row.number("outlet_groups", line.outlet_groups);
  row.number("position", line.position);
  row.string("first_date", line.first_date);
  row.string("last_date", line.last_date);
  row.end();
  out += '\n';
}

}  // namespace copydesk
