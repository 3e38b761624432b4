#include "infer/models/field/field_sample.hpp"

#include <cmath>

namespace praesepe::infer::models::field {

StarNumbers StarNumbers::draw(sim::random::Stream& stream) {
  StarNumbers numbers;
  numbers.share = stream.uniform();
  numbers.distance = -std::log(stream.uniform() * stream.uniform() * stream.uniform());
  for (double& u : numbers.place) u = stream.uniform();
  for (double& x : numbers.normal) x = stream.normal();
  return numbers;
}

sim::astrometry::Icrs6 field_star(const FieldIndices& at, const Vector& truth, const Footprint& footprint, double share,
                                  const StarNumbers& numbers) {
  auto star = place_in(footprint, numbers.place);
  if (at.length >= 0) star.parallax = 1.0 / (truth[at.length] * numbers.distance);
  std::size_t k = 0;
  for (; k + 1 < at.gaussians.size() && share >= truth[at.gaussians[k].weight]; ++k) {
    share -= truth[at.gaussians[k].weight];
  }
  const auto& gaussian = at.gaussians[k];
  if (gaussian.motion.pmra >= 0) set_motion(gaussian.motion, truth, numbers.normal, star);
  if (gaussian.radial_velocity >= 0) {
    star.radial_velocity = truth[gaussian.radial_velocity] + truth[gaussian.sigma_radial_velocity] * numbers.normal[2];
  }
  return star;
}

void set_motion(const MotionIndices& at, const Vector& truth, const Eigen::Vector3d& normal,
                sim::astrometry::Icrs6& star) {
  star.pmra = truth[at.pmra] + truth[at.sd_pmra] * normal[0];
  if (at.pmdec < 0) return;
  const double r = at.correlation < 0 ? 0.0 : truth[at.correlation];
  star.pmdec = truth[at.pmdec] + truth[at.sd_pmdec] * (r * normal[0] + std::sqrt(1.0 - r * r) * normal[1]);
}

}  // namespace praesepe::infer::models::field
