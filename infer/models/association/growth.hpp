// How many groups: point fits of 1, 2, ... groups, each from the one before, and back again.
//
//   step      a group more: each of a pool beside the groups that are there, or one of these divided in two
//   exchange  one group taken out, another put in its place, again and again until nothing is gained
//   back      one of K groups taken out; if that is better than what was known of K - 1, the search goes on from there
//
// The pool is what EM finds with more Gaussians than there will be groups, each with the births that it may have come
// from: so a small group among greater ones is found although EM of the right number of Gaussians prefers to divide the
// field. Back and forth is the floating search of Pudil et al. 1994: a group that came in early and became useless
// leaves again.
//
// All of it with births in spheres and on linear orbits (`simplified` in births.hpp): so are the parameters found.
#pragma once

#include "infer/models/association/point_fits.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::models::association {

struct GrowthOptions {
  std::size_t kept = 1;   ///< fits of each number of groups
  bool exchanges = true;  ///< and divisions and steps back
};

/// [k]: fits of k + 1 groups, the best first, at most `kept` that differ; up to model.groups, or to where the
/// likelihood is 0 wherever EM leads. It does not depend on the crew.
std::vector<std::vector<PointFit>> grow(const Model& model, const std::shared_ptr<const StarStates>& stars,
                                        sim::random::Stream& stream, const Crew& crew,
                                        const GrowthOptions& options = {});

/// The best `kept` tops that `points` lead to, and then those which other ages of each group of the best lead to, again
/// and again until nothing is gained: on linear orbits and in spheres, another age than the right one may look best.
std::vector<PointFit> climb_through_ages(const Climber& climber, const std::vector<density::Vector>& points,
                                         std::size_t kept);

}  // namespace praesepe::infer::models::association
