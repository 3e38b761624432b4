// What a sampler of parameters and latents needs to know of a model: nothing is integrated out.
#pragma once

#include "infer/density/log_density.hpp"

namespace praesepe::infer::density {

/// ln p(data, x | theta) of parameters theta (P) in their own units and the stars' latents in coordinates x on R^L in
/// which they have no bounds, the Jacobian of the map included. Same rules as LogDensity.
class JointLikelihood {
 public:
  virtual ~JointLikelihood() = default;

  virtual Eigen::Index parameters() const = 0;  ///< P
  virtual Eigen::Index dimension() const = 0;   ///< L

  /// -infinity where impossible. Writes the gradients, (P) and (L).
  virtual double log_density(const Vector& theta, const Eigen::Ref<const Vector>& x, Vector& theta_gradient,
                             Eigen::Ref<Vector> x_gradient) const = 0;

  /// The latents at x, (stars, columns of the study), and back.
  virtual Matrix latents(const Vector& theta, const Eigen::Ref<const Vector>& x) const = 0;
  virtual Vector coordinates(const Vector& theta, const Matrix& latents) const = 0;
};

}  // namespace praesepe::infer::density
