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
    files_.push_back({"-", "-", "-", format_ == InputOptions::Format::kText, 0, 0});
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

    std::vector<std::string> found;
    std::vector<Folder> open_folders;
    COPYDESK_RETURN_IF_ERROR(walk(path, "", status, open_folders, found));
    if (found.empty()) {
      return path_error(ErrorCode::kNotFound, path,
                        "the folder holds no .jsonl, .ndjson, .json or .txt file");
    }
    std::sort(found.begin(), found.end());
    for (const std::string& relative : found) {
      const std::string full = join(path, relative);
      if (::stat(full.c_str(), &status) != 0) return errno_error(full, errno);
      COPYDESK_RETURN_IF_ERROR(add_file(full, relative, status));
      files_.back().folder = path;
    }
    return {};
  }

  // Appends the input files below `folder` to `found`, as paths relative to the input's folder.
  Result<void> walk(const std::string& folder, const std::string& relative,
                    const struct stat& status, std::vector<Folder>& open_folders,
                    std::vector<std::string>& found) {
    for (const Folder& open : open_folders) {
      if (open.device == status.st_dev && open.inode == status.st_ino) return {};
    }
    open_folders.push_back({status.st_dev, status.st_ino});
    std::error_code error;
    std::filesystem::directory_iterator it(folder, error);
    for (; !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
      const std::string name = it->path().filename().string();
      const std::string inner = relative.empty() ? name : relative + "/" + name;
      struct stat inner_status {};
      const bool exists = ::stat(it->path().c_str(), &inner_status) == 0;
      if (exists && S_ISDIR(inner_status.st_mode)) {
        COPYDESK_RETURN_IF_ERROR(
            walk(it->path().string(), inner, inner_status, open_folders, found));
      } else if (is_input_name(name)) {
        found.push_back(inner);
      }
    }
    open_folders.pop_back();
    if (error) return errno_error(folder, error.value());
    return {};
  }

  Result<void> add_file(const std::string& path, const std::string& text_id,
                        const struct stat& status) {
    if (::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0) return errno_error(path, errno);
    InputFile file{path, shown_path(path), shown_path(text_id), is_text(path), 0, 0};
    if (S_ISREG(status.st_mode)) {
      file.size = static_cast<std::uint64_t>(status.st_size);
      file.modified_ns = modified_ns(status);
    }
    files_.push_back(std::move(file));
    return {};
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
};

}  // namespace

std::string shown_path(std::string_view path) {
  std::string shown;
  shown.reserve(path.size());
  for (std::size_t at = 0; at < path.size();) {
    const text::CodePoint point = text::decode_utf8(path, at);
    text::append_utf8(shown, point.value);
    at += point.length;
  }
  return shown;
}

Result<std::vector<InputFile>> list_inputs(const std::vector<std::string>& inputs,
                                           const InputOptions& options) {
  InputLister lister(options.format);
  for (const std::string& input : inputs) COPYDESK_RETURN_IF_ERROR(lister.add(input));
  return lister.take();
}

}  // namespace copydesk
