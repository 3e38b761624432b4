// A mixture of multivariate t distributions: the proposal that knows all modes.
//
//   q(x) = sum_k a_k t(x; mean_k, scale_k),   t ~ |scale|^-1/2 (1 + m^2/nu)^-(nu + D)/2,   nu = 8,
//   m^2 = (x - mean)' scale^-1 (x - mean)
//
// Tails heavier than those of the posterior keep importance weights bounded. nu is even, so that a chi-square variate
// is a sum of nu/2 exponentials.
#pragma once

#include <vector>

#include "infer/density/log_density.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::nuts {

using density::Matrix;
using density::Vector;

class MixtureOfT {
 public:
  static constexpr int kDegreesOfFreedom = 8;

  struct Component {
    double weight;  ///< > 0; normalised by the mixture
    Vector mean;    ///< (D)
    Matrix scale;   ///< (D, D) positive definite
  };

  /// Throws InternalError if there is no component, or a scale is not positive definite.
  explicit MixtureOfT(std::vector<Component> components);

  Eigen::Index dimension() const { return components_.front().mean.size(); }
  const std::vector<Component>& components() const { return components_; }

  double log_density(const Vector& x) const;
  /// ln a_k + ln t_k of each component (K).
  Vector log_terms(const Vector& x) const;
  /// m^2 of component k.
  double squared_distance(std::size_t k, const Vector& x) const;

  Vector draw(sim::random::Stream& stream) const;
  /// A draw from component k, its scale stretched in every direction.
  Vector draw_from(std::size_t k, sim::random::Stream& stream, double stretch = 1.0) const;
  /// The component at a point of the cumulative weights, 0 < u < 1.
  std::size_t component_at(double u) const;

 private:
  std::vector<Component> components_;
  std::vector<Matrix> factors_;    // lower Cholesky factors of the scales
  std::vector<double> log_norms_;  // ln of weight times normalising constant
};

}  // namespace praesepe::infer::nuts
