// copydesk explain: one document of a run, with all that was done to it and found about it.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/result_folder.h"
#include "cli/result_rows.h"
#include "cli/terminal.h"
#include "copydesk/reason.h"

namespace copydesk::cli {
namespace {

struct Flags {
  std::string dir;
  std::string id;
  std::optional<std::uint64_t> doc;
};

// Reasons of one family ("promo.ad", "promo.app") share a colour.
Colour colour_of(std::string_view reason) {
  constexpr std::array kColours = {
      Colour::kRed,        Colour::kYellow,        Colour::kBlue,       Colour::kMagenta,
      Colour::kCyan,       Colour::kGreen,         Colour::kBrightRed,  Colour::kBrightYellow,
      Colour::kBrightBlue, Colour::kBrightMagenta, Colour::kBrightCyan, Colour::kBrightGreen};
  const auto family_of = [](std::string_view name) { return name.substr(0, name.find('.')); };
  std::size_t family = 0;
  std::string_view last;
  for (const std::string_view name : reason_names()) {
    if (!last.empty() && family_of(name) != last) ++family;
    last = family_of(name);
    if (name == reason) break;
  }
  return kColours[family % kColours.size()];
}

// The original with every removed span in the colour of its reason, or as [-text-]{reason}; what
// stands there now as {+text+}. A line break at the end of a span stays outside of the marks.
std::string marked_text(std::string_view text, const std::vector<AuditSpan>& spans,
                        const Paint& paint) {
  std::string out;
  std::size_t at = 0;
  for (const AuditSpan& span : spans) {
    const std::size_t begin = std::clamp<std::size_t>(span.span.begin, at, text.size());
    const std::size_t end = std::clamp<std::size_t>(span.span.end, begin, text.size());
    out += printable(text.substr(at, begin - at));
    std::string_view removed = text.substr(begin, end - begin);
    at = end;
    std::string shown;
    std::string after;
    if (span.reason == name_of(Reason::kBlank)) {
      shown = printable_line(removed);
    } else {
      const std::size_t last = removed.find_last_not_of('\n');
      const std::size_t length = last == std::string_view::npos ? 0 : last + 1;
      after = std::string(removed.substr(length));
      shown = printable(removed.substr(0, length));
    }
    out += paint.on() ? paint(colour_of(span.reason), shown)
                      : fmt::format("[-{}-]{{{}}}", shown, span.reason);
    if (!span.replacement.empty()) {
      const std::string now = printable(span.replacement);
      out += paint.on() ? paint(Colour::kBold, now) : fmt::format("{{+{}+}}", now);
    }
    out += after;
  }
  out += printable(text.substr(at));
  if (!out.ends_with('\n')) out += '\n';
  return out;
}

// How often and how much, by reason, with the rules at work.
std::string removed_table(const std::vector<AuditSpan>& spans, const Paint& paint) {
  struct Sum {
    std::uint64_t times = 0;
    std::uint64_t bytes = 0;
    std::vector<std::string> rules;
  };
  std::map<std::string, Sum> by_reason;
  std::size_t width = 0;
  for (const AuditSpan& span : spans) {
    Sum& sum = by_reason[span.reason];
    ++sum.times;
    sum.bytes += span.span.size();
    const std::string rule =
        span.rule.empty() ? span.stage : fmt::format("{} {}", span.stage, span.rule);
    if (std::find(sum.rules.begin(), sum.rules.end(), rule) == sum.rules.end()) {
      sum.rules.push_back(rule);
    }
    width = std::max(width, span.reason.size());
  }
  std::string out;
  for (const auto& [reason, sum] : by_reason) {
    out += fmt::format(
        "  {}  {:>3} times  {:>8}  {}\n",
        paint(colour_of(reason), fmt::format("{:{}}", reason, width)), sum.times,
        human_bytes(sum.bytes),
        paint(Colour::kDim, printable_line(fmt::format("{}", fmt::join(sum.rules, ", ")))));
  }
  return out;
}

std::string partner_text(const Partner& partner, std::string_view text, const Paint& paint) {
  std::string out = fmt::format(
      "  {} {} (doc {})  jaccard {:.3f}, {:.0f} % of this is there, {:.0f} % of that is here{}{}\n",
      paint(Colour::kCyan, partner.relation), printable_line(partner.id), partner.doc,
      partner.jaccard, 100 * partner.coverage, 100 * partner.partner_coverage,
      partner.same_outlet ? ", the same outlet" : "",
      partner.agencies.empty()
          ? ""
          : fmt::format(", both credit {}", fmt::join(partner.agencies, " and ")));
  for (const Partner::Shared& passage : partner.passages) {
    const std::size_t begin = std::min<std::size_t>(passage.span.begin, text.size());
    const std::size_t end = std::clamp<std::size_t>(passage.span.end, begin, text.size());
    out += fmt::format("    {} words{}, bytes {}-{} here, {}-{} there\n      {}\n", passage.words,
                       passage.quoted ? " quoted" : "", passage.span.begin, passage.span.end,
                       passage.partner.begin, passage.partner.end,
                       printable_line(text.substr(begin, end - begin)));
  }
  return out;
}

std::string row(const Paint& paint, std::string_view label, std::string_view value) {
  if (value.empty()) return {};
  return fmt::format("{}  {}\n", paint(Colour::kBold, fmt::format("{:8}", label)),
                     printable_line(value));
}

std::string verdict_text(const AuditEntry& entry) {
  std::string out = entry.verdict;
  if (!entry.reason.empty()) out += ": " + entry.reason;
  if (entry.of_doc) out += fmt::format(", stands for it: {} (doc {})", entry.of, *entry.of_doc);
  return out;
}

std::string group_text(const Group& group) {
  std::string out = fmt::format("{}, {} document{}", group.number, group.members.size(),
                                group.members.size() == 1 ? "" : "s");
  if (!group.representative.empty()) out += ", representative " + group.representative;
  if (!group.first.empty()) out += ", first " + group.first;
  if (!group.agencies.empty()) out += fmt::format(", by {}", fmt::join(group.agencies, " and "));
  if (group.members.size() > 1) out += fmt::format(": {}", fmt::join(group.members, ", "));
  return out;
}

Result<AuditEntry> find_entry(const ResultFolder& folder, const Flags& flags) {
  if (flags.doc) {
    COPYDESK_ASSIGN_OR_RETURN(std::optional<AuditEntry> entry, folder.audit_by_doc(*flags.doc));
    if (!entry) {
      return Error{ErrorCode::kNotFound, fmt::format("{}: no document {}", flags.dir, *flags.doc)};
    }
    return *std::move(entry);
  }
  COPYDESK_ASSIGN_OR_RETURN(std::vector<AuditEntry> entries, folder.audit_by_id(flags.id));
  if (entries.empty()) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("{}: no document with id \"{}\"", flags.dir, flags.id)};
  }
  if (entries.size() > 1) {
    std::vector<std::uint64_t> docs;
    for (const AuditEntry& entry : entries) docs.push_back(entry.doc);
    say(fmt::format("{} documents have this id; the others: --doc {}", entries.size(),
                    fmt::join(docs.begin() + 1, docs.end(), ", --doc ")));
  }
  return std::move(entries.front());
}

Result<std::string> explanation(const Flags& flags, const Paint& paint) {
  COPYDESK_ASSIGN_OR_RETURN(const ResultFolder folder, ResultFolder::open(flags.dir));
  COPYDESK_ASSIGN_OR_RETURN(const AuditEntry entry, find_entry(folder, flags));
  std::string out = row(paint, "doc", std::to_string(entry.doc)) + row(paint, "id", entry.id);
  if (entry.verdict == "rejected") {
    COPYDESK_ASSIGN_OR_RETURN(const std::string rejection, folder.rejection(entry.doc));
    return out + row(paint, "verdict", verdict_text(entry)) + "\n" + printable(rejection) + "\n";
  }
  COPYDESK_ASSIGN_OR_RETURN(const Original original, folder.original(entry));
  COPYDESK_ASSIGN_OR_RETURN(const auto fields, folder.fields(entry));
  COPYDESK_ASSIGN_OR_RETURN(const std::optional<Group> cluster, folder.cluster(entry.doc));
  COPYDESK_ASSIGN_OR_RETURN(const std::optional<Group> story, folder.story(entry.doc));
  COPYDESK_ASSIGN_OR_RETURN(const std::vector<Partner> partners, folder.partners(entry.doc));

  out += row(paint, "outlet", original.fields.outlet);
  out += row(paint, "title", original.fields.title);
  out += row(paint, "date", original.fields.date);
  out += row(paint, "url", original.fields.url);
  out += row(paint, "verdict", verdict_text(entry));
  out += row(paint, "flags", fmt::format("{}", fmt::join(entry.flags, ", ")));
  if (cluster) out += row(paint, "cluster", group_text(*cluster));
  if (story) out += row(paint, "story", group_text(*story));
  if (!fields.empty()) out += "\n" + paint(Colour::kBold, "fields lifted") + "\n";
  for (const auto& [name, value] : fields) {
    out += fmt::format("  {}: {}\n", name, printable_line(value));
  }
  out += "\n" + paint(Colour::kBold, "text") + "\n";
  out += marked_text(original.text, entry.spans, paint);
  if (!entry.spans.empty()) {
    out += "\n" + paint(Colour::kBold, "removed") + "\n" + removed_table(entry.spans, paint);
  }
  if (!partners.empty()) out += "\n" + paint(Colour::kBold, "shares text with") + "\n";
  for (const Partner& partner : partners) out += partner_text(partner, original.text, paint);
  return out;
}

int explain(const Flags& flags) {
  if (flags.id.empty() && !flags.doc) {
    return fail({ErrorCode::kInvalidArgument,
                 "which document? --id ID or --doc N\ntry: copydesk explain --help"});
  }
  const Result<std::string> text = explanation(flags, Paint(wants_colour(STDOUT_FILENO)));
  return text.ok() ? finish(*text) : fail(text.error());
}

}  // namespace

void add_explain(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "explain", "Shows a document of a run: what was removed and why, and who shares its text.");
  command->footer(
      "  copydesk explain out --id nw-0012\n"
      "  copydesk explain out --doc 17 | less -R");
  const auto flags = std::make_shared<Flags>();
  command->add_option("DIR", flags->dir, "The folder of a run.")->required();
  command->add_option("--id", flags->id, "The document's id.")->type_name("ID");
  command->add_option("--doc", flags->doc, "Its place in the input, from 0.")->type_name("N");
  command->callback([flags, &chosen] { chosen = [flags] { return explain(*flags); }; });
}

}  // namespace copydesk::cli
