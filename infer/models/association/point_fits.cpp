#include "infer/models/association/point_fits.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <thread>

#include "infer/nuts/modes.hpp"
#include "infer/nuts/quasi_newton.hpp"

namespace praesepe::infer::models::association {

using density::Posterior;
using density::Vector;

namespace {

density::ParameterSpace default_space(const Model& model) {
  std::vector<std::string> names;
  std::vector<density::Prior> priors;
  for (const auto& parameter : model.parameters) {
    names.push_back(parameter.name);
    priors.push_back(density::Prior::parse(parameter.default_prior));
  }
  return {names, priors};
}

/// A point of the sampler's coordinates and the log density there.
struct Place {
  Vector q;
  double height;
};

void keep_highest(std::vector<Place>& places, std::size_t kept) {
  std::ranges::stable_sort(places, std::ranges::greater{}, &Place::height);
  if (places.size() > kept) places.resize(kept);
}

std::vector<Place> inside(const Posterior& posterior, const std::vector<Vector>& points) {
  constexpr double kInside = 4.0;  // standard deviations of the prior
  std::vector<Place> places;
  Vector gradient(posterior.dimension());
  for (const Vector& theta : points) {
    const Vector q = posterior.space().unconstrain(posterior.space().pulled_inside(theta, kInside));
    const double height = posterior.log_density(q, gradient);
    if (std::isfinite(height)) places.push_back({q, height});
  }
  return places;
}

/// Climbs from every place, at most `steps` steps. Densities keep scratch space: each thread has its own.
void climb_all(const Model& model, const std::shared_ptr<const StarStates>& stars, std::vector<Place>& places,
               int steps, int threads) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    const Posterior posterior = default_posterior(model, stars);
    nuts::OptimiserOptions options;
    options.max_iterations = steps;
    for (std::size_t i = next++; i < places.size(); i = next++) {
      const auto top = nuts::maximise(posterior, places[i].q, options);
      // groups in the order of their ages: the coordinates of shares are not those of other orders
      const Vector q = posterior.space().relabelled(top.position);
      Vector gradient(q.size());
      places[i] = {q, posterior.log_density(q, gradient)};
    }
  };
  std::vector<std::jthread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back(work);
  work();
}

}  // namespace

Model with_groups(const Model& model, int groups) {
  Model other = model;
  other.groups = groups;
  other.parameters = parameters_of(other);
  return other;
}

Posterior default_posterior(const Model& model, std::shared_ptr<const StarStates> stars) {
  return {std::make_unique<density::StarLikelihood>(model.size(), mixture(model, std::move(stars))),
          default_space(model)};
}

void keep_best(std::vector<PointFit>& fits, std::size_t kept) {
  constexpr double kSame = 1e-3;  // nats
  std::ranges::stable_sort(fits, std::ranges::greater{}, &PointFit::log_density);
  const auto same = [](const PointFit& a, const PointFit& b) { return a.log_density - b.log_density < kSame; };
  fits.erase(std::unique(fits.begin(), fits.end(), same), fits.end());
  if (fits.size() > kept) fits.resize(kept);
}

std::vector<PointFit> climb_from(const Model& model, const std::shared_ptr<const StarStates>& stars,
                                 const std::vector<Vector>& points, std::size_t kept, int threads) {
  constexpr std::size_t kTried = 12, kFinished = 4;
  constexpr int kFewSteps = 40, kToTheTop = 300;
  const Posterior posterior = default_posterior(model, stars);
  std::vector<Place> places = inside(posterior, points);
  keep_highest(places, kTried);
  climb_all(model, stars, places, kFewSteps, threads);
  keep_highest(places, std::max(kFinished, kept));
  climb_all(model, stars, places, kToTheTop, threads);
  std::vector<PointFit> fits;
  for (const Place& place : places) {
    const Vector theta = posterior.space().constrain(place.q);
    Vector gradient(theta.size());
    fits.push_back({theta, posterior.likelihood().log_likelihood(theta, gradient), place.height});
  }
  keep_best(fits, kept);
  return fits;
}

double laplace_log_evidence(const Model& model, std::shared_ptr<const StarStates> stars, const PointFit& fit) {
  const Posterior posterior = default_posterior(model, std::move(stars));
  const auto found = nuts::find_modes(posterior, {posterior.space().unconstrain(fit.theta)});
  return found.modes.front().log_evidence + std::lgamma(model.groups + 1.0);
}

}  // namespace praesepe::infer::models::association
