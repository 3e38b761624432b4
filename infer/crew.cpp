#include "infer/crew.hpp"

#include <atomic>
#include <thread>

namespace praesepe::infer {

std::vector<Eigen::VectorXd> Threads::work(std::size_t count, const Outfit& outfit) const {
  std::vector<Eigen::VectorXd> results(count);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    const Piece piece = outfit();
    for (std::size_t i = next++; i < count; i = next++) results[i] = piece(i);
  };
  std::vector<std::jthread> others;
  for (int i = 1; i < count_; ++i) others.emplace_back(work);
  work();
  others.clear();  // joins
  return results;
}

}  // namespace praesepe::infer
