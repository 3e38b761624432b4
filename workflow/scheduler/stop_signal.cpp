#include "workflow/scheduler/stop_signal.hpp"

#include <unistd.h>

#include <array>
#include <csignal>

namespace praesepe::workflow::scheduler {

namespace {

volatile std::sig_atomic_t stop = 0, interrupts = 0;
volatile std::sig_atomic_t status_at_once = 0;

void note_signal(int signal) {
  stop = 1;
  if (signal != SIGINT) return;
  if (interrupts != 0) _exit(status_at_once);
  interrupts = 1;
}

}  // namespace

void listen_for_stop_signals(int exit_status) {
  status_at_once = exit_status;
  struct sigaction action = {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  for (const int signal : std::array{SIGTERM, SIGINT, SIGUSR1}) sigaction(signal, &action, nullptr);
}

bool stop_requested() { return stop != 0; }

}  // namespace praesepe::workflow::scheduler
