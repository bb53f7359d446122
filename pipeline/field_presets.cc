// Where well-known tools and data sets put the fields of a document. The names are facts about
// their formats; earlier paths win.
#include <algorithm>
#include <array>

#include "copydesk/config.h"

namespace copydesk {
namespace {

// In the order in which they are shown.
constexpr std::array<std::string_view, 7> kNames = {
    "copydesk", "datatrove", "dolma", "news-please", "trafilatura", "webz.io", "passim"};

FieldMap copydesk_fields() {
  return {.id = {"id", "ID"},
          .outlet = {"outlet", "source"},
          .url = {"url"},
          .title = {"title"},
          .date = {"date", "day"},
          .text = {"text"},
          .language = {"language", "lang"}};
}

// Readers of datatrove also take metadata at the top level.
FieldMap datatrove_fields() {
  return {.id = {"id"},
          .outlet = {},
          .url = {"metadata.url", "url"},
          .title = {"metadata.title", "title"},
          .date = {"metadata.date", "date"},
          .text = {"text"},
          .language = {"metadata.language", "language"}};
}

// "source" names the data set, not the publisher: the outlet comes from the URL.
FieldMap dolma_fields() {
  return {.id = {"id"},
          .outlet = {},
          .url = {"metadata.url"},
          .title = {"metadata.title"},
          .date = {"created"},
          .text = {"text"},
          .language = {"metadata.language", "metadata.lang"}};
}

// "text" is what older versions call "maintext".
FieldMap news_please_fields() {
  return {.id = {"id"},
          .outlet = {"source_domain"},
          .url = {"url"},
          .title = {"title"},
          .date = {"date_publish"},
          .text = {"maintext", "text"},
          .language = {"language"}};
}

// JSON of trafilatura: "source" is the URL; "text" has paragraphs, "raw_text" is one run.
FieldMap trafilatura_fields() {
  return {.id = {"id", "fingerprint"},
          .outlet = {"hostname", "source-hostname"},
          .url = {"source", "url"},
          .title = {"title"},
          .date = {"date"},
          .text = {"text", "raw_text"},
          .language = {"language"}};
}

FieldMap webz_fields() {
  return {.id = {"uuid", "thread.uuid"},
          .outlet = {"thread.site", "thread.site_full"},
          .url = {"url", "thread.url"},
          .title = {"title", "thread.title_full", "thread.title"},
          .date = {"published", "thread.published"},
          .text = {"text"},
          .language = {"language"}};
}

// The series (a newspaper) is what passim never compares with itself.
FieldMap passim_fields() {
  return {.id = {"id"},
          .outlet = {"series"},
          .url = {"url"},
          .title = {"title"},
          .date = {"date"},
          .text = {"text"},
          .language = {"lang", "language"}};
}

}  // namespace

std::span<const std::string_view> field_preset_names() { return kNames; }

std::optional<FieldMap> field_preset(std::string_view name) {
  using Make = FieldMap (*)();
  constexpr std::array<Make, kNames.size()> kMakers = {
      copydesk_fields,    datatrove_fields, dolma_fields, news_please_fields,
      trafilatura_fields, webz_fields,      passim_fields};
  const auto it = std::find(kNames.begin(), kNames.end(), name);
  if (it == kNames.end()) return std::nullopt;
  return kMakers[static_cast<std::size_t>(it - kNames.begin())]();
}

}  // namespace copydesk
