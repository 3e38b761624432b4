#include "infer/models/membership/membership_study.hpp"

#include "infer/models/field/footprint.hpp"
#include "infer/models/membership/observation.hpp"
#include "infer/models/membership/start_points.hpp"
#include "sim/astrometry/gaia_schema.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::membership {

using sim::astrometry::Catalogue;

namespace {

std::vector<std::string> required_columns(Data data) {
  switch (data) {
    case Data::pmra: return {"pmra"};
    case Data::parallax: return {"parallax"};
    case Data::proper_motions: return {"pmra", "pmdec"};
    case Data::all: break;
  }
  return {"parallax", "pmra", "pmdec"};
}

}  // namespace

MembershipStudy::MembershipStudy(Model model)
    : model_(std::move(model)), schema_(sim::astrometry::gaia_schema(required_columns(model_.data))) {}

MembershipStudy::MembershipStudy()
    : MembershipStudy([] {
        ModelSettings settings;
        for (const SettingKey& key : membership::model_keys()) settings[key.name] = key.default_value;
        return read_model(settings);
      }()) {}

std::unique_ptr<const Study> MembershipStudy::configured(const ModelSettings& settings) const {
  return std::make_unique<MembershipStudy>(read_model(settings));
}

const std::vector<DerivedQuantity>& MembershipStudy::derived() const {
  static const std::vector<DerivedQuantity> none, distance{{"distance", "kpc", "distance of the cluster"}};
  return model_.data == Data::parallax || model_.data == Data::all ? distance : none;
}

Vector MembershipStudy::derive(const Vector& theta) const {
  if (derived().empty()) return Vector(0);
  return Vector{{1.0 / theta[model_.index("parallax")]}};
}

const std::vector<SettingKey>& MembershipStudy::observe_keys() const { return observation_keys(); }

void MembershipStudy::check(const Vector& truth, const Observation& observation) const {
  check_observation(model_, observation);
  field::check_truth(model_.parameters, truth);
}

Catalogue MembershipStudy::simulate(const Vector& truth, const Observation& observation, sim::random::Stream& latents,
                                    sim::random::Stream& noise) const {
  return observe_stars(model_, truth, observation, latents, noise);
}

std::unique_ptr<density::Likelihood> MembershipStudy::likelihood(const Catalogue& catalogue,
                                                                 const Observation& observation) const {
  Reference reference{number(observation, "parallax_zero_point")};
  if (model_.data == Data::all) {
    reference.log_sky_density = field::log_sky_density(catalogue, field::footprint(observation));
  }
  return std::make_unique<density::StarLikelihood>(model_.size(), mixture(model_, catalogue, reference));
}

std::vector<Vector> MembershipStudy::starts(const Catalogue& catalogue, const density::ParameterSpace& space,
                                            sim::random::Stream& stream) const {
  return start_points(model_, catalogue, space, stream);
}

double MembershipStudy::expected_seconds(const Observation& observation) const {
  const double per_star = model_.data == Data::all ? 0.05 : 0.01;
  return 1.0 + per_star * model_.fields * number(observation, "stars");
}

}  // namespace praesepe::infer::models::membership
