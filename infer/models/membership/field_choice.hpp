// How many Gaussians the field of proper motions needs: point fits of cluster + K Gaussians, by two criteria.
#pragma once

#include <string>

#include "sim/astrometry/catalogue.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::models::membership {

/// CSV, one line for each K = 1 ... most: components,log_likelihood,free_parameters,bic,cv_log_density,cv_error,state.
/// bic: the smaller the better. cv_log_density: log density a star of the tenth of the stars that was left out of the
/// fit, mean over ten such fits, with the standard error over stars; the larger the better. Fits by EM, several starts
/// each. Throws InputError if the catalogue has fewer than 20 stars.
std::string field_choice_table(const sim::astrometry::Catalogue& catalogue, int most, sim::random::Stream& stream);

}  // namespace praesepe::infer::models::membership
