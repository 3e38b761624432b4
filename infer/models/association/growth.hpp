// From one group to many: point fits of 1, 2, ... groups, each from the one before.
//
// A pool of Gaussians, each with the births that it may have come from, is what EM finds with more components than
// there will be groups. A group more is each of the pool in turn, put beside the groups that are there and climbed with
// all parameters free; the best is kept. So a small group among greater ones is found although EM of the right number
// of Gaussians prefers to divide the field.
#pragma once

#include "infer/density/parameter_space.hpp"
#include "infer/models/association/model.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::models::association {

/// A maximum of the posterior with default priors, for some number of groups.
struct PointFit {
  density::Vector theta;  ///< of that model
  double log_likelihood, log_density;
};

/// [k]: fits of k + 1 groups, the best first, at most `kept` that differ; up to model.groups, or to where the
/// likelihood is 0 wherever EM leads.
std::vector<std::vector<PointFit>> grow(const Model& model, std::shared_ptr<const StarStates> stars, std::size_t kept,
                                        sim::random::Stream& stream);

/// CSV, one line for each number of groups up to `most`: groups,log_likelihood,free_parameters,bic,ages (Myr, separated
/// by blanks). bic = -2 ln L + k ln N: the smaller the better.
std::string groups_table(const Model& model, std::shared_ptr<const StarStates> stars, int most,
                         sim::random::Stream& stream);

}  // namespace praesepe::infer::models::association
