// The hierarchical likelihood of a globular cluster with every star's six latents in it: nothing is integrated out.
//
//   ln p(d, latents | theta) = sum_i ln [f/M (x_i, v_i) R_i^2 cos(delta_i)] + ln N(d_i; alpha_i, delta_i, 1000/R_i,
//   mu_i, v_R,i), with the covariance of parallax and motion; v_R where it is measured
//
// Wen, Speagle, Webb & Eadie (2023), eqs 7-15 and 38. Their latents alpha, delta, dR, dv_R, mu are kept in coordinates
// without bounds, six a star, in which the density has no wall where a star becomes unbound but the one that the
// measured proper motion has; lengths pc, velocities km/s, n_i the star's direction, r_0 and s the cluster's scales:
//
//   a, b   alpha_i, delta_i = measured + errors (a, b)
//
//   c, d   v_sky = k R_c (mu_i + noise (c, d)), its velocity on the sky as its motion shows it at the centre's distance
//
//   e      with u = |v_sky - v_centre| / s the star is bound for |z| < z_max, phi(r_max) = u^2/2, along its sight:
//          z = A sinh(t_max S(e)),  A^2 = R_p^2 + r0^2/2,  A sinh(t_max) = z_max,  R = n_i.x_c + z
//
//   f      w = (v_R - v_R,c) / s = sqrt(2 y) S(f),  y = phi(r) - u^2/2,  where S(x) = erf(x / sqrt 2)
//
// so that the star is on the brink of being unbound only as u -> the escape speed at R_p, and there the density
// vanishes as y^(g+1). The Jacobian is k^2 R_c^2 R^2 cos(delta) s sqrt(2y) S'(f) A cosh(t) t_max S'(e) times that of
// the errors. Integrated over the latents it is the collapsed likelihood of collapsed_likelihood.hpp but for the
// angles' errors (full_posterior_test.cpp).
//
// -infinity where a star's line of sight misses the cluster, its motion exceeds the escape speed, or R < 0.01 pc.
#pragma once

#include <vector>

#include "infer/density/joint_likelihood.hpp"
#include "infer/models/globular/cluster_parameters.hpp"
#include "infer/models/globular/observed_star.hpp"

namespace praesepe::infer::models::globular {

class FullLikelihood final : public density::JointLikelihood {
 public:
  static constexpr Eigen::Index kStar = 6;  ///< coordinates a star

  /// Throws InputError for a catalogue that the model cannot use, as one with a star without proper motion.
  explicit FullLikelihood(const sim::astrometry::Catalogue& catalogue);

  Eigen::Index parameters() const override { return kParameters; }
  Eigen::Index dimension() const override { return kStar * static_cast<Eigen::Index>(stars_.size()); }
  double log_density(const Vector& theta, const Eigen::Ref<const Vector>& x, Vector& theta_gradient,
                     Eigen::Ref<Vector> x_gradient) const override;
  /// Columns as in latents.hpp.
  density::Matrix latents(const Vector& theta, const Eigen::Ref<const Vector>& x) const override;
  Vector coordinates(const Vector& theta, const density::Matrix& latents) const override;

 private:
  std::vector<ObservedStar> stars_;
  double log_constant_ = 0.0;
  mutable sim::globular::LoweredIsothermal model_;
  mutable sim::globular::EGammaExpansion e_;
};

}  // namespace praesepe::infer::models::globular
