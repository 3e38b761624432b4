// The stars' latent coordinates given the parameters and the data: exact, independent draws, star by star.
//
//   p(z, u, w | theta, d) ~ R^4 N(parallax; 1000/R, sigma) N2(u; m(z), T(z)) E(g, phi(r) - u^2/2 - w^2/2)
//
// with z = R - z0 along the line of sight, u and w the velocity on the star's sky plane and along its line of sight,
// relative to the centre, in units of s (README.md, section 2; the angles are those measured). The steps:
//
//   (z, u)  from the same with w integrated out: N2 E of order g + 1/2. Under the bound of velocity_bound.hpp the
//           integral over u is closed: z is drawn from that, u from the bound, and both are accepted together
//           (in three dimensions where the radial velocity is measured, which gives w as well)
//   w       from E(g, y - w^2/2) = e^(y - w^2/2) P(g, y - w^2/2): a Gaussian cut at sqrt(2y), accepted by P
//
// No quadrature enters, and a noise ellipse is taken as it is. z comes from a histogram above its density, with equal
// cells in t, z = a sinh t, halved in range until they resolve it, and 10 % higher than the density at the ends of
// each; that this is enough everywhere is what latents_test.cpp sees.
#pragma once

#include <vector>

#include "infer/models/globular/observed_star.hpp"
#include "infer/models/study.hpp"

namespace praesepe::infer::models::globular {

/// ra, dec (deg), parallax (mas), pmra, pmdec (mas/yr), radial_velocity (km/s), distance (kpc): true values.
const std::vector<StarQuantity>& latent_columns();

class DrawnLatents final : public LatentSampler {
 public:
  /// Throws InputError for a catalogue that the model cannot use.
  explicit DrawnLatents(const sim::astrometry::Catalogue& catalogue, SystematicIndices systematics = {})
      : stars_(observed_stars(catalogue)), systematics_(systematics) {}

  /// theta begins with the ten parameters of the cluster. NaN for a star that cannot be of it, as one outside the tidal
  /// radius. Throws TaskFailure where there is no model with these parameters.
  density::Matrix draw(const Vector& theta, sim::random::Stream& stream) const override;

 private:
  std::vector<ObservedStar> stars_;
  SystematicIndices systematics_;
};

}  // namespace praesepe::infer::models::globular
