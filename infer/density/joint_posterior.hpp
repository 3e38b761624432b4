// The posterior of parameters and latents on R^(D+L): a joint likelihood, the priors, and an affine map of the
// parameters' coordinates that gives these unit scale and no correlation.
//
//   (eta, x) -> q = centre + L_q eta -> theta(q),     ln p = ln p(data, x | theta) + ln prior(q) + ln det L_q
//
// The latents' coordinates are near unit scale of themselves and hardly depend on each other; the parameters are
// narrow and correlated, and a diagonal metric cannot know of that.
#pragma once

#include "infer/density/joint_likelihood.hpp"
#include "infer/density/parameter_space.hpp"

namespace praesepe::infer::density {

class JointPosterior final : public LogDensity {
 public:
  /// Keeps references to `likelihood` and `space`. centre (D), covariance (D, D) of q, roughly; positive definite.
  JointPosterior(const JointLikelihood& likelihood, const ParameterSpace& space, Vector centre,
                 const Matrix& covariance);

  Eigen::Index dimension() const override { return space_.dimension() + likelihood_.dimension(); }
  double log_density(const Vector& position, Vector& gradient) const override;

  /// The parameters' coordinates q at eta (D), and the position of (q, x).
  Vector coordinates(const Eigen::Ref<const Vector>& eta) const;
  Vector position(const Vector& q, const Vector& x) const;

 private:
  const JointLikelihood& likelihood_;
  const ParameterSpace& space_;
  Vector centre_;
  Matrix factor_;  // L_q, lower triangle
  double log_determinant_;
  mutable Vector q_, theta_, theta_gradient_, q_gradient_;
};

}  // namespace praesepe::infer::density
