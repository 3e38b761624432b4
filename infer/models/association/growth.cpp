#include "infer/models/association/growth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "infer/density/posterior.hpp"
#include "infer/em/starting_mixture.hpp"
#include "infer/models/association/births.hpp"
#include "infer/nuts/quasi_newton.hpp"

namespace praesepe::infer::models::association {

using density::Vector;

namespace {

/// What may be a group: a Gaussian of today with its share of all stars, and a birth.
struct Seed {
  em::GaussianComponent gaussian;
  Birth birth;
};

constexpr em::FitOptions kFitOptions{
    .regularisation = 1e-2, .tolerance = 1e-6, .max_iterations = 200};  // pc^2, (km/s)^2

/// The Gaussians of EM with one component, as many as groups and field, and three more.
std::vector<Seed> pool(const Model& model, const em::NoisyPoints& points, sim::random::Stream& stream) {
  constexpr int kTrials = 3;
  constexpr std::size_t kBirths = 3;  // of each
  std::vector<Seed> seeds;
  for (const int components : {1, model.groups + 1, model.groups + 4}) {
    const auto fit = em::best_fit(points, static_cast<std::size_t>(components), kTrials, stream, kFitOptions);
    for (const auto& gaussian : fit.mixture.components) {
      auto births = likely_births(model.orbit, {gaussian.mean, gaussian.covariance});
      if (births.size() > kBirths) births.resize(kBirths);
      for (const Birth& birth : births) seeds.push_back({gaussian, birth});
    }
  }
  return seeds;
}

Model with_groups(const Model& model, int groups) {
  Model other = model;
  other.groups = groups;
  other.parameters = parameters_of(other);
  return other;
}

density::ParameterSpace default_space(const Model& model) {
  std::vector<std::string> names;
  std::vector<density::Prior> priors;
  for (const auto& parameter : model.parameters) {
    names.push_back(parameter.name);
    priors.push_back(density::Prior::parse(parameter.default_prior));
  }
  return {names, priors};
}

double weight_of(const Model& model, const Vector& theta, int k) {
  return model.groups > 1 ? theta[model.index(fmt::format("group_{}_weight", k))] : 1.0;
}

/// theta of `next` with the groups of `last`, one fewer, and a seed: its share is taken from all others alike.
Vector extended(const Model& next, const Model& last, const Vector& from, const Seed& seed) {
  Vector theta(next.size());
  for (const auto& parameter : last.parameters) {
    if (!parameter.name.ends_with("_weight")) theta[next.index(parameter.name)] = from[last.index(parameter.name)];
  }
  const double share = std::clamp(seed.gaussian.weight, 1e-3, 0.5);
  const double before = next.has_field ? from[last.index("group_fraction")] : 1.0;
  const double after = next.has_field ? share + (1.0 - share) * before : 1.0;
  if (next.has_field) theta[next.index("group_fraction")] = after;
  for (int k = 0; k < last.groups; ++k) {
    theta[next.index(fmt::format("group_{}_weight", k))] = weight_of(last, from, k) * (1.0 - share) * before / after;
  }
  const int added = last.groups;
  theta[next.index(fmt::format("group_{}_weight", added))] = share / after;
  set_group(next.group(added), seed.gaussian.mean, seed.birth, theta);
  return theta;
}

/// theta with the seed as the only group, all stars' Gaussian as the field.
Vector alone(const Model& model, const em::GaussianComponent& whole, const Seed& seed) {
  Vector theta(model.size());
  set_group(model.group(0), seed.gaussian.mean, seed.birth, theta);
  if (!model.has_field) return theta;
  theta[model.index("group_fraction")] = std::clamp(seed.gaussian.weight, 1e-3, 0.9);
  if (model.has_gaussian_field()) set_field(model.field(), {whole.mean, whole.covariance}, theta);
  return theta;
}

/// The best first, those that are the same maximum as a better one left out.
void keep_best(std::vector<PointFit>& fits, std::size_t kept) {
  constexpr double kSame = 1e-3;  // nats
  std::ranges::sort(fits, std::ranges::greater{}, &PointFit::log_density);
  const auto same = [](const PointFit& a, const PointFit& b) { return a.log_density - b.log_density < kSame; };
  fits.erase(std::unique(fits.begin(), fits.end(), same), fits.end());
  if (fits.size() > kept) fits.resize(kept);
}

/// Points for climbs, in the coordinates of the sampler: those of all that are highest.
std::vector<Vector> highest(const density::Posterior& posterior, const std::vector<Vector>& points) {
  constexpr double kInside = 4.0;  // standard deviations of the prior
  constexpr std::size_t kClimbs = 12;
  std::vector<std::pair<double, Vector>> all;
  Vector gradient(posterior.dimension());
  for (const Vector& theta : points) {
    const Vector q = posterior.space().unconstrain(posterior.space().pulled_inside(theta, kInside));
    const double height = posterior.log_density(q, gradient);
    if (std::isfinite(height)) all.emplace_back(height, q);
  }
  std::ranges::sort(all, std::ranges::greater{}, [](const auto& point) { return point.first; });
  std::vector<Vector> best;
  for (std::size_t i = 0; i < std::min(kClimbs, all.size()); ++i) best.push_back(all[i].second);
  return best;
}

PointFit climb(const density::Posterior& posterior, const Vector& from) {
  const auto top = nuts::maximise(posterior, from);
  const Vector theta = posterior.space().constrain(top.position);
  Vector gradient(theta.size());
  return {theta, posterior.likelihood().log_likelihood(theta, gradient), top.lp};
}

}  // namespace

std::vector<std::vector<PointFit>> grow(const Model& model, std::shared_ptr<const StarStates> stars, std::size_t kept,
                                        sim::random::Stream& stream) {
  const em::NoisyPoints points = points_of(*stars);
  const auto whole = em::best_fit(points, 1, 1, stream, kFitOptions).mixture.components[0];
  const std::vector<Seed> seeds = pool(model, points, stream);
  std::vector<std::vector<PointFit>> steps;
  for (int groups = 1; groups <= model.groups; ++groups) {
    const Model last = with_groups(model, groups - 1), next = with_groups(model, groups);
    const density::Posterior posterior(std::make_unique<density::StarLikelihood>(next.size(), mixture(next, stars)),
                                       default_space(next));
    std::vector<Vector> points_to_try;
    for (const Seed& seed : seeds) {
      points_to_try.push_back(steps.empty() ? alone(next, whole, seed)
                                            : extended(next, last, steps.back().front().theta, seed));
    }
    std::vector<PointFit> fits;
    for (const Vector& from : highest(posterior, points_to_try)) fits.push_back(climb(posterior, from));
    if (fits.empty()) break;
    keep_best(fits, kept);
    steps.push_back(std::move(fits));
  }
  return steps;
}

std::string groups_table(const Model& model, std::shared_ptr<const StarStates> stars, int most,
                         sim::random::Stream& stream) {
  std::string table = "groups,log_likelihood,free_parameters,bic,ages\n";
  const double log_count = std::log(static_cast<double>(stars->size()));
  const auto steps = grow(with_groups(model, most), std::move(stars), 1, stream);
  for (std::size_t step = 0; step < steps.size(); ++step) {
    const Model with = with_groups(model, static_cast<int>(step) + 1);
    const PointFit& fit = steps[step].front();
    const auto free = with.size() - (with.groups > 1 ? 1 : 0);  // weights add up to 1
    std::string ages;
    for (int k = 0; k < with.groups; ++k)
      ages += fmt::format("{}{:.2f}", k > 0 ? " " : "", fit.theta[with.group(k).age]);
    table += fmt::format("{},{:.2f},{},{:.2f},{}\n", with.groups, fit.log_likelihood, free,
                         -2.0 * fit.log_likelihood + static_cast<double>(free) * log_count, ages);
  }
  return table;
}

}  // namespace praesepe::infer::models::association
