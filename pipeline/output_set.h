// The files of an output folder, created together and renamed to their final names together.
// Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_OUTPUT_SET_H_
#define COPYDESK_PIPELINE_OUTPUT_SET_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "copydesk/result.h"
#include "io/output_file.h"
#include "io/source.h"

namespace copydesk {

enum class OutputName : std::uint8_t {
  kClean,
  kPairs,
  kClusters,
  kStories,
  kAudit,
  kDropped,
  kRejected,
  kTemplates,
};
inline constexpr std::size_t kOutputCount = static_cast<std::size_t>(OutputName::kTemplates) + 1;

// "clean.jsonl"
[[nodiscard]] std::string_view file_name(OutputName name);

// Checks that a run may write to the folder `dir`: it does not exist, or `force` is set and it is a
// folder; it does not lie inside an input folder, and no input lies inside it. Touches nothing.
Result<void> check_output_dir(const std::string& dir, bool force,
                              std::span<const InputFile> inputs);

// The same for a single output file.
Result<void> check_output_path(const std::string& path, bool force,
                               std::span<const InputFile> inputs);

[[nodiscard]] std::string run_file_path(const std::string& dir);

// The name of a file that a complete run has left in `dir` and that is not there; "" if all are.
// kIo.
Result<std::string> missing_output(const std::string& dir, bool compress);

class OutputSet {
 public:
  // Bytes of each partial file, by OutputName.
  using Sizes = std::array<std::uint64_t, kOutputCount>;
  // By which the files of a complete run are told from those of another.
  struct Finished {
    Sizes sizes{};
    std::uint64_t run_checksum = 0;  // of run.json
  };

  // Creates the folder if need be and every file under its partial name. Partial files of a run
  // that is dead go.
  static Result<OutputSet> create(const std::string& dir, bool compress);
  // Goes on with the partial files of an earlier run, as they were when sync() gave `sizes`.
  // kCorrupt if they are not there.
  static Result<OutputSet> resume(const std::string& dir, bool compress, const Sizes& sizes);

  Result<void> write(OutputName name, std::string_view bytes);
  // Brings every file to the disk as it is now. Compressed files get a frame for what was written
  // since the last time.
  Result<Sizes> sync();
  // Completes every file, run.json (`run_json`) included; all still have their partial names.
  Result<Finished> finish(std::string_view run_json);
  // Leaves the partial files to give_final_names(), whatever happens to this object.
  void keep();

 private:
  OutputSet(std::string dir, bool compress) : dir_(std::move(dir)), compress_(compress) {}

  std::string dir_;
  bool compress_;
  std::vector<OutputFile> files_;  // by OutputName, and run.json once it is finished
};

// Gives the files that OutputSet::finish() has left in `dir` their final names, run.json last.
// Files of an earlier run that this one does not write are removed. Can be done again after it was
// broken off anywhere. kCorrupt, and nothing is touched, if a file is missing or another than
// finish() has left: what stands under a final name may be of an earlier run. Reads run.json.
Result<void> give_final_names(const std::string& dir, bool compress,
                              const OutputSet::Finished& finished);

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_OUTPUT_SET_H_
