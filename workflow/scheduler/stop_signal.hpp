// SIGTERM, SIGINT and SIGUSR1 as a wish: start no new task, finish those under way. A second one ends the process at
// once; nothing but the tasks under way is lost, since results appear whole or not at all.
#pragma once

namespace praesepe::workflow::scheduler {

/// From now on signals are noted; the process ends with this status at the second one.
void listen_for_stop_signals(int exit_status);
bool stop_requested();

}  // namespace praesepe::workflow::scheduler
