// The folders of a run: the one for its output, and the one for its work files, with a lock that
// keeps two runs apart. Internal to pipeline/.
#ifndef COPYDESK_PIPELINE_WORK_DIR_H_
#define COPYDESK_PIPELINE_WORK_DIR_H_

#include <filesystem>
#include <string>
#include <vector>

#include "copydesk/result.h"

namespace copydesk {

// Makes a folder, brings its name, those of the parents it had to make and that of the innermost
// folder that stood already to the disk, and takes it and the parents it had to make back if
// nothing is left in them at the end: a run that could not begin leaves no trace.
class OutputFolder {
 public:
  static Result<OutputFolder> create(const std::filesystem::path& path);
  OutputFolder(OutputFolder&& other) noexcept;
  OutputFolder& operator=(OutputFolder&&) = delete;
  ~OutputFolder();

 private:
  OutputFolder() = default;
  std::vector<std::filesystem::path> made_;  // the innermost first
};

// A folder for what a run keeps on disk until it is done. Its file "lock" is locked (flock) while
// the run lives and says in words whose it is; the lock ends with the process, however that ends.
// A folder that holds anything without such a file is not ours and never touched; nor is one whose
// lock file says nothing (as a loss of power may leave it) beside anything but files with names
// that a run gives.
class WorkDir {
 public:
  // Makes the folder, or takes over that of a run that is dead. kExists if it is another's: of a
  // run that lives, which the message names, or not of copydesk at all.
  static Result<WorkDir> create(const std::filesystem::path& path);
  // Whether a folder of ours is there. kExists as create(); kIo if it may not be looked at or its
  // lock not be opened to write. Leaves no trace.
  static Result<bool> stands(const std::filesystem::path& path);
  WorkDir(WorkDir&& other) noexcept;
  WorkDir& operator=(WorkDir&&) = delete;
  // Removes the folder, unless it is to be kept.
  ~WorkDir();

  [[nodiscard]] std::string path() const { return path_.string(); }
  // Whether it was taken over from a run that was complete but for removing it.
  [[nodiscard]] bool was_complete() const { return was_complete_; }
  // Removes what an earlier run has left in it; after a loss of power it is gone, too.
  Result<void> clear();
  // From now on the folder outlives the object, for a later run, or not.
  void keep(bool keep = true) { keep_ = keep; }
  [[nodiscard]] bool kept() const { return keep_; }
  // The run is complete: notes that, and removes the folder.
  void finish();

 private:
  WorkDir(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
  Result<void> write_lock(const std::string& text) const;
  void remove() const;

  std::filesystem::path path_;
  int lock_;
  bool was_complete_ = false;
  bool keep_ = false;
};

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_WORK_DIR_H_
