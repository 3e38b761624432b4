#include "infer/crew.hpp"

#include <algorithm>

#include "infer/threads.hpp"

namespace praesepe::infer {

std::vector<Eigen::VectorXd> Threads::work(std::size_t count, const Outfit& outfit) const {
  std::vector<Eigen::VectorXd> results(count);
  std::vector<Piece> pieces(static_cast<std::size_t>(std::max(count_, 1)));
  for_each_piece(count, count_, [&](std::size_t i, int worker) {
    Piece& piece = pieces[static_cast<std::size_t>(worker)];
    if (!piece) piece = outfit();
    results[i] = piece(i);
  });
  return results;
}

}  // namespace praesepe::infer
