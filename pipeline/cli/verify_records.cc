#include "cli/verify_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cli/interrupt.h"
#include "copydesk/reason.h"
#include "copydesk/text/utf8.h"
#include "copydesk/text/words.h"
#include "io/json.h"
#include "io/parse_record.h"
#include "rows.h"

namespace copydesk::cli {
namespace {

template <class Enum>
std::optional<Enum> named(std::string_view name, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (name_of(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

// The bytes of a record without its text, without our member, and without what follows its brace.
std::string shell_of(const Record& record) {
  const std::string_view bytes = std::string_view(record.raw.bytes);
  std::string shell;
  std::uint32_t at = 0;
  Span gone[] = {record.layout.text_value, record.layout.annotation};
  if (gone[1].begin < gone[0].begin) std::swap(gone[0], gone[1]);
  for (const Span& span : gone) {
    if (span.size() == 0) continue;
    shell += bytes.substr(at, span.begin - at);
    at = span.end;
  }
  return shell.append(bytes.substr(at, record.layout.closing_brace - at));
}

std::string_view text_bytes(const Record& record) {
  const Span value = record.layout.text_value;
  return std::string_view(record.raw.bytes).substr(value.begin, value.size());
}

// A file of rows that is read beside another; one row may stand and wait.
struct Pending {
  std::string name;
  RowReader reader;
  bool waits = false;
  bool ended = false;

  // Whether a row stands there.
  Result<bool> stand() {
    if (waits || ended) return waits;
    COPYDESK_ASSIGN_OR_RETURN(waits, reader.next());
    ended = !waits;
    return waits;
  }
};

Result<Pending> open_pending(const RunFolder& folder, std::string_view name) {
  COPYDESK_ASSIGN_OR_RETURN(RowReader reader, folder.rows(name));
  return Pending{std::string(name), std::move(reader)};
}

class RecordVerifier {
 public:
  RecordVerifier(const RunFolder& folder, Pending audit, Pending clean, Pending dropped,
                 Pending rejected, std::vector<Known>& known, Faults& faults)
      : keep_removed_(folder.config().output.keep_removed),
        audit_(std::move(audit)),
        clean_(std::move(clean)),
        dropped_(std::move(dropped)),
        rejected_(std::move(rejected)),
        records_(folder.config().input),
        known_(known),
        faults_(faults) {
    for (const StageConfig& stage : folder.config().stages) stages_.push_back(stage.name);
    stages_.emplace_back("engine");
  }

  Result<void> verify(Record& record, bool needed, TextSpool& spool) {
    const std::uint64_t doc = known_.size();
    Known& known = known_.emplace_back();
    COPYDESK_ASSIGN_OR_RETURN(const bool has_row, audit_.stand());
    Element row;
    if (!has_row) {
      faults_.add(audit_.name, 0, fmt::format("no row of document {}", doc));
      return {};
    }
    known.row = audit_.reader.number();
    if (!rows_.parse(audit_.reader.row(), row)) {
      audit_.waits = false;
      fault(audit_, "not JSON");
      return {};
    }
    const AuditEntry entry = audit_entry(row);
    // An input that cannot be read now is no fault of the results.
    if (record.rejection && record.rejection->reason == RejectReason::kSourceFailed &&
        entry.reason != name_of(RejectReason::kSourceFailed)) {
      return Error{ErrorCode::kIo, record.rejection->message};
    }
    if (entry.doc != doc) {
      fault(audit_, fmt::format("document {} where {} should be", entry.doc, doc));
      audit_.waits = entry.doc > doc;  // if it is of a later one, that may follow
      return {};
    }
    audit_.waits = false;
    if (record.rejection) {
      known.fate = Fate::kRejected;
      ++sums_["rejected as " + entry.reason];
      if (entry.verdict != "rejected" || entry.reason != name_of(record.rejection->reason)) {
        fault(audit_, fmt::format("{}, but the input's record {} is rejected as {}", entry.verdict,
                                  doc, name_of(record.rejection->reason)));
      }
      return verify_rejected(record, doc);
    }
    if (entry.verdict == "rejected") {
      fault(audit_, fmt::format("rejected, but the input's record {} is a document", doc));
      return {};
    }
    if (entry.verdict != "kept" && entry.verdict != "dropped") {
      fault(audit_, fmt::format("the verdict is \"{}\"", entry.verdict));
      return {};
    }
    const Document& document = record.document;
    const bool same_id = is_id_of(entry.id, record);
    if (!same_id) {
      fault(audit_, fmt::format("id \"{}\", but the input's record {} has \"{}\"", entry.id, doc,
                                document.id()));
    }
    known.id = hash_of(entry.id);
    known.outlet = hash_of(document.outlet());
    known.fate = entry.verdict == "kept" ? Fate::kKept : Fate::kDropped;
    verify_reasons(entry, known);
    const bool fits = verify_spans(document.original(), entry);
    const std::string living = fits ? apply_spans(document.original(), entry.spans) : std::string();
    if (fits) {
      text::split_words(living, words_);
      for (const text::Word& word : words_) {
        known.words = (known.words ^ word.hash) * 0x9E3779B97F4A7C15;
        known.words ^= known.words >> 29;
      }
    }
    if (fits && needed) {
      COPYDESK_ASSIGN_OR_RETURN(known.place, spool.add(document.original(), entry.spans));
    }
    counts_.spans += entry.spans.size();
    for (const AuditSpan& span : entry.spans) {
      ++sums_[span.stage + ", spans of " + span.reason];
      sums_[span.stage + ", bytes of " + span.reason] += span.span.size();
    }
    text_bytes_in_ += document.original().size();
    if (entry.verdict == "kept") text_bytes_kept_ += living.size();
    if (entry.verdict == "dropped") return verify_dropped(record, entry);
    return verify_clean(record, entry, fits ? &living : nullptr, known);
  }

  // Rows that no record has.
  Result<RecordCounts> finish(const Element& summary) {
    for (Pending* file : {&audit_, &clean_, &dropped_, &rejected_}) {
      if (faults_.full()) return counts_;
      COPYDESK_ASSIGN_OR_RETURN(const bool more, file->stand());
      if (more) fault(*file, "no record of the inputs has this row");
    }
    verify_of();
    const auto same = [&](const char* name, std::uint64_t number) {
      if (number_at(summary, name) == number) return;
      faults_.add("run.json", 0,
                  fmt::format("summary.{} is {}, but there are {}", name, number_at(summary, name),
                              number));
    };
    same("documents", known_.size());
    same("kept", counts_.kept);
    same("dropped", counts_.dropped);
    same("rejected", counts_.rejected);
    same("text_bytes_in", text_bytes_in_);
    same("text_bytes_kept", text_bytes_kept_);
    verify_sums(summary);
    return counts_;
  }

 private:
  using Sums = std::map<std::string, std::uint64_t>;

  // What run.json counts by stage and reason, against the audit.
  void verify_sums(const Element& summary) {
    Sums told;
    const auto take = [&](const Element& row, const char* member, const std::string& prefix) {
      simdjson::dom::object counts;
      if (row[member].get(counts) != simdjson::SUCCESS) return;
      for (const auto& count : counts) {
        std::uint64_t value = 0;
        if (count.value.get(value) == simdjson::SUCCESS) {
          told[prefix + std::string(count.key)] += value;
        }
      }
    };
    take(summary, "rejected_by", "rejected as ");
    each_at(summary, "stages", [&](const Element& stage) {
      const std::string name = string_at(stage, "stage");
      take(stage, "dropped", "dropped as ");
      take(stage, "spans", name + ", spans of ");
      take(stage, "bytes", name + ", bytes of ");
    });
    for (const auto& [name, value] : told) {
      if (const auto [found, is_new] = sums_.emplace(name, 0); found->second != value) {
        faults_.add(
            "run.json", 0,
            fmt::format("summary: {} {}, but the audit has {}", value, name, found->second));
      }
    }
    for (const auto& [name, value] : sums_) {
      if (!told.contains(name)) {
        faults_.add("run.json", 0,
                    fmt::format("summary: none {}, but the audit has {}", name, value));
      }
    }
  }

  void fault(const Pending& file, std::string_view what) {
    faults_.add(file.name, file.reader.number(), what);
  }

  void verify_reasons(const AuditEntry& entry, Known& known) {
    if (entry.verdict == "kept") {
      if (!entry.reason.empty() || entry.of_doc) fault(audit_, "kept, but with a reason");
    } else {
      const auto reason = named<DropReason>(entry.reason, kDropReasonCount);
      if (!reason) {
        fault(audit_, fmt::format("\"{}\" is no reason to drop a document", entry.reason));
      }
      ++sums_["dropped as " + entry.reason];
      known.near = reason == DropReason::kNearDuplicate;
      if (known.near || reason == DropReason::kExactDuplicate) {
        known.fate = Fate::kCopy;
        if (!entry.of_doc) fault(audit_, "a copy, but of none");
      }
      if (entry.of_doc) {
        known.of = *entry.of_doc;
        known.of_id = hash_of(entry.of);
      }
    }
    for (const std::string& flag : entry.flags) {
      if (!named<Flag>(flag, kFlagCount)) fault(audit_, fmt::format("\"{}\" is no flag", flag));
    }
  }

  // Whether the spans can be applied.
  bool verify_spans(std::string_view original, const AuditEntry& entry) {
    std::uint32_t at = 0;
    for (const AuditSpan& one : entry.spans) {
      const Span span = one.span;
      const auto wrong = [&](std::string_view what) {
        fault(audit_, fmt::format("span {}-{} {}", span.begin, span.end, what));
      };
      if (span.begin >= span.end || span.end > original.size()) {
        wrong(fmt::format("is not in the text of {} bytes", original.size()));
        return false;
      }
      if (span.begin < at) {
        wrong(fmt::format("begins before {}, where the one before ends", at));
        return false;
      }
      at = span.end;
      if (!reason_named(one.reason)) wrong(fmt::format("has the reason \"{}\"", one.reason));
      if (std::find(stages_.begin(), stages_.end(), one.stage) == stages_.end()) {
        wrong(fmt::format("is of the stage \"{}\"", one.stage));
      }
      for (const std::uint32_t end : {span.begin, span.end}) {
        if (!text::is_utf8_boundary(original, end)) {
          wrong("parts a character");
        } else if (text::splits_word(original, end)) {
          wrong("parts a word");
        }
      }
      if (keep_removed_ != one.removed.has_value()) {
        wrong(keep_removed_ ? "has no removed text" : "has removed text");
      } else if (keep_removed_ && *one.removed != original.substr(span.begin, span.size())) {
        wrong("has another removed text than the original");
      }
    }
    return true;
  }

  Result<void> verify_rejected(const Record& record, std::uint64_t doc) {
    COPYDESK_ASSIGN_OR_RETURN(const bool has_row, rejected_.stand());
    if (!has_row) {
      faults_.add(rejected_.name, 0, fmt::format("no row of document {}", doc));
      return {};
    }
    Element row;
    if (!rows_.parse(rejected_.reader.row(), row)) {
      fault(rejected_, "not JSON");
      rejected_.waits = false;
      return {};
    }
    const std::uint64_t found = number_at(row, "doc");
    if (found != doc) {
      fault(rejected_, fmt::format("document {} where {} should be", found, doc));
      rejected_.waits = found > doc;
      return {};
    }
    rejected_.waits = false;
    ++counts_.rejected;
    std::string bytes = string_at(row, "raw");
    if (bytes.empty()) bytes = base64_decoded(view_at(row, "raw_base64"));
    if (view_at(row, "reason") != name_of(record.rejection->reason)) {
      fault(rejected_, fmt::format("the reason is \"{}\", not {}", view_at(row, "reason"),
                                   name_of(record.rejection->reason)));
    } else if (bytes != record.raw.bytes || number_at(row, "line") != record.raw.line ||
               number_at(row, "offset") != record.raw.offset) {
      fault(rejected_, fmt::format("not the bytes or the place of the input's record {}", doc));
    }
    return {};
  }

  Result<void> verify_dropped(const Record& record, const AuditEntry& entry) {
    expected_.clear();
    if (record.raw.is_text) {
      Record named = {};
      named.raw.is_text = true;
      DocumentFields fields;
      fields.id = entry.id;
      named.document = Document(std::move(fields), std::string(record.document.original()));
      append_original_row(named, expected_);
    } else {
      append_original_row(record, expected_);
    }
    expected_.pop_back();
    COPYDESK_ASSIGN_OR_RETURN(bool has_row, dropped_.stand());
    if (has_row && dropped_.reader.row() != expected_ && doubted_ == dropped_.reader.number()) {
      // It was not that of the document before, either.
      dropped_.waits = false;
      COPYDESK_ASSIGN_OR_RETURN(has_row, dropped_.stand());
    }
    if (!has_row) {
      faults_.add(dropped_.name, 0, fmt::format("no row of document {}", entry.doc));
      return {};
    }
    if (dropped_.reader.row() != expected_) {
      fault(dropped_, fmt::format("not the bytes of the input's record {}", entry.doc));
      doubted_ = dropped_.reader.number();
      return {};
    }
    dropped_.waits = false;
    ++counts_.dropped;
    return {};
  }

  Result<void> verify_clean(const Record& record, const AuditEntry& entry,
                            const std::string* living, Known& known) {
    COPYDESK_ASSIGN_OR_RETURN(const bool has_row, clean_.stand());
    if (!has_row) {
      faults_.add(clean_.name, 0, fmt::format("no row of document {}", entry.doc));
      return {};
    }
    Element row;
    Element annotation;
    if (!rows_.parse(clean_.reader.row(), row) ||
        row["copydesk"].get(annotation) != simdjson::SUCCESS) {
      fault(clean_, "not JSON with a member \"copydesk\"");
      clean_.waits = false;
      return {};
    }
    const std::uint64_t found = number_at(annotation, "doc");
    if (found != entry.doc) {
      fault(clean_, fmt::format("document {} where {} should be", found, entry.doc));
      clean_.waits = found > entry.doc;
      return {};
    }
    clean_.waits = false;
    ++counts_.kept;
    std::uint64_t number = 0;
    if (annotation["cluster"].get(number) == simdjson::SUCCESS) {
      known.tag = hash_of_tag(number, number_at(annotation, "cluster_size"),
                              strings_at(annotation, "outlets"));
    }
    if (annotation["story"].get(number) == simdjson::SUCCESS) known.story = number;
    const Record cleaned = records_.parse(clean_.reader.row(), entry.doc);
    if (cleaned.rejection) {
      fault(clean_, cleaned.rejection->message);
      return {};
    }
    if (living != nullptr && cleaned.document.original() != *living) {
      fault(clean_, fmt::format("the text is not the original of document {} with the spans of the "
                                "audit applied",
                                entry.doc));
    }
    if (record.raw.is_text) return {};
    const bool same_text =
        entry.spans.empty() && std::find(entry.flags.begin(), entry.flags.end(),
                                         name_of(Flag::kLoneSurrogates)) == entry.flags.end();
    if (shell_of(cleaned) != shell_of(record) ||
        (same_text && text_bytes(cleaned) != text_bytes(record))) {
      fault(clean_,
            fmt::format("not the bytes of the input's record {} beside its text", entry.doc));
    }
    return {};
  }

  // Every `of` is there, is who it says, and leads to a document that is no copy.
  void verify_of() {
    for (const Known& known : known_) {
      if (known.of == kNoNumber) continue;
      if (known.of >= known_.size() || known_[known.of].fate == Fate::kRejected) {
        faults_.add(audit_.name, known.row, fmt::format("there is no document {}", known.of));
        continue;
      }
      if (known_[known.of].id != known.of_id) {
        faults_.add(audit_.name, known.row,
                    fmt::format("document {} has another id than \"of\"", known.of));
      }
      // Each stage drops a document for one that is there.
      std::uint64_t at = known.of;
      for (std::size_t i = 0; i < stages_.size() && known_[at].of < known_.size(); ++i) {
        at = known_[at].of;
      }
      if (known_[at].fate == Fate::kCopy) {
        faults_.add(audit_.name, known.row, "no document stands for it in the end");
      }
    }
  }

  bool keep_removed_;
  Pending audit_;
  Pending clean_;
  Pending dropped_;
  Pending rejected_;
  RowRecordParser records_;
  RowParser rows_;
  std::vector<std::string> stages_;
  std::vector<Known>& known_;
  Faults& faults_;
  RecordCounts counts_;
  Sums sums_;  // by what is counted, in words
  std::uint64_t text_bytes_in_ = 0;
  std::uint64_t text_bytes_kept_ = 0;
  std::string expected_;
  std::uint64_t doubted_ = 0;  // row of dropped.jsonl that was not that of the document before
  std::vector<text::Word> words_;
};

}  // namespace

Result<RecordCounts> verify_records(const RunFolder& folder, std::vector<InputFile> inputs,
                                    const std::vector<bool>& needed, std::vector<Known>& known,
                                    TextSpool& spool, Faults& faults) {
  COPYDESK_ASSIGN_OR_RETURN(Pending audit, open_pending(folder, "audit.jsonl"));
  COPYDESK_ASSIGN_OR_RETURN(Pending clean, open_pending(folder, "clean.jsonl"));
  COPYDESK_ASSIGN_OR_RETURN(Pending dropped, open_pending(folder, "dropped.jsonl"));
  COPYDESK_ASSIGN_OR_RETURN(Pending rejected, open_pending(folder, "rejected.jsonl"));
  RecordVerifier verifier(folder, std::move(audit), std::move(clean), std::move(dropped),
                          std::move(rejected), known, faults);
  const InputOptions& options = folder.config().input;
  Source source(std::move(inputs), options, &stop_requested());
  RecordParser parser(options);
  std::vector<RawRecord> batch;
  while (source.next_batch(256, 4ULL << 20, batch)) {
    for (RawRecord& raw : batch) {
      const std::uint64_t doc = known.size();
      Record record = parser.parse(std::move(raw), doc);
      COPYDESK_RETURN_IF_ERROR(verifier.verify(record, doc < needed.size() && needed[doc], spool));
      if (faults.full()) return RecordCounts{};
    }
  }
  if (stop_requested()) return Error{ErrorCode::kInterrupted, "interrupted"};
  return verifier.finish(folder.summary());
}

}  // namespace copydesk::cli
