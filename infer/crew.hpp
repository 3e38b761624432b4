// Independent pieces of work, and who does them.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <functional>
#include <vector>

namespace praesepe::infer {

class Crew {
 public:
  /// A piece by its number. Its result depends on nothing else, whoever does it.
  using Piece = std::function<Eigen::VectorXd(std::size_t)>;
  /// Makes what one thread does pieces with, scratch space included.
  using Outfit = std::function<Piece()>;

  virtual ~Crew() = default;
  /// [i]: piece i, i < count.
  virtual std::vector<Eigen::VectorXd> work(std::size_t count, const Outfit& outfit) const = 0;
};

/// Threads of this process, one of them the caller's.
class Threads final : public Crew {
 public:
  explicit Threads(int count) : count_(count) {}
  std::vector<Eigen::VectorXd> work(std::size_t count, const Outfit& outfit) const override;

 private:
  int count_;
};

}  // namespace praesepe::infer
