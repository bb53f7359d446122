// Finds by shape what no phrase can know: the title, the outlet's name, a bare author's name,
// captions, the date line. The kernel of lift_fields.
//
// Every finding that removes text needs evidence besides the shape of the line; the counts on
// labelled pages that each rests on stand in the decision record on cleaning.
#ifndef COPYDESK_CLEANING_FIND_FIELDS_H_
#define COPYDESK_CLEANING_FIND_FIELDS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "cleaning/article.h"
#include "cleaning/line_shape.h"
#include "copydesk/document.h"
#include "copydesk/reason.h"

namespace copydesk::cleaning {

// What is known of a page besides its text.
struct PageContext {
  std::string_view title;   // of the record, or found (find_title.h); may be empty
  std::string_view outlet;  // given or lifted before; may be empty
  std::string_view author;  // lifted before; may be empty
  std::string_view site;    // lifted before; may be empty
  // For each line, why text between it and the line before it (blanks apart) was removed earlier.
  std::vector<ReasonMask> removed_before;
  // For each line, whether it is of a slide show (find_slides.h); empty if there is none.
  std::vector<bool> slides;
  bool keep_captions = false;  // captions stay where they are
};

// A line that goes.
struct FieldCut {
  std::size_t line = 0;
  Reason reason = Reason::kBlank;
  std::string_view rule;  // static: names the finding in the audit
};

struct FieldOutcome {
  std::vector<FieldCut> cuts;  // ascending by line
  std::vector<LiftedField> lifted;
};

// The context of a document as earlier stages left it. The views live as long as the document is
// not edited.
[[nodiscard]] PageContext context_of(const Document& document, std::span<const LineShape> shapes);

// What it finds, and removes:
//   title         copied: the headline of a head of three lines at most, if no title is known
//   dateline      copied: "SEOUL (Reuters)" before the dash of the first body line
//   outlet        the host of a site line, if there is no other; nothing removed
//   outlet_line   a head or tail line that is the outlet's name
//   doubled_name  a name that stands twice, alone, in the head: a logo and its text. The first of
//                 a page also is its outlet, if there is no other
//   bare_name     a person's name alone beside the title, next to a section, outlet or date line
//                 that was removed; not if the body names that person
//   doubled_caption, title_credit, picture_label   captions
//   slide_show    the captions of PageContext::slides; their counters go with them
// On a page without running text it finds nothing. Pure. Cost: linear in the text.
[[nodiscard]] FieldOutcome find_fields(const TextView& page, std::span<const LineShape> shapes,
                                       const PageContext& context);

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_FIND_FIELDS_H_
