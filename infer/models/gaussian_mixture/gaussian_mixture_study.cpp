#include "infer/models/gaussian_mixture/gaussian_mixture_study.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "infer/density/mixture.hpp"
#include "infer/models/gaussian_mixture/gaussian_component.hpp"
#include "infer/models/gaussian_mixture/start_points.hpp"
#include "sim/astrometry/gaia_schema.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::gaussian_mixture {

using sim::astrometry::Catalogue;
using sim::mixture::kCoordinates;

namespace {

struct CoordinateInfo {
  const char* name;
  const char* unit;
  const char* mean_prior;
  const char* sd_prior;
};
constexpr std::array<CoordinateInfo, kCoordinates> kInfo{
    {{"east", "deg", "normal(0, 3)", "log_uniform(0.3, 5)"},
     {"north", "deg", "normal(0, 3)", "log_uniform(0.3, 5)"},
     {"distance", "kpc", "ascending(log_uniform(0.1, 3))", "log_uniform(0.01, 1)"},
     {"vx", "km/s", "normal(0, 30)", "log_uniform(1, 50)"},
     {"vy", "km/s", "normal(0, 30)", "log_uniform(1, 50)"},
     {"vz", "km/s", "normal(0, 30)", "log_uniform(1, 50)"},
     {"colour", "mag", "normal(1, 0.5)", "log_uniform(0.1, 1)"},
     {"magnitude", "mag", "normal(5, 2)", "log_uniform(0.3, 3)"}}};

const char* coordinate_name(Eigen::Index coordinate) { return kInfo[static_cast<std::size_t>(coordinate)].name; }

std::string pair_name(const CorrelatedPair& pair) {
  return fmt::format("{}_{}", coordinate_name(pair.column), coordinate_name(pair.row));
}

std::vector<ComponentLayout> layouts_of(const MixtureSettings& settings) {
  std::vector<ComponentLayout> layouts;
  Eigen::Index first = settings.components;
  for (int k = 0; k < settings.components; ++k) {
    layouts.push_back({first, correlated_pairs(settings.correlations)});
    first += layouts.back().size();
  }
  return layouts;
}

std::vector<Parameter> parameters_of(const std::vector<ComponentLayout>& layouts) {
  std::vector<Parameter> all;
  const auto add = [&](std::string name, const char* unit, std::string description, const std::string& prior) {
    all.push_back({std::move(name), unit, std::move(description), prior, prior, {}});
  };
  for (std::size_t k = 0; k < layouts.size(); ++k) {
    add(fmt::format("weight_{}", k), "", fmt::format("share of component {}", k),
        layouts.size() > 1 ? "dirichlet(2)" : "fixed(1)");
  }
  for (std::size_t k = 0; k < layouts.size(); ++k) {
    for (const auto& info : kInfo) {
      add(fmt::format("mean_{}_{}", k, info.name), info.unit, fmt::format("mean {} of component {}", info.name, k),
          info.mean_prior);
    }
    for (const auto& info : kInfo) {
      add(fmt::format("sd_{}_{}", k, info.name), info.unit,
          fmt::format("standard deviation of {} of component {}", info.name, k), info.sd_prior);
    }
    for (const auto& pair : layouts[k].pairs) {
      add(fmt::format("partial_{}_{}", k, pair_name(pair)), "",
          fmt::format("partial correlation of {} and {} in component {}", coordinate_name(pair.column),
                      coordinate_name(pair.row), k),
          fmt::format("beta({0}, {0}, -1, 1)", pair.lkj_shape));
    }
  }
  return all;
}

std::vector<DerivedQuantity> derived_of(const std::vector<ComponentLayout>& layouts) {
  std::vector<DerivedQuantity> all;
  for (std::size_t k = 0; k < layouts.size(); ++k) {
    for (const auto& pair : layouts[k].pairs) {
      all.push_back({fmt::format("corr_{}_{}", k, pair_name(pair)), "",
                     fmt::format("correlation of {} and {} in component {}", coordinate_name(pair.column),
                                 coordinate_name(pair.row), k)});
    }
  }
  return all;
}

const std::vector<std::string>& error_choices() {
  static const std::vector<std::string> choices{"gaia-dr3", "constant"};
  return choices;
}

const std::vector<std::string>& correlation_choices() {
  static const std::vector<std::string> choices{"none", "velocity", "blocks", "full"};
  return choices;
}

double real(const ModelSettings& settings, const char* key, double minimum, double maximum) {
  const double* value = std::get_if<double>(&settings.at(key));
  if (value && *value >= minimum && *value <= maximum) return *value;
  throw InputError(fmt::format("{}: expected a number from {} to {}", key, minimum, maximum));
}

}  // namespace

GaussianMixtureStudy::GaussianMixtureStudy(const MixtureSettings& settings)
    : settings_(settings),
      plane_(settings.centre),
      layouts_(layouts_of(settings)),
      parameters_(parameters_of(layouts_)),
      derived_(derived_of(layouts_)) {}

const std::vector<SettingKey>& GaussianMixtureStudy::model_keys() const {
  static const std::vector<SettingKey> keys{
      {"model.components", "", "number of Gaussians", 2.0},
      {"model.correlations", "", "\"none\", \"velocity\", \"blocks\" (also direction, photometry) or \"full\"",
       std::string("blocks")},
      {"model.centre_ra", "deg", "where the plane of directions touches the sky", 0.0},
      {"model.centre_dec", "deg", "where the plane of directions touches the sky", 0.0},
      {"model.reddening", "mag/kpc", "by which colour grows with distance", 0.0},
      {"model.extinction", "mag/kpc", "by which magnitude grows with distance", 0.0}};
  return keys;
}

std::unique_ptr<const Study> GaussianMixtureStudy::configured(const ModelSettings& settings) const {
  constexpr double kMostDust = 100.0;
  return std::make_unique<GaussianMixtureStudy>(MixtureSettings{
      .components = whole(settings, "model.components", 1, 20),
      .correlations = static_cast<Correlations>(choice(settings, "model.correlations", correlation_choices())),
      .centre = {real(settings, "model.centre_ra", -360.0, 360.0), real(settings, "model.centre_dec", -90.0, 90.0)},
      .dust = {real(settings, "model.reddening", 0.0, kMostDust), real(settings, "model.extinction", 0.0, kMostDust)}});
}

const std::vector<SettingKey>& GaussianMixtureStudy::observe_keys() const {
  static const sim::mixture::ErrorModel errors;
  static const std::vector<SettingKey> keys{
      {"stars", "", "number of stars", 100.0},
      {"errors", "", "\"gaia-dr3\": by magnitude, or \"constant\": sigma_*", error_choices()[0]},
      {"sigma_parallax", "mas", "of errors = \"constant\"", errors.parallax},
      {"sigma_pmra", "mas/yr", "of errors = \"constant\"", errors.pmra},
      {"sigma_pmdec", "mas/yr", "of errors = \"constant\"", errors.pmdec},
      {"error_correlation", "", "largest partial correlation of a star's astrometric errors", errors.largest_partial},
      {"sigma_colour", "mag", "standard deviation of bp_rp", errors.colour},
      {"sigma_magnitude", "mag", "standard deviation of phot_g_mean_mag", errors.magnitude},
      {"radial_velocity_fraction", "", "share of stars with a radial velocity", errors.radial_velocity_fraction},
      {"radial_velocity_sigma", "km/s", "standard deviation of radial_velocity", errors.radial_velocity}};
  return keys;
}

const sim::astrometry::CatalogueSchema& GaussianMixtureStudy::schema() const {
  static const auto schema = [] {
    auto gaia = sim::astrometry::gaia_schema();
    for (auto& column : gaia.columns) {
      if (column.name == "bp_rp" || column.name == "phot_g_mean_mag") column.needs_error = true;
    }
    return gaia;
  }();
  return schema;
}

void GaussianMixtureStudy::check(const Vector& truth, const Observation& observation) const {
  const auto require = [](bool good, const std::string& message) {
    if (!good) throw InputError(message);
  };
  const Eigen::Index count = settings_.components;
  require(truth.head(count).minCoeff() >= 0.0 && std::abs(truth.head(count).sum() - 1.0) < 1e-9,
          "truth.weight_0: expected weights of 0 or more that add up to 1");
  constexpr double kEdge = 110.0;  // deg, just inside the end of the plane of directions
  for (std::size_t k = 0; k < layouts_.size(); ++k) {
    const ComponentLayout& layout = layouts_[k];
    for (Eigen::Index i = 0; i < kCoordinates; ++i) {
      require(truth[layout.sd(i)] > 0.0,
              fmt::format("truth.sd_{}_{}: expected a positive standard deviation", k, coordinate_name(i)));
      const double reach = std::abs(truth[layout.mean(i)]) + 6.0 * truth[layout.sd(i)];
      require(i > sim::mixture::kNorth || reach < kEdge,
              fmt::format("truth.sd_{}_{}: expected a component that ends {} deg from the centre (6 sd)", k,
                          coordinate_name(i), kEdge));
    }
    for (std::size_t i = 0; i < layout.pairs.size(); ++i) {
      require(std::abs(truth[layout.partial(i)]) < 1.0,
              fmt::format("truth.partial_{}_{}: expected -1 to 1", k, pair_name(layout.pairs[i])));
    }
  }
  const auto at_least = [&](const char* key, double minimum, double maximum) {
    const double value = number(observation, key);
    require(value >= minimum && value <= maximum, fmt::format("observe.{}: expected {} to {}", key, minimum, maximum));
    return value;
  };
  const double stars = at_least("stars", 1.0, 1e7);
  require(stars == std::floor(stars), "observe.stars: expected a whole number");
  constexpr double kSmallest = 1e-6, kLargest = 1e6;
  for (const char* key :
       {"sigma_parallax", "sigma_pmra", "sigma_pmdec", "sigma_colour", "sigma_magnitude", "radial_velocity_sigma"}) {
    at_least(key, kSmallest, kLargest);
  }
  at_least("error_correlation", 0.0, 0.99);
  at_least("radial_velocity_fraction", 0.0, 1.0);
  const auto* errors = std::get_if<std::string>(&observation.at("errors"));
  require(errors && (*errors == error_choices()[0] || *errors == error_choices()[1]),
          "observe.errors: expected \"gaia-dr3\" or \"constant\"");
}

Catalogue GaussianMixtureStudy::simulate(const Vector& truth, const Observation& observation,
                                         sim::random::Stream& latents, sim::random::Stream& noise) const {
  std::vector<sim::mixture::StellarGaussian> components;
  std::vector<double> weights;
  for (std::size_t k = 0; k < layouts_.size(); ++k) {
    components.push_back(gaussian_at(layouts_[k], truth));
    weights.push_back(truth[static_cast<Eigen::Index>(k)]);
  }
  const auto value = [&](const char* key) { return number(observation, key); };
  const sim::mixture::ErrorModel errors{
      .gaia_dr3 = std::get<std::string>(observation.at("errors")) == error_choices()[0],
      .parallax = value("sigma_parallax"),
      .pmra = value("sigma_pmra"),
      .pmdec = value("sigma_pmdec"),
      .largest_partial = value("error_correlation"),
      .colour = value("sigma_colour"),
      .magnitude = value("sigma_magnitude"),
      .radial_velocity = value("radial_velocity_sigma"),
      .radial_velocity_fraction = value("radial_velocity_fraction")};
  const auto count = static_cast<std::size_t>(value("stars"));
  const auto stars = sim::mixture::sample_stars(components, weights, count, latents);
  return sim::mixture::observe_stars(stars, plane_, settings_.dust, errors, noise);
}

std::unique_ptr<density::Likelihood> GaussianMixtureStudy::likelihood(const Catalogue& catalogue,
                                                                      const Observation&) const {
  const auto stars = std::make_shared<const std::vector<Star>>(read_stars(catalogue, plane_));
  std::vector<density::Mixture::Part> parts;
  for (std::size_t k = 0; k < layouts_.size(); ++k) {
    parts.push_back({fmt::format("component_{}", k),
                     std::make_shared<GaussianComponent>(stars, layouts_[k], settings_.dust),
                     static_cast<Eigen::Index>(k)});
  }
  return std::make_unique<density::StarLikelihood>(static_cast<Eigen::Index>(parameters_.size()),
                                                   std::make_shared<density::Mixture>(std::move(parts)));
}

std::vector<Vector> GaussianMixtureStudy::starts(const Catalogue& catalogue, const density::ParameterSpace& space,
                                                 sim::random::Stream& stream) const {
  constexpr int kDeconvolved = 5, kFromPrior = 2;
  auto starts =
      deconvolved_starts(read_stars(catalogue, plane_), settings_.dust, layouts_, space, kDeconvolved, stream);
  for (int i = 0; i < kFromPrior; ++i) starts.push_back(space.sample(stream));
  return starts;
}

Vector GaussianMixtureStudy::derive(const Vector& theta) const {
  Vector all(static_cast<Eigen::Index>(derived_.size()));
  Eigen::Index first = 0;
  for (const auto& layout : layouts_) {
    const Vector values = correlations(layout, theta);
    all.segment(first, values.size()) = values;
    first += values.size();
  }
  return all;
}

double GaussianMixtureStudy::expected_seconds(const Observation& observation) const {
  // 4 microseconds a star and component, times the gradients of four chains
  return 4e-6 * number(observation, "stars") * settings_.components * 1e5;
}

}  // namespace praesepe::infer::models::gaussian_mixture
