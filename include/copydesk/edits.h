// What a stage returns for one document: what it wants gone, and what else it found.
//
// A stage speaks of the living text it sees; Edits turns that into bytes of the original. The
// engine applies, counts and audits them after the stage has returned, so a stage never sees its
// own edits.
#ifndef COPYDESK_EDITS_H_
#define COPYDESK_EDITS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "copydesk/document.h"
#include "copydesk/reason.h"

namespace copydesk {

// Collects the edits of one stage on one document. Not thread-safe; lives for one process() call.
class Edits {
 public:
  // `document` must outlive this object and stay unedited.
  explicit Edits(const Document& document) : document_(document) {}

  // Removes line `line` of document.lines() with its line break.
  void cut_line(std::size_t line, Reason reason, std::string_view rule = {});
  // Removes a span of the living text. A span that would cut a word or a code point in two, or
  // without which two words would become one, is refused (false): nothing is removed.
  bool cut(Span living, Reason reason, std::string_view rule = {});
  // Puts `with` in the place of a span of the living text; refused if an end of the span would cut
  // a word or a code point in two.
  bool replace(Span living, std::string_view with, Reason reason, std::string_view rule = {});

  [[nodiscard]] bool empty() const { return edits_.empty(); }
  [[nodiscard]] std::size_t size() const { return edits_.size(); }
  // Forgets all edits so far, e.g. because the document guard says no.
  void clear() { edits_.clear(); }

  // For the engine: the edits in spans of the original, `stage` still empty.
  [[nodiscard]] std::vector<AppliedEdit> take() { return std::move(edits_); }
  // Spans of the original, for a stage that weighs its own edits.
  [[nodiscard]] std::span<const AppliedEdit> view() const { return edits_; }

 private:
  const Document& document_;
  std::vector<AppliedEdit> edits_;
};

// Collects what else a stage found out about one document.
struct DocumentFindings {
  std::vector<LiftedField> lifted;
  std::vector<Flag> flags;
  std::optional<ClusterTag> cluster;
  std::optional<std::uint64_t> story;
  // The document's language, as text::language_code() has it; the record's own is stronger.
  std::optional<std::string> language;

  void lift(Field field, std::string_view value) { lifted.push_back({field, std::string(value)}); }
};

}  // namespace copydesk

#endif  // COPYDESK_EDITS_H_
