// The copydesk command.
#include <cstdio>

#include "copydesk/pipeline.h"

int main() {
  const std::string_view name = copydesk::version();
  std::fprintf(stdout, "%.*s\n", static_cast<int>(name.size()), name.data());
  return 0;
}
