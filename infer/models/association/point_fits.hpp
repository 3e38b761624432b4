// Maxima of the posterior with default priors, climbed to from many points.
#pragma once

#include "infer/crew.hpp"
#include "infer/density/posterior.hpp"
#include "infer/models/association/model.hpp"

namespace praesepe::infer::models::association {

struct PointFit {
  density::Vector theta;
  double log_likelihood;
  double log_density;  ///< of the posterior, in the coordinates of the sampler
};

/// The same model with another number of groups.
Model with_groups(const Model& model, int groups);

density::Posterior default_posterior(const Model& model, std::shared_ptr<const StarStates> stars);

/// The best first, those of the same height left out, at most `kept`.
void keep_best(std::vector<PointFit>& fits, std::size_t kept);

/// Looks at points of one model's parameters, and has a crew climb from them. What comes out does not depend on the
/// crew.
class Climber {
 public:
  Climber(Model model, std::shared_ptr<const StarStates> stars, const Crew& crew);  ///< the crew must live longer

  const Model& model() const { return model_; }

  /// The highest of `points`, the best first, at most `count`; none where the likelihood is 0.
  std::vector<density::Vector> highest(const std::vector<density::Vector>& points, std::size_t count) const;

  /// Climbs a few steps from all points, and to the top from the `kept` that are then highest.
  std::vector<PointFit> climb(const std::vector<density::Vector>& points, std::size_t kept) const;

 private:
  /// A point in the sampler's coordinates and the log density there.
  struct Place {
    density::Vector q;
    double height;
  };

  std::vector<Place> places_of(const std::vector<density::Vector>& points) const;
  void climb_all(std::vector<Place>& places, int steps) const;

  Model model_;
  std::shared_ptr<const StarStates> stars_;
  const Crew& crew_;
  density::Posterior posterior_;
};

/// ln of the integral of likelihood and default priors, from the curvature at the maximum (Laplace), times the K! ways
/// to label K groups. Says nothing of other maxima.
double laplace_log_evidence(const Model& model, std::shared_ptr<const StarStates> stars, const PointFit& fit);

}  // namespace praesepe::infer::models::association
