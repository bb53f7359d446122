// Learns the background table of group_stories: in how many documents of a large collection each
// word stands. Reads JSON lines with "title" and "text" on standard input, writes the table as C++
// on standard output. background_en.md says how it is built and what it was run on.
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "copydesk/text/words.h"

namespace {

constexpr std::uint32_t kLeastDocuments = 20;  // rarer words are left out
constexpr int kBucketsPerOctave = 4;

void add_words(std::string_view s, std::unordered_set<std::uint64_t>& words) {
  std::vector<copydesk::text::Word> found;
  copydesk::text::split_words(s, found);
  for (const copydesk::text::Word& word : found) words.insert(word.hash);
}

}  // namespace

int main() {
  std::unordered_map<std::uint64_t, std::uint32_t> documents_of;
  std::uint32_t documents = 0;
  simdjson::dom::parser parser;
  for (std::string line; std::getline(std::cin, line);) {
    simdjson::dom::element row;
    if (parser.parse(line).get(row) != simdjson::SUCCESS) {
      std::cerr << "line " << documents + 1 << " is not JSON\n";
      return 1;
    }
    std::unordered_set<std::uint64_t> words;
    for (const char* name : {"title", "text"}) {
      std::string_view value;
      if (row[name].get(value) == simdjson::SUCCESS) add_words(value, words);
    }
    for (const std::uint64_t word : words) ++documents_of[word];
    ++documents;
  }

  std::map<int, std::vector<std::uint32_t>> buckets;
  for (const auto& [word, count] : documents_of) {
    if (count < kLeastDocuments) continue;
    const double octaves = std::log2(static_cast<double>(documents) / count);
    buckets[static_cast<int>(std::lround(kBucketsPerOctave * octaves))].push_back(
        static_cast<std::uint32_t>(word >> 32));
  }

  std::cout
      << "// Written by learn_background.cc; background_en.md says from what.\n"
      << "constexpr std::uint32_t kDocuments = " << documents << ";\n"
      << "constexpr std::uint32_t kLeastDocuments = " << kLeastDocuments << ";\n"
      << "constexpr int kBucketsPerOctave = " << kBucketsPerOctave << ";\n"
      << "// Words in bucket i stand in about kDocuments / 2^(i / kBucketsPerOctave) documents.\n"
      << "constexpr std::uint32_t kBucketSizes[] = {";
  std::size_t words = 0;
  for (int i = 0; i <= buckets.rbegin()->first; ++i) {
    const std::size_t size = buckets.contains(i) ? buckets[i].size() : 0;
    words += size;
    std::cout << (i == 0 ? "" : ",") << size;
  }
  std::cout << "};\n// The upper halves of text::word_hash(), ascending within a bucket.\n"
            << "constexpr std::uint32_t kWords[" << words << "] = {\n"
            << std::hex;
  std::size_t written = 0;
  for (auto& [bucket, hashes] : buckets) {
    std::sort(hashes.begin(), hashes.end());
    for (const std::uint32_t hash : hashes) {
      std::cout << "0x" << hash << (++written % 9 == 0 ? ",\n" : ",");
    }
  }
  std::cout << "};\n";
  return 0;
}
