// The collapsed hierarchical likelihood of a globular cluster: every star's six latent coordinates integrated out.
//
//   p(alpha, delta, parallax, mu | theta) = const cos(delta) / (s^2 r0^3 m_t E(g+3/2, Phi0))
//                                           int dz R^4 N(parallax; 1000/R, sigma) C(phi(r), m(z), T(z))
//
// r0, m_t   King radius and dimensionless mass of the model       R = z0 + z, r^2 = R_p^2 + z^2
// m, T      observed velocity relative to the centre on the star's own sky plane, and its noise variance, units of s
// C         velocity_integral.hpp: the radial velocity integrated in closed form (order g + 1/2) unless it is measured,
//           proper-motion noise by quadrature; R^4 is the Jacobian from (x, v) to (R, alpha, delta, mu)
//
// The angular position is taken as measured: an error of 0.1 mas is 5e-7 pc at 1 kpc. Densities are per (rad^2 mas
// (mas/yr)^2), without what is not measured of a star, and per km/s where its radial velocity is. Wen, Speagle, Webb &
// Eadie (2023), eqs 7-15 and 25-36; derivation in infer/models/globular/README.md. The gradient is that of the
// integrals, by the same nodes. Cost and accuracy of the rules: tests/bench/README.md, collapsed_accuracy_test.cpp.
#pragma once

#include <memory>
#include <vector>

#include "infer/density/mixture.hpp"
#include "infer/models/globular/cluster_parameters.hpp"
#include "infer/models/globular/observed_star.hpp"
#include "infer/models/globular/quadrature.hpp"
#include "infer/models/globular/sightlines.hpp"
#include "infer/models/globular/star_kernel.hpp"
#include "infer/models/systematics.hpp"
#include "sim/astrometry/catalogue.hpp"

namespace praesepe::infer::models::globular {

/// The stars of the cluster, as a component of its own or beside a field.
class CollapsedStars final : public density::Component {
 public:
  /// Uses what observed_stars() does, and throws as it does. `systematics`: parameters that all measurements have in
  /// common, beside those of the cluster.
  explicit CollapsedStars(const sim::astrometry::Catalogue& catalogue, QuadratureRule rule = {},
                          SystematicIndices systematics = {});
  ~CollapsedStars() override;

  /// theta begins with the ten parameters of the cluster. Stars outside the tidal radius are impossible; where there is
  /// no model with these parameters all values are NaN, so that no field can stand in for it.
  void log_marginal(const Vector& theta, density::Array& values) const override;
  void log_marginal_alone(const Vector& theta, density::Array& values) const override;
  void pull_back(const Vector& theta, const density::Array& weight, Vector& gradient) const override;
  /// Worth their while from a few thousand stars.
  void use_threads(int threads) const override;

 private:
  class Workspace;
  void evaluate(const Vector& theta, density::Array& values, Slopes slopes) const;
  void pull_back_some(const ClusterParameters& cluster, const density::Array& weight, Eigen::Index begin,
                      Eigen::Index end, Vector& gradient) const;

  std::vector<std::size_t> rows_;    // of the catalogue, in the order of the stars below
  std::vector<ObservedStar> stars_;  // from the middle outwards: neighbours in a block have lines of like length
  SystematicIndices systematics_;
  Sightlines lines_;
  std::unique_ptr<Workspace> workspace_;
};

}  // namespace praesepe::infer::models::globular
