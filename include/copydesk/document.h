// Document: one record and what is still alive of its text.
//
// A document owns its bytes. `original()` is the text as it was read; `text()` is the living text,
// the original with all edits so far applied. Stages see the living text, its lines and its words;
// spans in the audit, in pairs and in passages are bytes of the original, and to_original() is the
// way there.
//
// Lines, line keys and words are computed on first use and shared by every stage; after an edit
// only those of the lines it touched are computed again. Because of that cache a Document belongs
// to one thread at a time, also through its const members. Views and spans live until the document
// is edited, assigned or destroyed; those of the original as long as the document.
#ifndef COPYDESK_DOCUMENT_H_
#define COPYDESK_DOCUMENT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/reason.h"
#include "copydesk/text/lines.h"
#include "copydesk/text/words.h"

namespace copydesk {

// A half-open range of bytes.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  [[nodiscard]] std::uint32_t size() const { return end - begin; }
  friend bool operator==(const Span&, const Span&) = default;
};

// One removal or replacement that was applied: a range of the ORIGINAL text, why, and by whom.
struct AppliedEdit {
  Span span;
  Reason reason = Reason::kBlank;
  std::string stage;        // name of the stage, "engine" for blanks
  std::string rule;         // id of the rule or key of the template; may be empty
  std::string replacement;  // what stands there now; empty for a removal
};

// A field that was lifted out of the text, in the order it was found.
struct LiftedField {
  Field field = Field::kTitle;
  std::string value;
};

// Outlets of its cluster that a document is told: all would be a square of them in the end.
inline constexpr std::size_t kMaxTagOutlets = 100;

// What a cluster says of one of its documents; written beside the clean record.
struct ClusterTag {
  std::uint64_t cluster = 0;         // ordinal of the cluster
  std::uint32_t size = 0;            // documents in it, this one included
  std::vector<std::string> outlets;  // sorted; the first kMaxTagOutlets of them
};

// Whether a document stays. Not convertible to bool: ask kept().
class [[nodiscard]] Verdict {
 public:
  // The document goes on.
  static Verdict keep() { return Verdict(); }
  // The document leaves clean.jsonl. `of`: the ordinal of the document that stands for it.
  static Verdict drop(DropReason reason, std::optional<std::uint64_t> of = std::nullopt) {
    Verdict v;
    v.reason_ = reason;
    v.of_ = of;
    return v;
  }

  [[nodiscard]] bool kept() const { return !reason_.has_value(); }
  // Precondition: !kept().
  [[nodiscard]] DropReason reason() const { return *reason_; }
  [[nodiscard]] std::optional<std::uint64_t> of() const { return of_; }
  friend bool operator==(const Verdict&, const Verdict&) = default;

 private:
  Verdict() = default;
  std::optional<DropReason> reason_;
  std::optional<std::uint64_t> of_;
};

// What a reader knows of a document before any stage has seen it. Plain data.
struct DocumentFields {
  std::uint64_t doc = 0;  // ordinal in the input, from 0; rejected records count
  std::string id;         // the record's own, or a stable hash ("gen-…", flag kIdGenerated)
  std::string outlet;     // given, or the registered domain of the URL; may be empty
  std::string url;        // may be empty
  std::string title;      // may be empty
  std::string date;       // raw; may be empty
  std::optional<std::int64_t> time;  // the date as UTC seconds since 1970, when it can be parsed
  std::string language;              // given by the record, a code or a name; may be empty
};

class Document {
 public:
  Document() = default;
  // `text` must be valid UTF-8 of less than 2^32 bytes. Of the fields, the language is kept as its
  // code; what names no language counts as none.
  Document(DocumentFields fields, std::string text);
  Document(Document&&) noexcept = default;
  Document& operator=(Document&&) noexcept = default;
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;
  ~Document() = default;

  [[nodiscard]] std::uint64_t doc() const { return fields_.doc; }
  [[nodiscard]] const std::string& id() const { return fields_.id; }
  [[nodiscard]] const std::string& outlet() const { return fields_.outlet; }
  [[nodiscard]] const std::string& url() const { return fields_.url; }
  [[nodiscard]] const std::string& title() const { return fields_.title; }
  [[nodiscard]] const std::string& date() const { return fields_.date; }
  [[nodiscard]] std::optional<std::int64_t> time() const { return fields_.time; }
  // The code of the language (text::language_code()): given by the record if that is one, else the
  // detected one; may be empty.
  [[nodiscard]] const std::string& language() const {
    return fields_.language.empty() ? detected_language_ : fields_.language;
  }
  // What a stage said, where the record gives no language; empty otherwise.
  [[nodiscard]] const std::string& detected_language() const { return detected_language_; }
  [[nodiscard]] const DocumentFields& fields() const { return fields_; }

  [[nodiscard]] std::string_view original() const { return original_; }
  [[nodiscard]] std::string_view text() const {
    return edits_.empty() ? std::string_view(original_) : std::string_view(living_);
  }

  // Lines of the living text.
  [[nodiscard]] std::span<const text::Line> lines() const;
  // text::line_key() of each line of lines().
  [[nodiscard]] std::span<const std::uint64_t> line_keys() const;
  // Words of the living text.
  [[nodiscard]] std::span<const text::Word> words() const;
  // The bytes of line `i` of lines().
  [[nodiscard]] std::string_view line(std::size_t i) const;
  // Lines and words of the original text. Free if they were asked for before the first edit.
  [[nodiscard]] std::span<const text::Line> original_lines() const;
  [[nodiscard]] std::span<const text::Word> original_words() const;

  // The bytes of the original that a span of the living text covers. Bytes that were removed
  // inside the span are covered too. Precondition: span within text().
  [[nodiscard]] Span to_original(Span living) const;
  // The same in pieces: the maximal runs of original bytes that are alive inside `living`, in
  // order, appended to `out`. A replacement counts as the bytes it stands for.
  void living_pieces(Span living, std::vector<Span>& out) const;

  // What was done so far; spans disjoint and ascending.
  [[nodiscard]] std::span<const AppliedEdit> edits() const { return edits_; }
  [[nodiscard]] std::span<const LiftedField> lifted() const { return lifted_; }
  [[nodiscard]] std::span<const Flag> flags() const { return flags_; }
  // The first lifted value of a field; empty if there is none.
  [[nodiscard]] std::string_view lifted(Field field) const;

  // --- What the engine does to a document between stages. Stages see a const Document. ---

  // Applies edits of the original text: bytes that are already gone are left to their first owner,
  // the rest of each edit is added. A replacement is not gone: an edit that covers all it stands
  // for takes those bytes over. `edits` may come in any order and may overlap; among those the one
  // that begins first (then the longer, then the earlier in the list) owns the bytes. Drops line
  // and word caches.
  void apply(std::vector<AppliedEdit> edits);
  // Removes blanks that the edits so far left over. Of a run of blanks with cuts in it stay as many
  // line breaks as the longest run beside a cut had (the break of a line that was cut counts), the
  // indentation of the line that follows, and, without any break, the blanks before the first cut.
  // A run of blanks with a cut in it goes altogether at the start and the end of the text. Blanks
  // without a cut stay. A second call changes nothing. Reason kBlank, stage "engine".
  void apply_blanks();
  void lift(LiftedField field) { lifted_.push_back(std::move(field)); }
  void flag(Flag flag);
  // Takes a language a stage has found, a code or a name; one that the record gives stands.
  void detect_language(std::string_view language);

 private:
  // A run of living bytes: where it begins in the living text and in the original.
  struct Piece {
    std::uint32_t living = 0;
    std::uint32_t original = 0;
    std::uint32_t length = 0;           // in the living text
    std::uint32_t original_length = 0;  // of what it stands for
    bool replaced = false;              // its bytes are not those of the original
  };

  void rebuild();
  [[nodiscard]] std::vector<Span> living_spans(std::span<const AppliedEdit> edits) const;
  void update_parts(std::span<const Span> cut);
  [[nodiscard]] std::size_t piece_at(std::uint32_t living) const;

  DocumentFields fields_;
  std::string original_;
  std::string living_;
  std::vector<Piece> pieces_;
  std::vector<AppliedEdit> edits_;
  std::vector<LiftedField> lifted_;
  std::vector<Flag> flags_;
  std::string detected_language_;

  // What is known of a text.
  struct Parts {
    bool has_lines = false;
    bool has_keys = false;
    bool has_words = false;
    std::vector<text::Line> lines;
    std::vector<std::uint64_t> keys;
    std::vector<text::Word> words;
  };
  static std::span<const text::Line> lines_of(std::string_view text, Parts& parts);
  static std::span<const text::Word> words_of(std::string_view text, Parts& parts);

  mutable Parts parts_;           // of the living text
  mutable Parts original_parts_;  // of the original, once there are edits
};

}  // namespace copydesk

#endif  // COPYDESK_DOCUMENT_H_
