#include "support/no_memory.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

thread_local bool none_left = false;

}  // namespace

namespace copydesk::testing {

NoMemory::NoMemory() { none_left = true; }
NoMemory::~NoMemory() { none_left = false; }

}  // namespace copydesk::testing

// In the place of those of the library.
void* operator new(std::size_t size) {
  void* const memory = none_left ? nullptr : std::malloc(std::max<std::size_t>(size, 1));
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
