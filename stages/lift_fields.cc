// lift_fields: finds title, outlet, author, captions and date line by their shape.
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cleaning/find_authors.h"
#include "cleaning/find_fields.h"
#include "cleaning/find_slides.h"
#include "cleaning/find_title.h"
#include "copydesk/stage_spec.h"

namespace copydesk::stages {
namespace {

struct Options {
  std::string captions = "lift";
};

class LiftFields : public DocumentStage {
 public:
  explicit LiftFields(const Options& options) : keep_captions_(options.captions == "keep") {}

  Verdict process(const Document& document, Local* /*local*/, Edits& edits,
                  DocumentFindings& findings) const override {
    const cleaning::TextView page = cleaning::TextView::of(document);
    const std::vector<cleaning::LineShape> shapes = cleaning::line_shapes(page);
    cleaning::PageContext context = cleaning::context_of(document, shapes);
    context.keep_captions = keep_captions_;
    const cleaning::Article article = cleaning::article_of(document);
    context.slides = cleaning::slide_lines(cleaning::find_slides(article), document, shapes);
    const std::optional<std::size_t> title = cleaning::find_title(article, context.title);
    if (title && context.title.empty()) {
      context.title = article.bytes(*title);
      findings.lifted.push_back({Field::kTitle, std::string(context.title)});
    }
    const std::vector<cleaning::AuthorLine> authors = cleaning::find_authors(article, title);
    lift_authors(authors, context, findings);
    for (const std::size_t line : byline_lines(authors, article, document, shapes)) {
      edits.cut_line(line, Reason::kMetaByline, "byline");
    }
    cleaning::FieldOutcome outcome = cleaning::find_fields(page, shapes, context);
    for (const cleaning::FieldCut& cut : outcome.cuts) {
      edits.cut_line(cut.line, cut.reason, cut.rule);
    }
    findings.lifted.insert(findings.lifted.end(), std::make_move_iterator(outcome.lifted.begin()),
                           std::make_move_iterator(outcome.lifted.end()));
    return Verdict::keep();
  }

 private:
  // An author that the rules have lifted stands.
  static void lift_authors(const std::vector<cleaning::AuthorLine>& lines,
                           cleaning::PageContext& context, DocumentFindings& findings) {
    if (!context.author.empty()) return;
    for (const cleaning::AuthorLine& line : lines) {
      for (const std::string_view name : line.names) {
        findings.lifted.push_back({Field::kAuthor, std::string(name)});
        context.author = name;
      }
    }
  }

  const bool keep_captions_;
};

}  // namespace

StageSpec lift_fields() {
  return StageSpecBuilder<Options>("lift_fields", StageKind::kDocument)
      .summary("Finds title, outlet, author, captions and date line by their shape.")
      .reasons(
          {Reason::kOutletName, Reason::kMetaByline, Reason::kCaptionCredit, Reason::kCaptionDup})
      .option("captions", &Options::captions, {"lift", "keep"},
              "Whether captions leave the text for a field or stay.")
      .make([](const Options& options) { return std::make_unique<LiftFields>(options); });
}

}  // namespace copydesk::stages
