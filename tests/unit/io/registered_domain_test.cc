#include <gtest/gtest.h>

#include "io/parse_record.h"

namespace copydesk {
namespace {

TEST(RegisteredDomain, FollowsThePublicSuffixList) {
  const struct {
    std::string_view url;
    std::string_view domain;
  } kRows[] = {
      {"https://www.harbour-post.example/2024/story", "harbour-post.example"},
      {"http://harbour-post.example", "harbour-post.example"},
      {"HTTPS://WWW.Harbour-Post.EXAMPLE/A", "harbour-post.example"},
      {"https://news.harbour.co.uk/x?y=1#z", "harbour.co.uk"},
      {"https://a.b.c.harbour.com.au", "harbour.com.au"},
      {"https://harbour.blogspot.com/2024", "harbour.blogspot.com"},  // a suffix of its own
      {"//cdn.harbour-post.example/x", "harbour-post.example"},
      {"www.harbour-post.example/x", "harbour-post.example"},
      {"harbour-post.example", "harbour-post.example"},
      {"harbour-post.example:8080/x", "harbour-post.example"},
      {"https://www.harbour-post.example:8443/x", "harbour-post.example"},
      {"https://user:pass@www.harbour-post.example/x", "harbour-post.example"},
      {"https://www.harbour-post.example./x", "harbour-post.example"},
      {"https://www.harbour-post.example?x", "harbour-post.example"},
      {"https://www.harbour-post.example#x", "harbour-post.example"},
      {"https://www.harbour-post.example\\x", "harbour-post.example"},
      {"https://www.harbour-post.example/@user", "harbour-post.example"},
      {"  https://www.harbour-post.example/x\n", "harbour-post.example"},
      {"https://www.zürich-blatt.example/x", "zürich-blatt.example"},
      {"https://www.xn--zrich-blatt-thb.example/", "xn--zrich-blatt-thb.example"},
      {"https://co.uk/x", "co.uk"},
      {"http://localhost:8080/x", "localhost"},
      {"intranet", "intranet"},
      {"http://192.0.2.7:80/x", "192.0.2.7"},
      {"http://[2001:DB8::1]:80/x", "[2001:db8::1]"},
      {"", ""},
      {"   ", ""},
      {"/2024/story", ""},
      {"#top", ""},
      {"?x=1", ""},
      {"mailto:desk@harbour-post.example", ""},
      {"javascript:void(0)", ""},
      {"about:blank", ""},
      {"urn:uuid:1234", ""},
      {"file:///var/x", ""},
      {"https://", ""},
      {"https:///x", ""},
      {"https://user@/x", ""},
      {"https://.example/x", ""},
      {"https://...", ""},
      {"host:", ""},
      {"The Harbour Post", ""},
  };
  for (const auto& row : kRows) EXPECT_EQ(registered_domain(row.url), row.domain) << row.url;
}

}  // namespace
}  // namespace copydesk
