#include "ledger.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <string>

namespace copydesk {
namespace {

template <std::size_t N>
void add_to(std::array<std::uint64_t, N>& to, const std::array<std::uint64_t, N>& from) {
  for (std::size_t i = 0; i < N; ++i) to[i] += from[i];
}

template <std::size_t N>
std::uint64_t sum(const std::array<std::uint64_t, N>& values) {
  return std::accumulate(values.begin(), values.end(), std::uint64_t{0});
}

Error broken(const std::string& what, std::uint64_t in, std::uint64_t out) {
  return {ErrorCode::kInternal, "the ledger does not add up: " + what + ": " + std::to_string(in) +
                                    " came in, " + std::to_string(out) + " are accounted for"};
}

}  // namespace

void StageCount::merge(const StageCount& other) {
  in += other.in;
  kept += other.kept;
  add_to(dropped, other.dropped);
  add_to(spans, other.spans);
  add_to(bytes, other.bytes);
  add_to(lifted, other.lifted);
}

Result<void> RunSummary::check_conservation() const {
  if (documents != kept + dropped + rejected) {
    return broken("the run", documents, kept + dropped + rejected);
  }
  if (rejected != sum(rejected_by)) return broken("rejected", rejected, sum(rejected_by));
  std::uint64_t dropped_by_stages = 0;
  for (const StageCount& stage : stages) {
    const std::uint64_t gone = sum(stage.dropped);
    if (stage.in != stage.kept + gone) return broken(stage.stage, stage.in, stage.kept + gone);
    dropped_by_stages += gone;
  }
  if (dropped != dropped_by_stages) return broken("dropped", dropped, dropped_by_stages);
  return {};
}

Ledger::Ledger(const Plan& plan) {
  for (const PlannedStage& stage : plan.stages) {
    stages.emplace_back().stage = stage.name;
  }
  stages.emplace_back().stage = "engine";
}

void Ledger::count(std::size_t stage, const Verdict& verdict) {
  StageCount& row = stages[stage];
  ++row.in;
  if (verdict.kept()) {
    ++row.kept;
  } else {
    ++row.dropped[static_cast<std::size_t>(verdict.reason())];
  }
}

void Ledger::open(const Record& record) {
  ++documents;
  record_bytes += record.raw.bytes.size();
  if (record.rejection) {
    ++rejected;
    ++rejected_by[static_cast<std::size_t>(record.rejection->reason)];
    return;
  }
  const Document& document = record.document;
  text_bytes_in += document.original().size();
  for (const Flag flag : document.flags()) lone_surrogates += flag == Flag::kLoneSurrogates ? 1 : 0;
}

void Ledger::close(const Record& record) {
  if (record.rejection) return;
  const Document& document = record.document;
  for (const AppliedEdit& edit : document.edits()) {
    const auto row = std::find_if(stages.begin(), stages.end(),
                                  [&](const StageCount& s) { return s.stage == edit.stage; });
    assert(row != stages.end());
    ++row->spans[static_cast<std::size_t>(edit.reason)];
    row->bytes[static_cast<std::size_t>(edit.reason)] += edit.span.size();
  }
  if (record.verdict.kept()) {
    ++kept;
    text_bytes_kept += document.text().size();
  } else {
    ++dropped;
  }
  // The engine sees every document and drops the empty ones itself.
  const bool empty = !record.verdict.kept() && record.verdict.reason() == DropReason::kEmpty;
  count(stages.size() - 1, empty ? record.verdict : Verdict::keep());
}

void Ledger::merge(const Ledger& other) {
  assert(stages.size() == other.stages.size());
  for (std::size_t i = 0; i < stages.size(); ++i) stages[i].merge(other.stages[i]);
  documents += other.documents;
  kept += other.kept;
  dropped += other.dropped;
  rejected += other.rejected;
  add_to(rejected_by, other.rejected_by);
  record_bytes += other.record_bytes;
  text_bytes_in += other.text_bytes_in;
  text_bytes_kept += other.text_bytes_kept;
  lone_surrogates += other.lone_surrogates;
}

void Ledger::write_to(RunSummary& summary) const {
  summary.stages = stages;
  summary.documents = documents;
  summary.kept = kept;
  summary.dropped = dropped;
  summary.rejected = rejected;
  summary.rejected_by = rejected_by;
  summary.record_bytes = record_bytes;
  summary.text_bytes_in = text_bytes_in;
  summary.text_bytes_kept = text_bytes_kept;
  summary.lone_surrogates = lone_surrogates;
}

bool Ledger::read_from(const RunSummary& summary) {
  const bool same =
      std::equal(stages.begin(), stages.end(), summary.stages.begin(), summary.stages.end(),
                 [](const StageCount& a, const StageCount& b) { return a.stage == b.stage; });
  if (!same) return false;
  stages = summary.stages;
  documents = summary.documents;
  kept = summary.kept;
  dropped = summary.dropped;
  rejected = summary.rejected;
  rejected_by = summary.rejected_by;
  record_bytes = summary.record_bytes;
  text_bytes_in = summary.text_bytes_in;
  text_bytes_kept = summary.text_bytes_kept;
  lone_surrogates = summary.lone_surrogates;
  return true;
}

}  // namespace copydesk
