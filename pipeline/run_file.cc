#include "run_file.h"

#include <simdjson.h>

#include <array>
#include <new>
#include <utility>

#include "copydesk/text/utf8.h"
#include "io/json.h"
#include "io/json_members.h"

namespace copydesk {
namespace {

// A member for each count that is not zero, named by the closed list.
template <class Enum, std::size_t N>
void append_counts(std::string& out, const std::array<std::uint64_t, N>& counts) {
  JsonMembers members(out);
  for (std::size_t i = 0; i < N; ++i) {
    if (counts[i] > 0) members.number(name_of(static_cast<Enum>(i)), counts[i]);
  }
  members.end();
}

void append_stage(std::string& out, const StageCount& count) {
  JsonMembers stage(out);
  stage.string("stage", count.stage);
  stage.number("in", count.in);
  stage.number("kept", count.kept);
  append_counts<DropReason>(stage.key("dropped"), count.dropped);
  append_counts<Reason>(stage.key("spans"), count.spans);
  append_counts<Reason>(stage.key("bytes"), count.bytes);
  append_counts<Field>(stage.key("lifted"), count.lifted);
  stage.end();
}

void append_summary(std::string& out, const RunSummary& summary) {
  JsonMembers members(out);
  members.number("documents", summary.documents);
  members.number("kept", summary.kept);
  members.number("dropped", summary.dropped);
  members.number("rejected", summary.rejected);
  append_counts<RejectReason>(members.key("rejected_by"), summary.rejected_by);
  members.number("bytes_in", summary.bytes_in);
  members.number("record_bytes", summary.record_bytes);
  members.number("text_bytes_in", summary.text_bytes_in);
  members.number("text_bytes_kept", summary.text_bytes_kept);
  members.number("lone_surrogates", summary.lone_surrogates);
  append_json_list(members.key("stages"), summary.stages,
                   [&](const StageCount& count) { append_stage(out, count); });
  append_counts<Relation>(members.key("pairs"), summary.pairs);
  members.number("clusters", summary.clusters);
  members.number("clustered_documents", summary.clustered_documents);
  members.number("largest_cluster", summary.largest_cluster);
  members.number("stories", summary.stories);
  members.number("stories_of_several", summary.stories_of_several);
  members.number("templates", summary.templates);
  append_json_list(members.key("notes"), summary.notes, [&](const Note& note) {
    JsonMembers item(out);
    item.string("stage", note.stage);
    item.string("name", note.name);
    if (note.text.empty()) {
      item.number("value", note.value);
    } else {
      item.string("text", note.text);
    }
    item.end();
  });
  append_json_list(members.key("warnings"), summary.warnings,
                   [&](const std::string& warning) { append_json_string(out, warning); });
  members.end();
}

void append_timings(std::string& out, const RunSummary& summary, const RunOptions& run) {
  JsonMembers members(out);
  members.number("seconds", summary.seconds);
  append_json_list(members.key("phases"), summary.phase_seconds, [&](const auto& phase) {
    JsonMembers item(out);
    item.string("phase", phase.first);
    item.number("seconds", phase.second);
    item.end();
  });
  members.number("peak_memory_bytes", summary.peak_memory_bytes);
  append_json_list(members.key("work_files"), summary.work_files, [&](const ScratchUse& use) {
    JsonMembers item(out);
    item.string("part", use.part);
    item.number("bytes", use.bytes);
    item.number("on_disk", use.on_disk);
    item.end();
  });
  members.number("threads", std::uint64_t{run.threads});
  members.end();
}

using Element = simdjson::dom::element;

// The text at `key`, or "".
std::string string_at(const Element& object, const char* key) {
  std::string_view value;
  return std::string(object[key].get(value) == simdjson::SUCCESS ? value : std::string_view());
}

}  // namespace

std::string render_run_file(const RunSummary& summary, const Config& config,
                            std::span<const StageSpec> stages, std::span<const InputFile> inputs) {
  std::string out;
  JsonMembers members(out);
  members.string("version", version());
  members.string("config", config_to_toml(config, stages));
  append_json_list(members.key("inputs"), inputs, [&](const InputFile& file) {
    JsonMembers item(out);
    if (text::find_invalid_utf8(file.path)) {
      append_json_base64(item.key("path_base64"), file.path);
    } else {
      item.string("path", file.path);
    }
    item.string("name", file.name);
    item.number("size", file.size);
    if (!file.fault.empty()) item.string("fault", file.fault);
    item.end();
  });
  append_summary(members.key("summary"), summary);
  append_timings(members.key("timings"), summary, config.run);
  members.end();
  out += '\n';
  return out;
}

std::optional<RunFile> parse_run_file(const std::string& json) {
  simdjson::dom::parser parser;
  Element run;
  const simdjson::error_code error = parser.parse(json).get(run);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  simdjson::dom::array inputs;
  simdjson::dom::object summary;
  if (error != simdjson::SUCCESS || run["inputs"].get(inputs) != simdjson::SUCCESS ||
      run["summary"].get(summary) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  RunFile file;
  file.version = string_at(run, "version");
  file.config = string_at(run, "config");
  for (const Element item : inputs) {
    InputFile input;
    input.path = string_at(item, "path");
    if (input.path.empty()) input.path = base64_decoded(string_at(item, "path_base64"));
    input.name = string_at(item, "name");
    input.fault = string_at(item, "fault");
    if (item["size"].get(input.size) != simdjson::SUCCESS) input.size = 0;
    file.inputs.push_back(std::move(input));
  }
  if (summary["rejected"].get(file.rejected) != simdjson::SUCCESS) file.rejected = 0;
  if (run["timings"]["seconds"].get(file.seconds) != simdjson::SUCCESS) file.seconds = 0;
  return file;
}

}  // namespace copydesk
