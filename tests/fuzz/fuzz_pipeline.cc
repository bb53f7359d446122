// Whole runs over small inputs: whatever is in them, the run ends well, `verify` finds that all of
// its outputs are true, and another number of threads and another size of batches give the same
// bytes.
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "cli/run_folder.h"
#include "cli/verify_known.h"
#include "cli/verify_records.h"
#include "cli/verify_reuse.h"
#include "copydesk/pipeline.h"
#include "fuzz.h"
#include "fuzz/shared_stages.h"
#include "io/json.h"

namespace copydesk {
namespace {

namespace fs = std::filesystem;
using fuzz::Feed;
using fuzz::require;

constexpr int kMostRecords = 24;

// What texts are made of, a byte each.
constexpr std::array<std::string_view, 48> kPieces = {
    "\n",
    "\n\n",
    " ",
    "The council of Eastmere voted on Tuesday to rebuild the old pier after the storm. ",
    "Residents had waited for a decision since the spring, when the northern end gave way. ",
    "“We could not leave it as it was any longer,” said Ida Brandt, who chairs the council. ",
    "The work is to begin in March and to cost some four million over two years. ",
    "Ferries to the island will call at the lower quay until then. ",
    "Fishermen said that the lower quay was too small for the boats of the summer. ",
    "A report last year had found that salt had eaten through half of the beams. ",
    "The minister promised help, but named no sum and no date. ",
    "In Westhaven a second bridge opened to traffic before the holidays. ",
    "Share this article",
    "Sign up for our newsletter",
    "Read more: Storm warning for the coast",
    "Advertisement",
    "Home | News | Sport | Weather",
    "By Ida Brandt",
    "EASTMERE (Harbour Wire) — ",
    "Published 12 March 2024, 10:15",
    "© 2024 The Harbour Post. All rights reserved.",
    "Photo: J. Lind/Harbour Wire",
    "Reporting by J. Lind; editing by A. Moor",
    "Comments (3)",
    "Cookies help us to give you our services.",
    "Subscribe to continue reading",
    "市议会周二投票决定重建旧码头。",
    "居民自春天以来一直在等待决定。",
    "分享这篇文章",
    "Der Rat stimmte am Dienstag für den Wiederaufbau des alten Piers. ",
    "Newsletter abonnieren",
    "Lesen Sie auch",
    "สภาลงมติให้สร้างท่าเรือใหม่ ",
    "\u200B",
    "\u00A0",
    "\t",
    "\r\n",
    "\u202E",
    "e\u0301",
    "—",
    "“",
    "”",
    "A",
    "7",
    ". ",
    "x",
    "\0",
    "\u2028",
};

// Bytes up to 0xFE are a record: as they are behind 0xFD, else pieces of a text by an outlet.
std::string make_input(Feed& feed) {
  std::string input;
  for (int n = 0; n < kMostRecords && !feed.at_end(); ++n) {
    std::string_view record = feed.until('\xFE');
    if (record.starts_with('\xFD')) {
      input += record.substr(1);
      input += '\n';
      continue;
    }
    const auto head = record.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(record[0]);
    std::string text;
    for (const char c : record.substr(record.empty() ? 0 : 1)) {
      const std::string_view piece = kPieces[static_cast<unsigned char>(c) % kPieces.size()];
      text += piece.empty() ? std::string_view("\0", 1) : piece;
    }
    input += "{\"id\":\"" + std::to_string(n) + "\"";
    if ((head & 3) != 0) input += ",\"outlet\":\"" + std::string(1, "abc"[(head & 3) - 1]) + '"';
    if ((head & 4) != 0) input += ",\"title\":\"Council votes to rebuild the pier\"";
    if ((head & 8) != 0) input += ",\"date\":\"2024-03-1" + std::to_string(head >> 5) + '"';
    if ((head & 16) != 0) input += ",\"language\":\"en\"";
    input += ",\"text\":";
    append_json_string(input, text);
    input += "}\n";
  }
  return input;
}

// A folder for all runs of this process, in memory if there is such a place.
class Folder {
 public:
  Folder() {
    const fs::path memory = "/dev/shm";
    std::error_code ignored;
    const bool there = std::getenv("TMPDIR") == nullptr && fs::is_directory(memory, ignored);
    path_ = (there ? memory : fs::temp_directory_path()) /
            ("copydesk-fuzz-" + std::to_string(::getpid()));
    fs::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void run(const RunRequest& request) {
  fs::remove_all(request.out_dir);
  const Result<RunSummary> summary = run_pipeline(request, fuzz::shared_stages());
  if (!summary.ok()) std::fprintf(stderr, "%s\n", summary.error().message.c_str());
  require(summary.ok(), "the run ends well");
  require(summary->check_conservation().ok(), "no record is lost");
}

// As the command does it.
void verify(const std::string& dir) {
  const Result<cli::RunFolder> folder = cli::RunFolder::open(dir);
  require(folder.ok(), "there is a result");
  cli::Faults faults;
  std::vector<std::string> changed;
  Result<std::vector<InputFile>> inputs = folder->inputs(changed);
  require(inputs.ok() && changed.empty(), "its inputs are there");
  const Result<std::vector<bool>> needed = cli::compared_documents(*folder);
  require(needed.ok(), "pairs and clusters can be read");
  Result<cli::TextSpool> spool = cli::TextSpool::create();
  require(spool.ok(), "there is space for texts");
  std::vector<cli::Known> known;
  const Result<cli::RecordCounts> records =
      cli::verify_records(*folder, *std::move(inputs), *needed, known, *spool, faults);
  require(records.ok(), "records can be verified");
  if (!faults.full()) {
    const Result<cli::ReuseCounts> reuse = cli::verify_reuse(*folder, known, *spool, faults);
    require(reuse.ok(), "pairs can be verified");
  }
  for (const std::string& line : faults.lines()) std::fprintf(stderr, "%s\n", line.c_str());
  require(faults.lines().empty(), "all that was written is true");
}

}  // namespace
}  // namespace copydesk

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using copydesk::fuzz::require;
  namespace fs = std::filesystem;
  static const copydesk::Folder folder;
  copydesk::fuzz::Feed feed(copydesk::fuzz::bytes_of(data, size));
  copydesk::RunRequest request;
  request.config = copydesk::default_config(copydesk::fuzz::shared_stages());
  for (copydesk::StageConfig& stage : request.config.stages) {
    // All packs take long to read, and `verify` reads the config of each run.
    if (stage.name == "strip_rules") stage.options["languages"] = std::vector<std::string>{"en"};
  }
  request.config.run.threads = 1;
  const std::uint8_t choices = feed.byte();
  request.config.run.batch_documents = 1U + (choices & 7U);
  request.config.output.keep_removed = (choices & 8) != 0;
  request.check_space = false;
  const std::string input = copydesk::make_input(feed);
  if (input.empty()) return 0;
  request.inputs = {folder.file("in.jsonl")};
  std::ofstream(request.inputs[0], std::ios::binary) << input;
  request.out_dir = folder.file("out");
  copydesk::run(request);
  copydesk::verify(request.out_dir);

  if ((choices & 16) == 0) return 0;
  copydesk::RunRequest other = request;
  other.out_dir = folder.file("other");
  other.config.run.threads = 3;
  other.config.run.batch_documents = 1;
  other.config.run.memory = 64ULL << 20;
  copydesk::run(other);
  for (const auto& entry : fs::directory_iterator(request.out_dir)) {
    const fs::path name = entry.path().filename();
    if (name == "run.json") continue;
    require(copydesk::read_file(entry.path()) == copydesk::read_file(other.out_dir / name),
            "the same bytes for any threads and batches");
  }
  return 0;
}
