#include "cli/interrupt.h"

#include <csignal>

namespace copydesk::cli {
namespace {

std::atomic<bool> g_stop = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

void request_stop(int) { g_stop.store(true); }

}  // namespace

void handle_signals() {
  struct sigaction stop {};
  stop.sa_handler = request_stop;
  // Back to the default for the second time; reads that a signal interrupts go on.
  stop.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
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
