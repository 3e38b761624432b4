#include "infer/models/cluster_distance/cluster_distance_study.hpp"

#include <algorithm>
#include <cmath>

#include "infer/density/normal.hpp"
#include "infer/models/cluster_distance/cluster_distance_likelihood.hpp"
#include "infer/models/column.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::cluster_distance {

using sim::astrometry::Catalogue;

const std::vector<Parameter>& ClusterDistanceStudy::parameters() const {
  static const std::string positive = "truncated_normal(1, 2, 0, inf)", depth = "uniform(-8, 0)";
  static const std::vector<Parameter> parameters{
      {"mu_r", "kpc", "mean of the stars' distances, before the cut at 0", positive, positive, 0.5},
      {"ln_std_r", "ln(kpc)", "log of the standard deviation of the stars' distances", depth, depth, std::log(0.0087)}};
  return parameters;
}

const std::vector<DerivedQuantity>& ClusterDistanceStudy::derived() const {
  static const std::vector<DerivedQuantity> derived{{"std_r", "pc", "standard deviation of the stars' distances"},
                                                    {"distance_modulus", "mag", "distance modulus of mu_r"}};
  return derived;
}

const std::vector<Alias>& ClusterDistanceStudy::aliases() const {
  static const std::vector<Alias> aliases{
      {"std_r", "pc", "ln_std_r", [](double depth_pc) { return std::log(1e-3 * depth_pc); }}};
  return aliases;
}

const std::vector<SettingKey>& ClusterDistanceStudy::observe_keys() const {
  static const std::vector<SettingKey> keys{
      {"stars", "", "number of stars", 256.0},
      {"parallax_error_min", "mas", "smallest possible standard deviation of a parallax", 0.01},
      {"parallax_error_max", "mas", "largest possible one; between them uniform in the logarithm", 0.1},
      {"parallax_zero_point", "mas", "what the survey adds to every parallax", 0.0}};
  return keys;
}

const sim::astrometry::CatalogueSchema& ClusterDistanceStudy::schema() const {
  static const sim::astrometry::CatalogueSchema schema{
      {{.name = "parallax", .unit = "mas", .required = true, .needs_error = true}}};
  return schema;
}

void ClusterDistanceStudy::check(const Vector& truth, const Observation& observation) const {
  if (!(truth[kMeanDistance] > 0.0)) throw InputError("truth.mu_r: expected a positive distance, kpc");
  const double stars = number(observation, "stars");
  if (!(stars >= 1.0 && stars <= 1e8 && stars == std::floor(stars))) {
    throw InputError("observe.stars: expected a whole number, 1 or more");
  }
  const double smallest = number(observation, "parallax_error_min");
  if (!(smallest > 0.0 && smallest <= number(observation, "parallax_error_max"))) {
    throw InputError("observe.parallax_error_min: expected a positive number, at most observe.parallax_error_max");
  }
}

Catalogue ClusterDistanceStudy::simulate(const Vector& truth, const Observation& observation,
                                         sim::random::Stream& latents, sim::random::Stream& noise) const {
  const auto stars = static_cast<std::size_t>(number(observation, "stars"));
  const double mean = truth[kMeanDistance], sd = std::exp(truth[kLogDepth]);
  const double inside = density::Phi(mean / sd);
  const double log_min = std::log(number(observation, "parallax_error_min"));
  const double log_max = std::log(number(observation, "parallax_error_max"));
  std::vector<double> parallax(stars), error(stars);
  for (std::size_t n = 0; n < stars; ++n) {
    // z > -mu/s by inversion from above: Phi(-z) = u Phi(mu/s). One number a star, however much is cut off.
    const double z = -density::Phi_inverse(latents.uniform() * inside);
    error[n] = std::exp(log_min + (log_max - log_min) * latents.uniform());
    parallax[n] = 1.0 / (mean + sd * z) + number(observation, "parallax_zero_point") + error[n] * noise.normal();
  }
  Catalogue catalogue(stars);
  catalogue.add("parallax", "mas", std::move(parallax));
  catalogue.add("parallax_error", "mas", std::move(error));
  return catalogue;
}

namespace {

struct MeanParallax {
  double mean, error;  ///< mas
  double spread;       ///< standard deviation of the parallaxes about it, mas; noise included
};

/// Weighted mean, each round trusting stars the less the further they lie from the last.
MeanParallax mean_parallax(const Eigen::ArrayXd& parallax, const Eigen::ArrayXd& error) {
  Eigen::ArrayXd weight = error.square().inverse();
  double mean = 0.0;
  for (int round = 0; round < 30; ++round) {
    mean = (weight * parallax).sum() / weight.sum();
    const Eigen::ArrayXd chi2 = ((parallax - mean) / error).square();
    weight = (error.square() * (1.0 + chi2 / 4.0)).inverse();
  }
  return {mean, 1.0 / std::sqrt(weight.sum()), std::sqrt((parallax - mean).square().mean())};
}

}  // namespace

std::unique_ptr<density::Likelihood> ClusterDistanceStudy::likelihood(const Catalogue& catalogue,
                                                                      const Observation& observation) const {
  return std::make_unique<ClusterDistanceLikelihood>(
      column(catalogue, "parallax") - number(observation, "parallax_zero_point"), column(catalogue, "parallax_error"));
}

std::vector<Vector> ClusterDistanceStudy::starts(const Catalogue& catalogue, const density::ParameterSpace& space,
                                                 sim::random::Stream&) const {
  const auto [parallax, error, spread] =
      mean_parallax(column(catalogue, "parallax"), column(catalogue, "parallax_error"));
  // A mean parallax that could be 0 says only how near the cluster is not.
  const double mean = 1.0 / std::max(parallax, error);
  // Both ends of the funnel: all spread is depth, and a depth that no data could tell from none. dr = r^2 d parallax.
  std::vector<Vector> starts;
  for (const double depth : {spread, 0.1 * error}) {
    starts.push_back(space.pulled_inside(Vector{{mean, std::log(mean * mean * std::max(depth, 1e-9))}}, 2.0));
  }
  return starts;
}

Vector ClusterDistanceStudy::derive(const Vector& theta) const {
  // 5 log10(distance / 10 pc)
  return Vector{{1e3 * std::exp(theta[kLogDepth]), 5.0 * std::log10(1e2 * theta[kMeanDistance])}};
}

double ClusterDistanceStudy::expected_seconds(const Observation& observation) const {
  return 0.05 + 8e-3 * number(observation, "stars");
}

}  // namespace praesepe::infer::models::cluster_distance
