#include "cleaning/bylines.h"

#include <re2/re2.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <unordered_set>

#include "cleaning/line_shape.h"
#include "copydesk/text/lines.h"
#include "copydesk/text/utf8.h"
#include "copydesk/text/words.h"

namespace copydesk::cleaning {
namespace {

// Names without a comma between them have at most so many words together.
constexpr std::size_t kMostNameWords = 8;
// "Fitz" and "Mac" may stand before a capital within a name.
constexpr std::size_t kMostPrefixLetters = 4;
// A role stands among so many words.
constexpr std::size_t kMostRoleWords = 4;
// A date before "by" has at most so many bytes.
constexpr std::size_t kMaxDateBytes = 45;
// An outlet or a town beside an unmarked name has at most so many bytes.
constexpr std::size_t kMaxBesideBytes = 40;

using WordSet = std::unordered_set<std::uint64_t>;

WordSet set_of(std::initializer_list<std::string_view> list) {
  WordSet words;
  for (const std::string_view word : list) words.insert(text::word_hash(word));
  return words;
}

// What a role is about: "Ada Kestrel Medical Correspondent". Ends a name.
const WordSet& topic_words() {
  static const WordSet kWords =
      set_of({"business",   "sport",   "sports",    "politics",    "health",    "science",
              "technology", "culture", "education", "environment", "medical",   "crime",
              "economics",  "legal",   "religious", "royal",       "national",  "international",
              "world",      "defence", "defense",   "security",    "transport", "wirtschaft",
              "politik",    "kultur",  "economy",   "finance",     "financial", "entertainment",
              "fashion",    "food",    "travel",    "local",       "regional",  "investigative",
              "data",       "phd",     "md",        "jr",          "rd",        "rdn",
              "ms",         "mba"});
  return kWords;
}

// What somebody is or does. Never part of a name.
const WordSet& role_words() {
  static const WordSet kWords = set_of(
      {"staff",          "senior",          "chief",         "political",     "correspondent",
       "editor",         "reporter",        "writer",        "deputy",        "assistant",
       "associate",      "contributor",     "contributing",  "columnist",     "producer",
       "journalist",     "director",        "managing",      "published",     "updated",
       "redakteur",      "redakteurin",     "reporterin",    "autor",         "autorin",
       "journalistin",   "volontär",        "volontärin",    "korrespondent", "korrespondentin",
       "chefredakteur",  "chefredakteurin", "ressortleiter", "kolumnist",     "kolumnistin",
       "redacteur",      "rédacteur",       "rédactrice",    "journaliste",   "correspondant",
       "correspondante", "redactor",        "redactora",     "periodista",    "corresponsal",
       "redattore",      "giornalista",     "inviato",       "inviata",       "corrispondente",
       "verslaggever",   "journalistes",    "redaktör",      "reporters",     "follow",
       "freelance",      "special",         "specialist",    "professor",     "analyst",
       "fellow",         "author",          "reporting",     "muhabir",       "editör",
       "yazar",          "dziennikarz",     "dziennikarka",  "kommentator",   "journalister",
       "toimittaja",     "politisk",        "foreign",       "principal",     "lead",
       "head",           "executive",       "multimedia"});
  return kWords;
}

// Words of outlets, desks, menus and agencies. Never part of a name.
const WordSet& other_words() {
  static const WordSet kWords = set_of({"güncelleme",   "tarihi",
                                        "data",         "publikacji",
                                        "links",        "link",
                                        "size",         "text",
                                        "copy",         "story",
                                        "stories",      "topic",
                                        "topics",       "related",
                                        "tools",        "print",
                                        "email",        "mail",
                                        "top",          "address",
                                        "download",     "pdf",
                                        "format",       "friendly",
                                        "font",         "advertisement",
                                        "increase",     "decrease",
                                        "category",     "categories",
                                        "quote",        "posted",
                                        "ad",           "ads",
                                        "feedback",     "page",
                                        "pages",        "events",
                                        "exhibitions",  "estate",
                                        "jobs",         "careers",
                                        "account",      "settings",
                                        "options",      "facebook",
                                        "twitter",      "linkedin",
                                        "whatsapp",     "instagram",
                                        "youtube",      "bluesky",
                                        "spotify",      "telegram",
                                        "reddit",       "pinterest",
                                        "shopping",     "shop",
                                        "games",        "game",
                                        "guide",        "guides",
                                        "tips",         "trends",
                                        "blog",         "weblog",
                                        "forum",        "directory",
                                        "program",      "programs",
                                        "management",   "marketing",
                                        "digital",      "industry",
                                        "resources",    "insights",
                                        "product",      "products",
                                        "customer",     "support",
                                        "help",         "get",
                                        "find",         "book",
                                        "free",         "best",
                                        "why",          "what",
                                        "how",          "who",
                                        "when",         "where",
                                        "do",           "is",
                                        "video",        "videos",
                                        "are",          "it",
                                        "open",         "not",
                                        "no",           "yes",
                                        "or",           "if",
                                        "students",     "college",
                                        "institute",    "department",
                                        "ministry",     "government",
                                        "company",      "ltd",
                                        "inc",          "gmbh",
                                        "ag",           "corp",
                                        "corporation",  "association",
                                        "federation",   "union",
                                        "republic",     "states",
                                        "united",       "north",
                                        "south",        "central",
                                        "upper",        "lower",
                                        "river",        "lake",
                                        "island",       "islands",
                                        "church",       "hospital",
                                        "day",          "week",
                                        "month",        "year",
                                        "time",         "show",
                                        "awards",       "festival",
                                        "captioning",   "closed",
                                        "championship", "championships",
                                        "olympics",     "election",
                                        "elections",    "court",
                                        "tax",          "market",
                                        "markets",      "stock",
                                        "stocks",       "energy",
                                        "climate",      "drukuj",
                                        "fot",          "wyborcza",
                                        "forbes",       "zobacz",
                                        "źródło",       "redakcja",
                                        "portalu",      "panorama",
                                        "kommentar",    "bild",
                                        "bilder",       "teilen",
                                        "drucken",      "merken",
                                        "archiv",       "thema",
                                        "themen",       "startseite",
                                        "anmelden",     "datenschutz",
                                        "impressum",    "partager",
                                        "imprimer",     "commenter",
                                        "compartir",    "imprimir",
                                        "comentarios",  "condividi",
                                        "stampa",       "delen",
                                        "dela",         "kopieren",
                                        "copier",       "copiar",
                                        "aktualisiert", "actualizado",
                                        "actualité",    "publicado",
                                        "publié",       "pubblicato",
                                        "aggiornato",   "publisert",
                                        "publicerad",   "publiceret",
                                        "oppdatert",    "modifié",
                                        "first",        "last",
                                        "second",       "full",
                                        "bio",          "fast",
                                        "facts",        "fact",
                                        "checked",      "current",
                                        "getting",      "started",
                                        "start",        "trial",
                                        "real",         "sources",
                                        "source",       "alle",
                                        "nachrichten",  "noticias",
                                        "actualités",   "notizie",
                                        "haber",        "haberler",
                                        "новости",      "фото",
                                        "видео",        "главная",
                                        "comments",     "comment",
                                        "table",        "contents",
                                        "order",        "now",
                                        "joined",       "modified",
                                        "key",          "takeaways",
                                        "average",      "rating",
                                        "reader",       "human",
                                        "office",       "location",
                                        "employment",   "opportunities",
                                        "label",        "checkout",
                                        "secure",       "news",
                                        "press",        "agency",
                                        "agentur",      "media",
                                        "newsroom",     "desk",
                                        "redaktion",    "redazione",
                                        "rédaction",    "redacción",
                                        "redactie",     "team",
                                        "online",       "network",
                                        "times",        "post",
                                        "daily",        "newspaper",
                                        "magazin",      "magazine",
                                        "zeitung",      "today",
                                        "tv",           "radio",
                                        "service",      "services",
                                        "bureau",       "reuters",
                                        "afp",          "ap",
                                        "dpa",          "apa",
                                        "efe",          "ansa",
                                        "bloomberg",    "xinhua",
                                        "upi",          "getty",
                                        "images",       "image",
                                        "photo",        "foto",
                                        "com",          "de",
                                        "agencies",     "associated",
                                        "france",       "canadian",
                                        "notices",      "more",
                                        "all",          "article",
                                        "articles",     "opinion",
                                        "home",         "menu",
                                        "search",       "login",
                                        "sign",         "subscribe",
                                        "newsletter",   "newsletters",
                                        "video",        "videos",
                                        "podcast",      "live",
                                        "weather",      "the",
                                        "your",         "our",
                                        "university",   "police",
                                        "school",       "street",
                                        "park",         "city",
                                        "county",       "council",
                                        "group",        "club",
                                        "league",       "cup",
                                        "wissen",       "über",
                                        "und",          "mehr",
                                        "für",          "zum",
                                        "zur",          "im",
                                        "am",           "in",
                                        "on",           "at",
                                        "to",           "for",
                                        "with",         "from",
                                        "about",        "by",
                                        "you",          "we",
                                        "my",           "this",
                                        "that",         "read",
                                        "view",         "follow",
                                        "share",        "leitlinien",
                                        "systeme",      "funeral",
                                        "privacy",      "policy",
                                        "terms",        "contact",
                                        "us",           "new",
                                        "kommentare",   "agence",
                                        "presse"});
  return kWords;
}

// Months and days of the week; some are first names, so they only end a name.
const WordSet& date_words() {
  static const WordSet kWords = set_of(
      {"jan",        "feb",       "mar",       "apr",       "may",      "jun",      "jul",
       "aug",        "sep",       "sept",      "oct",       "nov",      "dec",      "okt",
       "dez",        "january",   "february",  "march",     "april",    "june",     "july",
       "august",     "september", "october",   "november",  "december", "januar",   "februar",
       "märz",       "mai",       "juni",      "juli",      "oktober",  "dezember", "enero",
       "febrero",    "marzo",     "abril",     "mayo",      "junio",    "julio",    "agosto",
       "septiembre", "octubre",   "noviembre", "diciembre", "monday",   "tuesday",  "wednesday",
       "thursday",   "friday",    "saturday",  "sunday",    "montag",   "dienstag", "mittwoch",
       "donnerstag", "freitag",   "samstag",   "sonntag",   "lunes",    "martes",   "miércoles",
       "jueves",     "viernes",   "sábado",    "domingo",   "lundi",    "mardi",    "mercredi",
       "jeudi",      "vendredi",  "samedi",    "dimanche",  "lunedì",   "martedì",  "mercoledì",
       "giovedì",    "venerdì",   "sabato",    "domenica",  "mon",      "tue",      "tues",
       "wed",        "thu",       "thurs",     "fri",       "sat",      "sun",      "pm",
       "am",         "est",       "pst",       "edt",       "gmt"});
  return kWords;
}

const WordSet& agency_words() {
  static const WordSet kWords =
      set_of({"ap",        "afp",      "reuters", "dpa",    "apa", "efe", "ansa",
              "bloomberg", "agencies", "aap",     "ritzau", "ntb", "tt",  "belga",
              "anp",       "pa",       "upi",     "kna",    "epd", "sda", "afx"});
  return kWords;
}

// Lower-case parts of names.
const WordSet& particles() {
  static const WordSet kWords =
      set_of({"van", "von", "der", "den", "de",  "di",  "da",  "del", "della", "dos", "du",
              "la",  "le",  "el",  "al",  "bin", "ibn", "ten", "ter", "zu",    "af",  "of"});
  return kWords;
}

// What joins two names.
const WordSet& joining_words() {
  static const WordSet kWords =
      set_of({"and", "und", "et", "y", "e", "och", "og", "en", "i", "и", "ve", "with", "mit"});
  return kWords;
}

// Those of them that are no initial, so that they may be capitals.
const WordSet& spelt_joiners() {
  static const WordSet kWords = set_of({"and", "und", "och", "og", "with", "mit", "ve"});
  return kWords;
}

// Two-word towns that stand after a comma as a second name would.
bool is_town(std::string_view name) {
  static const WordSet kFirst = set_of({"new", "los", "san", "hong", "tel", "las", "washington",
                                        "buenos", "rio", "cape", "abu", "kuala", "st", "santa"});
  thread_local std::vector<text::Word> words;
  text::split_words(name, words);
  return !words.empty() && kFirst.contains(words.front().hash);
}

bool is_upper(char32_t c) {
  const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT;
}
bool is_lower(std::string_view s, std::size_t at) {
  const text::CodePoint c = text::decode_utf8(s, at);
  return utf8proc_category(static_cast<utf8proc_int32_t>(c.value)) == UTF8PROC_CATEGORY_LL;
}
bool is_letter(char32_t c) {
  const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_ME;
}
bool is_in_name(char32_t c) {
  return is_letter(c) || c == U'.' || c == U'\'' || c == U'’' || c == U'-' || c == U'‘';
}

// A part of a name or what ends one.
struct Token {
  std::string_view bytes;
  bool upper = false;     // begins with a capital
  bool letters = false;   // nothing but letters and what names have besides
  bool initial = false;   // one letter and a full stop
  bool glued = false;     // a capital follows a small letter late in it: "RobotsNews"
  bool capitals = false;  // two capitals or more and no other letter
};

Token token_at(std::string_view s, std::size_t begin) {
  Token token;
  std::size_t at = begin;
  std::size_t letters = 0;
  std::size_t capitals = 0;
  bool small = false;  // the last letter
  bool first = true;
  while (at < s.size()) {
    const text::CodePoint c = text::decode_utf8(s, at);
    if (!is_in_name(c.value)) break;
    if (first) token.upper = is_upper(c.value);
    first = false;
    letters += is_letter(c.value) ? 1U : 0U;
    const bool upper = is_upper(c.value);
    capitals += upper ? 1U : 0U;
    if (upper && small && letters > kMostPrefixLetters + 1) token.glued = true;
    small = !upper && is_letter(c.value);
    at += c.length;
  }
  token.bytes = s.substr(begin, at - begin);
  token.letters = letters > 0;
  token.capitals = letters >= 2 && capitals == letters;
  token.initial = letters == 1 || (letters == 2 && token.bytes.find('.') != token.bytes.npos);
  return token;
}

bool contains_word_of(std::string_view token, const WordSet& set);

// "Wren" of "WrenUpdated": what lost the space before a word that ends names.
std::size_t glued_size(std::string_view token) {
  for (std::size_t at = 2; at + 2 < token.size(); ++at) {
    const bool turns =
        token[at] >= 'A' && token[at] <= 'Z' && token[at - 1] >= 'a' && token[at - 1] <= 'z';
    if (!turns) continue;
    const std::string_view tail = token.substr(at);
    if (contains_word_of(tail, role_words()) || contains_word_of(tail, date_words())) return at;
  }
  return token.size();
}

bool contains_word_of(std::string_view token, const WordSet& set) {
  thread_local std::vector<text::Word> words;
  text::split_words(token, words);
  return std::any_of(words.begin(), words.end(),
                     [&](const text::Word& w) { return set.contains(w.hash); });
}

std::size_t skip_spaces(std::string_view s, std::size_t at) {
  return s.size() - text::trim_front(s.substr(at)).size();
}

// A run of name parts.
struct NameRun {
  std::size_t end = 0;       // of the last part; where it began if there is no name
  std::size_t parts = 0;     // capitalised ones, initials included
  std::size_t capitals = 0;  // of these, all in capitals
  bool plain = true;         // nothing but capitalised words
  bool cut_short = false;    // a word follows that names have not, but outlets do
};

NameRun name_at(std::string_view s, std::size_t begin) {
  NameRun run;
  run.end = begin;
  std::size_t full_parts = 0;  // more than an initial
  bool ends_full = false;      // the last part is
  std::size_t words = 0;
  for (std::size_t at = begin; at < s.size();) {
    const Token token = token_at(s, at);
    if (!token.letters) break;
    const bool particle = contains_word_of(token.bytes, particles());
    if (!token.upper && (!particle || run.parts == 0)) break;
    if (token.upper) {
      if (contains_word_of(token.bytes, role_words())) break;
      if (run.parts > 0 && (contains_word_of(token.bytes, date_words()) ||
                            contains_word_of(token.bytes, topic_words()) ||
                            contains_word_of(token.bytes, spelt_joiners()))) {
        break;
      }
      const bool other = contains_word_of(token.bytes, other_words()) ||
                         (run.parts == 0 && contains_word_of(token.bytes, topic_words()));
      if (other && !(run.parts > 0 && particle)) {
        run.cut_short = true;
        break;
      }
    }
    if (++words > kMostNameWords) break;
    const std::size_t next = at + token.bytes.size();
    if (token.upper) {
      ++run.parts;
      full_parts += token.initial ? 0U : 1U;
      ends_full = !token.initial;
      run.capitals += token.capitals ? 1U : 0U;
      run.plain = run.plain && !token.initial;
      // The full stop of "J. Wren" belongs to it, that of "Ada Wren." does not.
      std::string_view bytes = token.bytes.substr(0, glued_size(token.bytes));
      const bool glued = bytes.size() < token.bytes.size();
      if (token.glued && !glued) return {.end = begin, .cut_short = true};
      while (!token.initial && (bytes.back() == '.' || bytes.back() == '-')) bytes.remove_suffix(1);
      run.end = at + bytes.size();
      if (glued || (bytes.size() != token.bytes.size() && bytes.size() > 3)) break;
    } else {
      run.plain = false;
    }
    const std::size_t after = skip_spaces(s, next);
    if (after == next) break;
    at = after;
  }
  if (run.parts < 2 || !ends_full || run.parts > full_parts + 2)
    run = {.end = begin, .cut_short = run.cut_short};
  return run;
}

// "Ada Wren Ada Wren" once.
std::string_view name_once(std::string_view name) {
  thread_local std::vector<text::Word> words;
  text::split_words(name, words);
  const std::size_t half = words.size() / 2;
  if (words.size() < 4 || words.size() % 2 != 0) return name;
  for (std::size_t i = 0; i < half; ++i) {
    if (words[i].hash != words[half + i].hash) return name;
  }
  return text::trim(name.substr(0, words[half].begin));
}

// Adds the names of a run: one, or of "Ada Wren Bo Lind Mia Ferry" three. False if there are more
// words than names have.
bool add_names(std::string_view name, const NameRun& run, std::vector<std::string_view>& names) {
  const std::string_view once = name_once(name);
  if (once.size() < name.size() || run.parts <= kMaxBylineNameWords) {
    names.push_back(once);
    return true;
  }
  if (!run.plain || run.parts % 2 != 0) return false;
  thread_local std::vector<text::Word> words;
  text::split_words(name, words);
  if (words.size() != run.parts) return false;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    names.push_back(name.substr(words[i].begin, words[i + 1].end - words[i].begin));
  }
  return true;
}

// Where a joiner between names ends that begins at `at`; `at` if there is none.
std::size_t joiner_end(std::string_view s, std::size_t at) {
  std::size_t next = skip_spaces(s, at);
  bool found = false;
  while (next < s.size()) {
    const text::CodePoint c = text::decode_utf8(s, next);
    if (c.value == U',' || c.value == U'&' || c.value == U'|' || c.value == U'/' ||
        c.value == U'·' || c.value == U'•' || c.value == U';') {
      next = skip_spaces(s, next + c.length);
      found = true;
      continue;
    }
    const Token token = token_at(s, next);
    const std::size_t after = next + token.bytes.size();
    const bool joins =
        token.letters &&
        contains_word_of(token.bytes, token.upper ? spelt_joiners() : joining_words());
    if (joins && skip_spaces(s, after) > after) {
      next = skip_spaces(s, after);
      found = true;
      continue;
    }
    break;
  }
  return found ? next : at;
}

const RE2& marker_pattern() {
  static const RE2 kPattern(
      "(?i)^[^\\p{L}\\p{N}]*(?:(?:a|an|ein|eine|einen|une?|un|kolumne|kommentar|analyse|essay|"
      "gastbeitrag|gastkommentar|interview|artikel|beitrag|bericht|reportage|rezension|kritik|"
      "glosse|written|reported|story|words|article|posted|published|opinion|analysis|column|"
      "review|report|commentary|comment|escrito|publicado|texto|text|texte|écrit|publié|propos|"
      "recueillis|chronique|tribune|scritto|geschreven|skrevet|skriven|tekst|exclusive|guest)"
      "(?: |: ?)){0,3}(?:(?:by|von|vom|par|por|di|door|av|af|przez)\\b ?:? ?|"
      "(?:text|texte|testo|texto|tekst|autor|autorin|autore|autora|auteur|author|authors|words|"
      "story|reporter|skrevet|teksti|szerző|redaktor|oprac\\.?|автор|текст) ?: ?)",
      RE2::Quiet);
  return kPattern;
}

// Each of its dates has a digit.
const RE2& date_pattern() {
  static const RE2 kPattern(
      "(?i)(?:\\b|\\D)(?:(?:19|20)\\d\\d|\\d{1,2}[:.h]\\d\\d)(?:\\b|\\D|$)|\\b\\d+ "
      "(?:minutes?|mins?|hours?|days?|months?|weeks?|years?) ago|"
      "\\b(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\\.? \\d{1,2}\\b|"
      "\\b\\d{1,2}\\.? (?:jan|feb|mar|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])|"
      "\\bvor \\d+ (?:minuten?|stunden?|tagen?)",
      RE2::Quiet);
  return kPattern;
}

bool finds(std::string_view line, const RE2& pattern) {
  return RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), pattern);
}

bool begins_with_separator(std::string_view rest) {
  const text::CodePoint c = text::decode_utf8(rest, 0);
  constexpr std::array<char32_t, 12> kMarks = {U',', U'|', U'•', U'·', U'/', U'–',
                                               U'—', U'-', U'(', U':', U'@', U'【'};
  return std::find(kMarks.begin(), kMarks.end(), c.value) != kMarks.end();
}

// What stands beside the names; false if it says that this is no byline.
bool read_rest(std::string_view rest, Byline& byline) {
  rest = text::trim(rest);
  byline.alone = rest.empty();
  if (rest.empty()) return true;
  if (rest.size() > kMaxBylineRestBytes || rest.back() == '?') return false;
  if (!byline.marked && rest.back() == '.') return false;
  const bool separated = begins_with_separator(rest);
  const Token token = token_at(rest, 0);
  byline.role = is_role(rest) || rest.front() == '@';
  byline.dated = is_dated(rest) &&
                 (separated || byline.marked || (rest.front() >= '0' && rest.front() <= '9') ||
                  contains_word_of(token.bytes, date_words()));
  // "Ada Kestrel and AP"
  if (contains_word_of(token.bytes, spelt_joiners()) &&
      contains_word_of(rest.substr(token.bytes.size()), agency_words())) {
    byline.role = true;
  }
  if (byline.dated || byline.role) return true;
  if (separated) {
    byline.alone =
        rest.size() <= kMaxBesideBytes && rest.find_first_of("0123456789?!") == rest.npos;
    return byline.marked || byline.alone;
  }
  // "By Ada Kestrel for the Post", "Von Ada Kestrel mit AP", "By Ada Kestrel ada@post.example"
  static const WordSet kLinks = set_of({"for", "mit", "aus", "in", "at", "of", "via", "with", "à",
                                        "fox", "bbc", "et", "from", "pour", "für", "og"});
  const std::string_view word = rest.substr(0, rest.find(' '));
  return byline.marked && (contains_word_of(token.bytes, kLinks) || word.find('@') != word.npos);
}

// "9. September 2025 um 15:46 Uhr / Ada Kestrel", "5:45 PM by Ada Kestrel": where the date ends.
std::size_t end_of_date(std::string_view line) {
  if (!has_digit(line)) return 0;
  static const RE2 kMarker("(?i)[\\s|,/–-](by:? |von:? |par:? |por:? |di:? |av:? |af:? )",
                           RE2::Quiet);
  re2::StringPiece marker;
  if (RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), kMarker, &marker)) {
    const auto at = static_cast<std::size_t>(marker.data() - line.data());
    if (at <= kMaxDateBytes && is_dated(line.substr(0, at))) return at;
  }
  std::size_t end = 0;
  for (const std::string_view mark : {"/", "|", ", ", " – ", " - ", "•", "·"}) {
    const std::size_t at = line.rfind(mark);
    if (at != line.npos && at + mark.size() > end) end = at + mark.size();
  }
  return end > 0 && is_dated(line.substr(0, end)) ? skip_spaces(line, end) : 0;
}

std::optional<Byline> read_byline(std::string_view line) {
  Byline byline;
  std::size_t at = 0;
  re2::StringPiece left(line.data(), line.size());
  if (RE2::Consume(&left, marker_pattern())) {
    at = line.size() - left.size();
    byline.marked = true;
  } else if (line.size() > 4 && line.starts_with("By") && line[2] >= 'A' && line[2] <= 'Z' &&
             line[3] >= 'a') {
    at = 2;  // "ByAda Kestrel"
    byline.marked = true;
  }
  std::size_t end = at;  // of the last name
  bool capitals = false;
  while (true) {
    const NameRun run = name_at(line, at);
    if (run.end == at) break;
    const bool first = byline.names.empty();
    const std::string_view name = line.substr(at, run.end - at);
    // Outlets and towns stand where a second name would.
    if (!first && (run.cut_short || is_town(name) || (run.capitals > 0 && !capitals))) break;
    // A line that only looks like a name is mostly a label or a section.
    if (!byline.marked && (run.cut_short || run.capitals > 0)) return std::nullopt;
    if (first) capitals = run.capitals > 0;
    if (!add_names(name, run, byline.names)) return std::nullopt;
    end = run.end;
    const std::size_t next = joiner_end(line, end);
    if (next == end) break;
    at = next;
  }
  if (byline.names.empty() || !read_rest(line.substr(end), byline)) return std::nullopt;
  return byline;
}

}  // namespace

std::optional<Byline> byline_of(std::string_view line) {
  if (line.size() > kMaxBylineBytes) return std::nullopt;
  std::optional<Byline> byline = read_byline(line);
  if (byline) return byline;
  const std::size_t begin = end_of_date(line);
  if (begin == 0) return std::nullopt;
  byline = read_byline(line.substr(begin));
  if (byline) byline->dated = true;
  return byline;
}

bool is_byline_marker(std::string_view line) {
  static const std::unordered_set<std::uint64_t> kMarkers = [] {
    std::unordered_set<std::uint64_t> keys;
    for (const std::string_view word :
         {"by", "von", "par", "por", "di", "door", "av", "af", "text", "texte", "autor", "autorin",
          "author", "authors", "written by", "posted by", "published by", "auteur", "autore"}) {
      keys.insert(text::line_key(word));
    }
    return keys;
  }();
  return kMarkers.contains(text::line_key(line));
}

bool is_dated(std::string_view line) {
  return line.size() <= kMaxBylineRestBytes && has_digit(line) && finds(line, date_pattern());
}

bool is_role(std::string_view line) {
  if (line.size() > kMaxBylineRestBytes) return false;
  thread_local std::vector<text::Word> words;
  text::split_words(line, words);
  if (words.size() > kMostRoleWords) words.resize(kMostRoleWords);
  for (const text::Word& word : words) {
    if (role_words().contains(word.hash)) return true;
    // "plunged head first": what stands before a role is a name or what the role is about.
    if (is_lower(line, word.begin) && !topic_words().contains(word.hash)) return false;
  }
  return false;
}

bool makes_label(std::string_view name, std::string_view text, std::span<const text::Word> words) {
  thread_local std::vector<text::Word> parts;
  text::split_words(name, parts);
  std::erase_if(parts, [&](const text::Word& part) { return is_lower(name, part.begin); });
  return std::any_of(words.begin(), words.end(), [&](const text::Word& word) {
    return std::any_of(parts.begin(), parts.end(),
                       [&](const text::Word& part) { return part.hash == word.hash; }) &&
           is_lower(text, word.begin);
  });
}

}  // namespace copydesk::cleaning
