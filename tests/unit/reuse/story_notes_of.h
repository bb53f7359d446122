// Notes of invented articles for the tests of stories, with the built-in background.
#ifndef COPYDESK_TESTS_UNIT_REUSE_STORY_NOTES_OF_H_
#define COPYDESK_TESTS_UNIT_REUSE_STORY_NOTES_OF_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "copydesk/text/document_frequencies.h"
#include "reuse/stories.h"

namespace copydesk::reuse::testing {

inline const text::DocumentFrequencies& background() {
  static const auto table = text::DocumentFrequencies::parse(builtin_background(), "background");
  return *table;
}

inline StoryNote note(const std::string& title, const std::string& text,
                      std::optional<std::int64_t> time = std::nullopt, std::uint64_t doc = 0) {
  DocumentFields fields;
  fields.doc = doc;
  fields.title = title;
  fields.time = time;
  return StoryNoter(3, background()).note(Document(std::move(fields), text));
}

}  // namespace copydesk::reuse::testing

#endif  // COPYDESK_TESTS_UNIT_REUSE_STORY_NOTES_OF_H_
