// strip_templates: learns the lines that recur on an outlet's pages, and what its lines begin and
// end with again and again, and cuts them.
//
// Works from two pages of an outlet on, inside lines from three. A document without outlet teaches
// nothing and loses nothing, but for the lines that a template file gives to all outlets. With a
// template file the stage learns nothing and needs no other document.
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "copydesk/stage_spec.h"
#include "copydesk/text/lines.h"
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

struct PageObservation : Observation {
  std::vector<std::pair<std::string, reuse::PageNote>> pages;  // outlet, page
};

class LearnTemplates : public CorpusStage {
 public:
  explicit LearnTemplates(const Options& options)
      : rule_{static_cast<std::uint64_t>(options.min_support), options.min_share,
              static_cast<std::uint64_t>(options.max_words)},
        max_share_(options.max_share) {}

  std::unique_ptr<Observation> make_observation() const override {
    return std::make_unique<PageObservation>();
  }

  void observe(const Document& document, Observation& observation) const override {
    if (document.outlet().empty()) return;
    static_cast<PageObservation&>(observation)
        .pages.emplace_back(document.outlet(), reuse::note_page(document));
  }

  Result<void> combine(Observation& observation) override {
    for (auto& [outlet, page] : static_cast<PageObservation&>(observation).pages) {
      outlets_[outlet].push_back(std::move(page));
    }
    return {};
  }

  Result<void> finalize(const Corpus& corpus, FindingsSink& sink) override {
    std::vector<std::string_view> names;
    std::vector<const std::vector<reuse::PageNote>*> pages;
    for (const auto& [name, notes] : outlets_) {
      names.push_back(name);
      pages.push_back(&notes);
    }
    std::vector<reuse::OutletLines> learned(names.size());
    COPYDESK_RETURN_IF_ERROR(corpus.parallel_for(names.size(), [&](std::size_t i) {
      learned[i] = reuse::learn_outlet(*pages[i], rule_);
      return Result<void>();
    }));
    const std::vector<std::uint64_t> shared = reuse::drop_shared_sentences(learned);
    std::vector<std::vector<OutletPhrase>> phrases(names.size());
    for (const TemplatePlace place : {TemplatePlace::kPrefix, TemplatePlace::kSuffix}) {
      COPYDESK_RETURN_IF_ERROR(learn_phrases(corpus, place, pages, learned, shared, phrases));
    }

    std::vector<TemplateLine> rows;
    std::vector<std::uint64_t> docs;  // one that has the line, for each row of a line
    std::uint64_t groups = 0;
    std::uint64_t single = 0;  // outlets that cannot teach
    for (std::size_t i = 0; i < names.size(); ++i) {
      groups += learned[i].groups;
      if (learned[i].groups < 2) ++single;
      for (const reuse::LearnedLine& line : learned[i].lines) {
        table_.add(names[i], line.key, {line.support, learned[i].groups, false});
        TemplateLine row;
        row.outlet = names[i];
        row.key = line.key;
        row.support = line.support;
        row.pages = line.pages;
        row.outlet_groups = learned[i].groups;
        row.position = line.position;
        row.first_date = (*pages[i])[line.earliest].date;
        row.last_date = (*pages[i])[line.latest].date;
        rows.push_back(std::move(row));
        docs.push_back(line.doc);
      }
      for (OutletPhrase& phrase : phrases[i]) {
        TemplateLine& row = phrase.row;
        row.outlet = names[i];
        row.outlet_groups = learned[i].groups;
        table_.add_phrase(names[i], row.place, row.key, phrase.words,
                          {row.support, row.outlet_groups, false});
        rows.push_back(std::move(row));
      }
    }
    COPYDESK_RETURN_IF_ERROR(read_texts(corpus, docs, rows));
    for (const TemplateLine& row : rows) COPYDESK_RETURN_IF_ERROR(sink.add(row));
    sink.note("outlets", static_cast<double>(names.size()));
    sink.note("outlets_with_one_group", static_cast<double>(single));
    sink.note("page_groups", static_cast<double>(groups));
    outlets_.clear();
    return {};
  }

  Verdict process(const Document& document, Local* /*local*/, Edits& edits,
                  DocumentFindings& findings) const override {
    cut_templates(document, table_, max_share_, edits, findings);
    return Verdict::keep();
  }

 private:
  struct OutletPhrase {
    TemplateLine row;
    std::size_t words = 0;
  };

  // Adds what lines of each outlet begin or end with. Only pages whose lines have a start that
  // recurs are read.
  Result<void> learn_phrases(const Corpus& corpus, TemplatePlace place,
                             const std::vector<const std::vector<reuse::PageNote>*>& pages,
                             const std::vector<reuse::OutletLines>& learned,
                             const std::vector<std::uint64_t>& shared,
                             std::vector<std::vector<OutletPhrase>>& phrases) const {
    std::vector<std::vector<std::uint64_t>> starts(pages.size());
    COPYDESK_RETURN_IF_ERROR(corpus.parallel_for(pages.size(), [&](std::size_t i) {
      starts[i] = reuse::recurring_starts(*pages[i], learned[i], shared, place, rule_);
      return Result<void>();
    }));
    const std::unordered_map<std::uint64_t, std::size_t> outlets =
        reuse::outlets_of_starts(pages, starts, place);
    return corpus.parallel_for(pages.size(), [&](std::size_t i) -> Result<void> {
      if (starts[i].empty()) return {};
      std::vector<reuse::EdgeLine> lines;
      COPYDESK_RETURN_IF_ERROR(
          read_lines(corpus, place, *pages[i], learned[i], shared, starts[i], lines));
      for (const reuse::LearnedPhrase& phrase :
           reuse::learn_phrases(lines, place, rule_, learned[i].groups)) {
        const bool elsewhere = outlets.at(phrase.start) > reuse::kSentenceOutlets;
        if (elsewhere && !reuse::is_sure(phrase.support, learned[i].groups)) continue;
        COPYDESK_ASSIGN_OR_RETURN(OutletPhrase found,
                                  describe(corpus, place, *pages[i], lines, phrase));
        phrases[i].push_back(std::move(found));
      }
      return {};
    });
  }

  // The lines of an outlet's pages whose start recurs, from the end that `place` names.
  static Result<void> read_lines(const Corpus& corpus, TemplatePlace place,
                                 const std::vector<reuse::PageNote>& pages,
                                 const reuse::OutletLines& learned,
                                 const std::vector<std::uint64_t>& shared,
                                 const std::vector<std::uint64_t>& starts,
                                 std::vector<reuse::EdgeLine>& lines) {
    std::unordered_set<std::uint64_t> others(shared.begin(), shared.end());
    for (const reuse::LearnedLine& line : learned.lines) others.insert(line.key);
    for (std::uint32_t page = 0; page < pages.size(); ++page) {
      std::unordered_set<std::uint64_t> wanted;
      for (const reuse::LineNote& line : pages[page].lines) {
        const std::uint64_t start = line.start(place);
        if (!others.contains(line.key) && std::binary_search(starts.begin(), starts.end(), start)) {
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

  // The row of a phrase, but for what is known of its outlet.
  static Result<OutletPhrase> describe(const Corpus& corpus, TemplatePlace place,
                                       const std::vector<reuse::PageNote>& pages,
                                       const std::vector<reuse::EdgeLine>& lines,
                                       const reuse::LearnedPhrase& phrase) {
    OutletPhrase found;
    found.words = phrase.words;
    TemplateLine& row = found.row;
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
    COPYDESK_ASSIGN_OR_RETURN(const Document document, corpus.read(pages[example->page].doc));
    const text::Line& line = document.lines()[example->line];
    const std::uint32_t edge = example->words[phrase.words - 1].edge;
    row.text = reuse::normalized_phrase(place == TemplatePlace::kPrefix
                                            ? document.text().substr(line.begin, edge - line.begin)
                                            : document.text().substr(edge, line.end - edge));
    return found;
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
  std::map<std::string, std::vector<reuse::PageNote>> outlets_;
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
