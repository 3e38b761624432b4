#include "infer/models/association/point_fits.hpp"

#include <algorithm>
#include <cmath>

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

void keep_highest(auto& places, std::size_t kept) {
  std::ranges::stable_sort(places, [](const auto& a, const auto& b) { return a.height > b.height; });
  if (places.size() > kept) places.resize(kept);
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

Climber::Climber(Model model, std::shared_ptr<const StarStates> stars, const Crew& crew)
    : model_(std::move(model)), stars_(std::move(stars)), crew_(crew), posterior_(default_posterior(model_, stars_)) {}

std::vector<Climber::Place> Climber::places_of(const std::vector<Vector>& points) const {
  constexpr double kInside = 4.0;  // standard deviations of the prior
  std::vector<Place> places;
  Vector gradient(posterior_.dimension());
  for (const Vector& theta : points) {
    const Vector q = posterior_.space().unconstrain(posterior_.space().pulled_inside(theta, kInside));
    const double height = posterior_.log_density(q, gradient);
    if (std::isfinite(height)) places.push_back({q, height});
  }
  return places;
}

std::vector<Vector> Climber::highest(const std::vector<Vector>& points, std::size_t count) const {
  std::vector<Place> places = places_of(points);
  keep_highest(places, count);
  std::vector<Vector> best;
  for (const Place& place : places) best.push_back(posterior_.space().constrain(place.q));
  return best;
}

void Climber::climb_all(std::vector<Place>& places, int steps) const {
  const auto outfit = [&]() -> Crew::Piece {
    const auto posterior = std::make_shared<const Posterior>(default_posterior(model_, stars_));
    return [&places, steps, posterior](std::size_t i) {
      nuts::OptimiserOptions options;
      options.max_iterations = steps;
      const auto top = nuts::maximise(*posterior, places[i].q, options);
      // groups in the order of their ages: the coordinates of shares are not those of other orders
      Vector place(top.position.size() + 1), gradient(top.position.size());
      place << posterior->space().relabelled(top.position), 0.0;
      place[gradient.size()] = posterior->log_density(place.head(gradient.size()), gradient);
      return place;
    };
  };
  const auto climbed = crew_.work(places.size(), outfit);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Eigen::Index last = climbed[i].size() - 1;
    places[i] = {climbed[i].head(last), climbed[i][last]};
  }
}

std::vector<PointFit> Climber::climb(const std::vector<Vector>& points, std::size_t kept) const {
  constexpr int kFewSteps = 40, kToTheTop = 300;
  std::vector<Place> places = places_of(points);
  climb_all(places, kFewSteps);
  keep_highest(places, kept);
  climb_all(places, kToTheTop);
  std::vector<PointFit> fits;
  for (const Place& place : places) {
    const Vector theta = posterior_.space().constrain(place.q);
    Vector gradient(theta.size());
    fits.push_back({theta, posterior_.likelihood().log_likelihood(theta, gradient), place.height});
  }
  return fits;
}

double laplace_log_evidence(const Model& model, std::shared_ptr<const StarStates> stars, const PointFit& fit) {
  const Posterior posterior = default_posterior(model, std::move(stars));
  const auto found = nuts::find_modes(posterior, {posterior.space().unconstrain(fit.theta)});
  return found.modes.front().log_evidence + std::lgamma(model.groups + 1.0);
}

}  // namespace praesepe::infer::models::association
