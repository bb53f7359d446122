#include "cli/interrupt.h"

#include <csignal>
#include <cstdint>
#include <ctime>

namespace copydesk::cli {
namespace {

std::atomic<bool> g_stop = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

// A signal that comes so soon behind the first is the same wish: timeout(1) sends two, one to the
// process and one to its group.
constexpr std::int64_t kSameWishNs = 100'000'000;

std::atomic<std::int64_t> g_first_ns = 0;  // when the first came
static_assert(std::atomic<std::int64_t>::is_always_lock_free, "a signal handler sets it");

// Only what may be called in a handler.
void request_stop(int signal_number) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t now_ns = std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
  std::int64_t first_ns = 0;
  g_stop.store(true);
  if (g_first_ns.compare_exchange_strong(first_ns, now_ns) || now_ns - first_ns < kSameWishNs) {
    return;
  }
  std::signal(signal_number, SIG_DFL);
  std::raise(signal_number);  // has its effect when the handler returns
}

}  // namespace

void handle_signals() {
  struct sigaction stop {};
  stop.sa_handler = request_stop;
  stop.sa_flags = SA_RESTART;  // reads that a signal interrupts go on
  sigemptyset(&stop.sa_mask);
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction old {};
    sigaction(signal_number, nullptr, &old);
    // `nohup` and background jobs of a shell ignore these; leave it so.
    if (old.sa_handler != SIG_IGN) sigaction(signal_number, &stop, nullptr);
  }
  // The call that raises these says what is wrong, and so can we.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

const std::atomic<bool>& stop_requested() { return g_stop; }

}  // namespace copydesk::cli
