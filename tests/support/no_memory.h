// Lets memory run out in a test. Only for a program that is linked with no_memory.cc, without
// sanitizers.
#ifndef COPYDESK_TESTS_SUPPORT_NO_MEMORY_H_
#define COPYDESK_TESTS_SUPPORT_NO_MEMORY_H_

namespace copydesk::testing {

// While it lives, `new` throws bad_alloc in this thread, but for what is aligned further than
// usual.
class NoMemory {
 public:
  NoMemory();
  NoMemory(const NoMemory&) = delete;
  NoMemory& operator=(const NoMemory&) = delete;
  ~NoMemory();
};

}  // namespace copydesk::testing

#endif  // COPYDESK_TESTS_SUPPORT_NO_MEMORY_H_
