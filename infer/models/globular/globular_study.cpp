#include "infer/models/globular/globular_study.hpp"

#include <algorithm>
#include <cmath>

#include "infer/models/globular/exact_likelihood.hpp"
#include "infer/models/globular/footprint_fraction.hpp"
#include "infer/models/globular/full_likelihood.hpp"
#include "infer/models/globular/mixture_starts.hpp"
#include "infer/models/globular/observation.hpp"
#include "infer/models/globular/start_points.hpp"
#include "sim/astrometry/gaia_schema.hpp"
#include "sim/error.hpp"
#include "sim/globular/globular_model.hpp"
#include "sim/globular/virial_boundary.hpp"

namespace praesepe::infer::models::globular {

using sim::astrometry::Catalogue;
using sim::globular::GlobularModel;

std::unique_ptr<const Study> GlobularStudy::configured(const ModelSettings& settings) const {
  return std::make_unique<GlobularStudy>(read_model(settings));
}

const std::vector<DerivedQuantity>& GlobularStudy::derived() const {
  static const std::vector<DerivedQuantity> derived{{"distance", "kpc", "distance of the centre"},
                                                    {"mass", "Msun", "total mass"},
                                                    {"half_mass_radius", "pc", "half-mass radius"},
                                                    {"tidal_radius", "pc", "edge of the cluster"},
                                                    {"velocity_scale", "km/s", "s of the distribution function"},
                                                    {"central_density", "Msun/pc^3", "mass density at the centre"}};
  return derived;
}

const std::vector<Alias>& GlobularStudy::aliases() const {
  static const std::vector<Alias> aliases{
      {"mass", "Msun", "log10_mass", [](double mass) { return std::log10(mass); }},
      {"half_mass_radius", "pc", "log10_rh", [](double radius) { return std::log10(radius); }},
      {"distance", "kpc", "parallax", [](double distance) { return 1.0 / distance; }}};
  return aliases;
}

const std::vector<SettingKey>& GlobularStudy::observe_keys() const { return observation_keys(model_); }

const sim::astrometry::CatalogueSchema& GlobularStudy::schema() const {
  static const auto schema = sim::astrometry::gaia_schema();
  return schema;
}

std::vector<density::DependentBound> GlobularStudy::bounds() const {
  return {{"F_b", kCentralPotential, [](double phi0) {
             constexpr double lowest = 1.4, highest = 16.0;
             const auto bound = sim::globular::virial_boundary(std::clamp(phi0, lowest, highest));
             return density::ValueAndSlope{bound.value, phi0 > lowest && phi0 < highest ? bound.d_phi0 : 0.0};
           }}};
}

void GlobularStudy::check(const Vector& truth, const Observation& observation) const {
  check_observation(model_, observation);
  const auto require = [](bool good, const char* message) {
    if (!good) throw InputError(message);
  };
  require(truth[kCentralPotential] > 0.0 && truth[kCentralPotential] <= 20.0, "truth.phi0: expected 0 < phi0 <= 20");
  require(truth[kOrder] >= 0.0 && truth[kOrder] < 3.5, "truth.g: expected 0 <= g < 3.5");
  require(truth[kParallax] > 0.0, "truth.parallax: expected a positive parallax, mas");
  require(std::abs(truth[kDec]) <= 90.0, "truth.dec: expected -90 to 90 deg");
  require(std::abs(truth[kLogMass]) < 12.0, "truth.log10_mass: expected the logarithm of a mass in Msun");
  require(std::abs(truth[kLogHalfMassRadius]) < 4.0, "truth.log10_rh: expected the logarithm of a radius in pc");
  sim::globular::LoweredIsothermal model;
  require(model.solve(truth[kCentralPotential], truth[kOrder]),
          "truth.g: the model with these phi0 and g has no finite edge; expected a smaller g");
  if (model_.fields > 0) field::check_truth(model_.parameters, truth);
  if (!model_.is_selected()) return;
  ClusterGradient unused;
  require(
      std::isfinite(
          FootprintFraction(field::footprint(observation)).log_value(ClusterParameters(truth, model), model, unused)),
      "observe.footprint_radius: the footprint holds less than one star in 10000 of the cluster; expected a footprint "
      "on the cluster");
}

Catalogue GlobularStudy::simulate(const Vector& truth, const Observation& observation, sim::random::Stream& latents,
                                  sim::random::Stream& noise) const {
  return observe_stars(model_, truth, observation, latents, noise);
}

std::unique_ptr<density::Likelihood> GlobularStudy::likelihood(const Catalogue& catalogue,
                                                               const Observation& observation) const {
  check_selection(model_, observation);
  if (!is_exact(observation)) {
    return std::make_unique<density::StarLikelihood>(model_.size(), component(model_, catalogue, observation));
  }
  check_noise(model_, observation);
  return std::make_unique<ExactLikelihood>(catalogue);
}

std::unique_ptr<const LatentSampler> GlobularStudy::latent_sampler(const Catalogue& catalogue,
                                                                   const Observation& observation) const {
  if (is_exact(observation))
    throw InputError("output.latents: expected 0: exact data (observe.sigma = 0) have no latents");
  return std::make_unique<DrawnLatents>(catalogue, model_.systematics);
}

std::unique_ptr<const density::JointLikelihood> GlobularStudy::joint_likelihood(const Catalogue& catalogue,
                                                                                const Observation& observation) const {
  if (model_.fields > 0)
    throw InputError("sampler.method: expected \"collapsed\": \"full\" is for field.components = 0");
  if (model_.systematics.any())
    throw InputError("sampler.method: expected \"collapsed\": \"full\" is for a model without systematics");
  if (is_exact(observation)) {
    throw InputError("sampler.method: expected \"collapsed\": exact data (observe.sigma = 0) have no latents");
  }
  return std::make_unique<FullLikelihood>(catalogue);
}

std::vector<Vector> GlobularStudy::starts(const Catalogue& catalogue, const density::ParameterSpace& space,
                                          sim::random::Stream& stream) const {
  return model_.fields == 0 ? start_points(model_, catalogue, space) : mixture_starts(model_, catalogue, space, stream);
}

namespace {

GlobularModel model_at(const Vector& theta) {
  return GlobularModel({theta[kCentralPotential], theta[kOrder], std::pow(10.0, theta[kLogMass]),
                        std::pow(10.0, theta[kLogHalfMassRadius])});
}

}  // namespace

Vector GlobularStudy::derive(const Vector& theta) const {
  const sim::globular::LoweredIsothermal model(theta[kCentralPotential], theta[kOrder]);
  const ClusterParameters cluster(theta, model);
  const double r0 = std::exp(cluster.log_r0()), mass = std::pow(10.0, theta[kLogMass]);
  // M = 4 pi rho0 r0^3 m_t / 9
  const double density = 9.0 * mass / (4.0 * M_PI * r0 * r0 * r0 * model.mass().value);
  return Vector{{1e-3 * cluster.distance(), mass, std::pow(10.0, theta[kLogHalfMassRadius]), r0 * model.edge().value,
                 std::exp(cluster.log_s()), density}};
}

const Profiles& GlobularStudy::profiles() const {
  static const Profiles profiles = [] {
    Profiles all{{}, {"rho", "v2", "mass", "Sigma"}, {"Msun/pc^3", "(km/s)^2", "Msun", "Msun/pc^2"}};
    for (int i = 0; i <= 24; ++i) all.radius.push_back(std::pow(10.0, -1.0 + i / 8.0));  // 0.1 to 100 pc
    return all;
  }();
  return profiles;
}

density::Matrix GlobularStudy::profile_values(const Vector& theta) const {
  const GlobularModel model = model_at(theta);
  const auto& radius = profiles().radius;
  density::Matrix values(static_cast<Eigen::Index>(radius.size()), 4);
  for (Eigen::Index i = 0; i < values.rows(); ++i) {
    const double r = radius[static_cast<std::size_t>(i)];
    values.row(i) << model.density(r), model.mean_square_velocity(r), model.mass_inside(r), model.surface_density(r);
  }
  return values;
}

double GlobularStudy::expected_seconds(const Observation& observation) const {
  // A star with a radial velocity has 14 nodes of it.
  const double nodes = 1.0 + 13.0 * number(observation, "radial_velocity_fraction");
  return 0.5 + (model_.fields == 0 ? 0.01 : 0.06) * nodes * number(observation, "stars");
}

}  // namespace praesepe::infer::models::globular
