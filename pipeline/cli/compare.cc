// copydesk compare: two documents, every measure and every passage, whatever the thresholds.
#include "copydesk/compare.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"
#include "copydesk/config.h"
#include "io/parse_record.h"
#include "io/source.h"
#include "suggest.h"

namespace copydesk::cli {
namespace {

struct Flags {
  std::string a;
  std::string b;
  std::string fields = "copydesk";
  std::uint32_t min_words = 5;
};

// "FILE" or "FILE#ID"; a file whose name has a # wins.
struct Place {
  std::string path;
  std::string id;
};

Place place_of(const std::string& argument) {
  std::error_code error;
  const std::size_t mark = argument.rfind('#');
  if (mark == std::string::npos || std::filesystem::exists(argument, error)) return {argument, ""};
  return {argument.substr(0, mark), argument.substr(mark + 1)};
}

Result<std::string> read_text(const std::string& argument, const InputOptions& options) {
  const Place place = place_of(argument);
  COPYDESK_ASSIGN_OR_RETURN(std::vector<InputFile> files, list_inputs({place.path}, options));
  Source source(std::move(files), options, &stop_requested());
  RecordParser parser(options);
  std::vector<RawRecord> batch;
  std::vector<std::string> texts;
  std::uint64_t doc = 0;
  while (source.next_batch(256, 4ULL << 20, batch)) {
    for (RawRecord& raw : batch) {
      const Record record = parser.parse(std::move(raw), doc++);
      if (record.rejection) {
        // Other records of the file may be fine.
        if (!place.id.empty()) continue;
        return Error{ErrorCode::kCorrupt, place.path + ": " + record.rejection->message};
      }
      if (!place.id.empty() && record.document.id() != place.id) continue;
      if (!texts.empty()) {
        const std::string several = place.id.empty() ? "several documents; name one: FILE#ID"
                                                     : "several documents have this id";
        return Error{ErrorCode::kInvalidArgument, argument + ": " + several};
      }
      texts.emplace_back(record.document.original());
    }
  }
  if (stop_requested()) return Error{ErrorCode::kInterrupted, "interrupted"};
  if (texts.empty()) return Error{ErrorCode::kNotFound, argument + ": no such document"};
  return std::move(texts.front());
}

std::string comparison_text(const Flags& flags, const std::string& a, const std::string& b,
                            const Paint& paint) {
  const Comparison c = compare_texts(a, b, flags.min_words);
  std::string out;
  const auto both = [&](std::string_view label, const auto& of_a, const auto& of_b) {
    out += fmt::format("{:26}{:>12}{:>12}\n", label, of_a, of_b);
  };
  const auto one = [&](std::string_view label, const auto& value) {
    out += fmt::format("{:26}{:>12}\n", label, value);
  };
  const auto share = [](double value) { return fmt::format("{:.4f}", value); };
  out += fmt::format("a  {}\nb  {}\n\n", printable_line(flags.a), printable_line(flags.b));
  out += paint(Colour::kBold, fmt::format("{:26}{:>12}{:>12}", "", "a", "b")) + "\n";
  both("words", grouped(c.words_a), grouped(c.words_b));
  both("five-word shingles", grouped(c.shingles_a), grouped(c.shingles_b));
  one("shared shingles", grouped(c.shared_shingles));
  one("jaccard", share(c.jaccard));
  both("contained in the other", share(c.containment_a), share(c.containment_b));
  both("words covered by it", share(c.coverage_a), share(c.coverage_b));
  one("jaccard by the sketch", share(c.sketch_jaccard));
  one("words in passages", grouped(c.shared_words));
  one(fmt::format("passages of {} words or more", flags.min_words), grouped(c.passages.size()));
  for (std::size_t i = 0; i < c.passages.size(); ++i) {
    const Passage& p = c.passages[i];
    out += "\n" + paint(Colour::kBold, fmt::format("passage {}", i + 1));
    out += fmt::format(": {} words{}\n", p.words, p.quoted ? ", quoted" : "");
    const auto side = [&](std::string_view name, const std::string& text, const Span& span) {
      const std::string_view shared = std::string_view(text).substr(span.begin, span.size());
      out += fmt::format("  {} {}-{}  {}\n", name, span.begin, span.end,
                         paint(Colour::kCyan, printable_line(shared)));
    };
    side("a", a, p.a);
    side("b", b, p.b);
  }
  return out;
}

int compare(const Flags& flags) {
  InputOptions options;
  const std::optional<FieldMap> fields = field_preset(flags.fields);
  if (!fields) {
    return fail({ErrorCode::kInvalidArgument,
                 fmt::format("--fields must be one of {}, got \"{}\"{}",
                             fmt::join(field_preset_names(), ", "), flags.fields,
                             did_you_mean(flags.fields, field_preset_names()))});
  }
  options.preset = flags.fields;
  options.fields = *fields;
  if (flags.min_words == 0) {
    return fail({ErrorCode::kInvalidArgument, "--min-words must be at least 1, got 0"});
  }
  const Result<std::string> a = read_text(flags.a, options);
  if (!a.ok()) return fail(a.error());
  const Result<std::string> b = read_text(flags.b, options);
  if (!b.ok()) return fail(b.error());
  return finish(comparison_text(flags, *a, *b, Paint(wants_colour(STDOUT_FILENO))));
}

}  // namespace

void add_compare(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "compare", "Compares two documents as they are: every measure and every shared passage.");
  command->footer(
      "  copydesk compare one.txt two.txt\n"
      "  copydesk compare out/clean.jsonl#nw-0012 out/clean.jsonl#hl-0007");
  const auto flags = std::make_shared<Flags>();
  command->add_option("A", flags->a, "A file with one document, or FILE#ID.")->required();
  command->add_option("B", flags->b, "The other.")->required();
  command->add_option("--min-words", flags->min_words, "Words of the shortest passage to show (5).")
      ->type_name("N");
  command->add_option("--fields", flags->fields, "Where fields stand in a record, as in `run`.")
      ->type_name("PRESET");
  command->callback([flags, &chosen] { chosen = [flags] { return compare(*flags); }; });
}

}  // namespace copydesk::cli
