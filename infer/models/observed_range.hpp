// Priors that look at the data: `observed`, the range of a column.
#pragma once

#include <utility>

#include "infer/density/prior.hpp"
#include "sim/astrometry/catalogue.hpp"

namespace praesepe::infer::models {

/// Smallest and largest value of a column; parallax from 0.001 mas up; ra as a continuous range where it crosses 0.
/// Throws InputError if the column is missing or holds less than two different values.
std::pair<double, double> observed_range(const sim::astrometry::Catalogue& catalogue, const std::string& column);

/// The prior of the parameter `name` with `observed` replaced by the ends of the range of the column of that name.
density::Prior with_observed_range(density::Prior prior, const std::string& name,
                                   const sim::astrometry::Catalogue& catalogue);

}  // namespace praesepe::infer::models
