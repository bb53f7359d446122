// Writes what the line model sees of labelled pages, for train_line_model.py.
//
//   dump_line_features PAGES.jsonl [AUDIT.jsonl] > FEATURES
//
// PAGES holds records with "id", "outlet" and "text", AUDIT the audit of a run over them: its spans
// are what rules and templates have cut before the model sees a page; without it nothing is cut.
// Ids must be unique. The output is, per document, in the order of PAGES and in the byte order of
// the machine: length and bytes of the id; the number of lines; for each line begin and end in the
// text, alive, body, the number of its tokens; all tokens; all numbers.
#include <simdjson.h>

#include <cstdint>
#include <exception>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cleaning/line_features.h"
#include "copydesk/document.h"
#include "copydesk/reason.h"

namespace {

using copydesk::AppliedEdit;
using copydesk::Document;
using copydesk::DocumentFields;
using copydesk::cleaning::LineFeatures;

template <class T>
void write(const T& value) {
  std::cout.write(reinterpret_cast<const char*>(&value), sizeof value);
}
template <class T>
void write_all(const std::vector<T>& values) {
  std::cout.write(reinterpret_cast<const char*>(values.data()),
                  static_cast<std::streamsize>(values.size() * sizeof(T)));
}

std::ifstream open(const char* path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(std::string("cannot open ") + path);
  return file;
}

std::unordered_map<std::string, std::vector<AppliedEdit>> read_audit(const char* path) {
  std::unordered_map<std::string, std::vector<AppliedEdit>> edits;
  std::ifstream file = open(path);
  simdjson::dom::parser parser;
  for (std::string line; std::getline(file, line);) {
    const simdjson::dom::element row = parser.parse(line);
    std::vector<AppliedEdit>& list = edits[std::string(std::string_view(row["id"]))];
    for (const simdjson::dom::element span : row["spans"].get_array()) {
      const auto reason = copydesk::reason_named(std::string_view(span["reason"]));
      if (!reason || reason == copydesk::Reason::kModelLine) continue;
      AppliedEdit edit;
      edit.span = {static_cast<std::uint32_t>(std::uint64_t(span["begin"])),
                   static_cast<std::uint32_t>(std::uint64_t(span["end"]))};
      edit.reason = *reason;
      list.push_back(std::move(edit));
    }
  }
  return edits;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::cerr << "dump_line_features PAGES.jsonl [AUDIT.jsonl] > FEATURES\n";
    return 2;
  }
  try {
    std::unordered_map<std::string, std::vector<AppliedEdit>> edits;
    if (argc == 3) edits = read_audit(argv[2]);
    std::ifstream pages = open(argv[1]);
    simdjson::dom::parser parser;
    LineFeatures features;
    for (std::string line; std::getline(pages, line);) {
      const simdjson::dom::element row = parser.parse(line);
      DocumentFields fields;
      fields.id = std::string_view(row["id"]);
      fields.outlet = std::string_view(row["outlet"]);
      Document document(fields, std::string(std::string_view(row["text"])));
      document.apply(std::move(edits[fields.id]));
      copydesk::cleaning::line_features(document, features);
      write(static_cast<std::uint32_t>(fields.id.size()));
      std::cout << fields.id;
      write(static_cast<std::uint32_t>(features.lines.size()));
      for (const auto& model_line : features.lines) {
        write(model_line.span.begin);
        write(model_line.span.end);
        write(static_cast<std::uint32_t>(model_line.alive));
        write(static_cast<std::uint32_t>(model_line.body));
        write(model_line.tokens);
      }
      write_all(features.tokens);
      write_all(features.numbers);
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return std::cout.flush() ? 0 : 1;
}
