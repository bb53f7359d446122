// What a run leaves for the run that goes on from it - checkpoints, and the state of each corpus
// stage - with any bytes: read, or told to be damaged. What was read can be worked with, and saved
// again.
#include <unistd.h>
#include <xxhash.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "checkpoint.h"
#include "copydesk/edits.h"
#include "copydesk/stage.h"
#include "copydesk/stage_spec.h"
#include "fuzz.h"
#include "support/state_bytes.h"

namespace copydesk {
namespace {

using fuzz::require;

// Null if it is no corpus stage.
std::unique_ptr<CorpusStage> make_stage(const StageSpec& spec) {
  Result<std::unique_ptr<Stage>> stage = spec.make({});
  require(stage.ok(), "a stage can be made with its defaults");
  auto* const corpus_stage = dynamic_cast<CorpusStage*>(stage->get());
  if (corpus_stage != nullptr) (void)stage->release();
  return std::unique_ptr<CorpusStage>(corpus_stage);
}

std::vector<const StageSpec*> corpus_stages() {
  std::vector<const StageSpec*> found;
  for (const StageSpec& spec : builtin_stages()) {
    if (make_stage(spec) != nullptr) found.push_back(&spec);
  }
  return found;
}

// Documents with ordinals and outlets that a state may name.
void process_some(const CorpusStage& stage) {
  const std::unique_ptr<Local> local = stage.make_local();
  for (std::uint64_t doc = 0; doc < 5; ++doc) {
    DocumentFields fields;
    fields.doc = doc;
    fields.outlet = doc % 2 == 0 ? "a" : "harbour.example";
    const Document document(std::move(fields),
                            "Share\nThe ferry to the island stops on Friday.\nRead more");
    Edits edits(document);
    DocumentFindings findings;
    (void)stage.process(document, local.get(), edits, findings);
  }
}

void load_stage(const StageSpec& spec, std::string_view bytes) {
  const std::unique_ptr<CorpusStage> stage = make_stage(spec);
  ScratchSpace scratch;
  stage->use_scratch(scratch);
  testing::StateFromBytes reader(bytes);
  if (!stage->load(reader).ok() || reader.remaining() > 0) return;
  process_some(*stage);
  testing::StateToBytes saved;
  require(stage->save(saved).ok(), "what was loaded can be saved");

  const std::unique_ptr<CorpusStage> again = make_stage(spec);
  again->use_scratch(scratch);
  testing::StateFromBytes saved_reader(saved.written);
  require(again->load(saved_reader).ok(), "and loaded again");
  testing::StateToBytes twice;
  require(again->save(twice).ok() && twice.written == saved.written, "and is the same");
}

// A folder for the files, gone at the end.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("copydesk-" + pid())) {
    std::filesystem::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  static std::string pid() { return std::to_string(::getpid()); }
  std::filesystem::path path_;
};

// As the engine writes them: what they begin with, the size, the checksum.
void write_file(const std::string& path, std::string_view payload) {
  std::string bytes = "copydesk work 2\n";
  for (const std::uint64_t number :
       {std::uint64_t{payload.size()}, XXH3_64bits(payload.data(), payload.size())}) {
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  bytes += payload;
  std::ofstream(path, std::ios::binary) << bytes;
}

void read_checkpoints(std::string_view payload) {
  static const Folder folder;
  write_file(folder.path() + "/checkpoint", payload);
  const Result<std::optional<Checkpoint>> checkpoint = read_checkpoint(folder.path());
  if (checkpoint.ok()) {
    require(checkpoint->has_value(), "there is one");
    require(write_checkpoint(folder.path(), **checkpoint).ok(), "it can be written");
    const Result<std::optional<Checkpoint>> again = read_checkpoint(folder.path());
    require(again.ok() && (*again)->records == (*checkpoint)->records &&
                (*again)->summary.notes.size() == (*checkpoint)->summary.notes.size() &&
                (*again)->state.sections.size() == (*checkpoint)->state.sections.size(),
            "and read again");
  }
  write_file(folder.path() + "/run", payload);
  const Result<std::optional<RunIdentity>> identity = read_identity_of_run(folder.path());
  if (!identity.ok()) return;
  require(check_same_run(**identity, **identity).ok(), "a run is the same as itself");
  require(write_identity(folder.path(), **identity).ok(), "what it is can be written");
  const Result<std::optional<RunIdentity>> again = read_identity_of_run(folder.path());
  require(again.ok() && check_same_run(**identity, **again).ok(), "and read again");
}

}  // namespace
}  // namespace copydesk

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<const copydesk::StageSpec*> stages = copydesk::corpus_stages();
  if (size == 0) return 0;
  const std::string_view rest = copydesk::fuzz::bytes_of(data + 1, size - 1);
  const std::size_t which = data[0] % (stages.size() + 1);
  if (which < stages.size()) {
    copydesk::load_stage(*stages[which], rest);
  } else {
    copydesk::read_checkpoints(rest);
  }
  return 0;
}
