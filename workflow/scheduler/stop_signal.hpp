// SIGTERM, SIGINT and SIGUSR1 as a wish: begin nothing new, put aside what is under way.
//
// A second SIGINT (Ctrl-C again) ends the process at once; nothing but what was not put aside is lost, since results
// appear whole or not at all. Batch systems send several of the others in a row and mean one.
#pragma once

namespace praesepe::workflow::scheduler {

/// From now on signals are noted; the process ends with this status at the second SIGINT.
void listen_for_stop_signals(int exit_status);
bool stop_requested();

}  // namespace praesepe::workflow::scheduler
