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
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "copydesk/stage_spec.h"
#include "reuse/agencies.h"
#include "reuse/bands.h"
#include "reuse/candidates.h"
#include "reuse/clusters.h"
#include "reuse/families.h"
#include "reuse/fingerprints.h"
#include "reuse/representative.h"
#include "reuse/shingles.h"
#include "reuse/sketch.h"
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

reuse::RelationThresholds thresholds_of(const Options& options) {
  return {.near_duplicate = options.near_duplicate,
          .contains = options.contains,
          .contains_min_words = static_cast<std::uint32_t>(options.contains_min_words),
          .min_words = static_cast<std::uint32_t>(options.min_words),
          .min_passage_words = static_cast<std::uint32_t>(options.min_passage_words),
          .min_unquoted_words = static_cast<std::uint32_t>(options.min_unquoted_words)};
}

// Documents that have words, in input order; a posting's node is an index into `contenders`.
struct Observed {
  std::vector<reuse::Contender> contenders;
  std::vector<reuse::AgencySet> agencies;
  std::vector<reuse::ExactKey> keys;
  std::vector<reuse::Posting> bands;
  std::vector<reuse::Posting> fingerprints;
};

struct MatchObservation : Observation {
  Observed observed;
  // Scratch.
  std::vector<std::uint64_t> hashes;
  std::vector<reuse::Fingerprint> fingerprints;
  reuse::Sketch sketch{};
};

template <class T>
void append(std::vector<T>& to, std::vector<T>& from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
  from.clear();
}

class MatchReuse : public CorpusStage {
 public:
  explicit MatchReuse(const Options& options)
      : options_(options),
        bands_(reuse::choose_bands(options.near_duplicate)),
        order_(options.keep, options.preferred_outlets) {}

  std::unique_ptr<Observation> make_observation() const override {
    return std::make_unique<MatchObservation>();
  }

  void observe(const Document& document, Observation& observation) const override {
    auto& scratch = static_cast<MatchObservation&>(observation);
    Observed& observed = scratch.observed;
    const std::span<const text::Word> words = document.words();
    const std::optional<reuse::ExactKey> key =
        reuse::exact_key(words, document.title(), static_cast<std::size_t>(options_.min_words));
    if (!key) return;
    const auto node = static_cast<std::uint32_t>(observed.contenders.size());
    observed.contenders.push_back(reuse::make_contender(document, *key));
    observed.agencies.push_back(reuse::credited_agencies(document));
    observed.keys.push_back(*key);

    // Shorter texts are no near duplicates: they need no bands.
    if (words.size() >= static_cast<std::size_t>(options_.min_words)) {
      reuse::shingle_words(words, scratch.hashes);
      reuse::sort_unique(scratch.hashes);
      reuse::sketch_shingles(scratch.hashes, scratch.sketch);
      reuse::band_keys(scratch.sketch, bands_, scratch.hashes);
      for (const std::uint64_t band : scratch.hashes) observed.bands.push_back({band, node});
    }
    reuse::winnow(words, guarantee(), scratch.fingerprints);
    for (const reuse::Fingerprint& fingerprint : scratch.fingerprints) {
      observed.fingerprints.push_back({fingerprint.hash, node});
    }
  }

  Result<void> combine(Observation& observation) override {
    Observed& batch = static_cast<MatchObservation&>(observation).observed;
    if (observed_.contenders.size() + batch.contenders.size() >= kNone) {
      return Error{ErrorCode::kInvalidArgument, "match_reuse: more than 4,294,967,294 documents"};
    }
    const auto first = static_cast<std::uint32_t>(observed_.contenders.size());
    for (reuse::Posting& posting : batch.bands) posting.node += first;
    for (reuse::Posting& posting : batch.fingerprints) posting.node += first;
    append(observed_.contenders, batch.contenders);
    append(observed_.agencies, batch.agencies);
    append(observed_.keys, batch.keys);
    append(observed_.bands, batch.bands);
    append(observed_.fingerprints, batch.fingerprints);
    return {};
  }

  Result<void> finalize(const Corpus& corpus, FindingsSink& sink) override {
    for (reuse::Contender& contender : observed_.contenders) {
      contender.dropped = !corpus.alive(contender.doc);
    }
    const std::vector<std::uint32_t> rank = rank_documents();
    const std::vector<std::uint32_t> copy_of = collapse_exact(rank);
    std::vector<std::uint64_t> doc_of;
    std::vector<std::uint64_t> outlet_of;
    for (const reuse::Contender& contender : observed_.contenders) {
      doc_of.push_back(contender.doc);
      outlet_of.push_back(reuse::outlet_hash(contender.outlet));
    }

    const auto is_copy = [&](const reuse::Posting& p) { return copy_of[p.node] != p.node; };
    std::erase_if(observed_.bands, is_copy);
    std::erase_if(observed_.fingerprints, is_copy);
    reuse::PairSet candidates;
    reuse::pair_by_band(observed_.bands, group_limit(), rank, candidates);
    const std::vector<std::uint32_t> family_of = reuse::find_families(
        candidates,
        reuse::expected_shared(bands_, std::max(options_.near_duplicate, reuse::kFamilyJaccard)),
        rank.size());
    add_exact_pairs(copy_of, rank, candidates);
    const reuse::FingerprintCounts fingerprints = reuse::pair_by_fingerprint(
        observed_.fingerprints,
        {.everywhere = static_cast<std::size_t>(options_.fingerprint_cap),
         .of_outlet = static_cast<std::size_t>(options_.outlet_cap)},
        {.outlet = outlet_of, .family = family_of, .rank = rank}, candidates);
    observed_.bands = {};
    observed_.fingerprints = {};

    const reuse::PairVerifier verifier(thresholds_of(options_), guarantee(), fingerprints.stock);
    const reuse::VerifyPairs verify = [&](std::span<const reuse::NodePair> some) {
      return reuse::verify_pairs(corpus, doc_of, copy_of, some, verifier);
    };
    std::vector<reuse::NodePair> verified;
    COPYDESK_ASSIGN_OR_RETURN(
        std::vector<Pair> pairs,
        reuse::verify_candidates(candidates.take(),
                                 {.family = family_of, .rank = rank, .doc = doc_of}, group_limit(),
                                 verify, verified));
    const std::vector<reuse::NodePair> suggested =
        unseen_pairs(near_pairs(pairs, doc_of), verified, rank);
    COPYDESK_ASSIGN_OR_RETURN(std::vector<Pair> more, verify(suggested));
    const auto middle = static_cast<std::ptrdiff_t>(pairs.size());
    append(pairs, more);
    std::inplace_merge(pairs.begin(), pairs.begin() + middle, pairs.end(), reuse::ascends);

    for (Pair& pair : pairs) {
      pair.agencies = reuse::names_of(observed_.agencies[reuse::node_of(pair.a, doc_of)] &
                                      observed_.agencies[reuse::node_of(pair.b, doc_of)]);
      COPYDESK_RETURN_IF_ERROR(sink.add(pair));
    }
    const std::vector<reuse::NearPair> near = near_pairs(pairs, doc_of);
    std::vector<Cluster> clusters = reuse::build_clusters(copy_of, near, rank, doc_of);
    if (options_.duplicates == "drop") {
      drop_duplicates(clusters, copy_of, near, rank, doc_of, sink);
    }
    COPYDESK_RETURN_IF_ERROR(report_clusters(std::move(clusters), rank, doc_of, sink));

    sink.note("candidates", static_cast<double>(verified.size() + suggested.size()));
    sink.note("pairs", static_cast<double>(pairs.size()));
    sink.note("fingerprints", static_cast<double>(fingerprints.distinct));
    sink.note("capped_fingerprints", static_cast<double>(fingerprints.stock.everywhere()));
    sink.note("outlet_capped_fingerprints", static_cast<double>(fingerprints.stock.of_outlets()));
    sink.note("bands", reuse::describe_curve(bands_));
    observed_ = {};
    return {};
  }

  // The engine applies the drops of finalize(); here documents learn their cluster.
  Verdict process(const Document& document, Local* /*local*/, Edits& /*edits*/,
                  DocumentFindings& findings) const override {
    const auto found =
        std::lower_bound(clustered_.begin(), clustered_.end(), std::pair(document.doc(), 0U));
    if (found != clustered_.end() && found->first == document.doc()) {
      findings.cluster = tags_[found->second];
    }
    return Verdict::keep();
  }

 private:
  [[nodiscard]] int guarantee() const { return static_cast<int>(options_.guarantee_words); }
  [[nodiscard]] std::size_t group_limit() const {
    return static_cast<std::size_t>(options_.group_limit);
  }

  // rank[node]: the node's place in the order in which representatives are chosen.
  [[nodiscard]] std::vector<std::uint32_t> rank_documents() const {
    std::vector<std::uint32_t> by_rank(observed_.contenders.size());
    std::iota(by_rank.begin(), by_rank.end(), 0U);
    std::sort(by_rank.begin(), by_rank.end(), [&](std::uint32_t x, std::uint32_t y) {
      return order_.before(observed_.contenders[x], observed_.contenders[y]);
    });
    std::vector<std::uint32_t> rank(by_rank.size());
    for (std::uint32_t i = 0; i < by_rank.size(); ++i) rank[by_rank[i]] = i;
    return rank;
  }

  // copy_of[node]: the node of the lowest rank that has the same words. Documents that an earlier
  // stage dropped as copies count, too.
  [[nodiscard]] std::vector<std::uint32_t> collapse_exact(
      const std::vector<std::uint32_t>& rank) const {
    std::vector<std::uint32_t> nodes(rank.size());
    std::iota(nodes.begin(), nodes.end(), 0U);
    std::sort(nodes.begin(), nodes.end(), [&](std::uint32_t x, std::uint32_t y) {
      return observed_.keys[x] != observed_.keys[y] ? observed_.keys[x] < observed_.keys[y]
                                                    : rank[x] < rank[y];
    });
    std::vector<std::uint32_t> copy_of(rank.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const bool same = i > 0 && observed_.keys[nodes[i]] == observed_.keys[nodes[i - 1]];
      copy_of[nodes[i]] = same ? copy_of[nodes[i - 1]] : nodes[i];
    }
    return copy_of;
  }

  // Pairs of exact copies: all of a group, or a star if it is big.
  void add_exact_pairs(const std::vector<std::uint32_t>& copy_of,
                       const std::vector<std::uint32_t>& rank, reuse::PairSet& pairs) const {
    std::vector<reuse::NodePair> links;  // the node that stands for a copy, the copy
    for (std::uint32_t node = 0; node < copy_of.size(); ++node)
      links.push_back({copy_of[node], node});
    std::sort(links.begin(), links.end());
    std::vector<std::uint32_t> group;
    for (std::size_t i = 0; i < links.size();) {
      group.clear();
      const std::uint32_t head = links[i].a;
      for (; i < links.size() && links[i].a == head; ++i) group.push_back(links[i].b);
      pairs.add_group(group, group_limit(), rank);
    }
  }

  // The near duplicates among `pairs`.
  static std::vector<reuse::NearPair> near_pairs(const std::vector<Pair>& pairs,
                                                 const std::vector<std::uint64_t>& doc_of) {
    std::vector<reuse::NearPair> found;
    for (const Pair& pair : pairs) {
      if (pair.relation != Relation::kNearDuplicate) continue;
      found.push_back({{reuse::node_of(pair.a, doc_of), reuse::node_of(pair.b, doc_of)},
                       pair.jaccard,
                       pair.coverage_a,
                       pair.coverage_b});
    }
    return found;
  }

  // Pairs that no index found but that near duplicates in common suggest: a cluster member has to
  // be measured against its representative.
  [[nodiscard]] std::vector<reuse::NodePair> unseen_pairs(
      const std::vector<reuse::NearPair>& near, const std::vector<reuse::NodePair>& seen,
      const std::vector<std::uint32_t>& rank) const {
    reuse::UnionFind components(rank.size());
    std::vector<reuse::NodePair> members;  // of a component, by its smallest node
    for (const reuse::NearPair& pair : near) components.unite(pair.nodes.a, pair.nodes.b);
    for (const reuse::NearPair& pair : near) {
      for (const std::uint32_t node : {pair.nodes.a, pair.nodes.b}) {
        members.push_back({components.find(node), node});
      }
    }
    reuse::sort_unique(members);

    reuse::PairSet suggested;
    std::vector<std::uint32_t> group;
    for (std::size_t i = 0; i < members.size();) {
      group.clear();
      const std::uint32_t head = members[i].a;
      for (; i < members.size() && members[i].a == head; ++i) group.push_back(members[i].b);
      suggested.add_group(group, group_limit(), rank);
    }
    const std::vector<reuse::NodePair> all = suggested.take();
    std::vector<reuse::NodePair> unseen;
    std::set_difference(all.begin(), all.end(), seen.begin(), seen.end(),
                        std::back_inserter(unseen));
    return unseen;
  }

  // Drops the members of clusters for which another stands in.
  void drop_duplicates(const std::vector<Cluster>& clusters,
                       const std::vector<std::uint32_t>& copy_of,
                       const std::vector<reuse::NearPair>& near,
                       const std::vector<std::uint32_t>& rank,
                       const std::vector<std::uint64_t>& doc_of, FindingsSink& sink) const {
    std::vector<std::uint32_t> cluster_of(copy_of.size(), kNone);
    for (std::size_t i = 0; i < clusters.size(); ++i) {
      for (const ClusterMember& member : clusters[i].members) {
        cluster_of[reuse::node_of(member.doc, doc_of)] = static_cast<std::uint32_t>(i);
      }
    }
    const std::vector<std::uint32_t> stand_in =
        reuse::find_stand_ins(cluster_of, copy_of, near, rank, options_.drop_coverage);
    for (std::uint32_t node = 0; node < stand_in.size(); ++node) {
      if (cluster_of[node] == kNone || stand_in[node] == node) continue;
      sink.drop(doc_of[node],
                copy_of[node] == copy_of[stand_in[node]] ? DropReason::kExactDuplicate
                                                         : DropReason::kNearDuplicate,
                doc_of[stand_in[node]]);
    }
  }

  // Writes the clusters and keeps what process() needs.
  Result<void> report_clusters(std::vector<Cluster> clusters,
                               const std::vector<std::uint32_t>& rank,
                               const std::vector<std::uint64_t>& doc_of, FindingsSink& sink) {
    std::vector<reuse::MemberTraits> traits;
    for (Cluster& cluster : clusters) {
      ClusterTag tag{.cluster = cluster.cluster,
                     .size = static_cast<std::uint32_t>(cluster.members.size()),
                     .outlets = {}};
      traits.clear();
      for (ClusterMember& member : cluster.members) {
        const std::uint32_t node = reuse::node_of(member.doc, doc_of);
        const reuse::Contender& contender = observed_.contenders[node];
        member.agencies = reuse::names_of(observed_.agencies[node]);
        traits.push_back({contender.time, contender.outlet, rank[node]});
        if (!contender.outlet.empty()) tag.outlets.push_back(contender.outlet);
        clustered_.emplace_back(member.doc, static_cast<std::uint32_t>(tags_.size()));
      }
      reuse::tell_origin(cluster, traits);
      COPYDESK_RETURN_IF_ERROR(sink.add(cluster));
      reuse::sort_unique(tag.outlets);
      tags_.push_back(std::move(tag));
    }
    std::sort(clustered_.begin(), clustered_.end());
    return {};
  }

  Options options_;
  reuse::Bands bands_;
  reuse::RepresentativeOrder order_;
  Observed observed_;

  std::vector<ClusterTag> tags_;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> clustered_;  // document, index of its tag
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
