// Faults on purpose, for tests: the environment variable PRAESEPE_FAULT=PLACE:N[:SIGNAL] ends the process by the signal
// (9 unless told) when it comes to that place for the N-th time. Places: task, chain, publish, gather.
#pragma once

namespace praesepe::workflow {

void fault_point(const char* place);

}  // namespace praesepe::workflow
