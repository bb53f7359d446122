// A folder for one test.
#ifndef COPYDESK_TESTS_SUPPORT_TEMP_FOLDER_H_
#define COPYDESK_TESTS_SUPPORT_TEMP_FOLDER_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace copydesk::testing {

// A new empty folder; removed with all that is in it.
class TempFolder {
 public:
  TempFolder() {
    std::string name = ::testing::TempDir() + "copydesk-test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::string path(std::string_view name) const {
    return path_ + "/" + std::string(name);
  }
  [[nodiscard]] const std::string& root() const { return path_; }

  // Writes a file, its folders too; gives its path.
  std::string write(std::string_view name, std::string_view bytes) const {
    std::string full = path(name);
    std::filesystem::create_directories(std::filesystem::path(full).parent_path());
    std::ofstream out(full, std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return full;
  }

 private:
  std::string path_;
};

}  // namespace copydesk::testing

#endif  // COPYDESK_TESTS_SUPPORT_TEMP_FOLDER_H_
