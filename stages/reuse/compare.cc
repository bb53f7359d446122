#include "copydesk/compare.h"

#include <algorithm>
#include <string>

#include "reuse/align.h"
#include "reuse/passages.h"
#include "reuse/sketch.h"
#include "reuse/verify.h"

namespace copydesk {

Comparison compare_texts(std::string_view a, std::string_view b, std::uint32_t min_passage_words) {
  const std::uint32_t min_words = std::max(min_passage_words, 1U);
  const reuse::PreparedDocument left(Document({}, std::string(a)));
  const reuse::PreparedDocument right(Document({}, std::string(b)));
  const auto [similarity, runs] = reuse::align(left.words(), right.words(), min_words);
  reuse::Sketch sketch_a;
  reuse::Sketch sketch_b;
  reuse::sketch_shingles(left.words().shingles.in_order(), sketch_a);
  reuse::sketch_shingles(right.words().shingles.in_order(), sketch_b);

  Comparison comparison;
  comparison.words_a = left.document().words().size();
  comparison.words_b = right.document().words().size();
  comparison.shingles_a = similarity.shingles_a;
  comparison.shingles_b = similarity.shingles_b;
  comparison.shared_shingles = similarity.shared;
  comparison.jaccard = similarity.jaccard;
  comparison.containment_a = similarity.containment_a;
  comparison.containment_b = similarity.containment_b;
  comparison.coverage_a = similarity.coverage_a;
  comparison.coverage_b = similarity.coverage_b;
  comparison.sketch_jaccard = reuse::estimate_jaccard(sketch_a, sketch_b);
  for (const reuse::SharedRun& run : runs) comparison.shared_words += run.length;
  comparison.passages = reuse::make_passages({left.document(), left.quotations()},
                                             {right.document(), right.quotations()}, runs);
  return comparison;
}

}  // namespace copydesk
