#include "cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "cli/terminal.h"

namespace copydesk::cli {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double kLogSeconds = 5;

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

// How much of the phase is done, in [0, 1]; below 0: not known.
double share_done(const Progress& p) {
  const auto share = [](std::uint64_t done, std::uint64_t total) {
    return std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  };
  if (p.documents_total > 0) return share(p.documents, p.documents_total);
  if (p.bytes_total > 0) return share(p.bytes, p.bytes_total);
  return -1;
}

// "  12,345 documents  34.2 MB/s  ETA 0:12"
std::string figures(const Progress& p, double seconds) {
  std::string out = fmt::format("  {} documents", grouped(p.documents));
  // A rate over a fraction of a second jumps about.
  if (seconds < 0.5) return out;
  out += fmt::format("  {:.1f} MB/s", static_cast<double>(p.bytes) / 1e6 / seconds);
  const double share = share_done(p);
  if (share > 0) out += fmt::format("  ETA {}", human_time(seconds / share * (1 - share)));
  return out;
}

std::string bar(double share, std::size_t width) {
  const auto done = static_cast<std::size_t>(share * static_cast<double>(width));
  std::string out(width, ' ');
  std::fill_n(out.begin(), done, '=');
  if (done < width) out[done] = '>';
  return out;
}

// Knows when the phase began.
class Timed : public ProgressDisplay {
 protected:
  // Seconds since the phase of `p` began.
  double in_phase(const Progress& p, Clock::time_point now) {
    if (p.phase != phase_) {
      phase_ = p.phase;
      began_ = now;
    }
    return seconds_between(began_, now);
  }

 private:
  int phase_ = 0;
  Clock::time_point began_;
};

class Bar : public Timed {
 public:
  explicit Bar(int fd) : fd_(fd) {}
  ~Bar() override {
    if (drawn_) print_error("\r\x1b[K");
  }
  void update(const Progress& progress) override {
    const double seconds = in_phase(progress, Clock::now());
    // One column less, so that no terminal wraps the line.
    print_error("\r" + progress_line(progress, seconds, terminal_width(fd_) - 1) + "\x1b[K");
    drawn_ = true;
  }

 private:
  int fd_;
  bool drawn_ = false;
};

class Log : public Timed {
 public:
  void update(const Progress& progress) override {
    const Clock::time_point now = Clock::now();
    const double seconds = in_phase(progress, now);
    if (seconds_between(last_, now) < kLogSeconds) return;
    last_ = now;
    say(progress_log(progress, seconds));
  }

 private:
  Clock::time_point last_ = Clock::now();
};

}  // namespace

std::unique_ptr<ProgressDisplay> make_progress_display(int fd) {
  if (is_terminal(fd)) return std::make_unique<Bar>(fd);
  return std::make_unique<Log>();
}

std::string progress_line(const Progress& p, double seconds, int width) {
  constexpr std::size_t kBarWidth = 20;
  const double share = share_done(p);
  std::string line = fmt::format("[{}/{}] {}", p.phase, p.phases, p.phase_name);
  if (share >= 0) {
    line += fmt::format(" [{}] {:3.0f} %", bar(share, kBarWidth), std::floor(share * 100));
  }
  line += figures(p, seconds);
  if (line.size() > static_cast<std::size_t>(std::max(width, 0))) {
    line.resize(static_cast<std::size_t>(std::max(width, 0)));
  }
  return line;
}

std::string progress_log(const Progress& p, double seconds) {
  const double share = share_done(p);
  std::string line = fmt::format("[{}/{}] {}", p.phase, p.phases, p.phase_name);
  if (share >= 0) line += fmt::format(" {:.0f} %", std::floor(share * 100));
  return line + figures(p, seconds);
}

}  // namespace copydesk::cli
