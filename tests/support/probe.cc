#include "support/probe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "support/state_bytes.h"

namespace copydesk::testing {
namespace {

const StageSpec* find_stage(std::string_view name) {
  for (const StageSpec& spec : builtin_stages()) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

Document make_document(const Page& page, std::uint64_t doc) {
  DocumentFields fields;
  fields.doc = doc;
  fields.id = page.id.empty() ? "doc-" + std::to_string(doc) : page.id;
  fields.outlet = page.outlet;
  fields.title = page.title;
  fields.date = page.date;
  fields.time = page.time;
  fields.language = page.language;
  Document document(std::move(fields), page.text);
  for (const Flag flag : page.flags) document.flag(flag);
  if (!page.edits.empty()) document.apply(page.edits);
  for (const LiftedField& field : page.lifted) document.lift(field);
  return document;
}

// A document as stages would see it again: a copy through its public face.
Document copy_of(const Document& document) {
  Document copy(document.fields(), std::string(document.original()));
  copy.apply({document.edits().begin(), document.edits().end()});
  return copy;
}

class ProbeCorpus : public Corpus {
 public:
  ProbeCorpus(const std::vector<Document>& documents, const std::set<std::uint64_t>& dropped)
      : documents_(documents), dropped_(dropped) {}

  std::uint64_t size() const override { return documents_.size(); }
  bool alive(std::uint64_t doc) const override { return !dropped_.contains(doc); }
  Result<Document> read(std::uint64_t doc) const override {
    ++reads_;
    return copy_of(documents_[doc]);
  }
  Result<void> parallel_for(std::size_t n,
                            const std::function<Result<void>(std::size_t)>& fn) const override {
    // Backwards, because no stage may depend on the order.
    std::optional<Error> first;
    for (std::size_t i = n; i-- > 0;) {
      if (Result<void> result = fn(i); !result.ok()) first = result.error();
    }
    if (first) return *first;
    return {};
  }

  [[nodiscard]] std::uint64_t reads() const { return reads_; }

 private:
  const std::vector<Document>& documents_;
  const std::set<std::uint64_t>& dropped_;
  mutable std::uint64_t reads_ = 0;
};

class ProbeSink : public FindingsSink {
 public:
  explicit ProbeSink(Found& found) : found_(found) {}

  Result<void> add(const Pair& pair) override {
    found_.pairs.push_back(pair);
    return {};
  }
  Result<void> add(const Cluster& cluster) override {
    found_.clusters.push_back(cluster);
    return {};
  }
  Result<void> add(const Story& story) override {
    found_.stories.push_back(story);
    return {};
  }
  Result<void> add(const TemplateLine& line) override {
    found_.templates.push_back(line);
    return {};
  }
  void drop(std::uint64_t doc, DropReason reason, std::uint64_t of) override {
    found_.drops.try_emplace(doc, Verdict::drop(reason, of));
    dropped.insert(doc);
  }
  void note(std::string_view name, double value) override {
    found_.numbers[std::string(name)] = value;
  }
  void note(std::string_view name, std::string_view value) override {
    found_.remarks[std::string(name)] = value;
  }

  std::set<std::uint64_t> dropped;

 private:
  Found& found_;
};

void finish(Document& document, Edits& edits, DocumentFindings findings, Verdict verdict,
            Outcome& outcome) {
  document.apply(edits.take());
  document.apply_blanks();
  outcome.text = std::string(document.text());
  outcome.verdict = verdict;
  outcome.edits.assign(document.edits().begin(), document.edits().end());
  outcome.lifted = std::move(findings.lifted);
  outcome.flags = std::move(findings.flags);
  outcome.cluster = std::move(findings.cluster);
  outcome.story = findings.story;
  outcome.language = std::move(findings.language);
}

// Null, and the test fails, if the stage or an option is at fault.
std::unique_ptr<Stage> make_stage(std::string_view name, const OptionValues& options) {
  const StageSpec* spec = find_stage(name);
  if (spec == nullptr) {
    ADD_FAILURE() << "no stage is named " << name;
    return nullptr;
  }
  for (const auto& [option, value] : options) {
    const OptionSpec* known = spec->option(option);
    const std::string fault =
        known == nullptr ? "is not an option" : known->fault(value).value_or("");
    if (!fault.empty()) {
      ADD_FAILURE() << name << "." << option << " " << fault;
      return nullptr;
    }
  }
  Result<std::unique_ptr<Stage>> made = spec->make(options);
  if (!made.ok()) {
    ADD_FAILURE() << made.error().message;
    return nullptr;
  }
  return *std::move(made);
}

std::vector<Document> make_documents(const std::vector<Page>& pages) {
  std::vector<Document> documents;
  for (const Page& page : pages) documents.push_back(make_document(page, documents.size()));
  return documents;
}

void save_state(const CorpusStage& stage, Found& found) {
  StateToBytes state;
  const Result<void> saved = stage.save(state);
  EXPECT_TRUE(saved.ok()) << saved.error().message;
  found.state = std::move(state.written);
}

void process(const Stage& stage, std::vector<Document>& documents, Found& found) {
  for (Document& document : documents) {
    // Scratch of its own: the outcome must not depend on which is handed over.
    const std::unique_ptr<Local> local = stage.make_local();
    Edits edits(document);
    DocumentFindings findings;
    Verdict verdict = stage.process(document, local.get(), edits, findings);
    if (const auto it = found.drops.find(document.doc()); it != found.drops.end()) {
      verdict = it->second;
    }
    Outcome outcome;
    finish(document, edits, std::move(findings), verdict, outcome);
    found.outcomes.push_back(std::move(outcome));
  }
}

}  // namespace

Found probe(std::string_view name, const OptionValues& options, const std::vector<Page>& pages,
            std::size_t batch) {
  const std::unique_ptr<Stage> stage = make_stage(name, options);
  if (!stage) return {};
  Found found;
  std::vector<Document> documents = make_documents(pages);
  // Little memory: all but the smallest cases go through files.
  ScratchSpace scratch(::testing::TempDir(), 1024);
  if (auto* corpus_stage = dynamic_cast<CorpusStage*>(stage.get())) {
    corpus_stage->use_scratch(scratch);
    for (std::size_t begin = 0; begin < documents.size(); begin += batch) {
      const std::unique_ptr<Observation> observation = corpus_stage->make_observation();
      for (std::size_t i = begin; i < std::min(begin + batch, documents.size()); ++i) {
        corpus_stage->observe(documents[i], *observation);
      }
      EXPECT_TRUE(corpus_stage->combine(*observation).ok());
    }
    ProbeSink sink(found);
    const ProbeCorpus corpus(documents, sink.dropped);
    const Result<void> finalized = corpus_stage->finalize(corpus, sink);
    EXPECT_TRUE(finalized.ok()) << finalized.error().message;
    found.reads = corpus.reads();
    save_state(*corpus_stage, found);
  }
  process(*stage, documents, found);
  return found;
}

Result<Found> probe_resumed(std::string_view name, const OptionValues& options,
                            const std::vector<Page>& pages, const Found& before,
                            std::string_view state) {
  const std::unique_ptr<Stage> stage = make_stage(name, options);
  auto* const corpus_stage = dynamic_cast<CorpusStage*>(stage.get());
  if (corpus_stage == nullptr) return Error{ErrorCode::kInvalidArgument, "no corpus stage"};
  ScratchSpace scratch(::testing::TempDir(), 1024);
  corpus_stage->use_scratch(scratch);
  StateFromBytes reader(state);
  COPYDESK_RETURN_IF_ERROR(corpus_stage->load(reader));
  if (reader.remaining() > 0) return damaged_state("it goes on behind its end");
  Found found;
  found.drops = before.drops;
  save_state(*corpus_stage, found);
  std::vector<Document> documents = make_documents(pages);
  process(*stage, documents, found);
  return found;
}

std::string option_fault(std::string_view stage, std::string_view option, OptionValue value) {
  const StageSpec* spec = find_stage(stage);
  if (spec == nullptr || spec->option(option) == nullptr) {
    ADD_FAILURE() << "no option is named " << stage << "." << option;
    return {};
  }
  return spec->option(option)->fault(value).value_or("");
}

}  // namespace copydesk::testing
