// Names of languages: one code for each, however a record writes it.
#ifndef COPYDESK_TEXT_LANGUAGE_H_
#define COPYDESK_TEXT_LANGUAGE_H_

#include <string>
#include <string_view>

namespace copydesk::text {

// The code of a language: two lower-case letters (ISO 639-1), or three (ISO 639-3) where there are
// no two. Understands codes of two and three letters, withdrawn ones ("iw"), tags with a region or
// a script ("en-US", "zh_Hant_TW"), and English names ("German", "Chinese (Simplified)"), in any
// case. Written forms of one language share its code: "zh" for both scripts of Chinese, "no" for
// Bokmål and Nynorsk. Empty if `given` names no language ("", "und", "n/a", "xx"). A code maps to
// itself. Cost: a search in a table of codes, or of names.
[[nodiscard]] std::string language_code(std::string_view given);

}  // namespace copydesk::text

#endif  // COPYDESK_TEXT_LANGUAGE_H_
