// The M step: the mixture that maximises what the E step's sums say, and the penalty of its covariances.
#pragma once

#include <vector>

#include "infer/em/expectation.hpp"
#include "infer/em/extreme_deconvolution.hpp"

namespace praesepe::infer::em {

/// With d = V g / q, of a component that holds q points:
///   w <- q / sum q,   m <- m + d,   V <- (q V + V H V - q d d' + w 1) / (q + 1)      (without w: / q)
/// which equal Bovy et al.'s sums over b_i = m + V R' u, B_i = V - V R' T^-1 R V. Fixed weights stay, the others share
/// what they leave. A component that holds less than 1e-12 of a point gets weight 0, and stays where it is.
GaussianMixture maximise(const GaussianMixture& mixture, const std::vector<ComponentSums>& sums,
                         const FitOptions& options);

/// sum_k -1/2 (ln |V_k| + w tr V_k^-1) over free covariances; 0 without regularisation.
double penalty(const GaussianMixture& mixture, const FitOptions& options);

/// The free parameters of a mixture as a vector in which EM steps may be extrapolated: ln w, m / scale, Cholesky factor
/// of V / scale^2 with logarithms on its diagonal.
class FreeCoordinates {
 public:
  /// `reference` gives the scale of each dimension, and what is fixed.
  FreeCoordinates(const GaussianMixture& reference, const FitOptions& options);

  Vector of(const GaussianMixture& mixture) const;
  /// `like` holds what is fixed; its components of weight 0 stay so.
  GaussianMixture mixture(const Vector& coordinates, const GaussianMixture& like) const;

 private:
  std::vector<Fixed> fixed_;
  Vector scale_;  // (D)
};

/// The flags of component k.
Fixed fixed_of(const FitOptions& options, std::size_t k);

}  // namespace praesepe::infer::em
