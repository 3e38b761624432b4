// The globular study with a likelihood that is wrong in a known way; all else, the simulation above all, is right.
// Posterior functions are left out: ranks do not use them.
#pragma once

#include "infer/models/globular/globular_study.hpp"

namespace praesepe::tests {

enum class GlobularFault {
  none,
  /// Every error column of the catalogue is taken for half of what it is.
  half_errors,
  /// Without the Jacobian R^4 of each star's line of sight (infer/models/globular/README.md, section 2), taken out at
  /// the distance R_c = 1000 / parallax of the centre: the likelihood times R_c^(-4 N), which is
  ///   ln L + 4 N ln(parallax) + const.
  /// R differs from R_c by the depth of the cluster, by order r_h / R_c = 1 %: what is left of the factor is small.
  no_jacobian
};

class WrongStudy final : public infer::models::Study {
 public:
  using Catalogue = sim::astrometry::Catalogue;
  using Observation = infer::models::Observation;
  using Vector = infer::models::Vector;

  explicit WrongStudy(GlobularFault fault) : fault_(fault) {}

  std::unique_ptr<infer::density::Likelihood> likelihood(const Catalogue& catalogue,
                                                         const Observation& observation) const override;

  std::string name() const override { return right_.name(); }
  std::string description() const override { return right_.description(); }
  const std::vector<infer::models::Parameter>& parameters() const override { return right_.parameters(); }
  const std::vector<infer::models::DerivedQuantity>& derived() const override { return right_.derived(); }
  const std::vector<infer::models::SettingKey>& observe_keys() const override { return right_.observe_keys(); }
  const sim::astrometry::CatalogueSchema& schema() const override { return right_.schema(); }
  std::vector<infer::density::DependentBound> bounds() const override { return right_.bounds(); }
  void check(const Vector& truth, const Observation& observation) const override { right_.check(truth, observation); }
  Catalogue simulate(const Vector& truth, const Observation& observation, sim::random::Stream& latents,
                     sim::random::Stream& noise) const override {
    return right_.simulate(truth, observation, latents, noise);
  }
  std::vector<Vector> starts(const Catalogue& catalogue, const infer::density::ParameterSpace& space,
                             sim::random::Stream& stream) const override {
    return right_.starts(catalogue, space, stream);
  }
  Vector derive(const Vector& theta) const override { return right_.derive(theta); }
  double expected_seconds(const Observation& observation) const override {
    return right_.expected_seconds(observation);
  }

 private:
  infer::models::globular::GlobularStudy right_;
  GlobularFault fault_;
};

}  // namespace praesepe::tests
