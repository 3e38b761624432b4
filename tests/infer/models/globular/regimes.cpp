#include "tests/infer/models/globular/regimes.hpp"

#include <cmath>

namespace praesepe::tests {

namespace {

Regime regime(std::string name, double phi0, double g, double log10_mass, double rh, double parallax, double sigma,
              double stars = 1000.0) {
  Eigen::VectorXd truth(10);
  truth << phi0, g, log10_mass, std::log10(rh), 60.0, 45.0, parallax, 4.0 * parallax, 5.0 * parallax, 30.0;
  return {std::move(name), std::move(truth), stars, sigma};
}

Regime halo_to_the_sun() {
  Regime halo = regime("phi0 8.1, g 1.78, rh 23 at 1 kpc", 8.1, 1.78, 5.5, 23.0, 1.0, 0.1);
  halo.is_halo_to_sun = true;
  return halo;
}

}  // namespace

std::vector<Regime> regimes() {
  return {regime("phi0 5, g 2, rh 3 at 1 kpc", 5.0, 2.0, 5.0, 3.0, 1.0, 0.1),
          regime("phi0 8, g 1.6, rh 9 at 1 kpc", 8.0, 1.6, 6.0, 9.0, 1.0, 0.1),
          regime("phi0 3, g 1.2, rh 9, sigma 0.02", 3.0, 1.2, 5.0, 9.0, 1.0, 0.02),
          regime("phi0 5, g 2, rh 3 at 10 kpc", 5.0, 2.0, 5.0, 3.0, 0.1, 0.1),
          regime("phi0 6, g 0.3", 6.0, 0.3, 5.5, 5.0, 1.0, 0.1),
          regime("phi0 10, g 1, rh 9", 10.0, 1.0, 5.5, 9.0, 1.0, 0.1),
          regime("phi0 14, g 1", 14.0, 1.0, 5.5, 5.0, 1.0, 0.1),
          regime("phi0 5, g 2, 100 stars", 5.0, 2.0, 5.0, 3.0, 1.0, 0.1, 100.0),
          halo_to_the_sun()};
}

sim::astrometry::Catalogue catalogue_of(const Regime& regime, double stars, std::uint32_t replicate) {
  const infer::models::globular::GlobularStudy study;
  infer::models::Observation observation;
  for (const auto& key : study.observe_keys()) observation[key.name] = key.default_value;
  observation["stars"] = stars;
  observation["sigma"] = regime.sigma;
  const sim::random::StreamKey key{7, 0, replicate};
  sim::random::Stream latents(key, sim::random::Purpose::latents), noise(key, sim::random::Purpose::noise);
  return study.simulate(regime.truth, observation, latents, noise);
}

infer::density::StarLikelihood collapsed(const sim::astrometry::Catalogue& catalogue,
                                         infer::models::globular::QuadratureRule rule) {
  using namespace infer::models::globular;
  return {kParameters, std::make_shared<CollapsedStars>(catalogue, rule)};
}

Eigen::VectorXd near_truth(const Regime& regime) {
  Eigen::VectorXd theta = regime.truth;
  const double parallax = regime.truth[6];
  const Eigen::VectorXd move{
      {0.03, 0.02, 0.01, 0.008, 0.002, -0.001, 0.002 * parallax, 0.01 * parallax, -0.01 * parallax, 3.0}};
  return theta + move;
}

}  // namespace praesepe::tests
