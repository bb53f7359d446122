#include "corpus.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

namespace copydesk {

void DropTable::add(const StageDrop& drop) {
  if (contains(drop.doc)) return;
  if (drop.doc / 64 >= dropped_.size()) dropped_.resize(drop.doc / 64 + 1);
  dropped_[drop.doc / 64] |= std::uint64_t{1} << (drop.doc % 64);
  drops_.push_back(drop);
}

void DropTable::settle() {
  std::sort(drops_.begin(), drops_.end(),
            [](const StageDrop& x, const StageDrop& y) { return x.doc < y.doc; });
}

const StageDrop* DropTable::find(std::uint64_t doc) const {
  if (!contains(doc)) return nullptr;
  return &*std::lower_bound(drops_.begin(), drops_.end(), doc,
                            [](const StageDrop& x, std::uint64_t y) { return x.doc < y; });
}

Result<void> DropTable::save(StateWriter& out) const {
  COPYDESK_RETURN_IF_ERROR(out.number(drops_.size()));
  for (const StageDrop& drop : drops_) {
    for (const std::uint64_t number :
         {drop.doc, drop.of, std::uint64_t{drop.stage}, static_cast<std::uint64_t>(drop.reason)}) {
      COPYDESK_RETURN_IF_ERROR(out.number(number));
    }
  }
  return {};
}

Result<void> DropTable::load(StateReader& in, std::uint64_t documents, std::size_t stages) {
  COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t size, in.count(4));
  drops_.reserve(size);
  for (std::uint64_t i = 0; i < size; ++i) {
    StageDrop drop;
    COPYDESK_ASSIGN_OR_RETURN(drop.doc, in.number());
    COPYDESK_ASSIGN_OR_RETURN(drop.of, in.number());
    COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t stage, in.number());
    COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t reason, in.number());
    if (drop.doc >= documents || drop.of >= documents || stage >= stages ||
        reason >= kDropReasonCount) {
      return damaged_state("a dropped document");
    }
    drop.stage = static_cast<std::uint32_t>(stage);
    drop.reason = static_cast<DropReason>(reason);
    add(drop);
  }
  settle();
  return {};
}

Result<Document> SpooledCorpus::read(std::uint64_t doc) const {
  std::unique_ptr<RecordParser>& parser = parsers_.local();
  if (!parser) parser = std::make_unique<RecordParser>(records_.input);
  COPYDESK_ASSIGN_OR_RETURN(const std::string raw, records_.raw.read(doc));
  COPYDESK_ASSIGN_OR_RETURN(const std::string decisions, records_.decisions.read(doc));
  COPYDESK_ASSIGN_OR_RETURN(Record record,
                            decode_record(raw, decisions, doc, records_.stages, *parser));
  return std::move(record.document);
}

Result<std::string> SpooledCorpus::read_id(std::uint64_t doc) const {
  COPYDESK_ASSIGN_OR_RETURN(Identity identity, records_.raw.read_identity(doc));
  return std::move(identity.id);
}

Result<void> SpooledCorpus::parallel_for(std::size_t n,
                                         const std::function<Result<void>(std::size_t)>& fn) const {
  std::mutex mutex;
  std::atomic<std::size_t> failed_at = n;
  std::optional<Error> failure;
  tbb::parallel_for(std::size_t{0}, n, [&](std::size_t i) {
    if (i > failed_at.load(std::memory_order_relaxed)) return;  // an earlier one decides
    Result<void> result = stop_ != nullptr && stop_->load(std::memory_order_relaxed)
                              ? Result<void>(Error{ErrorCode::kInterrupted, "interrupted"})
                              : fn(i);
    if (result.ok()) return;
    const std::lock_guard lock(mutex);
    if (i < failed_at) {
      failed_at = i;
      failure = result.error();
    }
  });
  if (failure) return *failure;
  return {};
}

RowSink::RowSink(std::size_t stage, std::string stage_name, IdentityOf identity,
                 const RowWriter& write, DropTable& drops, RunSummary& summary)
    : stage_(stage),
      stage_name_(std::move(stage_name)),
      identity_(std::move(identity)),
      write_(write),
      drops_(drops),
      summary_(summary) {}

Result<void> RowSink::add(const Pair& pair) {
  ++summary_.pairs[static_cast<std::size_t>(pair.relation)];
  row_.clear();
  COPYDESK_RETURN_IF_ERROR(append_pair_row(pair, identity_, row_));
  return write_(OutputName::kPairs, row_);
}

Result<void> RowSink::add(const Cluster& cluster) {
  ++summary_.clusters;
  summary_.clustered_documents += cluster.members.size();
  summary_.largest_cluster =
      std::max<std::uint64_t>(summary_.largest_cluster, cluster.members.size());
  row_.clear();
  COPYDESK_RETURN_IF_ERROR(append_cluster_row(
      cluster, identity_,
      [&](std::string_view some) { return write_(OutputName::kClusters, some); }, row_));
  return write_(OutputName::kClusters, row_);
}

Result<void> RowSink::add(const Story& story) {
  ++summary_.stories;
  summary_.stories_of_several += story.members.size() > 1 ? 1 : 0;
  row_.clear();
  COPYDESK_RETURN_IF_ERROR(append_story_row(
      story, identity_, [&](std::string_view some) { return write_(OutputName::kStories, some); },
      row_));
  return write_(OutputName::kStories, row_);
}

Result<void> RowSink::add(const TemplateLine& line) {
  ++summary_.templates;
  row_.clear();
  append_template_row(line, row_);
  return write_(OutputName::kTemplates, row_);
}

void RowSink::drop(std::uint64_t doc, DropReason reason, std::uint64_t of) {
  drops_.add({doc, of, static_cast<std::uint32_t>(stage_), reason});
}

void RowSink::note(std::string_view name, double value) {
  summary_.notes.push_back({stage_name_, std::string(name), "", value});
}

void RowSink::note(std::string_view name, std::string_view value) {
  summary_.notes.push_back({stage_name_, std::string(name), std::string(value), 0});
}

}  // namespace copydesk
