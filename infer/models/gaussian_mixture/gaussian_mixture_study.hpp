// A mixture of Gaussians in direction, distance, velocity, colour and absolute magnitude, seen by Gaia.
//
//   u = (east, north, r, vx, vy, vz, C, M) ~ sum_k w_k N8(u; mean_k, covariance_k), r > 0      after Leistedt (2017)
//
// Parameters: weight_k, mean_k_X, sd_k_X, and partial_k_X_Y for the pairs that model.correlations frees: canonical
// partial correlations, of which the correlations corr_k_X_Y are derived. Components bear labels in the order of
// an ascending prior, by default of the mean distance. Model, traps, accuracy: README.md.
#pragma once

#include "infer/models/gaussian_mixture/component_gaussian.hpp"
#include "infer/models/study.hpp"
#include "sim/mixture/sky_plane.hpp"

namespace praesepe::infer::models::gaussian_mixture {

/// What [model] says.
struct MixtureSettings {
  int components = 2;
  Correlations correlations = Correlations::blocks;
  sim::mixture::SkyDirection centre = {};  ///< of the plane of directions
  sim::mixture::Dust dust = {};
};

class GaussianMixtureStudy final : public Study {
 public:
  explicit GaussianMixtureStudy(const MixtureSettings& settings = {});

  std::string name() const override { return "gaussian-mixture"; }
  std::string description() const override {
    return "mixture of Gaussians in position, velocity, colour and magnitude from Gaia astrometry and photometry";
  }
  const std::vector<SettingKey>& model_keys() const override;
  std::unique_ptr<const Study> configured(const ModelSettings& settings) const override;
  const std::vector<Parameter>& parameters() const override { return parameters_; }
  const std::vector<DerivedQuantity>& derived() const override { return derived_; }
  const std::vector<SettingKey>& observe_keys() const override;
  const sim::astrometry::CatalogueSchema& schema() const override;
  void check(const Vector& truth, const Observation& observation) const override;
  sim::astrometry::Catalogue simulate(const Vector& truth, const Observation& observation, sim::random::Stream& latents,
                                      sim::random::Stream& noise) const override;
  std::unique_ptr<density::Likelihood> likelihood(const sim::astrometry::Catalogue& catalogue,
                                                  const Observation& observation) const override;
  std::vector<Vector> starts(const sim::astrometry::Catalogue& catalogue, const density::ParameterSpace& space,
                             sim::random::Stream& stream) const override;
  Vector derive(const Vector& theta) const override;
  double expected_seconds(const Observation& observation) const override;

 private:
  MixtureSettings settings_;
  sim::mixture::SkyPlane plane_;
  std::vector<ComponentLayout> layouts_;  // (K); weights stand before them in theta
  std::vector<Parameter> parameters_;
  std::vector<DerivedQuantity> derived_;
};

}  // namespace praesepe::infer::models::gaussian_mixture
