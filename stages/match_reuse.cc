// match_reuse: finds who shares text with whom - copies, edited copies, excerpts, passages - and
// joins copies to clusters.
//
//   observe   words → shingles → sketch → band keys; words → winnowed fingerprints
//   finalize  exact copies collapse → candidates from bands and fingerprints → every candidate is
//             read back and measured exactly → clusters → the representative of each
//
// What is found does not depend on the order of the input, unless keep = "first" asks for that.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "copydesk/stage_spec.h"
#include "reuse/agencies.h"
#include "reuse/bands.h"
#include "reuse/candidates.h"
#include "reuse/clusters.h"
#include "reuse/external_sort.h"
#include "reuse/families.h"
#include "reuse/fingerprints.h"
#include "reuse/group_code.h"
#include "reuse/pair_file.h"
#include "reuse/posting_file.h"
#include "reuse/representative.h"
#include "reuse/shingles.h"
#include "reuse/sketch.h"
#include "reuse/subset.h"
#include "reuse/union_find.h"
#include "reuse/verify.h"

namespace copydesk::stages {
namespace {

struct Options {
  double near_duplicate = 0.40;
  double contains = 0.60;
  std::int64_t contains_min_words = 25;
  std::int64_t min_words = 20;
  std::int64_t min_passage_words = 12;
  std::int64_t guarantee_words = 14;
  std::int64_t min_unquoted_words = 16;
  std::int64_t fingerprint_cap = 100;
  std::int64_t outlet_cap = 10;
  std::int64_t group_limit = 200;
  std::string duplicates = "drop";
  double drop_coverage = 0.75;
  std::string keep = "earliest";
  std::vector<std::string> preferred_outlets;
};

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

// Repeated shingles change no sketch but may cost it many rounds: where they could be very many,
// they are sorted out before.
constexpr std::size_t kManyShingles = 1U << 14;

reuse::RelationThresholds thresholds_of(const Options& options) {
  return {.near_duplicate = options.near_duplicate,
          .contains = options.contains,
          .contains_min_words = static_cast<std::uint32_t>(options.contains_min_words),
          .min_words = static_cast<std::uint32_t>(options.min_words),
          .min_passage_words = static_cast<std::uint32_t>(options.min_passage_words),
          .min_unquoted_words = static_cast<std::uint32_t>(options.min_unquoted_words)};
}

// Postings: partitions small enough to be joined in cache, and steps that fit a document of some
// 170 words. Neither changes what is found.
constexpr reuse::PostingShape band_postings(int bands) {
  return {.groups = static_cast<std::uint32_t>(bands),
          .key_bits = reuse::kBandKeyBits,
          .partition_bits = 8,
          .step_bits = 7};
}
constexpr reuse::PostingShape kFingerprintPostings = {
    .groups = 1, .key_bits = reuse::kFingerprintKeyBits, .partition_bits = 12, .step_bits = 6};
// Partitions that are read, and sorted, at once.
constexpr std::size_t kReadAhead = 16;

// A key of a band or fingerprint and the document, by its place in the batch.
struct Mark {
  std::uint64_t key = 0;
  std::uint32_t group = 0;
  std::uint32_t node = 0;
};

// Documents that have words, in input order; a mark's node is an index into `contenders`.
struct MatchObservation : Observation {
  std::vector<reuse::Contender> contenders;
  reuse::NameTable outlets;
  std::vector<Mark> bands;
  std::vector<Mark> fingerprints;
  // Scratch.
  std::vector<std::uint64_t> hashes;
  std::vector<reuse::Fingerprint> winnowed;
  reuse::Sketch sketch{};
};

// What is known of documents, by node.
struct Nodes {
  std::vector<std::uint64_t> doc;  // ascending
  std::vector<std::uint32_t> outlet;
  std::vector<std::uint32_t> rank;
  std::vector<std::uint32_t> copy_of;  // the node of the lowest rank that has the same words
  std::vector<std::uint32_t> family;
  // Only of those that have a candidate.
  std::vector<std::int64_t> time;
  std::vector<reuse::AgencySet> agencies;

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(doc.size()); }

  // Numbers the nodes of `kept` anew and forgets the others. The copies and the family of one that
  // is kept must be kept, too.
  void keep(const reuse::Subset& kept) {
    for (std::vector<std::uint32_t>* column : {&outlet, &rank, &copy_of, &family, &agencies}) {
      keep_of(kept, *column);
    }
    keep_of(kept, time);
    keep_of(kept, doc);
    for (std::uint32_t& node : copy_of) node = kept.number(node);
    for (std::uint32_t& node : family) node = kept.number(node);
  }

 private:
  // In place: a second column of that size may be too much.
  template <class T>
  static void keep_of(const reuse::Subset& kept, std::vector<T>& column) {
    std::size_t size = 0;
    for (std::uint32_t node = 0; node < column.size(); ++node) {
      if (kept.contains(node)) column[size++] = column[node];
    }
    column.resize(size);
    column.shrink_to_fit();
  }
};

class MatchReuse : public CorpusStage {
 public:
  explicit MatchReuse(const Options& options)
      : options_(options),
        bands_(reuse::choose_bands(options.near_duplicate)),
        order_(options.keep, options.preferred_outlets) {}

  void use_scratch(ScratchSpace& scratch) override {
    scratch_ = &scratch;
    contenders_ = reuse::ContenderFile(scratch);
    band_postings_ = reuse::PostingFile(scratch, "bands", band_postings(bands_.bands));
    fingerprint_postings_ = reuse::PostingFile(scratch, "fingerprints", kFingerprintPostings);
  }

  std::unique_ptr<Observation> make_observation() const override {
    return std::make_unique<MatchObservation>();
  }

  void observe(const Document& document, Observation& observation) const override {
    auto& seen = static_cast<MatchObservation&>(observation);
    const std::span<const text::Word> words = document.words();
    const std::optional<reuse::ExactKey> key =
        reuse::exact_key(words, document.title(), static_cast<std::size_t>(options_.min_words));
    if (!key) return;
    const auto node = static_cast<std::uint32_t>(seen.contenders.size());
    seen.contenders.push_back({.key = *key,
                               .doc = document.doc(),
                               .time = document.time().value_or(reuse::kNoTime),
                               .words = static_cast<std::uint32_t>(words.size()),
                               .outlet = seen.outlets.number(document.outlet()),
                               .node = node,
                               .agencies = reuse::credited_agencies(document)});

    // Shorter texts are no near duplicates: they need no bands.
    if (words.size() >= static_cast<std::size_t>(options_.min_words)) {
      reuse::shingle_words(words, seen.hashes);
      if (seen.hashes.size() > kManyShingles) reuse::sort_unique(seen.hashes);
      reuse::sketch_shingles(seen.hashes, seen.sketch);
      reuse::band_keys(seen.sketch, bands_, seen.hashes);
      for (std::uint32_t band = 0; band < seen.hashes.size(); ++band) {
        seen.bands.push_back({reuse::short_band_key(seen.hashes[band]), band, node});
      }
    }
    reuse::winnow(words, guarantee(), seen.winnowed);
    for (const reuse::Fingerprint& fingerprint : seen.winnowed) {
      seen.fingerprints.push_back({reuse::fingerprint_key(fingerprint.hash), 0, node});
    }
  }

  Result<void> combine(Observation& observation) override {
    auto& batch = static_cast<MatchObservation&>(observation);
    if (contenders_.size() + batch.contenders.size() >= kNone) {
      return Error{ErrorCode::kInvalidArgument, "match_reuse: more than 4,294,967,294 documents"};
    }
    const auto first = static_cast<std::uint32_t>(contenders_.size());
    for (reuse::Contender& contender : batch.contenders) {
      contender.outlet = outlets_.number(batch.outlets.name(contender.outlet));
      contender.node += first;
      COPYDESK_RETURN_IF_ERROR(contenders_.add(contender));
    }
    COPYDESK_RETURN_IF_ERROR(add_postings(batch.bands, first, band_postings_));
    return add_postings(batch.fingerprints, first, fingerprint_postings_);
  }

  Result<void> finalize(const Corpus& corpus, FindingsSink& sink) override {
    COPYDESK_RETURN_IF_ERROR(contenders_.finish());
    COPYDESK_RETURN_IF_ERROR(band_postings_.finish());
    COPYDESK_RETURN_IF_ERROR(fingerprint_postings_.finish());
    Nodes nodes;
    COPYDESK_RETURN_IF_ERROR(rank_documents(corpus, nodes));
    std::vector<reuse::NodePair> copies;
    COPYDESK_RETURN_IF_ERROR(collapse_exact(nodes, copies));

    reuse::PairSet candidates(*scratch_, nodes.size());
    reuse::FingerprintCounts fingerprints;
    COPYDESK_RETURN_IF_ERROR(find_candidates(corpus, copies, nodes, candidates, fingerprints));
    reuse::Subset with_candidates(nodes.size());
    COPYDESK_RETURN_IF_ERROR(candidates.for_each_part([&](std::span<const reuse::NodePair> pairs) {
      for (const reuse::NodePair& pair : pairs) {
        with_candidates.add(pair.a);
        with_candidates.add(pair.b);
      }
      return Result<void>();
    }));
    with_candidates.finish();
    nodes.keep(with_candidates);

    const reuse::PairVerifier verifier(thresholds_of(options_), guarantee(), fingerprints.stock);
    const reuse::VerifyPairs verify = [&](std::span<const reuse::NodePair> some) {
      return reuse::verify_pairs(corpus, nodes.doc, nodes.copy_of, some, verifier);
    };
    std::uint64_t verified = 0;
    // Of those that near duplicates suggest later, these are known.
    reuse::PairSet suggested(*scratch_, nodes.size());
    const reuse::VerifyPairs verify_first = [&](std::span<const reuse::NodePair> some) {
      for (const reuse::NodePair& pair : some) suggested.leave_out(pair);
      verified += some.size();
      return verify(some);
    };
    reuse::PairFile pairs(*scratch_, corpus.size());
    std::vector<reuse::NearPair> near;
    const reuse::TakePairs take = [&](const std::vector<Pair>& found) -> Result<void> {
      add_near_pairs(found, nodes.doc, near);
      for (const Pair& pair : found) COPYDESK_RETURN_IF_ERROR(pairs.add(pair));
      return {};
    };
    const reuse::PairParts parts =
        [&](const std::function<Result<void>(std::span<const reuse::NodePair>)>& use) {
          std::vector<reuse::NodePair> some;
          return candidates.for_each_part([&](std::span<const reuse::NodePair> all) {
            some.clear();
            for (const reuse::NodePair& pair : all) {
              some.push_back({with_candidates.number(pair.a), with_candidates.number(pair.b)});
            }
            return use(some);
          });
        };
    COPYDESK_RETURN_IF_ERROR(reuse::verify_candidates(
        parts, {.family = nodes.family, .rank = nodes.rank, .doc = nodes.doc}, group_limit(),
        verify_first, take));
    candidates = {};
    nodes.family = {};
    suggest_pairs(near, nodes, suggested);
    COPYDESK_RETURN_IF_ERROR(
        suggested.for_each_part([&](std::span<const reuse::NodePair> some) -> Result<void> {
          verified += some.size();
          COPYDESK_ASSIGN_OR_RETURN(std::vector<Pair> found, verify(some));
          return take(std::move(found));
        }));

    suggested = {};
    COPYDESK_RETURN_IF_ERROR(read_traits(with_candidates, nodes));
    contenders_ = {};
    COPYDESK_RETURN_IF_ERROR(pairs.for_each([&](Pair& pair) {
      pair.agencies = reuse::names_of(nodes.agencies[reuse::node_of(pair.a, nodes.doc)] &
                                      nodes.agencies[reuse::node_of(pair.b, nodes.doc)]);
      return sink.add(pair);
    }));
    keep_clustered(nodes, near);
    std::vector<Cluster> clusters =
        reuse::build_clusters(nodes.copy_of, near, nodes.rank, nodes.doc);
    if (options_.duplicates == "drop") drop_duplicates(clusters, near, nodes, sink);
    COPYDESK_RETURN_IF_ERROR(report_clusters(std::move(clusters), nodes, sink));

    sink.note("candidates", static_cast<double>(verified));
    sink.note("pairs", static_cast<double>(pairs.size()));
    sink.note("fingerprints", static_cast<double>(fingerprints.distinct));
    sink.note("capped_fingerprints", static_cast<double>(fingerprints.stock.everywhere()));
    sink.note("outlet_capped_fingerprints", static_cast<double>(fingerprints.stock.of_outlets()));
    sink.note("bands", reuse::describe_curve(bands_));
    return {};
  }

  // The engine applies the drops of finalize(); here documents learn their cluster.
  Verdict process(const Document& document, Local* /*local*/, Edits& /*edits*/,
                  DocumentFindings& findings) const override {
    const auto found =
        std::lower_bound(clustered_.begin(), clustered_.end(), std::pair(document.doc(), 0U));
    if (found != clustered_.end() && found->first == document.doc()) {
      const Tag& tag = tags_[found->second];
      ClusterTag& told = findings.cluster.emplace();
      told.cluster = found->second;
      told.size = tag.size;
      for (std::uint32_t i = 0; i < tag.outlets; ++i) {
        told.outlets.push_back(outlets_.name(tag_outlets_[tag.first_outlet + i]));
      }
    }
    return Verdict::keep();
  }

  // The outlets, those of each cluster, and of each document in one the step from the document
  // before and its cluster, coded. How many documents a cluster has need not be written.
  Result<void> save(StateWriter& state) const override {
    COPYDESK_RETURN_IF_ERROR(outlets_.save(state));
    COPYDESK_RETURN_IF_ERROR(state.number(tags_.size()));
    for (const Tag& tag : tags_) {
      COPYDESK_RETURN_IF_ERROR(state.number(tag.outlets));
      for (std::uint32_t i = 0; i < tag.outlets; ++i) {
        COPYDESK_RETURN_IF_ERROR(state.number(tag_outlets_[tag.first_outlet + i]));
      }
    }
    COPYDESK_RETURN_IF_ERROR(state.number(clustered_.size()));
    reuse::GroupCode code;
    std::uint64_t next = 0;
    for (const auto& [doc, cluster] : clustered_) {
      COPYDESK_RETURN_IF_ERROR(state.number(doc - next));
      COPYDESK_RETURN_IF_ERROR(state.number(code.encode(cluster)));
      next = doc + 1;
    }
    return {};
  }

  Result<void> load(StateReader& state) override {
    COPYDESK_RETURN_IF_ERROR(outlets_.load(state));
    COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t clusters, state.count(1));
    for (std::uint64_t i = 0; i < clusters; ++i) {
      COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t outlets, state.count(1));
      if (outlets >= outlets_.size()) return damaged_state("the outlets of a cluster");
      tags_.push_back({tag_outlets_.size(), static_cast<std::uint32_t>(outlets), 0});
      for (std::uint64_t k = 0; k < outlets; ++k) {
        COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t outlet, state.number());
        if (outlet >= outlets_.size()) return damaged_state("the outlets of a cluster");
        tag_outlets_.push_back(static_cast<std::uint32_t>(outlet));
      }
    }
    COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t documents, state.count(2));
    if (documents >= kNone) return damaged_state("more documents than there can be");
    reuse::GroupCode code;
    clustered_.reserve(documents);
    std::uint64_t next = 0;
    for (std::uint64_t i = 0; i < documents; ++i) {
      COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t step, state.number());
      if (step >= std::numeric_limits<std::uint64_t>::max() - next) {
        return damaged_state("the number of a document");
      }
      COPYDESK_ASSIGN_OR_RETURN(const std::uint64_t coded, state.number());
      COPYDESK_ASSIGN_OR_RETURN(const std::uint32_t cluster, code.decode(coded));
      if (cluster >= tags_.size()) return damaged_state("the cluster of a document");
      ++tags_[cluster].size;
      clustered_.emplace_back(next + step, cluster);
      next += step + 1;
    }
    if (code.size() != tags_.size()) return damaged_state("a cluster without documents");
    return {};
  }

 private:
  // What documents of a cluster are told of it.
  struct Tag {
    std::uint64_t first_outlet = 0;  // index into tag_outlets_
    std::uint32_t outlets = 0;
    std::uint32_t size = 0;
  };

  [[nodiscard]] int guarantee() const { return static_cast<int>(options_.guarantee_words); }
  [[nodiscard]] std::size_t group_limit() const {
    return static_cast<std::size_t>(options_.group_limit);
  }

  static Result<void> add_postings(std::span<const Mark> marks, std::uint32_t first,
                                   reuse::PostingFile& postings) {
    constexpr std::size_t kAhead = 8;
    for (std::size_t i = 0; i < marks.size(); ++i) {
      if (i + kAhead < marks.size()) {
        postings.prefetch(marks[i + kAhead].group, marks[i + kAhead].key);
      }
      COPYDESK_RETURN_IF_ERROR(postings.add(marks[i].group, marks[i].key, first + marks[i].node));
    }
    return {};
  }

  // Fills doc, outlet, and rank: the node's place in the order in which representatives are chosen.
  Result<void> rank_documents(const Corpus& corpus, Nodes& nodes) {
    struct Ranked {
      reuse::Standing standing;
      std::uint32_t node = 0;
    };
    const auto less = [](const Ranked& x, const Ranked& y) {
      return x.standing != y.standing ? x.standing < y.standing : x.node < y.node;
    };
    order_.know_outlets(outlets_);
    reuse::ExternalSort<Ranked, decltype(less)> sort(*scratch_, "ranks", scratch_->memory() / 2,
                                                     less);
    nodes.doc.resize(contenders_.size());
    nodes.outlet.resize(contenders_.size());
    const auto add_part = [&](const std::vector<reuse::Contender>& some) -> Result<void> {
      for (const reuse::Contender& contender : some) {
        nodes.doc[contender.node] = contender.doc;
        nodes.outlet[contender.node] = contender.outlet;
        const bool dropped = !corpus.alive(contender.doc);
        COPYDESK_RETURN_IF_ERROR(sort.add({order_.standing(contender, dropped), contender.node}));
      }
      return {};
    };
    COPYDESK_RETURN_IF_ERROR(contenders_.for_each_part(add_part));

    nodes.rank.resize(contenders_.size());
    std::uint32_t next = 0;
    reuse::Standing standing;
    std::vector<reuse::Equal> equals;
    const auto rank_equals = [&]() -> Result<void> {
      if (equals.size() > 1) COPYDESK_RETURN_IF_ERROR(reuse::order_equals(corpus, equals));
      for (const reuse::Equal& equal : equals) nodes.rank[equal.node] = next++;
      equals.clear();
      return {};
    };
    const auto take = [&](const Ranked& ranked) -> Result<void> {
      if (ranked.standing != standing) COPYDESK_RETURN_IF_ERROR(rank_equals());
      standing = ranked.standing;
      equals.push_back({nodes.doc[ranked.node], ranked.node});
      return {};
    };
    COPYDESK_RETURN_IF_ERROR(sort.drain(take));
    return rank_equals();
  }

  // Fills copy_of. Documents that an earlier stage dropped as copies count, too. `copies`: the
  // copies of each text that has some, behind the node that stands for them.
  Result<void> collapse_exact(Nodes& nodes, std::vector<reuse::NodePair>& copies) const {
    nodes.copy_of.resize(nodes.size());
    return contenders_.for_each_part([&](std::vector<reuse::Contender>& some) {
      std::sort(some.begin(), some.end(),
                [&](const reuse::Contender& x, const reuse::Contender& y) {
                  return x.key != y.key ? x.key < y.key : nodes.rank[x.node] < nodes.rank[y.node];
                });
      for (std::size_t begin = 0, end = 0; begin < some.size(); begin = end) {
        const std::uint32_t head = some[begin].node;
        for (; end < some.size() && some[end].key == some[begin].key; ++end) {
          nodes.copy_of[some[end].node] = head;
        }
        if (end - begin < 2) continue;
        for (std::size_t i = begin; i < end; ++i) copies.push_back({head, some[i].node});
      }
      return Result<void>();
    });
  }

  // Pairs of documents that share a band, have the same words, or share a fingerprint; fills
  // family.
  Result<void> find_candidates(const Corpus& corpus, std::span<const reuse::NodePair> copies,
                               Nodes& nodes, reuse::PairSet& candidates,
                               reuse::FingerprintCounts& fingerprints) {
    COPYDESK_RETURN_IF_ERROR(for_each_postings(
        corpus, band_postings_, nodes, [&](std::vector<reuse::Posting>& some, std::uint64_t) {
          reuse::pair_by_band(some, group_limit(), nodes.rank, candidates);
        }));
    band_postings_ = {};
    COPYDESK_ASSIGN_OR_RETURN(
        nodes.family,
        reuse::find_families(candidates,
                             reuse::expected_shared(
                                 bands_, std::max(options_.near_duplicate, reuse::kFamilyJaccard)),
                             nodes.size()));
    add_exact_pairs(copies, nodes.rank, candidates);
    std::vector<std::uint64_t> outlet_hashes;
    for (std::uint32_t i = 0; i < outlets_.size(); ++i) {
      outlet_hashes.push_back(reuse::outlet_hash(outlets_.name(i)));
    }
    const reuse::NodeTraits traits{.outlet = nodes.outlet,
                                   .outlet_hash = outlet_hashes,
                                   .family = nodes.family,
                                   .rank = nodes.rank};
    COPYDESK_RETURN_IF_ERROR(
        for_each_postings(corpus, fingerprint_postings_, nodes,
                          [&](std::vector<reuse::Posting>& some, std::uint64_t lone) {
                            fingerprints.distinct += lone;
                            reuse::pair_by_fingerprint(
                                some,
                                {.everywhere = static_cast<std::size_t>(options_.fingerprint_cap),
                                 .of_outlet = static_cast<std::size_t>(options_.outlet_cap)},
                                traits, candidates, fingerprints);
                          }));
    fingerprint_postings_ = {};
    fingerprints.stock.sort();
    return {};
  }

  // Calls use(postings, lone) for each partition, in order: its postings of documents that stand
  // for their copies, but for `lone` of keys that no other document has.
  template <class Use>
  static Result<void> for_each_postings(const Corpus& corpus, const reuse::PostingFile& file,
                                        const Nodes& nodes, Use use) {
    std::vector<std::vector<reuse::Posting>> postings(kReadAhead);
    std::vector<std::uint64_t> lone(kReadAhead);
    for (std::size_t first = 0; first < file.partitions(); first += kReadAhead) {
      const std::size_t some = std::min(kReadAhead, file.partitions() - first);
      const auto read = [&, first](std::size_t i) -> Result<void> {
        COPYDESK_RETURN_IF_ERROR(file.read(first + i, postings[i]));
        std::erase_if(postings[i],
                      [&](const reuse::Posting& p) { return nodes.copy_of[p.node] != p.node; });
        lone[i] = reuse::drop_lone_keys(postings[i]);
        reuse::sort_unique(postings[i]);
        return {};
      };
      COPYDESK_RETURN_IF_ERROR(corpus.parallel_for(some, read));
      for (std::size_t i = 0; i < some; ++i) use(postings[i], lone[i]);
    }
    return {};
  }

  // Pairs of exact copies: all of a group, or a star if it is big.
  void add_exact_pairs(std::span<const reuse::NodePair> copies,
                       const std::vector<std::uint32_t>& rank, reuse::PairSet& pairs) const {
    std::vector<std::uint32_t> group;
    for (std::size_t i = 0; i < copies.size();) {
      group.clear();
      const std::uint32_t head = copies[i].a;
      for (; i < copies.size() && copies[i].a == head; ++i) group.push_back(copies[i].b);
      pairs.add_group(group, group_limit(), rank);
    }
  }

  // Fills time and agencies of the nodes of `kept`, which are all there are any more.
  Result<void> read_traits(const reuse::Subset& kept, Nodes& nodes) const {
    nodes.time.resize(nodes.size());
    nodes.agencies.resize(nodes.size());
    return contenders_.for_each_part([&](const std::vector<reuse::Contender>& some) {
      for (const reuse::Contender& contender : some) {
        if (!kept.contains(contender.node)) continue;
        const std::uint32_t node = kept.number(contender.node);
        nodes.time[node] = contender.time;
        nodes.agencies[node] = contender.agencies;
      }
      return Result<void>();
    });
  }

  // Forgets the nodes that can be in no cluster: those without a near duplicate or a copy.
  static void keep_clustered(Nodes& nodes, std::vector<reuse::NearPair>& near) {
    reuse::Subset kept(nodes.size());
    for (const reuse::NearPair& pair : near) {
      kept.add(pair.nodes.a);
      kept.add(pair.nodes.b);
    }
    for (std::uint32_t node = 0; node < nodes.size(); ++node) {
      if (nodes.copy_of[node] == node) continue;
      kept.add(node);
      kept.add(nodes.copy_of[node]);
    }
    kept.finish();
    nodes.keep(kept);
    for (reuse::NearPair& pair : near) {
      pair.nodes = {kept.number(pair.nodes.a), kept.number(pair.nodes.b)};
    }
  }

  // Adds the near duplicates among `pairs`.
  static void add_near_pairs(const std::vector<Pair>& pairs,
                             const std::vector<std::uint64_t>& doc_of,
                             std::vector<reuse::NearPair>& near) {
    for (const Pair& pair : pairs) {
      if (pair.relation != Relation::kNearDuplicate) continue;
      near.push_back({{reuse::node_of(pair.a, doc_of), reuse::node_of(pair.b, doc_of)},
                      pair.jaccard,
                      pair.coverage_a,
                      pair.coverage_b});
    }
  }

  // Adds pairs that near duplicates in common suggest, whether an index found them or not: a
  // cluster member has to be measured against its representative.
  void suggest_pairs(const std::vector<reuse::NearPair>& near, const Nodes& nodes,
                     reuse::PairSet& suggested) const {
    reuse::UnionFind components(nodes.size());
    std::vector<reuse::NodePair> members;  // of a component, by its smallest node
    for (const reuse::NearPair& pair : near) components.unite(pair.nodes.a, pair.nodes.b);
    for (const reuse::NearPair& pair : near) {
      for (const std::uint32_t node : {pair.nodes.a, pair.nodes.b}) {
        members.push_back({components.find(node), node});
      }
    }
    reuse::sort_unique(members);

    std::vector<std::uint32_t> group;
    for (std::size_t i = 0; i < members.size();) {
      group.clear();
      const std::uint32_t head = members[i].a;
      for (; i < members.size() && members[i].a == head; ++i) group.push_back(members[i].b);
      suggested.add_group(group, group_limit(), nodes.rank);
    }
  }

  // Drops the members of clusters for which another stands in.
  void drop_duplicates(const std::vector<Cluster>& clusters,
                       const std::vector<reuse::NearPair>& near, const Nodes& nodes,
                       FindingsSink& sink) const {
    std::vector<std::uint32_t> cluster_of(nodes.size(), kNone);
    for (std::size_t i = 0; i < clusters.size(); ++i) {
      for (const ClusterMember& member : clusters[i].members) {
        cluster_of[reuse::node_of(member.doc, nodes.doc)] = static_cast<std::uint32_t>(i);
      }
    }
    const std::vector<std::uint32_t> stand_in =
        reuse::find_stand_ins(cluster_of, nodes.copy_of, near, nodes.rank, options_.drop_coverage);
    for (std::uint32_t node = 0; node < stand_in.size(); ++node) {
      if (cluster_of[node] == kNone || stand_in[node] == node) continue;
      sink.drop(nodes.doc[node],
                nodes.copy_of[node] == nodes.copy_of[stand_in[node]] ? DropReason::kExactDuplicate
                                                                     : DropReason::kNearDuplicate,
                nodes.doc[stand_in[node]]);
    }
  }

  // Writes the clusters, which are numbered from 0, and keeps what process() needs.
  Result<void> report_clusters(std::vector<Cluster> clusters, const Nodes& nodes,
                               FindingsSink& sink) {
    const std::vector<std::uint32_t> places = outlets_.places();
    std::vector<reuse::MemberTraits> traits;
    std::vector<std::uint32_t> outlets;
    for (Cluster& cluster : clusters) {
      traits.clear();
      outlets.clear();
      for (ClusterMember& member : cluster.members) {
        const std::uint32_t node = reuse::node_of(member.doc, nodes.doc);
        member.agencies = reuse::names_of(nodes.agencies[node]);
        const std::uint32_t outlet = nodes.outlet[node];
        std::optional<std::int64_t> time;
        if (nodes.time[node] != reuse::kNoTime) time = nodes.time[node];
        traits.push_back({time, outlets_.name(outlet), nodes.rank[node]});
        if (outlet != 0) outlets.push_back(outlet);
        clustered_.emplace_back(member.doc, static_cast<std::uint32_t>(tags_.size()));
      }
      reuse::tell_origin(cluster, traits);
      COPYDESK_RETURN_IF_ERROR(sink.add(cluster));
      std::sort(outlets.begin(), outlets.end(),
                [&](std::uint32_t x, std::uint32_t y) { return places[x] < places[y]; });
      outlets.erase(std::unique(outlets.begin(), outlets.end()), outlets.end());
      if (outlets.size() > kMaxTagOutlets) outlets.resize(kMaxTagOutlets);
      tags_.push_back({tag_outlets_.size(), static_cast<std::uint32_t>(outlets.size()),
                       static_cast<std::uint32_t>(cluster.members.size())});
      tag_outlets_.insert(tag_outlets_.end(), outlets.begin(), outlets.end());
    }
    std::sort(clustered_.begin(), clustered_.end());
    return {};
  }

  Options options_;
  reuse::Bands bands_;
  reuse::RepresentativeOrder order_;

  ScratchSpace* scratch_ = nullptr;
  reuse::ContenderFile contenders_;
  reuse::NameTable outlets_;
  reuse::PostingFile band_postings_;
  reuse::PostingFile fingerprint_postings_;

  std::vector<Tag> tags_;  // by cluster
  std::vector<std::uint32_t> tag_outlets_;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> clustered_;  // document, cluster
};

}  // namespace

StageSpec match_reuse() {
  return StageSpecBuilder<Options>("match_reuse", StageKind::kCorpus)
      .summary("Finds copies, edited copies, excerpts and shared passages, and clusters copies.")
      .drop_reasons({DropReason::kExactDuplicate, DropReason::kNearDuplicate})
      .option("near_duplicate", &Options::near_duplicate, {0.1, 1},
              "Jaccard of five-word shingles from which two texts are near duplicates.")
      .option("contains", &Options::contains, {0.1, 1},
              "Share of a text's words, in shingles of five, that another has if it contains it.")
      .option("contains_min_words", &Options::contains_min_words, {0, 1'000'000},
              "Fewest such words of a contained text.")
      .option("min_words", &Options::min_words, {0, 1'000'000},
              "Shorter texts are no near duplicates, and exact copies only with the same title.")
      .option("min_passage_words", &Options::min_passage_words, {reuse::kFingerprintWords, 1000},
              "Fewest words of a passage.")
      .option(
          "min_unquoted_words", &Options::min_unquoted_words, {0, 1000},
          "A shorter passage alone makes a pair only if it is quoted in one text or goes on over "
          "a line break in both; 0: always.")
      .option(
          "guarantee_words", &Options::guarantee_words, {reuse::kFingerprintWords, 1000},
          "A shared run of so many words is always found, unless it is stock language; with one of "
          "each family where more than fingerprint_cap documents have it.")
      .option(
          "fingerprint_cap", &Options::fingerprint_cap, {2, 100'000},
          "Fingerprints of more documents that are no copies of each other are stock language and "
          "make no pairs.")
      .option("outlet_cap", &Options::outlet_cap, {1, 100'000},
              "The same within one outlet, for pairs of its documents.")
      .option("group_limit", &Options::group_limit, {2, 100'000},
              "Groups of copies up to this size are compared all with all; bigger ones with one.")
      .option("duplicates", &Options::duplicates, {"drop", "annotate"},
              "What becomes of a cluster's documents besides its representative.")
      .option("drop_coverage", &Options::drop_coverage, {0, 1},
              "A document is dropped only if this share of its words, in shingles of five, stands "
              "in a near duplicate of its cluster that stays.")
      .option(
          "keep", &Options::keep, reuse::RepresentativeOrder::policies(),
          "Which document represents a cluster: the earliest by date, the longest, the first in "
          "the input, or that of a preferred outlet.")
      .option("preferred_outlets", &Options::preferred_outlets,
              "For keep = \"preferred\": outlets, the best first; then the earliest.")
      .validate([](const Options& options) {
        return reuse::policy_fault(options.keep, options.preferred_outlets);
      })
      .make([](const Options& options) { return std::make_unique<MatchReuse>(options); });
}

}  // namespace copydesk::stages
