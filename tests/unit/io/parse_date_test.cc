#include <gtest/gtest.h>

#include <chrono>

#include "io/parse_record.h"

namespace copydesk {
namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;

// UTC seconds of a moment, by the standard library's calendar.
std::int64_t at(int year, unsigned month, unsigned day, int hour = 0, int minute = 0,
                int second = 0) {
  const sys_seconds moment =
      sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day)) +
      std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
  return moment.time_since_epoch().count();
}

TEST(ParseDate, ReadsTheDatesOfPagesAndApis) {
  const std::int64_t midnight = at(2024, 10, 12);
  const std::int64_t afternoon = at(2024, 10, 12, 15, 5);
  const struct {
    std::string_view date;
    std::int64_t seconds;
  } kRows[] = {
      // ISO 8601 and RFC 3339.
      {"2024-10-12", midnight},
      {" 2024-10-12\n", midnight},
      {"2024-10-12T15:05:00Z", afternoon},
      {"2024-10-12t15:05:00z", afternoon},
      {"2024-10-12T15:05:00", afternoon},
      {"2024-10-12T15:05", afternoon},
      {"2024-10-12T15:05Z", afternoon},
      {"2024-10-12T15", at(2024, 10, 12, 15)},
      {"2024-10-12 15:05:00", afternoon},
      {"2024-10-12 15:05", afternoon},
      {"2024-10-12T15:05:07.123Z", afternoon + 7},
      {"2024-10-12T15:05:07,123Z", afternoon + 7},
      {"2024-10-12T15:05:07.123456789+00:00", afternoon + 7},
      {"2024-10-12 15:05:07.123456", afternoon + 7},
      {"2024-10-13T00:05:00+09:00", afternoon},
      {"2024-10-13T00:05:00+0900", afternoon},
      {"2024-10-13T00:05:00+09", afternoon},
      {"2024-10-13 00:05:00 +0900", afternoon},
      {"2024-10-12T10:05:00-05:00", afternoon},
      {"2024-10-12T10:05:00-0500", afternoon},
      {"2024-10-12T20:35:00+05:30", afternoon},
      {"2024-10-12T15:05:00-00:00", afternoon},
      {"2024-10-12 15:05:00 UTC", afternoon},
      {"2024-10-12 15:05:00+00:00 (UTC)", afternoon},
      {"2024-10-12T24:00:00Z", at(2024, 10, 13)},
      {"2016-12-31T23:59:60Z", at(2017, 1, 1)},
      {"20241012", midnight},
      {"20241012T150500Z", afternoon},
      {"20241012T1505", afternoon},
      {"20241012T15", at(2024, 10, 12, 15)},
      {"20241012T15:05:00", afternoon},
      {"20241012 15:05", afternoon},
      {"20241012150500", afternoon},
      {"202410121505", afternoon},
      {"2024-10", at(2024, 10, 1)},
      {"2024", at(2024, 1, 1)},
      {"2024-1-2", at(2024, 1, 2)},
      {"2024/10/12", midnight},
      {"2024/10/12 15:05:00", afternoon},
      {"2024.10.12", midnight},
      {"2024.10.12. 15:05", afternoon},
      {"2024-10-12 3:05 PM", afternoon},
      // RFC 2822 and its relatives.
      {"Sat, 12 Oct 2024 15:05:00 +0000", afternoon},
      {"Sat, 12 Oct 2024 15:05:00 GMT", afternoon},
      {"Sat, 12 Oct 2024 10:05:00 -0500 (CDT)", afternoon},
      {"Sat, 12 Oct 2024 11:05:00 EDT", afternoon},
      {"12 Oct 24 15:05 UT", afternoon},
      {"12 Oct 94 15:05 GMT", at(1994, 10, 12, 15, 5)},
      {"Saturday, 12-Oct-24 15:05:00 GMT", afternoon},
      {"Sat Oct 12 15:05:00 2024", afternoon},
      {"Sat Oct 12 15:05:00 UTC 2024", afternoon},
      {"Sat Oct 12 15:05:00 +0000 2024", afternoon},
      {"Sun Oct 13 2024 00:05:00 GMT+0900 (Korean Standard Time)", afternoon},
      // As people write it.
      {"12 Oct 2024", midnight},
      {"12 October 2024", midnight},
      {"12th October 2024", midnight},
      {"1st of October 2024", at(2024, 10, 1)},
      {"2nd Oct 2024", at(2024, 10, 2)},
      {"3rd Oct. 2024", at(2024, 10, 3)},
      {"Oct 12, 2024", midnight},
      {"Oct. 12, 2024", midnight},
      {"October 12, 2024", midnight},
      {"October 12th, 2024", midnight},
      {"OCTOBER 12, 2024", midnight},
      {"Saturday, October 12, 2024", midnight},
      {"Sat 12 October 2024", midnight},
      {"12-Oct-2024", midnight},
      {"2024 Oct 12", midnight},
      {"October 2024", at(2024, 10, 1)},
      {"Sept 3, 2024", at(2024, 9, 3)},
      {"May 3, 2024", at(2024, 5, 3)},
      {"October 12, 2024 3:05 pm", afternoon},
      {"October 12, 2024 3:05pm", afternoon},
      {"October 12, 2024 3:05 p.m.", afternoon},
      {"October 12, 2024 at 3:05 PM", afternoon},
      {"October 12, 2024, 3:05\u202FPM", afternoon},
      {"October 12, 2024 10:05 am EST", afternoon},
      {"October 12, 2024 11:05 am EDT", afternoon},
      {"October 12, 2024 9:05 AM CST", afternoon},
      {"October 12, 2024 10:05 AM CDT", afternoon},
      {"October 12, 2024 8:05 AM MST", afternoon},
      {"October 12, 2024 9:05 AM MDT", afternoon},
      {"October 12, 2024 7:05 AM PST", afternoon},
      {"October 12, 2024 8:05 AM PDT", afternoon},
      {"12 October 2024 16:05 BST", afternoon},
      {"12 October 2024 16:05 CET", afternoon},
      {"12 October 2024 17:05 CEST", afternoon},
      {"13 October 2024 00:05 KST", afternoon},
      {"13 October 2024 00:05 JST", afternoon},
      {"12 October 2024 15:05 IST", afternoon},  // of three countries: the zone is not used
      {"October 12, 2024 3 PM", at(2024, 10, 12, 15)},
      {"October 12, 2024 12:30 am", at(2024, 10, 12, 0, 30)},
      {"October 12, 2024 12:30 pm", at(2024, 10, 12, 12, 30)},
      {"3:05 PM EDT, October 12, 2024", at(2024, 10, 12, 19, 5)},
      {"15:05 12 October 2024", afternoon},
      {"15:05 - 12 October 2024", afternoon},
      {"12 October 2024 – 15:05", afternoon},
      {"12 October 2024 | 15:05", afternoon},
      {"25/12/2024", at(2024, 12, 25)},
      {"12/25/2024", at(2024, 12, 25)},
      {"25.12.2024", at(2024, 12, 25)},
      {"25-12-2024", at(2024, 12, 25)},
      {"04/04/2024", at(2024, 4, 4)},
      {"25/12/2024 15:05", at(2024, 12, 25, 15, 5)},
      // Other languages.
      {"12. Oktober 2024", midnight},
      {"Samstag, 12. Oktober 2024, 15:05 Uhr", afternoon},
      {"3. März 2024", at(2024, 3, 3)},
      {"3. MÄRZ 2024", at(2024, 3, 3)},
      {"12 octobre 2024 à 15h05", afternoon},
      {"samedi 12 octobre 2024", midnight},
      {"1er août 2024", at(2024, 8, 1)},
      {"5 févr. 2024", at(2024, 2, 5)},
      {"12 de octubre de 2024", midnight},
      {"sábado, 12 de octubre de 2024", midnight},
      {"12 de outubro de 2024 às 15h", at(2024, 10, 12, 15)},
      {"1º de maio de 2024", at(2024, 5, 1)},
      {"12 ottobre 2024", midnight},
      {"12 oktober 2024 om 15:05 uur", afternoon},
      {"5 mrt 2024", at(2024, 3, 5)},
      {"2024年10月12日", midnight},
      {"2024年10月12日 15:05", afternoon},
      {"2024년 10월 12일", midnight},
      {"2024년 10월 12일 15시 5분", afternoon},
      // UNIX time.
      {"1728745500", afternoon},
      {"1728745500.25", afternoon},
      {"1728745500123", afternoon},
      {"946684800", at(2000, 1, 1)},
      {"946684800000", at(2000, 1, 1)},
      // The calendar.
      {"2024-02-29", at(2024, 2, 29)},
      {"2000-02-29", at(2000, 2, 29)},
      {"1969-12-31T23:59:59Z", -1},
      {"1900-03-01", at(1900, 3, 1)},
      {"1066-10-14", at(1066, 10, 14)},
      {"9999-12-31", at(9999, 12, 31)},
  };
  for (const auto& row : kRows) {
    const std::optional<std::int64_t> seconds = parse_date(row.date);
    ASSERT_TRUE(seconds.has_value()) << row.date;
    EXPECT_EQ(*seconds, row.seconds) << row.date;
  }
}

TEST(ParseDate, GivesNothingForWhatItCannotKnow) {
  constexpr std::string_view kRows[] = {
      // Missing.
      "",
      " ",
      "None",
      "none",
      "null",
      "NULL",
      "NaN",
      "nan",
      "NaT",
      "N/A",
      "n/a",
      "undefined",
      "unknown",
      "-",
      "--",
      "0",
      "0000-00-00",
      "0000-00-00 00:00:00",
      "0001-01-01T00:00:00Z",
      // Impossible.
      "2024-02-30",
      "2023-02-29",
      "1900-02-29",
      "2024-13-01",
      "2024-00-10",
      "2024-10-00",
      "2024-10-32",
      "30 February 2024",
      "2024-10-12T25:00:00Z",
      "2024-10-12T24:00:01Z",
      "2024-10-12T15:60:00Z",
      "2024-10-12T15:05:61Z",
      "2024-10-12T15:05:00+15:00",
      "2024-10-12T15:05:00+09:60",
      "2024-10-12T15:05:00+009",
      "October 12, 2024 13:05 am",
      "20241332",
      "20240230120000",
      // Ambiguous.
      "03/04/2024",
      "03.04.2024",
      "03-04-2024",
      "3/4/24",
      "10/12/2024 15:05",
      // Not all of a date.
      "12 Oct",
      "Oct 12",
      "October",
      "15:05",
      "Saturday",
      "3 pm",
      "October 2024 15:05",
      "2024 12",
      // Said twice, or more than a date.
      "12 Oct 2024 13 Oct 2024",
      "12 Oct Nov 2024",
      "12 13 Oct 2024",
      "12 Oct 2024 2025",
      "12 Oct 2024 15:05 16:05",
      "2024-10-12-13",
      "12 people, 2024",
      "12 Oct 2024 by A. Writer",
      "Updated 12 Oct 2024",
      "1 day ago",
      "yesterday",
      "2 hours ago",
      "12 Oct 2024 UTC",
      "2024-286",
      "2024-W41-6",
      "2024-10-12T",
      "2024-10-12T5",
      "2024-10-12T15:5",
      "October 12, 2024 +09:00",
      "123",
      "12345",
      "1234567",
      "123456789012345",
      "1.7e9",
      "-86400",
      "20241012.5",
      "https://harbour-post.example/2024/10/12",

      "Sat Oct 12 2024 15:05:00 GMT+0900 (Korean",
      "\xff\xfe",
      "12 October 2024                                                                     15:05",
  };
  for (const std::string_view row : kRows) EXPECT_EQ(parse_date(row), std::nullopt) << row;
}

// Every day of 400 years, the length of the calendar's cycle, against the standard library.
TEST(ParseDate, CountsDaysLikeTheCalendar) {
  const sys_days end = std::chrono::year(2101) / 1 / 1;
  for (sys_days day = std::chrono::year(1700) / 1 / 1; day < end; day += std::chrono::days(1)) {
    const std::chrono::year_month_day date(day);
    char iso[11];
    std::snprintf(iso, sizeof iso, "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()) % 100,
                  static_cast<unsigned>(date.day()) % 100);
    ASSERT_EQ(parse_date(iso), sys_seconds(day).time_since_epoch().count()) << iso;
  }
}

}  // namespace
}  // namespace copydesk
