// What may be read is asked as somebody who is not root.
#ifndef COPYDESK_TESTS_SUPPORT_AS_NOBODY_H_
#define COPYDESK_TESTS_SUPPORT_AS_NOBODY_H_

#include <sys/types.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace copydesk::testing {

// While it lives, a process of root, who may read everything, is nobody, and may enter `folder`;
// that of anybody else stays as it is.
class AsNobody {
 public:
  static constexpr uid_t kNobody = 65534;

  explicit AsNobody(const std::filesystem::path& folder) {
    if (user_ != 0) return;
    std::filesystem::permissions(folder, std::filesystem::perms(0755));
    if (::seteuid(kNobody) != 0) throw std::runtime_error("seteuid failed");
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
  ~AsNobody() {
    if (::seteuid(user_) != 0) std::abort();  // no later test would mean anything
  }

 private:
  const uid_t user_ = ::geteuid();
};

}  // namespace copydesk::testing

#endif  // COPYDESK_TESTS_SUPPORT_AS_NOBODY_H_
