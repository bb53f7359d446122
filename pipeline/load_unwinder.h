// What has to be in memory before memory runs out.
#ifndef COPYDESK_PIPELINE_LOAD_UNWINDER_H_
#define COPYDESK_PIPELINE_LOAD_UNWINDER_H_

#ifdef __linux__
#include <features.h>
#endif
#ifdef __GLIBC__
#include <execinfo.h>
#endif

namespace copydesk {

// An exception that leaves std::call_once, in which RE2 allocates, makes glibc load libgcc_s; if
// there is no memory for that, glibc ends the process. This has it loaded (since glibc 2.34, where
// backtrace() uses the same). Costs something the first time only; safe from all threads.
inline void load_unwinder() {
#ifdef __GLIBC__
  [[maybe_unused]] static const int kFrames = [] {
    void* frame = nullptr;
    return backtrace(&frame, 1);
  }();
#endif
}

}  // namespace copydesk

#endif  // COPYDESK_PIPELINE_LOAD_UNWINDER_H_
