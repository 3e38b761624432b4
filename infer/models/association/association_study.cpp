#include "infer/models/association/association_study.hpp"

#include "infer/models/association/births.hpp"
#include "infer/models/association/growth.hpp"
#include "infer/models/association/observation.hpp"
#include "sim/astrometry/gaia_schema.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::association {

using sim::astrometry::Catalogue;

AssociationStudy::AssociationStudy(Model model)
    : model_(std::move(model)),
      derived_(derived_of(model_)),
      schema_(sim::astrometry::gaia_schema({"parallax", "pmra", "pmdec"})) {}

AssociationStudy::AssociationStudy()
    : AssociationStudy([] {
        ModelSettings settings;
        for (const SettingKey& key : association::model_keys()) settings[key.name] = key.default_value;
        return read_model(settings);
      }()) {}

std::unique_ptr<const Study> AssociationStudy::configured(const ModelSettings& settings) const {
  return std::make_unique<AssociationStudy>(read_model(settings));
}

Vector AssociationStudy::derive(const Vector& theta) const { return association::derive(model_, theta); }

const std::vector<SettingKey>& AssociationStudy::observe_keys() const { return observation_keys(); }

void AssociationStudy::check(const Vector& truth, const Observation& observation) const {
  check_observation(observation);
  if (model_.box_field) {
    throw InputError("field.distribution: a box is that of a catalogue; simulations need \"gaussian\"");
  }
  check_truth(model_, truth);
}

Catalogue AssociationStudy::simulate(const Vector& truth, const Observation& observation, sim::random::Stream& latents,
                                     sim::random::Stream& noise) const {
  return observe_stars(model_, truth, observation, latents, noise);
}

std::unique_ptr<density::Likelihood> AssociationStudy::likelihood(const Catalogue& catalogue,
                                                                  const Observation&) const {
  auto stars = std::make_shared<const StarStates>(read_star_states(catalogue, model_.frame, model_.distances));
  return std::make_unique<density::StarLikelihood>(model_.size(), mixture(model_, std::move(stars)));
}

std::vector<Vector> AssociationStudy::starts(const Catalogue& catalogue, const density::ParameterSpace& space,
                                             sim::random::Stream& stream) const {
  constexpr std::size_t kStarts = 4;
  constexpr double kInside = 4.0;  // standard deviations of the prior
  const Threads alone(1);
  const Model simple = simplified(model_);
  const auto linear = std::make_shared<const StarStates>(read_star_states(catalogue, model_.frame));
  const auto steps = grow(simple, linear, stream, alone, {.kept = kStarts});
  if (steps.size() < static_cast<std::size_t>(model_.groups)) return {};
  std::vector<Vector> points;
  for (const PointFit& fit : steps.back()) points.push_back(restored(model_, simple, fit.theta));
  const auto stars = std::make_shared<const StarStates>(read_star_states(catalogue, model_.frame, model_.distances));
  std::vector<Vector> starts;
  for (const PointFit& fit : climb_through_ages(Climber(model_, stars, alone), points, kStarts)) {
    starts.push_back(space.pulled_inside(fit.theta, kInside));
  }
  return starts;
}

double AssociationStudy::expected_seconds(const Observation& observation) const {
  return 1.0 + 0.02 * model_.groups * number(observation, "stars");
}

}  // namespace praesepe::infer::models::association
