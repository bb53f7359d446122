#include "cleaning/choose_lines.h"

#include <algorithm>

namespace copydesk::cleaning {

LineChoice choose_lines(std::span<const ModelLine> lines, std::span<const float> scores,
                        std::span<const float> chances, float threshold, double max_document_loss) {
  LineChoice choice;
  const auto content = [&](std::size_t i) {
    return static_cast<double>(lines[i].living) * (1.0 - static_cast<double>(chances[i]));
  };
  double all = 0;
  double lost = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].alive) continue;
    all += content(i);
    if (!(scores[i] >= threshold)) continue;  // also if it is no number
    lost += content(i);
    choice.lines.push_back(static_cast<std::uint32_t>(i));
  }
  const double most = max_document_loss * std::max(all, kShortArticle);
  if (lost <= most) return choice;
  std::sort(choice.lines.begin(), choice.lines.end(), [&](std::uint32_t a, std::uint32_t b) {
    return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
  });
  while (!choice.lines.empty() && lost > most) {
    lost -= content(choice.lines.back());
    choice.lines.pop_back();
    choice.guarded = true;
  }
  std::sort(choice.lines.begin(), choice.lines.end());
  return choice;
}

}  // namespace copydesk::cleaning
