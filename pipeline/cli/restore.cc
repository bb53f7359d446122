// copydesk restore: the records that came in, from what a run with --keep-removed wrote.
#include <fmt/format.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cli/command.h"
#include "cli/result_rows.h"
#include "cli/run_folder.h"
#include "cli/terminal.h"
#include "copydesk/reason.h"
#include "io/json.h"
#include "io/output_file.h"
#include "io/write_all.h"
#include "output_set.h"
#include "rows.h"

namespace copydesk::cli {
namespace {

struct Flags {
  std::string dir;
  std::string out;
  bool force = false;
};

using Write = std::function<Result<void>(std::string_view)>;

struct Counts {
  std::uint64_t restored = 0;
  std::uint64_t left_out = 0;  // of which not all bytes are known, or that were no line
};

constexpr std::size_t kWriteAt = 1 << 20;

// All in input order.
struct Readers {
  RowReader audit;
  RowReader clean;
  RowReader dropped;
  RowReader rejected;

  static Result<Readers> open(const RunFolder& folder) {
    COPYDESK_ASSIGN_OR_RETURN(RowReader audit, folder.rows("audit.jsonl"));
    COPYDESK_ASSIGN_OR_RETURN(RowReader clean, folder.rows("clean.jsonl"));
    COPYDESK_ASSIGN_OR_RETURN(RowReader dropped, folder.rows("dropped.jsonl"));
    COPYDESK_ASSIGN_OR_RETURN(RowReader rejected, folder.rows("rejected.jsonl"));
    return Readers{std::move(audit), std::move(clean), std::move(dropped), std::move(rejected)};
  }
};

// Merges the files of a folder.
class Restorer {
 public:
  Restorer(const RunFolder& folder, Readers readers)
      : dir_(folder.dir()),
        audit_(std::move(readers.audit)),
        clean_(std::move(readers.clean)),
        dropped_(std::move(readers.dropped)),
        rejected_(std::move(readers.rejected)),
        records_(folder.config().input) {}

  Result<Counts> restore(const Write& write) {
    Counts counts;
    while (true) {
      COPYDESK_ASSIGN_OR_RETURN(const bool more, audit_.next());
      if (!more) break;
      Element row;
      if (!rows_.parse(audit_.row(), row)) return fault("audit.jsonl", audit_, "not JSON");
      const AuditEntry entry = audit_entry(row);
      bool known = true;
      if (entry.verdict == "kept") {
        COPYDESK_RETURN_IF_ERROR(restore_clean(entry));
      } else if (entry.verdict == "dropped") {
        COPYDESK_RETURN_IF_ERROR(next_of("dropped.jsonl", dropped_, entry.doc));
        out_ += dropped_.row();
        out_ += '\n';
      } else {
        COPYDESK_ASSIGN_OR_RETURN(known, restore_rejected(entry));
      }
      ++(known ? counts.restored : counts.left_out);
      if (out_.size() < kWriteAt) continue;
      COPYDESK_RETURN_IF_ERROR(write(out_));
      out_.clear();
    }
    COPYDESK_RETURN_IF_ERROR(write(out_));
    return counts;
  }

 private:
  [[nodiscard]] Error fault(std::string_view file, const RowReader& reader,
                            std::string_view what) const {
    return {ErrorCode::kCorrupt, fmt::format("{}/{}: row {}: {}; copydesk verify tells more", dir_,
                                             file, reader.number(), what)};
  }

  Result<void> next_of(std::string_view file, RowReader& reader, std::uint64_t doc) const {
    COPYDESK_ASSIGN_OR_RETURN(const bool more, reader.next());
    if (more) return {};
    return Error{ErrorCode::kCorrupt,
                 fmt::format("{}/{}: ends before document {}", dir_, file, doc)};
  }

  Result<void> restore_clean(const AuditEntry& entry) {
    COPYDESK_RETURN_IF_ERROR(next_of("clean.jsonl", clean_, entry.doc));
    Element row;
    if (!rows_.parse(clean_.row(), row)) return fault("clean.jsonl", clean_, "not JSON");
    Element annotation;
    if (row["copydesk"].get(annotation) != simdjson::SUCCESS ||
        number_at(annotation, "doc") != entry.doc) {
      return fault("clean.jsonl", clean_, fmt::format("not of document {}", entry.doc));
    }
    const Record record = records_.parse(std::move(clean_.row()), entry.doc);
    if (record.rejection) return fault("clean.jsonl", clean_, record.rejection->message);
    std::optional<std::string> text;
    if (!entry.spans.empty()) {
      text = rebuilt(record.document.original(), entry.spans);
      if (!text) return fault("clean.jsonl", clean_, "its text does not fit the audit");
    }
    append_restored_row(record, text ? &*text : nullptr, out_);
    return {};
  }

  // False if it cannot be a row again.
  Result<bool> restore_rejected(const AuditEntry& entry) {
    COPYDESK_RETURN_IF_ERROR(next_of("rejected.jsonl", rejected_, entry.doc));
    Element row;
    if (!rows_.parse(rejected_.row(), row) || number_at(row, "doc") != entry.doc) {
      return fault("rejected.jsonl", rejected_, fmt::format("not of document {}", entry.doc));
    }
    const std::string_view raw = view_at(row, "raw");
    const std::string bytes =
        raw.empty() ? base64_decoded(view_at(row, "raw_base64")) : std::string(raw);
    const bool is_line = number_at(row, "line") > 0 && !bytes.empty();
    if (!is_line || entry.reason == name_of(RejectReason::kTooLarge)) return false;
    out_ += bytes;
    out_ += '\n';
    return true;
  }

  std::string dir_;
  RowReader audit_;
  RowReader clean_;
  RowReader dropped_;
  RowReader rejected_;
  RowParser rows_;
  RowRecordParser records_;
  std::string out_;
};

Result<Counts> restore_to_file(Restorer& restorer, const Flags& flags) {
  COPYDESK_RETURN_IF_ERROR(check_output_path(flags.out, flags.force, {}));
  COPYDESK_ASSIGN_OR_RETURN(OutputFile file, OutputFile::create(flags.out));
  COPYDESK_ASSIGN_OR_RETURN(const Counts counts, restorer.restore([&](std::string_view bytes) {
    return file.write(bytes);
  }));
  COPYDESK_RETURN_IF_ERROR(file.commit());
  return counts;
}

Result<Counts> restore_to_stdout(Restorer& restorer) {
  return restorer.restore([](std::string_view bytes) -> Result<void> {
    if (write_all(STDOUT_FILENO, bytes) == 0) return {};
    return Error{ErrorCode::kIo, "cannot write to standard output"};
  });
}

int restore(const Flags& flags) {
  const Result<RunFolder> folder = RunFolder::open(flags.dir);
  if (!folder.ok()) return fail(folder.error());
  if (!folder->config().output.keep_removed) {
    return fail({ErrorCode::kInvalidArgument,
                 flags.dir +
                     ": the run was without --keep-removed, its folder does not hold what was "
                     "removed"});
  }
  Result<Readers> readers = Readers::open(*folder);
  if (!readers.ok()) return fail(readers.error());
  Restorer restorer(*folder, *std::move(readers));
  const Result<Counts> counts =
      flags.out == "-" ? restore_to_stdout(restorer) : restore_to_file(restorer, flags);
  if (!counts.ok()) {
    if (flags.out == "-" && reader_is_gone(STDOUT_FILENO)) return kExitPipe;
    return fail(counts.error());
  }
  if (counts->left_out == 0) return kExitFine;
  say(
      fmt::format("{} of {} records were rejected and are no rows: their bytes stand in "
                  "rejected.jsonl as far as they were read",
                  grouped(counts->left_out), grouped(counts->restored + counts->left_out)));
  return kExitRejected;
}

}  // namespace

void add_restore(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "restore", "Rebuilds the records that came in from a run with --keep-removed.");
  command->footer(
      "  copydesk run pages.jsonl --keep-removed --out out\n"
      "  copydesk restore out --out again.jsonl\n"
      "  copydesk restore out --out - | cmp - pages.jsonl");
  const auto flags = std::make_shared<Flags>();
  command->add_option("DIR", flags->dir, "The folder of a run with --keep-removed.")->required();
  command->add_option("-o,--out", flags->out, "The file to write; \"-\": standard output.")
      ->type_name("FILE")
      ->required();
  command->add_flag("--force", flags->force, "Replace a file that exists.");
  command->callback([flags, &chosen] { chosen = [flags] { return restore(*flags); }; });
}

}  // namespace copydesk::cli
