// Anderson acceleration of a fixed-point iteration x <- F(x): the next point from the last few, by least squares.
//
//   f_j = F(x_j) - x_j,   gamma = argmin |f_n - sum_j gamma_j (f_j+1 - f_j)|,
//   x_n+1 = F(x_n) - sum_j gamma_j (F(x_j+1) - F(x_j))
//
// Anderson 1965; type II of Walker & Ni 2011. Exact for a linear F once `depth` reaches its dimension. It knows no
// objective: who calls it decides whether the point is better, and restarts where it is not.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace praesepe::infer::em {

class Anderson {
 public:
  explicit Anderson(Eigen::Index depth) : depth_(depth) {}

  /// The point to try after x, of which the iteration makes `image`. After a restart that is `image`.
  Eigen::VectorXd next(const Eigen::VectorXd& x, const Eigen::VectorXd& image);
  /// Forgets all points.
  void restart();

 private:
  Eigen::Index depth_;
  Eigen::VectorXd last_image_, last_residual_;
  std::vector<Eigen::VectorXd> image_steps_, residual_steps_;
};

}  // namespace praesepe::infer::em
