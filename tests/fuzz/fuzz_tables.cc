// Files that stages are given - templates, a background table, a line model: read, or refused with
// what is wrong; what was read can be used and written again.
#include <xxhash.h>

#include <cmath>
#include <string>
#include <vector>

#include "cleaning/line_features.h"
#include "cleaning/line_model.h"
#include "copydesk/text/document_frequencies.h"
#include "copydesk/text/lines.h"
#include "fuzz.h"
#include "reuse/template_phrases.h"
#include "reuse/templates_file.h"
#include "rows.h"

namespace copydesk {
namespace {

using fuzz::as_text;
using fuzz::Feed;
using fuzz::require;

void read_templates(std::string_view bytes) {
  reuse::TemplateTable table;
  std::vector<Diagnostic> faults;
  reuse::parse_templates(bytes, "templates.jsonl", table, faults);
  std::vector<text::Line> lines;
  text::split_lines(bytes, lines);
  require(faults.size() + table.size() <= lines.size(), "a row is a template or a fault");
  int last = 0;
  for (const Diagnostic& fault : faults) {
    require(fault.line > last && fault.line <= static_cast<int>(lines.size()), "it names its line");
    last = fault.line;
  }
}

// A row as a run writes it.
void write_and_read_template(Feed& feed) {
  TemplateLine line;
  line.outlet = "o" + as_text(feed.bytes());
  line.place = static_cast<TemplatePlace>(feed.below(3));
  const std::string text = as_text(feed.bytes());
  const bool whole = line.place == TemplatePlace::kLine;
  line.text = whole ? text::normalized_line(text) : reuse::normalized_phrase(text);
  const reuse::PhraseKey phrase = reuse::phrase_key(text, line.place);
  line.key = whole ? text::line_key(text) : phrase.key;
  line.support = feed.number();
  line.outlet_groups = feed.number();
  if (line.text.empty() || (!whole && phrase.words == 0)) return;
  std::string row;
  append_template_row(line, row);
  reuse::TemplateTable table;
  std::vector<Diagnostic> faults;
  reuse::parse_templates(row, "templates.jsonl", table, faults);
  require(faults.empty() && table.size() == 1, "a row that we wrote is read");
  std::optional<reuse::Backing> found;
  if (whole) {
    found = table.find(line.outlet, line.key);
  } else {
    const reuse::PhraseSet* phrases = table.phrases(line.outlet, line.place);
    require(phrases != nullptr, "with its outlet");
    const auto it = phrases->phrases.find(line.key);
    if (it != phrases->phrases.end()) found = it->second;
  }
  require(found.has_value(), "under its key");
  require(found->support == line.support && found->groups == line.outlet_groups,
          "with what backs it");
}

void read_background(std::string_view bytes) {
  const Result<text::DocumentFrequencies> table =
      text::DocumentFrequencies::parse(bytes, "background.txt");
  if (!table.ok()) return;
  const std::string written = table->render();
  const Result<text::DocumentFrequencies> again =
      text::DocumentFrequencies::parse(written, "written.txt");
  require(again.ok() && again->render() == written, "what was read can be written");
  for (const std::uint64_t word : {std::uint64_t{0}, ~std::uint64_t{0}, text::word_hash("the")}) {
    const double share = table->share(word);
    require(share > 0 && share <= 1, "a share is in (0, 1]");
    require(std::isfinite(table->log_share(word)), "and has a logarithm");
  }
}

// The head of a model and its checksum stand for themselves, or nearly nothing would be reached.
void read_model(std::string_view bytes) {
  std::string file = "copydesk line model 1\n";
  for (const std::uint32_t number :
       {cleaning::kLineFeatureVersion, static_cast<std::uint32_t>(cleaning::kLineNumbers)}) {
    file.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  file += bytes;
  const std::uint64_t sum = XXH3_64bits(file.data(), file.size());
  file.append(reinterpret_cast<const char*>(&sum), sizeof sum);
  const Result<cleaning::LineModel> model = cleaning::LineModel::parse(file, "model.bin");
  if (!model.ok()) return;
  const Document document(DocumentFields{},
                          "Menu\nThe ferry to the island stops on Friday.\nShare");
  cleaning::LineFeatures features;
  cleaning::line_features(document, features);
  cleaning::LineModel::Scratch scratch;
  std::vector<float> scores;
  model->score(features, scratch, scores);
  require(scores.size() == features.lines.size(), "a score for each line");
  for (const float score : scores) {
    const float chance = model->probability(score);
    require(chance >= 0 && chance <= 1, "which says how likely it is chrome");
  }
  (void)model->threshold(0.5);
}

}  // namespace
}  // namespace copydesk

// The first byte says which; templates and tables are text, so that they begin as they do.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = copydesk::fuzz::bytes_of(data, size);
  if (bytes.starts_with('\x01')) {
    copydesk::read_model(bytes.substr(1));
  } else if (bytes.starts_with('\x02')) {
    copydesk::fuzz::Feed feed(bytes.substr(1));
    copydesk::write_and_read_template(feed);
  } else if (bytes.starts_with("copydesk")) {
    copydesk::read_background(bytes);
  } else {
    copydesk::read_templates(bytes);
  }
  return 0;
}
