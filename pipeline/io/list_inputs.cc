#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "copydesk/text/utf8.h"
#include "io/paths.h"
#include "io/source.h"

namespace copydesk {
namespace {

Error path_error(ErrorCode code, std::string_view path, std::string_view what) {
  return Error{code, shown_path(path) + ": " + std::string(what)};
}

Error errno_error(std::string_view path, int code) {
  return path_error(code == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo, path,
                    std::generic_category().message(code));
}

std::string ascii_lower(std::string_view s) {
  std::string lower(s);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// The extension that tells what is in a file: "json" of "a/b.JSON.gz".
std::string content_extension(std::string_view path) {
  std::string name = ascii_lower(path.substr(path.rfind('/') + 1));
  for (const std::string_view compressed : {".gz", ".zst"}) {
    if (name.ends_with(compressed)) {
      name.resize(name.size() - compressed.size());
      break;
    }
  }
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? "" : name.substr(dot + 1);
}

bool is_input_name(std::string_view path) {
  constexpr std::array<std::string_view, 4> kExtensions = {"jsonl", "ndjson", "json", "txt"};
  return std::find(kExtensions.begin(), kExtensions.end(), content_extension(path)) !=
         kExtensions.end();
}

// Folders in an input folder that are entered by links. A folder to which many links lead is listed
// many times; if n folders have links to each other, there are more than n! ways through them.
constexpr std::size_t kMaxLinkedFolders = 100'000;

bool is_link(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
}

class InputLister {
 public:
  explicit InputLister(InputOptions::Format format) : format_(format) {}

  Result<void> add(const std::string& input) {
    if (input == "-") return add_standard_input();
    if (input.starts_with('@')) return add_list(input.substr(1));
    return add_path(input);
  }

  std::vector<InputFile> take() { return std::move(files_); }

 private:
  // What is found in an input folder, by its path in it.
  struct Found {
    std::string relative;
    std::string fault;  // a folder that cannot be listed, a link that leads nowhere
  };

  // A folder that is being listed; a link may lead back to it.
  struct Folder {
    dev_t device;
    ino_t inode;
  };

  Result<void> add_standard_input() {
    for (const InputFile& file : files_) {
      if (file.path == "-") {
        return Error{ErrorCode::kInvalidArgument, "-: standard input can be read only once"};
      }
    }
    InputFile file{"-", "-", "-", format_ == InputOptions::Format::kText, 0, 0};
    file.may_wait = true;
    files_.push_back(std::move(file));
    return {};
  }

  Result<void> add_list(const std::string& list) {
    std::ifstream in(list, std::ios::binary);
    if (!in) return errno_error(list, errno);
    std::string line;
    while (std::getline(in, line)) {
      if (line.ends_with('\r')) line.pop_back();
      if (!line.empty()) COPYDESK_RETURN_IF_ERROR(add_path(line));
    }
    if (in.bad()) return path_error(ErrorCode::kIo, list, "cannot read");
    return {};
  }

  Result<void> add_path(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return errno_error(path, errno);
    if (!S_ISDIR(status.st_mode)) return add_file(path, path, status);

    std::vector<Found> found;
    std::vector<Folder> open_folders;
    linked_folders_ = 0;
    if (const int error = walk(path, "", status, open_folders, found); error != 0) {
      return errno_error(path, error);
    }
    if (linked_folders_ > kMaxLinkedFolders) {
      return path_error(ErrorCode::kInvalidArgument, path,
                        "links in it lead to more than " + std::to_string(kMaxLinkedFolders) +
                            " folders; do they lead to each other?");
    }
    if (found.empty()) {
      return path_error(ErrorCode::kNotFound, path,
                        "the folder holds no .jsonl, .ndjson, .json or .txt file");
    }
    std::sort(found.begin(), found.end(),
              [](const Found& a, const Found& b) { return a.relative < b.relative; });
    for (Found& each : found) add_found(path, each);
    return {};
  }

  void add_found(const std::string& folder, Found& found) {
    InputFile file = input_file(join(folder, found.relative), found.relative);
    file.folder = folder;
    file.fault = std::move(found.fault);
    struct stat status {};
    if (file.fault.empty()) {
      if (::stat(file.path.c_str(), &status) != 0 ||
          ::faccessat(AT_FDCWD, file.path.c_str(), R_OK, AT_EACCESS) != 0) {
        file.fault = cannot("open", errno);
      } else if (!S_ISREG(status.st_mode)) {
        file.fault = "not a regular file; it is read if it is named itself";
      } else {
        set_size(file, status);
      }
    }
    files_.push_back(std::move(file));
  }

  // Appends the input files below `folder` to `found`. Gives errno if the folder itself cannot be
  // listed to its end.
  int walk(const std::string& folder, const std::string& relative, const struct stat& status,
           std::vector<Folder>& open_folders, std::vector<Found>& found) {
    for (const Folder& open : open_folders) {
      if (open.device == status.st_dev && open.inode == status.st_ino) return 0;
    }
    open_folders.push_back({status.st_dev, status.st_ino});
    std::vector<std::string> names;
    const int fault = list_folder(folder, names);
    for (const std::string& name : names) {
      const std::string path = (std::filesystem::path(folder) / name).string();
      const std::string inner = relative.empty() ? name : relative + "/" + name;
      struct stat inner_status {};
      if (::stat(path.c_str(), &inner_status) != 0) {
        // A link that leads nowhere may have been anything; what else cannot be looked at may be a
        // folder full of files.
        const int code = errno;
        const bool was_link = code == ENOENT || code == ELOOP;
        if (!was_link || is_input_name(name)) found.push_back({inner, cannot("open", code)});
      } else if (S_ISDIR(inner_status.st_mode)) {
        if (is_link(path) && ++linked_folders_ > kMaxLinkedFolders) break;
        const int code = walk(path, inner, inner_status, open_folders, found);
        if (code != 0) found.push_back({inner, cannot("list the folder", code)});
      } else if (is_input_name(name)) {
        found.push_back({inner, {}});
      }
    }
    open_folders.pop_back();
    return fault;
  }

  Result<void> add_file(const std::string& path, const std::string& text_id,
                        const struct stat& status) {
    if (::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0) return errno_error(path, errno);
    InputFile file = input_file(path, text_id);
    if (S_ISREG(status.st_mode)) {
      set_size(file, status);
    } else {
      file.may_wait = true;
    }
    files_.push_back(std::move(file));
    return {};
  }

  [[nodiscard]] InputFile input_file(const std::string& path, const std::string& text_id) const {
    return {path, shown_path(path), shown_path(text_id), is_text(path), 0, 0};
  }

  static void set_size(InputFile& file, const struct stat& status) {
    file.size = static_cast<std::uint64_t>(status.st_size);
    file.modified_ns = modified_ns(status);
  }

  static std::string cannot(std::string_view what, int code) {
    return "cannot " + std::string(what) + ": " + std::generic_category().message(code);
  }

  [[nodiscard]] bool is_text(std::string_view path) const {
    if (format_ != InputOptions::Format::kAuto) return format_ == InputOptions::Format::kText;
    return content_extension(path) == "txt";
  }

  static std::string join(const std::string& folder, const std::string& relative) {
    return folder.ends_with('/') ? folder + relative : folder + "/" + relative;
  }

  InputOptions::Format format_;
  std::vector<InputFile> files_;
  std::size_t linked_folders_ = 0;  // entered by links, of the input that is listed
};

}  // namespace

Result<std::vector<InputFile>> list_inputs(const std::vector<std::string>& inputs,
                                           const InputOptions& options) {
  InputLister lister(options.format);
  for (const std::string& input : inputs) COPYDESK_RETURN_IF_ERROR(lister.add(input));
  return lister.take();
}

}  // namespace copydesk
