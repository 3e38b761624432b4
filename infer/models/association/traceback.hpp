// How large a group was at earlier times: its stars traced back, and what the posterior expects to be seen of them.
//
//   s = 1.4826 x weighted median of |x_n - weighted median of x|            weights: membership probabilities p_n
//
// of X, Y and Z in turn, in axes that turn with the LSR; 1.4826 makes it the standard deviation of a Gaussian. Each
// star follows its own epicyclic orbit, and only stars with a radial velocity have one. Their errors are traced back
// too, so that apparent sizes grow into the past, whatever the group did. What is expected therefore has them: for V,
// the group's variance at that time under one draw of the posterior, and e_n, the error of star n, it is 1.4826 c with
//
//   sum_n p_n [2 Phi(c / sqrt(V + e_n^2)) - 1] = 1/2 sum_n p_n
//
// as if errors had nothing to do with where in the group a star is. About the Sun they do, radial velocities pointing
// everywhere: for a group of 20 pc around it, errors three times Gaia's, s is about a fifth less 7 Myr ago.
#pragma once

#include <string>

#include "infer/density/log_density.hpp"
#include "infer/models/association/model.hpp"

namespace praesepe::infer::models::association {

/// CSV: time_myr,group, then for a = x, y, z: size_a (that of the stars), expected_a and its standard deviation
/// expected_a_sd (over the draws, and by chance for so many stars), and intrinsic_a, the group's own sqrt(V), mean; pc.
/// Times are 0, -1, ... -oldest Myr. Lines before say
/// `# group_k_age_low = ...`, _median and _high, Myr. memberships: (N, groups); draws: (D, P) of the posterior.
/// Throws InputError if no star with a radial velocity may be of the group.
std::string traceback_table(const Model& model, const StarStates& stars, const density::Matrix& memberships,
                            const density::Matrix& draws, int oldest_myr);

}  // namespace praesepe::infer::models::association
