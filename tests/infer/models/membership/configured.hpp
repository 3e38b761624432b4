// The membership study as a campaign would configure it, and catalogues drawn with its default truths.
#pragma once

#include <memory>
#include <string>

#include "infer/density/parameter_space.hpp"
#include "infer/models/membership/membership_study.hpp"

namespace praesepe::infer::models::membership {

ModelSettings settings(const std::string& data, double fields = 1.0, const std::string& motion = "isotropic");

struct Configured {
  std::unique_ptr<const Study> study;
  Observation observation;
  Vector truth;

  /// Of a parameter in `truth`.
  double& of(const std::string& name);
};

/// Half of the stars with a radial velocity, a footprint of 0.5 deg.
Configured configured(const ModelSettings& chosen);
sim::astrometry::Catalogue simulate(const Configured& c, std::uint64_t seed = 1);
/// With the default priors.
density::ParameterSpace space_of(const Configured& c, const sim::astrometry::Catalogue& catalogue);

}  // namespace praesepe::infer::models::membership
