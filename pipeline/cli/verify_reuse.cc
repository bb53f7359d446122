#include "cli/verify_reuse.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "copydesk/stage_spec.h"
#include "copydesk/text/utf8.h"
#include "copydesk/text/words.h"

namespace copydesk::cli {
namespace {

constexpr std::size_t kShingleWords = 5;
// Numbers have six digits behind the point.
constexpr double kRounding = 0.51e-6;
constexpr std::size_t kCacheBytes = std::size_t{64} << 20;

// The hashes of the words of a shingle; of a shorter text all its words and zeros.
using Shingle = std::array<std::uint64_t, kShingleWords>;

struct Compared {
  SpooledText text;
  std::string living;
  std::vector<text::Word> words;          // of the living text
  std::vector<Shingle> shingles;          // ascending, distinct
  std::vector<std::uint32_t> shingle_at;  // index of the shingle that begins at a word

  [[nodiscard]] std::size_t bytes() const {
    return text.original.size() + living.size() + words.size() * sizeof(text::Word) +
           shingles.size() * sizeof(Shingle) + shingle_at.size() * 4 + 1024;
  }
};

void find_shingles(Compared& one) {
  if (one.words.empty()) return;
  const std::size_t length = std::min(kShingleWords, one.words.size());
  std::vector<Shingle> all(one.words.size() - length + 1);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].fill(0);
    for (std::size_t k = 0; k < length; ++k) all[i][k] = one.words[i + k].hash;
  }
  one.shingles = all;
  std::sort(one.shingles.begin(), one.shingles.end());
  one.shingles.erase(std::unique(one.shingles.begin(), one.shingles.end()), one.shingles.end());
  for (const Shingle& shingle : all) {
    const auto found = std::lower_bound(one.shingles.begin(), one.shingles.end(), shingle);
    one.shingle_at.push_back(static_cast<std::uint32_t>(found - one.shingles.begin()));
  }
}

struct Measures {
  double jaccard = 0;
  double containment_a = 0;
  double containment_b = 0;
  double coverage_a = 0;
  double coverage_b = 0;
  std::size_t covered_a = 0;
  std::size_t covered_b = 0;
  bool same_words = false;
};

double share_of(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// How many words stand in a shingle that is shared.
std::size_t count_covered(const Compared& one, const std::vector<bool>& is_shared) {
  const std::size_t length = std::min(kShingleWords, one.words.size());
  std::size_t covered = 0;
  std::size_t end = 0;
  for (std::size_t i = 0; i < one.shingle_at.size(); ++i) {
    if (!is_shared[one.shingle_at[i]]) continue;
    covered += i + length - std::max(end, i);
    end = i + length;
  }
  return covered;
}

Measures measure(const Compared& a, const Compared& b) {
  std::vector<bool> in_b(a.shingles.size());
  std::vector<bool> in_a(b.shingles.size());
  std::size_t shared = 0;
  for (std::size_t i = 0, k = 0; i < a.shingles.size() && k < b.shingles.size();) {
    if (a.shingles[i] < b.shingles[k]) {
      ++i;
    } else if (b.shingles[k] < a.shingles[i]) {
      ++k;
    } else {
      in_b[i++] = true;
      in_a[k++] = true;
      ++shared;
    }
  }
  Measures m;
  m.jaccard = share_of(shared, a.shingles.size() + b.shingles.size() - shared);
  m.containment_a = share_of(shared, a.shingles.size());
  m.containment_b = share_of(shared, b.shingles.size());
  m.covered_a = count_covered(a, in_b);
  m.covered_b = count_covered(b, in_a);
  m.coverage_a = share_of(m.covered_a, a.words.size());
  m.coverage_b = share_of(m.covered_b, b.words.size());
  m.same_words = std::equal(a.words.begin(), a.words.end(), b.words.begin(), b.words.end(),
                            [](const auto& x, const auto& y) { return x.hash == y.hash; });
  return m;
}

// Whether there may be a quotation around the span: a mark stands before or at its beginning and
// behind or at its end, in its paragraphs.
bool may_be_quoted(const Compared& one, const Span& span) {
  const auto has_mark = [](std::string_view s) {
    for (const std::string_view mark :
         {"\"", "“", "”", "„", "«", "»", "‘", "’", "‚", "「", "」", "『", "』", "＂"}) {
      if (s.find(mark) != std::string_view::npos) return true;
    }
    return false;
  };
  const std::string_view text = one.text.original;
  const std::size_t line = text.rfind('\n', span.begin) + 1;  // npos + 1 is 0
  const std::size_t begin = std::min<std::size_t>(line, span.begin);
  const std::size_t end = std::min(text.find('\n', span.end - 1), text.size());
  // Cuts may have joined lines; then nothing is said.
  if (!one.text.spans.empty()) return true;
  return has_mark(text.substr(begin, span.end - begin)) &&
         has_mark(text.substr(span.begin, std::max<std::size_t>(end, span.end) - span.begin));
}

// Words of scripts without spaces are pairs of letters: where one passage ends with a pair and the
// next begins with the pair that follows, they have one letter in common.
bool may_overlap(const Compared& one, const Span& span, const Span& last) {
  if (span.begin <= last.begin || span.end <= last.end || last.end > one.text.original.size()) {
    return false;
  }
  const std::string_view both =
      std::string_view(one.text.original).substr(span.begin, last.end - span.begin);
  return static_cast<unsigned char>(both.front()) >= 0x80 && text::count_words(both) <= 1;
}

struct Thresholds {
  double near_duplicate = 0;
  double contains = 0;
  std::size_t contains_min_words = 0;
  std::size_t min_words = 0;
  double drop_coverage = 0;
};

bool differs(double x, double y) { return !(std::abs(x - y) <= kRounding); }

class ReuseVerifier {
 public:
  ReuseVerifier(const RunFolder& folder, std::vector<Known>& known, TextSpool& spool,
                Faults& faults)
      : folder_(folder), known_(known), spool_(spool), faults_(faults) {
    read_config();
  }

  Result<ReuseCounts> verify() {
    COPYDESK_RETURN_IF_ERROR(each("pairs.jsonl", [&](const Element& row) { return pair(row); }));
    if (!faults_.full()) verify_relations();
    COPYDESK_RETURN_IF_ERROR(
        each("clusters.jsonl", [&](const Element& row) { return cluster(row); }));
    if (!faults_.full()) verify_clustered();
    COPYDESK_RETURN_IF_ERROR(each("stories.jsonl", [&](const Element& row) { return story(row); }));
    if (!faults_.full()) verify_told();
    return counts_;
  }

 private:
  void read_config() {
    const std::vector<StageSpec> specs = {builtin_stages().begin(), builtin_stages().end()};
    for (const StageConfig& stage : folder_.config().stages) {
      const auto spec = std::find_if(specs.begin(), specs.end(),
                                     [&](const StageSpec& s) { return s.name == stage.name; });
      if (spec == specs.end()) continue;
      if (has_matched_ && !spec->reasons.empty()) counts_.edited_later = true;
      if (stage.name == "group_stories") has_stories_ = true;
      if (stage.name != "match_reuse") continue;
      has_matched_ = true;
      const auto number = [&](std::string_view name) {
        const auto given = stage.options.find(name);
        const OptionValue& value =
            given != stage.options.end() ? given->second : spec->option(name)->default_value;
        if (const auto* whole = std::get_if<std::int64_t>(&value)) {
          return static_cast<double>(*whole);
        }
        const auto* real = std::get_if<double>(&value);
        return real != nullptr ? *real : 0;
      };
      thresholds_ = {.near_duplicate = number("near_duplicate"),
                     .contains = number("contains"),
                     .contains_min_words = static_cast<std::size_t>(number("contains_min_words")),
                     .min_words = static_cast<std::size_t>(number("min_words")),
                     .drop_coverage = number("drop_coverage")};
    }
  }

  void fault(std::string_view what) { faults_.add(file_, row_, what); }

  template <class Fn>
  Result<void> each(std::string_view file, Fn fn) {
    file_ = file;
    row_ = 0;
    COPYDESK_ASSIGN_OR_RETURN(RowReader reader, folder_.rows(file));
    while (!faults_.full()) {
      COPYDESK_ASSIGN_OR_RETURN(const bool more, reader.next());
      if (!more) break;
      row_ = reader.number();
      Element row;
      if (!rows_.parse(reader.row(), row)) {
        fault("not JSON");
        continue;
      }
      COPYDESK_RETURN_IF_ERROR(fn(row));
    }
    return {};
  }

  // Whether there is such a document, under that id.
  bool is_document(std::uint64_t doc, std::string_view id) {
    if (doc >= known_.size() || known_[doc].fate == Fate::kRejected) {
      fault(fmt::format("there is no document {}", doc));
      return false;
    }
    if (known_[doc].id != hash_of(id)) {
      fault(fmt::format("document {} has not the id \"{}\"", doc, id));
      return false;
    }
    return true;
  }

  // Stands until the second-next call. Null if its audit is wrong, which is a fault already.
  Result<const Compared*> text_of(std::uint64_t doc) {
    const auto found = places_.find(doc);
    if (found != places_.end()) {
      recent_.splice(recent_.begin(), recent_, found->second);
      return static_cast<const Compared*>(&recent_.front().second);
    }
    if (known_[doc].place == kNoNumber) return static_cast<const Compared*>(nullptr);
    Compared one;
    COPYDESK_ASSIGN_OR_RETURN(one.text, spool_.read(known_[doc].place));
    one.living = apply_spans(one.text.original, one.text.spans);
    text::split_words(one.living, one.words);
    find_shingles(one);
    bytes_ += one.bytes();
    recent_.emplace_front(doc, std::move(one));
    places_[doc] = recent_.begin();
    while (bytes_ > kCacheBytes && recent_.size() > 2) {
      bytes_ -= recent_.back().second.bytes();
      places_.erase(recent_.back().first);
      recent_.pop_back();
    }
    return static_cast<const Compared*>(&recent_.front().second);
  }

  Result<void> pair(const Element& row) {
    ++counts_.pairs;
    const std::uint64_t a = number_at(row, "a_doc");
    const std::uint64_t b = number_at(row, "b_doc");
    ++relations_[string_at(row, "relation")];
    if (!is_document(a, view_at(row, "a")) || !is_document(b, view_at(row, "b"))) return {};
    if (a >= b) fault(fmt::format("document {} does not stand before {}", a, b));
    if (counts_.pairs > 1 && std::pair(a, b) <= last_pair_) {
      fault("does not follow the row before in the order of (a_doc, b_doc)");
    }
    last_pair_ = {a, b};
    const bool same_outlet = known_[a].outlet != 0 && known_[a].outlet == known_[b].outlet;
    if (bool_at(row, "same_outlet") != same_outlet) fault("same_outlet is wrong");
    if (counts_.edited_later) return {};
    COPYDESK_ASSIGN_OR_RETURN(const Compared* x, text_of(a));
    COPYDESK_ASSIGN_OR_RETURN(const Compared* y, text_of(b));
    if (x == nullptr || y == nullptr) return {};
    const Measures m = measure(*x, *y);
    for (const auto& [name, value] :
         {std::pair("jaccard", m.jaccard), std::pair("containment_a", m.containment_a),
          std::pair("containment_b", m.containment_b), std::pair("coverage_a", m.coverage_a),
          std::pair("coverage_b", m.coverage_b)}) {
      if (differs(real_at(row, name), value)) {
        fault(fmt::format("{} is {}, not {:.6f}", name, real_at(row, name), value));
      }
    }
    verify_relation(view_at(row, "relation"), m, *x, *y);
    Span last;
    std::size_t passages = 0;
    each_at(row, "passages", [&](const Element& item) {
      ++passages;
      passage(item, *x, *y, last);
    });
    counts_.passages += passages;
    if (passages == 0 && view_at(row, "relation") == "shares_passage") fault("has no passage");
    return {};
  }

  void verify_relation(std::string_view relation, const Measures& m, const Compared& a,
                       const Compared& b) {
    const bool long_enough = std::min(a.words.size(), b.words.size()) >= thresholds_.min_words;
    std::string_view expected = "shares_passage";
    const bool contains =
        m.coverage_b >= thresholds_.contains && m.covered_b >= thresholds_.contains_min_words;
    const bool contained =
        m.coverage_a >= thresholds_.contains && m.covered_a >= thresholds_.contains_min_words;
    if (m.same_words && (long_enough || relation == "exact")) {
      expected = "exact";  // short texts are, if their titles are the same, too
    } else if (long_enough && m.jaccard >= thresholds_.near_duplicate) {
      expected = "near_duplicate";
    } else if (contains && contained && m.coverage_a == m.coverage_b) {
      expected = relation == "contained" ? "contained" : "contains";  // either will do
    } else if (contains && (!contained || m.coverage_b > m.coverage_a)) {
      expected = "contains";
    } else if (contained) {
      expected = "contained";
    }
    if (relation != expected) {
      fault(fmt::format("the relation is \"{}\", not {}", relation, expected));
    }
  }

  void passage(const Element& item, const Compared& a, const Compared& b, Span& last) {
    const Span of_a = span_at(item, "a");
    const Span of_b = span_at(item, "b");
    const auto wrong = [&](std::string_view what) {
      fault(fmt::format("passage [{},{}] [{},{}]: {}", of_a.begin, of_a.end, of_b.begin, of_b.end,
                        what));
    };
    if (of_a.begin < last.end && !may_overlap(a, of_a, last)) {
      wrong("does not follow the one before");
    }
    last = of_a;
    bool replaced = false;
    for (const auto& [one, span] : {std::pair(&a, of_a), std::pair(&b, of_b)}) {
      const std::string_view original = one->text.original;
      if (span.size() == 0 || span.end > original.size()) {
        wrong("is not in the text");
        return;
      }
      for (const std::uint32_t end : {span.begin, span.end}) {
        if (!text::is_utf8_boundary(original, end))
          wrong("parts a character");
        else if (text::splits_word(original, end))
          wrong("parts a word");
      }
      for (const AuditSpan& cut : one->text.spans) {
        const bool is_cut = cut.replacement.empty();
        if (is_cut && ((cut.span.begin <= span.begin && span.begin < cut.span.end) ||
                       (cut.span.begin < span.end && span.end <= cut.span.end))) {
          wrong("begins or ends in removed text");
        }
        replaced = replaced || (!is_cut && cut.span.begin < span.end && span.begin < cut.span.end);
      }
    }
    if (bool_at(item, "quoted") && !(may_be_quoted(a, of_a) && may_be_quoted(b, of_b))) {
      wrong("is said to be quoted, but there are no quotation marks");
    }
    if (replaced) return;  // its words are not those of the originals
    text::split_words(std::string_view(a.text.original).substr(of_a.begin, of_a.size()), words_a_);
    text::split_words(std::string_view(b.text.original).substr(of_b.begin, of_b.size()), words_b_);
    const bool same =
        std::equal(words_a_.begin(), words_a_.end(), words_b_.begin(), words_b_.end(),
                   [](const text::Word& x, const text::Word& y) { return x.hash == y.hash; });
    if (!same) wrong("the words are not the same");
    if (words_a_.size() != number_at(item, "words")) {
      wrong(fmt::format("has {} words, not {}", words_a_.size(), number_at(item, "words")));
    }
  }

  // Counts of run.json.
  void verify_relations() {
    Element counts;
    if (folder_.summary()["pairs"].get(counts) != simdjson::SUCCESS) return;
    std::map<std::string, std::uint64_t> told;
    simdjson::dom::object members;
    if (counts.get(members) == simdjson::SUCCESS) {
      for (const auto& member : members) {
        told[std::string(member.key)] = number_at(counts, std::string(member.key).c_str());
      }
    }
    if (told != relations_) faults_.add("run.json", 0, "summary.pairs is not what pairs.jsonl has");
  }

  void same_count(const char* name, std::uint64_t number) {
    if (number_at(folder_.summary(), name) == number) return;
    faults_.add("run.json", 0,
                fmt::format("summary.{} is {}, but there are {}", name,
                            number_at(folder_.summary(), name), number));
  }

  struct Member {
    std::uint64_t doc = 0;
    std::string id;
    std::string outlet;
    std::string relation;
    double jaccard = 0;
    double coverage = 0;
  };

  Result<void> cluster(const Element& row) {
    const std::uint64_t number = number_at(row, "cluster");
    if (number != counts_.clusters) {
      fault(fmt::format("cluster {} where {} should be", number, counts_.clusters));
    }
    ++counts_.clusters;
    std::vector<Member> members;
    each_at(row, "members", [&](const Element& item) {
      members.push_back({number_at(item, "doc"), string_at(item, "id"), string_at(item, "outlet"),
                         string_at(item, "relation"), real_at(item, "jaccard"),
                         real_at(item, "coverage")});
    });
    counts_.members += members.size();
    largest_ = std::max<std::uint64_t>(largest_, members.size());
    if (members.size() < 2) fault("has less than two members");
    const std::uint64_t representative = number_at(row, "representative_doc");
    if (!is_document(representative, view_at(row, "representative"))) return {};
    std::set<std::string> outlets;
    double worst = 1;
    bool has_representative = false;
    bool has_first = row["first_doc"].is_null();
    const std::uint64_t first = number_at(row, "first_doc");
    for (std::size_t i = 0; i < members.size(); ++i) {
      const Member& member = members[i];
      if (!is_document(member.doc, member.id)) return {};
      Known& known = known_[member.doc];
      const auto wrong = [&](std::string_view what) {
        fault(fmt::format("member {}: {}", member.doc, what));
      };
      if (i > 0 && member.doc <= members[i - 1].doc) wrong("does not ascend");
      if (known.cluster != kNoNumber) wrong(fmt::format("is in cluster {}, too", known.cluster));
      known.cluster = number;
      if (hash_of(member.outlet) != known.outlet) wrong("has another outlet");
      if (!member.outlet.empty()) outlets.insert(member.outlet);
      has_representative = has_representative || member.doc == representative;
      has_first = has_first || member.doc == first;
      worst = std::min(worst, member.jaccard);
      if (counts_.edited_later) continue;
      COPYDESK_ASSIGN_OR_RETURN(const Compared* x, text_of(member.doc));
      COPYDESK_ASSIGN_OR_RETURN(const Compared* y, text_of(representative));
      if (x == nullptr || y == nullptr) continue;
      const Measures m = measure(*x, *y);
      if (differs(member.jaccard, m.jaccard)) {
        wrong(fmt::format("jaccard is {}, not {:.6f}", member.jaccard, m.jaccard));
      }
      if (differs(member.coverage, m.coverage_a)) {
        wrong(fmt::format("coverage is {}, not {:.6f}", member.coverage, m.coverage_a));
      }
      const bool exact = member.relation == "exact";
      const bool near = member.relation == "near_duplicate";
      if ((!exact && !near) || (exact && !m.same_words) ||
          (near && m.jaccard < thresholds_.near_duplicate)) {
        wrong(fmt::format("is not \"{}\" with the representative", member.relation));
      }
    }
    if (!has_representative) fault("the representative is no member");
    if (!has_first) fault("the first is no member");
    if (differs(real_at(row, "worst_jaccard"), worst)) {
      fault(fmt::format("worst_jaccard is {}, not {}", real_at(row, "worst_jaccard"), worst));
    }
    std::vector<std::string> expected(outlets.begin(), outlets.end());
    if (strings_at(row, "outlets") != expected) fault("outlets are not those of the members");
    if (expected.size() > kMaxTagOutlets) expected.resize(kMaxTagOutlets);
    const std::uint64_t tag = hash_of_tag(number, members.size(), expected);
    for (const Member& member : members) {
      const Known& known = known_[member.doc];
      if (known.fate != Fate::kKept) continue;
      ++tagged_;
      if (known.tag != tag) {
        fault(
            fmt::format("member {}: the cluster, its size or its outlets in clean.jsonl are others",
                        member.doc));
      }
    }
    return {};
  }

  void verify_clustered() {
    same_count("clusters", counts_.clusters);
    same_count("clustered_documents", counts_.members);
    same_count("largest_cluster", largest_);
    const auto tags = static_cast<std::uint64_t>(std::count_if(
        known_.begin(), known_.end(), [](const Known& k) { return k.tag != kNoNumber; }));
    if (tags != tagged_) {
      faults_.add("clean.jsonl", 0,
                  fmt::format("{} documents name a cluster, but clusters.jsonl has {} that stayed",
                              tags, tagged_));
    }
    for (const Known& known : known_) {
      if (!known.near || known.of >= known_.size()) continue;
      if (known.cluster == kNoNumber || known.cluster != known_[known.of].cluster) {
        faults_.add("audit.jsonl", known.row,
                    fmt::format("dropped for document {}, but in no cluster with it", known.of));
      }
    }
  }

  Result<void> story(const Element& row) {
    const std::uint64_t number = number_at(row, "story");
    if (number != counts_.stories) {
      fault(fmt::format("story {} where {} should be", number, counts_.stories));
    }
    ++counts_.stories;
    std::vector<std::uint64_t> docs;
    each_at(row, "docs", [&](const Element& item) {
      std::uint64_t doc = kNoNumber;
      if (item.get(doc) != simdjson::SUCCESS) doc = kNoNumber;
      docs.push_back(doc);
    });
    const std::vector<std::string> ids = strings_at(row, "members");
    if (ids.size() != docs.size() || docs.empty()) {
      fault("members and docs are not of the same number");
      return {};
    }
    several_ += docs.size() > 1 ? 1 : 0;
    for (std::size_t i = 0; i < docs.size(); ++i) {
      if (!is_document(docs[i], ids[i])) continue;
      if (i > 0 && docs[i] <= docs[i - 1]) fault(fmt::format("member {} does not ascend", docs[i]));
      Known& known = known_[docs[i]];
      if (!told_.insert_new(docs[i])) fault(fmt::format("document {} is in two stories", docs[i]));
      if (known.fate == Fate::kKept && known.story != number) {
        fault(fmt::format("document {} has another story in clean.jsonl", docs[i]));
      }
    }
    return {};
  }

  void verify_told() {
    same_count("stories", counts_.stories);
    same_count("stories_of_several", several_);
    if (!has_stories_) return;
    for (std::uint64_t doc = 0; doc < known_.size(); ++doc) {
      if (known_[doc].fate == Fate::kKept && !told_.has(doc)) {
        faults_.add("stories.jsonl", 0, fmt::format("document {} is in no story", doc));
      }
    }
  }

  // Documents that a story has.
  class Told {
   public:
    bool insert_new(std::uint64_t doc) {
      if (doc >= has_.size()) has_.resize(doc + 1);
      if (has_[doc]) return false;
      has_[doc] = true;
      return true;
    }
    [[nodiscard]] bool has(std::uint64_t doc) const { return doc < has_.size() && has_[doc]; }

   private:
    std::vector<bool> has_;
  };

  const RunFolder& folder_;
  std::vector<Known>& known_;
  TextSpool& spool_;
  Faults& faults_;
  Thresholds thresholds_;
  bool has_matched_ = false;
  bool has_stories_ = false;
  ReuseCounts counts_;
  RowParser rows_;
  std::string file_;  // that is being read
  std::uint64_t row_ = 0;
  std::map<std::string, std::uint64_t> relations_;
  std::pair<std::uint64_t, std::uint64_t> last_pair_;
  std::uint64_t largest_ = 0;
  std::uint64_t tagged_ = 0;  // members that stayed
  std::uint64_t several_ = 0;
  Told told_;
  // Texts, the last used first.
  std::list<std::pair<std::uint64_t, Compared>> recent_;
  std::unordered_map<std::uint64_t, std::list<std::pair<std::uint64_t, Compared>>::iterator>
      places_;
  std::size_t bytes_ = 0;
  std::vector<text::Word> words_a_;
  std::vector<text::Word> words_b_;
};

}  // namespace

Result<std::vector<bool>> compared_documents(const RunFolder& folder) {
  std::vector<bool> needed;
  const std::uint64_t documents = number_at(folder.summary(), "documents");
  RowParser rows;
  const auto need = [&](const Element& row, const char* key) {
    const std::uint64_t doc = number_at(row, key);
    if (doc >= documents) return;
    if (doc >= needed.size()) needed.resize(doc + 1);
    needed[doc] = true;
  };
  for (const std::string_view file : {"pairs.jsonl", "clusters.jsonl"}) {
    COPYDESK_ASSIGN_OR_RETURN(RowReader reader, folder.rows(file));
    while (true) {
      COPYDESK_ASSIGN_OR_RETURN(const bool more, reader.next());
      if (!more) break;
      Element row;
      if (!rows.parse(reader.row(), row)) continue;
      need(row, "a_doc");
      need(row, "b_doc");
      need(row, "representative_doc");
      each_at(row, "members", [&](const Element& item) { need(item, "doc"); });
    }
  }
  return needed;
}

Result<ReuseCounts> verify_reuse(const RunFolder& folder, std::vector<Known>& known,
                                 TextSpool& spool, Faults& faults) {
  return ReuseVerifier(folder, known, spool, faults).verify();
}

}  // namespace copydesk::cli
