// The likelihood of stars whose six phase-space coordinates are known exactly.
//
//   ln L = sum_i ln f(x_i - x_c, v_i - v_c) / M = sum_i ln E(g, phi(r) - v^2 / 2 s^2) - N ln [(2 pi)^(3/2) 4 pi/9 s^3
//   r0^3 m_t E0]
//
// per pc^3 (km/s)^3; E0 = E(g+3/2, Phi0). Minus infinity if one star is unbound. Wen et al. (2023), section 4.1
// ("perfect data"); Eadie, Webb & Rosenthal (2022).
#pragma once

#include <vector>

#include "infer/models/globular/cluster_parameters.hpp"
#include "sim/astrometry/catalogue.hpp"

namespace praesepe::infer::models::globular {

class ExactLikelihood final : public density::Likelihood {
 public:
  /// Needs ra, dec, parallax, pmra, pmdec, radial_velocity of every star; throws InputError otherwise.
  explicit ExactLikelihood(const sim::astrometry::Catalogue& catalogue);

  Eigen::Index dimension() const override { return kParameters; }
  double log_likelihood(const Vector& theta, Vector& gradient) const override;

 private:
  std::vector<sim::astrometry::Cartesian6> stars_;
  mutable sim::globular::LoweredIsothermal model_;
};

}  // namespace praesepe::infer::models::globular
