#include "copydesk/reason.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "copydesk/findings.h"

namespace copydesk {
namespace {

constexpr std::array<std::string_view, kReasonCount> kReasonNames = {
    "nav.menu",      "nav.section",    "nav.skip",           "nav.pagination",
    "chrome.share",  "chrome.follow",  "chrome.counter",     "chrome.readtime",
    "chrome.player", "chrome.loading", "promo.newsletter",   "promo.subscribe",
    "promo.app",     "promo.donate",   "promo.event",        "promo.ad",
    "wall.signin",   "wall.paywall",   "wall.adblock",       "legal.copyright",
    "legal.cookie",  "legal.privacy",  "legal.terms",        "legal.corrections",
    "comment.form",  "comment.count",  "comment.moderation", "related.header",
    "related.item",  "tags.list",      "meta.byline",        "meta.dateline",
    "meta.updated",  "meta.section",   "caption.credit",     "caption.dup",
    "bio.author",    "bio.email",      "wire.credit",        "outlet.name",
    "outlet.site",   "outlet.slogan",  "outlet.address",     "form.field",
    "form.error",    "template.line",  "model.line",         "blank",
};

constexpr std::array<std::string_view, kDropReasonCount> kDropNames = {
    "empty", "too_short", "exact_duplicate", "near_duplicate", "language"};

constexpr std::array<std::string_view, kRejectReasonCount> kRejectNames = {
    "broken_json", "not_an_object",    "no_text_or_title", "text_not_string", "invalid_utf8",
    "too_large",   "truncated_stream", "corrupt_stream",   "source_failed",   "unpack_limit"};

constexpr std::array<std::string_view, kFieldCount> kFieldNames = {
    "title", "author",   "author_email", "section",  "outlet",
    "site",  "dateline", "date_text",    "captions", "credit"};

constexpr std::array<std::string_view, kFlagCount> kFlagNames = {
    "id_generated", "outlet_from_url", "lone_surrogates", "control_bytes", "guarded", "full_page"};

constexpr std::array<std::string_view, kRelationCount> kRelationNames = {
    "exact", "near_duplicate", "contains", "contained", "shares_passage"};

template <std::size_t N, class Enum>
std::string_view name_in(const std::array<std::string_view, N>& names, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  assert(index < N);
  return names[index];
}

template <class Enum, std::size_t N>
std::optional<Enum> value_in(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto it = std::find(names.begin(), names.end(), name);
  if (it == names.end()) return std::nullopt;
  return static_cast<Enum>(it - names.begin());
}

}  // namespace

std::string_view name_of(Reason reason) { return name_in(kReasonNames, reason); }
std::string_view name_of(DropReason reason) { return name_in(kDropNames, reason); }
std::string_view name_of(RejectReason reason) { return name_in(kRejectNames, reason); }
std::string_view name_of(Field field) { return name_in(kFieldNames, field); }
std::string_view name_of(Flag flag) { return name_in(kFlagNames, flag); }
std::string_view name_of(Relation relation) { return name_in(kRelationNames, relation); }

std::optional<Reason> reason_named(std::string_view name) {
  return value_in<Reason>(kReasonNames, name);
}
std::optional<Field> field_named(std::string_view name) {
  return value_in<Field>(kFieldNames, name);
}

std::span<const std::string_view> reason_names() { return kReasonNames; }
std::span<const std::string_view> field_names() { return kFieldNames; }

}  // namespace copydesk
