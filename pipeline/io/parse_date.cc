// parse_date: dates as they stand on pages and in APIs, read token by token.
//
// A date is accepted only if every token of it is understood and none is said twice; what is left
// over (a word we do not know, a third number) makes it unknown. That keeps "12 Oct 2024" apart
// from "12 people, 2024" without a list of the world's phrases.
//
// Decisions where the forms are not clear by themselves:
//   - 03/04/2024 and 03.04.2024 give nothing; 25/12/2024, 12/25/2024 and 04/04/2024 say enough.
//   - "CST", "BST" and their like mean North America and Europe. "IST" is India, Israel and
//     Ireland: the time is taken, the zone is not, so it counts as UTC.
//   - 10 digits are UNIX seconds (9 before September 2001), 13 milliseconds. 8, 12 and 14 digits
//     are YYYYMMDD, YYYYMMDDhhmm and YYYYMMDDhhmmss; 12 digits that are no such date milliseconds.
//   - "2024-10" and "October 2024" are the first day of the month, "2024" that of the year.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "copydesk/text/lines.h"
#include "copydesk/text/words.h"
#include "io/parse_record.h"

namespace copydesk {
namespace {

constexpr std::int64_t kSecondsPerDay = 86400;
constexpr std::size_t kLongestDate = 80;  // bytes; longer strings are no dates

struct NamedNumber {
  std::string_view name;
  int value;
};

// Months and their abbreviations in English, German, French, Spanish, Portuguese, Italian, Dutch.
// All names of all tables are as text::fold() leaves them.
constexpr NamedNumber kMonths[] = {
    {"jan", 1},        {"january", 1},    {"januar", 1},     {"jänner", 1},    {"janvier", 1},
    {"janv", 1},       {"enero", 1},      {"ene", 1},        {"janeiro", 1},   {"gennaio", 1},
    {"gen", 1},        {"januari", 1},    {"feb", 2},        {"february", 2},  {"februar", 2},
    {"février", 2},    {"fevrier", 2},    {"févr", 2},       {"fév", 2},       {"febrero", 2},
    {"fevereiro", 2},  {"fev", 2},        {"febbraio", 2},   {"februari", 2},  {"mar", 3},
    {"march", 3},      {"märz", 3},       {"mär", 3},        {"mars", 3},      {"marzo", 3},
    {"março", 3},      {"maart", 3},      {"mrt", 3},        {"apr", 4},       {"april", 4},
    {"avril", 4},      {"avr", 4},        {"abril", 4},      {"abr", 4},       {"aprile", 4},
    {"may", 5},        {"mai", 5},        {"mayo", 5},       {"maio", 5},      {"maggio", 5},
    {"mag", 5},        {"mei", 5},        {"jun", 6},        {"june", 6},      {"juni", 6},
    {"juin", 6},       {"junio", 6},      {"junho", 6},      {"giugno", 6},    {"giu", 6},
    {"jul", 7},        {"july", 7},       {"juli", 7},       {"juillet", 7},   {"juil", 7},
    {"julio", 7},      {"julho", 7},      {"luglio", 7},     {"lug", 7},       {"aug", 8},
    {"august", 8},     {"août", 8},       {"aout", 8},       {"agosto", 8},    {"ago", 8},
    {"augustus", 8},   {"sep", 9},        {"sept", 9},       {"september", 9}, {"septembre", 9},
    {"septiembre", 9}, {"setembro", 9},   {"set", 9},        {"settembre", 9}, {"oct", 10},
    {"october", 10},   {"oktober", 10},   {"okt", 10},       {"octobre", 10},  {"octubre", 10},
    {"outubro", 10},   {"out", 10},       {"ottobre", 10},   {"ott", 10},      {"nov", 11},
    {"november", 11},  {"novembre", 11},  {"noviembre", 11}, {"novembro", 11}, {"dec", 12},
    {"december", 12},  {"dezember", 12},  {"dez", 12},       {"décembre", 12}, {"decembre", 12},
    {"déc", 12},       {"diciembre", 12}, {"dic", 12},       {"dezembro", 12}, {"dicembre", 12},
};

// Zones by name, in minutes east of UTC.
constexpr NamedNumber kZones[] = {
    {"z", 0},      {"utc", 0},    {"gmt", 0},     {"ut", 0},      {"wet", 0},    {"ist", 0},
    {"est", -300}, {"edt", -240}, {"cst", -360},  {"cdt", -300},  {"mst", -420}, {"mdt", -360},
    {"pst", -480}, {"pdt", -420}, {"akst", -540}, {"akdt", -480}, {"hst", -600}, {"ast", -240},
    {"adt", -180}, {"nst", -210}, {"ndt", -150},  {"bst", 60},    {"west", 60},  {"cet", 60},
    {"mez", 60},   {"cest", 120}, {"mesz", 120},  {"eet", 120},   {"eest", 180}, {"msk", 180},
    {"sast", 120}, {"cat", 120},  {"eat", 180},   {"wat", 60},    {"trt", 180},  {"gst", 240},
    {"pkt", 300},  {"npt", 345},  {"wib", 420},   {"ict", 420},   {"hkt", 480},  {"sgt", 480},
    {"pht", 480},  {"myt", 480},  {"awst", 480},  {"kst", 540},   {"jst", 540},  {"acst", 570},
    {"acdt", 630}, {"aest", 600}, {"aedt", 660},  {"nzst", 720},  {"nzdt", 780}, {"brt", -180},
    {"art", -180},
};

// Words that say nothing: days of the week and what joins a date to its time. "mar" is March here,
// never mardi or martes.
constexpr std::string_view kFillers[] = {
    "mon",      "tue",      "tues",      "wed",      "thu",      "thur",      "thurs",
    "fri",      "sat",      "sun",       "monday",   "tuesday",  "wednesday", "thursday",
    "friday",   "saturday", "sunday",    "mo",       "di",       "mi",        "do",
    "fr",       "sa",       "so",        "montag",   "dienstag", "mittwoch",  "donnerstag",
    "freitag",  "samstag",  "sonnabend", "sonntag",  "lundi",    "mardi",     "mercredi",
    "jeudi",    "vendredi", "samedi",    "dimanche", "lun",      "mer",       "jeu",
    "ven",      "sam",      "dim",       "lunes",    "martes",   "miércoles", "miercoles",
    "jueves",   "viernes",  "sábado",    "sabado",   "domingo",  "mié",       "jue",
    "vie",      "sáb",      "dom",       "segunda",  "terça",    "quarta",    "quinta",
    "sexta",    "feira",    "seg",       "ter",      "qua",      "qui",       "sex",
    "lunedì",   "martedì",  "mercoledì", "giovedì",  "venerdì",  "sabato",    "domenica",
    "gio",      "sab",      "maandag",   "dinsdag",  "woensdag", "donderdag", "vrijdag",
    "zaterdag", "zondag",   "ma",        "wo",       "vr",       "za",        "zo",
    "at",       "of",       "the",       "on",       "um",       "uhr",       "den",
    "der",      "de",       "del",       "le",       "à",        "às",        "as",
    "il",       "alle",     "ore",       "om",       "uur",
};

// Suffixes of a day: 1st, 2nd, 3rd, 4th, 1er, 1º.
constexpr std::string_view kOrdinals[] = {"st", "nd", "rd", "th", "er", "º", "°", "ª", "e"};

template <std::size_t Size>
std::optional<int> find_named(const NamedNumber (&table)[Size], std::string_view name) {
  for (const NamedNumber& row : table) {
    if (row.name == name) return row.value;
  }
  return std::nullopt;
}

template <std::size_t Size>
bool contains(const std::string_view (&list)[Size], std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

// Days from 1970-01-01 to a date of the Gregorian calendar. Precondition: year > 0.
std::int64_t days_since_1970(int year, int month, int day) {
  constexpr std::array<int, 12> kBefore = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  const int past = year - 1;  // whole years since the year 1
  const int leap_day = month > 2 && is_leap(year) ? 1 : 0;
  return past * std::int64_t{365} + past / 4 - past / 100 + past / 400 +
         kBefore[static_cast<std::size_t>(month - 1)] + leap_day + (day - 1) - 719162;
}

// What was understood so far.
struct Moment {
  std::optional<int> year, month, day;
  std::optional<int> hour, minute, second;
  std::optional<int> zone;  // minutes east of UTC

  // The moment as UTC seconds; nothing if it is impossible or has no year.
  [[nodiscard]] std::optional<std::int64_t> seconds() const {
    if (!year || (day && !month)) return std::nullopt;
    if (*year < 1000 || month.value_or(1) < 1 || month.value_or(1) > 12) return std::nullopt;
    const int the_month = month.value_or(1);
    const int the_day = day.value_or(1);
    if (the_day < 1 || the_day > days_in_month(*year, the_month)) return std::nullopt;
    const int h = hour.value_or(0);
    const int m = minute.value_or(0);
    const int s = second.value_or(0);
    const bool end_of_day = h == 24 && m == 0 && s == 0;  // ISO 8601 allows it
    if ((h > 23 && !end_of_day) || m > 59 || s > 60) return std::nullopt;
    if (hour && !day) return std::nullopt;
    return days_since_1970(*year, the_month, the_day) * kSecondsPerDay + h * 3600 + m * 60 + s -
           zone.value_or(0) * 60;
  }
};

// Units that stand behind their numbers: 2024年10月12日, 2024년 10월 12일.
struct Unit {
  std::string_view name;
  std::optional<int> Moment::*part;
};
constexpr Unit kUnits[] = {
    {"年", &Moment::year},   {"년", &Moment::year},   {"月", &Moment::month},
    {"월", &Moment::month},  {"日", &Moment::day},    {"일", &Moment::day},
    {"時", &Moment::hour},   {"时", &Moment::hour},   {"시", &Moment::hour},
    {"分", &Moment::minute}, {"분", &Moment::minute}, {"秒", &Moment::second},
    {"초", &Moment::second},
};

// Reads a folded date.
class DateReader {
 public:
  explicit DateReader(std::string_view date) : rest_(date) {}

  std::optional<std::int64_t> read() {
    while (!rest_.empty()) {
      if (!read_token()) return std::nullopt;
    }
    if (half_day_ && !apply_half_day()) return std::nullopt;
    return moment_.seconds();
  }

 private:
  bool read_token() {
    const char c = rest_.front();
    if (is_digit(c)) return read_number();
    if (is_letter(c)) return read_word();
    // "15:05 +0900", "15:05-05:00"; before a time, or before a space, a dash only separates.
    if ((c == '+' || c == '-') && moment_.hour && !has_offset_ && rest_.size() > 1 &&
        is_digit(rest_[1])) {
      return read_offset();
    }
    if (c == '(' && has_offset_) return skip_comment();
    constexpr std::string_view kSeparators = " \t,.;|-/()";
    if (kSeparators.find(c) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // What RFC 2822 and browsers put behind an offset: "+0900 (Korean Standard Time)".
  bool skip_comment() {
    const std::size_t end = rest_.find(')');
    if (end == std::string_view::npos) return false;
    rest_.remove_prefix(end + 1);
    return true;
  }

  // --- Numbers ---

  // Takes the digits at the front. Precondition: at most nine.
  int take_number() {
    int value = 0;
    while (!rest_.empty() && is_digit(rest_.front())) {
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }

  [[nodiscard]] std::size_t count_digits(std::size_t from = 0) const {
    std::size_t at = from;
    while (at < rest_.size() && is_digit(rest_[at])) ++at;
    return at - from;
  }

  bool read_number() {
    const std::size_t digits = count_digits();
    const char after = digits < rest_.size() ? rest_[digits] : '\0';
    if (after_t_) return read_compact_time(digits, after);
    if (digits == 8) return read_compact_date();
    if (digits > 4) return false;
    for (const Unit& unit : kUnits) {
      if (rest_.substr(digits).starts_with(unit.name)) return read_unit(unit);
    }
    if (digits == 4) return read_year(after);
    if (digits == 3) return false;
    if (after == ':' || (after == 'h' && moment_.day)) return read_time();
    if ((after == '/' || after == '.' || after == '-') && digit_at(digits + 1)) {
      return read_all_number_date(after);
    }
    return read_day_or_hour();
  }

  [[nodiscard]] bool digit_at(std::size_t at) const {
    return at < rest_.size() && is_digit(rest_[at]);
  }

  bool read_unit(const Unit& unit) {
    if (moment_.*unit.part) return false;
    moment_.*unit.part = take_number();
    rest_.remove_prefix(unit.name.size());
    return true;
  }

  // "2024", "2024-10", "2024-10-12", "2024/10/12", "2024.10.12", and a 'T' behind it.
  bool read_year(char after) {
    if (moment_.year) return false;
    moment_.year = take_number();
    const bool joined = after == '-' || after == '/' || after == '.';
    if (!joined || !digit_at(1) || moment_.month) return true;
    if (!take_part(after, moment_.month)) return false;
    if (rest_.empty() || rest_.front() != after || !digit_at(1)) return true;
    if (!take_part(after, moment_.day)) return false;
    return take_t();
  }

  // A separator and a number of one or two digits.
  bool take_part(char separator, std::optional<int>& part) {
    if (part || rest_.empty() || rest_.front() != separator) return false;
    const std::size_t digits = count_digits(1);
    if (digits < 1 || digits > 2) return false;
    rest_.remove_prefix(1);
    part = take_number();
    return true;
  }

  // The 'T' of ISO 8601 between a date and its time.
  bool take_t() {
    if (rest_.size() > 1 && rest_.front() == 't' && is_digit(rest_[1])) {
      rest_.remove_prefix(1);
      after_t_ = true;
    }
    return true;
  }

  // YYYYMMDD.
  bool read_compact_date() {
    if (moment_.year || moment_.month || moment_.day) return false;
    const int number = take_number();
    moment_.year = number / 10000;
    moment_.month = number / 100 % 100;
    moment_.day = number % 100;
    return take_t();
  }

  // What follows a 'T': hh:mm…, hh, hhmm or hhmmss.
  bool read_compact_time(std::size_t digits, char after) {
    after_t_ = false;
    if (after == ':') return digits <= 2 && read_time();
    if (moment_.hour || (digits != 2 && digits != 4 && digits != 6)) return false;
    int number = take_number();
    if (digits == 6) {
      moment_.second = number % 100;
      number /= 100;
    }
    if (digits >= 4) {
      moment_.minute = number % 100;
      number /= 100;
    }
    moment_.hour = number;
    skip_fraction();
    return true;
  }

  // h:mm, h:mm:ss, h:mm:ss.fff, 15h05, 15h.
  bool read_time() {
    if (moment_.hour) return false;
    moment_.hour = take_number();
    const bool colon = rest_.front() == ':';
    if (!colon && !digit_at(1)) {
      rest_.remove_prefix(1);
      return true;
    }
    if (count_digits(1) != 2) return false;
    rest_.remove_prefix(1);
    moment_.minute = take_number();
    if (!colon || rest_.empty() || rest_.front() != ':') return true;
    if (count_digits(1) != 2) return false;
    rest_.remove_prefix(1);
    moment_.second = take_number();
    skip_fraction();
    return true;
  }

  void skip_fraction() {
    if (rest_.size() > 1 && (rest_.front() == '.' || rest_.front() == ',') && is_digit(rest_[1])) {
      rest_.remove_prefix(1 + count_digits(1));
    }
  }

  // d/m/yyyy or m/d/yyyy, where only one of them is possible.
  bool read_all_number_date(char separator) {
    if (moment_.year || moment_.month || moment_.day) return false;
    const int first = take_number();
    std::optional<int> second;
    if (!take_part(separator, second)) return false;
    if (rest_.empty() || rest_.front() != separator || count_digits(1) != 4) return false;
    rest_.remove_prefix(1);
    moment_.year = take_number();
    if (first > 12 || first == *second) {
      moment_.day = first;
      moment_.month = second;
    } else if (*second > 12) {
      moment_.day = second;
      moment_.month = first;
    } else {
      return false;
    }
    return true;
  }

  // A number of one or two digits by itself: the hour of "3 pm", the day, or a year in two digits.
  bool read_day_or_hour() {
    const int number = take_number();
    if (!moment_.hour && half_day_follows()) {
      moment_.hour = number;
      return true;
    }
    if (!moment_.day) {
      moment_.day = number;
      take_ordinal();
      return true;
    }
    if (moment_.year || !moment_.month || moment_.hour) return false;
    moment_.year = number + (number < 50 ? 2000 : 1900);  // as RFC 2822 reads two digits
    return true;
  }

  [[nodiscard]] bool half_day_follows() const {
    std::size_t at = 0;
    while (at < rest_.size() && rest_[at] == ' ') ++at;
    const std::string_view next = rest_.substr(at);
    if (next.size() < 2 || (next[0] != 'a' && next[0] != 'p')) return false;
    const std::size_t m = next[1] == '.' ? 2 : 1;
    return m < next.size() && next[m] == 'm' && (m + 1 == next.size() || !is_letter(next[m + 1]));
  }

  void take_ordinal() {
    for (const std::string_view ordinal : kOrdinals) {
      if (rest_.starts_with(ordinal) &&
          (rest_.size() == ordinal.size() || !is_letter(rest_[ordinal.size()]))) {
        rest_.remove_prefix(ordinal.size());
        return;
      }
    }
  }

  // +09:00, +0900, +09; also behind "UTC" or "GMT".
  bool read_offset() {
    const int sign = rest_.front() == '-' ? -1 : 1;
    rest_.remove_prefix(1);
    const std::size_t digits = count_digits();
    if (digits > 4 || digits == 3) return false;
    int hours = take_number();
    int minutes = 0;
    if (digits == 4) {
      minutes = hours % 100;
      hours /= 100;
    } else if (!rest_.empty() && rest_.front() == ':') {
      if (count_digits(1) != 2) return false;
      rest_.remove_prefix(1);
      minutes = take_number();
    }
    if (hours > 14 || minutes > 59) return false;
    moment_.zone = sign * (hours * 60 + minutes);
    has_offset_ = true;
    return true;
  }

  // --- Words ---

  bool read_word() {
    if (read_half_day()) return true;
    std::size_t length = 0;
    while (length < rest_.size() && is_letter(rest_[length])) ++length;
    const std::string_view word = rest_.substr(0, length);
    rest_.remove_prefix(length);
    if (const std::optional<int> month = find_named(kMonths, word)) {
      if (moment_.month) return false;
      moment_.month = month;
      return true;
    }
    if (const std::optional<int> zone = find_named(kZones, word)) {
      if (!moment_.hour) return false;
      if (!moment_.zone) moment_.zone = zone;  // "+0000 (UTC)" says it twice
      return true;
    }
    return contains(kFillers, word);
  }

  // am, pm, a.m., p.m. Only behind an hour.
  bool read_half_day() {
    if (!moment_.hour || half_day_ || !half_day_follows()) return false;
    half_day_ = rest_.front() == 'p' ? 12 : 0;
    rest_.remove_prefix(rest_[1] == '.' ? 3 : 2);
    return true;
  }

  // 12 am is midnight, 12 pm noon; "15:05 pm" is 15:05.
  bool apply_half_day() {
    if (*moment_.hour > 12) return *half_day_ == 12;
    moment_.hour = *moment_.hour % 12 + *half_day_;
    return true;
  }

  std::string_view rest_;
  Moment moment_;
  bool after_t_ = false;         // the next number is a time
  bool has_offset_ = false;      // the zone was given as a number
  std::optional<int> half_day_;  // 0 am, 12 pm
};

// A date of digits only: UNIX time or a compact date. A fraction of a second may follow.
std::optional<std::int64_t> read_digits(std::string_view digits, bool fraction) {
  std::int64_t number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  const auto pair = [digits](std::size_t at) {
    return (digits[at] - '0') * 10 + (digits[at + 1] - '0');
  };
  switch (digits.size()) {
    case 8:
    case 12:
    case 14:
      if (!fraction) {
        Moment moment;
        moment.year = pair(0) * 100 + pair(2);
        moment.month = pair(4);
        moment.day = pair(6);
        if (digits.size() > 8) moment.hour = pair(8);
        if (digits.size() > 8) moment.minute = pair(10);
        if (digits.size() > 12) moment.second = pair(12);
        const std::optional<std::int64_t> seconds = moment.seconds();
        if (seconds || digits.size() != 12) return seconds;
      }
      if (digits.size() != 12) return std::nullopt;
      return number / 1000;
    case 9:
    case 10:
      return number;
    case 13:
      return number / 1000;
    default:
      return std::nullopt;
  }
}

// Lower case, with plain spaces for other spaces, long dashes and dots: ICU writes U+202F before
// "PM".
std::string folded_date(std::string_view date) {
  constexpr std::string_view kSpaces[] = {"\u00A0", "\u2009", "\u202F", "\u3000",
                                          "\u00B7", "\u2013", "\u2014", "\u2022"};
  std::string folded = text::fold(date);
  for (const std::string_view space : kSpaces) {
    for (std::size_t at = folded.find(space); at != std::string::npos;
         at = folded.find(space, at)) {
      folded.replace(at, space.size(), " ");
    }
  }
  return folded;
}

}  // namespace

std::optional<std::int64_t> parse_date(std::string_view date) {
  date = text::trim(date);
  if (date.empty() || date.size() > kLongestDate) return std::nullopt;
  const std::size_t digits = std::min(date.find_first_not_of("0123456789"), date.size());
  const std::string_view behind = date.substr(digits);
  const bool fraction = behind.size() > 1 && behind.front() == '.' &&
                        behind.find_first_not_of("0123456789", 1) == std::string_view::npos;
  if (digits > 4 && (behind.empty() || fraction)) {
    return digits > 14 ? std::nullopt : read_digits(date.substr(0, digits), fraction);
  }
  const std::string folded = folded_date(date);
  return DateReader(folded).read();
}

}  // namespace copydesk
