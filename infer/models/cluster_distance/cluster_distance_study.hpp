// Distance and depth of a star cluster from the parallaxes of its members.
//
//   r_n ~ N(mu_r, std_r^2), r_n > 0         parallax_n ~ N(1/r_n + zero point, parallax_error_n^2)
//
// Distances r in kpc, parallaxes in mas: Price-Whelan 2022, "Hierarchical models 1". The r_n are integrated out, which
// removes the funnel that they make with std_r where the cluster is less deep than the noise resolves. Posterior of the
// published example to Monte Carlo error: tests/workflow/program/reference_posteriors_test.py.
#pragma once

#include "infer/models/study.hpp"

namespace praesepe::infer::models::cluster_distance {

class ClusterDistanceStudy final : public Study {
 public:
  std::string name() const override { return "cluster-distance"; }
  std::string description() const override {
    return "distance and depth of a cluster from parallaxes (columns parallax, parallax_error)";
  }
  const std::vector<Parameter>& parameters() const override;
  const std::vector<DerivedQuantity>& derived() const override;
  const std::vector<Alias>& aliases() const override;
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
};

}  // namespace praesepe::infer::models::cluster_distance
