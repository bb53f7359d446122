#include "copydesk/text/document_frequencies.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>

namespace copydesk::text {
namespace {

constexpr std::string_view kHeader = "copydesk background 1";
constexpr std::size_t kHashDigits = 8;
constexpr std::size_t kWordsOfALine = 10;

// All of `digits` as a number.
std::optional<std::uint64_t> parse_number(std::string_view digits, int base) {
  std::uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

// Cuts off what stands before the next `separator`, which goes too.
std::string_view take(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return taken;
}

}  // namespace

DocumentFrequencies::DocumentFrequencies(
    std::uint64_t documents, const std::unordered_map<std::uint64_t, std::uint32_t>& counts)
    : documents_(documents),
      least_(static_cast<std::uint32_t>(
          std::clamp<std::uint64_t>(documents / 500, std::min<std::uint64_t>(documents, 2), 20))) {
  assert(documents > 0);
  for (const auto& [word, count] : counts) {
    if (count >= least_) counts_.emplace_back(static_cast<std::uint32_t>(word >> 32), count);
  }
  // Of two words with one half the more frequent stays.
  std::sort(counts_.begin(), counts_.end(), [](const Count& a, const Count& b) {
    return a.first != b.first ? a.first < b.first : a.second > b.second;
  });
  counts_.erase(std::unique(counts_.begin(), counts_.end(),
                            [](const Count& a, const Count& b) { return a.first == b.first; }),
                counts_.end());
  index_counts();
}

Result<DocumentFrequencies> DocumentFrequencies::parse(std::string_view bytes,
                                                       std::string_view name) {
  std::size_t line_number = 0;
  const auto fault = [&](std::string_view what) {
    return Error{ErrorCode::kCorrupt, std::string(name) + ": line " + std::to_string(line_number) +
                                          ": " + std::string(what)};
  };
  const auto next_line = [&] {
    ++line_number;
    return take(bytes, '\n');
  };
  if (next_line() != kHeader) {
    return fault("a background table begins with \"" + std::string(kHeader) + "\"");
  }

  DocumentFrequencies table;
  const auto named_number = [&](std::string_view key) -> std::optional<std::uint64_t> {
    std::string_view line = next_line();
    if (take(line, ' ') != key) return std::nullopt;
    return parse_number(line, 10);
  };
  const std::optional<std::uint64_t> documents = named_number("documents");
  if (!documents || *documents == 0) return fault("must be \"documents\" and a number above 0");
  table.documents_ = *documents;
  const std::optional<std::uint64_t> least = named_number("least");
  if (!least || *least == 0 || *least > std::min<std::uint64_t>(*documents, UINT32_MAX)) {
    return fault("must be \"least\" and a number from 1 to that of the documents");
  }
  table.least_ = static_cast<std::uint32_t>(*least);

  while (!bytes.empty()) {
    std::string_view line = next_line();
    const std::optional<std::uint64_t> count = parse_number(take(line, ' '), 10);
    if (!count || *count < *least || *count > *documents || *count > UINT32_MAX) {
      return fault("must begin with a count from " + std::to_string(*least) + " to " +
                   std::to_string(*documents));
    }
    if (line.empty()) return fault("has no words after the count");
    while (!line.empty()) {
      const std::string_view digits = take(line, ' ');
      const std::optional<std::uint64_t> half = parse_number(digits, 16);
      if (!half || digits.size() != kHashDigits) {
        return fault("\"" + std::string(digits) + "\" is not a word of eight hexadecimal digits");
      }
      table.counts_.emplace_back(static_cast<std::uint32_t>(*half),
                                 static_cast<std::uint32_t>(*count));
    }
  }
  std::sort(table.counts_.begin(), table.counts_.end());
  const auto twice =
      std::adjacent_find(table.counts_.begin(), table.counts_.end(),
                         [](const Count& a, const Count& b) { return a.first == b.first; });
  if (twice != table.counts_.end()) {
    char digits[kHashDigits + 1];
    std::snprintf(digits, sizeof digits, "%08x", twice->first);
    return Error{ErrorCode::kCorrupt,
                 std::string(name) + ": the word " + digits + " stands there twice"};
  }
  table.index_counts();
  return table;
}

std::string DocumentFrequencies::render() const {
  std::vector<Count> by_count = counts_;
  std::stable_sort(by_count.begin(), by_count.end(),
                   [](const Count& a, const Count& b) { return a.second > b.second; });
  std::string out = std::string(kHeader) + "\ndocuments " + std::to_string(documents_) +
                    "\nleast " + std::to_string(least_) + "\n";
  std::size_t words = 0;  // in the line
  for (std::size_t i = 0; i < by_count.size(); ++i) {
    if (i == 0 || by_count[i].second != by_count[i - 1].second || words == kWordsOfALine) {
      if (i > 0) out += '\n';
      out += std::to_string(by_count[i].second);
      words = 0;
    }
    char digits[kHashDigits + 2];
    std::snprintf(digits, sizeof digits, " %08x", by_count[i].first);
    out += digits;
    ++words;
  }
  if (!by_count.empty()) out += '\n';
  return out;
}

void DocumentFrequencies::index_counts() {
  const std::size_t room = counts_.size() + counts_.size() / 2;
  const int bits = std::max(1, static_cast<int>(std::bit_width(room)));
  shift_ = 32 - bits;
  entries_.resize(std::size_t{1} << bits);
  for (const auto& [half, count] : counts_) {
    std::size_t at = half >> shift_;
    while (entries_[at].count != 0) at = (at + 1) & (entries_.size() - 1);
    entries_[at] = {half, count, std::log(share_of(count))};
  }
  log_unknown_ = std::log(share_of(least_ / 2.0));
}

double DocumentFrequencies::share(std::uint64_t word) const {
  const Entry* entry = find(word);
  return share_of(entry != nullptr ? entry->count : least_ / 2.0);
}

}  // namespace copydesk::text
