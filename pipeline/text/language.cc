#include "copydesk/text/language.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "copydesk/text/lines.h"
#include "copydesk/text/words.h"

namespace copydesk::text {
namespace {

struct Language {
  std::string_view code;
  std::string_view others;  // other codes and English names, folded, '|' between
};

// ISO 639-1 ascending by code, with the three-letter codes of ISO 639-2 and those of ISO 639-3 that
// stand for the ordinary form of a language ("arb" for Arabic).
constexpr std::array kLanguages = std::to_array<Language>({
    {"aa", "aar|afar"},
    {"ab", "abk|abkhazian|abkhaz"},
    {"ae", "ave|avestan"},
    {"af", "afr|afrikaans"},
    {"ak", "aka|akan"},
    {"am", "amh|amharic"},
    {"an", "arg|aragonese"},
    {"ar", "ara|arb|arabic"},
    {"as", "asm|assamese"},
    {"av", "ava|avaric"},
    {"ay", "aym|aymara"},
    {"az", "aze|azj|azerbaijani|azeri"},
    {"ba", "bak|bashkir"},
    {"be", "bel|belarusian|belarussian"},
    {"bg", "bul|bulgarian"},
    {"bi", "bis|bislama"},
    {"bm", "bam|bambara"},
    {"bn", "ben|bengali|bangla"},
    {"bo", "bod|tib|tibetan"},
    {"br", "bre|breton"},
    {"bs", "bos|bosnian"},
    {"ca", "cat|catalan|valencian"},
    {"ce", "che|chechen"},
    {"ch", "cha|chamorro"},
    {"co", "cos|corsican"},
    {"cr", "cre|cree"},
    {"cs", "ces|cze|czech"},
    {"cu", "chu|church slavic"},
    {"cv", "chv|chuvash"},
    {"cy", "cym|wel|welsh"},
    {"da", "dan|danish"},
    {"de", "deu|ger|german"},
    {"dv", "div|divehi|dhivehi|maldivian"},
    {"dz", "dzo|dzongkha"},
    {"ee", "ewe"},
    {"el", "ell|gre|greek"},
    {"en", "eng|english"},
    {"eo", "epo|esperanto"},
    {"es", "spa|spanish|castilian"},
    {"et", "est|ekk|estonian"},
    {"eu", "eus|baq|basque"},
    {"fa", "fas|per|pes|persian|farsi"},
    {"ff", "ful|fulah|fula"},
    {"fi", "fin|finnish"},
    {"fj", "fij|fijian"},
    {"fo", "fao|faroese"},
    {"fr", "fra|fre|french"},
    {"fy", "fry|western frisian|frisian"},
    {"ga", "gle|irish"},
    {"gd", "gla|scottish gaelic|gaelic"},
    {"gl", "glg|galician"},
    {"gn", "grn|guarani"},
    {"gu", "guj|gujarati"},
    {"gv", "glv|manx"},
    {"ha", "hau|hausa"},
    {"he", "heb|iw|hebrew"},
    {"hi", "hin|hindi"},
    {"ho", "hmo|hiri motu"},
    {"hr", "hrv|croatian"},
    {"ht", "hat|haitian creole|haitian"},
    {"hu", "hun|hungarian"},
    {"hy", "hye|arm|armenian"},
    {"hz", "her|herero"},
    {"ia", "ina|interlingua"},
    {"id", "ind|in|indonesian"},
    {"ie", "ile|interlingue"},
    {"ig", "ibo|igbo"},
    {"ii", "iii|sichuan yi"},
    {"ik", "ipk|inupiaq"},
    {"io", "ido"},
    {"is", "isl|ice|icelandic"},
    {"it", "ita|italian"},
    {"iu", "iku|inuktitut"},
    {"ja", "jpn|japanese"},
    {"jv", "jav|jw|javanese"},
    {"ka", "kat|geo|georgian"},
    {"kg", "kon|kongo"},
    {"ki", "kik|kikuyu"},
    {"kj", "kua|kuanyama"},
    {"kk", "kaz|kazakh"},
    {"kl", "kal|kalaallisut|greenlandic"},
    {"km", "khm|khmer"},
    {"kn", "kan|kannada"},
    {"ko", "kor|korean"},
    {"kr", "kau|kanuri"},
    {"ks", "kas|kashmiri"},
    {"ku", "kur|kmr|kurdish"},
    {"kv", "kom|komi"},
    {"kw", "cor|cornish"},
    {"ky", "kir|kyrgyz|kirghiz"},
    {"la", "lat|latin"},
    {"lb", "ltz|luxembourgish"},
    {"lg", "lug|ganda|luganda"},
    {"li", "lim|limburgish"},
    {"ln", "lin|lingala"},
    {"lo", "lao"},
    {"lt", "lit|lithuanian"},
    {"lu", "lub|luba-katanga"},
    {"lv", "lav|lvs|latvian"},
    {"mg", "mlg|plt|malagasy"},
    {"mh", "mah|marshallese"},
    {"mi", "mri|mao|maori"},
    {"mk", "mkd|mac|macedonian"},
    {"ml", "mal|malayalam"},
    {"mn", "mon|khk|mongolian"},
    {"mr", "mar|marathi"},
    {"ms", "msa|may|zsm|malay"},
    {"mt", "mlt|maltese"},
    {"my", "mya|bur|burmese|myanmar"},
    {"na", "nau|nauru"},
    {"nd", "nde|north ndebele"},
    {"ne", "nep|npi|nepali"},
    {"ng", "ndo|ndonga"},
    {"nl", "nld|dut|dutch|flemish"},
    {"no", "nor|nb|nob|nn|nno|norwegian|norwegian bokmål|norwegian nynorsk|bokmål|nynorsk"},
    {"nr", "nbl|south ndebele"},
    {"nv", "nav|navajo"},
    {"ny", "nya|chichewa|nyanja"},
    {"oc", "oci|occitan"},
    {"oj", "oji|ojibwa"},
    {"om", "orm|gaz|oromo"},
    {"or", "ori|ory|odia|oriya"},
    {"os", "oss|ossetian"},
    {"pa", "pan|punjabi|panjabi"},
    {"pi", "pli|pali"},
    {"pl", "pol|polish"},
    {"ps", "pus|pbt|pashto"},
    {"pt", "por|portuguese"},
    {"qu", "que|quechua"},
    {"rm", "roh|romansh"},
    {"rn", "run|rundi|kirundi"},
    {"ro", "ron|rum|mo|mol|romanian|moldavian|moldovan"},
    {"ru", "rus|russian"},
    {"rw", "kin|kinyarwanda"},
    {"sa", "san|sanskrit"},
    {"sc", "srd|sardinian"},
    {"sd", "snd|sindhi"},
    {"se", "sme|northern sami"},
    {"sg", "sag|sango"},
    {"si", "sin|sinhala|sinhalese"},
    {"sk", "slk|slo|slovak"},
    {"sl", "slv|slovenian|slovene"},
    {"sm", "smo|samoan"},
    {"sn", "sna|shona"},
    {"so", "som|somali"},
    {"sq", "sqi|alb|als|albanian"},
    {"sr", "srp|serbian"},
    {"ss", "ssw|swati"},
    {"st", "sot|southern sotho|sesotho|sotho"},
    {"su", "sun|sundanese"},
    {"sv", "swe|swedish"},
    {"sw", "swa|swh|swahili"},
    {"ta", "tam|tamil"},
    {"te", "tel|telugu"},
    {"tg", "tgk|tajik"},
    {"th", "tha|thai"},
    {"ti", "tir|tigrinya"},
    {"tk", "tuk|turkmen"},
    {"tl", "tgl|fil|tagalog|filipino"},
    {"tn", "tsn|tswana|setswana"},
    {"to", "ton|tonga|tongan"},
    {"tr", "tur|turkish"},
    {"ts", "tso|tsonga"},
    {"tt", "tat|tatar"},
    {"tw", "twi"},
    {"ty", "tah|tahitian"},
    {"ug", "uig|uyghur|uighur"},
    {"uk", "ukr|ukrainian"},
    {"ur", "urd|urdu"},
    {"uz", "uzb|uzn|uzbek"},
    {"ve", "ven|venda"},
    {"vi", "vie|vietnamese"},
    {"vo", "vol|volapük"},
    {"wa", "wln|walloon"},
    {"wo", "wol|wolof"},
    {"xh", "xho|xhosa"},
    {"yi", "yid|ydd|ji|yiddish"},
    {"yo", "yor|yoruba"},
    {"za", "zha|zhuang"},
    {"zh", "zho|chi|cmn|chinese|mandarin|mandarin chinese"},
    {"zu", "zul|zulu"},
});

// Codes that say "no language", and what tables write into an empty field.
constexpr std::array<std::string_view, 6> kNoLanguage = {"mis", "mul", "nan", "und", "unk", "zxx"};

// The codes by each of the other names.
using ByName = std::unordered_map<std::string_view, std::string_view>;

ByName list_names() {
  ByName codes;
  for (const Language& language : kLanguages) {
    for (std::string_view rest = language.others; !rest.empty();) {
      const std::size_t end = std::min(rest.find('|'), rest.size());
      codes.emplace(rest.substr(0, end), language.code);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return codes;
}

// The code that a folded code or name stands for; empty if none.
std::string_view find_code(std::string_view name) {
  const auto* const by_code =
      std::lower_bound(kLanguages.begin(), kLanguages.end(), name,
                       [](const Language& l, std::string_view code) { return l.code < code; });
  if (by_code != kLanguages.end() && by_code->code == name) return name;
  static const ByName kByName = list_names();
  if (const auto by_name = kByName.find(name); by_name != kByName.end()) return by_name->second;
  const bool is_code = name.size() == 3 && std::all_of(name.begin(), name.end(),
                                                       [](char c) { return c >= 'a' && c <= 'z'; });
  const bool says_none =
      std::find(kNoLanguage.begin(), kNoLanguage.end(), name) != kNoLanguage.end();
  return is_code && !says_none ? name : std::string_view();
}

}  // namespace

std::string language_code(std::string_view given) {
  given = trim(given);
  if (given.empty()) return {};
  const std::string folded = fold(given);
  const std::string_view name = folded;
  if (const std::string_view code = find_code(name); !code.empty()) return std::string(code);
  // A tag with subtags, or a name with a remark in brackets.
  return std::string(find_code(trim_back(name.substr(0, name.find_first_of("-_(")))));
}

}  // namespace copydesk::text
