// Maxima of the posterior with default priors, climbed to from many points.
#pragma once

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

/// Climbs from the highest of `points`: a few steps from twelve, and to the top from those that are then among the
/// best. The best first, those of the same height left out, at most `kept`. The result does not depend on `threads`.
std::vector<PointFit> climb_from(const Model& model, const std::shared_ptr<const StarStates>& stars,
                                 const std::vector<density::Vector>& points, std::size_t kept, int threads);

/// The best first, those of the same height left out, at most `kept`.
void keep_best(std::vector<PointFit>& fits, std::size_t kept);

/// ln of the integral of likelihood and default priors, from the curvature at the maximum (Laplace), times the K! ways
/// to label K groups. Says nothing of other maxima.
double laplace_log_evidence(const Model& model, std::shared_ptr<const StarStates> stars, const PointFit& fit);

}  // namespace praesepe::infer::models::association
