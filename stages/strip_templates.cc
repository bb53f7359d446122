// strip_templates: learns the lines that recur on an outlet's pages, and what its lines begin and
// end with again and again, and cuts them.
//
// Works from two pages of an outlet on, inside lines from three. A document without outlet teaches
// nothing and loses nothing, but for the lines that a template file gives to all outlets. With a
// template file the stage learns nothing and needs no other document.
#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "copydesk/stage_spec.h"
#include "copydesk/text/lines.h"
#include "reuse/page_file.h"
#include "reuse/representative.h"
#include "reuse/template_phrases.h"
#include "reuse/templates.h"
#include "reuse/templates_file.h"

namespace copydesk::stages {
namespace {

struct Options {
  std::int64_t min_support = 2;
  double min_share = 0.1;
  std::int64_t max_words = 0;
  double max_share = 0.5;
  std::string templates;
};

std::string hex(std::uint64_t key) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; key >>= 4) out[i] = kDigits[key & 15];
  return out;
}

void cut_templates(const Document& document, const reuse::TemplateTable& table, double max_share,
                   Edits& edits, DocumentFindings& findings) {
  const reuse::TemplateCut cut = reuse::choose_template_lines(document, table, max_share);
  for (const std::uint32_t line : cut.lines) {
    edits.cut_line(line, Reason::kTemplateLine, hex(document.line_keys()[line]));
  }
  const reuse::PhraseCuts phrases = reuse::choose_phrases(document, table, cut, max_share);
  for (const reuse::PhraseCut& phrase : phrases.cuts) {
    edits.cut(phrase.span, Reason::kTemplateLine, hex(phrase.key));
  }
  if (cut.guarded || phrases.guarded) findings.flags.push_back(Flag::kGuarded);
}

// Applies a template file.
class ApplyTemplates : public DocumentStage {
 public:
  ApplyTemplates(reuse::TemplateTable table, double max_share)
      : table_(std::move(table)), max_share_(max_share) {}

  Verdict process(const Document& document, Local* /*local*/, Edits& edits,
                  DocumentFindings& findings) const override {
    cut_templates(document, table_, max_share_, edits, findings);
    return Verdict::keep();
  }

 private:
  reuse::TemplateTable table_;
  double max_share_;
};

// Notes of pages, encoded one after the other.
struct PageObservation : Observation {
  struct Page {
    std::uint32_t outlet = 0;  // in `outlets`
    std::size_t end = 0;       // in `bytes`
  };
  reuse::NameTable outlets;
  std::vector<Page> pages;
  std::string bytes;
};

constexpr TemplatePlace kPhrasePlaces[] = {TemplatePlace::kPrefix, TemplatePlace::kSuffix};
// Parts of the file of sentences.
constexpr std::size_t kSentenceParts = 256;

class LearnTemplates : public CorpusStage {
 public:
  explicit LearnTemplates(const Options& options)
      : rule_{static_cast<std::uint64_t>(options.min_support), options.min_share,
              static_cast<std::uint64_t>(options.max_words)},
        max_share_(options.max_share) {}

  void use_scratch(ScratchSpace& scratch) override {
    scratch_ = &scratch;
    pages_ = reuse::PageFile(scratch);
  }

  std::unique_ptr<Observation> make_observation() const override {
    return std::make_unique<PageObservation>();
  }

  void observe(const Document& document, Observation& observation) const override {
    if (document.outlet().empty()) return;
    auto& seen = static_cast<PageObservation&>(observation);
    reuse::encode_page(reuse::note_page(document), seen.bytes);
    seen.pages.push_back({seen.outlets.number(document.outlet()), seen.bytes.size()});
  }

  Result<void> combine(Observation& observation) override {
    const auto& batch = static_cast<const PageObservation&>(observation);
    std::size_t begin = 0;
    for (const PageObservation::Page& page : batch.pages) {
      const std::uint32_t outlet = outlets_.number(batch.outlets.name(page.outlet));
      COPYDESK_RETURN_IF_ERROR(
          pages_.add(outlet, std::string_view(batch.bytes).substr(begin, page.end - begin)));
      begin = page.end;
    }
    return {};
  }

  Result<void> finalize(const Corpus& corpus, FindingsSink& sink) override {
    COPYDESK_RETURN_IF_ERROR(pages_.finish());
    std::vector<Outlet> outlets(outlets_.size());
    COPYDESK_RETURN_IF_ERROR(learn_lines(corpus, outlets));
    COPYDESK_RETURN_IF_ERROR(learn_phrases(corpus, outlets));
    pages_ = {};
    shared_ = {};

    std::vector<std::uint32_t> by_name(outlets_.size());
    const std::vector<std::uint32_t> places = outlets_.places();
    for (std::uint32_t i = 0; i < by_name.size(); ++i) by_name[places[i]] = i;
    std::vector<TemplateLine> rows;
    std::vector<std::uint64_t> docs;  // one that has the line, for each row of a line
    std::uint64_t groups = 0;
    std::uint64_t single = 0;  // outlets that cannot teach
    for (const std::uint32_t i : by_name) {
      if (i == 0) continue;  // no outlet
      const std::string& name = outlets_.name(i);
      reuse::OutletLines& learned = outlets[i].learned;
      groups += learned.groups;
      if (learned.groups < 2) ++single;
      for (reuse::LearnedLine& line : learned.lines) {
        table_.add(name, line.key, {line.support, learned.groups, false});
        TemplateLine& row = rows.emplace_back();
        row.outlet = name;
        row.key = line.key;
        row.support = line.support;
        row.pages = line.pages;
        row.outlet_groups = learned.groups;
        row.position = line.position;
        row.first_date = std::move(line.first_date);
        row.last_date = std::move(line.last_date);
        docs.push_back(line.doc);
      }
      for (OutletPhrase& phrase : outlets[i].phrases) {
        TemplateLine& row = phrase.row;
        row.outlet = name;
        row.outlet_groups = learned.groups;
        table_.add_phrase(name, row.place, row.key, phrase.words,
                          {row.support, row.outlet_groups, false});
        rows.push_back(std::move(row));
      }
    }
    COPYDESK_RETURN_IF_ERROR(read_texts(corpus, docs, rows));
    for (const TemplateLine& row : rows) COPYDESK_RETURN_IF_ERROR(sink.add(row));
    sink.note("outlets", static_cast<double>(outlets_.size() - 1));
    sink.note("outlets_with_one_group", static_cast<double>(single));
    sink.note("page_groups", static_cast<double>(groups));
    return {};
  }

  Verdict process(const Document& document, Local* /*local*/, Edits& edits,
                  DocumentFindings& findings) const override {
    cut_templates(document, table_, max_share_, edits, findings);
    return Verdict::keep();
  }

  Result<void> save(StateWriter& state) const override { return table_.save(state); }
  Result<void> load(StateReader& state) override { return table_.load(state); }

 private:
  struct OutletPhrase {
    TemplateLine row;
    std::size_t words = 0;
  };

  // What the pages of an outlet taught. Four bytes a page.
  struct Outlet {
    reuse::OutletLines learned;
    std::vector<OutletPhrase> phrases;
  };

  // Learns the lines of each outlet, and drops the sentences that many carry.
  Result<void> learn_lines(const Corpus& corpus, std::vector<Outlet>& outlets) {
    ScratchFile sentences = scratch_->make_file("sentences", kSentenceParts);
    std::mutex adding;
    const auto learn = [&](std::uint32_t outlet,
                           const std::vector<reuse::PageNote>& pages) -> Result<void> {
      reuse::OutletLines& learned = outlets[outlet].learned;
      learned = reuse::learn_outlet(pages, rule_);
      const std::vector<std::uint64_t> keys = std::exchange(learned.sentence_keys, {});
      const std::lock_guard lock(adding);
      for (const std::uint64_t key : keys) {
        COPYDESK_RETURN_IF_ERROR(sentences.append_record(key % kSentenceParts, key));
      }
      return {};
    };
    COPYDESK_RETURN_IF_ERROR(pages_.for_each_outlet(corpus, true, learn));
    COPYDESK_RETURN_IF_ERROR(sentences.finish());

    std::vector<std::uint64_t> keys;
    for (std::size_t part = 0; part < kSentenceParts; ++part) {
      keys.resize(sentences.records<std::uint64_t>(part));
      COPYDESK_RETURN_IF_ERROR(sentences.read_records(part, 0, std::span<std::uint64_t>(keys)));
      const std::vector<std::uint64_t> some = reuse::find_shared_sentences(keys);
      shared_.insert(shared_.end(), some.begin(), some.end());
    }
    std::sort(shared_.begin(), shared_.end());
    for (Outlet& outlet : outlets) reuse::drop_shared_sentences(shared_, outlet.learned);
    return {};
  }

  // Adds what lines of each outlet begin or end with. Only pages whose lines have a start that
  // recurs are read.
  Result<void> learn_phrases(const Corpus& corpus, std::vector<Outlet>& outlets) {
    using Pages = std::vector<reuse::PageNote>;
    // By place.
    std::array<std::vector<std::vector<std::uint64_t>>, 2> starts;
    std::array<std::unordered_map<std::uint64_t, std::size_t>, 2> outlets_of;  // by start
    for (auto& some : starts) some.resize(outlets.size());
    const auto find_starts = [&](std::uint32_t outlet, const Pages& pages) {
      for (std::size_t i = 0; i < 2; ++i) {
        starts[i][outlet] = reuse::recurring_starts(pages, outlets[outlet].learned, shared_,
                                                    kPhrasePlaces[i], rule_);
      }
      return Result<void>();
    };
    COPYDESK_RETURN_IF_ERROR(pages_.for_each_outlet(corpus, false, find_starts));
    for (std::size_t i = 0; i < 2; ++i) {
      for (const std::vector<std::uint64_t>& some : starts[i]) {
        for (const std::uint64_t start : some) outlets_of[i].try_emplace(start, 0);
      }
    }
    if (outlets_of[0].empty() && outlets_of[1].empty()) return {};

    auto counts = outlets_of;  // the workers look up the one and count in the other
    std::mutex counting;
    const auto count_outlets = [&](std::uint32_t /*outlet*/, const Pages& pages) {
      for (std::size_t i = 0; i < 2; ++i) {
        const auto here = reuse::starts_on(pages, outlets_of[i], kPhrasePlaces[i]);
        const std::lock_guard lock(counting);
        for (const std::uint64_t start : here) ++counts[i][start];
      }
      return Result<void>();
    };
    COPYDESK_RETURN_IF_ERROR(pages_.for_each_outlet(corpus, false, count_outlets));
    const auto learn = [&](std::uint32_t outlet, const Pages& pages) -> Result<void> {
      Outlet& at = outlets[outlet];
      for (std::size_t i = 0; i < 2; ++i) {
        if (starts[i][outlet].empty()) continue;
        std::vector<reuse::EdgeLine> lines;
        COPYDESK_RETURN_IF_ERROR(read_lines(corpus, kPhrasePlaces[i], pages, at.learned, shared_,
                                            starts[i][outlet], lines));
        std::vector<Found> found;
        for (const reuse::LearnedPhrase& phrase :
             reuse::learn_phrases(lines, kPhrasePlaces[i], rule_, at.learned.groups)) {
          const bool elsewhere = counts[i].at(phrase.start) > reuse::kSentenceOutlets;
          if (elsewhere && !reuse::is_sure(phrase.support, at.learned.groups)) continue;
          found.push_back(describe(kPhrasePlaces[i], pages, lines, phrase));
        }
        COPYDESK_RETURN_IF_ERROR(read_phrases(corpus, found));
        for (Found& phrase : found) at.phrases.push_back(std::move(phrase.phrase));
      }
      return {};
    };
    return pages_.for_each_outlet(corpus, false, learn);
  }

  // The lines of an outlet's pages whose start recurs, from the end that `place` names.
  static Result<void> read_lines(const Corpus& corpus, TemplatePlace place,
                                 const std::vector<reuse::PageNote>& pages,
                                 const reuse::OutletLines& learned,
                                 const std::vector<std::uint64_t>& shared,
                                 const std::vector<std::uint64_t>& starts,
                                 std::vector<reuse::EdgeLine>& lines) {
    std::unordered_set<std::uint64_t> templates;
    for (const reuse::LearnedLine& line : learned.lines) templates.insert(line.key);
    for (std::uint32_t page = 0; page < pages.size(); ++page) {
      std::unordered_set<std::uint64_t> wanted;
      for (const reuse::LineNote& line : pages[page].lines) {
        const std::uint64_t start = line.start(place);
        if (std::binary_search(starts.begin(), starts.end(), start) &&
            !templates.contains(line.key) &&
            !std::binary_search(shared.begin(), shared.end(), line.key)) {
          wanted.insert(line.key);
        }
      }
      if (wanted.empty()) continue;
      COPYDESK_ASSIGN_OR_RETURN(const Document document, corpus.read(pages[page].doc));
      for (std::size_t line = 0; line < document.line_keys().size(); ++line) {
        if (wanted.erase(document.line_keys()[line]) == 0) continue;
        lines.push_back(reuse::edge_line(document, line, place));
        lines.back().page = page;
        lines.back().group = learned.page_groups[page];
      }
    }
    return {};
  }

  // A phrase that was learned, and where it stands for all to see.
  struct Found {
    OutletPhrase phrase;
    const reuse::EdgeLine* example = nullptr;
    std::uint64_t doc = 0;  // of the example
  };

  // The row of a phrase, but for its text and what is known of its outlet.
  static Found describe(TemplatePlace place, const std::vector<reuse::PageNote>& pages,
                        const std::vector<reuse::EdgeLine>& lines,
                        const reuse::LearnedPhrase& phrase) {
    Found found;
    found.phrase.words = phrase.words;
    TemplateLine& row = found.phrase.row;
    row.place = place;
    row.key = phrase.key;
    row.support = phrase.support;
    const reuse::EdgeLine* example = &lines[phrase.members.front()];
    std::uint32_t earliest = example->page;
    std::uint32_t latest = example->page;
    std::set<std::uint32_t> on;
    std::uint64_t position = 0;
    for (const std::uint32_t member : phrase.members) {
      const reuse::EdgeLine& line = lines[member];
      on.insert(line.page);
      if (pages[line.page].doc < pages[example->page].doc) example = &line;
      if (reuse::is_earlier(pages[line.page], pages[earliest])) earliest = line.page;
      if (reuse::is_earlier(pages[latest], pages[line.page])) latest = line.page;
      const auto noted = std::lower_bound(
          pages[line.page].lines.begin(), pages[line.page].lines.end(), line.key,
          [](const reuse::LineNote& note, std::uint64_t key) { return note.key < key; });
      position += noted->position;
    }
    row.pages = on.size();
    row.position =
        static_cast<double>(position) / 1000 / static_cast<double>(phrase.members.size());
    row.first_date = pages[earliest].date;
    row.last_date = pages[latest].date;
    found.example = example;
    found.doc = pages[example->page].doc;
    return found;
  }

  // Fills the text of each row from its example. A document is read once, whatever stands in it.
  static Result<void> read_phrases(const Corpus& corpus, std::vector<Found>& found) {
    std::vector<Found*> by_doc;
    for (Found& phrase : found) by_doc.push_back(&phrase);
    std::sort(by_doc.begin(), by_doc.end(),
              [](const Found* a, const Found* b) { return a->doc < b->doc; });
    std::optional<Document> document;
    for (Found* phrase : by_doc) {
      if (!document || document->doc() != phrase->doc) {
        document.reset();
        COPYDESK_ASSIGN_OR_RETURN(document, corpus.read(phrase->doc));
      }
      TemplateLine& row = phrase->phrase.row;
      const text::Line& line = document->lines()[phrase->example->line];
      const std::uint32_t edge = phrase->example->words[phrase->phrase.words - 1].edge;
      row.text =
          reuse::normalized_phrase(row.place == TemplatePlace::kPrefix
                                       ? document->text().substr(line.begin, edge - line.begin)
                                       : document->text().substr(edge, line.end - edge));
    }
    return {};
  }

  // The text of each row, from its document: only keys are kept while learning.
  static Result<void> read_texts(const Corpus& corpus, const std::vector<std::uint64_t>& docs,
                                 std::vector<TemplateLine>& rows) {
    std::map<std::uint64_t, std::vector<std::size_t>> rows_of;
    for (std::size_t i = 0, line = 0; i < rows.size(); ++i) {
      if (rows[i].place == TemplatePlace::kLine) rows_of[docs[line++]].push_back(i);
    }
    const std::vector<std::pair<std::uint64_t, std::vector<std::size_t>>> reads(rows_of.begin(),
                                                                                rows_of.end());
    return corpus.parallel_for(reads.size(), [&](std::size_t i) -> Result<void> {
      COPYDESK_ASSIGN_OR_RETURN(const Document document, corpus.read(reads[i].first));
      std::unordered_map<std::uint64_t, std::size_t> line_of;
      for (std::size_t line = 0; line < document.line_keys().size(); ++line) {
        line_of.try_emplace(document.line_keys()[line], line);
      }
      for (const std::size_t row : reads[i].second) {
        const auto line = line_of.find(rows[row].key);
        if (line == line_of.end()) {
          return Error{ErrorCode::kInternal, "strip_templates: document " +
                                                 std::to_string(reads[i].first) +
                                                 " has lost a line since it was observed"};
        }
        rows[row].text = text::normalized_line(document.line(line->second));
      }
      return {};
    });
  }

  reuse::TemplateRule rule_;
  double max_share_;
  ScratchSpace* scratch_ = nullptr;
  reuse::NameTable outlets_;
  reuse::PageFile pages_;
  std::vector<std::uint64_t> shared_;  // keys of sentences that many outlets carry, ascending
  reuse::TemplateTable table_;
};

Result<std::unique_ptr<Stage>> make_stage(const Options& options) {
  if (options.templates.empty()) {
    return std::unique_ptr<Stage>(std::make_unique<LearnTemplates>(options));
  }
  COPYDESK_ASSIGN_OR_RETURN(reuse::TemplateTable table, reuse::read_templates(options.templates));
  return std::unique_ptr<Stage>(
      std::make_unique<ApplyTemplates>(std::move(table), options.max_share));
}

}  // namespace

StageSpec strip_templates() {
  return StageSpecBuilder<Options>("strip_templates", StageKind::kCorpus)
      .summary(
          "Cuts lines, and beginnings and ends of lines, that recur on the pages of an outlet.")
      .edits_text()
      .not_idempotent()
      .reasons({Reason::kTemplateLine})
      .option("min_support", &Options::min_support, {2, 1'000'000},
              "Fewest groups of near-duplicate pages that have the line.")
      .option(
          "min_share", &Options::min_share, {0, 1},
          "Smallest share of the outlet's groups that have the line; twice as much for sentences "
          "and bare numbers.")
      .option("max_words", &Options::max_words, {0, 1'000'000},
              "Longest template line in words; 0: any length.")
      .option(
          "max_share", &Options::max_share, {0, 1},
          "Largest share of a document's sentences that lines found on fewer than half of the "
          "pages may take; above it only lines of more pages are cut, and the document is flagged.")
      .option("templates", &Options::templates,
              "Path of a template file to apply instead of learning; empty: learn.")
      .make(make_stage);
}

}  // namespace copydesk::stages
