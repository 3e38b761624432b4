// Threads of this process that work for the calling one, and what CPU time it all takes.
#pragma once

#include <cstddef>
#include <functional>

namespace praesepe::infer {

/// Calls work(piece, worker) for every piece < pieces, on up to `threads` threads, the calling one among them, each a
/// worker < threads of its own. Which worker does a piece depends on nothing that is known: results must not. `work`
/// must not throw.
void for_each_piece(std::size_t pieces, int threads, const std::function<void(std::size_t piece, int worker)>& work);

/// CPU time of the calling thread, and of those that have worked for it, s.
double thread_seconds();

}  // namespace praesepe::infer
