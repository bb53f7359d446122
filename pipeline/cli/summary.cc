#include "cli/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "copydesk/findings.h"

namespace copydesk::cli {
namespace {

// Reasons that are listed one by one; the rest shares a line.
constexpr std::size_t kTopReasons = 8;

struct Row {
  int level = 0;  // 0: a heading
  std::string label;
  std::string figure;
  std::string remark;
};

// "12.3 %"; nothing to be a share of: "".
std::string percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return {};
  return fmt::format("{:.1f} %", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

class Table {
 public:
  void add(int level, std::string_view label, std::string figure, std::string remark = {}) {
    rows_.push_back({level, std::string(label), std::move(figure), std::move(remark)});
  }

  [[nodiscard]] std::string text(const Paint& paint) const {
    std::size_t label_width = 0;
    std::size_t figure_width = 0;
    for (const Row& row : rows_) {
      label_width = std::max(label_width, row.label.size() + indent(row));
      figure_width = std::max(figure_width, row.figure.size());
    }
    std::string out;
    for (const Row& row : rows_) {
      const std::string label =
          fmt::format("{:{}}{:{}}", "", indent(row), row.label, label_width - indent(row));
      out += row.level == 0 ? paint(Colour::kBold, label) : label;
      std::string rest = fmt::format("  {:>{}}", row.figure, figure_width);
      if (!row.remark.empty()) rest += "  " + paint(Colour::kDim, row.remark);
      out += rest + "\n";
    }
    return out;
  }

 private:
  static std::size_t indent(const Row& row) { return static_cast<std::size_t>(row.level) * 2; }
  std::vector<Row> rows_;
};

void add_documents(const RunSummary& s, Table& table) {
  table.add(0, "documents", grouped(s.documents),
            fmt::format("{} of records{}", human_bytes(s.record_bytes),
                        s.bytes_in == s.record_bytes || s.bytes_in == 0
                            ? std::string()
                            : fmt::format(", {} on disk", human_bytes(s.bytes_in))));
  table.add(1, "kept", grouped(s.kept), percent(s.kept, s.documents));
  if (s.dropped > 0) {
    table.add(1, "dropped", grouped(s.dropped), percent(s.dropped, s.documents));
    for (std::size_t i = 0; i < kDropReasonCount; ++i) {
      std::uint64_t count = 0;
      for (const StageCount& stage : s.stages) count += stage.dropped[i];
      if (count > 0) table.add(2, name_of(static_cast<DropReason>(i)), grouped(count));
    }
  }
  if (s.rejected > 0) {
    table.add(1, "rejected", grouped(s.rejected), percent(s.rejected, s.documents));
    for (std::size_t i = 0; i < kRejectReasonCount; ++i) {
      if (s.rejected_by[i] == 0) continue;
      table.add(2, name_of(static_cast<RejectReason>(i)), grouped(s.rejected_by[i]));
    }
  }
}

void add_removed(const RunSummary& s, Table& table) {
  std::array<std::uint64_t, kReasonCount> bytes{};
  std::array<std::uint64_t, kReasonCount> spans{};
  for (const StageCount& stage : s.stages) {
    for (std::size_t i = 0; i < kReasonCount; ++i) {
      bytes[i] += stage.bytes[i];
      spans[i] += stage.spans[i];
    }
  }
  const std::uint64_t removed = std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0});
  table.add(0, "text", human_bytes(s.text_bytes_in));
  table.add(1, "removed", human_bytes(removed), percent(removed, s.text_bytes_in));

  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    if (spans[i] > 0) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return bytes[a] > bytes[b]; });
  std::uint64_t other_bytes = 0;
  std::uint64_t other_spans = 0;
  for (std::size_t n = 0; n < order.size(); ++n) {
    const std::size_t i = order[n];
    if (n < kTopReasons || order.size() == kTopReasons + 1) {
      table.add(2, name_of(static_cast<Reason>(i)), human_bytes(bytes[i]),
                grouped(spans[i]) + " times");
    } else {
      other_bytes += bytes[i];
      other_spans += spans[i];
    }
  }
  if (other_spans > 0) {
    table.add(2, fmt::format("{} other reasons", order.size() - kTopReasons),
              human_bytes(other_bytes), grouped(other_spans) + " times");
  }
}

void add_fields(const RunSummary& s, Table& table) {
  std::array<std::uint64_t, kFieldCount> lifted{};
  for (const StageCount& stage : s.stages) {
    for (std::size_t i = 0; i < kFieldCount; ++i) lifted[i] += stage.lifted[i];
  }
  const std::uint64_t total = std::accumulate(lifted.begin(), lifted.end(), std::uint64_t{0});
  if (total == 0) return;
  table.add(0, "fields", grouped(total), "lifted out of the text");
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    if (lifted[i] > 0) table.add(1, name_of(static_cast<Field>(i)), grouped(lifted[i]));
  }
}

void add_findings(const RunSummary& s, Table& table) {
  const std::uint64_t pairs = std::accumulate(s.pairs.begin(), s.pairs.end(), std::uint64_t{0});
  if (pairs > 0) {
    table.add(0, "pairs", grouped(pairs));
    for (std::size_t i = 0; i < s.pairs.size(); ++i) {
      if (s.pairs[i] > 0) table.add(1, name_of(static_cast<Relation>(i)), grouped(s.pairs[i]));
    }
  }
  if (s.clusters > 0) {
    table.add(0, "clusters", grouped(s.clusters),
              fmt::format("of {} documents, the largest of {}", grouped(s.clustered_documents),
                          grouped(s.largest_cluster)));
  }
  if (s.stories > 0) {
    table.add(0, "stories", grouped(s.stories),
              fmt::format("{} of several documents", grouped(s.stories_of_several)));
  }
  if (s.templates > 0) table.add(0, "templates", grouped(s.templates), "lines");
}

// "1,310 bytes a document".
std::string each(std::uint64_t bytes, std::uint64_t documents) {
  const double share = static_cast<double>(bytes) / static_cast<double>(documents);
  return grouped(static_cast<std::uint64_t>(std::llround(share))) + " bytes a document";
}

void add_work_files(const std::vector<ScratchUse>& files, std::uint64_t on_disk,
                    std::uint64_t documents, Table& table) {
  if (files.empty() || documents == 0) return;
  table.add(0, "work files", human_bytes(on_disk), each(on_disk, documents));
  for (const ScratchUse& use : files) {
    table.add(1, use.part, human_bytes(use.bytes),
              each(use.bytes, documents) + (use.on_disk == 0 ? ", in memory" : ""));
  }
}

void add_cost(const RunSummary& s, Table& table) {
  std::string rate;
  if (s.seconds > 0) {
    rate = fmt::format("{:.1f} MB/s", static_cast<double>(s.record_bytes) / 1e6 / s.seconds);
  }
  if (s.peak_memory_bytes > 0) {
    rate +=
        fmt::format("{}peak memory {}", rate.empty() ? "" : ", ", human_bytes(s.peak_memory_bytes));
  }
  table.add(0, "time", human_time(s.seconds), rate);
  if (s.phase_seconds.size() > 1) {
    for (const auto& [name, seconds] : s.phase_seconds) table.add(1, name, human_time(seconds));
  }
  std::uint64_t on_disk = 0;
  for (const ScratchUse& use : s.work_files) on_disk += use.on_disk;
  add_work_files(s.work_files, on_disk, s.documents, table);
}

std::string note_text(const Note& note) {
  if (!note.text.empty()) return printable_line(note.text);
  return fmt::format("{:.6g}", note.value);
}

}  // namespace

std::string format_summary(const RunSummary& summary, const Paint& paint) {
  Table table;
  add_documents(summary, table);
  add_removed(summary, table);
  add_fields(summary, table);
  add_findings(summary, table);
  add_cost(summary, table);
  std::string out = table.text(paint);
  if (!summary.notes.empty()) out += paint(Colour::kBold, "notes") + "\n";
  for (const Note& note : summary.notes) {
    out += fmt::format("  {} {}: {}\n", note.stage, printable_line(note.name), note_text(note));
  }
  if (summary.lone_surrogates > 0) {
    out += fmt::format("{} lone surrogates that became U+FFFD: {}\n",
                       paint(Colour::kYellow, "warning:"), grouped(summary.lone_surrogates));
  }
  return out + format_warnings(summary, paint);
}

std::string format_estimate(const RunEstimate& e, std::uint64_t memory, const Paint& paint) {
  Table table;
  table.add(0, "documents", (e.whole ? "" : "~ ") + grouped(e.documents),
            fmt::format("{} on disk, {} of records; {}", human_bytes(e.input_bytes),
                        human_bytes(e.record_bytes),
                        e.whole ? std::string("all of them tried")
                                : fmt::format("judged by the first {}", grouped(e.sampled))));
  table.add(0, "time", "~ " + human_time(e.seconds));
  table.add(0, "memory", "~ " + human_bytes(e.memory_bytes),
            fmt::format("{} allowed", human_bytes(memory)));
  table.add(0, "disk", "~ " + human_bytes(e.work_bytes + e.output_bytes),
            fmt::format("{} free{}", human_bytes(e.free_bytes),
                        e.fits() ? "" : ": " + paint(Colour::kBrightRed, "too little")));
  if (e.documents > 0) {
    table.add(1, "results", human_bytes(e.output_bytes), each(e.output_bytes, e.documents));
  }
  add_work_files(e.work_files, e.work_bytes, e.documents, table);
  std::string out = table.text(paint);
  if (e.memory_bytes > memory) {
    out += paint(Colour::kYellow, "warning:") +
           " what is held of each document may need more memory than is allowed\n";
  }
  return out;
}

std::string format_warnings(const RunSummary& summary, const Paint& paint) {
  std::string out;
  for (const std::string& warning : summary.warnings) {
    out += paint(Colour::kYellow, "warning:") + " " + printable_line(warning) + "\n";
  }
  return out;
}

}  // namespace copydesk::cli
