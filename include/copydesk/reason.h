// The closed lists of the project: why bytes were removed, why a document was dropped or rejected,
// which fields can be lifted, which flags a document can carry. Names are stable: they stand in
// output files and configs. Thresholds never appear in a name.
#ifndef COPYDESK_REASON_H_
#define COPYDESK_REASON_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace copydesk {

// Why a span of a document's text was removed or replaced.
enum class Reason : std::uint8_t {
  kNavMenu,
  kNavSection,
  kNavSkip,
  kNavPagination,
  kChromeShare,
  kChromeFollow,
  kChromeCounter,
  kChromeReadtime,
  kChromePlayer,
  kChromeLoading,
  kPromoNewsletter,
  kPromoSubscribe,
  kPromoApp,
  kPromoDonate,
  kPromoEvent,
  kPromoAd,
  kWallSignin,
  kWallPaywall,
  kWallAdblock,
  kLegalCopyright,
  kLegalCookie,
  kLegalPrivacy,
  kLegalTerms,
  kLegalCorrections,
  kCommentForm,
  kCommentCount,
  kCommentModeration,
  kRelatedHeader,
  kRelatedItem,
  kTagsList,
  kMetaByline,
  kMetaDateline,
  kMetaUpdated,
  kMetaSection,
  kCaptionCredit,
  kCaptionDup,
  kBioAuthor,
  kBioEmail,
  kWireCredit,
  kOutletName,
  kOutletSite,
  kOutletSlogan,
  kOutletAddress,
  kFormField,
  kFormError,
  kTemplateLine,
  kModelLine,
  kBlank,  // space that a cut leaves over
};
inline constexpr std::size_t kReasonCount = static_cast<std::size_t>(Reason::kBlank) + 1;

// Why a whole document is not in clean.jsonl.
enum class DropReason : std::uint8_t {
  kEmpty,           // neither text nor title
  kTooShort,        // fewer words than drop_short.min_words
  kExactDuplicate,  // the same words in the same order as the document named by `of`
  kNearDuplicate,   // verified near duplicate of its cluster's representative, named by `of`
  kLanguage,        // in a language that drop_languages does not keep
};
inline constexpr std::size_t kDropReasonCount = static_cast<std::size_t>(DropReason::kLanguage) + 1;

// Why an input record could not become a document.
enum class RejectReason : std::uint8_t {
  kBrokenJson,
  kNotAnObject,
  kNoTextOrTitle,
  kTextNotString,
  kInvalidUtf8,
  kTooLarge,
  kTruncatedStream,  // gzip or zstd that ends early
  kCorruptStream,    // gzip or zstd whose bytes are wrong
  kSourceFailed,     // the file vanished, changed or could not be read to its end
  kUnpackLimit,      // gzip or zstd that unpacks to more than the config allows
};
inline constexpr std::size_t kRejectReasonCount =
    static_cast<std::size_t>(RejectReason::kUnpackLimit) + 1;

// What is kept of the things that leave the text.
enum class Field : std::uint8_t {
  kTitle,
  kAuthor,
  kAuthorEmail,
  kSection,
  kOutlet,
  kSite,
  kDateline,
  kDateText,
  kCaptions,
  kCredit,
};
inline constexpr std::size_t kFieldCount = static_cast<std::size_t>(Field::kCredit) + 1;

// Remarks on a document, in the audit.
enum class Flag : std::uint8_t {
  kIdGenerated,     // the record had no id; it got a hash of its bytes
  kOutletFromUrl,   // the record had no outlet; it got the registered domain of its URL
  kLoneSurrogates,  // an escaped half of a surrogate pair became U+FFFD
  kControlBytes,    // NUL or other control characters are in the text
  kGuarded,         // a stage wanted more than the document guard allows; what was doubtful stays
  kFullPage,        // its outlet's texts look like whole pages: chrome and all (probe_pages)
};
inline constexpr std::size_t kFlagCount = static_cast<std::size_t>(Flag::kFullPage) + 1;

// The name that stands in files, for example "comment.form". Never empty.
[[nodiscard]] std::string_view name_of(Reason reason);
[[nodiscard]] std::string_view name_of(DropReason reason);
[[nodiscard]] std::string_view name_of(RejectReason reason);
[[nodiscard]] std::string_view name_of(Field field);
[[nodiscard]] std::string_view name_of(Flag flag);

// The inverse; nothing for a name that is not in the list.
[[nodiscard]] std::optional<Reason> reason_named(std::string_view name);
[[nodiscard]] std::optional<Field> field_named(std::string_view name);

// All names in order, for "did you mean".
[[nodiscard]] std::span<const std::string_view> reason_names();
[[nodiscard]] std::span<const std::string_view> field_names();

}  // namespace copydesk

#endif  // COPYDESK_REASON_H_
