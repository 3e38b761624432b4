// How many groups a catalogue has: the best fit of each number, weighed and named, as tables.
//
//   bic = -2 ln L + k ln N         the smaller the better
//   log_evidence                   of the posterior with default priors, by Laplace; the larger the better
//
// Names follow a group from one number to the next: A for the first; with a group more, each name stays with the group
// that is most like the one that bore it, and what is left over gets the next letter. Likeness: Bhattacharyya's
// distance of the groups' Gaussians today.
#pragma once

#include "infer/models/association/point_fits.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::models::association {

struct GroupCount {
  Model model;
  PointFit fit;
  Eigen::Index free_parameters;
  double bic, log_evidence;
  std::vector<std::string> names;  ///< (groups), in the order of the parameters: of ages
};

/// The best of 1, 2, ... model.groups groups that the search finds (growth.hpp). It does not depend on the crew.
std::vector<GroupCount> count_groups(const Model& model, const std::shared_ptr<const StarStates>& stars,
                                     sim::random::Stream& stream, const Crew& crew);

/// CSV, one line for each number of groups:
/// groups,log_likelihood,free_parameters,bic,log_evidence,best,names,ages. best: which of both this number is the best
/// by; names and ages (Myr) separated by blanks.
std::string groups_table(const std::vector<GroupCount>& counts);

/// CSV, one line for each group of each number: groups,name,label,share,age,dxyz,duvw,x,y,z,u,v,w,birth_x, ...,
/// birth_w. label: of the same group in a posterior; share: of all stars; Myr, pc, km/s; x: today, relative to the LSR.
std::string components_table(const std::vector<GroupCount>& counts);

}  // namespace praesepe::infer::models::association
