// Posterior probabilities that stars belong to the components of a mixture.
//
//   P(star n in k | d) = E[ w_k m_k(d_n | theta) / sum_j w_j m_j(d_n | theta) | d ]
//
// the mean over posterior draws of the normalised terms, weights included: labels need not be drawn.
#pragma once

#include <optional>
#include <vector>

#include "infer/density/posterior.hpp"
#include "infer/nuts/draws.hpp"
#include "workflow/store/task_result.hpp"

namespace praesepe::workflow {

/// The simulated catalogues of mixtures name each star's component in this column, counted from 0.
inline constexpr const char* kTrueComponent = "component";

/// From about 400 of the draws at equal distances. Nothing if the model is no mixture. `catalogue`: for its true
/// labels, if it has any.
std::optional<store::Membership> memberships(const infer::density::Posterior& posterior,
                                             const std::vector<infer::nuts::Draws>& chains,
                                             const sim::astrometry::Catalogue& catalogue);

}  // namespace praesepe::workflow
